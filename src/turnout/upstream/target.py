"""Where a request goes: URL → origin, request line and header block. Pure; nothing here does IO.

Everything that ends up in a request's head is checked here, so no caller can smuggle a line break.
"""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from typing import Final, NewType
from urllib.parse import SplitResult, unquote, urlsplit

import msgspec

HeaderBlock = NewType("HeaderBlock", bytes)
"""Rendered and checked header lines, each with its CRLF; only `header_block` makes one."""

_URL: Final = re.compile(r"[\x21-\x7e]+")
_NAME: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_BAD_VALUE: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_METHOD: Final = re.compile(r"[A-Z]+")
_PORTS: Final[Mapping[str, int]] = {"http": 80, "https": 443}

OURS: Final = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-length",
        "expect",
        "host",
        "keep-alive",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers that frame the message: the client writes them, callers may not."""


class Proxy(msgspec.Struct, frozen=True):
    """An HTTP proxy; `authorization` is the whole header value, or None."""

    host: str
    port: int
    authorization: str | None = None


class Origin(msgspec.Struct, frozen=True):
    """What one connection is good for.

    Attributes:
        host: Without brackets. For plain http through a proxy this is the proxy's own.
        proxy: The proxy to tunnel through, for TLS only.
    """

    host: str
    port: int
    tls: bool
    proxy: Proxy | None = None


class Target(msgspec.Struct, frozen=True):
    """A URL, read.

    Attributes:
        request_target: What stands between method and version in the request line.
        fixed: The header lines that every request to this URL carries.
    """

    origin: Origin
    request_target: str
    fixed: bytes

    def start(self, method: str) -> bytes:
        """The request line and the fixed header lines.

        Raises:
            ValueError: The method is not a word in capitals.
        """
        if not _METHOD.fullmatch(method):
            raise ValueError("method is not a word in capitals")
        return f"{method} {self.request_target} HTTP/1.1\r\n".encode() + self.fixed


class Ways:
    """How to reach each host: directly, or through which proxy.

    Args:
        proxies: Scheme of the target → "http://[user:password@]host:port".
        no_proxy: As in NO_PROXY: comma-separated hosts, ".domain", "host:port", CIDR blocks or "*".
    """

    __slots__ = ("_direct", "_proxies")

    def __init__(self, proxies: Mapping[str, str], no_proxy: str) -> None:
        self._proxies = {scheme.lower(): read_proxy(url) for scheme, url in proxies.items() if url}
        self._direct = tuple(word.strip().lower() for word in no_proxy.split(",") if word.strip())

    def proxy_for(self, scheme: str, host: str, port: int) -> Proxy | None:
        """The proxy for one target, or None."""
        proxy = self._proxies.get(scheme)
        if proxy is None or any(_covers(word, host, port) for word in self._direct):
            return None
        return proxy


def read_target(url: str, ways: Ways) -> Target:
    """Reads an absolute http(s) URL; a fragment is dropped.

    Raises:
        ValueError: Not such a URL, or with user info, or with a control character or space in it.
    """
    parts, host, port = _split(url)
    if parts.username is not None or parts.password is not None:
        raise ValueError("URL carries user info; keys go in headers")
    tls = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    authority = f"[{host}]" if ":" in host else host
    if port != _PORTS[parts.scheme]:
        authority = f"{authority}:{port}"
    fixed = f"host: {authority}\r\naccept-encoding: identity\r\n"
    proxy = ways.proxy_for(parts.scheme, host, port)
    if proxy is None or tls:
        return Target(Origin(host, port, tls, proxy), path, fixed.encode())
    if proxy.authorization is not None:
        fixed += f"proxy-authorization: {proxy.authorization}\r\n"
    plain = Origin(proxy.host, proxy.port, tls=False)
    return Target(plain, f"http://{authority}{path}", fixed.encode())


def read_proxy(url: str) -> Proxy:
    """Reads a proxy's URL.

    Raises:
        ValueError: Not "http://[user:password@]host[:port]".
    """
    parts, host, port = _split(url)
    if parts.scheme != "http":
        raise ValueError("a proxy is reached by http://")
    if parts.username is None:
        return Proxy(host, port)
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    token = msgspec.json.encode(pair.encode())[1:-1].decode()  # the codec writes bytes as base64
    return Proxy(host, port, f"Basic {token}")


def header_block(headers: Sequence[tuple[str, str]]) -> HeaderBlock:
    """Header lines for `Pool.send(prepared=…)`: rendered and checked once.

    Raises:
        ValueError: A name that is no token, or is the client's own to write (`OURS`), or a value
            with a control character or beyond latin-1. The message repeats no value.
    """
    lines: list[str] = []
    for name, value in headers:
        if not _NAME.fullmatch(name):
            raise ValueError("header name is not a token")
        if name.lower() in OURS:
            raise ValueError(f"header {name.lower()} is the client's own to write")
        if _BAD_VALUE.search(value):
            raise ValueError(f"header {name.lower()} has a control character in its value")
        lines.append(f"{name}: {value}\r\n")
    try:
        return HeaderBlock("".join(lines).encode("latin-1"))
    except UnicodeEncodeError:
        raise ValueError("a header value is not latin-1") from None


def _split(url: str) -> tuple[SplitResult, str, int]:
    # urlsplit removes line breaks without a word, so they are refused before it sees them.
    if not _URL.fullmatch(url):
        raise ValueError("URL has a space, a control character or a letter beyond ASCII")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError("URL cannot be read") from None
    if parts.scheme not in _PORTS or not host:
        raise ValueError("URL is not http(s)://host/…")
    return parts, host, _PORTS[parts.scheme] if port is None else port


def _covers(word: str, host: str, port: int) -> bool:
    if word == "*":
        return True
    if "/" in word:
        return _in_block(word, host)
    name, _, at = word.rpartition(":")
    if at.isdigit() and name and (name.endswith("]") or ":" not in name):
        if int(at) != port:
            return False
        word = name
    word = word.strip("[]").removeprefix("*").removeprefix(".")
    return host == word or host.endswith(f".{word}")


def _in_block(block: str, host: str) -> bool:
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(block, strict=False)
    except ValueError:
        return False
