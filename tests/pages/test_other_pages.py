"""Rankings, apps, providers, status and the operator's activity, beside the records."""

import csv
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from tests.pages.traffic import Traffic, spend_nusd, tokens

pytestmark = pytest.mark.timeout(120)

NANO = Decimal(10**9)
MODELS = ("acme/duo", "acme/solo", "other/one")


def test_rankings_share_out_all_tokens(traffic: Traffic) -> None:
    """Models by tokens; shares add up; authors and series have the same sums."""
    page = traffic.page("/rankings", view="day")
    rows = page["models"]
    assert {row["slug"]: row["tokens"] for row in rows} == {
        model: tokens(traffic.served(model)) for model in MODELS
    }
    assert [row["rank"] for row in rows] == [1, 2, 3]
    assert [row["tokens"] for row in rows] == sorted((r["tokens"] for r in rows), reverse=True)
    total = tokens(traffic.served())
    assert page["tokens"] == total
    assert sum(row["share"] for row in rows) == pytest.approx(1, abs=1e-3)
    assert {row["author"]: row["tokens"] for row in page["authors"]} == {
        "acme": tokens(traffic.served("acme/duo")) + tokens(traffic.served("acme/solo")),
        "other": tokens(traffic.served("other/one")),
    }
    assert sum(row["tokens"] for row in page["series"]) == total
    assert sum(row["tokens"] for row in page["author_series"]) == total
    assert [app["app"] for app in page["apps"]] == ["https://app.example"]
    assert rows[0]["change"] is None, "there was nothing before"


def test_an_app_has_a_page(traffic: Traffic) -> None:
    """By its origin; another origin was never seen."""
    named = traffic.served(app_title="The App")
    (row,) = traffic.page("/apps", range="1w")["apps"]
    assert (row["title"], row["models"], row["tokens"]) == ("The App", 2, tokens(named))
    page = traffic.page("/app", app="https://app.example")
    assert (page["rank"], page["tokens"], page["requests"]) == (1, tokens(named), len(named))
    assert page["prompt"] + page["completion"] == page["tokens"]
    assert {m["slug"]: m["tokens"] for m in page["models"]} == {
        model: tokens(traffic.served(model, app_title="The App"))
        for model in ("acme/solo", "other/one")
    }
    assert sum(day["tokens"] for day in page["days"]) == tokens(named)
    assert traffic.get("/app", {"app": "https://nobody.example"}).status == 404


def test_providers_are_listed_on_first(traffic: Traffic) -> None:
    """Those of the configuration, then the catalog's with what would turn them on."""
    rows = traffic.page("/providers")["providers"]
    assert [row["slug"] for row in rows if row["on"]] == ["dead", "good", "other"]
    by_slug = {row["slug"]: row for row in rows}
    assert by_slug["openai"]["off_reason"] == "set OPENAI_API_KEY"
    assert by_slug["openai"]["models"] > 10
    good, dead = by_slug["good"], by_slug["dead"]
    assert good["tokens_30d"] == tokens(traffic.served(provider="good"))
    assert (good["uptime_1d"], good["status"]) == (100, "ok")
    assert (dead["uptime_30d"], dead["tokens_30d"]) == (0, 0)


def test_a_provider_has_a_page(traffic: Traffic) -> None:
    """Its endpoints with their models, its tokens by day, ninety days of uptime."""
    page = traffic.page("/providers/good")
    assert {e["model"] for e in page["endpoints"]} == {"acme/solo", "acme/duo"}
    assert {day["slug"] for day in page["days"]} == {"acme/solo", "acme/duo"}
    assert sum(day["tokens"] for day in page["days"]) == page["tokens_30d"]
    assert len(page["uptime_days"]) == 90
    assert page["uptime_days"][-1]["uptime"] == 100
    assert traffic.get("/providers/nobody").status == 404


def test_status_tells_what_is_failing(traffic: Traffic) -> None:
    """The dead provider with its failure, the good one well, the whole degraded."""
    page = traffic.page("/status")
    by_slug = {row["slug"]: row for row in page["providers"]}
    assert page["overall"] == "degraded"
    assert by_slug["good"]["status"] == "ok"
    assert by_slug["good"]["failing"] == []
    failing = {row["model"]: row for row in by_slug["dead"]["failing"]}
    assert failing["acme/lost"]["kind"] == "overloaded"
    assert failing["acme/lost"]["share"] == 1
    assert (by_slug["dead"]["now"]["uptime_30m"], by_slug["dead"]["uptime_90d"]) == (0, 0)
    assert [day["requests"] for day in by_slug["good"]["days"]][-1] == len(
        traffic.served(provider="good")
    )
    assert {part["name"] for part in page["local"]} >= {"Store"}


@pytest.mark.parametrize("name", ["1h", "1d", "30d", "1y"])
@pytest.mark.parametrize("group", ["model", "key", "app", "provider"])
def test_activity_adds_up_to_all_records(traffic: Traffic, name: str, group: str) -> None:
    """In every range and by every group: what is shown is everything that was stored."""
    page = traffic.page("/activity", range=name, group=group)
    everything = (len(traffic.records), tokens(traffic.records), spend_nusd(traffic.records))
    totals = page["totals"]
    assert (totals["requests"], totals["tokens"]) == everything[:2]
    assert totals["failed"] == sum(r["state"] == "failed" for r in traffic.records) == 2
    for rows in (page["groups"], page["points"]):
        shown = (
            sum(row["requests"] for row in rows),
            sum(row["tokens"] for row in rows),
            sum(Decimal(row["spend"]) for row in rows) * NANO,
        )
        assert shown == everything
    assert {row["id"] for row in page["groups"]} == set(_groups(traffic)[group])
    assert all(page["since"] <= row["at"] < page["until"] for row in page["points"])


def _groups(traffic: Traffic) -> dict[str, list[str]]:
    """Who is in the records; "" is what nobody served, and what named no app."""
    records: list[dict[str, Any]] = traffic.records
    return {
        "model": [r.get("model", "") for r in records],
        "provider": [r.get("provider", "") for r in records],
        "key": [r["key_hash"] for r in records],
        "app": ["https://app.example" if r.get("app_url") else "" for r in records],
    }


def test_activity_is_told_as_csv(traffic: Traffic) -> None:
    """The same points, with a head, in a file of its own."""
    heard = traffic.get("/activity.csv", {"range": "30d", "group": "model"})
    assert heard.headers["content-type"].startswith("text/csv")
    assert "attachment" in heard.headers["content-disposition"]
    rows = list(csv.DictReader(StringIO(heard.body.decode())))
    assert sum(int(row["requests"]) for row in rows) == len(traffic.records)
    assert sum(Decimal(row["spend_usd"]) for row in rows) * NANO == spend_nusd(traffic.records)
    assert {row["model"] for row in rows} == {*MODELS, ""}


@pytest.mark.parametrize("path", ["/activity", "/activity.csv"])
def test_activity_is_the_operators(traffic: Traffic, path: str) -> None:
    """An inference key does not see what others spend."""
    assert traffic.get(path, key=traffic.gateway.key).status == 403
