"""OpenAI's Responses as upstreams speak it, with the quirks of one of them."""

from typing import Final

import msgspec

from turnout.core.conversation import NO_EXTRA, Conversation, Tool
from turnout.core.errors import UpstreamError
from turnout.core.types import Dialect, Endpoint, Headers
from turnout.dialects.adapter import Bridge, Framing, Outgoing, StreamDecoder, Undo
from turnout.dialects.events import Completion
from turnout.dialects.foreign import CUSTOM_TOOLS
from turnout.dialects.lowering.names import renamed
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.errors import decode_error
from turnout.dialects.openai_responses.decoder import ResponsesDecoder, decode
from turnout.dialects.openai_responses.foreign_words import native
from turnout.dialects.openai_responses.pairing import paired
from turnout.dialects.openai_responses.quirks import Quirks
from turnout.dialects.openai_responses.searching import with_search
from turnout.dialects.openai_responses.splice import Splice
from turnout.dialects.openai_responses.upward import outgoing
from turnout.dialects.openai_responses.writing import custom_names, fields_of

_OPENAI: Final = Quirks()


class OpenAIResponses:
    """The upstream side of the dialect; immutable.

    Attributes:
        quirks: How this upstream differs.
        models_path: Where it lists its models, "" when it does not.
    """

    def __init__(self, quirks: Quirks = _OPENAI) -> None:
        self.quirks = quirks
        self.models_path = quirks.models_path or ""
        self._splice = Splice(self, quirks)

    @property
    def dialect(self) -> Dialect:
        """The wire format."""
        return "openai.responses"

    @property
    def framing(self) -> Framing:
        """How its streams are cut."""
        return "sse"

    def encode(self, conversation: Conversation, endpoint: Endpoint) -> Outgoing:
        """The upstream's request; raises Refusal for what cannot be said."""
        own, dropped, emulated = native(conversation, self.quirks)
        if not self.quirks.custom_tools and custom_names(own.tools):
            own = _as_functions(own)
            emulated = (*emulated, CUSTOM_TOOLS)
        answered = False
        if conversation.dialect != self.dialect:  # whose own items may answer each other otherwise
            own, answered = paired(own, self.quirks.longest_call_id)
        own, names = renamed(own)
        said = with_search(fields_of(own), conversation.web, self.quirks)
        sent = outgoing(said, self.quirks, endpoint)
        undo: tuple[Undo, ...] = (names,) if names is not None else ()
        return msgspec.structs.replace(
            sent,
            dropped=(*dropped, *sent.dropped),
            translated=(*(("messages.tool",) if answered else ()), *sent.translated),
            emulated=(*emulated, *sent.emulated),
            undo=undo,
        )

    def decode(self, body: bytes) -> Completion:
        """The whole answer; raises UpstreamError."""
        return decode(body, self.quirks)

    def decoder(self) -> StreamDecoder:
        """One per stream."""
        return ResponsesDecoder(self.quirks)

    def decode_error(self, status: int, headers: Headers, body: bytes) -> UpstreamError:
        """What a non-2xx answer means; never raises, whatever the bytes."""
        return decode_error(status, headers, body)

    @property
    def routes(self) -> bool:
        """See Routes."""
        return self.quirks.router_fields

    def searches_web(self, endpoint: Endpoint) -> bool:  # noqa: ARG002 (told by refusals of the few that do not)
        """Routers do by plugin, others by a tool of their own."""
        return self.quirks.router_fields or self.quirks.web_search is not None

    def passthrough(self) -> Bridge:
        """The splice for this upstream's quirks."""
        return self._splice

    def decode_models(self, body: bytes) -> tuple[str, ...]:
        """The upstream's model names: the same list as beside chat."""
        return _LISTS.decode_models(body)


_LISTS: Final = OpenAIChat()


def _as_functions(conversation: Conversation) -> Conversation:
    tools = tuple(_function(tool) for tool in conversation.tools)
    return msgspec.structs.replace(conversation, tools=tools)


def _function(tool: Tool) -> Tool:
    if "custom" not in tool.extra:
        return tool
    return msgspec.structs.replace(tool, extra=NO_EXTRA, strict=False)
