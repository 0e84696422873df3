"""Upstream answers and streams as events."""

from typing import Final

import msgspec

from turnout.core.errors import FailureKind, UpstreamError
from turnout.core.types import FinishReason
from turnout.core.usage import Usage
from turnout.dialects.events import (
    Completion,
    Event,
    Failure,
    Finish,
    Identity,
    UsageReport,
    broken_off,
)
from turnout.dialects.openai_chat.decoder import refuse_html
from turnout.dialects.openai_chat.errors import error_inside
from turnout.dialects.openai_chat.usage import Reported, read_object
from turnout.dialects.openai_responses.items import ItemReader
from turnout.dialects.openai_responses.quirks import Quirks
from turnout.dialects.openai_responses.usage import reported
from turnout.wire.openai_responses import ABSENT, Answer, StreamEvent
from turnout.wire.sse import Frames

_ANSWER: Final = msgspec.json.Decoder(Answer)
_EVENT: Final = msgspec.json.Decoder(StreamEvent)
_TEXT: Final = msgspec.json.Decoder(str)
_RAWS: Final = msgspec.json.Decoder(list[msgspec.Raw] | None)
_NULL: Final = msgspec.Raw(b"null")
BROKEN: Final = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)
"""What a codec raises for bytes that are not the dialect's."""
_UNFINISHED: Final = frozenset({"cancelled", "queued", "in_progress"})
TERMINAL: Final = frozenset(
    {"response.completed", "response.incomplete", "response.failed", "response.cancelled", "error"}
)
"""Events after which nothing follows."""


def undecodable(body: bytes) -> UpstreamError:
    """DECODE, saying what it looks like and nothing of what is in it."""
    looks = "HTML" if body.lstrip()[:1] == b"<" else "not an OpenAI response"
    return UpstreamError(FailureKind.DECODE, f"The provider's answer is {looks}.")


def is_said(raw: msgspec.Raw) -> bool:
    """There and not null."""
    return raw not in (ABSENT, _NULL)


def ending(answer: Answer, calls: int) -> Finish:
    """Why an answer that did not fail ended."""
    if answer.status != "incomplete":
        return Finish("tool_calls" if calls else "stop", answer.status or "completed")
    why = answer.incomplete_details.reason if answer.incomplete_details else None
    reason: FinishReason = "content_filter" if why == "content_filter" else "length"
    return Finish(reason, why or "incomplete")


class ResponseReader:
    """Reads the one answer of one attempt, in pieces or whole.

    Attributes:
        items: What has been said.
        counted: Usage and what rode beside it, once it has been told.
        identified: The answer's own name has been passed on.
    """

    __slots__ = ("counted", "identified", "items")

    def __init__(self, quirks: Quirks) -> None:
        self.items = ItemReader(quirks)
        self.counted: Reported | None = None
        self.identified = False

    def event(self, event: StreamEvent) -> list[Event]:  # noqa: C901, PLR0911, PLR0912 (one arm for each kind)
        """What one event of a stream says; nothing for those that only frame others."""
        at, items = event.output_index, self.items
        match event.type:
            case "response.output_text.delta":
                told = items.text(at, event.content_index, _TEXT.decode(event.delta))
                if is_said(event.logprobs) and (odds := _RAWS.decode(event.logprobs)):
                    told += items.probabilities(at, event.content_index, odds)
                return told
            case "response.function_call_arguments.delta" | "response.custom_tool_call_input.delta":
                return items.arguments(at, _TEXT.decode(event.delta))
            case "response.reasoning_summary_text.delta":
                text = _TEXT.decode(event.delta)
                return items.thought(at, event.summary_index, text, summary=True)
            case "response.reasoning_text.delta":
                text = _TEXT.decode(event.delta)
                return items.thought(at, event.content_index, text, summary=False)
            case "response.refusal.delta":
                return items.refusal(at, event.content_index, _TEXT.decode(event.delta))
            case "response.output_text.annotation.added":
                if not is_said(event.annotation):
                    return []
                return items.citation(at, event.content_index, event.annotation)
            case "response.output_item.added":
                return items.added(at, event.item)
            case "response.output_item.done":
                return items.done(at, event.item)
            case "error":
                return [Failure(self._error(event))]
            case _ if is_said(event.response):
                return self.state(_ANSWER.decode(event.response), last=event.type in TERMINAL)
            case _:
                return []

    def state(self, answer: Answer, *, last: bool) -> list[Event]:
        """What the `response` object says; all of it when it is the last word."""
        events: list[Event] = []
        if not self.identified:
            self.identified = True
            events.append(Identity(answer.id, service_tier=answer.service_tier))
        if not last:
            return events
        events += self.items.rest(answer.output or [])
        if is_said(answer.usage) and (counted := reported(answer.usage)) is not None:
            self.counted = counted
            events.append(UsageReport(self._searched(counted.usage)))
        events.append(self._end(answer))
        return events

    def _end(self, answer: Answer) -> Finish | Failure:
        if is_said(answer.error) or answer.status == "failed":
            raw = answer.error if is_said(answer.error) else msgspec.Raw(b"{}")
            return Failure(error_inside(raw, {}))
        if answer.status in _UNFINISHED:
            said = f"The provider ended with a response that is {answer.status}."[:100]
            return Failure(UpstreamError(FailureKind.SERVER, said))
        return ending(answer, self.items.calls)

    def _searched(self, usage: Usage) -> Usage:
        if usage.searches or not self.items.searches:
            return usage
        return msgspec.structs.replace(usage, searches=self.items.searches)

    def _error(self, event: StreamEvent) -> UpstreamError:
        """`error` events hold their words flat, or in an object."""
        raw = event.error if is_said(event.error) else event.response
        return error_inside(raw, {})


