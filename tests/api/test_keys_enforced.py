"""Keys that are missing, wrong, off, over, spent or of the other kind, against a live gateway."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.gateway import (
    CHAT,
    Gateway,
    Heard,
    Simulator,
    Template,
    chat_body,
    gateway_folder,
    provider_table,
    serve_in,
)

BODY = chat_body("acme/echo")
COST_USD = 0.000042
"""Of one answer at acme/echo: what `PRICE` makes of the simulator's counts."""


def bare(gateway: Gateway, headers: Mapping[str, str]) -> Heard:
    """A chat request with these headers alone."""
    return gateway.request("POST", CHAT, b'{"model":"acme/echo","messages":[]}', headers)


def manage(gateway: Gateway, method: str, path: str, body: Any = None) -> Heard:
    """With the management key."""
    return gateway.call(method, f"/api/v1/keys{path}", body, key=gateway.management_key)


def make(gateway: Gateway, **fields: Any) -> Any:
    """A fresh key: `key` and `data`."""
    heard = manage(gateway, "POST", "", {"name": "enforced", **fields})
    assert heard.status == 201, heard.body
    return heard.json


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": ""},
        {"authorization": "Bearer "},
        {"authorization": "Basic dTpw"},
        {"authorization": "Bearer sk-or-v1-" + "0" * 64},
        {"authorization": "Bearer " + "k" * 50_000},
        {"x-api-key": "nonsense"},
        {"authorization": "Bearer caf\u00e9"},
    ],
    ids=["none", "empty", "blank", "basic", "unknown", "long", "x-api-key", "latin-1"],
)
def test_without_a_valid_key_nothing_is_read(gateway: Gateway, headers: dict[str, str]) -> None:
    """401 before the body is looked at: it is wrong as well, and nobody says so."""
    heard = bare(gateway, headers)
    assert heard.status == heard.error["code"] == 401
    assert heard.error["metadata"]["error_type"] == "authentication"
    assert "k" * 100 not in heard.body.decode()


def test_key_may_come_as_x_api_key(gateway: Gateway) -> None:
    """As Anthropic's clients send it."""
    assert bare(gateway, {"x-api-key": gateway.key}).status == 400


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_scheme_has_no_case(gateway: Gateway, scheme: str) -> None:
    """Source: RFC 9110, section 11.1."""
    assert bare(gateway, {"authorization": f"{scheme} {gateway.key}"}).status == 400


def test_disabled_key_is_refused_until_enabled(gateway: Gateway) -> None:
    """401 from the next request on; enabling it helps at once."""
    made = make(gateway)
    path = f"/{made['data']['hash']}"
    assert gateway.call("POST", CHAT, BODY, key=made["key"]).status == 200
    manage(gateway, "PATCH", path, {"disabled": True})
    assert gateway.call("POST", CHAT, BODY, key=made["key"]).status == 401
    manage(gateway, "PATCH", path, {"disabled": False})
    assert gateway.call("POST", CHAT, BODY, key=made["key"]).status == 200
    manage(gateway, "DELETE", path)
    assert gateway.call("POST", CHAT, BODY, key=made["key"]).status == 401


def test_expired_key_is_refused(gateway: Gateway) -> None:
    """401 with the word; it leaves the list, and is found there when asked for."""
    past = datetime.now(UTC) - timedelta(seconds=1)
    made = make(gateway, expires_at=past.isoformat())
    heard = gateway.call("POST", CHAT, BODY, key=made["key"])
    assert heard.status == 401
    assert "expired" in heard.error["message"]

    def listed(query: str) -> bool:
        rows = manage(gateway, "GET", query).json["data"]
        return made["data"]["hash"] in {row["hash"] for row in rows}

    assert not listed("")
    assert listed("?include_expired=true")


