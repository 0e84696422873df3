"""Live windows over restarts: kill -9 costs what came after the last saving, and nothing else."""

import asyncio
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import msgspec
import pytest

from turnout.core.clock import SYSTEM_CLOCK
from turnout.core.types import Outcome
from turnout.metrics.cells import LAYOUT
from turnout.metrics.figures import WINDOWS_S
from turnout.metrics.health import Health
from turnout.metrics.keeping import Keeper
from turnout.store.database import Database, StoreUnavailable
from turnout.store.statements import SQL

_CHILD = Path(__file__).with_name("measuring_process.py")
WHO: Final = "acme/one@a"
START_MS: Final = 1_790_000_100_000


class SetClock:
    """A clock that the test moves; monotonic seconds begin anywhere."""

    def __init__(self, unix_ms: int = START_MS, zero_s: float = 5000.0) -> None:
        self.at_ms = unix_ms
        self.zero_s = zero_s

    def unix_ms(self) -> int:
        """As set."""
        return self.at_ms

    def now_s(self) -> float:
        """Moves with it."""
        return self.at_ms / 1000 - self.zero_s


def keeper(folder: Path, clock: SetClock) -> tuple[Health, Keeper, Database]:
    """A fresh process's windows."""
    database = Database.open(folder, clock)
    health = Health(epoch_s=clock.unix_ms() / 1000 - clock.now_s())
    return health, Keeper(health, database, clock), database


def test_killed_process_forgets_no_window_that_was_saved(folder: Path) -> None:
    """Five kills: each successor takes up what its predecessor had saved, or a little more."""
    saved = 0
    for _ in range(5):
        command = [sys.executable, str(_CHILD), str(folder)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            word, count = child.stdout.readline().split()
            assert word == "taken"
            assert saved <= int(count) <= saved + 20
            until_s = time.monotonic() + 0.3
            while time.monotonic() < until_s:
                saved = int(child.stdout.readline().split()[1])
            child.kill()
            for line in child.stdout.read().splitlines():
                saved = int(line.split()[1])
    assert saved > 100


@pytest.mark.parametrize("away_s", [0, 45, 600, 7200, 90_000])
def test_windows_go_on_where_they_were(folder: Path, away_s: int) -> None:
    """After any absence each window says what it would have said without one."""
    clock = SetClock()
    health, kept, database = keeper(folder, clock)
    for second in range(3000):
        clock.at_ms = START_MS + second * 1000
        if second % 7 == 0:
            health.record(Outcome(endpoint=WHO, at_s=clock.now_s(), latency_ms=second + 1))
        if second % 20 == 0:
            asyncio.run(kept.save())
    asyncio.run(kept.save())
    database.close()
    clock.at_ms += away_s * 1000
    later = SetClock(clock.at_ms, zero_s=77.0)
    again, taken, database = keeper(folder, later)
    taken.restore()
    for window_s in WINDOWS_S[1:]:
        expected = health.view(clock.now_s(), 30.0).figures(WHO, window_s)
        assert expected is not None
        found = again.view(later.now_s(), 30.0).figures(WHO, window_s)
        assert (0 if found is None else found.attempts) == expected.attempts
        if found is not None:
            assert found == expected
    asyncio.run(taken.prune())
    rows = database.read_now("live_slots")
    assert (len(rows) > 0) is (away_s < 86400)
    database.close()


def test_slots_nobody_understands_are_left_alone(folder: Path) -> None:
    """Of another layout, or from the future of a clock that was set back."""
    clock = SetClock()
    _, _, database = keeper(folder, clock)
    number = clock.at_ms // 10_000
    rows = [
        (number, [LAYOUT + 1, [0], [9]]),
        (number + 5, [LAYOUT, [0], [9]]),
        (number - 1, [LAYOUT, [65_000], [9]]),
    ]
    for place, (at, cells) in enumerate(rows):
        row = {"endpoint": WHO, "window_s": 300, "place": place, "number": at}
        row |= {"cells": msgspec.msgpack.encode(cells)}
        database.write_now(lambda db, row=row: db.execute(SQL["put_live_slot"], row))
    database.close()
    health, kept, database = keeper(folder, clock)
    assert kept.restore() == 0
    assert health.windows == {}
    database.close()


def test_saving_that_failed_is_made_up_for(folder: Path) -> None:
    """What did not reach the store is written the next time, though nothing came since."""
    clock = SetClock()
    health, kept, database = keeper(folder, clock)
    health.record(Outcome(endpoint=WHO, at_s=clock.now_s()))
    database.close()

    async def refused() -> None:
        with pytest.raises(StoreUnavailable):
            await kept.save()

    asyncio.run(refused())
    reopened = Database.open(folder, SYSTEM_CLOCK)
    kept._database = reopened  # pyright: ignore[reportPrivateUsage]  (the store came back)
    assert asyncio.run(kept.save()) == 3
    assert asyncio.run(kept.save()) == 0
    reopened.close()
