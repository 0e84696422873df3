"""Fetching on a caller's wish: which addresses are never reached, whatever DNS says, and when."""

import asyncio
import ipaddress
from collections.abc import Sequence

import pytest
from tests.live.scripted_upstream import Said, scripted_upstream
from typing_extensions import override

from turnout.upstream.media.fetch import Fetcher, FetchError, MediaRules, Medium
from turnout.upstream.media.guard import ForbiddenAddressError, Guard, is_public
from turnout.upstream.media.sniff import sniffed

PNG = b"\x89PNG\r\n\x1a\n0000"


class Names:
    """A resolver with a script; counts how often it was asked."""

    def __init__(self, **answers: Sequence[Sequence[str]]) -> None:
        self.answers = {name.replace("_", "."): list(rows) for name, rows in answers.items()}
        self.asked: list[str] = []

    async def __call__(self, host: str, _port: int) -> Sequence[str]:
        """The next answer of a name; its last one for ever."""
        self.asked.append(host)
        rows = self.answers[host]
        return rows.pop(0) if len(rows) > 1 else rows[0]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.255.0.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255",
        "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.192",
        "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.1.1.1",
        "240.0.0.1", "255.255.255.255", "168.63.129.16", "::", "::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::7f00:1", "fe80::1", "fc00::1",
        "fd00:ec2::254", "ff02::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::",
        "2002:a00:1::1", "2001:db8::1", "fec0::1", "100::1",
    ],
)  # fmt: skip
def test_guard_knows_addresses_that_are_not_public(address: str) -> None:
    """Private, loopback, link-local, shared, metadata, multicast, reserved, IPv4 inside IPv6."""
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450:4001::"]
)
def test_guard_lets_public_addresses_through(address: str) -> None:
    """What everybody may reach."""
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "found",
    [["10.0.0.1"], ["93.184.216.34", "127.0.0.1"], ["::ffff:127.0.0.1"], ["fe80::1%eth0"]],
    ids=str,
)
def test_guard_refuses_a_name_with_any_address_that_is_not_public(found: list[str]) -> None:
    """One bad address among good ones is enough."""
    guard = Guard(resolve=Names(evil_test=[found]))
    with pytest.raises(ForbiddenAddressError):
        asyncio.run(guard.choose("evil.test", 443))


def test_guard_allows_hosts_and_networks_of_the_operator() -> None:
    """By name, by name and port, and by network; nothing beside them."""
    names = Names(files_lan=[["10.1.2.3"]], other_lan=[["10.2.0.1"]])

    async def chosen(allowed: Sequence[str], host: str, port: int) -> str:
        return await Guard(allowed, names).choose(host, port)

    assert asyncio.run(chosen(["files.lan"], "files.lan", 80)) == "10.1.2.3"
    assert asyncio.run(chosen(["files.lan:8080"], "files.lan", 8080)) == "10.1.2.3"
    assert asyncio.run(chosen(["10.1.0.0/16"], "files.lan", 80)) == "10.1.2.3"
    for allowed, host in ((["files.lan:8080"], "files.lan"), (["10.1.0.0/16"], "other.lan")):
        with pytest.raises(ForbiddenAddressError):
            asyncio.run(chosen(allowed, host, 80))


def fetched(rules: MediaRules, names: Names, url: str, within_s: float = 5.0) -> Medium:
    """One fetch of a picture by a fetcher of its own."""

    async def run() -> Medium:
        fetcher = Fetcher(rules, resolve=names)
        try:
            return await fetcher.fetch(url, "image", within_s)
        finally:
            await fetcher.aclose()

    return asyncio.run(run())


def test_fetch_connects_to_the_very_address_that_was_looked_at() -> None:
    """A name is asked once for a connection; a second answer would have been another host."""
    with scripted_upstream(lambda _path, _body: Said(PNG)) as server:
        port = server.url.rpartition(":")[2]
        names = Names(files_test=[["127.0.0.1"], ["203.0.113.1"]])
        rules = MediaRules(allowed_hosts=(f"files.test:{port}",))
        medium = fetched(rules, names, f"http://files.test:{port}/a.png")
    assert medium == Medium("image/png", PNG)
    assert names.asked == ["files.test"]
    assert server.headers[0]["host"] == f"files.test:{port}"


def test_fetch_looks_at_every_redirect_anew() -> None:
    """A host that was fine sends us to a name that turns out to be inside: nothing is asked."""

    def moving(path: str, _body: object) -> Said:
        there = {"location": f"http://inside.test:{port}/secret.png"}
        return Said(b"", status=302, headers=there) if path == "/a.png" else Said(PNG)

    with scripted_upstream(moving) as server:
        port = server.url.rpartition(":")[2]
        names = Names(files_test=[["127.0.0.1"]], inside_test=[["127.0.0.1"]])
        rules = MediaRules(allowed_hosts=(f"files.test:{port}",))
        with pytest.raises(FetchError) as failed:
            fetched(rules, names, f"http://files.test:{port}/a.png")
    assert failed.value.why == "image_download_failed"
    assert server.paths == ["/a.png"]
    assert "inside" not in failed.value.message


def test_fetch_gives_up_at_its_deadline() -> None:
    """A resolver that never answers costs no more than the time there is."""

    class Never(Names):
        @override
        async def __call__(self, host: str, _port: int) -> Sequence[str]:
            await asyncio.sleep(60)
            return [host]

    with pytest.raises(FetchError, match="too long"):
        fetched(MediaRules(), Never(), "http://slow.test/a.png", within_s=0.1)


def test_fetch_can_be_switched_off() -> None:
    """Then nothing is even resolved."""
    names = Names(files_test=[["93.184.216.34"]])
    with pytest.raises(FetchError, match=r"media\.enabled"):
        fetched(MediaRules(enabled=False), names, "http://files.test/a.png")
    assert names.asked == []


def test_fetch_stops_reading_beyond_its_bound() -> None:
    """A server that does not say how much it sends is cut off all the same."""
    with scripted_upstream(lambda _path, _body: Said(PNG + bytes(5000))) as server:
        port = server.url.rpartition(":")[2]
        rules = MediaRules(allowed_hosts=("files.test",), max_bytes=4096)
        names = Names(files_test=[["127.0.0.1"]])
        with pytest.raises(FetchError) as failed:
            fetched(rules, names, f"http://files.test:{port}/a.png")
    assert failed.value.why == "image_too_large"


@pytest.mark.parametrize(
    ("data", "declared", "found"),
    [
        (PNG, "text/html", "image/png"),
        (b"\xff\xd8\xff\xe0....", "", "image/jpeg"),
        (b"GIF89a....", "", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "", "image/webp"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "", "audio/wav"),
        (b"ID3\x04....", "", "audio/mpeg"),
        (b"\xff\xfb\x90\x00....", "", "audio/mpeg"),
        (b"\x00\x00\x00\x18ftypisom", "", "video/mp4"),
        (b"\x00\x00\x00\x18ftypavif", "", "image/avif"),
        (b"\x00\x00\x00\x18ftypM4A ", "", "audio/mp4"),
        (b"%PDF-1.7", "application/octet-stream", "application/pdf"),
        (b"\n\n%PDF-1.7", "", "application/pdf"),
        (b"plain words", "text/plain; charset=utf-8", "text/plain"),
        (b"plain words", "image/png", None),
        (b"\x00\x01", "text/plain", None),
        (b"<html>", "image/png", None),
        (b"", "", None),
    ],
)
def test_sniffing_goes_by_the_bytes(data: bytes, declared: str, found: str | None) -> None:
    """A declared type counts for plain text alone."""
    assert sniffed(data, declared) == found
