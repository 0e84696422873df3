"""Joins a client dialect to an adapter: the splice where both speak the same, else translation."""

from collections.abc import Iterable
from functools import lru_cache

import msgspec

from turnout.core.errors import UpstreamError
from turnout.core.types import Endpoint
from turnout.dialects.adapter import (
    CALL_BYTES,
    CALLS_HELD,
    Adapter,
    Answer,
    Bill,
    Bridge,
    Called,
    ClientDialect,
    EventFilter,
    Framing,
    Head,
    Inbound,
    Outgoing,
    PassesThrough,
    Recasts,
    StreamTranslator,
    Tally,
)
from turnout.dialects.events import (
    Completion,
    Event,
    Failure,
    Finish,
    Identity,
    MediaDelta,
    ReasoningDelta,
    RefusalDelta,
    TextDelta,
    ToolCallDelta,
    UsageReport,
)
from turnout.dialects.foreign import CUSTOM_TOOLS
from turnout.dialects.powers import TakesHeaders
from turnout.dialects.thoughts import Thoughts


@lru_cache(maxsize=1024)
def bridge(client: ClientDialect, adapter: Adapter) -> Bridge:
    """The cheapest bridge that loses nothing; one for each pair, because both are immutable."""
    if adapter.dialect == client.dialect and isinstance(adapter, PassesThrough):
        return adapter.passthrough()
    return Translation(client, adapter)


class Translation:
    """The way through the internal form."""

    __slots__ = ("_adapter", "_client")

    def __init__(self, client: ClientDialect, adapter: Adapter) -> None:
        self._client = client
        self._adapter = adapter

    @property
    def framing(self) -> Framing:
        """See Bridge."""
        return self._adapter.framing

    def request(self, inbound: Inbound, endpoint: Endpoint) -> Outgoing:
        """Reads the client's body whole and writes the upstream's."""
        adapter = self._adapter
        sent = adapter.encode(inbound.conversation(), endpoint)
        if inbound.headers and isinstance(adapter, TakesHeaders):
            sent = adapter.with_headers(sent, inbound.headers)
        if CUSTOM_TOOLS in sent.dropped:
            sent = _custom_tools_emulated(sent)
        return self._client.recast(inbound, sent) if isinstance(self._client, Recasts) else sent

    def answer(self, body: bytes, head: Head, sent: Outgoing) -> Answer:
        """Decodes now, so that an error inside is seen before the client is; renders later."""
        completion = self._adapter.decode(body)
        if sent.undo:
            undoing = Undoing(sent)
            events = [*undoing.feed(completion.events), *undoing.end()]
            completion = Completion(events=tuple(events))
        tally = Tally(ended=True)
        for event in completion.events:
            note(tally, event)
        if tally.error is not None:
            raise tally.error
        if (unsaid := unsaid_finish(tally)) is not None:
            completion = Completion(events=(*completion.events, unsaid))
        return TranslatedAnswer(self._client, completion, head, tally)

    def stream(self, head: Head, sent: Outgoing) -> StreamTranslator:
        """Decoder and encoder back to back."""
        return TranslatedStream(self._client, self._adapter, head, sent)


def _custom_tools_emulated(sent: Outgoing) -> Outgoing:
    """Free-form tools went up as functions: no loss, since calls of them are undone."""
    dropped = tuple(name for name in sent.dropped if name != CUSTOM_TOOLS)
    emulated = tuple(dict.fromkeys((*sent.emulated, CUSTOM_TOOLS)))
    return msgspec.structs.replace(sent, dropped=dropped, emulated=emulated)


class Undoing:
    """All filters of one answer, one behind the other."""

    __slots__ = ("_filters",)

    def __init__(self, sent: Outgoing) -> None:
        self._filters: list[EventFilter] = [undo.filter() for undo in sent.undo]

    def feed(self, events: Iterable[Event]) -> Iterable[Event]:
        """What becomes of these events."""
        return self._through(events, 0)

    def end(self) -> list[Event]:
        """What the filters held back; the words of one still pass those behind it."""
        late: list[Event] = []
        for place, one in enumerate(self._filters):
            late += self._through(one.end(), place + 1)
        return late

    def _through(self, events: Iterable[Event], first: int) -> Iterable[Event]:
        for one in self._filters[first:]:
            events = [out for event in events for out in one.feed(event)]
        return events


