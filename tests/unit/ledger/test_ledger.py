"""The ledger: readable at once, settled once, stored once, listed newest first, pruned safely."""

import asyncio
import itertools
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import msgspec
import pytest
import uvloop

from turnout.core.clock import SYSTEM_CLOCK
from turnout.core.money import Nusd
from turnout.core.types import Attempt, Generation, GenerationState
from turnout.core.usage import Usage
from turnout.identity.keyring import Keyring
from turnout.identity.keys import NewKey
from turnout.identity.limits import Spending
from turnout.ledger.finding import Wanted, find
from turnout.ledger.generations import COST_MAX_NUSD
from turnout.ledger.ledger import Ledger, Options
from turnout.store.database import Database
from turnout.store.folder import FolderInUse

_DAY_MS = 86_400_000
_NOW_MS = 1_790_000_000_000


class SetClock:
    """A clock that the test moves."""

    def __init__(self, unix_ms: int = _NOW_MS) -> None:
        self.at_ms = unix_ms

    def unix_ms(self) -> int:
        """As set."""
        return self.at_ms

    def now_s(self) -> float:
        """As set."""
        return self.at_ms / 1000


def record(
    name: str,
    *,
    key: str = "k",
    at_ms: int = _NOW_MS,
    state: GenerationState = "succeeded",
    cost: int = 10,
) -> Generation:
    """A record with a few facts in it."""
    return Generation(
        id=name,
        key_hash=key,
        created_ms=at_ms,
        state=state,
        model="openai/gpt-4o-mini",
        usage=Usage(text_in=4, text_out=3, reasoning=2),
        cost_nusd=cost,
        attempts=(
            Attempt(
                endpoint="e",
                provider="p",
                model="m",
                outcome="served",
                started_ms=at_ms,
                latency_ms=5,
            ),
        ),
    )


async def walked(ledger: Ledger, wanted: Wanted, limit: int) -> list[Generation]:
    """All records that are wanted, page by page."""
    found: list[Generation] = []
    page = await find(ledger, SYSTEM_CLOCK, wanted, limit)
    while page.next is not None:
        assert len(page.records) <= limit
        found += page.records
        page = await find(ledger, SYSTEM_CLOCK, wanted, limit, page.next)
    return found + page.records


def begin_and_settle(ledger: Ledger, *records: Generation) -> None:
    """The whole life of requests that become these records."""
    for found in records:
        ledger.begin(
            Generation(
                id=found.id,
                key_hash=found.key_hash,
                created_ms=found.created_ms,
                state="interrupted",
            )
        )
        ledger.settle(found)


async def committed(ledger: Ledger) -> None:
    """Waits until nothing is in memory only."""
    for _ in range(500):
        if not ledger.waiting:
            return
        await asyncio.sleep(0.01)
    pytest.fail("records were not committed in 5 s")


Scenario = Callable[[Ledger, Database, SetClock], Coroutine[Any, Any, None]]


def play(folder: Path, scenario: Scenario, options: Options | None = None) -> list[Generation]:
    """Runs a scenario over a fresh start on the folder; what `on_settle` was told."""
    told: list[Generation] = []

    async def whole() -> None:
        clock = SetClock()
        database = Database.open(folder, clock)
        ledger = Ledger.open(database, clock, on_settle=told.append, options=options or Options())
        try:
            await scenario(ledger, database, clock)
        finally:
            await ledger.close()
            database.close()

    uvloop.run(whole())
    return told


def test_record_is_readable_from_the_moment_it_is_settled(tmp_path: Path) -> None:
    """Before SQLite has it, after SQLite has it, and after a restart: the same record."""
    whole = record("gen-1")

    async def first(ledger: Ledger, database: Database, _clock: SetClock) -> None:
        assert await ledger.get("gen-1") is None
        begin_and_settle(ledger, whole)
        assert ledger.waiting == 1
        assert await ledger.get("gen-1") == whole
        await committed(ledger)
        assert await ledger.get("gen-1") == whole
        rows = await database.read("find_generation", {"id": "gen-1"})
        assert len(rows) == 1

    async def second(ledger: Ledger, _database: Database, _clock: SetClock) -> None:
        assert await ledger.get("gen-1") == whole
        assert await ledger.credits() == (0, 10)

    assert play(tmp_path, first) == [whole]
    assert play(tmp_path, second) == []
    assert list((tmp_path / "journal").iterdir()) == []


def test_settling_twice_is_a_mistake_of_the_program(tmp_path: Path) -> None:
    """As is settling what never began, or beginning what is not "interrupted"."""

    async def scenario(ledger: Ledger, _database: Database, _clock: SetClock) -> None:
        begin_and_settle(ledger, record("gen-1"))
        with pytest.raises(ValueError, match="ended already"):
            ledger.settle(record("gen-1"))
        with pytest.raises(ValueError, match="has not begun"):
            ledger.settle(record("gen-2"))
        with pytest.raises(ValueError, match="begins as succeeded"):
            ledger.begin(record("gen-3"))
        assert await ledger.credits() == (0, 10)

    assert len(play(tmp_path, scenario)) == 1


