"""A signer whose library is not installed: it says so at every request, and nothing else breaks."""

from collections.abc import Sequence

from turnout.core.errors import FailureKind, UpstreamError
from turnout.upstream.credentials.signer import Unsigned


class AbsentSigner:
    """Refuses to sign.

    Args:
        extra: What to install: `turnout[<extra>]`.
    """

    def __init__(self, extra: str) -> None:
        self._extra = extra

    async def sign(self, request: Unsigned, within_s: float) -> Sequence[tuple[str, str]]:  # noqa: ARG002 (there is nothing to sign with)
        """See Signer; raises UpstreamError (AUTH)."""
        raise UpstreamError(
            FailureKind.AUTH, f'The gateway cannot sign: pip install "turnout[{self._extra}]".'
        )
