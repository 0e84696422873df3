"""What arrives in odd pieces, too slowly, too large, or from a browser."""

import base64
import http.client
import json
import re
import socket
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.gateway import (
    CHAT,
    Gateway,
    Simulator,
    Template,
    chat_body,
    open_gateway,
    open_simulator,
    provider_table,
)

MIB = 1024 * 1024
LIMIT = 40 * MIB


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Generator[Simulator]:
    """A provider that keeps its last request, however large."""
    with open_simulator(
        tmp_path_factory.mktemp("wide"), "[providers.wide]\nrecord = 1\n"
    ) as playing:
        yield playing


@pytest.fixture(scope="module")
def strict(
    template: Template, wide: Simulator, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Gateway]:
    """A gateway that soon loses patience, and that one web origin may call."""
    table = provider_table("wide", wide, ["acme/wide"], model_facts='inputs = ["text", "image"]\n')
    server = (
        "[server]\nslow_request_s = 1.0\ncors_origins = ['https://app.example']\n"
        f"body_limit_bytes = {LIMIT}\n"
    )
    with open_gateway(template, tmp_path_factory.mktemp("strict"), server + table) as serving:
        yield serving


def raw(gateway: Gateway, *pieces: bytes, pause_s: float = 0.0) -> tuple[bytes, float]:
    """All that a connection says to these bytes until it is closed, and the seconds it took."""
    began_s = time.monotonic()
    heard = b""
    with socket.create_connection((gateway.host, gateway.port), timeout=15) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(pause_s)
        except OSError:
            pass
        try:
            while data := connection.recv(65_536):
                heard += data
        except ConnectionResetError:
            pass
    return heard, time.monotonic() - began_s


def head(gateway: Gateway, *lines: str) -> bytes:
    """Of a chat request, without its last empty line."""
    return "\r\n".join(
        [f"POST {CHAT} HTTP/1.1", "Host: x", f"Authorization: Bearer {gateway.key}", *lines, ""]
    ).encode()


def error_of(heard: bytes) -> Any:
    """The error object in a raw answer."""
    return json.loads(heard.split(b"\r\n\r\n", 1)[1])["error"]


def test_body_in_single_bytes_is_whole(strict: Gateway) -> None:
    """However TCP cuts a request, it is the same request."""
    body = json.dumps(chat_body("acme/wide")).encode()
    whole = head(strict, f"Content-Length: {len(body)}", "Connection: close") + b"\r\n" + body
    heard, _ = raw(strict, *[whole[at : at + 1] for at in range(len(whole))])
    assert heard.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("part", ["nothing", "head", "body"])
def test_slow_request_ends(strict: Gateway, part: str) -> None:
    """A connection that brings nothing, or a byte now and then, is closed after the period."""
    body = json.dumps(chat_body("acme/wide")).encode()
    start = {
        "nothing": b"",
        "head": head(strict),
        "body": head(strict, f"Content-Length: {len(body)}") + b"\r\n" + body[:5],
    }[part]
    drip = [] if part == "nothing" else [b"X"] * 30
    heard, took_s = raw(strict, start, *drip, pause_s=0.1)
    assert took_s < 6
    if part == "nothing":  # a browser that connected beforehand; there is nothing to answer
        assert heard == b""
    else:
        assert heard.startswith(b"HTTP/1.1 408 ")
        assert error_of(heard)["code"] == 408
    assert strict.chat("acme/wide").status == 200


def test_steady_upload_may_take_longer_than_the_period(strict: Gateway) -> None:
    """What keeps coming is waited for."""
    body = json.dumps(chat_body("acme/wide", "x" * 400_000)).encode()
    pieces = [body[at : at + 40_000] for at in range(0, len(body), 40_000)]
    start = head(strict, f"Content-Length: {len(body)}", "Connection: close") + b"\r\n"
    heard, took_s = raw(strict, start, *pieces, pause_s=0.2)
    assert took_s > 2
    assert heard.startswith(b"HTTP/1.1 200 ")


def test_endless_head_is_refused(strict: Gateway) -> None:
    """431 before it fills the memory."""
    heard, _ = raw(strict, head(strict), *[b"X-A: " + b"a" * 8000 + b"\r\n"] * 200, pause_s=0.001)
    assert heard == b"" or heard.startswith(b"HTTP/1.1 431 ")  # a reset may swallow the answer
    assert strict.chat("acme/wide").status == 200


def test_idle_connection_may_be_used_again(strict: Gateway) -> None:
    """Patience is about requests, not about the time between them."""
    connection = strict.connect()
    try:
        for _ in range(2):
            connection.request("GET", "/health")
            assert connection.getresponse().read()
            time.sleep(1.5)
    finally:
        connection.close()


def test_too_large_is_known_by_its_length(strict: Gateway) -> None:
    """413 before a byte of the body was sent."""
    heard, took_s = raw(
        strict, head(strict, f"Content-Length: {LIMIT + 1}", "Connection: close") + b"\r\n"
    )
    assert heard.startswith(b"HTTP/1.1 413 ")
    assert str(LIMIT) in error_of(heard)["message"]
    assert took_s < 1


