"""A store of ten million generations, made in some minutes: `bench.pages` reads it.

One hour of requests is made as real records, and summed by the ledger's own code. All other hours
are copies of it, made by SQL: records with ids and times of their own, sums moved and multiplied.
So every table has the rows, the widths and the indexes that real traffic would have left.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Final

import msgspec

from turnout.catalog.index import Catalog
from turnout.core.clock import SYSTEM_CLOCK
from turnout.core.money import nusd_from_usd
from turnout.core.types import Attempt, Endpoint, Generation
from turnout.core.usage import Price, Usage, charge
from turnout.demo.cast import read_script
from turnout.identity.keys import Key, hash_secret, mask
from turnout.ledger.generations import encode
from turnout.ledger.rollups import Rollups
from turnout.store.database import DATABASE_NAME, Database
from turnout.store.statements import SQL
from turnout.store.transaction import transaction

MODEL: Final = "openai/gpt-4o-mini"
APP: Final = "https://app-000.example.com"
DAYS: Final = 90
APPS: Final = 500
KEYS: Final = 200
HOUR_MS: Final = 3_600_000
_DAY: Final = 24
_MONTH_DAYS: Final = 30
_MANY: Final = 24
"""Hours of records that one transaction writes."""

_BY_HOUR: Final = {"endpoint_hours": "hour", "use_hours": "at", "asked_hours": "hour"}
_BY_DAY: Final = {
    "model_days": "day",
    "app_days": "day",
    "key_days": "day",
    "use_days": "at",
    "endpoint_days": "day",
    "key_spend": "day",
}
_BY_MINUTE: Final = {"use_minutes": "at"}
_BY_MONTH: Final = {"use_months": "at"}
_NOT_SUMMED: Final = frozenset(
    {
        *("generations", "keys", "credits", "meta", "migrations", "live_slots", "probes"),
        *("sessions", "presets", "preset_versions", "apps", "benchmark_scores", "contents"),
    }
)


def build(folder: Path, catalog: Catalog, generations: int, secret: str) -> int:
    """Makes the store; how many records are in it.

    Args:
        folder: Empty or not there.
        catalog: Whose endpoints serve.
        generations: Roughly how many; a whole number an hour.
        secret: Of a management key to ask the pages with.
    """
    hours = DAYS * _DAY
    an_hour = max(1, generations // hours)
    now_ms = SYSTEM_CLOCK.unix_ms()
    last = now_ms // HOUR_MS - 1
    records = list(_an_hour(catalog, an_hour, last * HOUR_MS))
    Database.open(folder, SYSTEM_CLOCK).close()
    with closing(sqlite3.connect(folder / DATABASE_NAME, isolation_level=None)) as connection:
        for pragma in ("synchronous = OFF", "cache_size = -1000000", "temp_store = MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        with transaction(connection):
            _put_keys(connection, secret, now_ms)
            _sum(connection, records)
        _check_tables(connection)
        _copy_sums(connection, last)
        _copy_records(connection, records, last, hours)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return hours * len(records)


# ── one hour ────────────────────────────────────────────────────────────────────────────────────


def _an_hour(catalog: Catalog, count: int, from_ms: int) -> Iterator[Generation]:
    chance = Random(10)
    endpoints = _endpoints(catalog)
    # The k-th endpoint gets about 1/k of the traffic, the model the most.
    weights = [1 / (place + 3) for place in range(len(endpoints))]
    for number in range(count):
        endpoint, price = chance.choices(endpoints, weights)[0]
        at_ms = from_ms + number * HOUR_MS // count
        yield _record(chance, endpoint, price, number, at_ms)


def _endpoints(catalog: Catalog) -> list[tuple[Endpoint, Price]]:
    on = read_script().providers
    models = sorted(catalog.models, key=lambda slug: (slug != MODEL, slug[::-1]))
    return [
        (endpoint, endpoint.price)
        for slug in models
        for endpoint in catalog.all_endpoints(slug)
        if isinstance(endpoint.price, Price) and endpoint.provider in on and endpoint.tier is None
    ]


def _record(
    chance: Random, endpoint: Endpoint, price: Price, number: int, at_ms: int
) -> Generation:
    # Each model has eight apps, so that apps and models do not all meet.
    app = 0 if number % 50 == 0 else (hash_of(endpoint.model) + number % 8 * 61) % APPS
    prompt, said = chance.randrange(50, 9000), chance.randrange(10, 900)
    usage = Usage(text_in=prompt, cache_read=prompt // 4 * (number % 2), text_out=said)
    cost = charge(price, usage)
    latency_ms = chance.randrange(300, 20_000)
    draw = chance.random()
    attempts = [_attempt(endpoint, at_ms, latency_ms, "served")]
    if draw < 0.03:
        attempts.insert(0, _attempt(endpoint, at_ms, 400, "server"))
    if draw > 0.995:
        return _lost(endpoint, number, at_ms, app)
    return Generation(
        id=f"gen-{at_ms // 1000}-{number:020x}",
        key_hash=key_hash(app % KEYS),
        created_ms=at_ms,
        state="succeeded" if draw < 0.99 else "cancelled",
        requested=endpoint.model,
        model=endpoint.model,
        provider=endpoint.provider,
        endpoint=endpoint.id,
        streamed=True,
        finish_reason="stop",
        usage=usage,
        cost_nusd=cost.total,
        prompt_cost_nusd=cost.prompt,
        completion_cost_nusd=cost.completion,
        ttft_ms=latency_ms // 5,
        latency_ms=latency_ms,
        attempts=tuple(attempts),
        app_url=_url(app),
        app_title=f"App {app}",
    )


def _lost(endpoint: Endpoint, number: int, at_ms: int, app: int) -> Generation:
    """A request that nobody served."""
    return Generation(
        id=f"gen-{at_ms // 1000}-{number:020x}",
        key_hash=key_hash(app % KEYS),
        created_ms=at_ms,
        state="failed",
        requested=endpoint.model,
        attempts=(_attempt(endpoint, at_ms, 400, "server"),),
        error_type="provider_unavailable",
        app_url=_url(app),
        app_title=f"App {app}",
    )


def _url(app: int) -> str:
    return f"https://app-{app:03d}.example.com"


def _attempt(endpoint: Endpoint, at_ms: int, latency_ms: int, outcome: str) -> Attempt:
    return Attempt(
        endpoint=endpoint.id,
        provider=endpoint.provider,
        model=endpoint.model,
        outcome=outcome,
        started_ms=at_ms,
        latency_ms=latency_ms,
        status=200 if outcome == "served" else 500,
        ttft_ms=latency_ms // 5 if outcome == "served" else None,
    )


def hash_of(text: str) -> int:
    """A number that is the same in every process."""
    return sum(place * letter for place, letter in enumerate(text.encode(), 1))


def key_hash(number: int) -> str:
    """The hash of the number-th key."""
    return hash_secret(f"bench {number}")


def _put_keys(connection: sqlite3.Connection, secret: str, now_ms: int) -> None:
    keys = [
        Key(hash=key_hash(n), label="sk-or-v1-ben...ch", name=f"Key {n}", created_ms=now_ms)
        for n in range(KEYS)
    ]
    operator = Key(
        hash=hash_secret(secret),
        label=mask(secret),
        name="Pages",
        management=True,
        created_ms=now_ms,
    )
    rows = [msgspec.structs.asdict(key) for key in (*keys, operator)]
    connection.executemany(SQL["insert_key"], rows)
    movement = {"created_ms": now_ms, "nusd": int(nusd_from_usd(1_000_000)), "reason": "bench"}
    connection.execute(SQL["grant_credit"], movement)


def _sum(connection: sqlite3.Connection, records: Sequence[Generation]) -> None:
    rollups = Rollups()
    spent: dict[tuple[str, int], list[int]] = {}
    for record in records:
        rollups.add(record)
        row = spent.setdefault((record.key_hash, record.created_ms // HOUR_MS // _DAY), [0, 0, 0])
        row[0] += record.cost_nusd
        row[1] += 1
        row[2] += record.usage.prompt_tok + record.usage.completion_tok
    rollups.write(connection)
    names = ("nusd", "requests", "tokens")
    connection.executemany(
        SQL["add_spend"],
        [
            {"key_hash": key, "day": day, **dict(zip(names, row, strict=True))}
            for (key, day), row in spent.items()
        ],
    )


# ── all the others ──────────────────────────────────────────────────────────────────────────────


def _check_tables(connection: sqlite3.Connection) -> None:
    """A table that nobody here knows would be empty, and its pages too fast."""
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    known = {*_BY_HOUR, *_BY_DAY, *_BY_MINUTE, *_BY_MONTH, *_NOT_SUMMED}
    unknown = {name for (name,) in rows if not name.startswith("sqlite_")} - known
    if unknown:
        raise ValueError(f"bench/pages_store.py does not fill {', '.join(sorted(unknown))}")


def _copy_sums(connection: sqlite3.Connection, last: int) -> None:
    day = last // _DAY
    jobs: list[tuple[Mapping[str, str], int, list[int], int]] = [
        (_BY_HOUR, last, [last - back for back in range(1, DAYS * _DAY)], 1),
        (_BY_MINUTE, last * 60, [last * 60 - back * 60 for back in range(1, _DAY)], 1),
        (_BY_DAY, day, [day - back for back in range(1, DAYS)], _DAY),
    ]
    for tables, source, targets, times in jobs:
        for table, at in tables.items():
            keys, sums = _columns(connection, table)
            span = 60 if tables is _BY_MINUTE else 1
            picked = [f"{at} + ?" if name == at else name for name in keys]
            picked += [f"{name} * {times}" for name in sums]
            sql = (
                f"INSERT INTO {table} ({', '.join((*keys, *sums))}) SELECT {', '.join(picked)} "  # noqa: S608 (our own names)
                f"FROM {table} WHERE {at} >= {source} AND {at} < {source + span}"
            )
            with transaction(connection):
                for target in targets:
                    connection.execute(sql, (target - source,))
            if times > 1:
                _multiply(connection, table, sums, f"{at} = {source}", times)
    for table in _BY_MONTH:
        _, sums = _columns(connection, table)
        _multiply(connection, table, sums, "1", _DAY * _MONTH_DAYS)


def _multiply(
    connection: sqlite3.Connection, table: str, sums: Sequence[str], where: str, times: int
) -> None:
    changes = ", ".join(f"{name} = {name} * {times}" for name in sums)
    with transaction(connection):
        connection.execute(f"UPDATE {table} SET {changes} WHERE {where}")  # noqa: S608 (our own names)


def _columns(connection: sqlite3.Connection, table: str) -> tuple[list[str], list[str]]:
    """A table's keys and names, and its sums: the integers that are no key."""
    keys: list[str] = []
    sums: list[str] = []
    for _, name, kind, _, _, key in connection.execute(f"PRAGMA table_info({table})"):
        (sums if kind == "INTEGER" and not key else keys).append(name)
    return keys, sums


