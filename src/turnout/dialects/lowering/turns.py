"""Messages as strictly alternating turns, for dialects that take nothing else.

Anthropic, Gemini, Bedrock and others want: instructions apart, the user first, user and assistant
in turn, all results of one assistant turn at the head of the next user turn, no empty text. Source:
shared checklist of normalisation, section 6.2.
"""

from collections.abc import Iterable, Sequence
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
    return isinstance(part, Text) and not part.text.strip() and part.opaque is None


def _paired(turns: Sequence[Turn], changed: dict[str, None]) -> tuple[Turn, ...]:
    """Each turn's results first, each answering a call of the turn before it, none missing."""
    out: list[Turn] = []
    open_calls: list[ToolCall] = []
    for turn in turns:
        if turn.role == "assistant":
            out.append(turn)
            open_calls = [part for part in turn.parts if isinstance(part, ToolCall)]
        else:
            out.append(Turn("user", _answered(turn.parts, open_calls, changed)))
            open_calls = []
    if open_calls:
        out.append(Turn("user", _answered((), open_calls, changed)))
    return tuple(out)


def _answered(
    parts: Iterable[Part], calls: Sequence[ToolCall], changed: dict[str, None]
) -> tuple[Part, ...]:
    expected = {call.id for call in calls}
    results: dict[str, ToolResult] = {}
    others: list[Part] = []
    for part in parts:
        if not isinstance(part, ToolResult):
            others.append(part)
        elif part.call_id in expected:
            results.setdefault(part.call_id, part)
        else:
            changed["messages.tool"] = None
            others += part.parts
    for call in calls:
        if call.id not in results:
            changed["messages.tool"] = None
            lost = ToolResult(call_id=call.id, parts=(Text(text=_LOST),), is_error=True)
            results[call.id] = lost
    in_order = [results[id_] for id_ in dict.fromkeys(call.id for call in calls)]
    return (*in_order, *others)
