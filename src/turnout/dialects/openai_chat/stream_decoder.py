"""The stream of an upstream as events."""

from turnout.core.errors import UpstreamError
from turnout.dialects.events import Event, Failure, broken_off
from turnout.dialects.openai_chat.decoder import (
    ChunkReader,
    flatten,
    identity,
    refuse_html,
    unframed,
)
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.wire.sse import Frames


class OpenAIChatDecoder:
    """Upstream bytes to events, one per stream."""

    __slots__ = ("_ended", "_frames", "_reader", "_seen")

    def __init__(self, quirks: Quirks) -> None:
        self._frames = Frames()
        self._reader = ChunkReader(quirks)
        self._ended = False
        self._seen = False

    @property
    def ended(self) -> bool:
        """[DONE] has passed."""
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
        if payload == b"[DONE]":
            self._ended = True
            return
        if self._seen and (words := self._reader.words(payload)) is not None:
            events.append(words)
            return
        reading = self._reader.read(payload)
        if not self._seen:
            self._seen = True
            events.append(identity(reading.fields))
        events.extend(flatten(reading))
