"""Messages as strictly alternating turns, for dialects that take nothing else.

Anthropic, Gemini, Bedrock and others want: instructions apart, the user first, user and assistant
in turn, all results of one assistant turn at the head of the next user turn, no empty text. Source:
shared checklist of normalisation, section 6.2.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal

import msgspec

from turnout.core.conversation import (
    Conversation,
    Message,
    Part,
    Refused,
    Text,
    ToolCall,
    ToolResult,
)

_OPENING: Final = Text(text="Continue.")
_LOST: Final = "No result was kept for this call."
_SILENT: Final = Text(text="(no output)")


class Turn(msgspec.Struct, frozen=True):
    """Everything one side said before the other spoke again; never empty."""

    role: Literal["user", "assistant"]
    parts: tuple[Part, ...]


class Turns(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation in turns.

    Attributes:
        system: Instructions from before the first turn, in order; texts as a rule.
        turns: Alternating, the user's first; at least one.
        changed: What was said otherwise than it was sent, for `Outgoing.translated`.
    """

    system: tuple[Part, ...]
    turns: tuple[Turn, ...]
    changed: tuple[str, ...]


def alternating(conversation: Conversation) -> Turns:
    """The conversation in turns; nothing that carries meaning is left out.

    Instructions in the middle become marked user text where they stand. A result whose call is gone
    becomes user text; a call whose result is gone gets one that says so.
    """
    changed: dict[str, None] = {}
    system, rest = _instructions(conversation.messages)
    turns: list[Turn] = []
    for message in rest:
        role = "assistant" if message.role == "assistant" else "user"
        parts = _parts(message, changed)
        if not parts:
            continue
        if turns and turns[-1].role == role:
            turns[-1] = Turn(role, (*turns[-1].parts, *parts))
        else:
            turns.append(Turn(role, parts))
    if not turns or turns[0].role == "assistant":
        turns.insert(0, Turn("user", (_OPENING,)))
        changed["messages.first"] = None
    paired = _paired(turns, changed)
    return Turns(system=system, turns=paired, changed=tuple(changed))


def _instructions(messages: Sequence[Message]) -> tuple[tuple[Part, ...], Sequence[Message]]:
    """The leading instructions' parts, and the other messages."""
    system: list[Part] = []
    for place, message in enumerate(messages):
        if message.role not in ("system", "developer"):
            return tuple(system), messages[place:]
        system += (part for part in message.parts if not _is_blank(part))
    return tuple(system), ()


def _parts(message: Message, changed: dict[str, None]) -> tuple[Part, ...]:
    if message.role not in ("system", "developer"):
        return tuple(_worded(part) for part in message.parts if not _is_blank(part))
    changed["messages.system"] = None
    return tuple(
        msgspec.structs.replace(part, text=f"<system>\n{part.text}\n</system>")
        if isinstance(part, Text)
        else part
        for part in message.parts
        if not _is_blank(part)
    )


def _worded(part: Part) -> Part:
    """A refusal of an earlier turn is what the assistant said."""
    return Text(text=part.text) if isinstance(part, Refused) else part


def _is_blank(part: Part) -> bool:
    """Text that says nothing; such blocks are a 400 at Anthropic and Bedrock."""
    return (
        isinstance(part, Text) and not part.text.strip() and part.opaque is None and not part.extra
    )


def _paired(turns: Sequence[Turn], changed: dict[str, None]) -> tuple[Turn, ...]:
    """Each turn's results first, each answering a call of the turn before it, none missing."""
    out: list[Turn] = []
    open_calls: Mapping[str, str] = {}
    for turn in turns:
        if turn.role == "assistant":
            apart, open_calls = _told_apart(turn)
            out.append(apart)
        else:
            out.append(Turn("user", _answered(turn.parts, open_calls, changed)))
            open_calls = {}
    if open_calls:
        out.append(Turn("user", _answered((), open_calls, changed)))
    return tuple(out)


def _told_apart(turn: Turn) -> tuple[Turn, Mapping[str, str]]:
    """The turn with an id for each call, and these ids with the ones that were sent.

    Turns that are put together may hold the same id twice.
    """
    sent: dict[str, str] = {}
    parts: list[Part] = []
    for part in turn.parts:
        if not isinstance(part, ToolCall):
            parts.append(part)
            continue
        id_, number = part.id, 1
        while id_ in sent:
            number += 1
            id_ = f"{part.id}_{number}"
        sent[id_] = part.id
        parts.append(msgspec.structs.replace(part, id=id_) if number > 1 else part)
    return Turn(turn.role, tuple(parts)), sent


def _answered(
    parts: Iterable[Part], calls: Mapping[str, str], changed: dict[str, None]
) -> tuple[Part, ...]:
    """The parts with the results of these calls in front, in the order of the calls."""
    results: dict[str, ToolResult] = {}
    others: list[Part] = []
    for part in parts:
        if not isinstance(part, ToolResult):
            others.append(part)
            continue
        asked = [id_ for id_, sent in calls.items() if sent == part.call_id]
        id_ = next((one for one in asked if one not in results), None)
        if id_ is not None:
            results[id_] = msgspec.structs.replace(part, call_id=id_)
        elif not asked:
            changed["messages.tool"] = None
            others += [one for one in part.parts if not _is_blank(one)] or [_SILENT]
    for id_ in calls:
        if id_ not in results:
            changed["messages.tool"] = None
            results[id_] = ToolResult(call_id=id_, parts=(Text(text=_LOST),), is_error=True)
    return (*(results[id_] for id_ in calls), *others)
