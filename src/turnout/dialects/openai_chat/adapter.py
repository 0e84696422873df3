"""OpenAI's Chat Completions as upstreams speak it, with the quirks of one of them."""

from typing import Final

import msgspec

from turnout.core.conversation import Conversation
from turnout.core.errors import FailureKind, UpstreamError
from turnout.core.types import Dialect, Endpoint, Headers
from turnout.dialects.adapter import Bridge, Framing, Outgoing, StreamDecoder
from turnout.dialects.bridge import Translation
from turnout.dialects.events import Completion
from turnout.dialects.foreign import stripped
from turnout.dialects.lowering.grammar_tools.lower import by_grammar, wants_tools
from turnout.dialects.openai_chat.client import CLIENT
from turnout.dialects.openai_chat.decoder import ChunkReader, completion_of
from turnout.dialects.openai_chat.errors import decode_error
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.dialects.openai_chat.searching import web_fields
from turnout.dialects.openai_chat.splice import Splice
from turnout.dialects.openai_chat.stream_decoder import OpenAIChatDecoder
from turnout.dialects.openai_chat.upward import outgoing, prefilled
from turnout.dialects.openai_chat.writing import fields_of
from turnout.dialects.powers import Prefill

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
        takes_thoughts: It takes plain thinking of earlier turns.
        takes_urls: Media that it takes by reference.
    """

    def __init__(self, quirks: Quirks = _OPENAI) -> None:
        self.quirks = quirks
        self.models_path = quirks.models_path or ""
        self.takes_thoughts = quirks.reasoning_history is not None
        self.takes_urls = quirks.takes_urls
        self._splice = Splice(quirks, Translation(CLIENT, self))

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
        if self.quirks.tools == "grammar" and wants_tools(own):
            return self._by_grammar(own, lost, endpoint)
        fields = fields_of(own)
        if own.web is not None:
            fields.update(web_fields(own.web, fields, router=self.quirks.router_fields))
        sent = outgoing(fields, self.quirks, endpoint)
        return msgspec.structs.replace(sent, dropped=(*lost, *sent.dropped)) if lost else sent

    def _by_grammar(self, own: Conversation, lost: tuple[str, ...], endpoint: Endpoint) -> Outgoing:
        lowered = by_grammar(own)
        sent = outgoing(fields_of(lowered.conversation), self.quirks, endpoint)
        return msgspec.structs.replace(
            sent,
            dropped=(*lost, *lowered.dropped, *sent.dropped),
            translated=(*lowered.translated, *sent.translated),
            emulated=(*lowered.emulated, *sent.emulated),
            undo=lowered.undo,
        )

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

    @property
    def routes(self) -> bool:
        """See Routes."""
        return self.quirks.router_fields

    def searches_web(self, endpoint: Endpoint) -> bool:
        """Routers do by plugin, and models of which it is known by their own option."""
        if self.quirks.router_fields:
            return True
        known = "web_search_options" in (endpoint.parameters or ())
        return known and "web_search_options" not in self.quirks.drop

    def prefill(self, endpoint: Endpoint) -> Prefill | None:  # noqa: ARG002 (all of its models do)
        """See Prefills."""
        return self.quirks.prefill

    def prefilled(self, sent: Outgoing, how: Prefill) -> Outgoing:
        """See Prefills."""
        return prefilled(sent, how)

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
