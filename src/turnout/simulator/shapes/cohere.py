"""Cohere's chat, version 2. Source of the shapes: docs.cohere.com/v2/reference/chat, recordings."""

from typing import Any, Final

from turnout.simulator.answers import Answer, Ask, results_last
from turnout.simulator.shapes.shape import (
    FREE,
    Frames,
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
)

_REASONS: Final = {
    "stop": "COMPLETE",
    "length": "MAX_TOKENS",
    "tool_calls": "TOOL_CALL",
    "content_filter": "ERROR_TOXIC",
}


class CohereShape:
    """See Shape."""

    stream_type = "text/event-stream"

    def ask(self, route: str, body: bytes) -> Ask:  # noqa: ARG002 (the body says it all)
        """See Shape."""
        fields = fields_of(body)
        messages = rows(fields, "messages")
        return Ask(
            model=model_of(fields),
            messages=prompt_of(messages),
            stream=bool(fields.get("stream")),
            max_tokens=fields.get("max_tokens"),
            tools=offered(child(one, "function").get("name", "") for one in rows(fields, "tools")),
            tool_choice=required() if fields.get("tool_choice") == "REQUIRED" else FREE,
            answered=results_last(message.get("role") for message in messages),
        )

    def whole(self, made: Answer) -> bytes:
        """See Shape."""
        message: dict[str, Any] = {"role": "assistant"}
        content: list[Any] = []
        if made.reasoning:
            content.append({"type": "thinking", "thinking": "".join(made.reasoning)})
        if made.tokens:
            content.append({"type": "text", "text": "".join(made.tokens)})
        if content:
            message["content"] = content
        if made.calls:
            message["tool_calls"] = [
                _call(call.id, call.function.name, call.function.arguments) for call in made.calls
            ]
        answer = {"id": made.id.removeprefix("chatcmpl-"), "message": message}
        return encoded(answer | {"finish_reason": _REASONS[made.finish], "usage": _usage(made)})

    def frames(self, made: Answer) -> Frames:
        """See Shape."""
        begun: dict[str, Any] = {
            "role": "assistant",
            "content": [],
            "tool_plan": "",
            "tool_calls": [],
        }
        fields: dict[str, Any] = {
            "id": made.id.removeprefix("chatcmpl-"),
            "delta": {"message": begun},
        }
        pieces = [_said("message-start", **fields)]
        first, index = len(pieces), 0
        for kind, words in (("thinking", made.reasoning), ("text", made.tokens)):
            if words:
                start = {"message": {"content": {"type": kind, kind: ""}}}
                pieces.append(_said("content-start", index=index, delta=start))
                for word in words:
                    delta = {"message": {"content": {kind: word}}}
                    pieces.append(_said("content-delta", index=index, delta=delta))
                pieces.append(_said("content-end", index=index))
                index += 1
        for at, call in enumerate(made.calls):
            start = {"message": {"tool_calls": _call(call.id, call.function.name, "")}}
            pieces.append(_said("tool-call-start", index=at, delta=start))
            for part in halves(call.function.arguments):
                delta = {"message": {"tool_calls": {"function": {"arguments": part}}}}
                pieces.append(_said("tool-call-delta", index=at, delta=delta))
            pieces.append(_said("tool-call-end", index=at))
        last = len(pieces)
        ended = {"finish_reason": _REASONS[made.finish], "usage": _usage(made)}
        pieces.append(_said("message-end", delta=ended))
        return Frames(tuple(pieces), first, last)

    def error(self, status: int, message: str) -> bytes:  # noqa: ARG002 (the status says it)
        """See Shape."""
        return encoded({"message": message})

    def error_frame(self, status: int, message: str) -> bytes:  # noqa: ARG002 (as its API does)
        """See Shape."""
        ended: dict[str, Any] = {"finish_reason": "ERROR", "error": message, "usage": {}}
        return _said("message-end", delta=ended)


def _said(kind: str, **fields: object) -> bytes:
    return event(kind, {"type": kind, **fields})


def _call(call_id: object, name: object, arguments: str) -> dict[str, Any]:
    function = {"name": name, "arguments": arguments}
    return {"id": call_id, "type": "function", "function": function}


def _usage(made: Answer) -> dict[str, Any]:
    counts = {
        "input_tokens": made.usage.prompt_tokens,
        "output_tokens": made.usage.completion_tokens,
    }
    cached = made.usage.prompt_tokens_details.cached_tokens
    return {"billed_units": counts, "tokens": counts, "cached_tokens": cached}
