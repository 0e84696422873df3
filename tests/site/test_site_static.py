"""The site's files: what is cached, compressed and allowed, and what a path without one gets."""

import asyncio
import gzip
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response
from tests.gateway import Gateway

from turnout.edge.static import POLICY, Static, is_file

SCRIPT = b"console.log('turnout')\n" * 100


@pytest.fixture
def site(tmp_path: Path) -> Static:
    """As a build leaves it: a shell, a script with its compressed twins, a font, an icon."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_bytes(b"<html><head></head><body></body></html>")
    (tmp_path / "assets" / "app-1a2b.js").write_bytes(SCRIPT)
    (tmp_path / "assets" / "app-1a2b.js.gz").write_bytes(gzip.compress(SCRIPT))
    (tmp_path / "assets" / "app-1a2b.js.br").write_bytes(b"brotli, as far as we know")
    (tmp_path / "assets" / "sans-3c4d.woff2").write_bytes(b"font")
    (tmp_path / "favicon.svg").write_bytes(b"<svg/>")
    (tmp_path / ".built").write_bytes(b"")
    return Static.load(tmp_path)


@pytest.fixture
def ask(site: Static) -> Callable[..., Response | None]:
    """A file as a browser asks for it."""

    def asked(path: str, **headers: str) -> Response | None:
        lines = [(n.replace("_", "-").encode(), v.encode()) for n, v in headers.items()]
        return site.file(Request({"type": "http", "method": "GET", "path": path, "headers": lines}))

    return asked


def test_hashed_files_are_kept_for_ever(ask: Callable[..., Response]) -> None:
    """Their name changes with their content, so a browser need not ask again."""
    script = ask("/assets/app-1a2b.js")
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert script.headers["content-type"].startswith("text/javascript")
    assert ask("/assets/sans-3c4d.woff2").headers["content-type"] == "font/woff2"
    assert ask("/favicon.svg").headers["cache-control"] == "no-cache"


def test_compressed_twins_are_sent_to_who_takes_them(ask: Callable[..., Response]) -> None:
    """Brotli first, then gzip, else as it is; caches are told that it depends."""
    for accepted, coding in (("gzip, br", "br"), ("gzip", "gzip"), ("br;q=0, gzip;q=1", "gzip")):
        sent = ask("/assets/app-1a2b.js", accept_encoding=accepted)
        assert sent.headers["content-encoding"] == coding
        assert sent.headers["vary"] == "accept-encoding"
    assert gzip.decompress(bytes(ask("/assets/app-1a2b.js", accept_encoding="gzip").body)) == SCRIPT
    plain = ask("/assets/app-1a2b.js", accept_encoding="zstd")
    assert plain.body == SCRIPT
    assert "content-encoding" not in plain.headers


def test_known_files_are_not_sent_again(ask: Callable[..., Response]) -> None:
    """A tag that the browser still has is answered without a body."""
    tag = ask("/favicon.svg").headers["etag"]
    again = ask("/favicon.svg", if_none_match=tag)
    assert (again.status_code, again.body) == (304, b"")


@pytest.mark.parametrize(
    "path", ["/index.html", "/.built", "/assets/app-1a2b.js.gz", "/assets/../favicon.svg", "/x"]
)
def test_only_files_of_the_site_are_files(ask: Callable[..., Response | None], path: str) -> None:
    """The shell is no file of its own, nor is a twin, and no path leaves the folder."""
    assert ask(path) is None


def test_first_data_cannot_leave_its_element(site: Static) -> None:
    """Data in the shell stays data, whatever it says."""
    request = Request({"type": "http", "method": "GET", "path": "/", "headers": []})
    said = b'{"name":"</script><script>alert(1)</script>"}'
    text = bytes(asyncio.run(site.shell(request, said)).body).decode()
    assert text.count("<script") == 1
    assert "\\u003c/script>" in text
    assert text.index('id="first"') < text.index("</head>")


def test_shell_brings_what_its_page_draws_first(gateway: Gateway) -> None:
    """The session on every page, the model on each of its own, gzipped for who takes that."""
    for path in ("/", "/models", "/acme/none", "/settings/keys", "/acme/echo/x/y"):
        assert set(first(gateway, path)) == {"/session"}, path
    for path in ("/acme/echo", "/acme/echo/providers", "/acme/echo:nitro/pricing"):
        told = first(gateway, path)
        assert set(told) == {"/session", "/models/acme/echo"}, path
        assert told["/models/acme/echo"]["slug"] == "acme/echo"
    private = {"x-forwarded-for": "203.0.113.9"}
    assert set(first(gateway, "/acme/echo", private)) == {"/session"}
    plain = gateway.request("GET", "/acme/echo")
    sent = gateway.request("GET", "/acme/echo", headers={"accept-encoding": "gzip"})
    assert sent.headers["content-encoding"] == "gzip"
    assert len(sent.body) < len(plain.body) / 2


def first(gateway: Gateway, path: str, headers: Mapping[str, str] | None = None) -> Any:
    """The data in the shell of a page."""
    text = gateway.request("GET", path, headers=headers).body.decode()
    return json.loads(text.partition('id="first">')[2].partition("</script>")[0])


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("/assets/x", True),
        ("/logo.PNG", True),
        ("/openai/gpt-4.1", False),
        ("/x/qwen2.5-7b.v1", False),
        ("/", False),
    ],
)
def test_models_with_dots_are_no_files(path: str, *, file: bool) -> None:
    """A missing file is told; a model whose name has a dot has a page."""
    assert is_file(path) is file


def test_every_path_of_a_person_is_a_page(gateway: Gateway) -> None:
    """Pages are one shell with safe headers; it is not cached, for it holds the session."""
    for path in ("/", "/models", "/openai/gpt-4.1/providers", "/settings/keys", "/docs/howto/x"):
        heard = gateway.request("GET", path)
        assert heard.status == 200, path
        assert heard.headers["content-type"] == "text/html; charset=utf-8"
        assert heard.headers["cache-control"] == "no-store"
        assert heard.headers["content-security-policy"] == POLICY
        assert heard.headers["x-content-type-options"] == "nosniff"
        assert heard.headers["referrer-policy"] == "same-origin"
        assert b'"signed_in":false' in heard.body
    assert gateway.request("HEAD", "/models").status == 200
    assert "frame-ancestors 'none'" in POLICY
    assert "script-src 'self';" in POLICY


def test_what_is_for_programs_stays_json(gateway: Gateway) -> None:
    """A missing route, file or method is an error as everywhere, not a page."""
    for method, path, status in (
        ("GET", "/api/v1/nowhere", 404),
        ("GET", "/v1/nowhere", 404),
        ("GET", "/api/internal/nowhere", 404),
        ("GET", "/assets/gone-1.js", 404),
        ("GET", "/gone.png", 404),
        ("POST", "/models", 404),
        ("DELETE", "/api/v1/models", 405),
    ):
        heard = gateway.request(method, path)
        assert heard.status == status, path
        assert heard.error["code"] == status
    assert gateway.request("GET", "/openapi.json").json["openapi"]
    assert gateway.request("GET", "/health").json["status"] == "ok"


def test_pages_name_no_other_origin(gateway: Gateway) -> None:
    """Built or not, the shell asks for nothing elsewhere."""
    shell = gateway.request("GET", "/").body
    own = gateway.url.encode()
    addresses = re.findall(rb"""(?:src|href)="(https?:[^"]*)""", shell)
    assert [one for one in addresses if not one.startswith(own)] == []


def test_large_internal_answers_are_gzipped(gateway: Gateway) -> None:
    """The page's data comes compressed to who takes that, small answers as they are."""
    small = gateway.request("GET", "/api/internal/session", headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in small.headers
    assert small.headers["cache-control"] == "no-store"
    key = {"authorization": f"Bearer {gateway.management_key}"}
    plain = gateway.request("GET", "/api/internal/settings", headers=key)
    sent = gateway.request(
        "GET", "/api/internal/settings", headers=key | {"accept-encoding": "gzip"}
    )
    assert sent.headers["content-encoding"] == "gzip"
    assert gzip.decompress(sent.body) == plain.body
