"""Embeddings as clients ask for them: OpenAI's shape with the contract's additions."""

from typing import Final

from turnout.core.types import Dialect, Headers
from turnout.dialects.adapter import Inbound
from turnout.dialects.embeddings.asked import read
from turnout.dialects.wordless import WordlessClient


class EmbeddingsClient(WordlessClient):
    """The client side of the dialect; stateless."""

    __slots__ = ()

    @property
    def dialect(self) -> Dialect:
        """Its name."""
        return "openai.embeddings"

    def read(self, body: bytes, headers: Headers) -> Inbound:  # noqa: ARG002 (it uses none)
        """The request; raises Refusal that names the field, what was wrong and what is allowed."""
        return read(body)


CLIENT: Final = EmbeddingsClient()
