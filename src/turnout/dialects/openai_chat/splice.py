"""The bridge to an upstream of the client's own dialect: bytes pass, facts become ours."""

from collections.abc import Mapping

import msgspec

from turnout.core.types import Endpoint
from turnout.dialects.adapter import (
    Answer,
    Bridge,
    Framing,
    Head,
    Inbound,
    Outgoing,
    StreamTranslator,
    Tally,
)
from turnout.dialects.bridge import note, unsaid_finish
from turnout.dialects.openai_chat.answers import plain_answer, spliced_answer
from turnout.dialects.openai_chat.decoder import ChunkReader, flatten, identity
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.dialects.openai_chat.spliced_stream import SplicedStream
from turnout.dialects.openai_chat.upward import outgoing


class Splice(msgspec.Struct, frozen=True):
    """OpenAI chat to OpenAI chat, for the quirks of one upstream.

    Attributes:
        translation: The way through the internal form, for requests of which something must be
            undone on the answer.
    """

    quirks: Quirks
    translation: Bridge

    @property
    def framing(self) -> Framing:
        """See Bridge."""
        return "sse"

    def request(self, inbound: Inbound, endpoint: Endpoint) -> Outgoing:
        """See Bridge; the inbound is read, never changed."""
        if self.quirks.tools == "grammar" and speaks_of_tools(inbound.fields):
            return self.translation.request(inbound, endpoint)
        return outgoing(inbound.fields, self.quirks, endpoint)

    def answer(self, body: bytes, head: Head, sent: Outgoing) -> Answer:
        """See Bridge."""
        if sent.undo:
            return self.translation.answer(body, head, sent)
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
        if (unsaid := unsaid_finish(tally)) is not None:
            reading.choices[0].events.append(unsaid)
        return spliced_answer(reading, head, tally)

    def stream(self, head: Head, sent: Outgoing) -> StreamTranslator:
        """See Bridge."""
        if sent.undo:
            return self.translation.stream(head, sent)
        return SplicedStream(self.quirks, head)


def speaks_of_tools(fields: Mapping[str, msgspec.Raw]) -> bool:
    """Whether a request has tools, or may have calls and results among its messages."""
    if "tools" in fields or "tool_choice" in fields:
        return True
    messages = bytes(fields["messages"])
    return b'"tool_call' in messages or b'"tool"' in messages
