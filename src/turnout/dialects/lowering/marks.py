"""Prompt-cache breakpoints of a conversation within what an upstream takes.

The prefix that is cached runs tools, system, messages, and a breakpoint covers all before it: the
last of the tools, the last of the instructions and the latest of the messages are worth most. What
stays is where the caller put it, so the bytes before it are the same at every turn.
"""

from collections.abc import Callable
from typing import Literal, TypeAlias

import msgspec

from turnout.core.conversation import (
    CacheMark,
    Conversation,
    Message,
    Part,
    Reasoning,
    Refused,
    Tool,
    ToolCall,
)

Place: TypeAlias = tuple[Literal["tools", "system", "messages"], int, int]
"""Where a breakpoint stands: in which part of the prefix, and at which item and part of it."""

Keep: TypeAlias = Callable[[Place, CacheMark], CacheMark | None]


def marks_within(
    conversation: Conversation, most: int, *, hours: bool = True
) -> tuple[Conversation, tuple[str, ...]]:
    """The conversation with at most so many breakpoints, and what was said otherwise.

    Args:
        most: Breakpoints that the upstream takes; 0 for one that takes none.
        hours: It knows a time to live of an hour; else all are of its only kind.

    Returns:
        The conversation itself when nothing had to change, and paths for `Outgoing.translated`.
    """
    found = _places(conversation)
    long = not hours and any(mark.ttl == "1h" for _, mark in found)
    if len(found) <= most and not long:
        return conversation, ()
    kept = set(_worth_most([place for place, _ in found])[:most])

    def keep(place: Place, mark: CacheMark) -> CacheMark | None:
        if place not in kept:
            return None
        return mark if hours else CacheMark()

    told = (("cache_control",) if len(found) > most else ()) + (("cache_control.ttl",) * long)
    return _with(conversation, keep), told


def _places(conversation: Conversation) -> list[tuple[Place, CacheMark]]:
    found: list[tuple[Place, CacheMark]] = [
        (("tools", at, 0), tool.cache)
        for at, tool in enumerate(conversation.tools)
        if tool.cache is not None
    ]
    for at, message in enumerate(conversation.messages):
        for part_at, part in enumerate(message.parts):
            mark = _mark(part)
            if mark is not None:
                found.append(((_group(message), at, part_at), mark))
    return found


def _mark(part: Part) -> CacheMark | None:
    return None if isinstance(part, Reasoning | ToolCall | Refused) else part.cache


def _group(message: Message) -> Literal["system", "messages"]:
    return "system" if message.role in ("system", "developer") else "messages"


def _worth_most(places: list[Place]) -> list[Place]:
    """The last of tools and of instructions, then messages from the latest on, then the rest."""
    tools = [place for place in places if place[0] == "tools"]
    system = [place for place in places if place[0] == "system"]
    messages = [place for place in places if place[0] == "messages"]
    return [*tools[-1:], *system[-1:], *messages[::-1], *system[-2::-1], *tools[-2::-1]]


def _with(conversation: Conversation, keep: Keep) -> Conversation:
    tools = tuple(_tool(tool, at, keep) for at, tool in enumerate(conversation.tools))
    messages = tuple(_message(one, at, keep) for at, one in enumerate(conversation.messages))
    return msgspec.structs.replace(conversation, tools=tools, messages=messages)


def _tool(tool: Tool, at: int, keep: Keep) -> Tool:
    if tool.cache is None:
        return tool
    return msgspec.structs.replace(tool, cache=keep(("tools", at, 0), tool.cache))


def _message(message: Message, at: int, keep: Keep) -> Message:
    group = _group(message)
    parts = tuple(_part(part, (group, at, place), keep) for place, part in enumerate(message.parts))
    return msgspec.structs.replace(message, parts=parts)


def _part(part: Part, place: Place, keep: Keep) -> Part:
    if isinstance(part, Reasoning | ToolCall | Refused) or part.cache is None:
        return part
    return msgspec.structs.replace(part, cache=keep(place, part.cache))
