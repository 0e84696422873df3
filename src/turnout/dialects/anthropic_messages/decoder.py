"""Upstream events and answers as events; the one reading that both ways to the client share."""

from typing import Final

import msgspec

from turnout.core.conversation import Opaque
from turnout.core.errors import FailureKind, UpstreamError
from turnout.dialects.anthropic_messages.citations import annotations
from turnout.dialects.anthropic_messages.usage import merged, usage_of
from turnout.dialects.anthropic_messages.vocabulary import FORMAT, unify
from turnout.dialects.events import (
    Annotations,
    Completion,
    Event,
    Failure,
    Finish,
    Identity,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    UsageReport,
    broken_off,
)
from turnout.dialects.openai_chat.errors import error_inside
from turnout.wire.anthropic_messages import (
    AnswerBlock,
    AnswerMessage,
    Delta,
    StreamEvent,
    WireUsage,
)
from turnout.wire.sse import Frames

_EVENT: Final = msgspec.json.Decoder(StreamEvent)
_MESSAGE: Final = msgspec.json.Decoder(AnswerMessage)
_NULL: Final = msgspec.Raw(b"null")
_EMPTY: Final = b"{}"
_WORDS: Final = frozenset({"text", "thinking", "tool_use"})
_KIND_OF_DELTA: Final = {
    "text_delta": "text",
    "thinking_delta": "thinking",
    "signature_delta": "thinking",
    "input_json_delta": "tool_use",
}


class _Open:
    """A block whose end has not come. `start`: where its text stands in the whole."""

    __slots__ = ("call", "citations", "kind", "said", "start", "thought", "whole_input")

    def __init__(self, kind: str, start: int) -> None:
        self.kind = kind
        self.start = start
        self.call = 0
        self.thought = 0
        self.said = False
        self.whole_input = ""
        self.citations: list[msgspec.Raw] = []


class MessageReader:
    """Reads one answer, block by block; knows how many calls and thoughts it has seen.

    Blocks of unknown types, and what Anthropic's own tools say, make no events.
    """

    __slots__ = ("_blocks", "_calls", "_finished", "_text_chars", "_thoughts", "_usage")

    def __init__(self) -> None:
        self._blocks: dict[int, _Open] = {}
        self._calls = 0
        self._thoughts = 0
        self._text_chars = 0
        self._finished = False
        self._usage: WireUsage | None = None

    def event(self, payload: bytes) -> tuple[str, list[Event]]:
        """The type of one event of a stream, and what it says.

        Raises:
            UpstreamError: DECODE, when the bytes are not the dialect's.
        """
        try:
            wire = _EVENT.decode(payload)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise undecodable(payload) from error
        if isinstance(wire.error, msgspec.Raw) and wire.error != _NULL:
            return "error", [Failure(error_inside(wire.error, {}))]
        return wire.type, self._said(wire)

    def answer(self, body: bytes) -> list[Event]:
        """All events of a whole answer; raises UpstreamError: DECODE, or the error inside."""
        try:
            wire = _MESSAGE.decode(body)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise undecodable(body) from error
        if isinstance(wire.error, msgspec.Raw) and wire.error != _NULL:
            raise error_inside(wire.error, {})
        if wire.content is None:
            raise undecodable(body)
        events = self._begun(wire)
        if wire.stop_reason is not None:
            events.append(self._finish(wire.stop_reason))
        return events

    @property
    def working(self) -> bool:
        """A tool of the upstream's own is at work."""
        return any(one.kind not in _WORDS for one in self._blocks.values())

    def passes(self, index: int, kind: str) -> bool:
        """Whether a delta of that kind belongs to an open block; the caller passes its bytes."""
        one = self._blocks.get(index)
        if one is None or (kind != one.kind and (kind or not one.kind.endswith("tool_use"))):
            return False
        one.said = True
        return True

    def thought_at(self, index: int) -> int:
        """Which of the thoughts the open block at that place is."""
        return self._blocks[index].thought

    def _said(self, wire: StreamEvent) -> list[Event]:
        match wire.type:
            case "message_start" if wire.message is not None:
                return self._begun(wire.message)
            case "content_block_start" if wire.content_block is not None:
                return self._open(wire.index or 0, wire.content_block)
            case "content_block_delta" if wire.delta is not None:
                return self._more(wire.index or 0, wire.delta)
            case "content_block_stop":
                return self._close(wire.index or 0)
            case "message_delta":
                events: list[Event] = []
                if wire.usage is not None:
                    events.append(self._count(wire.usage))
                if wire.delta is not None and wire.delta.stop_reason and not self._finished:
                    events.append(self._finish(wire.delta.stop_reason))
                return events
            case _:
                return []

    def _begun(self, message: AnswerMessage) -> list[Event]:
        """An answer's head; hosts that say all at once have its blocks in it."""
        usage = message.usage
        events: list[Event] = [Identity(message.id, None, usage.service_tier if usage else None)]
        for place, block in enumerate(message.content or ()):
            events += self._open(place, block)
            events += self._close(place)
        if usage is not None:
            events.append(self._count(usage))
        return events

    def _count(self, usage: WireUsage) -> UsageReport:
        self._usage = merged(self._usage, usage)
        return UsageReport(usage_of(self._usage))

    def _finish(self, native: str) -> Finish:
        self._finished = True
        return Finish(unify(native, called=self._calls > 0), native)

    # ── blocks ──────────────────────────────────────────────────────────────────────────────────

    def _open(self, index: int, block: AnswerBlock) -> list[Event]:
        if index in self._blocks:  # a host that never says when a block ends
            ended = self._close(index)
            return [*ended, *self._open(index, block)]
        kind = "thinking" if block.type == "redacted_thinking" else block.type
        one = self._blocks[index] = _Open(kind, self._text_chars)
        match block.type:
            case "text":
                one.citations += block.citations or ()
                return self._text(block.text)
            case "thinking":
                one.thought = self._thought()
                return [*_thoughts(block.thinking, one), *_seal(block.signature, one)]
            case "redacted_thinking":
                sealed = Opaque(format=FORMAT, data=block.data or "")
                return [ReasoningDelta("", "encrypted", sealed, self._thought())]
            case "tool_use":
                return [self._call(one, block)]
            case _:
                return []

    def _thought(self) -> int:
        self._thoughts += 1
        return self._thoughts - 1

    def _call(self, one: _Open, block: AnswerBlock) -> ToolCallDelta:
        one.call = self._calls
        self._calls += 1
        if isinstance(block.input, msgspec.Raw) and bytes(block.input) not in (_EMPTY, b"null"):
            one.whole_input = bytes(block.input).decode()
        return ToolCallDelta(one.call, block.id or f"toolu_{one.call}", block.name or "")

    def _text(self, text: str | None) -> list[Event]:
        if not text:
            return []
        self._text_chars += len(text)
        return [TextDelta(text)]

    def _more(self, index: int, delta: Delta) -> list[Event]:  # noqa: PLR0911 (one arm for each kind of delta)
        one = self._blocks.get(index)
        if one is None:  # a delta without a start: its own type tells what it is part of
            kind = _KIND_OF_DELTA.get(delta.type, "")
            begun = self._open(index, AnswerBlock(type=kind))
            return [*begun, *self._more(index, delta)]
        match delta.type:
            case "text_delta" if one.kind == "text":
                return self._text(delta.text)
            case "thinking_delta" if one.kind == "thinking":
                return _thoughts(delta.thinking, one)
            case "signature_delta" if one.kind == "thinking":
                return _seal(delta.signature, one)
            case "input_json_delta" if one.kind == "tool_use" and delta.partial_json:
                one.said = True
                return [ToolCallDelta(one.call, arguments=delta.partial_json)]
            case "citations_delta" if isinstance(delta.citation, msgspec.Raw):
                one.citations.append(delta.citation)
                return []
            case _:
                return []

    def _close(self, index: int) -> list[Event]:
        """A block's end: citations now that its place is known, arguments where none were sent."""
        one = self._blocks.pop(index, None)
        if one is None:
            return []
        if one.kind == "tool_use" and not one.said:
            return [ToolCallDelta(one.call, arguments=one.whole_input or "{}")]
        if one.citations:
            return [Annotations(annotations(one.citations, one.start, self._text_chars))]
        return []


