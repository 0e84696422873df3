"""Anthropic to Anthropic: the body passes but for model, ids and what only a router understands."""

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
from turnout.dialects.anthropic_messages.answers import SplicedAnswer
from turnout.dialects.anthropic_messages.decoder import MessageReader
from turnout.dialects.anthropic_messages.foreign_thoughts import without_foreign_thoughts
from turnout.dialects.anthropic_messages.quirks import Quirks
from turnout.dialects.anthropic_messages.spliced_stream import SplicedStream
from turnout.dialects.anthropic_messages.upward import outgoing
from turnout.dialects.anthropic_messages.usage import members_of
from turnout.dialects.bridge import note


class Splice(msgspec.Struct, frozen=True):
    """The way on which bytes pass, for the quirks of one upstream."""

    quirks: Quirks

    @property
    def framing(self) -> Framing:
        """See Bridge."""
        return "sse"

    def request(self, inbound: Inbound, endpoint: Endpoint) -> Outgoing:
        """See Bridge; the inbound is read, never changed."""
        fields = dict(inbound.fields)
        sealed = without_foreign_thoughts(fields["messages"], seals=self.quirks.thinking_seals)
        if sealed is not None:
            fields["messages"] = sealed
        sent = outgoing(fields, self.quirks, endpoint, inbound.headers)
        if sealed is None:
            return sent
        return msgspec.structs.replace(sent, dropped=(*sent.dropped, "messages.reasoning"))

    def answer(self, body: bytes, head: Head, sent: Outgoing) -> Answer:  # noqa: ARG002 (nothing to undo)
        """See Bridge."""
        tally = Tally(ended=True)
        for event in MessageReader().answer(body):
            note(tally, event)
        return SplicedAnswer(members_of(msgspec.Raw(body)), head, tally)

    def stream(self, head: Head, sent: Outgoing) -> StreamTranslator:  # noqa: ARG002 (nothing to undo)
        """See Bridge."""
        return SplicedStream(head)
