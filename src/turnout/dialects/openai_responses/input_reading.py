"""Input items as messages: everything one side said in a row is one turn.

    reasoning · message · function_call · function_call  ──▶  one assistant message, parts in order

Items that only this API has (its built-in tools' calls) become messages without parts that carry
the item in `extra` under its type: an upstream of this dialect gets it back, others lose it and
the loss is reported.
"""

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

import msgspec

from turnout.core.conversation import (
    NO_EXTRA,
    Extra,
    Message,
    Opaque,
    Part,
    Reasoning,
    Refused,
    Text,
    ToolCall,
    ToolResult,
)
from turnout.core.errors import invalid
from turnout.dialects.openai_chat.refusals import wrong_shape
from turnout.dialects.openai_responses.part_reading import Content, part_of
from turnout.dialects.openai_responses.sealed import unwrapped
from turnout.wire.openai_responses import (
    CallOutput,
    CustomCall,
    FunctionCall,
    InputMessage,
    ItemHead,
    ThoughtItem,
)

T = TypeVar("T")

_ITEMS: Final = msgspec.json.Decoder(list[msgspec.Raw])
_STRING: Final = msgspec.json.Decoder(str)
_HEAD: Final = msgspec.json.Decoder(ItemHead)
_MESSAGE: Final = msgspec.json.Decoder(InputMessage)
_CALL: Final = msgspec.json.Decoder(FunctionCall)
_CUSTOM: Final = msgspec.json.Decoder(CustomCall)
_OUTPUT: Final = msgspec.json.Decoder(CallOutput)
_THOUGHT: Final = msgspec.json.Decoder(ThoughtItem)
_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_NULL: Final = msgspec.Raw(b"null")
_IN_CALL: Final = frozenset({"type", "id", "status", "call_id", "name", "arguments"})


def messages_of(raw: msgspec.Raw) -> tuple[Message, ...]:
    """The messages of `input`; raises Refusal for what has no meaning in the internal form."""
    if bytes(raw).startswith(b'"'):
        return (Message(role="user", parts=(Text(text=_STRING.decode(raw)),)),)
    turns = _Turns()
    for place, item in enumerate(_ITEMS.decode(raw)):
        turns.add(item, f"input[{place}]")
    return turns.whole()


class _Turns:
    """Messages so far; the assistant's parts wait until somebody else speaks."""

    def __init__(self) -> None:
        self._done: list[Message] = []
        self._said: list[Part] = []
        self._thoughts = 0

    def whole(self) -> tuple[Message, ...]:
        """All of them."""
        if self._said:
            self._done.append(Message(role="assistant", parts=tuple(self._said)))
            self._said, self._thoughts = [], 0
        return tuple(self._done)

    def add(self, raw: msgspec.Raw, path: str) -> None:
        """One item."""
        match _decode(_HEAD, raw, path):
            case ItemHead(type="message"):
                self._message(raw, path)
            case ItemHead(type="reasoning"):
                thought = _decode(_THOUGHT, raw, path)
                self._said += _reasoning(thought, self._thoughts)
                self._thoughts += 1
            case ItemHead(type="function_call"):
                call = _decode(_CALL, raw, path)
                extra = _unknown(raw, _IN_CALL)
                self._said.append(
                    ToolCall(id=call.call_id, name=call.name, arguments=call.arguments, extra=extra)
                )
            case ItemHead(type="custom_tool_call"):
                custom = _decode(_CUSTOM, raw, path)
                arguments = msgspec.json.encode({"input": custom.input}).decode()
                self._said.append(
                    ToolCall(id=custom.call_id, name=custom.name, arguments=arguments)
                )
            case ItemHead(type="function_call_output" | "custom_tool_call_output"):
                self._tell(Message(role="tool", parts=(_result(raw, path),)))
            case ItemHead(type="item_reference"):
                raise invalid(path, "nothing is stored here: send the item itself, not its id.")
            case ItemHead(type=kind):
                self._tell(Message(role="assistant", parts=(), extra={kind: raw}))

    def _tell(self, message: Message) -> None:
        self.whole()
        self._done.append(message)

    def _message(self, raw: msgspec.Raw, path: str) -> None:
        wire = _decode(_MESSAGE, raw, path)
        parts = _content(wire.content, f"{path}.content")
        if wire.role != "assistant":
            self._tell(Message(role=wire.role, parts=tuple(parts)))
            return
        phase = _OBJECT.decode(raw).get("phase", _NULL)
        for part in parts:
            if isinstance(part, Text) and phase != _NULL:
                extra = {**part.extra, "phase": phase}
                self._said.append(msgspec.structs.replace(part, extra=extra))
            else:
                self._said.append(part)


def _decode(decoder: msgspec.json.Decoder[T], raw: msgspec.Raw, path: str) -> T:
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError as error:
        raise wrong_shape(error, path) from error


def _unknown(raw: msgspec.Raw, known: frozenset[str]) -> Extra:
    fields = _OBJECT.decode(raw).items()
    return {n: value for n, value in fields if n not in known and value != _NULL} or NO_EXTRA


def _content(content: str | Sequence[msgspec.Raw], path: str) -> list[Content | Refused]:
    if isinstance(content, str):
        return [Text(text=content)]
    return [part_of(raw, f"{path}[{place}]") for place, raw in enumerate(content)]


def _result(raw: msgspec.Raw, path: str) -> ToolResult:
    wire = _decode(_OUTPUT, raw, path)
    parts: list[Content] = []
    for part in _content(wire.output, f"{path}.output"):
        if isinstance(part, Refused):
            raise invalid(f"{path}.output", "a call's output holds no refusal.")
        parts.append(part)
    return ToolResult(call_id=wire.call_id, parts=tuple(parts))


def _reasoning(thought: ThoughtItem, index: int) -> Iterator[Reasoning]:
    """The parts of one item: what is readable, then what is sealed.

    A signature proves the words before it, so it stays on the last of them.
    """
    opaque = _opaque(thought)
    mark = Opaque(format=opaque.format, id=opaque.id) if opaque and opaque.id else None
    parts = [
        Reasoning(kind="summary", text=words.text, opaque=mark, index=index)
        for words in thought.summary or ()
    ]
    parts += [
        Reasoning(kind="text", text=words.text, opaque=mark, index=index)
        for words in thought.content or ()
    ]
    if opaque is not None and opaque.data is not None:
        parts.append(Reasoning(kind="encrypted", opaque=opaque, index=index))
    elif opaque is not None and parts:
        parts[-1] = msgspec.structs.replace(parts[-1], opaque=opaque)
    elif opaque is not None:
        parts.append(Reasoning(opaque=opaque, index=index))
    yield from parts


def _opaque(thought: ThoughtItem) -> Opaque | None:
    if thought.encrypted_content:
        return unwrapped(thought.encrypted_content, thought.id, thought.format)
    if thought.signature:
        return Opaque(format=thought.format or "unknown", signature=thought.signature)
    return None


def system_message(instructions: str) -> Message:
    """`instructions` as the message it stands for."""
    return Message(role="system", parts=(Text(text=instructions),))
