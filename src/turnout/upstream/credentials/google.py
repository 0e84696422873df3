"""Short-lived tokens of Google Cloud: service accounts, workload identity, the machine's account.

google-auth knows how each kind of credentials becomes a token; this keeps the token, asks for the
next one early and once, and never lets a caller wait longer than it may. The library blocks, so it
works in a worker thread, bounded by the deadlines of its transport.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol

import google.auth
import msgspec
import urllib3
from google.auth import (
    aws,
    exceptions,
    external_account_authorized_user,
    identity_pool,
    impersonated_credentials,
    pluggable,
)
from google.auth.transport.urllib3 import Request
from google.oauth2 import credentials as user
from google.oauth2 import service_account

from turnout.core.clock import SYSTEM_CLOCK, Clock
from turnout.core.errors import FailureKind, UpstreamError
from turnout.upstream.credentials.signer import Unsigned

SCOPES: Final = ("https://www.googleapis.com/auth/cloud-platform",)
RENEW_BEFORE_S: Final = 300.0
"""A token this near to its end is used on while the next one is fetched."""
SPARE_S: Final = 10.0
"""A token this near to its end is used no more: it could end on the way."""
PAUSE_S: Final = 5.0
"""Between two tries while the old token is still good."""
_DEADLINES: Final = urllib3.Timeout(connect=5.0, read=10.0)
_FOREVER_S: Final = 3600.0
_CODES: Final = frozenset(
    {"invalid_grant", "invalid_client", "invalid_scope", "unauthorized_client", "access_denied"}
)


class _Credentials(Protocol):
    """What is used of the library's credentials, which have no types."""

    expiry: datetime | None

    def refresh(self, request: Request) -> None: ...

    def apply(self, headers: dict[str, str]) -> None: ...


class _Token(msgspec.Struct, frozen=True):
    """Headers that authorise, and until when (monotonic seconds)."""

    headers: tuple[tuple[str, str], ...]
    renew_at_s: float
    good_until_s: float


class GoogleTokens:
    """Brings `authorization: Bearer …` (and the quota project, where the credentials name one).

    Args:
        file: A credentials file of any kind; None finds the machine's own credentials (gcloud's
            login, the metadata server).
        proxy: "http://[user:password@]host:port" on the way to https token servers.
        clock: Measures a token's life.
    """

    def __init__(
        self, file: str | None, *, proxy: str | None = None, clock: Clock = SYSTEM_CLOCK
    ) -> None:
        self._file = file
        self._clock = clock
        self._http = (
            urllib3.ProxyManager(proxy, timeout=_DEADLINES, retries=False)
            if proxy
            else urllib3.PoolManager(timeout=_DEADLINES, retries=False)
        )
        self._credentials: _Credentials | None = None
        self._token: _Token | None = None
        self._asking: asyncio.Future[_Token | UpstreamError] | None = None
        self._not_before_s = 0.0

    async def sign(self, request: Unsigned, within_s: float) -> Sequence[tuple[str, str]]:  # noqa: ARG002 (a token is the same for every request)
        """See Signer; all that wait share one question to Google."""
        token, now_s = self._token, self._clock.now_s()
        if token is not None and now_s < token.good_until_s:
            if now_s >= max(token.renew_at_s, self._not_before_s):
                self._ask()
            return token.headers
        try:
            async with asyncio.timeout(within_s):
                answer = await asyncio.shield(self._ask())
        except TimeoutError:
            raise UpstreamError(
                FailureKind.CONNECT_TIMEOUT, "Google brought no access token in time."
            ) from None
        if isinstance(answer, UpstreamError):
            raise UpstreamError(answer.kind, answer.message, code=answer.code)
        return answer.headers

    def _ask(self) -> "asyncio.Future[_Token | UpstreamError]":
        """The question that is under way, or a new one; it ends by the transport's deadlines."""
        if self._asking is None:
            self._asking = asyncio.get_running_loop().run_in_executor(None, self._fetch)
            self._asking.add_done_callback(self._keep)
        return self._asking

    def _keep(self, asked: "asyncio.Future[_Token | UpstreamError]") -> None:
        self._asking = None
        answer = None if asked.cancelled() else asked.result()
        if isinstance(answer, _Token):
            self._token = answer
        else:
            self._not_before_s = self._clock.now_s() + PAUSE_S

    def _fetch(self) -> "_Token | UpstreamError":
        """In a worker thread, one at a time."""
        request = Request(self._http)
        try:
            if self._credentials is None:
                self._credentials = _found(self._file, request)
            self._credentials.refresh(request)
            headers: dict[str, str] = {}
            self._credentials.apply(headers)
        except (exceptions.GoogleAuthError, ValueError, OSError) as error:
            return _fault(error)
        left_s = self._left_s(self._credentials.expiry)
        now_s = self._clock.now_s()
        return _Token(
            tuple(headers.items()), now_s + left_s - RENEW_BEFORE_S, now_s + left_s - SPARE_S
        )

    def _left_s(self, expiry: datetime | None) -> float:
        """The library's times are UTC and do not say so; without an end it is kept an hour."""
        if expiry is None:
            return _FOREVER_S
        return expiry.replace(tzinfo=UTC).timestamp() - self._clock.unix_ms() / 1000


