"""The bridge to an upstream of the client's own dialect: bytes pass, facts become ours."""

from collections.abc import Mapping
from typing import Final

import msgspec

from turnout.core.types import Endpoint
from turnout.dialects.adapter import (
    Adapter,
    Answer,
    Bill,
    Bridge,
    Framing,
    Head,
    Inbound,
    Outgoing,
    StreamTranslator,
    Tally,
)
from turnout.dialects.bridge import Translation, note
from turnout.dialects.foreign import CUSTOM_TOOLS
from turnout.dialects.openai_chat.usage import Reported
from turnout.dialects.openai_responses.answers import custom_names
from turnout.dialects.openai_responses.client import CLIENT
from turnout.dialects.openai_responses.decoder import ResponseReader, read_answer
from turnout.dialects.openai_responses.quirks import Quirks
from turnout.dialects.openai_responses.response_object import billed
from turnout.dialects.openai_responses.spliced_stream import SplicedStream
from turnout.dialects.openai_responses.upward import outgoing

_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])


class Splice:
    """Responses to Responses, for the quirks of one upstream.

    An upstream without tools that take free text gets functions instead, and what comes of them is
    undone: that is the translation's work, so such a request goes that way, both ways.
    """

    __slots__ = ("_quirks", "_translation")

    def __init__(self, adapter: Adapter, quirks: Quirks) -> None:
        self._quirks = quirks
        self._translation: Bridge = Translation(CLIENT, adapter)

    @property
    def framing(self) -> Framing:
        """See Bridge."""
        return "sse"

    def request(self, inbound: Inbound, endpoint: Endpoint) -> Outgoing:
        """See Bridge; the inbound is read, never changed."""
        if not self._quirks.custom_tools and custom_names(inbound.fields):
            return self._translation.request(inbound, endpoint)
        return outgoing(inbound.fields, self._quirks, endpoint)

    def answer(self, body: bytes, head: Head, sent: Outgoing) -> Answer:
        """See Bridge."""
        if CUSTOM_TOOLS in sent.emulated:
            return self._translation.answer(body, head, sent)
        reader = ResponseReader(self._quirks)
        tally = Tally(ended=True)
        for event in read_answer(body, reader):
            note(tally, event)
        if tally.error is not None:
            raise tally.error
        return SplicedAnswer(_OBJECT.decode(body), head, tally, reader.counted)

    def stream(self, head: Head, sent: Outgoing) -> StreamTranslator:
        """See Bridge."""
        if CUSTOM_TOOLS in sent.emulated:
            return self._translation.stream(head, sent)
        return SplicedStream(self._quirks, head)


class SplicedAnswer:
    """The upstream's own answer with model, id and usage made ours."""

    __slots__ = ("_counted", "_fields", "_head", "tally")

    def __init__(
        self,
        fields: Mapping[str, msgspec.Raw],
        head: Head,
        tally: Tally,
        counted: Reported | None,
    ) -> None:
        self.tally = tally
        self._fields = fields
        self._head = head
        self._counted = counted

    def render(self, bill: Bill) -> bytes:
        """See Answer."""
        return billed(self._fields, self._head, bill, self._counted)
