"""Foreign exceptions become ours: every class, with words that tell nothing of hosts."""

import asyncio
import errno
import socket
import ssl
from collections.abc import Iterator

import httptools
import pytest
import uvloop

from turnout.core.errors import FailureKind
from turnout.upstream.faults import FAULTS, FOREIGN, dial_fault, exchange_fault

ROOTS: tuple[type[Exception], ...] = (
    OSError,
    EOFError,
    UnicodeError,
    httptools.HttpParserError,
    httptools.HttpParserUpgrade,
)
SECRET = "https://user:key@host.example/path"  # what a foreign text may hold


def _family(root: type[Exception]) -> Iterator[type[Exception]]:
    yield root
    for child in root.__subclasses__():
        yield from _family(child)


def _library_exceptions() -> set[type[Exception]]:
    found: set[type[Exception]] = set()
    for module in (asyncio, socket, ssl, httptools, uvloop):
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Exception):
                found.add(value)
    httptools_own = {kind for kind in found if kind.__module__.startswith("httptools")}
    return {kind for kind in found if issubclass(kind, ROOTS)} | httptools_own


LIBRARIES = {"builtins", "socket", "ssl", "asyncio", "httptools", "uvloop"}
FAMILIES = {
    kind
    for root in ROOTS
    for kind in _family(root)
    if kind.__module__.partition(".")[0] in LIBRARIES
}
ALL = sorted(FAMILIES | _library_exceptions(), key=repr)


def _made(kind: type[Exception]) -> Exception:
    error = kind.__new__(kind)  # some constructors want more than words
    error.args = (SECRET,)
    return error


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: f"{kind.__module__}.{kind.__qualname__}")
def test_every_library_exception_is_mapped_without_its_text(kind: type[Exception]) -> None:
    """Each class of the libraries is caught, and becomes a failure of one of two kinds."""
    assert issubclass(kind, FOREIGN)
    error = dial_fault(_made(kind))
    assert error.kind in {FailureKind.NETWORK, FailureKind.CONNECT_TIMEOUT}
    assert (error.kind is FailureKind.CONNECT_TIMEOUT) == issubclass(kind, TimeoutError)
    assert exchange_fault(_made(kind)).kind is FailureKind.NETWORK
    for told in (error, exchange_fault(_made(kind))):
        assert "host.example" not in str(told)
        assert "key" not in str(told)


def test_table_puts_a_subclass_before_its_parent() -> None:
    """Every row can be reached."""
    for place, (kind, _, _) in enumerate(FAULTS):
        assert not any(issubclass(kind, earlier) for earlier, _, _ in FAULTS[:place])


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ConnectionRefusedError(), "connection refused"),
        (socket.gaierror(-2, "x"), "name not resolved"),
        (ssl.SSLCertVerificationError(), "certificate not trusted"),
        (ssl.SSLEOFError(), "TLS failed"),
        (OSError(errno.ENETUNREACH, "x"), "network unreachable"),
        (OSError(errno.EHOSTUNREACH, "x"), "host unreachable"),
        (OSError(errno.EMFILE, "x"), "too many open files"),
        (OSError("Multiple exceptions: …"), "network failure"),
        (httptools.HttpParserUpgrade(3), "the answer switches protocols"),
    ],
)
def test_fault_says_what_happened(error: Exception, message: str) -> None:
    """The words are ours, and fine enough to act on."""
    assert dial_fault(error).message == message