@pytest.mark.parametrize("cost", [-1, COST_MAX_NUSD + 1])
def test_impossible_cost_is_refused_before_it_is_written(tmp_path: Path, cost: int) -> None:
    """A refused record leaves its request open, to be settled with a possible cost."""

    async def scenario(ledger: Ledger, _database: Database, _clock: SetClock) -> None:
        opened = record("gen-1", state="interrupted", cost=0)
        ledger.begin(opened)
        with pytest.raises(ValueError, match="nano-USD"):
            ledger.settle(record("gen-1", cost=cost))
        assert ledger.in_flight == 1
        ledger.settle(record("gen-1", cost=0))
        assert ledger.in_flight == 0

    play(tmp_path, scenario)


def test_huge_token_counts_of_a_lying_provider_are_stored(tmp_path: Path) -> None:
    """Counts beyond SQLite's integers must not block the records behind them."""

    async def scenario(ledger: Ledger, database: Database, _clock: SetClock) -> None:
        lying = Generation(
            id="gen-1", key_hash="k", created_ms=1, state="failed", usage=Usage(text_in=2**63)
        )
        begin_and_settle(ledger, lying, record("gen-2"))
        await committed(ledger)
        assert await ledger.get("gen-1") == lying
        assert await database.read("find_generation", {"id": "gen-2"})

    play(tmp_path, scenario)


def test_list_pages_newest_first_over_memory_and_store(tmp_path: Path) -> None:
    """Paging by cursor meets every record once, wherever it is at that moment."""
    old = [record(f"gen-a{n}", at_ms=_NOW_MS + n, key="k" if n % 2 else "other") for n in range(6)]
    new = [record(f"gen-b{n}", at_ms=_NOW_MS + n) for n in range(6)]

    async def scenario(ledger: Ledger, _database: Database, _clock: SetClock) -> None:
        begin_and_settle(ledger, *old)
        await committed(ledger)
        begin_and_settle(ledger, *new)
        everything = sorted((*old, *new), key=lambda g: (g.created_ms, g.id), reverse=True)
        assert await walked(ledger, Wanted(), 5) == everything
        of_key = await walked(ledger, Wanted(key_hash="other"), 100)
        assert of_key == [found for found in everything if found.key_hash == "other"]

    play(tmp_path, scenario)


def test_filters_find_what_they_say_and_nothing_else(tmp_path: Path) -> None:
    """Each filter and each pair of them, over memory and store, in pages of any size."""
    shapes = itertools.product(("a/x", "a/y"), ("p", "q"), ("k", "l"), _STATES, ("", _APP))
    records = [
        msgspec.structs.replace(
            record(f"gen-{n // 40}-{n:02}", key=key, at_ms=_NOW_MS + n % 7, state=state),
            model=model,
            provider=provider,
            app_url=app or None,
        )
        for n, (model, provider, key, state, app) in enumerate(shapes)
    ]
    asked: list[dict[str, Any]] = [
        *({name: value} for name, value in _FILTERS.items()),
        *(dict(pair) for pair in itertools.combinations(_FILTERS.items(), 2)),
    ]

    async def scenario(ledger: Ledger, _database: Database, _clock: SetClock) -> None:
        begin_and_settle(ledger, *records[:40])
        await committed(ledger)
        begin_and_settle(ledger, *records[40:])
        for filters in asked:
            wanted = Wanted(**filters)
            fitting = {r.id for r in records if wanted.fits(r)}
            assert 0 < len(fitting) < len(records)
            for limit in (1, 7, 100):
                found = await walked(ledger, wanted, limit)
                assert [r.id for r in found] == list(dict.fromkeys(r.id for r in found))
                assert {r.id for r in found} == fitting, (filters, limit)
                places = [wanted.place(r.created_ms, r.id) for r in found]
                assert places == sorted(places, reverse=True)

    play(tmp_path, scenario)


_STATES: tuple[GenerationState, ...] = ("succeeded", "failed", "cancelled", "interrupted")
_APP = "https://one.example"
_FILTERS: dict[str, Any] = {
    "model": "a/x",
    "provider": "q",
    "key_hash": "l",
    "status": "error",
    "app": _APP,
    "id_prefix": "gen-0",
    "since_ms": _NOW_MS + 2,
    "until_ms": _NOW_MS + 5,
}


def test_credits_are_grants_minus_usage(tmp_path: Path) -> None:
    """Movements add up; usage counts before it is committed."""

    async def scenario(ledger: Ledger, _database: Database, _clock: SetClock) -> None:
        await ledger.grant(Nusd(5_000_000_000), "first purchase")
        await ledger.grant(Nusd(-1_000_000_000), "refund")
        begin_and_settle(ledger, record("gen-1", cost=250))
        assert await ledger.credits() == (4_000_000_000, 250)

    play(tmp_path, scenario)