def read_event(payload: bytes) -> StreamEvent:
    """One event; its words are still bytes. Raises UpstreamError (DECODE)."""
    try:
        event = _EVENT.decode(payload)
    except BROKEN as error:
        raise undecodable(payload) from error
    if event.type == "error" and not is_said(event.error):
        event.error = msgspec.Raw(payload)
    elif not event.type and is_said(event.error):
        event.type = "error"  # a bare error object in a stream
    return event


def read_answer(body: bytes, reader: ResponseReader) -> list[Event]:
    """A whole answer as events; raises UpstreamError for foreign bytes and an error inside."""
    try:
        answer = _ANSWER.decode(body)
        if is_said(answer.error) and answer.status is None:
            raise error_inside(answer.error, {})
        if answer.output is None:
            raise undecodable(body)
        return reader.state(answer, last=True)
    except BROKEN as error:
        raise undecodable(body) from error


def decode(body: bytes, quirks: Quirks) -> Completion:
    """A whole answer as the events a stream of it would have sent."""
    return Completion(events=tuple(read_answer(body, ResponseReader(quirks))))


class ResponsesDecoder:
    """Upstream bytes to events, one per stream."""

    __slots__ = ("_ended", "_frames", "_reader")

    def __init__(self, quirks: Quirks) -> None:
        self._frames = Frames()
        self._reader = ResponseReader(quirks)
        self._ended = False

    @property
    def ended(self) -> bool:
        """The last event of a response, or [DONE], has passed."""
        return self._ended

    def feed(self, data: bytes) -> list[Event]:
        """See StreamDecoder."""
        events: list[Event] = []
        try:
            for payload in self._frames.feed(data):
                events += self._payload(payload)
            refuse_html(self._frames.stray)
        except UpstreamError as error:
            return broken_off(events, error)
        return events

    def end(self) -> list[Event]:
        """See StreamDecoder; a frame that was cut in the middle says nothing."""
        events: list[Event] = []
        for payload in self._frames.end():
            try:
                events += self._payload(payload)
            except UpstreamError:
                return events
        if not self._reader.identified and (error := unframed(self._frames.stray)) is not None:
            events.append(Failure(error))
        return events

    def _payload(self, payload: bytes) -> list[Event]:
        if self._ended:
            return []
        if payload == b"[DONE]":
            self._ended = True
            return []
        event = read_event(payload)
        try:
            said = self._reader.event(event)
        except BROKEN as error:
            raise undecodable(payload) from error
        self._ended = event.type in TERMINAL and not any(isinstance(one, Failure) for one in said)
        return said


def unframed(stray: bytes) -> UpstreamError | None:
    """What a body without a single event was: an error as bare JSON, or nothing we know."""
    if not stray:
        return None
    fields = read_object(stray)
    if (raw := fields.get("error")) is not None and raw != _NULL:
        return error_inside(raw, fields)
    return undecodable(stray)