def _found(file: str | None, request: Request) -> _Credentials:
    if file is None:
        return _LIBRARY.default(scopes=SCOPES, request=request)[0]
    info = msgspec.json.decode(Path(file).read_bytes(), type=dict[str, Any])
    maker = _MAKERS.get(str(info.get("type")))
    if maker is None:
        raise exceptions.DefaultCredentialsError("not a kind of credentials")
    return maker(info)


def _federated(info: dict[str, Any]) -> _Credentials:
    """Workload identity: whoever runs us vouches, by AWS, a program, or a file or address."""
    if info.get("subject_token_type") == "urn:ietf:params:aws:token-type:aws4_request":
        maker: Any = aws.Credentials
    elif "executable" in (info.get("credential_source") or ()):
        maker = pluggable.Credentials
    else:
        maker = identity_pool.Credentials
    return maker.from_info(info, scopes=SCOPES)


def _account(info: dict[str, Any]) -> _Credentials:
    maker: Any = service_account.Credentials
    return maker.from_service_account_info(info, scopes=SCOPES)


def _person(info: dict[str, Any]) -> _Credentials:
    maker: Any = user.Credentials
    return maker.from_authorized_user_info(info, scopes=SCOPES)


def _federated_person(info: dict[str, Any]) -> _Credentials:
    maker: Any = external_account_authorized_user.Credentials
    return maker.from_info(info)


def _impersonated(info: dict[str, Any]) -> _Credentials:
    maker: Any = impersonated_credentials.Credentials
    return maker.from_impersonated_service_account_info(info, scopes=SCOPES)


_LIBRARY: Final[Any] = google.auth
_MAKERS: Final[Mapping[str, Callable[[dict[str, Any]], _Credentials]]] = {
    "service_account": _account,
    "authorized_user": _person,
    "impersonated_service_account": _impersonated,
    "external_account": _federated,
    "external_account_authorized_user": _federated_person,
}
"""By the `type` of a credentials file."""


def _fault(error: Exception) -> UpstreamError:
    """What a refused or failed token means. The library's words may name accounts and addresses."""
    if isinstance(error, exceptions.TransportError):
        return UpstreamError(FailureKind.NETWORK, "Google's token server was not reached.")
    if getattr(error, "retryable", False):
        return UpstreamError(FailureKind.NETWORK, "Google's token server failed.")
    if isinstance(error, exceptions.RefreshError):
        code = str(error.args[0]).partition(":")[0] if error.args else ""
        known = code if code in _CODES else None
        return UpstreamError(
            FailureKind.AUTH, "Google refused the gateway's credentials.", code=known
        )
    if isinstance(error, exceptions.DefaultCredentialsError):
        return UpstreamError(FailureKind.AUTH, "The gateway has no credentials for Google Cloud.")
    return UpstreamError(FailureKind.AUTH, "The gateway's Google credentials cannot be used.")
