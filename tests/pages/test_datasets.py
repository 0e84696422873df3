"""Datasets, activity and analytics in the contract's shapes: the official SDK reads them."""

import time
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from openrouter import OpenRouter
from openrouter.components import AppRankingsItem
from tests.answers import Heard
from tests.api.clients import openrouter_sdk
from tests.pages.traffic import Traffic, spend_nusd, tokens

pytestmark = pytest.mark.timeout(120)

DAY: Final = timedelta(days=1)


@pytest.fixture
def caller(traffic: Traffic) -> Generator[OpenRouter]:
    """With the inference key."""
    with openrouter_sdk(traffic.gateway) as made:
        yield made


@pytest.fixture
def manager(traffic: Traffic) -> Generator[OpenRouter]:
    """With the management key."""
    with openrouter_sdk(traffic.gateway, key=traffic.gateway.management_key) as made:
        yield made


def days() -> tuple[str, str]:
    """Yesterday and today, which is when the traffic was."""
    today = datetime.now(UTC).date()
    return str(today - DAY), str(today)


def query(traffic: Traffic, **body: Any) -> Heard:
    """An analytics query."""
    key = traffic.gateway.management_key
    return traffic.gateway.call("POST", "/api/v1/analytics/query", body, key=key)


def rows(traffic: Traffic, **body: Any) -> list[dict[str, Any]]:
    """Its rows."""
    heard = query(traffic, **body)
    assert heard.status == 200, heard.body
    found: list[dict[str, Any]] = heard.json["data"]["data"]
    return found


def test_daily_rankings_are_by_date_and_tokens(traffic: Traffic, caller: OpenRouter) -> None:
    """Models by their permanent slugs, totals as text."""
    since, until = days()
    told = caller.datasets.get_rankings_daily(start_date=since, end_date=until)
    found = {row.model_permaslug: int(row.total_tokens) for row in told.data}
    models = ("acme/solo", "acme/duo", "other/one")
    assert found == {model: tokens(traffic.served(model)) for model in models}
    assert [int(r.total_tokens) for r in told.data] == sorted(found.values(), reverse=True)
    assert (told.meta.start_date, told.meta.end_date, told.meta.version) == (since, until, "v1")


@pytest.mark.parametrize("period", ["week", "month"])
def test_rankings_of_longer_periods_have_the_same_sums(traffic: Traffic, period: str) -> None:
    """A row for each, named by its first day."""
    since, until = days()
    path = f"/api/v1/datasets/rankings-daily?start_date={since}&end_date={until}&period={period}"
    data = traffic.gateway.call("GET", path).json["data"]
    assert sum(int(row["total_tokens"]) for row in data) == tokens(traffic.served())
    for row in data:
        first = datetime.fromisoformat(row["date"])
        assert first.weekday() == 0 if period == "week" else first.day == 1


@pytest.mark.parametrize(
    ("tail", "param"),
    [
        ("end_date=2026-02-30", "end_date"),
        ("end_date=20260131", "end_date"),
        ("end_date=2024-12-31", "end_date"),
        ("start_date=2026-02-01&end_date=2026-01-31", "start_date"),
        ("start_date=2025-01-01&end_date=2026-02-01", "start_date"),
        ("category=programming", "category"),
        ("context_bucket=1K", "context_bucket"),
        ("period=year", "period"),
    ],
)
def test_rankings_refuse_what_they_cannot_tell(traffic: Traffic, tail: str, param: str) -> None:
    """Dates that are none, spans that are too long, and filters by what is not recorded."""
    heard = traffic.gateway.call("GET", f"/api/v1/datasets/rankings-daily?{tail}")
    assert (heard.status, heard.error["param"]) == (400, param)


def test_rankings_begin_with_their_floor(traffic: Traffic) -> None:
    """An earlier start is moved there, and the answer says so; modalities narrow the models."""
    path = "/api/v1/datasets/rankings-daily?start_date=2024-01-01&end_date=2025-06-01"
    assert traffic.gateway.call("GET", path).json["meta"]["start_date"] == "2025-01-01"
    since, until = days()
    base = f"/api/v1/datasets/rankings-daily?start_date={since}&end_date={until}&modality="
    assert traffic.gateway.call("GET", base + "image_output").json["data"] == []
    assert len(traffic.gateway.call("GET", base + "text").json["data"]) == 3


def ranked_apps(caller: OpenRouter, **asked: Any) -> list[AppRankingsItem]:
    """The first page of them."""
    page = caller.datasets.get_app_rankings(**asked)
    assert page is not None
    return page.result.data


def test_app_rankings_have_numbers_that_stay(traffic: Traffic, caller: OpenRouter) -> None:
    """One app; it grows, since before there was nothing."""
    since, until = days()
    for sort in ("popular", "trending"):
        (app,) = ranked_apps(caller, start_date=since, end_date=until, sort=sort)
        named = traffic.served(app_title="The App")
        assert (app.app_name, app.rank, app.app_id) == ("The App", 1, 1)
        assert (app.total_requests, int(app.total_tokens)) == (len(named), tokens(named))
    assert ranked_apps(caller, start_date=since, end_date=until, offset=1) == []


