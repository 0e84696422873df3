"""OpenAI's Responses as clients speak it: reads requests, writes answers."""

from typing import Final

from turnout.core.conversation import Conversation
from turnout.core.errors import Refusal
from turnout.core.types import Dialect, Headers
from turnout.dialects.adapter import Bill, Head, Inbound, StreamEncoder
from turnout.dialects.events import Completion
from turnout.dialects.openai_responses.answers import write_answer
from turnout.dialects.openai_responses.reading import read, rewritten
from turnout.dialects.openai_responses.stream_writing import ResponseEncoder
from turnout.dialects.openai_responses.telling import tell, tell_in_stream


class OpenAIResponsesClient:
    """The client side of the dialect; stateless."""

    __slots__ = ()

    @property
    def dialect(self) -> Dialect:
        """Its name."""
        return "openai.responses"

    @property
    def pulse(self) -> bytes:
        """A comment, which every SSE reader skips."""
        return b": TURNOUT PROCESSING\n\n"

    def read(self, body: bytes, headers: Headers) -> Inbound:  # noqa: ARG002 (it uses none)
        """The request; raises Refusal that names the field, what was wrong and what is allowed."""
        return read(body)

    def write(self, completion: Completion, head: Head, bill: Bill) -> bytes:
        """The whole answer."""
        return write_answer(completion, head, bill)

    def encoder(self, head: Head) -> StreamEncoder:
        """One per stream."""
        return ResponseEncoder(head)

    def tell(self, refusal: Refusal, status: int, generation_id: str) -> bytes:  # noqa: ARG002 (its errors carry none)
        """See ClientDialect."""
        return tell(refusal, status)

    def tell_in_stream(
        self,
        refusal: Refusal,
        status: int,
        generation_id: str,
        now_s: int,
    ) -> bytes:
        """See ClientDialect."""
        return tell_in_stream(refusal, status, generation_id, now_s)

    def rewrite(self, inbound: Inbound, conversation: Conversation) -> Inbound:
        """See Rewrites."""
        return rewritten(inbound, conversation)


CLIENT: Final = OpenAIResponsesClient()
