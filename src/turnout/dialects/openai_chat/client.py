"""OpenAI's Chat Completions as clients speak it: reads requests, writes answers."""

from typing import Final

from turnout.core.types import Dialect
from turnout.dialects.adapter import Bill, Head, Inbound, StreamEncoder
from turnout.dialects.events import Completion
from turnout.dialects.openai_chat.answers import write_answer
from turnout.dialects.openai_chat.chunks import ChunkEncoder
from turnout.dialects.openai_chat.reading import read


class OpenAIChatClient:
    """The client side of the dialect; stateless."""

    __slots__ = ()

    @property
    def dialect(self) -> Dialect:
        """Its name."""
        return "openai.chat"

    def read(self, body: bytes) -> Inbound:
        """The request; raises Refusal that names the field, what was wrong and what is allowed.

        `models` is () when the caller named none: the installation's default model is meant.
        """
        return read(body)

    def write(self, completion: Completion, head: Head, bill: Bill) -> bytes:
        """The whole answer."""
        return write_answer(completion, head, bill)

    def encoder(self, head: Head) -> StreamEncoder:
        """One per stream."""
        return ChunkEncoder(head)


CLIENT: Final = OpenAIChatClient()
