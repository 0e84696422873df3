"""One table from foreign exceptions to `UpstreamError`.

The foreign text is never repeated: it may name hosts, addresses and paths.
"""

import errno
import socket
import ssl
from collections.abc import Mapping
from typing import Final

from httptools import HttpParserError, HttpParserUpgrade

from turnout.core.errors import FailureKind, UpstreamError

_NETWORK: Final = FailureKind.NETWORK

FAULTS: Final[tuple[tuple[type[Exception], FailureKind, str], ...]] = (
    (ssl.SSLCertVerificationError, _NETWORK, "certificate not trusted"),
    (ssl.SSLError, _NETWORK, "TLS failed"),
    (socket.gaierror, _NETWORK, "name not resolved"),
    (socket.herror, _NETWORK, "name not resolved"),
    (UnicodeError, _NETWORK, "name not resolved"),  # a label the resolver cannot encode
    (TimeoutError, FailureKind.CONNECT_TIMEOUT, "no connection in time"),
    (ConnectionRefusedError, _NETWORK, "connection refused"),
    (ConnectionResetError, _NETWORK, "connection reset"),
    (ConnectionAbortedError, _NETWORK, "connection aborted"),
    (BrokenPipeError, _NETWORK, "connection closed"),
    (OSError, _NETWORK, "network failure"),
    (EOFError, _NETWORK, "connection closed"),
    (HttpParserUpgrade, _NETWORK, "the answer switches protocols"),
    (HttpParserError, _NETWORK, "the answer is not HTTP/1.1"),
)
"""First match wins, so a subclass stands before its parent."""

FOREIGN: Final[tuple[type[Exception], ...]] = tuple(row[0] for row in FAULTS)
"""What an `except` around foreign IO catches."""

_BY_ERRNO: Final[Mapping[int, str]] = {
    errno.ENETUNREACH: "network unreachable",
    errno.EHOSTUNREACH: "host unreachable",
    errno.EMFILE: "too many open files",
    errno.ENFILE: "too many open files",
    errno.EADDRNOTAVAIL: "no free local port",
}


def dial_fault(error: Exception) -> UpstreamError:
    """What an exception means while a connection is being made."""
    for kind_of, kind, message in FAULTS:
        if isinstance(error, kind_of):
            if kind_of is OSError and isinstance(error, OSError):
                message = _BY_ERRNO.get(error.errno or 0, message)  # noqa: PLW2901 (the finer word)
            return UpstreamError(kind, message)
    return UpstreamError(_NETWORK, "network failure")


def exchange_fault(error: Exception) -> UpstreamError:
    """What an exception means once connected: always NETWORK, even the kernel's ETIMEDOUT."""
    if isinstance(error, TimeoutError):
        return UpstreamError(_NETWORK, "connection timed out")
    return dial_fault(error)
