"""The made-up month: its sums agree with its records, and it is only put where it belongs."""

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import pytest

from turnout.catalog.cache import load as load_catalog
from turnout.catalog.index import Catalog
from turnout.core.clock import SYSTEM_CLOCK
from turnout.core.types import Generation
from turnout.demo.cast import assemble
from turnout.demo.fill import DEMO_FACT, FolderNotOursError, fill
from turnout.demo.records import Records
from turnout.demo.sums import Sums
from turnout.demo.traffic import HOUR_MS, Traffic
from turnout.ledger.columns import MEASURED, USED
from turnout.ledger.generations import decode
from turnout.store.database import DATABASE_NAME, Database
from turnout.store.folder import FolderInUse, FolderLock

pytestmark = pytest.mark.timeout(300)

NOW_MS = 1_795_600_000_000
"""In November 2026."""
MODEL = "openai/gpt-4o-mini"


class Later:
    """The system's clock, some time on."""

    def __init__(self, by_ms: int) -> None:
        self._by_ms = by_ms

    def unix_ms(self) -> int:
        """See Clock."""
        return SYSTEM_CLOCK.unix_ms() + self._by_ms

    def now_s(self) -> float:
        """See Clock."""
        return SYSTEM_CLOCK.now_s()


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """The shipped catalog."""
    return load_catalog(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, catalog: Catalog) -> Path:
    """A folder with a whole month in it."""
    folder = tmp_path_factory.mktemp("demo") / "demo-data"
    fill(folder, catalog, SYSTEM_CLOCK)
    return folder


def rows(folder: Path, sql: str, *parameters: object) -> list[tuple[int, ...]]:
    """What a statement says of a store."""
    connection = sqlite3.connect(folder / DATABASE_NAME)
    try:
        return connection.execute(sql, parameters).fetchall()
    finally:
        connection.close()


def sums(folder: Path, sql: str, columns: Sequence[str]) -> dict[tuple[str, int], list[int]]:
    """Columns of a statement summed by its `model` and `of_day`."""
    connection = sqlite3.connect(folder / DATABASE_NAME)
    connection.row_factory = sqlite3.Row
    found: dict[tuple[str, int], list[int]] = {}
    for row in connection.execute(sql):
        before = found.setdefault((row["model"], row["of_day"]), [0] * len(columns))
        for place, column in enumerate(columns):
            before[place] += row[column]
    connection.close()
    return found


def hashes(catalog: Catalog) -> Mapping[str, str]:
    """A hash for each caller's key."""
    return {caller.key: f"hash of {caller.key}" for caller in assemble(catalog).script.callers}


def test_history_covers_thirty_days_of_the_models_of_the_cast(
    filled: Path, catalog: Catalog
) -> None:
    """Every model of the cast has traffic on each of 30 days, and gpt-4o-mini at several hosts."""
    played = {part.slug for part in assemble(catalog).parts}
    assert len(played) >= 25
    days = rows(filled, "SELECT model, count(DISTINCT day) FROM model_days GROUP BY model")
    assert {str(model): count >= 30 for model, count in days} == dict.fromkeys(played, True)
    hosts = rows(filled, "SELECT DISTINCT endpoint FROM endpoint_hours WHERE model = ?", MODEL)
    assert len(hosts) >= 3


def test_days_of_models_are_the_sums_of_their_hours(filled: Path) -> None:
    """Each column that both tables have says the same in both, for each model and day."""
    hours = sums(filled, "SELECT *, hour / 24 AS of_day FROM endpoint_hours", MEASURED + USED)
    days = sums(filled, "SELECT *, day AS of_day FROM model_days", MEASURED + USED)
    assert hours == days
    assert len(days) > 700


def test_what_keys_used_is_what_endpoints_served(filled: Path) -> None:
    """Use by key and use by endpoint are the same use; failed requests are in neither's model."""
    hours = sums(filled, "SELECT *, hour / 24 AS of_day FROM endpoint_hours", USED)
    by_key = sums(filled, "SELECT *, day AS of_day FROM key_days WHERE model <> ''", USED)
    assert hours == by_key


def test_spending_is_what_was_charged(filled: Path) -> None:
    """What keys spent by day is the cost in the roll-ups, tokens and requests included."""
    spent = rows(filled, "SELECT sum(nusd), sum(requests) FROM key_spend")
    assert spent == rows(filled, "SELECT sum(cost_nusd), sum(requests) FROM key_days")


