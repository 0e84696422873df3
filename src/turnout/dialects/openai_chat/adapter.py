"""OpenAI's Chat Completions as upstreams speak it, with the quirks of one of them."""

from typing import Final

import msgspec

from turnout.core.conversation import Conversation
from turnout.core.errors import FailureKind, UpstreamError
from turnout.core.types import Dialect, Endpoint, Headers
from turnout.dialects.adapter import Bridge, Framing, Outgoing, StreamDecoder
from turnout.dialects.events import Completion
from turnout.dialects.foreign import stripped
from turnout.dialects.openai_chat.decoder import ChunkReader, OpenAIChatDecoder, completion_of
from turnout.dialects.openai_chat.errors import decode_error
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.dialects.openai_chat.splice import Splice
from turnout.dialects.openai_chat.upward import outgoing
from turnout.dialects.openai_chat.writing import fields_of

_OPENAI: Final = Quirks()


class _ListedModel(msgspec.Struct):
    id: str


class _ModelList(msgspec.Struct):
    data: list[_ListedModel]


_MODELS: Final = msgspec.json.Decoder(_ModelList | list[_ListedModel])


class OpenAIChat:
    """The upstream side of the dialect; immutable.

    Attributes:
        quirks: How this upstream differs.
        models_path: Where it lists its models, "" when it does not.
    """

    def __init__(self, quirks: Quirks = _OPENAI) -> None:
        self.quirks = quirks
        self.models_path = quirks.models_path or ""
        self._splice = Splice(quirks)

    @property
    def dialect(self) -> Dialect:
        """The wire format."""
        return "openai.chat"

    @property
    def framing(self) -> Framing:
        """How its streams are cut."""
        return "sse"

    def encode(self, conversation: Conversation, endpoint: Endpoint) -> Outgoing:
        """The upstream's request; raises Refusal for what cannot be said."""
        own, lost = stripped(conversation, "openai.chat")
        sent = outgoing(fields_of(own), self.quirks, endpoint)
        return msgspec.structs.replace(sent, dropped=(*lost, *sent.dropped)) if lost else sent

    def decode(self, body: bytes) -> Completion:
        """The whole answer; raises UpstreamError."""
        reading = ChunkReader(self.quirks).read(body)
        if reading.error is not None:
            raise reading.error
        return completion_of(reading)

    def decoder(self) -> StreamDecoder:
        """One per stream."""
        return OpenAIChatDecoder(self.quirks)

    def decode_error(self, status: int, headers: Headers, body: bytes) -> UpstreamError:
        """What a non-2xx answer means; never raises, whatever the bytes."""
        return decode_error(status, headers, body)

    def passthrough(self) -> Bridge:
        """The splice for this upstream's quirks."""
        return self._splice

    def decode_models(self, body: bytes) -> tuple[str, ...]:
        """The upstream's model names, from `{"data": [{"id"}]}` or a bare list (Together)."""
        try:
            listed = _MODELS.decode(body)
        except (msgspec.DecodeError, RecursionError) as error:
            raise UpstreamError(
                FailureKind.DECODE, "The provider's list of models is not the dialect's."
            ) from error
        models = listed.data if isinstance(listed, _ModelList) else listed
        return tuple(model.id for model in models)
