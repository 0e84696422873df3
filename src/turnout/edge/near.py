"""Whether a caller is on this machine."""

from ipaddress import ip_address

from starlette.requests import Request


def is_near(request: Request) -> bool:
    """From this machine, and not by way of a proxy on it."""
    if request.client is None or "x-forwarded-for" in request.headers:
        return False
    if "forwarded" in request.headers or "x-real-ip" in request.headers:
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def is_loopback(host: str) -> bool:
    """Whether a name or an address, as one listens on or asks for it, is this machine's alone."""
    bare = host.removeprefix("[").removesuffix("]")
    if bare == "localhost":
        return True
    try:
        return ip_address(bare).is_loopback
    except ValueError:
        return False
