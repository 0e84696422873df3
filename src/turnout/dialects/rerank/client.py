"""Rerank as clients ask for it. Source: contract section 2.6."""

from typing import Final

from turnout.core.types import Dialect, Headers
from turnout.dialects.adapter import Inbound
from turnout.dialects.rerank.asked import read
from turnout.dialects.wordless import WordlessClient


class RerankClient(WordlessClient):
    """The client side of the dialect; stateless."""

    __slots__ = ()

    @property
    def dialect(self) -> Dialect:
        """Its name."""
        return "rerank"

    def read(self, body: bytes, headers: Headers) -> Inbound:  # noqa: ARG002 (it uses none)
        """The request; raises Refusal that names the field, what was wrong and what is allowed."""
        return read(body)


CLIENT: Final = RerankClient()
