"""What the operator's pages read: the log of requests, credit, settings, the documentation."""

from collections.abc import Generator
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.gateway import Gateway, Simulator, Template, open_gateway, provider_table
from tests.site.visitor import Visitor, signed_in

APP = "https://app.example.com"


@pytest.fixture(scope="module")
def serving(
    template: Template, simulator: Simulator, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Gateway]:
    """A gateway with a short history: nine good requests, one unknown model, one of an app."""
    config = "\n".join(
        [
            '[search]\nengine = "brave"\napi_key = "BSA-very-secret"',
            provider_table("alpha", simulator, ["acme/echo"], keys=["sk-alpha-1234"]),
            provider_table("embeddings-down", simulator, ["acme/down"]),
            provider_table("beta", simulator, ["acme/beta", "acme/down"]),
        ]
    )
    folder = tmp_path_factory.mktemp("operator")
    with open_gateway(template, folder, config, TURNOUT_ROUTING_MAX_ATTEMPTS="5") as serving:
        for _ in range(9):
            assert serving.chat("acme/echo").status == 200
        assert serving.chat("acme/none").status == 400
        headers = {"http-referer": f"{APP}/page", "x-title": "An app"}
        assert serving.chat("acme/beta", headers=headers, stream=True).done
        yield serving


@pytest.fixture(scope="module")
def visitor(serving: Gateway) -> Visitor:
    """Whoever is signed in there."""
    return signed_in(serving)


def log(visitor: Visitor, query: str = "") -> Any:
    """A page of the log."""
    return visitor.internal("GET", f"/generations{query}")


def test_log_pages_through_every_request_once(visitor: Visitor) -> None:
    """Newest first; the cursor of a page leads to the next, and the last has none."""
    found: list[Any] = []
    cursor = ""
    while True:
        page = log(visitor, f"?limit=4{cursor}")
        assert len(page["generations"]) <= 4
        found += page["generations"]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert len(found) == 11
    assert len({row["id"] for row in found}) == 11
    assert [row["created_at"] for row in found] == sorted(
        (row["created_at"] for row in found), reverse=True
    )


def test_log_row_tells_what_a_person_looks_for(visitor: Visitor) -> None:
    """Who asked what of whom, how long it took, and what it cost."""
    [row] = log(visitor, f"?app={APP}")["generations"]
    assert (row["model"], row["provider"], row["app"]) == ("acme/beta", "beta", APP)
    assert (row["app_title"], row["key_name"], row["stream"]) == ("An app", "tests", True)
    assert (row["status"], row["attempts"], row["dialect"]) == ("ok", 1, "openai.chat")
    assert row["tokens_completion"] > 0
    assert float(row["cost"]) > 0
    assert row["ttft_ms"] <= row["latency_ms"]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("model=acme/echo", 9),
        ("provider=alpha", 9),
        ("provider=alpha&model=acme/beta", 0),
        ("status=error", 1),
        ("status=error&model=acme/none", 1),
        ("status=error&model=acme/echo", 0),
        ("status=ok&provider=beta", 1),
        ("status=cancelled", 0),
        ("key=0000", 0),
        ("q=gen-", 11),
        ("q=gen-0", 0),
        ("since=99999999999", 0),
        ("until=1000", 0),
    ],
)
def test_log_filters(visitor: Visitor, query: str, count: int) -> None:
    """Each filter alone and beside others."""
    page = log(visitor, f"?{query}&limit=100")
    assert len(page["generations"]) == count
    assert page["next_cursor"] is None


def test_log_of_a_key_is_found_by_its_hash(visitor: Visitor) -> None:
    """As the page of a key links to it."""
    keys = visitor.call("GET", "/api/v1/keys").json["data"]
    hashes = [k["hash"] for k in keys if k["name"] == "tests" and float(k["usage"]) > 0]
    assert len(log(visitor, f"?key={hashes[0]}&limit=100")["generations"]) >= 10


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("status=odd", "status"),
        ("cursor=x", "cursor"),
    ],
)
def test_log_names_a_wrong_filter(visitor: Visitor, query: str, param: str) -> None:
    """400 with the parameter."""
    heard = visitor.call("GET", f"/api/internal/generations?{query}")
    assert (heard.status, heard.error["param"]) == (400, param)


def test_detail_tells_attempts_decision_and_bill(serving: Gateway, visitor: Visitor) -> None:
    """A request that failed over: each attempt, why the order, item by item what it cost."""
    order = {"order": ["embeddings-down", "beta"]}
    heard = serving.chat("acme/down", provider=order, top_a=0.5)
    detail = visitor.internal("GET", f"/generations/{heard.generation_id}")
    first, second = detail["attempts"]
    assert (first["provider"], first["outcome"], first["status"]) == (
        "embeddings-down",
        "failed",
        503,
    )
    assert first["kind"]
    assert (second["outcome"], second["cost"]) == ("served", detail["cost"])
    assert detail["decision"]["basis"] == "order"
    assert [s["endpoint"] for s in detail["decision"]["steps"]] == [
        first["endpoint"],
        second["endpoint"],
    ]
    assert all(step["reason"] for step in detail["decision"]["steps"])
    charged = {row["label"]: row for row in detail["charges"]}
    assert charged["Prompt"]["rate"] == "0.000001"
    assert charged["Completion"]["rate"] == "0.000002"
    total = sum(float(row["cost"]) for row in detail["charges"])
    assert total == pytest.approx(float(detail["cost"]), abs=2e-9)
    assert detail["usage"]["text_in"] == detail["tokens_prompt"]
    assert detail["content"] is None
    assert visitor.call("GET", "/api/internal/generations/gen-0-none").status == 404


