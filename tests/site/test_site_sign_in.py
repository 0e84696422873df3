"""Signing in: who gets in, what the cookie is good for, and when it is worth nothing any more."""

import re
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from tests.gateway import (
    PASSWORD,
    Gateway,
    Simulator,
    Template,
    gateway_folder,
    open_gateway,
    provider_table,
    serve_in,
)
from tests.site.visitor import Visitor, signed_in

SESSION = "/api/internal/session"


@pytest.fixture
def alone(template: Template, simulator: Simulator, tmp_path: Path) -> Generator[Gateway]:
    """A gateway of one's own, for tests that change its keys or its password."""
    config = provider_table("beta", simulator, ["acme/beta"])
    with open_gateway(template, tmp_path, config) as serving:
        yield serving


def test_password_signs_in_and_out(gateway: Gateway) -> None:
    """The right password opens a session; signing out makes its cookie worthless, also a copy."""
    visitor = Visitor(gateway)
    before = visitor.call("GET", SESSION).json["data"]
    assert (before["signed_in"], before["csrf"], before["can_sign_in"]) == (False, None, True)
    assert before["base_url"] == gateway.base_url
    heard = visitor.sign_in()
    assert heard.json["data"]["signed_in"] is True
    assert visitor.call("GET", SESSION).json["data"]["csrf"] == visitor.csrf
    copied = visitor.cookie
    gone = visitor.call("DELETE", SESSION)
    assert gone.json["data"]["signed_in"] is False
    assert "Max-Age=0" in gone.headers["set-cookie"]
    visitor.cookie = copied
    assert visitor.call("GET", SESSION).json["data"]["signed_in"] is False
    assert visitor.call("GET", "/api/v1/keys").status == 401


def test_cookie_is_out_of_reach_of_pages_and_other_sites(gateway: Gateway) -> None:
    """HttpOnly, SameSite=Strict, the whole site, thirty days; Secure where the site is https."""
    plain = Visitor(gateway).sign_in().headers["set-cookie"]
    assert re.fullmatch(
        r"turnout_session=[\w-]{43}; Path=/; Max-Age=2592000; HttpOnly; SameSite=Strict", plain
    )
    visitor = signed_in(gateway)
    again = visitor.call("GET", SESSION).headers["set-cookie"]
    assert again.startswith(f"{visitor.cookie}; Path=/; Max-Age=2592000; HttpOnly")
    body = {"password": PASSWORD}
    proxied = Visitor(gateway).call("POST", SESSION, body, {"x-forwarded-proto": "https"})
    assert proxied.headers["set-cookie"].endswith("; Secure")
    assert proxied.json["data"]["base_url"].startswith("https://")


def test_cookie_is_not_in_the_store(gateway: Gateway) -> None:
    """Who reads the data folder cannot act as whoever is signed in, nor learn the password."""
    visitor = signed_in(gateway)
    secret = visitor.cookie.partition("=")[2].encode()
    for file in gateway.data_dir.rglob("*"):
        if file.is_file():
            held = file.read_bytes()
            assert secret not in held
            assert PASSWORD.encode() not in held


def test_wrong_passwords_are_refused_then_slowed(alone: Gateway) -> None:
    """401 without a cookie; the sixth try within a minute is a 429 with a time to wait."""
    visitor = Visitor(alone)
    for _ in range(5):
        heard = visitor.sign_in("wrong horse battery")
        assert heard.status == 401
        assert "set-cookie" not in heard.headers
    refused = visitor.sign_in()
    assert refused.status == 429
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert refused.error["error_type"] == "rate_limit_exceeded"
    assert alone.log().count("sign-in refused from=127.0.0.1") == 6
    assert "wrong horse" not in alone.log()


def test_another_site_cannot_sign_its_visitor_in(gateway: Gateway) -> None:
    """A browser says where a request comes from; one from elsewhere is refused before the try."""
    heard = Visitor(gateway).call(
        "POST", SESSION, {"password": PASSWORD}, {"sec-fetch-site": "cross-site"}
    )
    assert heard.status == 403


