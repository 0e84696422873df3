"""Anthropic's Messages as upstreams speak them, with the quirks of one of them."""

from typing import Final

import msgspec

from turnout.core.conversation import Conversation
from turnout.core.errors import FailureKind, UpstreamError
from turnout.core.types import Dialect, Endpoint, Headers, Modality
from turnout.dialects.adapter import (
    Bridge,
    Framing,
    Inbound,
    Outgoing,
    StreamDecoder,
    UpstreamRequest,
)
from turnout.dialects.anthropic_messages.decoder import AnthropicDecoder, completion_of, undecodable
from turnout.dialects.anthropic_messages.families import family_of
from turnout.dialects.anthropic_messages.lowered import lowered
from turnout.dialects.anthropic_messages.quirks import ANTHROPIC, Quirks
from turnout.dialects.anthropic_messages.searching import with_search
from turnout.dialects.anthropic_messages.splice import Splice
from turnout.dialects.anthropic_messages.upward import counting, outgoing, prefilled, with_betas
from turnout.dialects.anthropic_messages.writing import fields_of
from turnout.dialects.events import Completion
from turnout.dialects.openai_chat.errors import decode_error
from turnout.dialects.powers import Prefill


class _Listed(msgspec.Struct):
    id: str


class _Models(msgspec.Struct):
    data: list[_Listed]


class _Counted(msgspec.Struct):
    input_tokens: int


_ADDRESSES: Final[frozenset[Modality]] = frozenset({"image", "file"})
_NOTHING: Final[frozenset[Modality]] = frozenset()
_MODELS: Final = msgspec.json.Decoder(_Models)
_COUNTED: Final = msgspec.json.Decoder(_Counted)


class AnthropicMessages:
    """The upstream side of the dialect; immutable.

    Attributes:
        quirks: How this upstream differs.
        models_path: Where it lists its models, "" when it does not.
        takes_urls: Media that it takes by reference.
        takes_thoughts: It takes thinking of any make back, sealed or not.
    """

    def __init__(self, quirks: Quirks = ANTHROPIC) -> None:
        self.quirks = quirks
        self.models_path = quirks.models_path or ""
        self.takes_urls = _ADDRESSES if quirks.urls else _NOTHING
        self.takes_thoughts = not quirks.thinking_seals
        self._splice = Splice(quirks)

    @property
    def dialect(self) -> Dialect:
        """The wire format."""
        return "anthropic.messages"

    @property
    def framing(self) -> Framing:
        """How its streams are cut."""
        return "sse"

    def encode(self, conversation: Conversation, endpoint: Endpoint) -> Outgoing:
        """The upstream's request; raises Refusal for what cannot be said."""
        if conversation.dialect == self.dialect:
            fields = with_search(fields_of(conversation), conversation.web, self.quirks)
            return outgoing(fields, self.quirks, endpoint)
        low = lowered(conversation, self.quirks, endpoint)
        with_search(low.fields, conversation.web, self.quirks)
        sent = outgoing(low.fields, self.quirks, endpoint)
        return msgspec.structs.replace(
            sent,
            dropped=tuple(dict.fromkeys((*low.dropped, *sent.dropped))),
            translated=low.translated,
            emulated=low.emulated,
            undo=low.undo,
        )

    def with_headers(self, sent: Outgoing, headers: tuple[tuple[str, str], ...]) -> Outgoing:
        """See TakesHeaders: the caller's betas."""
        return with_betas(sent, self.quirks, dict(headers).get("anthropic-beta", ""))

    def decode(self, body: bytes) -> Completion:
        """The whole answer; raises UpstreamError."""
        return completion_of(body)

    def decoder(self) -> StreamDecoder:
        """One per stream."""
        return AnthropicDecoder()

    def decode_error(self, status: int, headers: Headers, body: bytes) -> UpstreamError:
        """What a non-2xx answer means; never raises, whatever the bytes."""
        return decode_error(status, headers, body)

    def searches_web(self, endpoint: Endpoint) -> bool:  # noqa: ARG002 (all of its models do)
        """It has a search tool of its own."""
        return self.quirks.web_search is not None

    def prefill(self, endpoint: Endpoint) -> Prefill | None:
        """See Prefills."""
        able = self.quirks.prefill and family_of(endpoint.upstream_model).prefill
        return Prefill() if able else None

    def prefilled(self, sent: Outgoing, how: Prefill) -> Outgoing:  # noqa: ARG002 (one way only)
        """See Prefills."""
        return prefilled(sent)

    def passthrough(self) -> Bridge:
        """The splice for this upstream's quirks."""
        return self._splice

    def count_request(self, inbound: Inbound, endpoint: Endpoint) -> UpstreamRequest | None:
        """See CountsTokens."""
        fields = inbound.fields
        if inbound.dialect != self.dialect:
            return counting(
                lowered(inbound.conversation(), self.quirks, endpoint).fields, self.quirks, endpoint
            )
        return counting(fields, self.quirks, endpoint, inbound.headers)

    def decode_count(self, body: bytes) -> int:
        """See CountsTokens."""
        try:
            return max(0, _COUNTED.decode(body).input_tokens)
        except (msgspec.DecodeError, RecursionError) as error:
            raise undecodable(body) from error

    def decode_models(self, body: bytes) -> tuple[str, ...]:
        """The upstream's model names, from `{"data": [{"id"}]}`."""
        try:
            return tuple(model.id for model in _MODELS.decode(body).data)
        except (msgspec.DecodeError, RecursionError) as error:
            raise UpstreamError(
                FailureKind.DECODE, "The provider's list of models is not the dialect's."
            ) from error
