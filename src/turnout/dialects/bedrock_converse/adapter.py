"""Bedrock's Converse as an upstream: requests up, answers and binary streams down."""

from turnout.core.conversation import Conversation
from turnout.core.errors import UpstreamError
from turnout.core.types import Dialect, Endpoint, Headers, Modality
from turnout.dialects.adapter import Framing, Outgoing, StreamDecoder
from turnout.dialects.bedrock_converse.decoder import ConverseDecoder, completion_of
from turnout.dialects.bedrock_converse.errors import decode_error
from turnout.dialects.bedrock_converse.families import family_of
from turnout.dialects.bedrock_converse.request import outgoing, unthinking
from turnout.dialects.events import Completion
from turnout.dialects.powers import Prefill


class BedrockConverse:
    """The upstream side of the dialect; immutable. Families of models differ, not providers."""

    takes_urls: frozenset[Modality] = frozenset()
    """Media come by value; an s3:// address is no reference that could be fetched."""

    @property
    def dialect(self) -> Dialect:
        """The wire format."""
        return "bedrock.converse"

    @property
    def framing(self) -> Framing:
        """How its streams are cut."""
        return "aws-eventstream"

    def encode(self, conversation: Conversation, endpoint: Endpoint) -> Outgoing:
        """The upstream's request; raises Refusal for what cannot be said."""
        return outgoing(conversation, endpoint)

    def prefill(self, endpoint: Endpoint) -> Prefill | None:
        """See Prefills."""
        return Prefill() if family_of(endpoint).prefills else None

    def prefilled(self, sent: Outgoing, how: Prefill) -> Outgoing:  # noqa: ARG002 (one way only)
        """See Prefills."""
        return unthinking(sent)

    def decode(self, body: bytes) -> Completion:
        """The whole answer; raises UpstreamError."""
        return completion_of(body)

    def decoder(self) -> StreamDecoder:
        """One per stream."""
        return ConverseDecoder()

    def decode_error(self, status: int, headers: Headers, body: bytes) -> UpstreamError:
        """What a non-2xx answer means; never raises, whatever the bytes."""
        return decode_error(status, headers, body)
