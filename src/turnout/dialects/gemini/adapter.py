"""Gemini's generateContent as upstreams speak it: AI Studio and, by its quirks, Vertex AI.

The native web search is asked for by `Conversation.web`; `searches_web` says which endpoints have
it. Fields of Gemini's own (safety settings, cached content) come at the top of the client's body,
or in `provider.options`, which wins.
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

import msgspec

from turnout.core.conversation import Conversation
from turnout.core.errors import FailureKind, UpstreamError
from turnout.core.types import Dialect, Endpoint, Headers, Modality
from turnout.dialects.adapter import (
    Framing,
    Inbound,
    Outgoing,
    StreamDecoder,
    Undo,
    UpstreamRequest,
)
from turnout.dialects.events import Completion
from turnout.dialects.foreign import stripped
from turnout.dialects.gemini.contents import Writer
from turnout.dialects.gemini.decoder import GeminiDecoder, completion_of, undecodable
from turnout.dialects.gemini.errors import decode_error
from turnout.dialects.gemini.media import Fields, follows
from turnout.dialects.gemini.quirks import Family, Quirks, family_of
from turnout.dialects.gemini.settings import beside, config_fields, taken_of
from turnout.dialects.gemini.tools import NAMES, tool_fields
from turnout.dialects.lowering.losses import Losses
from turnout.dialects.lowering.names import renamed
from turnout.dialects.lowering.schema_tool import AsText, by_forced_tool
from turnout.wire.gemini import CountedTokens, ModelList

_AI_STUDIO: Final = Quirks()
_COUNTED: Final = msgspec.json.Decoder(CountedTokens)
_COUNTED_FIELDS: Final = frozenset({"contents", "systemInstruction", "tools", "generationConfig"})
_MODELS: Final = msgspec.json.Decoder(ModelList)
_CARRIED: Final = "messages.extra_content"
"""Google's own seal on a call in OpenAI's dialect: it is read into `ToolCall.opaque`."""
_SERVED: Final = frozenset({"generateContent", "embedContent"})
_METHODS: Final[Mapping[bool, str]] = {
    False: ":generateContent",
    True: ":streamGenerateContent?alt=sse",
}


class Gemini:
    """The upstream side of the dialect; immutable.

    Attributes:
        quirks: How this house differs.
        models_path: Where it lists its models, "" when it does not.
        takes_urls: Media that it fetches itself.
    """

    def __init__(self, quirks: Quirks = _AI_STUDIO) -> None:
        self.quirks = quirks
        self.models_path = quirks.models_path
        self.takes_urls = quirks.takes_urls

    @property
    def dialect(self) -> Dialect:
        """The wire format."""
        return "gemini"

    @property
    def framing(self) -> Framing:
        """Events are asked for; where `alt=sse` gets lost a JSON array comes, and passes too."""
        return "json-array"

    def searches_web(self, endpoint: Endpoint) -> bool:
        """Every Gemini searches; Gemma does not."""
        return "gemini" in endpoint.upstream_model

    def follows(self, url: str, modality: Modality) -> bool:
        """Its own stores, and YouTube's films; see FollowsAddresses."""
        return follows(url, modality, self.quirks)

    def encode(self, conversation: Conversation, endpoint: Endpoint) -> Outgoing:
        """The upstream's request; raises Refusal for what cannot be said."""
        losses = Losses()
        body, undo = self._body(conversation, endpoint, losses)
        method = _METHODS[conversation.stream]
        request = UpstreamRequest(path=self._path(endpoint, method), body=msgspec.json.encode(body))
        return Outgoing(
            request=request,
            dropped=losses.dropped,
            translated=losses.translated,
            emulated=losses.emulated,
            undo=undo,
        )

    def _body(
        self, conversation: Conversation, endpoint: Endpoint, losses: Losses
    ) -> tuple[Fields, tuple[Undo, ...]]:
        taken = taken_of(conversation.extra)
        own, lost = stripped(conversation, self.dialect)
        losses.drop(*(name for name in lost if name not in taken and name != _CARRIED))
        family = family_of(endpoint.upstream_model)
        named, undo = _fitted(own, family, losses)
        written = Writer(self.quirks, family, losses).write(named)
        body: Fields = {"contents": written.contents}
        if written.system is not None:
            body["systemInstruction"] = written.system
        body |= tool_fields(named, family, losses)
        config = config_fields(named, taken, family, endpoint, losses)
        if config:
            body["generationConfig"] = config
        body |= beside(taken)
        if conversation.dialect == self.dialect:
            body |= {name: raw for name, raw in conversation.extra.items() if name not in taken}
        return body, undo

    def decode(self, body: bytes) -> Completion:
        """The whole answer; raises UpstreamError."""
        return completion_of(body)

    def decoder(self) -> StreamDecoder:
        """One per stream."""
        return GeminiDecoder()

    def decode_error(self, status: int, headers: Headers, body: bytes) -> UpstreamError:
        """What a non-2xx answer means; never raises, whatever the bytes."""
        return decode_error(status, headers, body)

    def decode_models(self, body: bytes) -> tuple[str, ...]:
        """The models that answer or embed, without "models/"."""
        try:
            listed = _MODELS.decode(body)
        except (msgspec.DecodeError, RecursionError) as error:
            raise UpstreamError(
                FailureKind.DECODE, "The provider's list of models is not the dialect's."
            ) from error
        return tuple(
            model.name.removeprefix("models/")
            for model in listed.models
            if _SERVED.intersection(model.supported_generation_methods or _SERVED)
        )

    def count_request(self, inbound: Inbound, endpoint: Endpoint) -> UpstreamRequest | None:
        """See CountsTokens."""
        body, _ = self._body(inbound.conversation(), endpoint, Losses())
        if self.quirks.counts_whole:
            name = f"models/{endpoint.upstream_model.removeprefix('models/')}"
            body = {"generateContentRequest": {"model": name, **body}}
        else:
            body = {name: value for name, value in body.items() if name in _COUNTED_FIELDS}
        return UpstreamRequest(
            path=self._path(endpoint, ":countTokens"), body=msgspec.json.encode(body)
        )

    def decode_count(self, body: bytes) -> int:
        """See CountsTokens."""
        try:
            return max(0, _COUNTED.decode(body).total_tokens)
        except (msgspec.DecodeError, RecursionError) as error:
            raise undecodable() from error

    def _path(self, endpoint: Endpoint, method: str) -> str:
        model = quote(endpoint.upstream_model.removeprefix("models/"), safe="@")
        return f"{self.quirks.prefix}/models/{model}{method}"


def _fitted(
    conversation: Conversation, family: Family, losses: Losses
) -> tuple[Conversation, tuple[Undo, ...]]:
    """Names that fit, and a schema that may stand beside tools; with what undoes each."""
    undo: list[Undo] = []
    output = conversation.output
    wants_json = output is not None and output.kind in ("json_object", "json_schema")
    if wants_json and conversation.tools and not family.schema_beside_tools:
        conversation = by_forced_tool(conversation)
        losses.emulate("response_format")
        undo.append(AsText())
    named, other_names = renamed(conversation, NAMES)
    if other_names is not None:
        losses.translate("tools.function.name")
        undo.insert(0, other_names)
    return named, tuple(undo)