def test_limit_is_enforced_and_can_be_raised(gateway: Gateway) -> None:
    """402 once the limit is reached; raising or lifting it helps at once."""
    made = make(gateway, limit=COST_USD * 1.5)
    path = f"/{made['data']['hash']}"
    statuses = [gateway.call("POST", CHAT, BODY, key=made["key"]).status for _ in range(3)]
    assert statuses == [200, 200, 402]
    heard = gateway.call("POST", CHAT, {**BODY, "stream": True}, key=made["key"])
    assert heard.status == 402
    assert heard.error["metadata"]["error_type"] == "payment_required"
    assert "limit" in heard.error["message"]
    own = gateway.call("GET", "/api/v1/key", key=made["key"]).json["data"]
    assert own["usage"] == pytest.approx(2 * COST_USD)
    assert own["limit_remaining"] <= 0
    manage(gateway, "PATCH", path, {"limit": 1})
    assert gateway.call("POST", CHAT, BODY, key=made["key"]).status == 200
    manage(gateway, "PATCH", path, {"limit": 0})
    assert gateway.call("POST", CHAT, BODY, key=made["key"]).status == 402
    manage(gateway, "PATCH", path, {"limit": None})
    assert gateway.call("POST", CHAT, BODY, key=made["key"]).status == 200


def move_spending(data_dir: Path, days: int) -> None:
    """As if all that was spent had been spent so many days ago."""
    with closing(sqlite3.connect(data_dir / "turnout.sqlite")) as store, store:
        store.execute("UPDATE key_spend SET day = day - ?", (days,))


def test_weekly_limit_resets(template: Template, simulator: Simulator, tmp_path: Path) -> None:
    """What was spent last week counts for the key, and no longer against its weekly limit."""
    table = provider_table("alpha", simulator, ["acme/echo"], keys=["sk-alpha-1234"])
    where = gateway_folder(template, tmp_path, table)
    with serve_in(where, template) as gateway:
        made = make(gateway, limit=COST_USD / 2, limit_reset="weekly")
        forever = make(gateway, limit=COST_USD / 2)
        for key in (made["key"], forever["key"]):
            assert gateway.call("POST", CHAT, BODY, key=key).status == 200
            assert gateway.call("POST", CHAT, BODY, key=key).status == 402
    move_spending(where / "data", 7)
    with serve_in(where, template) as gateway:
        assert gateway.call("POST", CHAT, BODY, key=forever["key"]).status == 402
        row = gateway.call("GET", "/api/v1/key", key=made["key"]).json["data"]
        assert row["usage"] == pytest.approx(COST_USD)
        assert row["usage_weekly"] == 0
        assert gateway.call("POST", CHAT, BODY, key=made["key"]).status == 200
        assert gateway.call("POST", CHAT, BODY, key=made["key"]).status == 402


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/api/v1/keys", None),
        ("POST", "/api/v1/keys", {"name": "x"}),
        ("GET", "/api/v1/keys/abc", None),
        ("PATCH", "/api/v1/keys/abc", {"name": "x"}),
        ("DELETE", "/api/v1/keys/abc", None),
    ],
)
def test_inference_key_does_not_manage(gateway: Gateway, method: str, path: str, body: Any) -> None:
    """403, in the contract's words."""
    heard = gateway.call(method, path, body)
    assert heard.status == 403
    assert "Only management keys can perform this operation" in heard.error["message"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "param"),
    [
        ("POST", "", {}, 400, "name"),
        ("POST", "", {"name": ""}, 400, "name"),
        ("POST", "", {"name": "n", "limit": -1}, 400, "limit"),
        ("POST", "", {"name": "n", "limit": "many"}, 400, "limit"),
        ("POST", "", {"name": "n", "limit": 1e300}, 400, "limit"),
        ("POST", "", {"name": "n", "limit_reset": "hourly"}, 400, "limit_reset"),
        ("POST", "", {"name": "n", "expires_at": "soon"}, 400, "expires_at"),
        ("POST", "", b"{", 400, "body"),
        ("POST", "", b"\xff", 400, "body"),
        ("POST", "", b"[" * 100_000, 400, "body"),
        ("GET", "?offset=-1", None, 400, "offset"),
        ("GET", "?offset=x", None, 400, "offset"),
        ("GET", "/unknown", None, 404, "hash"),
        ("PATCH", "/unknown", {"name": "n"}, 404, "hash"),
        ("DELETE", "/unknown", None, 404, "hash"),
    ],
)
def test_wrong_key_requests_name_the_field(
    gateway: Gateway, method: str, path: str, body: Any, status: int, param: str
) -> None:
    """Whatever is wrong with a key's settings is said by name."""
    heard = manage(gateway, method, path, body)
    assert (heard.status, heard.error["param"]) == (status, param)
