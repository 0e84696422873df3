"""The seams of translation. Everything here is immutable or per-stream, and does no IO.

    client bytes ──ClientDialect.read──▶ Inbound ──Bridge.request──▶ Outgoing: upstream bytes
    client bytes ◀─ClientDialect/Bridge─ Completion, events ◀─Adapter── upstream bytes

A `Bridge` joins one client dialect to one adapter. `dialects.bridge.bridge` chooses it: the splice
when both ends speak the same dialect (only model, auth, ids and usage are touched), else the
translation through `core.conversation`. `flow` sees the Bridge and nothing behind it.

What was done to a request so that an upstream could take it (a name shortened, a schema asked for
by a forced tool) is undone on its answer: `Outgoing.undo` says how, and comes back to the bridge
with the answer.

An adapter must never edit the inbound in place: the same request is encoded again on failover.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Literal, Protocol, runtime_checkable

import msgspec

from turnout.core.conversation import Conversation
from turnout.core.errors import Refusal, UpstreamError
from turnout.core.preferences import NO_PREFERENCES, Needs, Preferences
from turnout.core.types import Dialect, Endpoint, FinishReason, Headers
from turnout.core.usage import Charge, Usage
from turnout.dialects.events import Completion, Event
from turnout.dialects.plugins import NO_WISHES, Wishes
from turnout.dialects.thoughts import Thoughts

# ── what goes up ────────────────────────────────────────────────────────────────────────────────


class UpstreamRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP request, before auth and host. `path` is appended to the provider's base URL."""

    path: str
    body: bytes
    method: Literal["POST", "GET"] = "POST"
    headers: tuple[tuple[str, str], ...] = ()


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """An upstream request and the honest list of what it lost on the way.

    Attributes:
        dropped: Parameters of the caller that this endpoint does not get.
        translated: Parameters that it gets by another name, in another form or in coarser steps.
        emulated: Parameters that it does not know, whose effect was brought about by other means.
        undo: What to undo on the answer, in the order in which to undo it.
    """

    request: UpstreamRequest
    dropped: tuple[str, ...] = ()
    translated: tuple[str, ...] = ()
    emulated: tuple[str, ...] = ()
    undo: "tuple[Undo, ...]" = ()


class EventFilter(Protocol):
    """Changes the events of one answer on their way to the client. One per answer."""

    def feed(self, event: Event) -> Iterable[Event]:
        """What becomes of one event: itself, others, or nothing yet."""
        ...

    def end(self) -> Iterable[Event]:
        """What was held back when the answer ended."""
        ...


class Undo(Protocol):
    """How to undo on an answer what was done to its request. Immutable."""

    def filter(self) -> EventFilter:
        """A filter for one answer."""
        ...


Framing = Literal["sse", "ndjson", "json-array", "aws-eventstream"]
"""How a stream's events are cut: the content type does not always tell the truth."""


# ── what comes in ───────────────────────────────────────────────────────────────────────────────


class Inbound(msgspec.Struct, frozen=True, kw_only=True):
    """A parsed request: what routing needs as types, the rest as the client's bytes.

    Attributes:
        fields: Every top-level field as JSON bytes, the last of duplicates; never changed.
        models: What to try in order, as asked ("author/slug:variant"), at least one.
        conversation: Reads the body into the internal form, or refuses; costs a full decode.
        wishes: What the gateway itself shall do.
        headers: Headers of the caller that go up to an upstream of the same dialect, or to one that
            `TakesHeaders`, such as "anthropic-beta"; no other header of the caller ever does.
    """

    dialect: Dialect
    fields: Mapping[str, msgspec.Raw]
    models: tuple[str, ...]
    stream: bool
    conversation: Callable[[], Conversation]
    preferences: Preferences = NO_PREFERENCES
    needs: Needs = Needs()
    wishes: Wishes = NO_WISHES
    session_id: str | None = None
    user: str | None = None
    headers: tuple[tuple[str, str], ...] = ()


