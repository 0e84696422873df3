"""Anthropic's Messages. Source of the shapes: docs.anthropic.com/en/api/messages and recordings."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import unquote

import msgspec

from turnout.simulator.answers import Answer, Ask
from turnout.simulator.prefill import Begun, words_of
from turnout.simulator.shapes.shape import (
    FREE,
    Fields,
    Frames,
    arguments,
    child,
    encoded,
    event,
    fields_of,
    halves,
    model_of,
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
    "content_filter": "refusal",
}
_KINDS: Final = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    529: "overloaded_error",
}


class AnthropicShape:
    """See Shape."""

    stream_type = "text/event-stream"

    def ask(self, route: str, body: bytes) -> Ask:
        """See Shape; where the route names a model (at Vertex), the body does not."""
        fields = fields_of(body)
        said, begun = _parted([_plain(message) for message in rows(fields, "messages")])
        named = route.rpartition("/models/")[2].rpartition(":")[0]
        return Ask(
            model=unquote(named) if named else model_of(fields),
            messages=prompt_of([fields.get("system"), said]),
            begun=begun,
            stream=bool(fields.get("stream")),
            max_tokens=fields.get("max_tokens"),
            tools=offered(tool["name"] for tool in rows(fields, "tools") if "name" in tool),
            tool_choice=_choice(child(fields, "tool_choice")),
            answered=_answered(said),
        )

    def whole(self, made: Answer) -> bytes:
        """See Shape."""
        blocks: list[Any] = []
        if made.reasoning:
            thought = "".join(made.reasoning)
            blocks.append({"type": "thinking", "thinking": thought, "signature": seal(made)})
        if made.tokens:
            blocks.append({"type": "text", "text": "".join(made.tokens)})
        for call in made.calls:
            told = arguments(call.function.arguments)
            blocks.append(_use(call.id, call.function.name) | {"input": told})
        return encoded(_message(made, blocks, _REASONS[made.finish], _usage(made)))

    def frames(self, made: Answer) -> Frames:
        """See Shape."""
        begun = _message(made, [], None, {**_usage(made), "output_tokens": 1})
        pieces = [event("message_start", {"type": "message_start", "message": begun})]
        first, index = len(pieces), 0
        if made.reasoning:
            pieces += _block(index, {"type": "thinking", "thinking": "", "signature": ""}, [
                *({"type": "thinking_delta", "thinking": word} for word in made.reasoning),
                {"type": "signature_delta", "signature": seal(made)},
            ])  # fmt: skip
            index += 1
        if made.tokens:
            words = [{"type": "text_delta", "text": word} for word in made.tokens]
            pieces += _block(index, {"type": "text", "text": ""}, words)
            index += 1
        for call in made.calls:
            told = ("", *halves(call.function.arguments))
            parts = [{"type": "input_json_delta", "partial_json": part} for part in told]
            pieces += _block(index, _use(call.id, call.function.name), parts)
            index += 1
        last = len(pieces)
        delta = {"stop_reason": _REASONS[made.finish], "stop_sequence": None}
        ended = {"type": "message_delta", "delta": delta, "usage": _usage(made)}
        pieces += [event("message_delta", ended), event("message_stop", {"type": "message_stop"})]
        return Frames(tuple(pieces), first, last)

    def error(self, status: int, message: str) -> bytes:
        """See Shape."""
        kind = _KINDS.get(status, "api_error")
        return encoded({"type": "error", "error": {"type": kind, "message": message}})

    def error_frame(self, status: int, message: str) -> bytes:
        """See Shape."""
        return b"event: error\ndata: %b\n\n" % self.error(status, message)


def _plain(message: Fields) -> Fields:
    """The message with words alone as a string, however they were sent."""
    match message.get("content"):
        case [{"type": "text", "text": text}]:
            return {**message, "content": text}
        case _:
            return message


def _parted(messages: Sequence[Fields]) -> tuple[Sequence[Fields], Begun | None]:
    """The prompt, and the beginning of its answer that it ends with."""
    if not messages or messages[-1].get("role") != "assistant":
        return messages, None
    text = words_of(messages[-1].get("content"))
    if text != text.rstrip():
        raise msgspec.ValidationError(
            "messages: final assistant content cannot end with trailing whitespace"
        )
    return messages[:-1], Begun(text)


def _choice(choice: Fields) -> msgspec.Raw:
    match choice.get("type"):
        case "any":
            return required()
        case "tool":
            return required(str(choice.get("name")))
        case _:
            return FREE


def _answered(messages: Sequence[Fields]) -> bool:
    return bool(messages) and b'"tool_result"' in encoded(messages[-1])


def _use(call_id: object, name: object) -> dict[str, Any]:
    return {
        "type": "tool_use",
        "id": str(call_id).replace("call_", "toolu_"),
        "name": name,
        "input": {},
    }


def _usage(made: Answer) -> dict[str, int]:
    cached = made.usage.prompt_tokens_details.cached_tokens
    return {
        "input_tokens": made.usage.prompt_tokens - cached,
        "cache_read_input_tokens": cached,
        "cache_creation_input_tokens": 0,
        "output_tokens": made.usage.completion_tokens,
    }


def _message(made: Answer, blocks: list[Any], reason: str | None, usage: Fields) -> dict[str, Any]:
    return {
        "id": made.id.replace("chatcmpl-", "msg_"),
        "type": "message",
        "role": "assistant",
        "model": made.model,
        "content": blocks,
        "stop_reason": reason,
        "stop_sequence": None,
        "usage": usage,
    }


def _block(index: int, start: dict[str, Any], deltas: list[dict[str, str]]) -> list[bytes]:
    def named(kind: str, **rest: object) -> bytes:
        return event(kind, {"type": kind, "index": index, **rest})

    return [
        named("content_block_start", content_block=start),
        *(named("content_block_delta", delta=delta) for delta in deltas),
        named("content_block_stop"),
    ]
