"""Which addresses may be connected to on a caller's wish: public ones, and hosts of the operator's.

A name is resolved once, every address it has is looked at, and the connection is made to the very
address that was looked at: a name that changes its mind in between gains nothing.
"""

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv6Address
from socket import SOCK_STREAM
from typing import Final, TypeAlias

Resolve: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]
"""Host and port to the addresses behind them; raises OSError."""

_NEVER: Final = tuple(
    ipaddress.IPv4Network(one) for one in ("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24")
)
"""Public by number, not by use: a cloud's own service (learn.microsoft.com: "What is IP address
168.63.129.16?"), protocol assignments with another cloud's, 6to4 relays (RFC 6890, RFC 7526)."""

_GLOBAL_V6: Final = ipaddress.IPv6Network("2000::/3")
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")


class ForbiddenAddressError(Exception):
    """The host has an address that a caller must not reach through us; names neither."""


class Guard:
    """Chooses the address for a connection.

    Args:
        allowed: Hosts ("files.example.com", "files.example.com:8080") and networks ("10.1.0.0/16")
            that may be reached although they are not public.
        resolve: How names become addresses.

    Raises:
        ValueError: A network in `allowed` is none.
    """

    __slots__ = ("_hosts", "_networks", "_resolve")

    def __init__(self, allowed: Sequence[str] = (), resolve: Resolve | None = None) -> None:
        self._networks = tuple(ipaddress.ip_network(one) for one in allowed if "/" in one)
        self._hosts = frozenset(one.lower() for one in allowed if "/" not in one)
        self._resolve = resolve or resolved

    async def choose(self, host: str, port: int) -> str:
        """The address to connect to.

        Raises:
            ForbiddenAddressError: Any address of the host is not public and not allowed.
            OSError: The name has no address.
        """
        addresses = [_plain(text) for text in await self._resolve(host, port)]
        if not addresses:
            raise OSError("the name has no address")
        named = host.lower() in self._hosts or f"{host.lower()}:{port}" in self._hosts
        if not named and not all(self._may_reach(address) for address in addresses):
            raise ForbiddenAddressError
        return str(addresses[0])

    def _may_reach(self, address: IPv4Address | IPv6Address) -> bool:
        return is_public(address) or any(address in network for network in self._networks)


async def resolved(host: str, port: int) -> Sequence[str]:
    """The system's own answer."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Reachable by everyone: not private, loopback, link-local, shared, multicast or reserved.

    Addresses that carry an IPv4 address inside are judged by it too.
    """
    if isinstance(address, IPv6Address) and address in _NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NEVER)
    inner = [address.sixtofour, *(address.teredo or ())]
    return address in _GLOBAL_V6 and all(is_public(one) for one in inner if one is not None)


def _plain(text: str) -> IPv4Address | IPv6Address:
    """An address without its zone; one that maps IPv4 as what it maps."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
