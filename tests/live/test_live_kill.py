"""`kill -9` under load: what a client was told is on record, once, charged and summed up, once."""

import random
import sqlite3
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from tests.gateway import (
    Gateway,
    Template,
    gateway_folder,
    open_simulator,
    provider_table,
    serve_in,
)
from tests.live.load import Note, loading

ROUNDS = 6
CLIENTS = 24

SCENARIO = """
[providers.quick]
answer = { tokens = 8 }
[providers.paced]
answer = { tokens = 30 }
pace = { ttft_ms = 5, token_rate_tps = 150 }
"""


class Row(msgspec.Struct):
    """A record in the store."""

    id: str
    state: str
    cost_nusd: int


class Kept(msgspec.Struct):
    """All that the store holds after a restart, read from its file."""

    rows: list[Row]
    spent_nusd: int
    requests: int
    by_key: tuple[int, int, int]
    by_endpoint: tuple[int, int, int]


def kept(data_dir: Path) -> Kept:
    """Reads beside the running gateway."""
    with closing(sqlite3.connect(f"file:{data_dir}/turnout.sqlite?mode=ro", uri=True)) as store:
        rows = [Row(*row) for row in store.execute("SELECT id, state, cost_nusd FROM generations")]
        [spent] = store.execute(
            "SELECT coalesce(sum(nusd), 0), coalesce(sum(requests), 0) FROM key_spend"
        )
        [by_key] = store.execute(
            "SELECT coalesce(sum(cost_nusd), 0), coalesce(sum(requests), 0),"
            " coalesce(sum(failed), 0) FROM key_days"
        )
        [by_endpoint] = store.execute(
            "SELECT coalesce(sum(cost_nusd), 0), coalesce(sum(requests), 0),"
            " coalesce(sum(served), 0) FROM endpoint_hours"
        )
    return Kept(rows, spent[0], spent[1], by_key, by_endpoint)


def killed_under_load(gateway: Gateway, after_s: float) -> list[Note]:
    """What the clients knew when the process was gone."""
    models = ["acme/quick"] * 5 + ["acme/paced"]
    with loading(gateway, models, CLIENTS) as load:
        time.sleep(after_s)
        gateway.process.kill()
        gateway.process.wait()
    return load.notes


@pytest.mark.timeout(180)
def test_kill_loses_and_doubles_no_record(template: Template, tmp_path: Path) -> None:
    """Every whole answer is in the store exactly once at its cost; all spending is its sum."""
    chance = random.Random(20261123)
    with open_simulator(tmp_path, SCENARIO) as simulator:
        tables = [provider_table(name, simulator, [f"acme/{name}"]) for name in ("quick", "paced")]
        where = gateway_folder(template, tmp_path, "\n".join(tables))
        notes: list[Note] = []
        print()  # noqa: T201 (the counts are what this test shows)
        for round_ in range(1, ROUNDS + 1):
            with serve_in(where, template) as gateway:
                assert_kept(notes, gateway)
                new = killed_under_load(gateway, chance.uniform(0.4, 1.5))
            assert sum(note.whole for note in new) > CLIENTS
            notes += new
            print(f"round {round_}: {counts(new)}")  # noqa: T201 (a figure to read)
        with serve_in(where, template) as gateway:
            states = assert_kept(notes, gateway)
        print(f"store: {dict(states)}, lost 0, doubled 0")  # noqa: T201 (a figure to read)


def counts(notes: list[Note]) -> str:
    """One line of figures."""
    whole = sum(note.whole for note in notes)
    begun = sum(bool(note.id) and not note.whole for note in notes)
    return f"{len(notes)} asked, {whole} answered whole, {begun} cut, rest unheard"


def assert_kept(notes: list[Note], gateway: Gateway) -> Counter[str]:
    """The store and the clients tell one story; returns how many records are in which state."""
    store = kept(gateway.data_dir)
    rows = {row.id: row for row in store.rows}
    assert len(rows) == len(store.rows)
    whole = {note.id: note for note in notes if note.whole}
    assert len(whole) == sum(note.whole for note in notes)
    for note in whole.values():
        assert note.status == 200
        assert rows[note.id].state == "succeeded"
        assert rows[note.id].cost_nusd == note.cost_nusd
    for note in notes:
        if note.id and not note.whole:  # begun, or recorded with its last bytes still on the way
            assert rows[note.id].state in {"interrupted", "succeeded"}
    assert all(row.cost_nusd == 0 for row in store.rows if row.state == "interrupted")
    assert {row.state for row in store.rows} <= {"succeeded", "interrupted"}
    assert len(store.rows) <= len(notes)
    assert store.spent_nusd == sum(row.cost_nusd for row in store.rows)
    assert store.requests == len(store.rows)
    states = Counter(row.state for row in store.rows)
    succeeded = states["succeeded"]
    assert store.by_key == (store.spent_nusd, len(store.rows), states["interrupted"])
    assert store.by_endpoint == (store.spent_nusd, succeeded, succeeded)
    told = gateway.call("GET", "/api/v1/key").json["data"]["usage"]
    assert round(told * 1_000_000_000) == store.spent_nusd
    return states
