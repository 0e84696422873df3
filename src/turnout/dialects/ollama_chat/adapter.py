"""Ollama's own API as an upstream."""

from typing import Final

import msgspec

from turnout.core.conversation import Conversation
from turnout.core.errors import UpstreamError
from turnout.core.types import Dialect, Endpoint, Headers, Modality
from turnout.dialects.adapter import Framing, Outgoing, StreamDecoder
from turnout.dialects.events import Completion
from turnout.dialects.ollama_chat.decoder import OllamaDecoder, completion_of, undecodable
from turnout.dialects.ollama_chat.request import outgoing
from turnout.dialects.openai_chat.errors import decode_error
from turnout.dialects.powers import Prefill
from turnout.wire.ollama_chat import Tags

_TAGS: Final = msgspec.json.Decoder(Tags)


class OllamaChat:
    """The upstream side of the dialect; immutable."""

    takes_urls: frozenset[Modality] = frozenset()
    models_path = "/api/tags"

    @property
    def dialect(self) -> Dialect:
        """The wire format."""
        return "ollama.chat"

    @property
    def framing(self) -> Framing:
        """How its streams are cut."""
        return "ndjson"

    def encode(self, conversation: Conversation, endpoint: Endpoint) -> Outgoing:
        """The upstream's request; raises Refusal for what cannot be said."""
        return outgoing(conversation, endpoint)

    def prefill(self, endpoint: Endpoint) -> Prefill | None:  # noqa: ARG002 (all of its models do)
        """See Prefills. Source: github.com/ollama/ollama/issues/6778, …/5890."""
        return Prefill()

    def prefilled(self, sent: Outgoing, how: Prefill) -> Outgoing:  # noqa: ARG002 (unasked)
        """See Prefills."""
        return sent

    def decode(self, body: bytes) -> Completion:
        """The whole answer; raises UpstreamError."""
        return completion_of(body)

    def decoder(self) -> StreamDecoder:
        """One per stream."""
        return OllamaDecoder()

    def decode_error(self, status: int, headers: Headers, body: bytes) -> UpstreamError:
        """What a non-2xx answer means (`{"error": "…"}`); never raises, whatever the bytes."""
        return decode_error(status, headers, body)

    def decode_models(self, body: bytes) -> tuple[str, ...]:
        """The upstream's model names; raises UpstreamError (DECODE)."""
        try:
            return tuple(model.name for model in _TAGS.decode(body).models)
        except (msgspec.DecodeError, RecursionError) as error:
            raise undecodable() from error
