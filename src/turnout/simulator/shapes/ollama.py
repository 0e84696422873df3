"""Ollama's own chat: JSON lines. Source of the shapes: docs.ollama.com/api/chat, recordings."""

from typing import Any, Final

from turnout.simulator.answers import Answer, Ask, results_last
from turnout.simulator.shapes.shape import (
    Frames,
    arguments,
    child,
    encoded,
    fields_of,
    model_of,
    offered,
    prompt_of,
    rows,
)

_REASONS: Final = {
    "stop": "stop",
    "length": "length",
    "tool_calls": "stop",
    "content_filter": "stop",
}
_CREATED: Final = "2026-01-01T00:00:00Z"


class OllamaShape:
    """See Shape. It streams unless told not to."""

    stream_type = "application/x-ndjson"

    def ask(self, route: str, body: bytes) -> Ask:  # noqa: ARG002 (the body says it all)
        """See Shape."""
        fields = fields_of(body)
        messages = rows(fields, "messages")
        return Ask(
            model=model_of(fields),
            messages=prompt_of(messages),
            stream=fields.get("stream") is not False,
            max_tokens=child(fields, "options").get("num_predict"),
            tools=offered(child(one, "function").get("name", "") for one in rows(fields, "tools")),
            answered=results_last(message.get("role") for message in messages),
        )

    def whole(self, made: Answer) -> bytes:
        """See Shape."""
        message: dict[str, Any] = {"role": "assistant", "content": "".join(made.tokens)}
        if made.reasoning:
            message["thinking"] = "".join(made.reasoning)
        if made.calls:
            message["tool_calls"] = _calls(made)
        return encoded(_line(made, message) | _end(made))

    def frames(self, made: Answer) -> Frames:
        """See Shape; calls come whole and without ids."""
        said: list[dict[str, Any]] = [{"content": "", "thinking": word} for word in made.reasoning]
        said += [{"content": word} for word in made.tokens]
        said += [{"content": "", "tool_calls": [call]} for call in _calls(made)]
        pieces = [encoded(_line(made, {"role": "assistant", **one})) + b"\n" for one in said]
        last = len(pieces)
        ended = _line(made, {"role": "assistant", "content": ""}) | _end(made)
        return Frames((*pieces, encoded(ended) + b"\n"), 0, last)

    def error(self, status: int, message: str) -> bytes:  # noqa: ARG002 (the status says it)
        """See Shape."""
        return encoded({"error": message})

    def error_frame(self, status: int, message: str) -> bytes:
        """See Shape."""
        return self.error(status, message) + b"\n"


def _calls(made: Answer) -> list[Any]:
    return [
        {"function": {"name": call.function.name, "arguments": arguments(call.function.arguments)}}
        for call in made.calls
    ]


def _line(made: Answer, message: dict[str, Any]) -> dict[str, Any]:
    return {"model": made.model, "created_at": _CREATED, "message": message, "done": False}


def _end(made: Answer) -> dict[str, Any]:
    return {
        "done": True,
        "done_reason": _REASONS[made.finish],
        "prompt_eval_count": made.usage.prompt_tokens,
        "eval_count": made.usage.completion_tokens,
        "total_duration": 1,
    }