def test_too_large_is_known_while_it_comes(strict: Gateway) -> None:
    """413 for a chunked body as soon as it is over the limit."""

    def pieces() -> Iterator[bytes]:
        for _ in range(LIMIT // MIB + 2):
            yield b"a" * MIB

    connection = strict.connect()
    try:
        connection.request("POST", CHAT, pieces(), strict.headers(), encode_chunked=True)
        response = connection.getresponse()
        assert response.status == 413
        assert json.loads(response.read())["error"]["code"] == 413
    finally:
        connection.close()


def test_ordinary_routes_take_small_bodies(strict: Gateway) -> None:
    """A megabyte is enough for the name of a key."""
    heard = strict.call("POST", "/api/v1/keys", {"name": "n" * 2 * MIB}, key=strict.management_key)
    assert heard.status == 413


def rss_kib(gateway: Gateway, field: str) -> int:
    """A line of the gateway's /proc status: VmRSS now, VmHWM at most."""
    text = Path(f"/proc/{gateway.process.pid}/status").read_text()
    found = re.search(rf"{field}:\s+(\d+) kB", text)
    assert found is not None
    return int(found[1])


def test_large_picture_passes_unchanged_and_uncopied(strict: Gateway, wide: Simulator) -> None:
    """A body of 32 MiB reaches the provider byte for byte, and few copies of it are ever held."""
    strict.chat("acme/wide")
    before_kib = rss_kib(strict, "VmRSS")
    picture = base64.b64encode(bytes(range(256)) * (24 * 4096)).decode()
    assert len(picture) == 32 * MIB
    part = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{picture}"}}
    messages = [{"role": "user", "content": [{"type": "text", "text": "What is it?"}, part]}]
    body = json.dumps({"model": "acme/wide", "messages": messages, "max_tokens": 5}).encode()
    heard = strict.call("POST", CHAT, body)
    assert heard.status == 200
    assert json.dumps(messages) in wide.requests("wide")[-1]["body"]
    grown = (rss_kib(strict, "VmHWM") - before_kib) * 1024
    print(f"\n32 MiB body: peak grew by {grown / len(body):.2f} bodies")  # noqa: T201 (a figure)
    assert grown < 4 * len(body)


def test_pipelined_requests_are_answered_in_order(strict: Gateway) -> None:
    """Two requests in one write get two answers."""
    one = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
    last = b"GET /api/v1/models/count HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    heard, _ = raw(strict, one + last)
    assert heard.count(b"HTTP/1.1 200 ") == 2
    assert heard.index(b'"status":"ok"') < heard.index(b'"count"')


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"hello\r\n\r\n",
        b"GET /health HTTP/9.9\r\n\r\n",
        b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: x\r\nX-Title: a\x00b\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: x\r\nX-Title: a\rX-Evil: 1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
    ids=["words", "version", "negative", "two lengths", "NUL", "return", "TLS"],
)
def test_what_is_no_http_is_refused(strict: Gateway, request_bytes: bytes) -> None:
    """400 and the end of that connection, none of the gateway."""
    heard, _ = raw(strict, request_bytes)
    assert heard.startswith(b"HTTP/1.1 400 ")
    assert strict.chat("acme/wide").status == 200


def preflight(gateway: Gateway, origin: str) -> http.client.HTTPMessage:
    """The headers that answer a browser's question."""
    connection = gateway.connect()
    try:
        asked = {
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type,x-title",
        }
        connection.request("OPTIONS", CHAT, headers=asked)
        response = connection.getresponse()
        response.read()
        return response.headers
    finally:
        connection.close()


def test_allowed_origin_may_call(strict: Gateway) -> None:
    """Pre-flight, answer, stream and error all say so to the browser."""
    origin = "https://app.example"
    answered = preflight(strict, origin)
    assert answered["access-control-allow-origin"] == origin
    assert "authorization" in (answered["access-control-allow-headers"] or "").lower()
    named = {"Origin": origin}
    for heard in (
        strict.chat("acme/wide", headers=named),
        strict.chat("acme/wide", stream=True, headers=named),
        strict.chat("acme/none", headers=named),
        strict.call("GET", "/api/v1/models", headers=named),
        strict.call("GET", "/api/v1/key", headers=named, key="sk-or-v1-wrong"),
    ):
        assert heard.headers["access-control-allow-origin"] == origin


def test_other_origins_may_not(strict: Gateway, gateway: Gateway) -> None:
    """Without leave a browser shows nothing to a page; by default nobody has it."""
    assert "access-control-allow-origin" not in preflight(strict, "https://evil.example")
    for serving, model in ((strict, "acme/wide"), (gateway, "acme/echo")):
        heard = serving.chat(model, headers={"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in heard.headers
