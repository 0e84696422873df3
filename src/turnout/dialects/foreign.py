"""What a conversation carries beyond the internal form, when it goes to another dialect.

`extra` holds fields in the words of the client's own dialect (`Conversation.dialect`). An adapter
of that dialect writes them back; every other one begins with `stripped`, and reports what was lost.
"""

from typing import Final

import msgspec

from turnout.core.conversation import (
    NO_EXTRA,
    Conversation,
    Extra,
    Message,
    Part,
    Refused,
    Tool,
    ToolResult,
)
from turnout.core.types import Dialect

GATEWAY_FIELDS: Final = frozenset(
    {
        "models",
        "fallbacks",
        "route",
        "preset",
        "debug",
        "provider",
        "plugins",
        "transforms",
        "usage",
        "session_id",
        "trace",
        "stream_options",
        "structured_outputs",
    }
)
"""Between the caller and this gateway: never an upstream's, so never lost on the way there."""


def stripped(conversation: Conversation, dialect: Dialect) -> tuple[Conversation, tuple[str, ...]]:
    """The conversation as an adapter of `dialect` may write it, and the fields it lost.

    Fields of parts are told by their place without numbers: "messages.citations".
    """
    if conversation.dialect == dialect:
        return conversation, ()
    lost: dict[str, None] = dict.fromkeys(n for n in conversation.extra if n not in GATEWAY_FIELDS)
    messages = tuple(_message(message, lost) for message in conversation.messages)
    tools = tuple(_tool(tool, lost) for tool in conversation.tools)
    bare = msgspec.structs.replace(
        conversation, messages=messages, tools=tools, extra=NO_EXTRA, dialect=dialect
    )
    return bare, tuple(lost)


def _note(extra: Extra, place: str, lost: dict[str, None]) -> None:
    lost.update(dict.fromkeys(f"{place}.{name}" for name in extra))


def _message(message: Message, lost: dict[str, None]) -> Message:
    _note(message.extra, "messages", lost)
    parts = tuple(_part(part, lost) for part in message.parts)
    return msgspec.structs.replace(message, parts=parts, extra=NO_EXTRA)


def _part(part: Part, lost: dict[str, None]) -> Part:
    if isinstance(part, Refused):
        return part
    _note(part.extra, "messages", lost)
    if isinstance(part, ToolResult):
        for inner in part.parts:
            _note(inner.extra, "messages", lost)
        inner = tuple(msgspec.structs.replace(one, extra=NO_EXTRA) for one in part.parts)
        return msgspec.structs.replace(part, parts=inner, extra=NO_EXTRA)
    return msgspec.structs.replace(part, extra=NO_EXTRA) if part.extra else part


def _tool(tool: Tool, lost: dict[str, None]) -> Tool:
    _note(tool.extra, "tools", lost)
    return msgspec.structs.replace(tool, extra=NO_EXTRA) if tool.extra else tool
