"""The seam of signing: what a provider that wants more than a constant header needs of us."""

from collections.abc import Sequence
from typing import Protocol

import msgspec


class Unsigned(msgspec.Struct, frozen=True, kw_only=True):
    """A request as it will be sent, but for what signing adds."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Signer(Protocol):
    """Brings the headers that authorise one request. Shared by all requests to a provider."""

    async def sign(self, request: Unsigned, within_s: float) -> Sequence[tuple[str, str]]:
        """The headers to add.

        Raises:
            UpstreamError: AUTH when there are no credentials or they are refused, NETWORK or
                CONNECT_TIMEOUT when they could not be fetched within that time. Never the caller's
                fault, so never a 401 of ours.
        """
        ...