@pytest.mark.parametrize("body", [{}, {"password": "x", "key": "y"}, {"password": 1}])
def test_sign_in_wants_one_of_the_two(gateway: Gateway, body: dict[str, object]) -> None:
    """Neither nothing nor both is a way to sign in."""
    heard = Visitor(gateway).call("POST", SESSION, body)
    assert heard.status == 400
    assert heard.error["param"] == "password"


def test_management_key_signs_in_and_an_inference_key_does_not(alone: Gateway) -> None:
    """Its session ends with the key."""
    refused = Visitor(alone).call("POST", SESSION, {"key": alone.key})
    assert refused.status == 403
    made = alone.call(
        "POST", "/api/v1/keys", {"name": "boss", "management": True}, key=alone.management_key
    ).json
    visitor = Visitor(alone)
    heard = visitor.call("POST", SESSION, {"key": made["key"]})
    assert heard.json["data"]["signed_in"] is True
    assert visitor.call("GET", "/api/v1/keys").status == 200
    alone.call("DELETE", f"/api/v1/keys/{made['data']['hash']}", key=alone.management_key)
    assert visitor.call("GET", "/api/v1/keys").status == 401
    assert visitor.call("POST", SESSION, {"key": made["key"]}).status == 401


def test_session_manages_keys(gateway: Gateway) -> None:
    """Who is signed in makes, changes and revokes keys on the public routes."""
    visitor = signed_in(gateway)
    made = visitor.call("POST", "/api/v1/keys", {"name": "made on the site"})
    assert made.status == 201
    place = f"/api/v1/keys/{made.json['data']['hash']}"
    assert visitor.call("PATCH", place, {"disabled": True}).json["data"]["disabled"] is True
    assert visitor.call("GET", place).json["data"]["name"] == "made on the site"
    assert visitor.call("DELETE", place).status == 200
    assert visitor.call("GET", "/api/v1/credits").status == 200
    own = visitor.call("GET", "/api/v1/key").json["data"]
    assert (own["is_management_key"], own["limit"]) == (True, None)


@pytest.mark.parametrize("token", ["", "0" * 64])
def test_a_change_without_proof_of_the_page_is_refused(gateway: Gateway, token: str) -> None:
    """A cookie alone changes nothing, whatever route it is sent to; reading needs no more."""
    visitor = signed_in(gateway)
    visitor.csrf = token
    body = {"model": "acme/beta", "messages": [{"role": "user", "content": "hello"}]}
    for method, path, sent in (
        ("POST", "/api/v1/keys", {"name": "forged"}),
        ("POST", "/api/internal/password", {"old": PASSWORD, "new": "another password"}),
        ("POST", "/api/v1/chat/completions", body),
        ("DELETE", SESSION, None),
    ):
        heard = visitor.call(method, path, sent)
        assert (heard.status, "x-turnout-csrf" in heard.error["message"]) == (403, True), path
    assert visitor.call("GET", "/api/v1/keys").status == 200


def test_session_asks_models_on_a_key_of_its_own(alone: Gateway) -> None:
    """Requests of the site are charged to one key named Site, which can be limited like any."""
    visitor = signed_in(alone)
    body = {"model": "acme/beta", "messages": [{"role": "user", "content": "hello"}]}
    heard = visitor.call("POST", "/api/v1/chat/completions", body)
    assert heard.status == 200, heard.body
    streamed = visitor.call("POST", "/api/v1/chat/completions", body | {"stream": True})
    assert streamed.done
    named = [k for k in visitor.call("GET", "/api/v1/keys").json["data"] if k["name"] == "Site"]
    assert len(named) == 1
    record = visitor.call("GET", f"/api/v1/generation?id={heard.generation_id}")
    assert record.json["data"]["total_cost"] > 0
    place = f"/api/v1/keys/{named[0]['hash']}"
    visitor.call("PATCH", place, {"limit": 0})
    assert visitor.call("POST", "/api/v1/chat/completions", body).status == 402