class Head(msgspec.Struct, frozen=True):
    """What every answer to the client carries, whoever served it.

    Attributes:
        usage_with_choices: Usage rides on the last choice chunk of a stream, for clients that index
            `choices[0]` of every chunk (contract section 4.1).
        asked: The request's top-level fields, for dialects whose answers repeat some of them.
    """

    id: str
    created_s: int
    model: str
    provider: str
    usage_with_choices: bool = False
    asked: Mapping[str, msgspec.Raw] = {}


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """What the client is told when its answer is whole: usage, money, and how it was served.

    Attributes:
        charge: None for an unpriced endpoint.
        extra: Further members of the usage object.
        metadata: The contract's `openrouter_metadata`, None when the caller did not ask for it.
    """

    usage: Usage
    charge: Charge | None
    extra: Mapping[str, msgspec.Raw] = {}
    metadata: msgspec.Raw | None = None


CALL_BYTES = 64 * 1024
"""Held of the arguments of one call, and one more; and so many calls of one answer:"""
CALLS_HELD = 128


class Called(msgspec.Struct):
    """One call of an answer, to judge its validity; cut off behind CALL_BYTES."""

    name: str = ""
    arguments: bytearray = msgspec.field(default_factory=bytearray)


class Tally(msgspec.Struct):
    """What has been seen of one answer so far. Mutable; owned by one translator.

    Attributes:
        content: The client has been given, or would be, something a model said.
        spoken: Visible output and tool arguments as UTF-8, for an estimate when usage is missing.
        thought: The same for reasoning.
        spoken_more: Bytes that followed `spoken` and are held no more; `thought_more` likewise.
        calls: By choice and call; a splice that does not look at calls leaves it empty.
        ended: The upstream said it is done ([DONE], message_stop, …).
        escaped: The words in `spoken` are the insides of JSON strings, as they came.
        thoughts: The thinking of the first choice, for whoever must give it back; None without.
    """

    content: bool = False
    spoken: bytearray = msgspec.field(default_factory=bytearray)
    thought: bytearray = msgspec.field(default_factory=bytearray)
    spoken_more: int = 0
    thought_more: int = 0
    usage: Usage | None = None
    finish: FinishReason | None = None
    native_finish: str | None = None
    tool_calls: int = 0
    calls: dict[tuple[int, int], Called] = msgspec.field(
        default_factory=dict[tuple[int, int], Called]
    )
    upstream_id: str | None = None
    service_tier: str | None = None
    error: UpstreamError | None = None
    ended: bool = False
    escaped: bool = False
    thoughts: Thoughts | None = None


class Answer(Protocol):
    """A whole answer on its way to the client."""

    @property
    def tally(self) -> Tally:
        """What is in it."""
        ...

    def render(self, bill: Bill) -> bytes:
        """The client's body."""
        ...


class StreamTranslator(Protocol):
    """Upstream bytes in, client bytes out, cut anywhere. One per attempt."""

    @property
    def tally(self) -> Tally:
        """What has passed so far."""
        ...

    def feed(self, data: bytes) -> bytes:
        """Client bytes for every event that `data` completed, b"" for none.

        An error reported by the provider sets `tally.error`; later bytes are ignored. So do bytes
        that are not the dialect's behind good events of the same read, which are not lost by it.

        Raises:
            UpstreamError: DECODE, for bytes that are not the dialect's with nothing before them.
        """
        ...

    def end(self) -> bytes:
        """The upstream closed: client bytes for a last event without its blank line."""
        ...

    def close(self, bill: Bill) -> bytes:
        """The last words of a whole answer: usage and the end mark."""
        ...

    def fail(self, error: UpstreamError, bill: Bill | None) -> bytes:
        """The last words of an answer that broke after its first content."""
        ...


