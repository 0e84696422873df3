"""OpenAI's Chat Completions as clients speak it: reads requests, writes answers."""

from typing import Final

from turnout.core.types import Dialect
from turnout.dialects.adapter import Bill, Completion, Head, Inbound, StreamEncoder


class OpenAIChatClient:
    """The client side of the dialect; stateless."""

    __slots__ = ()

    @property
    def dialect(self) -> Dialect:
        """Its name."""
        return "openai.chat"

    def read(self, body: bytes) -> Inbound:
        """The request; raises Refusal that names the field, what was wrong and what is allowed."""
        raise NotImplementedError

    def write(self, completion: Completion, head: Head, bill: Bill) -> bytes:
        """The whole answer."""
        raise NotImplementedError

    def encoder(self, head: Head) -> StreamEncoder:
        """One per stream."""
        raise NotImplementedError


CLIENT: Final = OpenAIChatClient()