def test_pruning_deletes_records_and_keeps_their_spending(tmp_path: Path) -> None:
    """Old records go, sums stay, and the last day is out of reach."""
    old = [record(f"gen-{n}", at_ms=_NOW_MS - 40 * _DAY_MS) for n in range(30)]

    async def scenario(ledger: Ledger, _database: Database, clock: SetClock) -> None:
        begin_and_settle(ledger, *old, record("gen-new"))
        await committed(ledger)
        assert await ledger.prune(clock.unix_ms() - 30 * _DAY_MS) == 30
        assert await ledger.get("gen-0") is None
        assert await ledger.get("gen-new") is not None
        assert await ledger.credits() == (0, 310)
        with pytest.raises(ValueError, match="24 hours"):
            await ledger.prune(clock.unix_ms() - _DAY_MS + 1)

    play(tmp_path, scenario)


def test_pruned_record_does_not_come_back_from_an_old_journal(tmp_path: Path) -> None:
    """A segment may outlive its pruned records; replaying it must not charge them twice."""
    kept = tmp_path / "kept"

    async def scenario(ledger: Ledger, _database: Database, clock: SetClock) -> None:
        begin_and_settle(ledger, record("gen-old", at_ms=_NOW_MS - 40 * _DAY_MS))
        await committed(ledger)
        kept.write_bytes(next((tmp_path / "journal").iterdir()).read_bytes())
        assert await ledger.prune(clock.unix_ms() - 30 * _DAY_MS) == 1

    async def after(ledger: Ledger, _database: Database, _clock: SetClock) -> None:
        assert await ledger.get("gen-old") is None
        assert await ledger.credits() == (0, 10)

    play(tmp_path, scenario)
    kept.rename(tmp_path / "journal" / "00000001.jsonl")
    play(tmp_path, after)


def test_key_shows_its_last_use_and_its_spending(tmp_path: Path) -> None:
    """Both come with the batch; last use never moves back, and a restart loads the sums."""

    async def scenario(ledger: Ledger, database: Database, clock: SetClock) -> None:
        keyring = Keyring.open(database, clock, Spending())
        _, key = await keyring.create(NewKey(name="n"))
        assert key.last_used_ms is None
        begin_and_settle(ledger, record("gen-1", key=key.hash, at_ms=_NOW_MS + 5))
        await committed(ledger)
        begin_and_settle(ledger, record("gen-0", key=key.hash, at_ms=_NOW_MS - 5))
        await committed(ledger)
        stored = await keyring.get(key.hash)
        assert stored is not None
        assert stored.last_used_ms == _NOW_MS + 5
        reloaded = Keyring.open(database, clock, Spending())
        assert reloaded.spending.spent(key.hash, _NOW_MS).total == 20

    play(tmp_path, scenario)


def test_second_ledger_on_a_folder_is_refused(tmp_path: Path) -> None:
    """One gateway per data folder; a database beside it (the command line) is fine."""

    async def scenario(_ledger: Ledger, database: Database, clock: SetClock) -> None:
        beside = Database.open(tmp_path, clock)
        with pytest.raises(FolderInUse):
            Ledger.open(beside, clock, on_settle=lambda _: None)
        await beside.set_fact("written", "beside")
        assert await database.get_fact("written") == "beside"
        beside.close()

    play(tmp_path, scenario)


def test_journal_shrinks_while_serving(tmp_path: Path) -> None:
    """Segments whose records are committed go, so the journal does not grow with the uptime."""

    async def scenario(ledger: Ledger, _database: Database, _clock: SetClock) -> None:
        for batch in range(20):
            begin_and_settle(ledger, *(record(f"gen-{batch}-{n}") for n in range(20)))
            await committed(ledger)
        for _ in range(500):
            # The files go just after the commit, on the writer's thread.
            if len(list((tmp_path / "journal").iterdir())) <= 1:
                return
            await asyncio.sleep(0.01)
        pytest.fail("committed segments are still there after 5 s")

    play(tmp_path, scenario, Options(segment_bytes=2000))


def test_begin_and_settle_are_cheap(tmp_path: Path) -> None:
    """Both together stay far below what a request may cost, disk writes included.

    The bound is loose, for a shared machine; the measured median is under 10 µs.
    """
    took: list[float] = []

    async def scenario(ledger: Ledger, _database: Database, _clock: SetClock) -> None:
        for number in range(2000):
            started = time.perf_counter()
            begin_and_settle(ledger, record(f"gen-{number}"))
            took.append(time.perf_counter() - started)

    play(tmp_path, scenario)
    assert sorted(took)[len(took) // 2] < 100e-6
