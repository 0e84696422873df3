"""A foreign conversation's turns as this dialect wants them, part by part."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from turnout.core.conversation import (
    Conversation,
    Document,
    FileId,
    Image,
    Message,
    Part,
    Reasoning,
    Text,
    ToolCall,
    ToolResult,
    Url,
)
from turnout.core.errors import Refusal
from turnout.dialects.anthropic_messages.blocks import input_of
from turnout.dialects.anthropic_messages.families import Family
from turnout.dialects.anthropic_messages.quirks import Quirks
from turnout.dialects.anthropic_messages.sealed import is_ours
from turnout.dialects.lowering.names import fitting_id
from turnout.dialects.lowering.turns import Turn, Turns, alternating

_CALL_ID: Final = re.compile(r"[a-zA-Z0-9_-]{1,256}")
_ID_CHARS: Final = 32


class Told(msgspec.Struct):
    """What became of the caller's parameters, each name once, in order. Mutable."""

    dropped: dict[str, None] = msgspec.field(default_factory=dict[str, None])
    translated: dict[str, None] = msgspec.field(default_factory=dict[str, None])
    emulated: dict[str, None] = msgspec.field(default_factory=dict[str, None])


def turns_for(conversation: Conversation, quirks: Quirks, family: Family, told: Told) -> Turns:
    """Alternating turns with ids, thoughts and media that this upstream takes.

    Raises:
        Refusal: Media it cannot get at, or a last turn of the assistant's that it would refuse.
    """
    named = any(message.name for message in conversation.messages)
    if named:
        told.dropped["messages.name"] = None
    messages = tuple(_readied(one, quirks, told) for one in conversation.messages)
    turns = alternating(msgspec.structs.replace(conversation, messages=messages))
    told.translated.update((name, None) for name in turns.changed)
    fitted = _last(_with_ids(turns.turns), family, told)
    return msgspec.structs.replace(turns, turns=fitted)


def _readied(message: Message, quirks: Quirks, told: Told) -> Message:
    parts = tuple(_part(part, quirks, told) for part in joined(message.parts))
    kept = tuple(part for part in parts if part is not None)
    return msgspec.structs.replace(message, parts=kept)


def joined(parts: Iterable[Part]) -> list[Part]:
    """The parts with the pieces of one thought, as clients collect them of a stream, as one."""
    out: list[Part] = []
    for part in parts:
        last = out[-1] if out else None
        if isinstance(part, Reasoning) and isinstance(last, Reasoning) and _continues(last, part):
            out[-1] = msgspec.structs.replace(
                last, text=last.text + part.text, opaque=part.opaque or last.opaque
            )
        else:
            out.append(part)
    return out


def _continues(before: Reasoning, more: Reasoning) -> bool:
    sealed = before.opaque is not None and (before.opaque.signature or before.opaque.data)
    return not sealed and before.kind == more.kind == "text" and before.index == more.index


def _part(part: Part, quirks: Quirks, told: Told) -> Part | None:
    match part:
        case Reasoning():
            return _thought(part, quirks, told)
        case Text() if part.opaque is not None:
            return msgspec.structs.replace(part, opaque=None)
        case ToolCall():
            return _call(part, told)
        case ToolResult():
            for one in part.parts:
                _reachable(one, quirks)
            return part
        case _:
            _reachable(part, quirks)
            return part


def _thought(part: Reasoning, quirks: Quirks, told: Told) -> Reasoning | None:
    """Thoughts whose seal this upstream made, or any words where it asks for no seal."""
    if is_ours(part.opaque):
        return part
    if not quirks.thinking_seals and part.text:
        return Reasoning(text=part.text)
    told.dropped["messages.reasoning"] = None
    return None


def _call(part: ToolCall, told: Told) -> ToolCall:
    """Arguments must be an object; a model's text that is none goes in one, so that it is seen."""
    if part.opaque is not None:
        part = msgspec.structs.replace(part, opaque=None)
    if input_of(part.arguments) is not None:
        return part
    told.translated["messages.tool_calls.arguments"] = None
    wrapped = msgspec.json.encode({"invalid_arguments": part.arguments}).decode()
    return msgspec.structs.replace(part, arguments=wrapped)


def _reachable(part: Part, quirks: Quirks) -> None:
    if not isinstance(part, Image | Document):
        return
    if isinstance(part.source, FileId):
        raise Refusal("invalid_request", "A file id of another provider means nothing to this one.")
    if isinstance(part.source, Url) and not quirks.urls:
        raise Refusal("invalid_request", "This provider takes media by value, not by address.")


def _with_ids(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """Call ids that the dialect takes, each used once in the whole conversation."""
    seen: set[str] = set()
    names: dict[str, str] = {}
    out: list[Turn] = []
    for turn in turns:
        if turn.role == "assistant":
            names = {}
            for part in turn.parts:
                if isinstance(part, ToolCall) and part.id not in names:
                    names[part.id] = _free_id(part.id, seen)
                    seen.add(names[part.id])
        out.append(Turn(turn.role, tuple(_renumbered(part, names) for part in turn.parts)))
    return tuple(out)


def _free_id(id_: str, seen: set[str]) -> str:
    fit = fitting_id(id_, _CALL_ID, _ID_CHARS)
    turn = 1
    while fit in seen:
        turn += 1
        fit = fitting_id(f"{id_}/{turn}", _CALL_ID, _ID_CHARS)
    return fit


def _renumbered(part: Part, names: dict[str, str]) -> Part:
    if isinstance(part, ToolCall) and names.get(part.id, part.id) != part.id:
        return msgspec.structs.replace(part, id=names[part.id])
    if isinstance(part, ToolResult) and names.get(part.call_id, part.call_id) != part.call_id:
        return msgspec.structs.replace(part, call_id=names[part.call_id])
    return part


def _last(turns: tuple[Turn, ...], family: Family, told: Told) -> tuple[Turn, ...]:
    """A last turn of the assistant's is to be continued: not from a blank, by some not at all."""
    last = turns[-1]
    if last.role != "assistant":
        return turns
    if not family.prefill:
        raise Refusal(
            "invalid_request",
            "messages: this model continues no assistant message; the last must be the user's.",
        )
    end = last.parts[-1]
    if isinstance(end, Text) and end.text != end.text.rstrip():
        told.translated["messages.prefill"] = None
        trimmed = msgspec.structs.replace(end, text=end.text.rstrip())
        return (*turns[:-1], Turn("assistant", (*last.parts[:-1], trimmed)))
    return turns
