"""Pages over a history of several days, which the ledger stored before the gateway starts."""

import hashlib
import time
from collections.abc import Generator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

import pytest
from tests.gateway import (
    Gateway,
    Template,
    gateway_folder,
    open_simulator,
    provider_table,
    serve_in,
)

from turnout.core.clock import SYSTEM_CLOCK
from turnout.core.types import Attempt, Generation
from turnout.core.usage import Usage
from turnout.ledger.generations import encode, insert
from turnout.store.database import Database

pytestmark = pytest.mark.timeout(120)

DAY_MS: Final = 86_400_000
GROWTH: Final = {1: 30, 2: 20, 3: 20, 9: 10, 40: 5}
"""Days ago to how many requests of `acme/one`; `acme/two` has ten on each of the first three."""
APP: Final = "https://old.example"


def generation(number: int, model: str, days_ago: int, key_hash: str) -> Generation:
    """A served stream; every tenth had a fault at another provider before."""
    created_ms = int(time.time() * 1000) // DAY_MS * DAY_MS - days_ago * DAY_MS + 3_600_000
    attempts = [attempt(model, "good", "served")]
    if number % 10 == 0:
        attempts.insert(0, attempt(model, "bad", "server"))
    return Generation(
        id=f"gen-{model}-{days_ago}-{number}",
        key_hash=key_hash,
        created_ms=created_ms + number,
        state="succeeded",
        requested=model,
        model=model,
        provider="good",
        endpoint=f"{model}@good",
        streamed=True,
        usage=Usage(text_in=80, cache_read=20, text_out=30, reasoning=10),
        cost_nusd=1_500,
        prompt_cost_nusd=1_000,
        completion_cost_nusd=500,
        attempts=tuple(attempts),
        app_url=f"{APP}/chat",
        app_title="Old",
    )


def attempt(model: str, provider: str, outcome: str) -> Attempt:
    """One try."""
    return Attempt(
        endpoint=f"{model}@{provider}",
        provider=provider,
        model=model,
        outcome=outcome,
        started_ms=0,
        latency_ms=2_000,
        ttft_ms=400 if outcome == "served" else None,
    )