def _copy_records(
    connection: sqlite3.Connection, records: Sequence[Generation], last: int, hours: int
) -> None:
    indexes: list[tuple[str, str]] = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'generations' "
        "AND sql IS NOT NULL"
    ).fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    columns = [str(row[1]) for row in connection.execute("PRAGMA table_info(generations)")]
    connection.execute(
        "CREATE TEMP TABLE picks (n INTEGER PRIMARY KEY, key_hash, offset_ms, state, model, "
        "provider, endpoint, cost_nusd, prompt_tok, completion_tok, app, tail)"
    )
    connection.executemany(
        "INSERT INTO picks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (_pick(number, record, last) for number, record in enumerate(records)),
    )
    made = {
        "id": "printf('gen-%d-%020x', (h.at + offset_ms) / 1000, n)",
        "created_ms": "h.at + offset_ms",
        "body": (
            'CAST(printf(\'{"id":"gen-%d-%020x","key_hash":"%s","created_ms":%d,%s\', '
            "(h.at + offset_ms) / 1000, n, key_hash, h.at + offset_ms, tail) AS BLOB)"
        ),
    }
    values = ", ".join([made.get(name, name) for name in columns])
    sql = (
        f"INSERT INTO generations ({', '.join(columns)}) SELECT {values} "  # noqa: S608 (our own names)
        "FROM (SELECT ? AS at) AS h CROSS JOIN picks"
    )
    first = last - hours + 1
    for start in range(first, last + 1, _MANY):
        with transaction(connection):
            for hour in range(start, min(start + _MANY, last + 1)):
                connection.execute(sql, (hour * HOUR_MS,))
    for _, create in indexes:
        connection.execute(create)


def _pick(number: int, record: Generation, last: int) -> tuple[object, ...]:
    body = encode(record).body
    marker = b'"created_ms":%d,' % record.created_ms
    tail = body[body.index(marker) + len(marker) :].decode()
    return (
        number,
        record.key_hash,
        record.created_ms - last * HOUR_MS,
        record.state,
        record.model,
        record.provider,
        record.endpoint,
        record.cost_nusd,
        record.usage.prompt_tok,
        record.usage.completion_tok,
        record.app_url,
        tail,
    )
