"""Signatures for Amazon Web Services, by AWS's own signer and its usual chain of credentials.

botocore finds credentials (keys, a profile, single sign-on, web identity, the container, the
machine's role), fetches and renews them, and signs. Finding and renewing may block, so they happen
in a worker thread, one at a time, bounded by the library's deadlines; signing is arithmetic.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, Final, Protocol

import msgspec
from botocore import (  # pyright: ignore[reportMissingTypeStubs] (the library has no types)
    auth,
    awsrequest,
    config,
    credentials,
    exceptions,
    session,
)

from turnout.core.errors import FailureKind, UpstreamError
from turnout.upstream.credentials.signer import Unsigned

SERVICE: Final = "bedrock"
LAST_MOMENT_S: Final = 60
"""Credentials this near to their end are used no more: they could end on the way."""
_SIGNED: Final = frozenset({"content-type"})
"""Only what no proxy on the way rewrites; the host, the time and the body always are."""

_SESSIONS: Final[Any] = session
_CONFIGS: Final[Any] = config
_CREDENTIALS: Final[Any] = credentials
_REQUESTS: Final[Any] = awsrequest
_SIGNATURES: Final[Any] = auth


class Keys(msgspec.Struct, frozen=True):
    """Keys said outright; `token` goes with temporary ones."""

    access_key: str
    secret_key: str
    token: str | None = None


class _Found(Protocol):
    """What is used of the library's credentials, which have no types."""

    def get_frozen_credentials(self) -> object: ...


class AwsSigner:
    """Brings `authorization`, `x-amz-date` and `x-amz-security-token`.

    Args:
        keys: None finds credentials by the usual chain.
        profile: Which profile of the shared files the chain begins with.
        region: Where the address does not say it.
        proxy: "http://[user:password@]host:port" on the way to token servers.
    """

    def __init__(
        self,
        keys: Keys | None = None,
        *,
        profile: str | None = None,
        region: str | None = None,
        proxy: str | None = None,
    ) -> None:
        self._profile = profile
        self._region = region
        self._proxy = proxy
        self._source: _Found | None = None
        self._frozen: object | None = None
        self._asking: asyncio.Future[object] | None = None
        if keys is not None:
            self._source = _CREDENTIALS.Credentials(keys.access_key, keys.secret_key, keys.token)

    async def sign(self, request: Unsigned, within_s: float) -> Sequence[tuple[str, str]]:
        """See Signer; all that wait share one look for credentials."""
        frozen = self._at_hand()
        if frozen is None:
            try:
                async with asyncio.timeout(within_s):
                    answer = await asyncio.shield(self._ask())
            except TimeoutError:
                raise UpstreamError(
                    FailureKind.CONNECT_TIMEOUT, "AWS brought no credentials in time."
                ) from None
            if isinstance(answer, UpstreamError):
                raise UpstreamError(answer.kind, answer.message, code=answer.code)
            frozen = answer
        region = region_of(request.url) or self._region
        if region is None:
            raise UpstreamError(FailureKind.AUTH, "The gateway was told no AWS region.")
        return _signature(request, frozen, region)

    def _at_hand(self) -> object | None:
        """Credentials without waiting; the next ones are fetched while these are still good."""
        source: Any = self._source
        if source is None:
            return None
        if not isinstance(source, _CREDENTIALS.RefreshableCredentials):
            return source.get_frozen_credentials()
        if self._frozen is not None and not source.refresh_needed(refresh_in=LAST_MOMENT_S):
            if source.refresh_needed():
                self._ask()
            return self._frozen
        return None

    def _ask(self) -> "asyncio.Future[object]":
        """The look that is under way, or a new one; it ends by the library's own deadlines."""
        if self._asking is None:
            self._asking = asyncio.get_running_loop().run_in_executor(None, self._find)
            self._asking.add_done_callback(self._keep)
        return self._asking

    def _keep(self, asked: "asyncio.Future[object]") -> None:
        self._asking = None
        answer = None if asked.cancelled() else asked.result()
        if not isinstance(answer, UpstreamError):
            self._frozen = answer

    def _find(self) -> object:
        """In a worker thread, one at a time: frozen credentials, or why there are none."""
        try:
            if self._source is None:
                self._source = self._chain()
            if self._source is None:
                return UpstreamError(FailureKind.AUTH, "The gateway has no credentials for AWS.")
            return self._source.get_frozen_credentials()
        except _UNREACHED:
            return UpstreamError(FailureKind.NETWORK, "AWS's token server was not reached.")
        except _REFUSED:
            return UpstreamError(FailureKind.AUTH, "AWS refused the gateway's credentials.")
        except (exceptions.BotoCoreError, RuntimeError, ValueError, OSError):
            return UpstreamError(FailureKind.AUTH, "The gateway's AWS credentials cannot be used.")

    def _chain(self) -> _Found | None:
        found: Any = _SESSIONS.Session()
        if self._profile is not None:
            found.set_config_variable("profile", self._profile)
        if self._region is not None:
            found.set_config_variable("region", self._region)
        found.set_default_client_config(
            _CONFIGS.Config(
                connect_timeout=5,
                read_timeout=10,
                retries={"total_max_attempts": 2},
                proxies={"https": self._proxy} if self._proxy else None,
            )
        )
        return found.get_credentials()


_UNREACHED: Final = (
    exceptions.EndpointConnectionError,
    exceptions.ConnectTimeoutError,
    exceptions.ReadTimeoutError,
    exceptions.HTTPClientError,
)
_REFUSED: Final = (exceptions.ClientError, exceptions.UnauthorizedSSOTokenError)


def region_of(url: str) -> str | None:
    """The region that an address of AWS names ("bedrock-runtime.eu-west-1.amazonaws.com")."""
    host = url.partition("://")[2].partition("/")[0].partition(":")[0]
    labels = host.split(".")
    for place, label in enumerate(labels[:-1]):
        if label.startswith("bedrock-runtime"):
            return labels[place + 1] if place + 1 < len(labels) - 1 else None
    return None


def _signature(request: Unsigned, frozen: object, region: str) -> tuple[tuple[str, str], ...]:
    signed = {name: value for name, value in request.headers if name.lower() in _SIGNED}
    unsigned: Any = _REQUESTS.AWSRequest(
        method=request.method, url=request.url, headers=signed, data=request.body
    )
    _SIGNATURES.SigV4Auth(frozen, SERVICE, region).add_auth(unsigned)
    names = ("X-Amz-Date", "X-Amz-Security-Token", "Authorization")
    headers: dict[str, str] = dict(unsigned.headers.items())
    return tuple((name.lower(), headers[name]) for name in names if name in headers)