class TranslatedAnswer:
    """A decoded answer, waiting for its bill."""

    __slots__ = ("_client", "_completion", "_head", "tally")

    def __init__(
        self, client: ClientDialect, completion: Completion, head: Head, tally: Tally
    ) -> None:
        self._client = client
        self._completion = completion
        self._head = head
        self.tally = tally

    def render(self, bill: Bill) -> bytes:
        """The client's body."""
        return self._client.write(self._completion, self._head, bill)


class TranslatedStream:
    """Bytes → events → bytes, with the tally kept on the way."""

    __slots__ = ("_decoder", "_encoder", "_undoing", "tally")

    def __init__(self, client: ClientDialect, adapter: Adapter, head: Head, sent: Outgoing) -> None:
        self._decoder = adapter.decoder()
        self._encoder = client.encoder(head)
        self._undoing = Undoing(sent) if sent.undo else None
        self.tally = Tally()

    def feed(self, data: bytes) -> bytes:
        """See StreamTranslator."""
        if self.tally.error is not None:
            return b""
        return self._pass(self._decoder.feed(data))

    def end(self) -> bytes:
        """See StreamTranslator."""
        if self.tally.error is not None:
            return b""
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
        tally, encode = self.tally, self._encoder.encode
        for event in events:
            note(tally, event)
            if tally.error is not None:
                break
            out.append(encode(event))
        tally.ended = self._decoder.ended
        if tally.ended and (unsaid := unsaid_finish(tally)) is not None:
            out.append(encode(unsaid))
        return out[0] if len(out) == 1 else b"".join(out)


def unsaid_finish(tally: Tally) -> Finish | None:
    """The finish that an upstream forgot; None when it said one.

    Some hosts send words or a call and no reason: so it is in recorded traffic. An answer in one
    piece, and the end mark of a stream, say that it is whole; a stream that just stops gets none
    from us.
    """
    if tally.finish is not None or tally.error is not None or not tally.content:
        return None
    tally.finish = "tool_calls" if tally.tool_calls else "stop"
    return Finish(tally.finish, None)


def gather(tally: Tally) -> Thoughts:
    """What collects the answer's thinking, made when there is any."""
    if tally.thoughts is None:
        tally.thoughts = Thoughts()
    return tally.thoughts


def _gather(tally: Tally, event: ReasoningDelta | ToolCallDelta) -> None:
    """Of the first choice alone; of calls what names or seals one, not their arguments."""
    if event.choice:
        return
    if isinstance(event, ReasoningDelta) or event.id is not None or event.opaque is not None:
        gather(tally).add(event)


def note(tally: Tally, event: Event) -> None:
    """Counts one event into the tally; words and counts, which come by the thousand, first."""
    if type(event) is TextDelta or type(event) is RefusalDelta:
        text = event.text
        if text:
            tally.content = True
            tally.spoken += msgspec.json.encode(text)[1:-1] if tally.escaped else text.encode()
        return
    if type(event) is UsageReport:
        tally.usage = event.usage
        return
    match event:
        case ReasoningDelta(text=text, opaque=opaque):
            tally.content = tally.content or bool(text) or opaque is not None
            tally.thought += text.encode()
            _gather(tally, event)
        case ToolCallDelta():
            tally.content = True
            tally.tool_calls = max(tally.tool_calls, event.call + 1)
            tally.spoken += (event.name or "").encode() + event.arguments.encode()
            _gather(tally, event)
            _note_call(tally, event)
        case MediaDelta():
            tally.content = True
        case Finish(reason=reason, native=native):
            tally.finish, tally.native_finish = reason, native
        case Identity(upstream_id=upstream_id, service_tier=tier):
            tally.upstream_id, tally.service_tier = upstream_id, tier
        case Failure(error=error):
            tally.error = error
        case _:
            pass


def _note_call(tally: Tally, event: ToolCallDelta) -> None:
    place = (event.choice, event.call)
    call = tally.calls.get(place)
    if call is None:
        if len(tally.calls) >= CALLS_HELD:
            return
        call = tally.calls[place] = Called()
    call.name = event.name or call.name
    if len(call.arguments) <= CALL_BYTES:
        call.arguments += event.arguments[: CALL_BYTES + 1].encode()
