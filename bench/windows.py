"""What measuring costs a request: `python -m bench.windows`. No sockets, no processes.

record    one outcome into the live windows
ask       figures that are as fresh as they must be, which is what a plan mostly finds
make      the same made anew, which a busy endpoint pays for one request in sixteen
request   record one outcome, then ask ten endpoints for two windows each, as a plan does
roll up   one generation's share of a batch of 300: its sums, without SQLite and with it
judge     one tool call against its schema
"""

import gc
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Final

import msgspec

from turnout.core.types import Attempt, Generation, Outcome
from turnout.core.usage import Usage
from turnout.ledger.generations import Record, encode, insert_fresh
from turnout.ledger.rollups import Rollups
from turnout.metrics.cells import SIZE
from turnout.metrics.figures import figures_of
from turnout.metrics.health import Health
from turnout.metrics.schema import Json, matches
from turnout.store.migrations import migrate
from turnout.store.transaction import transaction

ROUNDS: Final = 7
MODEL: Final = "bench/model"
ENDPOINTS: Final = [f"{MODEL}@host-{index}" for index in range(10)]
BATCH: Final = 300


class Cost(msgspec.Struct, frozen=True):
    """Microseconds of CPU of one operation, the median of rounds."""

    name: str
    us: float


def measure(rounds: int = ROUNDS, each: int = 5_000) -> list[Cost]:
    """All costs."""
    return [*_windows(rounds, each), *_rollups(rounds), _judge(rounds, each)]


def _windows(rounds: int, each: int) -> list[Cost]:
    outcomes = _outcomes(each)
    health = Health()
    _feed(health, outcomes)
    now_s = outcomes[-1].at_s
    view = health.view(now_s, 30.0)
    vector = health.window(ENDPOINTS[0]).vector(300, now_s)
    assert len(vector) == SIZE

    def ask() -> None:
        for _ in range(each // len(ENDPOINTS)):
            for endpoint in ENDPOINTS:
                view.figures(endpoint, 300)

    def make() -> None:
        for _ in range(each):
            figures_of(vector, 300)

    def request() -> None:
        fresh = Health()
        for outcome in outcomes:
            fresh.record(outcome)
            plan = fresh.view(outcome.at_s, 30.0)
            for endpoint in ENDPOINTS:
                plan.figures(endpoint, 30)
                plan.figures(endpoint, 300)

    return [
        Cost("record", _median_us(lambda: _feed(Health(), outcomes), rounds, each)),
        Cost("ask", _median_us(ask, rounds, each)),
        Cost("make", _median_us(make, rounds, each)),
        Cost("request", _median_us(request, rounds, each)),
    ]


def _feed(health: Health, outcomes: list[Outcome]) -> None:
    for outcome in outcomes:
        health.record(outcome)


def _outcomes(count: int) -> list[Outcome]:
    """Two hundred a second over ten endpoints, one in fifty a fault."""
    chance = random.Random(7)
    found: list[Outcome] = []
    for number in range(count):
        who, at_s = ENDPOINTS[number % len(ENDPOINTS)], number * 0.005
        if number % 50 == 49:
            found.append(Outcome(endpoint=who, at_s=at_s, failure="server", hurts_health=True))
            continue
        ttft_ms = int(chance.lognormvariate(6, 0.5))
        found.append(
            Outcome(
                endpoint=who,
                at_s=at_s,
                latency_ms=ttft_ms + int(chance.lognormvariate(8, 0.5)),
                ttft_ms=ttft_ms,
                prompt_tok=700,
                completion_tok=200,
                cache_read_tok=100,
                throughput_tps=chance.uniform(20, 200),
                cost_nusd=1000,
                prompt_cost_nusd=600,
                completion_cost_nusd=400,
            )
        )
    return found


def _rollups(rounds: int) -> list[Cost]:
    records = [_record(number) for number in range(BATCH)]

    def sums() -> None:
        rollups = Rollups()
        for record in records:
            rollups.add(record.generation)

    with tempfile.TemporaryDirectory(prefix="turnout-bench-") as folder:
        connection = sqlite3.connect(Path(folder) / "bench.sqlite", isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        migrate(connection, 1)
        turn = iter(range(10**6))

        def store() -> None:
            batch = next(turn)
            fresh = [
                Record(msgspec.structs.replace(r.generation, id=f"{batch}-{i}"), r.body)
                for i, r in enumerate(records)
            ]
            with transaction(connection):
                insert_fresh(connection, fresh)

        costs = [
            Cost("roll up, in memory", _median_us(sums, rounds, BATCH)),
            Cost("store a record with its roll-ups", _median_us(store, rounds, BATCH)),
        ]
        connection.close()
    return costs


def _record(number: int) -> Record:
    who = ENDPOINTS[number % len(ENDPOINTS)]
    provider = who.partition("@")[2]
    attempt = Attempt(
        endpoint=who,
        provider=provider,
        model=MODEL,
        outcome="served",
        started_ms=1,
        latency_ms=500 + number,
        ttft_ms=100 + number,
    )
    return encode(
        Generation(
            id=f"gen-{number}",
            key_hash="k" * 64,
            created_ms=1_790_000_000_000,
            state="succeeded",
            model=MODEL,
            provider=provider,
            endpoint=who,
            usage=Usage(text_in=700, text_out=200),
            cost_nusd=1000,
            attempts=(attempt,),
        )
    )


def _judge(rounds: int, each: int) -> Cost:
    schema: Json = {
        "type": "object",
        "properties": {
            "city": {"type": "string", "minLength": 1},
            "unit": {"enum": ["celsius", "fahrenheit"]},
            "days": {"type": "integer", "minimum": 1, "maximum": 14},
        },
        "required": ["city"],
        "additionalProperties": False,
    }
    value: Json = {"city": "Ghent", "unit": "celsius", "days": 3}

    def judge() -> None:
        for _ in range(each):
            matches(value, schema)

    return Cost("judge", _median_us(judge, rounds, each))


def _median_us(what: Callable[[], None], rounds: int, count: int) -> float:
    what()
    found: list[float] = []
    for _ in range(rounds):
        gc.collect()
        began_s = time.process_time()
        what()
        found.append((time.process_time() - began_s) / count * 1e6)
    return median(found)


if __name__ == "__main__":
    for cost in measure():
        print(f"{cost.name:36} {cost.us:8.2f} µs")