class Bridge(Protocol):
    """One client dialect joined to one upstream dialect.

    `sent` is what `request` made for this very attempt.
    """

    @property
    def framing(self) -> Framing:
        """How the upstream cuts its streams."""
        ...

    def request(self, inbound: Inbound, endpoint: Endpoint) -> Outgoing:
        """The upstream's request.

        Raises:
            Refusal: The conversation cannot be said in the upstream's dialect.
        """
        ...

    def answer(self, body: bytes, head: Head, sent: Outgoing) -> Answer:
        """The whole answer.

        Raises:
            UpstreamError: DECODE when it is not the dialect's, or what an error inside it says.
        """
        ...

    def stream(self, head: Head, sent: Outgoing) -> StreamTranslator:
        """A translator for one stream."""
        ...


# ── the two sides a bridge is made of ───────────────────────────────────────────────────────────


class StreamDecoder(Protocol):
    """Upstream bytes → events. One per stream."""

    def feed(self, data: bytes) -> list[Event]:
        """Events completed by `data`; for foreign bytes see `events.broken_off`."""
        ...

    def end(self) -> list[Event]:
        """Events of an unfinished last frame; `ended` is then final."""
        ...

    @property
    def ended(self) -> bool:
        """The upstream's own end mark has passed."""
        ...


class Adapter(Protocol):
    """Translates between the internal form and one upstream dialect."""

    @property
    def dialect(self) -> Dialect:
        """The wire format."""
        ...

    @property
    def framing(self) -> Framing:
        """How its streams are cut."""
        ...

    def encode(self, conversation: Conversation, endpoint: Endpoint) -> Outgoing:
        """The upstream's request; raises Refusal for what cannot be said."""
        ...

    def decode(self, body: bytes) -> Completion:
        """The whole answer; raises UpstreamError."""
        ...

    def decoder(self) -> StreamDecoder:
        """One per stream."""
        ...

    def decode_error(self, status: int, headers: Headers, body: bytes) -> UpstreamError:
        """What a non-2xx answer means; never raises, whatever the bytes."""
        ...


@runtime_checkable
class PassesThrough(Protocol):
    """An adapter whose dialect clients speak too: bytes may pass."""

    def passthrough(self) -> Bridge:
        """The splice for this upstream's quirks."""
        ...


@runtime_checkable
class ListsModels(Protocol):
    """An upstream that lists what it serves."""

    models_path: str

    def decode_models(self, body: bytes) -> tuple[str, ...]:
        """The upstream's model names; raises UpstreamError (DECODE)."""
        ...


class StreamEncoder(Protocol):
    """Events → client bytes. One per stream."""

    def encode(self, event: Event) -> bytes:
        """Client bytes for one event; b"" where the dialect says nothing yet."""
        ...

    def close(self, bill: Bill) -> bytes:
        """As StreamTranslator.close."""
        ...

    def fail(self, error: UpstreamError, bill: Bill | None) -> bytes:
        """As StreamTranslator.fail."""
        ...


class ClientDialect(Protocol):
    """One dialect that clients speak, both ways."""

    @property
    def dialect(self) -> Dialect:
        """Its name."""
        ...

    @property
    def pulse(self) -> bytes:
        """A sign of life for a client that waits inside an open stream; says nothing."""
        ...

    def read(self, body: bytes, headers: Headers) -> Inbound:
        """The request; raises Refusal that names the field, what was wrong and what is allowed."""
        ...

    def write(self, completion: Completion, head: Head, bill: Bill) -> bytes:
        """The whole answer."""
        ...

    def encoder(self, head: Head) -> StreamEncoder:
        """One per stream."""
        ...

    def tell(self, refusal: Refusal, status: int, generation_id: str) -> bytes:
        """The body of an error answer with that HTTP status; the id is "" before there is one."""
        ...

    def tell_in_stream(
        self, refusal: Refusal, status: int, generation_id: str, now_s: int
    ) -> bytes:
        """The error as the last words of a stream in which nothing was said yet; `now_s`: unix."""
        ...


@runtime_checkable
class Recasts(Protocol):
    """A client dialect whose requests are no conversations and are recast as one for chat."""

    def recast(self, inbound: Inbound, sent: Outgoing) -> Outgoing:
        """`sent` with what the recasting did to the request added to its lists."""
        ...
