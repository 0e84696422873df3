"""Cohere's bytes as events: one body, or server-sent events without an end mark of their own."""

from typing import Final

import msgspec

from turnout.core.errors import UpstreamError
from turnout.dialects.cohere_chat.answers import (
    FAILED,
    FILTERED,
    MessageReader,
    finish_of,
    logprobs_of,
    undecodable,
    usage_of,
)
from turnout.dialects.cohere_chat.errors import decode_error, error_at_end
from turnout.dialects.events import (
    Completion,
    Event,
    Failure,
    Identity,
    broken_off,
)
from turnout.wire.cohere_chat import (
    Answer,
    Content,
    Delta,
    Message,
    MessageDelta,
    StreamEvent,
    ToolCall,
)
from turnout.wire.sse import Frames

_ANSWER: Final = msgspec.json.Decoder(Answer)
_EVENT: Final = msgspec.json.Decoder(StreamEvent)
_NOTHING: Final = MessageDelta()


def completion_of(body: bytes) -> Completion:
    """The whole answer; raises UpstreamError: DECODE, or what an error in it says."""
    try:
        wire = _ANSWER.decode(body)
        if wire.message is None:
            raise undecodable()
        events: list[Event] = [Identity(wire.id)]
        reader = MessageReader()
        reader.seed(wire.id)
        events += _message(reader, wire.message)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise undecodable() from error
    events += logprobs_of(wire.logprobs or [])
    end = Delta(None, wire.finish_reason, wire.usage, wire.error, wire.error_type)
    last = _end(end, called=reader.called, spoke=_says(events))
    for event in last:
        if isinstance(event, Failure):
            raise event.error
    return Completion(events=(*events, *last))


def _message(reader: MessageReader, wire: Message) -> list[Event]:
    events = reader.plan(wire.tool_plan)
    content = wire.content or []
    if isinstance(content, str):
        content = [Content("text", content)]
    for place, item in enumerate(content):
        events += reader.content(place, item)
    for place, call in enumerate(wire.tool_calls or ()):
        events += reader.call(place, call)
    for own in wire.citations or ():
        events += reader.citation(own)
    return events


def _says(events: list[Event]) -> bool:
    return any(not isinstance(event, Identity) for event in events)


def _end(delta: Delta, *, called: bool, spoke: bool) -> list[Event]:
    """The finish and the counts, or the failure: not every client has a word for an end in error.

    An answer that was filtered is a failure only where nothing was said.
    """
    native = delta.finish_reason or ""
    usage = usage_of(delta.usage)
    if native in FAILED or (native == FILTERED and not spoke):
        return [*usage, Failure(error_at_end(native, delta.error, delta.error_type))]
    return [finish_of(native, called=called), *usage] if native else usage


class CohereDecoder:
    """Upstream bytes to events, one per stream."""

    __slots__ = ("_ended", "_frames", "_reader", "_seen", "_spoke")

    def __init__(self) -> None:
        self._frames = Frames()
        self._reader = MessageReader()
        self._ended = False
        self._seen = False
        self._spoke = False

    @property
    def ended(self) -> bool:
        """message-end has passed."""
        return self._ended

    def feed(self, data: bytes) -> list[Event]:
        """See StreamDecoder."""
        events: list[Event] = []
        try:
            for payload in self._frames.feed(data):
                events += self._payload(payload)
        except UpstreamError as error:
            return broken_off(events, error)
        if self._frames.stray.lstrip()[:1] == b"<":
            return broken_off(events, undecodable())
        return events

    def end(self) -> list[Event]:
        """See StreamDecoder; an event that was cut in the middle says nothing."""
        events: list[Event] = []
        try:
            for payload in self._frames.end():
                events += self._payload(payload)
        except UpstreamError:
            return events
        if not self._seen and self._frames.stray:
            events.append(Failure(decode_error(200, {}, self._frames.stray)))
        return events

    def _payload(self, payload: bytes) -> list[Event]:
        if self._ended or payload == b"[DONE]":
            return []
        self._seen = True
        try:
            events = self._event(_EVENT.decode(payload))
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise undecodable() from error
        self._spoke = self._spoke or _says(events)
        return events

    def _event(self, event: StreamEvent) -> list[Event]:
        """The events of one message; kinds we do not know say nothing to us."""
        delta = event.delta or Delta()
        message = delta.message or _NOTHING
        match event.type:
            case "message-start":
                self._reader.seed(event.id)
                return [Identity(event.id)]
            case "message-end":
                self._ended = True
                return _end(delta, called=self._reader.called, spoke=self._spoke)
            case "" if event.message is not None:  # an error in the stream has no type
                return [Failure(decode_error(200, {}, msgspec.json.encode(event)))]
            case kind:
                return self._words(kind, event, message)

    def _words(self, kind: str, event: StreamEvent, message: MessageDelta) -> list[Event]:
        match kind:
            case "content-start" | "content-delta":
                return self._content(event, message)
            case "tool-plan-delta":
                return self._reader.plan(message.tool_plan)
            case "tool-call-start" | "tool-call-delta":
                return self._call(event, message)
            case "citation-start":
                own = message.citations
                return [] if isinstance(own, msgspec.UnsetType) else self._reader.citation(own)
            case _:
                return []

    def _content(self, event: StreamEvent, message: MessageDelta) -> list[Event]:
        item = message.content
        events = self._reader.content(event.index, item) if isinstance(item, Content) else []
        return events + (logprobs_of([event.logprobs]) if event.logprobs else [])

    def _call(self, event: StreamEvent, message: MessageDelta) -> list[Event]:
        call = message.tool_calls
        if not isinstance(call, ToolCall):
            return []
        if event.type == "tool-call-start":
            return self._reader.call(event.index, call)
        return self._reader.arguments(event.index, call)
