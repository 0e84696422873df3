"""Calls and their results as the API demands: each call answered, each result asked for.

"No tool output found for function call …" is a recorded 400, and so is the converse.
"""

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from turnout.core.conversation import Conversation, Message, Part, Text, ToolCall, ToolResult
from turnout.dialects.lowering.names import fitting_id

_LOST: Final = Text(text="No result was kept for this call.")
_ID_LENGTH: Final = 40


def paired(conversation: Conversation, longest_id: int) -> tuple[Conversation, bool]:
    """The conversation with every call answered, and whether something had to be changed for it.

    A result whose call is gone becomes user text; a call whose result is gone gets one that says
    so; ids that are too long are shortened on both sides alike.
    """
    parts = [part for message in conversation.messages for part in message.parts]
    calls = {part.id for part in parts if isinstance(part, ToolCall)}
    results = {part.call_id for part in parts if isinstance(part, ToolResult)}
    long = any(len(id_) > longest_id for id_ in calls | results)
    if calls == results and not long:
        return conversation, False
    fits = re.compile(rf".{{1,{longest_id}}}", re.DOTALL)
    messages = tuple(
        fitted
        for message in conversation.messages
        for one in _answered(message, calls, results)
        for fitted in (_fitted(one, fits) if long else one,)
    )
    return msgspec.structs.replace(conversation, messages=messages), calls != results


def _answered(message: Message, calls: set[str], results: set[str]) -> Iterator[Message]:
    """The message, its orphaned results as user text, and the answers that its calls lack."""
    orphans = [p for p in message.parts if isinstance(p, ToolResult) and p.call_id not in calls]
    if orphans:
        kept = tuple(part for part in message.parts if part not in orphans)
        if kept:
            yield msgspec.structs.replace(message, parts=kept)
        yield Message(role="user", parts=tuple(part for one in orphans for part in one.parts))
    else:
        yield message
    for part in message.parts:
        if isinstance(part, ToolCall) and part.id not in results:
            result = ToolResult(call_id=part.id, parts=(_LOST,), is_error=True)
            yield Message(role="tool", parts=(result,))


def _fitted(message: Message, fits: re.Pattern[str]) -> Message:
    parts = tuple(_shorter(part, fits) for part in message.parts)
    return msgspec.structs.replace(message, parts=parts)


def _shorter(part: Part, fits: re.Pattern[str]) -> Part:
    match part:
        case ToolCall():
            return msgspec.structs.replace(part, id=fitting_id(part.id, fits, _ID_LENGTH))
        case ToolResult():
            id_ = fitting_id(part.call_id, fits, _ID_LENGTH)
            return msgspec.structs.replace(part, call_id=id_)
        case _:
            return part
