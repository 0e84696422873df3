"""Tool names and call ids that a dialect would refuse, made to fit and made whole again.

Both are pure functions of the name, so that the same tool has the same name in every request of a
conversation and prompt caches keep hitting. Source: shared checklist of normalisation, section 6.3.
"""

import re
from collections.abc import Iterable, Mapping
from hashlib import blake2b

import msgspec

from turnout.core.conversation import Conversation, Message, Part, Tool, ToolCall
from turnout.dialects.adapter import EventFilter
from turnout.dialects.events import Event, ToolCallDelta


class NameRule(msgspec.Struct, frozen=True):
    """What a dialect takes as a tool's name.

    Attributes:
        allowed: Matches a whole name that may go as it is.
        longest: In characters; at least 16.
        unfit: Matches each character that may not stand in a name.
    """

    allowed: re.Pattern[str]
    longest: int
    unfit: re.Pattern[str]


PLAIN = NameRule(re.compile(r"[a-zA-Z0-9_-]{1,64}"), 64, re.compile(r"[^a-zA-Z0-9_-]"))
"""The rule of most: letters, digits, "_" and "-", 64 at most."""


def fitting_name(name: str, rule: NameRule = PLAIN) -> str:
    """The name itself where it fits, else a readable one that no other name gets."""
    if rule.allowed.fullmatch(name):
        return name
    mark = blake2b(name.encode(), digest_size=4).hexdigest()
    body = rule.unfit.sub("_", name)[: rule.longest - len(mark) - 2]
    fitted = f"{body}_{mark}"
    return fitted if rule.allowed.fullmatch(fitted) else f"t{fitted}"


def fitting_id(id_: str, allowed: re.Pattern[str], length: int) -> str:
    """A call's id where it fits, else one of `length` letters and digits made from it."""
    if allowed.fullmatch(id_):
        return id_
    return blake2b(id_.encode(), digest_size=32).hexdigest()[:length]


class OtherNames(msgspec.Struct, frozen=True):
    """Undoes `renamed`: calls in the answer carry the caller's own names again."""

    theirs_to_ours: Mapping[str, str]

    def filter(self) -> EventFilter:
        """See Undo."""
        return _OtherNames(self.theirs_to_ours)


class _OtherNames:
    def __init__(self, theirs_to_ours: Mapping[str, str]) -> None:
        self._ours = theirs_to_ours

    def feed(self, event: Event) -> Iterable[Event]:
        if isinstance(event, ToolCallDelta) and event.name and event.name in self._ours:
            return (msgspec.structs.replace(event, name=self._ours[event.name]),)
        return (event,)

    def end(self) -> Iterable[Event]:
        return ()


def renamed(
    conversation: Conversation, rule: NameRule = PLAIN
) -> tuple[Conversation, OtherNames | None]:
    """The conversation with names that fit, in tools, choice and history; None: all did."""
    names = {tool.name for tool in conversation.tools}
    names |= {p.name for m in conversation.messages for p in m.parts if isinstance(p, ToolCall)}
    fitted = {name: fit for name in names if (fit := fitting_name(name, rule)) != name}
    if not fitted:
        return conversation, None
    choice = conversation.tool_choice
    if choice is not None and choice.name in fitted:
        choice = msgspec.structs.replace(choice, name=fitted[choice.name])
    changed = msgspec.structs.replace(
        conversation,
        tools=tuple(_tool(tool, fitted) for tool in conversation.tools),
        messages=tuple(_message(message, fitted) for message in conversation.messages),
        tool_choice=choice,
    )
    return changed, OtherNames({theirs: ours for ours, theirs in fitted.items()})


def _tool(tool: Tool, fitted: Mapping[str, str]) -> Tool:
    return msgspec.structs.replace(tool, name=fitted.get(tool.name, tool.name))


def _message(message: Message, fitted: Mapping[str, str]) -> Message:
    return msgspec.structs.replace(
        message, parts=tuple(_part(part, fitted) for part in message.parts)
    )


def _part(part: Part, fitted: Mapping[str, str]) -> Part:
    if isinstance(part, ToolCall) and part.name in fitted:
        return msgspec.structs.replace(part, name=fitted[part.name])
    return part
