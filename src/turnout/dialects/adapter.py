"""The seams of translation. Everything here is immutable or per-stream, and does no IO.

    client bytes ──ClientDialect.read──▶ Inbound ──Bridge.request──▶ upstream bytes
    client bytes ◀─ClientDialect/Bridge─ Completion, events ◀─Adapter── upstream bytes

A `Bridge` joins one client dialect to one adapter. `dialects.bridge.bridge` chooses it: the splice
when both ends speak the same dialect (only model, auth, ids and usage are touched), else the
translation through `core.conversation`. `flow` sees the Bridge and nothing behind it.

An adapter must never edit the inbound in place: the same request is encoded again on failover.
"""

from collections.abc import Callable, Mapping
from typing import Literal, Protocol, runtime_checkable

import msgspec

from turnout.core.conversation import Conversation
from turnout.core.errors import UpstreamError
from turnout.core.preferences import NO_PREFERENCES, Needs, Preferences
from turnout.core.types import Dialect, Endpoint, FinishReason, Headers
from turnout.core.usage import Charge, Usage
from turnout.dialects.events import Completion, Event

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
        emulated: Parameters that were turned into something else with the same meaning.
    """

    request: UpstreamRequest
    dropped: tuple[str, ...] = ()
    emulated: tuple[str, ...] = ()


# ── what comes in ───────────────────────────────────────────────────────────────────────────────


class Inbound(msgspec.Struct, frozen=True, kw_only=True):
    """A parsed request: what routing needs as types, the rest as the client's bytes.

    Attributes:
        fields: Every top-level field as JSON bytes, the last of duplicates; never changed.
        models: What to try in order, as asked ("author/slug:variant"), at least one.
        conversation: Reads the body into the internal form, or refuses; costs a full decode.
    """

    dialect: Dialect
    fields: Mapping[str, msgspec.Raw]
    models: tuple[str, ...]
    stream: bool
    conversation: Callable[[], Conversation]
    preferences: Preferences = NO_PREFERENCES
    needs: Needs = Needs()
    session_id: str | None = None
    user: str | None = None


class Head(msgspec.Struct, frozen=True):
    """What every answer to the client carries, whoever served it.

    `usage_with_choices`: usage rides on the last choice chunk of a stream, for clients that index
    `choices[0]` of every chunk (contract section 4.1).
    """

    id: str
    created_s: int
    model: str
    provider: str
    usage_with_choices: bool = False


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """What the client is told of usage and money; `charge` is None for an unpriced endpoint."""

    usage: Usage
    charge: Charge | None
    extra: Mapping[str, msgspec.Raw] = {}


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

        An error reported by the provider sets `tally.error`; later bytes are ignored.

        Raises:
            UpstreamError: DECODE, for bytes that are not the dialect's.
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
    """One client dialect joined to one upstream dialect."""

    def request(self, inbound: Inbound, endpoint: Endpoint) -> Outgoing:
        """The upstream's request.

        Raises:
            Refusal: The conversation cannot be said in the upstream's dialect.
        """
        ...

    def answer(self, body: bytes, head: Head) -> Answer:
        """The whole answer.

        Raises:
            UpstreamError: DECODE when it is not the dialect's, or what an error inside it says.
        """
        ...

    def stream(self, head: Head) -> StreamTranslator:
        """A translator for one stream."""
        ...


# ── the two sides a bridge is made of ───────────────────────────────────────────────────────────


class StreamDecoder(Protocol):
    """Upstream bytes → events. One per stream."""

    def feed(self, data: bytes) -> list[Event]:
        """Events completed by `data`; raises UpstreamError (DECODE) for foreign bytes."""
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

    def read(self, body: bytes) -> Inbound:
        """The request; raises Refusal that names the field, what was wrong and what is allowed."""
        ...

    def write(self, completion: Completion, head: Head, bill: Bill) -> bytes:
        """The whole answer."""
        ...

    def encoder(self, head: Head) -> StreamEncoder:
        """One per stream."""
        ...
