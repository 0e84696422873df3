"""The bridge to an upstream of the client's own dialect: bytes pass, facts become ours."""

import msgspec

from turnout.core.types import Endpoint
from turnout.dialects.adapter import (
    Answer,
    Framing,
    Head,
    Inbound,
    Outgoing,
    StreamTranslator,
    Tally,
)
from turnout.dialects.bridge import note
from turnout.dialects.openai_chat.answers import plain_answer, spliced_answer
from turnout.dialects.openai_chat.decoder import ChunkReader, flatten, identity
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.dialects.openai_chat.spliced_stream import SplicedStream
from turnout.dialects.openai_chat.upward import outgoing


class Splice(msgspec.Struct, frozen=True):
    """OpenAI chat to OpenAI chat, for the quirks of one upstream."""

    quirks: Quirks

    @property
    def framing(self) -> Framing:
        """See Bridge."""
        return "sse"

    def request(self, inbound: Inbound, endpoint: Endpoint) -> Outgoing:
        """See Bridge; the inbound is read, never changed."""
        return outgoing(inbound.fields, self.quirks, endpoint)

    def answer(self, body: bytes, head: Head, sent: Outgoing) -> Answer:  # noqa: ARG002 (nothing to undo)
        """See Bridge."""
        plain = plain_answer(body, head, self.quirks)
        if plain is not None:
            return plain
        reading = ChunkReader(self.quirks).read(body)
        if reading.error is not None:
            raise reading.error
        tally = Tally(ended=True)
        note(tally, identity(reading.fields))
        for event in flatten(reading):
            note(tally, event)
        return spliced_answer(reading, head, tally)

    def stream(self, head: Head, sent: Outgoing) -> StreamTranslator:  # noqa: ARG002 (nothing to undo)
        """See Bridge."""
        return SplicedStream(self.quirks, head)
