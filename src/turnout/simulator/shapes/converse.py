"""Bedrock's Converse. Source of the shapes: docs.aws.amazon.com/bedrock (Converse), recordings."""

import zlib
from typing import Any, Final
from urllib.parse import unquote

import msgspec

from turnout.simulator.answers import Answer, Ask
from turnout.simulator.shapes.shape import (
    FREE,
    Fields,
    Frames,
    arguments,
    child,
    encoded,
    fields_of,
    halves,
    offered,
    prompt_of,
    required,
    rows,
    seal,
)

_REASONS: Final = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "content_filter": "guardrail_intervened",
}
_EXCEPTIONS: Final = {
    400: "validationException",
    403: "accessDeniedException",
    404: "resourceNotFoundException",
    408: "modelTimeoutException",
    429: "throttlingException",
    503: "serviceUnavailableException",
}
_STRING: Final = 7


class ConverseShape:
    """See Shape. Frames are binary: lengths, headers and checksums around each JSON."""

    stream_type = "application/vnd.amazon.eventstream"

    def ask(self, route: str, body: bytes) -> Ask:
        """See Shape; the route holds the model and whether to stream."""
        fields = fields_of(body)
        config = child(fields, "toolConfig")
        messages = rows(fields, "messages")
        return Ask(
            model=unquote(route.removeprefix("model/").rpartition("/")[0]),
            messages=prompt_of([fields.get("system"), messages]),
            stream=route.endswith("-stream"),
            max_tokens=child(fields, "inferenceConfig").get("maxTokens"),
            tools=offered(child(one, "toolSpec").get("name", "") for one in rows(config, "tools")),
            tool_choice=_choice(child(config, "toolChoice")),
            answered=bool(messages) and b'"toolResult"' in encoded(messages[-1]),
        )

    def whole(self, made: Answer) -> bytes:
        """See Shape."""
        content: list[Any] = []
        if made.reasoning:
            thought = {"text": "".join(made.reasoning), "signature": seal(made)}
            content.append({"reasoningContent": {"reasoningText": thought}})
        if made.tokens:
            content.append({"text": "".join(made.tokens)})
        for call in made.calls:
            use = {**_use(call.id, call.function.name), "input": arguments(call.function.arguments)}
            content.append({"toolUse": use})
        return encoded(
            {
                "output": {"message": {"role": "assistant", "content": content}},
                "stopReason": _REASONS[made.finish],
                "usage": _usage(made),
                "metrics": {"latencyMs": 1},
            }
        )

    def frames(self, made: Answer) -> Frames:
        """See Shape."""
        pieces = [_message("messageStart", {"role": "assistant"})]
        first, index = len(pieces), 0
        if made.reasoning:
            deltas = [{"reasoningContent": {"text": word}} for word in made.reasoning]
            pieces += _block(
                index, None, [*deltas, {"reasoningContent": {"signature": seal(made)}}]
            )
            index += 1
        if made.tokens:
            pieces += _block(index, None, [{"text": word} for word in made.tokens])
            index += 1
        for call in made.calls:
            parts = [{"toolUse": {"input": one}} for one in halves(call.function.arguments)]
            pieces += _block(index, {"toolUse": _use(call.id, call.function.name)}, parts)
            index += 1
        last = len(pieces)
        pieces.append(_message("messageStop", {"stopReason": _REASONS[made.finish]}))
        pieces.append(_message("metadata", {"usage": _usage(made), "metrics": {"latencyMs": 1}}))
        return Frames(tuple(pieces), first, last)

    def error(self, status: int, message: str) -> bytes:  # noqa: ARG002 (a header says the kind)
        """See Shape."""
        return encoded({"message": message})

    def error_frame(self, status: int, message: str) -> bytes:
        """See Shape."""
        kind = _EXCEPTIONS.get(status, "internalServerException")
        headers = {":exception-type": kind, ":content-type": "application/json"}
        return framed({**headers, ":message-type": "exception"}, encoded({"message": message}))


def framed(headers: dict[str, str], payload: bytes) -> bytes:
    """One message of AWS's event stream: lengths, their checksum, headers, payload, checksum."""
    head = b"".join(
        b"%c%b%c%b%b"
        % (len(name), name.encode(), _STRING, len(value).to_bytes(2, "big"), value.encode())
        for name, value in headers.items()
    )
    lengths = (len(head) + len(payload) + 16).to_bytes(4, "big") + len(head).to_bytes(4, "big")
    body = lengths + zlib.crc32(lengths).to_bytes(4, "big") + head + payload
    return body + zlib.crc32(body).to_bytes(4, "big")


def _message(kind: str, value: object) -> bytes:
    headers = {":event-type": kind, ":content-type": "application/json", ":message-type": "event"}
    return framed(headers, encoded(value))


def _block(index: int, start: dict[str, Any] | None, deltas: list[Any]) -> list[bytes]:
    pieces: list[bytes] = []
    if start is not None:
        pieces.append(_message("contentBlockStart", {"start": start, "contentBlockIndex": index}))
    pieces += [
        _message("contentBlockDelta", {"delta": delta, "contentBlockIndex": index})
        for delta in deltas
    ]
    return [*pieces, _message("contentBlockStop", {"contentBlockIndex": index})]


def _choice(choice: Fields) -> msgspec.Raw:
    if "any" in choice:
        return required()
    return required(str(child(choice, "tool").get("name"))) if "tool" in choice else FREE


def _use(call_id: object, name: object) -> dict[str, Any]:
    return {"toolUseId": str(call_id).replace("call_", "tooluse_"), "name": name}


def _usage(made: Answer) -> dict[str, int]:
    cached = made.usage.prompt_tokens_details.cached_tokens
    return {
        "inputTokens": made.usage.prompt_tokens - cached,
        "cacheReadInputTokens": cached,
        "cacheWriteInputTokens": 0,
        "outputTokens": made.usage.completion_tokens,
        "totalTokens": made.usage.total_tokens,
    }