@pytest.fixture(scope="module")
def history(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Generator[Gateway]:
    """A gateway over the records."""
    folder = tmp_path_factory.mktemp("history")
    key_hash = hashlib.sha256(template.key.encode()).hexdigest()
    with open_simulator(folder, "[providers.good]\n[providers.bad]\n") as simulator:
        models = ["acme/one", "acme/two"]
        config = "\n".join(provider_table(name, simulator, models) for name in ("good", "bad"))
        where = gateway_folder(template, folder, config)
        records = [
            generation(number, "acme/one", days_ago, key_hash)
            for days_ago, count in GROWTH.items()
            for number in range(count)
        ]
        records += [
            generation(number, "acme/two", days_ago, "f" * 64)
            for days_ago in (1, 2, 3)
            for number in range(10)
        ]
        database = Database.open(where / "data", SYSTEM_CLOCK)
        try:
            database.write_now(lambda db: insert(db, [encode(record) for record in records]))
        finally:
            database.close()
        with serve_in(where, template) as serving:
            yield serving


def page(history: Gateway, path: str) -> Any:
    """The data of a page."""
    heard = history.call("GET", f"/api/internal{path}", key=history.management_key)
    assert heard.status == 200, heard.body
    return heard.json["data"]


def feed(history: Gateway, path: str) -> Any:
    """The data of a public route."""
    heard = history.call("GET", f"/api/v1{path}", key=history.management_key)
    assert heard.status == 200, heard.body
    return heard.json["data"]


def day(days_ago: int) -> str:
    """A UTC date."""
    return datetime.fromtimestamp(time.time() - days_ago * 86_400, UTC).date().isoformat()


def test_activity_lists_thirty_completed_days(history: Gateway) -> None:
    """By day and endpoint, latest first, the same when it is asked for again."""
    first = feed(history, "/activity")
    assert feed(history, "/activity") == first
    assert [(row["date"], row["model"], row["requests"]) for row in first] == [
        (day(1), "acme/one", 30),
        (day(1), "acme/two", 10),
        (day(2), "acme/one", 20),
        (day(2), "acme/two", 10),
        (day(3), "acme/one", 20),
        (day(3), "acme/two", 10),
        (day(9), "acme/one", 10),
    ]
    row = first[0]
    assert (row["endpoint_id"], row["provider_name"]) == ("acme/one@good", "good")
    assert (row["prompt_tokens"], row["completion_tokens"]) == (3000, 1200)
    assert (row["cached_tokens"], row["reasoning_tokens"]) == (600, 300)
    assert row["usage"] == pytest.approx(30 * 1.5e-6)
    assert "workspace_id" not in row


def test_activity_narrows_to_a_day_a_key_and_a_workspace(history: Gateway) -> None:
    """A key's rows know no endpoint; the only workspace is told where it is asked for."""
    (one, two) = feed(history, f"/activity?date={day(2)}&group_by=workspace")
    assert (one["requests"], two["requests"], one["workspace_id"]) == (20, 10, "default")
    mine = feed(history, f"/activity?api_key_hash={'f' * 64}")
    assert {(row["model"], row["endpoint_id"]) for row in mine} == {("acme/two", "")}
    assert sum(row["requests"] for row in mine) == 30


def test_rankings_tell_the_change(history: Gateway) -> None:
    """Against the equally long time before; without one there is none."""
    week = {row["slug"]: row for row in page(history, "/rankings?view=week")["models"]}
    assert week["acme/one"]["tokens"] == 70 * 140
    assert week["acme/one"]["change"] == pytest.approx(70 / 10 - 1)
    assert week["acme/two"]["change"] is None
    month = page(history, "/rankings?view=month")
    assert sum(row["tokens"] for row in month["models"]) == 110 * 140
    assert {row["day"] for row in month["series"]} == {day(n) for n in (1, 2, 3, 9)}


def test_growing_apps_are_above_their_past(history: Gateway) -> None:
    """The last three days have more tokens than the mean of the nine before."""
    path = "/datasets/app-rankings?sort=trending&start_date={}&end_date={}"
    (app,) = feed(history, path.format(day(3), day(1)))
    assert (app["app_name"], app["rank"]) == ("Old", 1)
    assert app["total_tokens"] == str(100 * 140)
    assert feed(history, path.format(day(9), day(9)))[0]["total_requests"] == 10
    assert feed(history, path.format(day(12), day(10))) == []


def test_a_model_has_its_days(history: Gateway) -> None:
    """Effective prices, percentiles and uptime of days that are long over."""
    pricing = page(history, "/models/acme/one/pricing")
    assert Decimal(pricing["effective"]["prompt"]) == Decimal("0.00000001")
    assert pricing["effective"]["cache_hit_rate"] == 0.2
    assert {row["day"] for row in pricing["days"]} == {day(n) for n in (1, 2, 3, 9)}
    points = page(history, "/models/acme/one/performance?range=30d")["points"]
    good = [point for point in points if point["tag"] == "good"]
    assert sum(point["requests"] for point in good) == 80
    for point in good:
        assert point["ttft_ms"]["p50"] == pytest.approx(400, rel=0.35)
        assert point["throughput_tps"]["p50"] == pytest.approx(20, rel=0.35)
    uptime = {row["day"]: row for row in page(history, "/models/acme/one/uptime")["days"]}
    told = uptime[day(1)]
    assert told["with_routing"] == 100
    assert told["without_routing"] == pytest.approx(100 * 80 / 88, abs=0.01), "8 of 88 at bad"
    assert uptime[day(5)]["with_routing"] is None


def test_status_reaches_back_ninety_days(history: Gateway) -> None:
    """A day of faults long ago is still there."""
    rows = {row["slug"]: row for row in page(history, "/status")["providers"]}
    assert len(rows["bad"]["days"]) == 90
    uptimes = {row["day"]: row["uptime"] for row in rows["bad"]["days"]}
    assert (uptimes[day(40)], uptimes[day(39)]) == (0, None)
    assert rows["bad"]["uptime_90d"] == 0
    requests = {row["day"]: row["requests"] for row in rows["good"]["days"]}
    assert requests[day(40)] == 5


def test_a_year_of_activity_has_every_month(history: Gateway) -> None:
    """Months begin on their first day, and hold all of it."""
    told = page(history, "/activity?range=1y&group=model")
    assert told["step"] == "month"
    assert told["totals"]["requests"] == sum(GROWTH.values()) + 30
    assert sum(point["requests"] for point in told["points"]) == told["totals"]["requests"]
    for point in told["points"]:
        assert datetime.fromtimestamp(point["at"], UTC).day == 1
