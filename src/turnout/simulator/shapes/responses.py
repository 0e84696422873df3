"""OpenAI's Responses. Source of the shapes: platform.openai.com/docs/api-reference, recordings."""

from typing import Any, Final

import msgspec

from turnout.simulator.answers import CREATED, Answer, Ask
from turnout.simulator.shapes.shape import (
    FREE,
    Fields,
    Frames,
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

_CODES: Final = {400: "invalid_prompt", 429: "rate_limit_exceeded"}


class ResponsesShape:
    """See Shape."""

    stream_type = "text/event-stream"

    def ask(self, route: str, body: bytes) -> Ask:  # noqa: ARG002 (the body says it all)
        """See Shape."""
        fields = fields_of(body)
        items = fields.get("input")
        last = rows(fields, "input")[-1:] if not isinstance(items, str) else ()
        return Ask(
            model=model_of(fields),
            messages=prompt_of([fields.get("instructions"), items]),
            stream=bool(fields.get("stream")),
            max_tokens=fields.get("max_output_tokens"),
            tools=offered(tool["name"] for tool in rows(fields, "tools") if "name" in tool),
            tool_choice=_choice(fields.get("tool_choice")),
            answered=b'"function_call_output"' in encoded(last),
        )

    def whole(self, made: Answer) -> bytes:
        """See Shape."""
        return encoded(_response(made, _items(made), _status(made)))

    def frames(self, made: Answer) -> Frames:
        """See Shape."""
        said = _Said()
        said.say("response.created", response=_response(made, [], "in_progress"))
        said.say("response.in_progress", response=_response(made, [], "in_progress"))
        first, items = len(said.pieces), _items(made)
        for at, item in enumerate(items):
            match item["type"]:
                case "reasoning":
                    _reasoning(said, at, item, made)
                case "message":
                    _words(said, at, item, made)
                case _:
                    _called(said, at, item)
        last, status = len(said.pieces), _status(made)
        said.say(f"response.{status}", response=_response(made, items, status))
        return Frames(tuple(said.pieces), first, last)

    def error(self, status: int, message: str) -> bytes:
        """See Shape."""
        kind = "server_error" if status >= 500 else "invalid_request_error"
        error = {"message": message, "type": kind, "param": None, "code": _CODES.get(status)}
        return encoded({"error": error})

    def error_frame(self, status: int, message: str) -> bytes:
        """See Shape."""
        code = _CODES.get(status, "server_error")
        fields = {"type": "error", "code": code, "message": message, "param": None}
        return event("error", {**fields, "sequence_number": 1_000_000})


class _Said:
    """Events, numbered."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def say(self, kind: str, **fields: object) -> None:
        number = len(self.pieces)
        self.pieces.append(event(kind, {"type": kind, "sequence_number": number, **fields}))


def _choice(choice: str | Fields | None) -> msgspec.Raw:
    if choice == "required":
        return required()
    return FREE if choice is None or isinstance(choice, str) else required(str(choice.get("name")))


def _status(made: Answer) -> str:
    return "completed" if made.finish in ("stop", "tool_calls") else "incomplete"


def _items(made: Answer) -> list[dict[str, Any]]:
    mark = made.id.removeprefix("chatcmpl-")
    items: list[dict[str, Any]] = []
    if made.reasoning:
        summary = [{"type": "summary_text", "text": "".join(made.reasoning)}]
        sealed = {"encrypted_content": seal(made), "summary": summary}
        items.append({"id": f"rs_{mark}", "type": "reasoning", **sealed})
    if made.tokens:
        part: dict[str, Any] = {
            "type": "output_text",
            "text": "".join(made.tokens),
            "annotations": [],
        }
        head = {"id": f"msg_{mark}", "type": "message", "role": "assistant", "status": "completed"}
        items.append({**head, "content": [part]})
    for at, call in enumerate(made.calls):
        told = {"name": call.function.name, "arguments": call.function.arguments}
        head = {"id": f"fc_{mark}_{at}", "type": "function_call", "status": "completed"}
        items.append({**head, "call_id": call.id, **told})
    return items


def _reasoning(said: _Said, at: int, item: dict[str, Any], made: Answer) -> None:
    place = {"item_id": item["id"], "output_index": at, "summary_index": 0}
    begun: dict[str, Any] = {**item, "summary": [], "encrypted_content": ""}
    said.say("response.output_item.added", output_index=at, item=begun)
    part = {"type": "summary_text", "text": ""}
    said.say("response.reasoning_summary_part.added", **place, part=part)
    for word in made.reasoning:
        said.say("response.reasoning_summary_text.delta", **place, delta=word)
    text = "".join(made.reasoning)
    said.say("response.reasoning_summary_text.done", **place, text=text)
    said.say("response.reasoning_summary_part.done", **place, part={**part, "text": text})
    said.say("response.output_item.done", output_index=at, item=item)


def _words(said: _Said, at: int, item: dict[str, Any], made: Answer) -> None:
    place = {"item_id": item["id"], "output_index": at, "content_index": 0}
    begun: dict[str, Any] = {**item, "content": [], "status": "in_progress"}
    said.say("response.output_item.added", output_index=at, item=begun)
    part = item["content"][0]
    said.say("response.content_part.added", **place, part={**part, "text": ""})
    for word in made.tokens:
        said.say("response.output_text.delta", **place, delta=word)
    said.say("response.output_text.done", **place, text=part["text"])
    said.say("response.content_part.done", **place, part=part)
    said.say("response.output_item.done", output_index=at, item=item)


def _called(said: _Said, at: int, item: dict[str, Any]) -> None:
    place = {"item_id": item["id"], "output_index": at}
    begun: dict[str, Any] = {**item, "arguments": "", "status": "in_progress"}
    said.say("response.output_item.added", output_index=at, item=begun)
    for part in halves(item["arguments"]):
        said.say("response.function_call_arguments.delta", **place, delta=part)
    said.say("response.function_call_arguments.done", **place, arguments=item["arguments"])
    said.say("response.output_item.done", output_index=at, item=item)


def _response(made: Answer, items: list[dict[str, Any]], status: str) -> dict[str, Any]:
    reason = {"length": "max_output_tokens", "content_filter": "content_filter"}.get(made.finish)
    ended = status != "in_progress"
    return {
        "id": made.id.replace("chatcmpl-", "resp_"),
        "object": "response",
        "created_at": CREATED,
        "status": status,
        "model": made.model,
        "output": items,
        "error": None,
        "incomplete_details": {"reason": reason} if status == "incomplete" else None,
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": _usage(made) if ended else None,
    }


def _usage(made: Answer) -> dict[str, Any]:
    usage = made.usage
    return {
        "input_tokens": usage.prompt_tokens,
        "input_tokens_details": {"cached_tokens": usage.prompt_tokens_details.cached_tokens},
        "output_tokens": usage.completion_tokens,
        "output_tokens_details": {
            "reasoning_tokens": usage.completion_tokens_details.reasoning_tokens
        },
        "total_tokens": usage.total_tokens,
    }
