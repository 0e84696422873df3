"""kill -9 loses no record that was settled, and doubles none."""

import asyncio
import random
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from turnout.core.clock import SYSTEM_CLOCK
from turnout.core.types import Generation
from turnout.ledger.generations import encode
from turnout.ledger.ledger import Ledger
from turnout.ledger.recovery import Recovered, recover
from turnout.store.database import DATABASE_NAME, Database
from turnout.store.journal import Journal, segments

_CHILD = Path(__file__).with_name("settling_process.py")


def run_and_kill(folder: Path, after_s: float, *, while_recovering: bool) -> str:
    """What a settling process printed before it was killed at that moment."""
    command = [sys.executable, str(_CHILD), str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        printed = b"" if while_recovering else child.stdout.readline()
        # The pipe holds 64 KB; somebody must read, or the child would stop settling.
        deadline = time.monotonic() + after_s
        while not while_recovering and (time.monotonic() < deadline or printed.count(b"\n") < 40):
            printed += child.stdout.readline()
        if while_recovering:
            time.sleep(after_s)
        child.kill()
        printed += child.stdout.read()
    return printed.decode()


def stored(folder: Path) -> dict[str, str]:
    """State by id, read with nothing but sqlite3."""
    connection = sqlite3.connect(folder / DATABASE_NAME)
    rows = connection.execute("SELECT id, state FROM generations").fetchall()
    connection.close()
    assert len(dict(rows)) == len(rows)
    return dict(rows)


def spent(folder: Path) -> tuple[int, int, int]:
    """Sums of key_spend: nano-USD, requests, tokens."""
    connection = sqlite3.connect(folder / DATABASE_NAME)
    row = connection.execute("SELECT sum(nusd), sum(requests), sum(tokens) FROM key_spend")
    sums: tuple[int, int, int] = row.fetchone()
    connection.close()
    return sums


def summed(folder: Path) -> dict[str, tuple[int, ...]]:
    """What the roll-ups say in all: of each table its counts, nano-USD and tokens."""
    connection = sqlite3.connect(folder / DATABASE_NAME)
    use = "sum(requests), sum(cost_nusd), sum(text_in + text_out)"
    columns = {
        "endpoint_hours": f"sum(attempts), sum(served), sum(ttft_07), sum(latency_09), {use}",
        "model_days": f"sum(attempts), sum(served), sum(ttft_07), sum(latency_09), {use}",
        "app_days": use,
        "key_days": f"sum(failed), {use}",
    }
    found: dict[str, tuple[int, ...]] = {}
    for table, what in columns.items():
        row: tuple[int, ...] = connection.execute(f"SELECT {what} FROM {table}").fetchone()  # noqa: S608 (our own words)
        found[table] = row
    connection.close()
    return found


@pytest.mark.timeout(120)
def test_killed_process_loses_and_doubles_nothing(folder: Path) -> None:
    """Ten kills at random moments, some of them during the recovery from the one before."""
    chance = random.Random()
    seen: set[tuple[str, str]] = set()
    for round_number in range(10):
        printed = run_and_kill(
            folder, chance.uniform(0.0, 0.25), while_recovering=round_number % 3 == 2
        )
        for line in printed.splitlines():
            word, _, generation = line.partition(" ")
            seen.add((word, generation))
    database = Database.open(folder, SYSTEM_CLOCK)
    recover(database, folder / "journal")
    again = recover(database, folder / "journal")
    database.close()
    states = stored(folder)
    settled = {generation for word, generation in seen if word == "settled"}
    begun = {generation for word, generation in seen if word == "begun"}
    assert len(settled) > 500, "the test must have settled something worth losing"
    assert [name for name in settled if states.get(name) != "succeeded"] == []
    assert [name for name in begun if name not in states] == []
    # Killed between the journal and the print, at most one per round settled in silence.
    silent = [name for name in begun - settled if states[name] == "succeeded"]
    assert len(silent) <= 10
    counts = Counter(states.values())
    assert counts["interrupted"] >= len(begun) // 6
    succeeded = counts["succeeded"]
    assert spent(folder) == (7 * succeeded, len(states), 5 * succeeded)
    use = (succeeded, 7 * succeeded, 5 * succeeded)
    assert summed(folder) == {
        "endpoint_hours": (succeeded,) * 4 + use,
        "model_days": (succeeded,) * 4 + use,
        "app_days": use,
        "key_days": (len(states) - succeeded, len(states), *use[1:]),
    }
    assert again == Recovered()
    assert segments(folder / "journal") == []


def write_journal(folder: Path) -> Path:
    """The one segment that a dead process left: "a" begun and settled, "b" likewise."""
    journal = Journal.open(folder / "journal")
    for name in ("a", "b"):
        begun = Generation(id=name, key_hash="k", created_ms=1, state="interrupted")
        journal.begin(name, encode(begun).body)
        settled = Generation(id=name, key_hash="k", created_ms=1, state="succeeded", cost_nusd=7)
        journal.end(name, encode(settled).body)
    journal.close()
    (path,) = segments(folder / "journal")
    return path


def test_torn_last_line_leaves_its_request_interrupted(folder: Path) -> None:
    """A cut end was promised to nobody; the begin before it still tells of the request."""
    database = Database.open(folder, SYSTEM_CLOCK)
    path = write_journal(folder)
    path.write_bytes(path.read_bytes()[:-10])
    found = recover(database, folder / "journal")
    database.close()
    assert found == Recovered(ended=1, interrupted=1, torn=1)
    assert stored(folder) == {"a": "succeeded", "b": "interrupted"}
    assert spent(folder)[:2] == (7, 2)
    assert segments(folder / "journal") == []


def test_damaged_segment_is_kept_for_the_operator(folder: Path) -> None:
    """A line that went bad in the middle costs that line; the rest is stored, the file stays."""
    database = Database.open(folder, SYSTEM_CLOCK)
    path = write_journal(folder)
    lines = path.read_bytes().splitlines(keepends=True)
    lines[1] = lines[1].replace(b"succeeded", b"Succeeded")
    path.write_bytes(b"".join(lines))
    found = recover(database, folder / "journal")
    database.close()
    assert found == Recovered(ended=1, interrupted=1, damaged=1)
    assert stored(folder) == {"a": "interrupted", "b": "succeeded"}
    assert [kept.name for kept in (folder / "journal").iterdir()] == ["00000001.damaged"]


def test_interrupted_request_can_be_read_after_the_restart(folder: Path) -> None:
    """Whoever asks for a request that the process died in is told so, at no cost."""
    printed = run_and_kill(folder, 0.05, while_recovering=False)
    begun = [line.split()[1] for line in printed.splitlines() if line.startswith("begun")]
    settled = {line.split()[1] for line in printed.splitlines() if line.startswith("settled")}
    left_open = next(name for name in begun if name not in settled)

    async def scenario() -> None:
        database = Database.open(folder, SYSTEM_CLOCK)
        ledger = Ledger.open(database, SYSTEM_CLOCK, on_settle=lambda _: None)
        found = await ledger.get(left_open)
        assert found is not None
        assert (found.state, found.cost_nusd) == ("interrupted", 0)
        assert ledger.recovered.interrupted > 0
        await ledger.close()
        database.close()

    asyncio.run(scenario())
