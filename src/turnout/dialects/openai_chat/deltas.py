"""Events as the contract's `delta` and `message` fields: the one place that spells them."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias, assert_never

import msgspec

from turnout.dialects.events import (
    Annotations,
    Event,
    Failure,
    Finish,
    Identity,
    Logprobs,
    MediaDelta,
    ReasoningDelta,
    RefusalDelta,
    TextDelta,
    ToolCallDelta,
    UsageReport,
)

Json: TypeAlias = str | int | bool | msgspec.Raw | list["Json"] | dict[str, "Json"] | None


class Said(msgspec.Struct):
    """What events of one choice add up to.

    Attributes:
        delta: Fields of a chunk's `delta`, in the contract's order.
        logprobs: In OpenAI's form, on the choice rather than in the delta.
        finish: The end of the choice.
    """

    delta: dict[str, Json]
    logprobs: msgspec.Raw | None = None
    finish: Finish | None = None


def said(events: Iterable[Event]) -> Said:  # noqa: C901, PLR0912 (one arm for each kind of event)
    """The fields of one delta; events of one choice only."""
    out = Said({})
    delta = out.delta
    for event in events:
        match event:
            case TextDelta(text=text):
                _more(delta, "content", text)
            case ReasoningDelta():
                if event.kind != "encrypted":
                    _more(delta, "reasoning", event.text)
                _item(delta, "reasoning_details", detail(event))
            case ToolCallDelta():
                _item(delta, "tool_calls", _call(event))
            case RefusalDelta(text=text):
                _more(delta, "refusal", text)
            case Logprobs(payload=payload):
                out.logprobs = payload
            case Finish():
                out.finish = event
            case MediaDelta() | Annotations():
                _attach(delta, event)
            case UsageReport() | Failure() | Identity():
                pass
            case _:
                assert_never(event)
    return out


def _attach(fields: dict[str, Json], event: MediaDelta | Annotations) -> None:
    if isinstance(event, Annotations):
        for item in event.items:
            _item(fields, "annotations", item)
    elif event.kind == "image":
        _item(fields, "images", event.payload)
    else:
        fields["audio"] = event.payload


def _more(fields: dict[str, Json], name: str, text: str) -> None:
    before = fields.get(name)
    fields[name] = before + text if isinstance(before, str) else text


def _item(fields: dict[str, Json], name: str, item: Json) -> None:
    before = fields.get(name)
    if isinstance(before, list):
        before.append(item)
    else:
        fields[name] = [item]


def detail(event: ReasoningDelta) -> dict[str, Json]:
    """One item of `reasoning_details`; thinking of unknown make says so in `format`."""
    opaque = event.opaque
    item: dict[str, Json] = {"type": f"reasoning.{event.kind}"}
    match event.kind:
        case "text":
            item["text"] = event.text
        case "summary":
            item["summary"] = event.text
        case "encrypted":
            item["data"] = (opaque.data if opaque else None) or ""
    if opaque is not None:
        if opaque.signature is not None:
            item["signature"] = opaque.signature
        if opaque.id is not None:
            item["id"] = opaque.id
    item["format"] = opaque.format if opaque else "unknown"
    item["index"] = event.index or 0
    return item


def _call(event: ToolCallDelta) -> dict[str, Json]:
    function: dict[str, Json] = {}
    item: dict[str, Json] = {"index": event.call}
    if event.id is not None:
        item["id"] = event.id
        item["type"] = "function"
    if event.name is not None:
        function["name"] = event.name
    function["arguments"] = event.arguments
    item["function"] = function
    if event.opaque is not None and event.opaque.signature is not None:
        item["extra_content"] = {"google": {"thought_signature": event.opaque.signature}}
    return item


def merged(events: Iterable[Event]) -> list[Event]:
    """The events of a whole answer with the pieces of one thing joined, order kept."""
    calls: dict[int, int] = {}
    out: list[Event] = []
    for event in events:
        match event:
            case ReasoningDelta() if out and (joined := _same_thought(out[-1], event)):
                out[-1] = joined
            case ToolCallDelta() if event.call in calls:
                out[calls[event.call]] = _one_call(out[calls[event.call]], event)
            case ToolCallDelta():
                calls[event.call] = len(out)
                out.append(event)
            case _:
                out.append(event)
    return out


def _same_thought(before: Event, more: ReasoningDelta) -> ReasoningDelta | None:
    """Pieces of one block: same kind and index; a seal that comes later belongs to the block."""
    if not isinstance(before, ReasoningDelta):
        return None
    sealed = before.opaque is not None and (before.opaque.signature or before.opaque.data)
    if sealed or (before.kind, before.index) != (more.kind, more.index) or more.kind == "encrypted":
        return None
    return msgspec.structs.replace(
        before, text=before.text + more.text, opaque=more.opaque or before.opaque
    )


def _one_call(before: Event, more: ToolCallDelta) -> Event:
    if not isinstance(before, ToolCallDelta):
        return before
    return msgspec.structs.replace(
        before,
        name=before.name or more.name,
        arguments=before.arguments + more.arguments,
        opaque=before.opaque or more.opaque,
    )


def message(events: Iterable[Event]) -> Said:
    """The fields of a whole `message`: role and content always, calls without an index."""
    out = said(merged(events))
    fields = out.delta
    calls = fields.get("tool_calls")
    if isinstance(calls, list):
        for call in calls:
            if isinstance(call, dict):
                call.pop("index", None)
    out.delta = {"role": "assistant", "content": None, "refusal": None, **fields}
    return out


def without(fields: Mapping[str, msgspec.Raw], names: frozenset[str]) -> dict[str, msgspec.Raw]:
    """The fields that nobody here speaks for: they ride along."""
    return {name: raw for name, raw in fields.items() if name not in names}