def _thoughts(text: str | None, one: _Open) -> list[Event]:
    return [ReasoningDelta(text, index=one.thought)] if text else []


def _seal(signature: str | None, one: _Open) -> list[Event]:
    if not signature:
        return []
    opaque = Opaque(format=FORMAT, signature=signature)
    return [ReasoningDelta(opaque=opaque, index=one.thought)]


def undecodable(body: bytes) -> UpstreamError:
    """DECODE, saying what it looks like and nothing of what is in it."""
    looks = "HTML" if body.lstrip()[:1] == b"<" else "not an Anthropic message"
    return UpstreamError(FailureKind.DECODE, f"The provider's answer is {looks}.")


def refuse_html(stray: bytes) -> None:
    """Raises DECODE as soon as a stream turns out to be a page."""
    if stray and stray.lstrip()[:1] == b"<":
        raise undecodable(stray)


def unframed(stray: bytes) -> UpstreamError | None:
    """What a body without a single event was: an error as bare JSON, or nothing we know."""
    if not stray:
        return None
    try:
        MessageReader().answer(stray)
    except UpstreamError as error:
        return error
    return undecodable(stray)


class AnthropicDecoder:
    """Upstream bytes to events, one per stream."""

    __slots__ = ("_ended", "_frames", "_reader", "_seen")

    def __init__(self) -> None:
        self._frames = Frames()
        self._reader = MessageReader()
        self._ended = False
        self._seen = False

    @property
    def ended(self) -> bool:
        """message_stop has passed."""
        return self._ended

    def feed(self, data: bytes) -> list[Event]:
        """See StreamDecoder."""
        events: list[Event] = []
        try:
            for payload in self._frames.feed(data):
                self._payload(payload, events)
            refuse_html(self._frames.stray)
        except UpstreamError as error:
            return broken_off(events, error)
        return events

    def end(self) -> list[Event]:
        """See StreamDecoder; a frame that was cut in the middle says nothing."""
        events: list[Event] = []
        for payload in self._frames.end():
            try:
                self._payload(payload, events)
            except UpstreamError:
                return events
        if not self._seen and (error := unframed(self._frames.stray)):
            events.append(Failure(error))
        return events

    def _payload(self, payload: bytes, events: list[Event]) -> None:
        if self._ended:
            return
        if payload == b"[DONE]":  # a compatible host that closes as OpenAI does
            self._ended = True
            return
        kind, said = self._reader.event(payload)
        self._seen = True
        events += said
        self._ended = kind == "message_stop"


def completion_of(body: bytes) -> Completion:
    """A whole answer as the events a stream of it would have sent; raises UpstreamError."""
    return Completion(events=tuple(MessageReader().answer(body)))
