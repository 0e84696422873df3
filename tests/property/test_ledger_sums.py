"""Money adds up: whatever is settled, in whatever order and batches, the sums are the sums."""

import sqlite3
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from turnout.core.types import Generation
from turnout.core.usage import Usage
from turnout.identity.keys import Key
from turnout.identity.limits import Spending, SpendRow, windows
from turnout.ledger.generations import COST_MAX_NUSD, Record, encode, insert
from turnout.store.migrations import migrate
from turnout.store.statements import SQL
from turnout.store.transaction import transaction

_DAY_MS = 86_400_000
_START_MS = 1_790_000_000_000
_KEYS = ("one", "two", "three")

costs = st.integers(0, COST_MAX_NUSD // 1000) | st.integers(0, 1000)
moments = st.integers(_START_MS, _START_MS + 70 * _DAY_MS)


@st.composite
def records(draw: st.DrawFn) -> Record:
    """A record of one of few ids, so that repeats happen."""
    number = draw(st.integers(0, 30))
    # The same id always tells the same story: a record is written once and replayed as it was.
    seed = (number * 7919) % 1000
    return encode(
        Generation(
            id=f"gen-{number}",
            key_hash=_KEYS[number % 3],
            created_ms=_START_MS + seed * _DAY_MS // 50,
            state="succeeded",
            usage=Usage(text_in=seed, text_out=number),
            cost_nusd=seed * 1_000_003,
        )
    )


@settings(deadline=None)
@given(st.lists(st.lists(records(), max_size=20), max_size=8))
def test_spending_is_the_sum_of_the_stored_generations(batches: list[list[Record]]) -> None:
    """Any batches, with any repeats within and between them, count every id once."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection, 1)
    inserted = 0
    for batch in batches:
        with transaction(connection):
            inserted += insert(connection, batch)
    unique = {r.generation.id: r.generation for batch in batches for r in batch}
    assert inserted == len(unique)
    expected: Counter[tuple[str, int]] = Counter()
    requests: Counter[tuple[str, int]] = Counter()
    for found in unique.values():
        expected[found.key_hash, found.created_ms // _DAY_MS] += found.cost_nusd
        requests[found.key_hash, found.created_ms // _DAY_MS] += 1
    rows = connection.execute("SELECT key_hash, day, nusd, requests, tokens FROM key_spend")
    stored = {(row[0], row[1]): (row[2], row[3], row[4]) for row in rows}
    assert {place: row[0] for place, row in stored.items()} == dict(expected)
    assert {place: row[1] for place, row in stored.items()} == dict(requests)
    assert sum(row[2] for row in stored.values()) == sum(
        g.usage.prompt_tok + g.usage.completion_tok for g in unique.values()
    )
    connection.close()


@settings(deadline=None)
@given(
    settled=st.lists(st.tuples(st.sampled_from(_KEYS), moments, costs), max_size=40),
    restart_at=st.integers(0, 40),
    now_ms=moments,
)
def test_counters_in_memory_say_what_the_store_says(
    settled: list[tuple[str, int, int]], restart_at: int, now_ms: int
) -> None:
    """A gateway that restarts anywhere in the sequence knows the same spending as one that did not.

    Settlements come in order of time, as they do in a gateway, up to the moment asked about.
    """
    ordered = sorted((item for item in settled if item[1] <= now_ms), key=lambda item: item[1])
    through, restarted = Spending(), Spending()
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.row_factory = sqlite3.Row
    migrate(connection, 1)
    for number, (key, at_ms, cost) in enumerate(ordered):
        if number == restart_at:
            restarted = reloaded(connection, at_ms)
        found = Generation(
            id=str(number), key_hash=key, created_ms=at_ms, state="succeeded", cost_nusd=cost
        )
        with transaction(connection):
            insert(connection, [encode(found)])
        through.add(found)
        restarted.add(found)
    now = reloaded(connection, now_ms)
    for key in _KEYS:
        expected = now.spent(key, now_ms)
        assert through.spent(key, now_ms) == expected
        assert restarted.spent(key, now_ms) == expected
        assert expected.total == sum(cost for name, _, cost in ordered if name == key)
        limited = Key(hash=key, label="", name="", created_ms=0, limit_nusd=expected.total + 1)
        through.check(limited, now_ms)
    connection.close()


def reloaded(connection: sqlite3.Connection, now_ms: int) -> Spending:
    """Counters as a start at that moment would load them."""
    spending = Spending()
    at = windows(now_ms)
    rows = connection.execute(
        SQL["spend_windows"], {"day": at.day, "week": at.week, "month": at.month}
    )
    spending.load([SpendRow(**dict(row)) for row in rows], now_ms)
    return spending
