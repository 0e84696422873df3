"""OpenAI's Chat Completions as upstreams speak it, with the quirks of one of them."""

from turnout.core.conversation import Conversation
from turnout.core.errors import UpstreamError
from turnout.core.types import Dialect, Endpoint, Headers
from turnout.dialects.adapter import Bridge, Completion, Outgoing, StreamDecoder
from turnout.dialects.openai_chat.quirks import Quirks

_OPENAI = Quirks()


class OpenAIChat:
    """The upstream side of the dialect; immutable."""

    def __init__(self, quirks: Quirks = _OPENAI) -> None:
        self.quirks = quirks
        self.models_path = quirks.models_path or ""

    @property
    def dialect(self) -> Dialect:
        """The wire format."""
        return "openai.chat"

    def encode(self, conversation: Conversation, endpoint: Endpoint) -> Outgoing:
        """The upstream's request; raises Refusal for what cannot be said."""
        raise NotImplementedError

    def decode(self, body: bytes) -> Completion:
        """The whole answer; raises UpstreamError."""
        raise NotImplementedError

    def decoder(self) -> StreamDecoder:
        """One per stream."""
        raise NotImplementedError

    def decode_error(self, status: int, headers: Headers, body: bytes) -> UpstreamError:
        """What a non-2xx answer means; never raises, whatever the bytes."""
        raise NotImplementedError

    def passthrough(self) -> Bridge:
        """The splice for this upstream's quirks."""
        raise NotImplementedError

    def decode_models(self, body: bytes) -> tuple[str, ...]:
        """The upstream's model names; raises UpstreamError (DECODE)."""
        raise NotImplementedError