def test_the_last_days_have_a_record_for_each_request(filled: Path) -> None:
    """Where records begin, they and the sums of those hours count the same requests and money."""
    since_ms = rows(filled, "SELECT min(created_ms) FROM generations")[0][0]
    hour = since_ms // HOUR_MS
    summed = rows(
        filled, "SELECT sum(requests), sum(cost_nusd) FROM endpoint_hours WHERE hour >= ?", hour
    )
    stored = rows(filled, "SELECT count(*), sum(cost_nusd) FROM generations WHERE endpoint <> ''")
    assert summed == stored
    assert stored[0][0] > 5000


def test_records_have_attempts_decisions_and_say_that_they_are_simulated(filled: Path) -> None:
    """Some failed over, all that had a choice keep it, and no failure looks like a real one."""
    connection = sqlite3.connect(filled / DATABASE_NAME)
    bodies = connection.execute("SELECT body FROM generations LIMIT 4000").fetchall()
    connection.close()
    records: list[Generation] = [decode(body) for (body,) in bodies]
    assert any(len(record.attempts) > 1 and record.endpoint for record in records)
    chosen = [record for record in records if record.requested == MODEL]
    assert chosen
    assert all(record.decision is not None for record in chosen)
    messages = [a.message for record in records for a in record.attempts if a.message]
    assert messages
    assert all("simulated" in message for message in messages)


def test_live_windows_are_filled(filled: Path) -> None:
    """The slots of the last day are there for a gateway to take up."""
    slots = rows(filled, "SELECT count(*) FROM live_slots WHERE endpoint = ?", f"{MODEL}@openai")
    assert slots[0][0] > 20


def test_a_second_start_tops_up_and_keeps_what_is_there(filled: Path, catalog: Catalog) -> None:
    """Within a day nothing is made twice; only what is missing until now is added."""
    before = rows(filled, "SELECT count(*) FROM generations")[0][0]
    again = fill(filled, catalog, Later(HOUR_MS))
    assert not again.made
    assert 0 < again.records < before / 10
    assert rows(filled, "SELECT count(*) FROM generations")[0][0] == before + again.records


def test_a_folder_with_real_records_is_refused(tmp_path: Path, catalog: Catalog) -> None:
    """A store without the demo's mark is left as it is."""
    Database.open(tmp_path, SYSTEM_CLOCK).close()
    with pytest.raises(FolderNotOursError, match="no demo made"):
        fill(tmp_path, catalog, SYSTEM_CLOCK)
    assert rows(tmp_path, "SELECT count(*) FROM keys") == [(0,)]


def test_a_folder_that_is_served_is_left_alone(filled: Path, catalog: Catalog) -> None:
    """While a gateway holds the folder, nothing in it is made anew or added."""
    lock = FolderLock.take(filled)
    try:
        with pytest.raises(FolderInUse):
            fill(filled, catalog, Later(2 * 24 * HOUR_MS))
    finally:
        lock.release()


def test_a_store_is_marked_as_made_up(filled: Path) -> None:
    """The fact by which a gateway labels its pages is there."""
    assert rows(filled, "SELECT count(*) FROM meta WHERE name = ?", DEMO_FACT) == [(1,)]


def test_the_same_time_has_the_same_requests(catalog: Catalog) -> None:
    """History follows from the clock alone: made twice, it is the same."""
    traffic = Traffic(assemble(catalog), NOW_MS)
    span = (NOW_MS - HOUR_MS, NOW_MS)
    once = [list(drawn) for drawn in Records(traffic, hashes(catalog)).between(*span)]
    again = [list(drawn) for drawn in Records(traffic, hashes(catalog)).between(*span)]
    assert msgspec.json.encode(once) == msgspec.json.encode(again)
    assert sum(map(len, once)) > 100


def test_sums_and_records_are_of_the_same_size(catalog: Catalog, tmp_path: Path) -> None:
    """An hour as sums has about the requests, tokens and money that it has as records."""
    traffic = Traffic(assemble(catalog), NOW_MS)
    hour = NOW_MS // HOUR_MS - 30
    database = Database.open(tmp_path, SYSTEM_CLOCK)
    for helping in Sums(traffic, hashes(catalog)).helpings(hour, hour + 6):
        database.write_now(helping.write)
    database.close()
    summed = rows(tmp_path, "SELECT sum(requests), sum(text_in + cache_read) FROM endpoint_hours")
    span = (hour * HOUR_MS, (hour + 6) * HOUR_MS)
    drawn = [one for some in Records(traffic, hashes(catalog)).between(*span) for one in some]
    served = [one.generation for one in drawn if one.generation.endpoint]
    prompt_tok = sum(one.usage.prompt_tok for one in served)
    assert summed[0][0] == pytest.approx(len(served), rel=0.1)
    assert summed[0][1] == pytest.approx(prompt_tok, rel=0.2)
