"""Gemini's generateContent. Source of the shapes: ai.google.dev/api and recordings."""

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
    data,
    encoded,
    fields_of,
    offered,
    prompt_of,
    required,
    rows,
    seal,
)

_REASONS: Final = {
    "stop": "STOP",
    "length": "MAX_TOKENS",
    "tool_calls": "STOP",
    "content_filter": "SAFETY",
}
_STATUSES: Final = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


class GeminiShape:
    """See Shape. The stream is the one of `alt=sse`."""

    stream_type = "text/event-stream"

    def ask(self, route: str, body: bytes) -> Ask:
        """See Shape; the route holds the model and whether to stream."""
        model, _, verb = route.rpartition("/models/")[2].rpartition(":")
        fields = fields_of(body)
        declared = [
            one for tool in rows(fields, "tools") for one in rows(tool, "functionDeclarations")
        ]
        contents = rows(fields, "contents")
        return Ask(
            model=unquote(model),
            messages=prompt_of([fields.get("systemInstruction"), contents]),
            stream=verb == "streamGenerateContent",
            max_tokens=child(fields, "generationConfig").get("maxOutputTokens"),
            tools=offered(one["name"] for one in declared),
            tool_choice=_choice(child(child(fields, "toolConfig"), "functionCallingConfig")),
            answered=bool(contents) and b"functionResponse" in encoded(contents[-1]),
        )

    def whole(self, made: Answer) -> bytes:
        """See Shape."""
        parts: list[Any] = []
        if made.reasoning:
            parts.append({"text": "".join(made.reasoning), "thought": True})
        if made.tokens:
            parts.append({"text": "".join(made.tokens)})
        parts += _calls(made)
        return encoded(_answer(made, parts, _REASONS[made.finish]))

    def frames(self, made: Answer) -> Frames:
        """See Shape; calls come whole, the reason and the counts with the last piece."""
        parts: list[Any] = [{"text": word, "thought": True} for word in made.reasoning]
        parts += [{"text": word} for word in made.tokens]
        parts += _calls(made)
        pieces = [data(_answer(made, [part], None)) for part in parts]
        last = len(pieces)
        pieces.append(data(_answer(made, [{"text": ""}], _REASONS[made.finish])))
        return Frames(tuple(pieces), 0, last)

    def error(self, status: int, message: str) -> bytes:
        """See Shape."""
        name = _STATUSES.get(status, "INTERNAL")
        return encoded({"error": {"code": status, "message": message, "status": name}})

    def error_frame(self, status: int, message: str) -> bytes:
        """See Shape."""
        return b"data: %b\n\n" % self.error(status, message)


def _choice(config: Fields) -> msgspec.Raw:
    if config.get("mode") != "ANY":
        return FREE
    names = rows(config, "allowedFunctionNames")
    return required(str(names[0])) if len(names) == 1 else required()


def _calls(made: Answer) -> list[Any]:
    """Each call whole; the seal of the thoughts is on the first."""
    parts: list[Any] = []
    for call in made.calls:
        told = arguments(call.function.arguments)
        part: dict[str, Any] = {"functionCall": {"name": call.function.name, "args": told}}
        if made.reasoning and not parts:
            part["thoughtSignature"] = seal(made)
        parts.append(part)
    return parts


def _answer(made: Answer, parts: list[Any], reason: str | None) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"parts": parts, "role": "model"}, "index": 0}
    if reason is not None:
        candidate["finishReason"] = reason
    usage = made.usage
    thoughts = usage.completion_tokens_details.reasoning_tokens
    return {
        "candidates": [candidate],
        "modelVersion": made.model,
        "responseId": made.id.removeprefix("chatcmpl-"),
        "usageMetadata": {
            "promptTokenCount": usage.prompt_tokens,
            "cachedContentTokenCount": usage.prompt_tokens_details.cached_tokens,
            "candidatesTokenCount": usage.completion_tokens - thoughts,
            "thoughtsTokenCount": thoughts,
            "totalTokenCount": usage.total_tokens,
        },
    }