def test_a_key_that_is_sent_counts_before_the_cookie(gateway: Gateway) -> None:
    """Who sends a key acts as that key, signed in or not."""
    visitor = signed_in(gateway)
    wrong = {"authorization": "Bearer sk-or-v1-wrong"}
    assert visitor.call("GET", "/api/v1/keys", headers=wrong).status == 401
    inference = {"authorization": f"Bearer {gateway.key}"}
    assert visitor.call("GET", "/api/v1/keys", headers=inference).status == 403


def test_new_password_ends_other_sessions(alone: Gateway) -> None:
    """Who changes it stays; everybody else, and the old password, is out."""
    here, there = signed_in(alone), signed_in(alone)
    change = {"old": "not this one", "new": "another password"}
    assert here.call("POST", "/api/internal/password", change).status == 401
    short = {"old": PASSWORD, "new": "short"}
    assert here.call("POST", "/api/internal/password", short).error["param"] == "new"
    assert here.call("GET", "/api/v1/keys").status == 200
    data = here.internal("POST", "/password", {"old": PASSWORD, "new": "another password"})
    assert data["signed_in"] is True
    assert there.call("GET", "/api/v1/keys").status == 401
    assert Visitor(alone).sign_in().status == 401
    assert Visitor(alone).sign_in("another password").status == 200


def test_password_command_works_beside_a_gateway(alone: Gateway) -> None:
    """`turnout password` sets another one, at once and for everybody."""
    visitor = signed_in(alone)
    command = [sys.executable, "-m", "turnout", "password", "--data-dir", str(alone.data_dir)]
    done = subprocess.run([*command, "--generate"], capture_output=True, text=True, check=True)
    fresh = done.stdout.strip()
    assert re.fullmatch(r"(?:[a-z2-9]{4}-){3}[a-z2-9]{4}", fresh)
    assert visitor.call("GET", SESSION).json["data"]["signed_in"] is False
    assert Visitor(alone).sign_in(fresh).status == 200
    short = subprocess.run(
        [*command, "--stdin"], input=b"short\n", capture_output=True, check=False
    )
    assert short.returncode == 1
    assert b"8 to 256 characters" in short.stderr


def test_first_start_prints_a_password_once(template: Template, tmp_path: Path) -> None:
    """The one it prints signs in; the second start prints none, and it still does."""
    where = gateway_folder(template, tmp_path, "")
    for name in ("turnout.sqlite", "turnout.sqlite-wal", "turnout.sqlite-shm"):
        (where / "data" / name).unlink(missing_ok=True)
    with serve_in(where, template) as serving:
        said = _greeting(serving)
        found = re.search(r"Sign in at http://\S+ with, shown this once:  (\S+)", said)
        assert found is not None, said
        assert Visitor(serving).sign_in(found[1]).status == 200
    with serve_in(where, template) as serving:
        assert "shown this once" not in _greeting(serving)
        assert Visitor(serving).sign_in(found[1]).status == 200


def _greeting(serving: Gateway) -> str:
    """What it prints after its first line, up to the empty end or the note on providers."""
    assert serving.process.stdout is not None
    lines: list[str] = []
    for line in serving.process.stdout:
        lines.append(line)
        if "No provider is on yet" in line:
            break
    return "".join(lines)


def test_configured_password_is_the_one(template: Template, tmp_path: Path) -> None:
    """The configuration's password replaces the stored one, and cannot be changed by a page."""
    config = '[operator]\npassword = "env:SITE_PASSWORD"\n'
    with open_gateway(template, tmp_path, config, SITE_PASSWORD="said in a variable") as serving:
        assert Visitor(serving).sign_in().status == 401
        visitor = signed_in(serving, "said in a variable")
        change = {"old": "said in a variable", "new": "another password"}
        assert visitor.call("POST", "/api/internal/password", change).status == 412
    variable = {"TURNOUT_OPERATOR_PASSWORD": "said by its own name"}
    with open_gateway(template, tmp_path, "", **variable) as serving:
        assert Visitor(serving).sign_in("said by its own name").status == 200
