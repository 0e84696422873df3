"""What roll-ups say: series by hour and day, rankings, and how long they are kept."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final

import pytest

from turnout.core.clock import SYSTEM_CLOCK
from turnout.core.histogram import COLUMNS_MS
from turnout.core.types import Attempt, Generation
from turnout.core.usage import Usage
from turnout.ledger import series
from turnout.ledger.finding import Wanted, find
from turnout.ledger.generations import encode, insert
from turnout.ledger.ledger import Ledger
from turnout.ledger.rollups import prune_rollups
from turnout.store.database import Database

HOUR_MS: Final = 3_600_000
DAY: Final = 20_000
MODEL: Final = "acme/one"


def served(name: str, hour: int, latency_ms: int = 100, **facts: Any) -> Generation:
    """A generation that `provider` served in an hour after midnight of DAY."""
    provider = facts.pop("provider", "a")
    model = facts.pop("model", MODEL)
    last = Attempt(
        endpoint=f"{model}@{provider}",
        provider=provider,
        model=model,
        outcome="served",
        started_ms=0,
        latency_ms=latency_ms,
        ttft_ms=latency_ms // 2,
        tools_valid=facts.pop("tools_valid", None),
    )
    return Generation(
        id=name,
        key_hash=facts.pop("key_hash", "k"),
        created_ms=(DAY * 24 + hour) * HOUR_MS + 5,
        state="succeeded",
        model=model,
        provider=provider,
        endpoint=last.endpoint,
        attempts=(*facts.pop("before", ()), last),
        **facts,
    )


def play(
    folder: Path,
    generations: list[Generation],
    scenario: Callable[[Database], Coroutine[Any, Any, None]],
) -> None:
    """Runs a scenario on a store with these records."""
    database = Database.open(folder, SYSTEM_CLOCK)
    try:
        records = [encode(generation) for generation in generations]
        database.write_now(lambda connection: insert(connection, records))
        asyncio.run(scenario(database))
    finally:
        database.close()


def two_days() -> list[Generation]:
    """Two endpoints of a model, one of which refused once, and another model."""
    refused = Attempt(
        endpoint=f"{MODEL}@b",
        provider="b",
        model=MODEL,
        outcome="overloaded",
        started_ms=0,
        latency_ms=5,
    )
    use = Usage(text_in=100, cache_read=300, text_out=50)
    cost: dict[str, Any] = {
        "usage": use,
        "cost_nusd": 700,
        "prompt_cost_nusd": 400,
        "completion_cost_nusd": 300,
    }
    return [
        served("1", 1, before=(refused,), tools_valid=True, **cost),
        served("2", 1, tools_valid=False, **cost),
        served("3", 2, provider="b", unpriced=True),
        served("4", 25, **cost),
        served("5", 1, model="acme/other"),
    ]


def test_series_of_a_model_by_endpoint_and_by_provider(tmp_path: Path) -> None:
    """Hours by endpoint, days by endpoint and by provider; the same sums in all of them."""

    async def scenario(database: Database) -> None:
        hours = await series.endpoint_hours(database, MODEL, DAY * 24, DAY * 24 + 24)
        assert [(row.at - DAY * 24, row.endpoint) for row in hours] == [
            (1, f"{MODEL}@a"),
            (1, f"{MODEL}@b"),
            (2, f"{MODEL}@b"),
        ]
        first = hours[0]
        assert (first.tries.served, first.tries.uptime, first.tries.tool_success) == (2, 100.0, 0.5)
        assert (first.use.prompt_tok, first.use.cost_nusd) == (800, 1400)
        assert first.use.cache_hit_rate == 0.75
        assert first.use.effective_prompt_rate == 10**9
        assert first.use.effective_completion_rate == 6 * 10**9
        assert hours[1].errors == {"overloaded": 1}
        assert hours[1].tries.uptime == 0.0
        assert hours[2].use.effective_prompt_rate is None
        days = await series.endpoint_days(database, MODEL, DAY, DAY + 2)
        assert [(row.at - DAY, row.provider, row.use.requests) for row in days] == [
            (0, "a", 2),
            (0, "b", 1),
            (1, "a", 1),
        ]
        by_provider = await series.model_days(database, MODEL, DAY, DAY + 2)
        assert [(row.at, row.provider, row.tries, row.use) for row in by_provider] == [
            (row.at, row.provider, row.tries, row.use) for row in days
        ]
        assert await series.model_days(database, MODEL, DAY + 1, DAY + 1) == []

    play(tmp_path, two_days(), scenario)


def test_percentiles_of_rollups_are_near_the_exact_ones(tmp_path: Path) -> None:
    """The last column is half empty here, the worst case; hours merge into days by addition."""
    waits = [int(20 * 1.01**n) for n in range(500)]
    generations = [served(str(n), n % 24, latency_ms=wait) for n, wait in enumerate(waits)]

    async def scenario(database: Database) -> None:
        (day,) = await series.model_days(database, MODEL, DAY, DAY + 1)
        assert day.latency_ms is not None
        found = day.latency_ms
        assert found.p50 == pytest.approx(waits[250], rel=0.05)
        assert found.p99 == pytest.approx(waits[495], rel=0.15)
        (same,) = await series.endpoint_days(database, MODEL, DAY, DAY + 1)
        assert same.latency_ms == day.latency_ms
        assert COLUMNS_MS.count == 40

    play(tmp_path, generations, scenario)


def test_rankings_of_models_and_apps(tmp_path: Path) -> None:
    """Most tokens first; an app is an origin and shows the title it gave itself last."""
    little, much = Usage(text_in=1), Usage(text_in=1000, reasoning=500)
    app: dict[str, Any] = {"app_url": "https://one.example/chat", "app_title": "One"}
    generations = [
        served("1", 1, usage=little, **app),
        served("2", 30, usage=little, app_url="https://one.example", app_title="One!"),
        served("3", 1, usage=much, model="acme/big", app_url="https://two.example"),
    ]

    async def scenario(database: Database) -> None:
        models = await series.model_totals(database, DAY, DAY + 2)
        assert [(row.name, row.use.requests) for row in models] == [("acme/big", 1), (MODEL, 2)]
        apps = await series.app_totals(database, DAY, DAY + 2)
        assert [(row.name, row.title) for row in apps] == [
            ("https://two.example", ""),
            ("https://one.example", "One!"),
        ]
        days = await series.app_days(database, "https://one.example", DAY, DAY + 2)
        assert [(row.day - DAY, row.model, row.use.requests) for row in days] == [
            (0, MODEL, 1),
            (1, MODEL, 1),
        ]

    play(tmp_path, generations, scenario)


def test_series_of_a_key_tells_what_failed(tmp_path: Path) -> None:
    """Under no model, for nobody served it."""
    lost = Generation(
        id="2", key_hash="k", created_ms=DAY * 24 * HOUR_MS, state="failed", requested="acme/none"
    )
    generations = [served("1", 1, usage=Usage(text_out=9)), lost, served("3", 1, key_hash="other")]

    async def scenario(database: Database) -> None:
        rows = await series.key_days(database, "k", DAY, DAY + 1)
        assert [(r.model, r.failed, r.use.requests, r.use.completion_tok) for r in rows] == [
            ("", 1, 1, 0),
            (MODEL, 0, 1, 9),
        ]

    play(tmp_path, generations, scenario)


def test_rollups_are_pruned_by_their_own_age(tmp_path: Path) -> None:
    """Old days go from every table, the records stay."""
    app: dict[str, Any] = {"app_url": "https://one.example"}
    generations = [served("1", 1, **app), served("2", 24 * 5, **app)]

    async def scenario(database: Database) -> None:
        ledger = Ledger.open(database, SYSTEM_CLOCK, on_settle=lambda _: None)
        assert await prune_rollups(database, DAY + 5) == 4 + 4 + 4 + 1 + 1  # narrow ones, no month
        assert await prune_rollups(database, DAY + 5) == 0
        assert len(await series.model_days(database, MODEL, DAY, DAY + 9)) == 1
        assert len(await series.endpoint_hours(database, MODEL, 0, DAY * 48)) == 1
        assert len(await series.key_days(database, "k", DAY, DAY + 9)) == 1
        assert len(await series.app_days(database, "https://one.example", DAY, DAY + 9)) == 1
        assert len((await find(ledger, SYSTEM_CLOCK, Wanted(), 9)).records) == 2
        await ledger.close()

    play(tmp_path, generations, scenario)
