"""A JSON answer asked for by a forced tool, where a dialect has no schema for its answers.

The tool's arguments are the answer: `AsText` turns the call back into the text that was asked for.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from turnout.core.conversation import Conversation, OutputFormat, Tool, ToolChoice
from turnout.dialects.adapter import EventFilter
from turnout.dialects.events import Event, Finish, TextDelta, ToolCallDelta

TOOL_NAME: Final = "structured_answer"
_ANY_OBJECT: Final = msgspec.Raw(b'{"type":"object"}')


class AsText(msgspec.Struct, frozen=True):
    """Undoes `by_forced_tool`."""

    def filter(self) -> EventFilter:
        """See Undo."""
        return _AsText()


class _AsText:
    """The call of our tool becomes text, its finish a natural one; other calls close ranks."""

    def __init__(self) -> None:
        self._ours: set[tuple[int, int]] = set()
        self._others: dict[int, dict[int, int]] = {}

    def feed(self, event: Event) -> Iterable[Event]:
        match event:
            case ToolCallDelta(name=name) if name == TOOL_NAME:
                self._ours.add((event.choice, event.call))
                return (TextDelta(event.arguments, event.choice),) if event.arguments else ()
            case ToolCallDelta() if (event.choice, event.call) in self._ours:
                return (TextDelta(event.arguments, event.choice),) if event.arguments else ()
            case ToolCallDelta():
                places = self._others.setdefault(event.choice, {})
                place = places.setdefault(event.call, len(places))
                return (msgspec.structs.replace(event, call=place),)
            case Finish(reason="tool_calls") if event.choice not in self._others:
                return (Finish("stop", event.native, event.choice),)
            case _:
                return (event,)

    def end(self) -> Iterable[Event]:
        return ()


def by_forced_tool(conversation: Conversation) -> Conversation:
    """The request with its schema as a tool that must be called; beside other tools, may be.

    With tools of the caller's own the model must be free to call those first, so some tool is
    required and ours is one of them.
    """
    output = conversation.output
    assert output is not None  # noqa: S101 (asked only for requests with an output format)
    tool = Tool(
        name=TOOL_NAME,
        description=output.description or _purpose(output),
        parameters=output.schema or _ANY_OBJECT,
        strict=output.strict,
    )
    required = ToolChoice(mode="required") if conversation.tools else None
    return msgspec.structs.replace(
        conversation,
        tools=(*conversation.tools, tool),
        tool_choice=required or ToolChoice(mode="named", name=TOOL_NAME),
        output=None,
    )


def _purpose(output: OutputFormat) -> str:
    name = f" ({output.name})" if output.name else ""
    return f"Gives the answer{name}: call it once, with the whole answer as its arguments."
