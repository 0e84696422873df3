"""What a response says, read by the official SDK's types from bytes of either side.

Nothing of the gateway's code is in here: a provider's bytes and the client's are read alike, as
`openai` itself reads them.
"""

import json
from dataclasses import dataclass, field
from typing import Any, cast

from openai._models import construct_type
from openai.types.responses import Response
from tests.wire.heard import Counts, Fields, child, payloads

FINAL = frozenset({"response.completed", "response.incomplete", "response.failed"})


@dataclass
class Said:
    """A whole response.

    Attributes:
        calls: Id, name and arguments of each call of a function or of a free-text tool.
        sealed: Encrypted reasoning, in order.
        end: "completed", or why it is incomplete, or "failed".
    """

    text: str = ""
    refusal: str = ""
    thoughts: list[str] = field(default_factory=list[str])
    calls: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    sealed: list[str] = field(default_factory=list[str])
    cited: list[str] = field(default_factory=list[str])
    images: int = 0
    end: str | None = None
    usage: Counts | None = None


def from_answer(body: str | bytes) -> Said:
    """A whole answer."""
    return _said(json.loads(body))


def from_stream(body: str) -> Said:
    """A stream: what its last event says; items that are only in earlier ones count too."""
    items: dict[int, Fields] = {}
    last: Fields = {}
    for payload in payloads(body):
        if payload.strip() == "[DONE]":
            continue
        event: Fields = json.loads(payload)
        if event.get("type") == "response.output_item.done":
            items[event["output_index"]] = event["item"]
        elif event.get("type") in FINAL:
            last = event["response"]
        elif event.get("type") == "error":
            last = {"status": "failed"}
    if not last.get("output"):
        last = {**last, "output": [item for _, item in sorted(items.items())]}
    return _said(last)


def _said(fields: Fields) -> Said:
    said = Said()
    response = cast("Response", construct_type(type_=Response, value=fields))
    for item in response.output or []:
        _item(cast("Any", item), said)
    said.end = response.status
    if response.status == "incomplete":
        details = response.incomplete_details
        said.end = details.reason if details is not None else None
    usage = child(fields, "usage")
    if usage:
        said.usage = Counts(
            usage["input_tokens"],
            usage["output_tokens"],
            child(usage, "input_tokens_details").get("cached_tokens") or 0,
            child(usage, "output_tokens_details").get("reasoning_tokens") or 0,
        )
    return said


def _list(holder: Any, name: str) -> list[Any]:
    return cast("list[Any]", getattr(holder, name, None) or [])


def _item(item: Any, said: Said) -> None:
    match item.type:
        case "message":
            for part in _list(item, "content"):
                said.text += getattr(part, "text", None) or ""
                said.refusal += getattr(part, "refusal", None) or ""
                for one in _list(part, "annotations"):
                    said.cited.append(getattr(one, "url", None) or one.type)
        case "reasoning":
            words = [*_list(item, "summary"), *_list(item, "content")]
            said.thoughts += [word.text for word in words if word.text]
            if getattr(item, "encrypted_content", None):
                said.sealed.append(item.encrypted_content)
        case "function_call":
            said.calls.append((item.call_id or item.id, item.name, item.arguments or ""))
        case "custom_tool_call":
            said.calls.append((item.call_id or item.id, item.name, item.input or ""))
        case "image_generation_call":
            said.images += bool(item.result)
        case _:
            pass