def test_activity_is_of_completed_days(traffic: Traffic, manager: OpenRouter) -> None:
    """Today is not over, so nothing is there yet; today is no date that may be asked for."""
    assert manager.analytics.get_user_activity().data == []
    key = traffic.gateway.management_key
    today = traffic.gateway.call("GET", f"/api/v1/activity?date={days()[1]}", key=key)
    assert (today.status, today.error["param"]) == (400, "date")
    assert traffic.gateway.call("GET", "/api/v1/activity").status == 403


def test_analytics_meta_names_what_a_query_may_say(traffic: Traffic, manager: OpenRouter) -> None:
    """The SDK reads it, and every metric of it can be asked for."""
    meta = manager.analytics.get_analytics_meta().data
    assert {dimension.name for dimension in meta.dimensions} == {
        "model", "provider", "api_key_id", "app",
    }  # fmt: skip
    names = [metric.name for metric in meta.metrics]
    (row,) = rows(traffic, metrics=names)
    assert set(row) == set(names)
    assert row["request_count"] == str(len(traffic.records))
    assert row["tokens_total"] == str(tokens(traffic.records))
    assert row["total_usage"] == pytest.approx(spend_nusd(traffic.records) / 1e9)


@pytest.mark.parametrize("dimension", ["model", "provider", "api_key_id", "app"])
@pytest.mark.parametrize("granularity", [None, "minute", "hour", "day", "week", "month"])
def test_analytics_add_up_whatever_they_are_cut_by(
    traffic: Traffic, dimension: str, granularity: str | None
) -> None:
    """Every dimension in every granularity has all requests."""
    now = datetime.now(UTC)
    span = timedelta(hours=2) if granularity == "minute" else timedelta(days=3)
    found = rows(
        traffic,
        metrics=["request_count"],
        dimensions=[dimension],
        granularity=granularity,
        time_range={"start": (now - span).isoformat(), "end": (now + DAY / 1440).isoformat()},
    )
    assert sum(int(row["request_count"]) for row in found) == len(traffic.records)
    if granularity is not None:
        assert all(f"date__{granularity}" in row for row in found)


@pytest.mark.parametrize("other", ["provider", "app"])
def test_analytics_join_models_with_another(traffic: Traffic, other: str) -> None:
    """By day; what was served is what was served."""
    found = rows(traffic, metrics=["tokens_total"], dimensions=["model", other], granularity="day")
    records = traffic.served() if other == "provider" else traffic.served(app_title="The App")
    assert sum(int(row["tokens_total"]) for row in found) == tokens(records)
    assert {row["model"] for row in found if int(row["tokens_total"])} == {
        record["model"] for record in records
    }


def test_analytics_filter_order_and_limit(traffic: Traffic) -> None:
    """Conditions narrow, the order is as asked, and what is cut off is said."""
    metrics = ["request_count", "total_usage"]
    only = rows(
        traffic,
        metrics=metrics,
        dimensions=["model"],
        filters=[{"field": "model", "operator": "in", "value": ["acme/solo", "acme/duo"]}],
        order_by={"field": "request_count", "direction": "desc"},
    )
    assert [row["model"] for row in only] == ["acme/solo", "acme/duo"]
    without = rows(
        traffic,
        metrics=metrics,
        filters=[{"field": "app", "operator": "eq", "value": 1}],
    )
    assert int(without[0]["request_count"]) == len(traffic.served(app_title="The App"))
    cut = query(traffic, metrics=metrics, dimensions=["model"], limit=1).json["data"]
    assert (cut["metadata"]["row_count"], cut["metadata"]["truncated"]) == (1, True)


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"metrics": []}, "metrics"),
        ({"metrics": ["p90_latency"]}, "metrics"),
        ({"metrics": ["request_count"], "dimensions": ["country"]}, "dimensions"),
        ({"metrics": ["request_count"], "dimensions": ["app", "provider"]}, "dimensions"),
        ({"metrics": ["request_count"], "granularity": "year"}, "granularity"),
        ({"metrics": ["request_count"], "granularity": "minute"}, "granularity"),
        (
            {"metrics": ["request_count"], "order_by": {"field": "country", "direction": "asc"}},
            "order_by.field",
        ),
        (
            {
                "metrics": ["request_count"],
                "filters": [{"field": "model", "operator": "in", "value": "acme/solo"}],
            },
            "filters",
        ),
    ],
)
def test_analytics_refuse_by_name(traffic: Traffic, body: dict[str, Any], param: str) -> None:
    """A 400 with the field and what is allowed."""
    heard = query(traffic, **body)
    assert (heard.status, heard.error["param"]) == (400, param), heard.body


def test_analytics_read_by_the_sdk(manager: OpenRouter) -> None:
    """Its types take the answer."""
    began = time.time()
    told = manager.analytics.query_analytics(metrics=["request_count"], granularity="day")
    assert told.data.metadata.row_count == len(told.data.data)
    assert told.data.metadata.query_time_ms <= (time.time() - began) * 1000
