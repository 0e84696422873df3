"""One address, fetched with every care: see `guard` for where, and `sniff` for what."""

import asyncio
from typing import Annotated, Final, Literal
from urllib.parse import urljoin

import msgspec

from turnout.core.errors import UpstreamError
from turnout.core.types import Modality
from turnout.upstream.exchange import Exchange
from turnout.upstream.media.guard import ForbiddenAddressError, Guard, Resolve
from turnout.upstream.media.sniff import sniffed
from turnout.upstream.pool import Pool

Why = Literal[
    "image_not_found", "image_download_failed", "image_too_large", "unsupported_image_format"
]
"""The contract's words, section 5.2; it has none of its own for other media."""

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_GONE: Final = frozenset({404, 410})
_ACCEPT: Final = (("accept", "*/*"),)
_TAKEN: Final[dict[Modality, tuple[str, ...]]] = {
    "image": ("image/",),
    "file": ("application/pdf", "text/"),
    "audio": ("audio/",),
    "video": ("video/",),
}


class MediaRules(msgspec.Struct, frozen=True, kw_only=True):
    """Fetching of media for upstreams that take none by address.

    Attributes:
        enabled: Whether anything is fetched; else such a request is refused.
        allowed_hosts: Hosts ("files.lan", "files.lan:8080") and networks ("10.1.0.0/16") of your
            own that may be fetched from; all others must be public.
        max_bytes: Of one medium.
        max_count: In one request.
        timeout_s: For each, name resolution and redirects included.
        max_redirects: Each one is checked as the first address was.
        parallel: Fetches at once, of all requests together.
    """

    enabled: bool = True
    allowed_hosts: tuple[Annotated[str, msgspec.Meta(min_length=1)], ...] = ()
    max_bytes: Annotated[int, msgspec.Meta(ge=1024, le=1 << 30)] = 20 * 1024 * 1024
    max_count: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 20
    timeout_s: Annotated[float, msgspec.Meta(gt=0, le=600)] = 15.0
    max_redirects: Annotated[int, msgspec.Meta(ge=0, le=10)] = 3
    parallel: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 16


class Medium(msgspec.Struct, frozen=True):
    """What was fetched; `media_type` is what the bytes are, whatever they were called."""

    media_type: str
    data: bytes


class FetchError(Exception):
    """It could not be had; `message` names no address."""

    def __init__(self, why: Why, message: str) -> None:
        super().__init__(message)
        self.why: Why = why
        self.message = message


class Fetcher:
    """Fetches media for all requests. It never goes through a proxy, which would choose addresses.

    Args:
        resolve: How names become addresses; the system's way without one.
        ca_file: PEM certificates to trust beside the system's.

    Raises:
        ValueError: A network in `allowed_hosts` is none.
    """

    def __init__(
        self, rules: MediaRules, *, resolve: Resolve | None = None, ca_file: str | None = None
    ) -> None:
        guard = Guard(rules.allowed_hosts, resolve)
        self.rules = rules
        self._pool = Pool(ca_file=ca_file, choose=guard.choose, max_idle_per_origin=4)
        self._slots = asyncio.Semaphore(rules.parallel)

    async def aclose(self) -> None:
        """Closes every connection."""
        await self._pool.aclose()

    async def fetch(self, url: str, modality: Modality, within_s: float) -> Medium:
        """The medium behind an address.

        Args:
            modality: What it must turn out to be.
            within_s: Bound beside that of the rules; waiting for a free slot included.

        Raises:
            FetchError: It could not be had.
        """
        if not self.rules.enabled:
            raise FetchError("image_download_failed", "Fetching is switched off: media.enabled.")
        try:
            async with asyncio.timeout(min(within_s, self.rules.timeout_s)), self._slots:
                declared, data = await self._follow(url)
        except TimeoutError as error:
            raise FetchError("image_download_failed", "It took too long.") from error
        media_type = sniffed(data, declared)
        if media_type is None or not media_type.startswith(_TAKEN.get(modality, ())):
            found = media_type or "of no known type"
            raise FetchError("unsupported_image_format", f"It is no {modality}: it is {found}.")
        return Medium(media_type, data)

    async def _follow(self, url: str) -> tuple[str, bytes]:
        for _ in range(self.rules.max_redirects + 1):
            exchange = await self._asked(url)
            try:
                if exchange.status not in _REDIRECTS:
                    return await self._read(exchange)
                url = _next(url, exchange.headers.get("location"))
            except UpstreamError as error:
                raise FetchError("image_download_failed", "The server broke off.") from error
            finally:
                exchange.abort()
        raise FetchError("image_download_failed", "There are too many redirects.")

    async def _asked(self, url: str) -> Exchange:
        """A request whose head has come."""
        timeout_s = self.rules.timeout_s
        try:
            exchange = await self._pool.send(
                url, method="GET", headers=_ACCEPT, body=b"", connect_s=timeout_s
            )
        except ValueError as error:
            raise FetchError(
                "image_download_failed", "It is no http(s) address without user and password."
            ) from error
        except ForbiddenAddressError as error:
            raise FetchError(
                "image_download_failed", "Its host is not public and not in media.allowed_hosts."
            ) from error
        except UpstreamError as error:
            raise FetchError("image_download_failed", "Its server cannot be reached.") from error
        try:
            await exchange.head(timeout_s)
        except UpstreamError as error:
            exchange.abort()
            raise FetchError("image_download_failed", "Its server gave no answer.") from error
        except BaseException:
            exchange.abort()
            raise
        return exchange

    async def _read(self, exchange: Exchange) -> tuple[str, bytes]:
        status, limit = exchange.status, self.rules.max_bytes
        if status != 200:
            why: Why = "image_not_found" if status in _GONE else "image_download_failed"
            raise FetchError(why, f"Its server answered {status}.")
        declared = exchange.headers.get("content-length", "")
        if declared.isdigit() and int(declared) > limit:
            raise _too_large(limit)
        parts: list[bytes] = []
        size_b = 0
        while data := await exchange.read(self.rules.timeout_s):
            parts.append(data)
            size_b += len(data)
            if size_b > limit:
                raise _too_large(limit)
        return exchange.headers.get("content-type", ""), b"".join(parts)


def _too_large(limit: int) -> FetchError:
    return FetchError("image_too_large", f"It is larger than {limit} bytes.")


def _next(url: str, location: str | None) -> str:
    if not location:
        raise FetchError("image_download_failed", "It is redirected to nowhere.")
    return urljoin(url, location)
