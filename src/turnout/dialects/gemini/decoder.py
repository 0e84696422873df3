"""Gemini's answers and streams as events.

A stream is a sequence of whole responses, framed as server-sent events, or as a JSON array where
`alt=sse` got lost on the way; the first byte tells. It has no end mark: it ends with the body.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from turnout.core.errors import FailureKind, UpstreamError
from turnout.core.usage import Usage
from turnout.dialects.events import (
    Completion,
    Event,
    Failure,
    Finish,
    Identity,
    RefusalDelta,
    UsageReport,
    broken_off,
)
from turnout.dialects.gemini.choice import Choice
from turnout.dialects.gemini.errors import error_inside
from turnout.dialects.gemini.finish import word
from turnout.dialects.gemini.plain import plain
from turnout.dialects.gemini.usage import read_usage, usage_of
from turnout.dialects.redaction import safe
from turnout.wire.gemini import Response
from turnout.wire.json_elements import Elements
from turnout.wire.sse import Frames

_RESPONSE: Final = msgspec.json.Decoder(Response)
_NULL: Final = msgspec.Raw(b"null")
_MOST_CHOICES: Final = 64
_BILLED_BY_QUERY: Final = "gemini-3"


class ResponseReader:
    """Reads the responses of one answer; knows what came before.

    Attributes:
        finished: A reason to end has come.
    """

    __slots__ = ("_choices", "_model", "_searched", "_seed", "_seen", "finished")

    def __init__(self) -> None:
        self._choices: dict[int, Choice] = {}
        self._seed = ""
        self._model = ""
        self._searched = 0
        self._seen = False
        self.finished = False

    def read(self, body: bytes, *, whole: bool) -> list[Event]:
        """The events of one response.

        Raises:
            UpstreamError: DECODE, when the bytes are not the dialect's.
        """
        first = self._choices.get(0)
        if first is not None and not whole and (piece := plain(body)) is not None:
            counts = piece.usage_metadata
            usage = Usage(
                text_in=counts.prompt_token_count,
                text_out=counts.candidates_token_count,
                reasoning=counts.thoughts_token_count,
                searches=self._searched,
            )
            return [first.words(piece.text), UsageReport(usage)]
        try:
            wire = _RESPONSE.decode(body)
            if wire.error != _NULL:
                return [Failure(error_inside(wire.error))]
            return list(self._events(wire, whole=whole))
        except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
            raise undecodable() from error

    def _events(self, wire: Response, *, whole: bool) -> Iterator[Event]:
        told = read_usage(wire.usage_metadata) if wire.usage_metadata != _NULL else None
        if not self._seen:
            self._seen = True
            self._seed = wire.response_id or ""
            self._model = wire.model_version or ""
            yield Identity(wire.response_id, None, told.service_tier if told else None)
        for place, candidate in enumerate(wire.candidates or ()):
            index = place if candidate.index is None else candidate.index
            choice = self._choice(index)
            for event in choice.read(candidate, whole=whole):
                yield self._checked(event, choice, candidate.finish_message)
            if whole and choice.said and not choice.finished:
                yield choice.unsaid_finish()
        yield from self._blocked(wire)
        self._searched = self._searches()
        if told is not None and (usage := usage_of(told, self._searched)) is not None:
            yield UsageReport(usage)

    def _choice(self, index: int) -> Choice:
        if not 0 <= index < _MOST_CHOICES:
            raise undecodable()
        if index not in self._choices:
            self._choices[index] = Choice(index, self._seed)
        return self._choices[index]

    def _checked(self, event: Event, choice: Choice, message: str | None) -> Event:
        """An end in error before anything was said is a failure: another try may do better."""
        if not isinstance(event, Finish):
            return event
        self.finished = True
        if event.reason != "error" or choice.said:
            return event
        text = safe(message or "") or "The model's answer broke off."
        return Failure(UpstreamError(FailureKind.SERVER, text, status=200, code=event.native))

    def _blocked(self, wire: Response) -> Iterator[Event]:
        """A prompt that was filtered: no candidates, and the reason beside them."""
        feedback = wire.prompt_feedback
        if feedback is None or feedback.block_reason is None or self._choices:
            return
        self._choices[0] = Choice(0, self._seed)
        self.finished = True
        if feedback.block_reason_message:
            yield RefusalDelta(safe(feedback.block_reason_message))
        yield Finish("content_filter", word(feedback.block_reason))

    def _searches(self) -> int:
        """Billed by query since generation 3, by answer before: ai.google.dev, pricing."""
        queries = sum(len(choice.queries) for choice in self._choices.values())
        return queries if self._model.startswith(_BILLED_BY_QUERY) else min(queries, 1)


def completion_of(body: bytes) -> Completion:
    """A whole answer; a list of responses (a stream that nobody asked for) is read as one."""
    reader = ResponseReader()
    if body.lstrip()[:1] != b"[":
        events = reader.read(body, whole=True)
    else:
        elements = Elements()
        pieces = elements.feed(body)
        if elements.unfinished or not pieces:
            raise undecodable()
        events = [event for piece in pieces for event in reader.read(piece, whole=False)]
    for event in events:
        if isinstance(event, Failure):
            raise event.error
    return Completion(events=tuple(events))


class GeminiDecoder:
    """Upstream bytes to events, one per stream."""

    __slots__ = ("_elements", "_ended", "_frames", "_head", "_reader", "_seen")

    def __init__(self) -> None:
        self._reader = ResponseReader()
        self._frames: Frames | None = None
        self._elements: Elements | None = None
        self._head = b""
        self._ended = False
        self._seen = False

    @property
    def ended(self) -> bool:
        """The body has ended after a reason to."""
        return self._ended

    def feed(self, data: bytes) -> list[Event]:
        """See StreamDecoder."""
        events: list[Event] = []
        try:
            for payload in self._payloads(data):
                if payload == b"[DONE]":  # proxies add it
                    continue
                self._seen = True
                self._read(payload, events)
        except UpstreamError as error:
            return broken_off(events, error)
        if self._frames is not None and self._frames.stray and _is_page(self._frames.stray):
            return broken_off(events, undecodable())
        return events

    def end(self) -> list[Event]:
        """See StreamDecoder; a response that was cut in the middle says nothing."""
        events: list[Event] = []
        for payload in self._frames.end() if self._frames is not None else ():
            try:
                self._read(payload, events)
            except UpstreamError:
                break
        events += self._stray()
        self._ended = self._reader.finished
        return events

    def _read(self, payload: bytes, events: list[Event]) -> None:
        """One event; some proxies put no blank line between two, so that they come as one."""
        if b"\n" not in payload:
            events += self._reader.read(payload, whole=False)
            return
        for piece in Elements().feed(payload) or [payload]:
            events += self._reader.read(piece, whole=False)

    def _payloads(self, data: bytes) -> list[bytes]:
        if self._frames is not None:
            return self._frames.feed(data)
        if self._elements is not None:
            return self._elements.feed(data)
        self._head += data
        first = self._head.removeprefix(b"\xef\xbb\xbf").lstrip()
        if not first or b"\xef\xbb\xbf".startswith(first):
            return []
        head, self._head = self._head, b""
        if first[:1] in (b"[", b"{"):
            self._elements = Elements()
            return self._elements.feed(head)
        self._frames = Frames()
        return self._frames.feed(head)

    def _stray(self) -> list[Event]:
        """An error that stands as bare JSON behind or instead of the events."""
        stray = self._frames.stray if self._frames is not None else b""
        if not stray.lstrip().startswith((b"{", b"[")):
            return [Failure(undecodable())] if stray.strip() and not self._seen else []
        events: list[Event] = []
        try:
            for piece in Elements().feed(stray):
                events += self._reader.read(piece, whole=False)
        except UpstreamError as error:
            return [] if self._seen else [Failure(error)]
        return events


def _is_page(stray: bytes) -> bool:
    return stray.lstrip()[:1] == b"<"


def undecodable() -> UpstreamError:
    """What is not the dialect's; its bytes are never repeated."""
    return UpstreamError(
        FailureKind.DECODE, "The provider's answer is not Gemini's generateContent.", status=200
    )
