"""Anthropic's Messages as clients speak it: reads requests, writes answers."""

from typing import Final

from turnout.core.conversation import Conversation
from turnout.core.errors import Refusal
from turnout.core.types import Dialect, Headers
from turnout.dialects.adapter import Bill, Head, Inbound, StreamEncoder
from turnout.dialects.anthropic_messages.answers import write_answer
from turnout.dialects.anthropic_messages.reading import read, rewritten
from turnout.dialects.anthropic_messages.stream import PING, EventEncoder
from turnout.dialects.anthropic_messages.telling import tell, tell_in_stream
from turnout.dialects.events import Completion


class AnthropicMessagesClient:
    """The client side of the dialect; stateless."""

    __slots__ = ()

    @property
    def dialect(self) -> Dialect:
        """Its name."""
        return "anthropic.messages"

    @property
    def pulse(self) -> bytes:
        """A ping, which the dialect's readers skip wherever it comes."""
        return PING

    def read(self, body: bytes, headers: Headers) -> Inbound:
        """The request; raises Refusal that names the field, what was wrong and what is allowed.

        `models` is () when the caller named none: the installation's default model is meant.
        """
        return read(body, headers)

    def write(self, completion: Completion, head: Head, bill: Bill) -> bytes:
        """The whole answer."""
        return write_answer(completion, head, bill)

    def encoder(self, head: Head) -> StreamEncoder:
        """One per stream."""
        return EventEncoder(head)

    def tell(self, refusal: Refusal, status: int, generation_id: str) -> bytes:  # noqa: ARG002 (the type says it)
        """See ClientDialect."""
        return tell(refusal, generation_id)

    def tell_in_stream(
        self,
        refusal: Refusal,
        status: int,  # noqa: ARG002 (the type says it)
        generation_id: str,
        now_s: int,  # noqa: ARG002 (its errors carry no time)
    ) -> bytes:
        """See ClientDialect."""
        return tell_in_stream(refusal, generation_id)

    def rewrite(self, inbound: Inbound, conversation: Conversation) -> Inbound:
        """See Rewrites."""
        return rewritten(inbound, conversation)


CLIENT: Final = AnthropicMessagesClient()
