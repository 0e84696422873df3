"""Who sees the pages without signing in: `[site] public`, and what "auto" makes of it."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.gateway import Gateway, Simulator, Template, open_gateway, provider_table
from tests.site.visitor import Visitor, signed_in

DOCS = "/api/internal/docs"


def seen(gateway: Gateway, headers: Mapping[str, str] | None = None) -> tuple[bool, int]:
    """What the session says of the pages, and what a page gets."""
    visitor = Visitor(gateway)
    said: bool = visitor.call("GET", "/api/internal/session", None, headers).json["data"]["public"]
    return said, visitor.call("GET", DOCS, None, headers).status


def test_on_this_machine_pages_are_public(gateway: Gateway) -> None:
    """A gateway that listens to this machine alone shows its pages to who is on it."""
    assert seen(gateway) == (True, 200)


@pytest.mark.parametrize(
    "headers", [{"x-forwarded-for": "203.0.113.9"}, {"host": "rebound.example.com:8787"}]
)
def test_behind_a_proxy_or_a_foreign_name_they_are_not(
    gateway: Gateway, headers: Mapping[str, str]
) -> None:
    """A proxy on this machine brings in others; a foreign name is another site's trick."""
    assert seen(gateway, headers) == (False, 401)


def test_private_pages_want_a_session_or_a_key(template: Template, tmp_path: Path) -> None:
    """Any key will do, and so does being signed in."""
    with open_gateway(template, tmp_path, '[site]\npublic = "private"\n') as serving:
        assert seen(serving) == (False, 401)
        assert serving.call("GET", DOCS).status == 200
        assert serving.call("GET", DOCS, key=serving.management_key).status == 200
        assert signed_in(serving).call("GET", DOCS).status == 200
        assert Visitor(serving).call("GET", "/").status == 200


def test_public_pages_are_public_beyond_this_machine(template: Template, tmp_path: Path) -> None:
    """Whoever comes; the operator's routes stay closed."""
    with open_gateway(template, tmp_path, '[site]\npublic = "public"\n') as serving:
        assert seen(serving, {"x-forwarded-for": "203.0.113.9"}) == (True, 200)
        assert Visitor(serving).call("GET", "/api/internal/settings").status == 401


def test_operator_routes_want_a_management_key(
    gateway: Gateway, template: Template, simulator: Simulator, tmp_path: Path
) -> None:
    """An inference key is known and not enough."""
    assert gateway.call("GET", "/api/internal/settings").status == 403
    assert gateway.call("GET", "/api/internal/settings", key=gateway.management_key).status == 200
    config = provider_table("beta", simulator, ["acme/beta"])
    with open_gateway(template, tmp_path, config, TURNOUT_SITE_PUBLIC="private") as serving:
        assert seen(serving) == (False, 401)