def test_detail_of_a_refused_request_says_why(visitor: Visitor) -> None:
    """No attempt, no charge, the error as the caller saw it."""
    [row] = log(visitor, "?status=error")["generations"]
    detail = visitor.internal("GET", f"/generations/{row['id']}")
    assert (row["model"], detail["attempts"], detail["charges"]) == ("acme/none", [], [])
    assert "acme/none" in detail["error_message"]


def test_credit_is_granted_taken_back_and_listed(visitor: Visitor) -> None:
    """Every movement stays; amounts are exact text."""
    before = visitor.internal("GET", "/credits")
    visitor.internal("POST", "/credits", {"amount": "5.000000001", "reason": "first"})
    after = visitor.internal("POST", "/credits", {"amount": "-1", "reason": "back"})
    assert [(e["amount"], e["reason"]) for e in after["entries"][:2]] == [
        ("-1", "back"),
        ("5.000000001", "first"),
    ]
    assert float(after["granted"]) - float(before["granted"]) == pytest.approx(4.000000001)
    assert float(after["used"]) > 0
    assert len(after["days"]) == 30
    assert after["days"][-1]["day"] in {
        datetime.now(UTC).strftime("%Y-%m-%d"),
        before["days"][-1]["day"],
    }


@pytest.mark.parametrize("amount", ["0", "1e-10", "much", "NaN", "1000000001"])
def test_credit_wants_an_amount(visitor: Visitor, amount: str) -> None:
    """USD with at most nine decimals, and not nothing."""
    heard = visitor.call("POST", "/api/internal/credits", {"amount": amount, "reason": "x"})
    assert (heard.status, heard.error["param"]) == (400, "amount")


def test_settings_say_who_said_them_and_no_secret(visitor: Visitor) -> None:
    """Defaults, file, environment and command line are told apart; secrets stay hidden."""
    heard = visitor.call("GET", "/api/internal/settings")
    view = heard.json["data"]
    rows = {row["key"]: row for section in view["sections"] for row in section["rows"]}
    assert rows["server.port"]["source"] == "flag"
    assert rows["search.engine"] == rows["search.engine"] | {"value": "brave", "source": "file"}
    assert rows["routing.max_attempts"]["source"] == "environment"
    assert (rows["routing.max_attempts"]["value"], rows["routing.max_attempts"]["default"]) == (
        "5",
        "6",
    )
    assert rows["retention.rollups_days"]["source"] == "default"
    assert all(row["description"] for row in rows.values())
    assert rows["search.api_key"]["value"] == "***"
    for secret in ("BSA-very-secret", "sk-alpha-1234"):
        assert secret.encode() not in heard.body
    providers = {row["slug"]: row for row in view["providers"]}
    assert (providers["alpha"]["on"], providers["openai"]["on"]) == (True, False)
    assert providers["openai"]["missing"] == ["OPENAI_API_KEY"]
    assert view["file"].endswith("turnout.toml")


def test_documentation_is_served_as_data_and_as_text(gateway: Gateway) -> None:
    """Every page in the list can be read, both ways, and its title is its heading."""
    visitor = Visitor(gateway)
    pages = visitor.internal("GET", "/docs")["pages"]
    assert pages[0] == pages[0] | {"slug": "quickstart", "title": "Quickstart", "section": "Start"}
    assert {page["section"] for page in pages} >= {"Start", "How to", "Reference", "Explained"}
    for page in pages:
        text = visitor.internal("GET", f"/docs/{page['slug']}")
        assert text["markdown"].startswith(f"# {page['title']}"), page
        source = gateway.request("GET", f"/docs/{page['slug']}.md")
        assert source.headers["content-type"].startswith("text/markdown")
        assert source.body.decode() == text["markdown"]
        assert page["summary"] or page["section"] == "Reference", page
    assert gateway.request("GET", "/docs/../README.md").status == 404
    assert visitor.call("GET", "/api/internal/docs/none").status == 404


def test_llms_txt_lists_every_page(gateway: Gateway) -> None:
    """By an address that works; the full text holds them."""
    pages = Visitor(gateway).internal("GET", "/docs")["pages"]
    overview = gateway.request("GET", "/llms.txt")
    assert overview.headers["content-type"].startswith("text/plain")
    text = overview.body.decode()
    assert text.startswith("# Turnout\n\n> ")
    for page in pages:
        assert f"]({gateway.url}/docs/{page['slug']}.md)" in text
    whole = gateway.request("GET", "/llms-full.txt").body.decode()
    assert "# Quickstart" in whole
    assert "# How requests are routed" in whole


def test_model_has_a_text_of_its_own(gateway: Gateway) -> None:
    """What it takes and costs, and how it is asked; an unknown one is told."""
    text = gateway.request("GET", "/acme/echo/llms.txt").body.decode()
    assert "(acme/echo)" in text.splitlines()[0]
    assert "- Price of a million prompt tokens: 1 USD" in text
    assert "- Price of a million completion tokens: 2 USD" in text
    assert "- Context, in tokens: 128000" in text
    assert f"POST {gateway.base_url}/chat/completions" in text
    assert gateway.request("GET", "/acme/none/llms.txt").status == 404
