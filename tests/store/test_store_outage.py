"""While the store is down: known keys pass, unknown ones get no 401, records wait."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from another_process import locked

from turnout.core.clock import SYSTEM_CLOCK
from turnout.core.ids import generation_id, secret_key
from turnout.core.types import Generation
from turnout.identity.keyring import Keyring
from turnout.identity.keys import NewKey
from turnout.identity.limits import Spending
from turnout.ledger.finding import Wanted, find
from turnout.ledger.ledger import Ledger, Options
from turnout.store.database import Database, StoreUnavailable


def settle_one(ledger: Ledger, key_hash: str) -> Generation:
    """One request from begin to settle, costing 1 nano-USD."""
    now_ms = SYSTEM_CLOCK.unix_ms()
    name = generation_id(now_ms)
    ledger.begin(Generation(id=name, key_hash=key_hash, created_ms=now_ms, state="interrupted"))
    record = Generation(
        id=name, key_hash=key_hash, created_ms=now_ms, state="succeeded", cost_nusd=1
    )
    ledger.settle(record)
    return record


async def until(condition: Callable[[], bool]) -> None:
    """Waits for a condition, 15 s at most."""
    for _ in range(750):
        if condition():
            return
        await asyncio.sleep(0.02)
    pytest.fail("the condition did not come true in 15 s")


def test_locked_store_never_looks_like_a_wrong_key(folder: Path) -> None:
    """Known keys are served from memory; for an unknown one the failure is named as such."""

    async def scenario() -> None:
        database = Database.open(folder, SYSTEM_CLOCK, patience_s=0.4)
        keyring = Keyring.open(database, SYSTEM_CLOCK, Spending())
        secret, key = await keyring.create(NewKey(name="known"))
        stranger = secret_key()
        with locked(folder):
            async with asyncio.TaskGroup() as tasks:
                watch = tasks.create_task(keyring.watch())
                assert await keyring.lookup(secret) == key
                asked = await asyncio.gather(
                    *(keyring.lookup(stranger) for _ in range(20)), return_exceptions=True
                )
                assert {type(answer) for answer in asked} == {StoreUnavailable}
                with pytest.raises(StoreUnavailable):
                    await keyring.create(NewKey(name="not now"))
                assert keyring.find(secret) == key
                watch.cancel()
        database.close()

    asyncio.run(scenario())


def test_records_outlive_a_locked_store_and_are_readable_meanwhile(folder: Path) -> None:
    """More records than memory may hold: all are found at once, and all are stored afterwards."""

    async def scenario() -> None:
        database = Database.open(folder, SYSTEM_CLOCK, patience_s=1.0)
        ledger = Ledger.open(
            database,
            SYSTEM_CLOCK,
            on_settle=lambda _: None,
            options=Options(pending_max=20, segment_bytes=2000),
        )
        with locked(folder):
            records = [settle_one(ledger, "k") for _ in range(200)]
            for record in (records[0], records[19], records[20], records[199]):
                assert await ledger.get(record.id) == record
        await until(lambda: not ledger.waiting)
        found = (await find(ledger, SYSTEM_CLOCK, Wanted(key_hash="k"), 500)).records
        assert sorted(found, key=lambda g: g.id) == sorted(records, key=lambda g: g.id)
        assert database.read_now("total_spend") == [{"nusd": 200}]
        await ledger.close()
        database.close()
        assert list((folder / "journal").iterdir()) == []

    asyncio.run(scenario())


def test_close_under_a_locked_store_leaves_the_rest_to_the_next_start(folder: Path) -> None:
    """Stopping is bounded in time; what could not be committed is recovered, once."""

    async def first() -> list[Generation]:
        database = Database.open(folder, SYSTEM_CLOCK)
        ledger = Ledger.open(
            database, SYSTEM_CLOCK, on_settle=lambda _: None, options=Options(close_s=0.3)
        )
        with locked(folder):
            records = [settle_one(ledger, "k") for _ in range(5)]
            await ledger.close()
        database.close()
        return records

    async def second(records: list[Generation]) -> None:
        database = Database.open(folder, SYSTEM_CLOCK)
        ledger = Ledger.open(database, SYSTEM_CLOCK, on_settle=lambda _: None)
        for record in records:
            assert await ledger.get(record.id) == record
        assert await ledger.credits() == (0, 5)
        await ledger.close()
        database.close()

    asyncio.run(second(asyncio.run(first())))


# The soft limit on file sizes stands in for a full disk: the kernel refuses the writes for real.
_FULL_DISK = """
import asyncio, resource, sys
from pathlib import Path
from turnout.core.clock import SYSTEM_CLOCK
from turnout.core.types import Generation
from turnout.ledger.ledger import Ledger, Options
from turnout.store.database import Database, StoreUnavailable

def begun(name):
    return Generation(id=name, key_hash="k", created_ms=1, state="interrupted")

async def main():
    database = Database.open(Path(sys.argv[1]), SYSTEM_CLOCK)
    options = Options(segment_bytes=1)  # every line needs a new file, so a full disk shows at once
    ledger = Ledger.open(database, SYSTEM_CLOCK, on_settle=lambda _: None, options=options)
    ledger.begin(begun("on its way"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
    try:
        ledger.begin(begun("new"))
    except StoreUnavailable:
        print("refused")
    ledger.settle(Generation(id="on its way", key_hash="k", created_ms=1, state="succeeded"))
    print((await ledger.get("on its way")).state)
    await asyncio.sleep(0.3)
    print(ledger.waiting)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    ledger.begin(begun("later"))
    while ledger.waiting:
        await asyncio.sleep(0.02)
    print(ledger.in_flight, database.read_now("find_generation", {"id": "on its way"}) != [])
    await ledger.close()
    database.close()

asyncio.run(main())
"""


def test_full_disk_refuses_new_requests_and_keeps_those_on_their_way(folder: Path) -> None:
    """What cannot be recorded is not served; an answer that is out is recorded when it can be."""
    found = subprocess.run(
        [sys.executable, "-c", _FULL_DISK, str(folder)],
        capture_output=True,
        check=True,
        text=True,
        timeout=30,
    )
    assert found.stdout.splitlines() == ["refused", "succeeded", "1", "1 True"]
