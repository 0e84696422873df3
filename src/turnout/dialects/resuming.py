"""One client's stream over several attempts: a decoder for each of them, one encoder for all.

So ids, indices and sequence numbers go on where they were, in every dialect. The request goes up as
it would otherwise; the answer takes the way through the internal form, from its first byte, because
a dialect's encoder must have seen all of a stream to end it well.
"""

from collections.abc import Iterable

import msgspec

from turnout.core.errors import UpstreamError
from turnout.core.types import Endpoint
from turnout.dialects.adapter import (
    Adapter,
    Answer,
    Bill,
    Bridge,
    ClientDialect,
    Framing,
    Head,
    Inbound,
    Outgoing,
    StreamEncoder,
    StreamTranslator,
    Tally,
)
from turnout.dialects.bridge import Undoing, note, unsaid_finish
from turnout.dialects.events import Event, Failure, Finish
from turnout.dialects.powers import Prefill, Prefills
from turnout.dialects.seam import Said, Seam


class Thread(msgspec.Struct):
    """What runs through all attempts at one answer. Mutable; owned by one run.

    Attributes:
        said: What the client was given.
        encoder: Writes the client's stream; made when the first attempt has sent its request.
    """

    said: Said
    encoder: StreamEncoder | None = None


class Resuming:
    """A bridge whose streams can be gone on with.

    Args:
        inner: What the request goes up by.
        prefill: How this upstream goes on with an answer; None for an answer's first attempt.
    """

    __slots__ = ("_adapter", "_client", "_inner", "_prefill", "thread")

    def __init__(
        self,
        inner: Bridge,
        client: ClientDialect,
        adapter: Adapter,
        thread: Thread,
        prefill: Prefill | None = None,
    ) -> None:
        self._inner = inner
        self._client = client
        self._adapter = adapter
        self._prefill = prefill
        self.thread = thread

    @property
    def framing(self) -> Framing:
        """See Bridge."""
        return self._inner.framing

    def request(self, inbound: Inbound, endpoint: Endpoint) -> Outgoing:
        """See Bridge; with what makes this upstream go on with the last turn."""
        sent = self._inner.request(inbound, endpoint)
        if self._prefill is None or not isinstance(self._adapter, Prefills):
            return sent
        return self._adapter.prefilled(sent, self._prefill)

    def answer(self, body: bytes, head: Head, sent: Outgoing) -> Answer:
        """See Bridge."""
        return self._inner.answer(body, head, sent)

    def stream(self, head: Head, sent: Outgoing) -> StreamTranslator:
        """See Bridge; the first attempt's begins the client's stream."""
        thread = self.thread
        seam = None
        if self._prefill is None:
            thread.encoder = self._client.encoder(head)
        else:
            seam = Seam(thread.said, self._prefill.repeats)
        return ResumableStream(thread, self._adapter, sent, seam)


class ResumableStream:
    """One attempt's part of the client's stream."""

    __slots__ = ("_decoder", "_encoder", "_said", "_seam", "_undoing", "tally")

    def __init__(self, thread: Thread, adapter: Adapter, sent: Outgoing, seam: Seam | None) -> None:
        assert thread.encoder is not None  # noqa: S101 (a first attempt has made it)
        self._decoder = adapter.decoder()
        self._encoder = thread.encoder
        self._said = thread.said
        self._seam = seam
        self._undoing = Undoing(sent) if sent.undo else None
        self.tally = Tally()

    def feed(self, data: bytes) -> bytes:
        """See StreamTranslator."""
        return self._pass(self._decoder.feed(data))

    def end(self) -> bytes:
        """See StreamTranslator."""
        return self._pass(self._decoder.end(), last=True)

    def close(self, bill: Bill) -> bytes:
        """See StreamTranslator."""
        return self._encoder.close(bill)

    def fail(self, error: UpstreamError, bill: Bill | None) -> bytes:
        """See StreamTranslator."""
        return self._encoder.fail(error, bill)

    def _pass(self, said: Iterable[Event], *, last: bool = False) -> bytes:
        out: list[bytes] = []
        undoing, events = self._undoing, said
        if undoing is not None:
            events = [*undoing.feed(said)]
            if last or self._decoder.ended:
                self._undoing = None
                events += undoing.end()
        tally = self.tally
        for event in events:
            if tally.error is not None:
                break
            note(tally, event)
            if not isinstance(event, Failure):
                out.append(self._told(event))
        tally.ended = self._decoder.ended
        if tally.ended and (unsaid := unsaid_finish(tally)) is not None:
            out.append(self._told(unsaid))
        elif last and self._seam is not None:
            out += [self._written(event) for event in self._seam.end()]
        return b"".join(out)

    def _told(self, event: Event) -> bytes:
        if self._seam is None:
            return self._written(event)
        if isinstance(event, Finish):
            self.tally.content = True  # to have nothing to add is an answer too
        return b"".join([self._written(one) for one in self._seam.feed(event)])

    def _written(self, event: Event) -> bytes:
        self._said.add(event)
        return self._encoder.encode(event)
