"""Generations in SQLite: a batch goes in with its spending, or not at all, and never twice."""

import re
import sqlite3
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Final

import msgspec

from turnout.core.types import Generation
from turnout.ledger.rollups import TOK_MAX, Rollups, app_of
from turnout.store.database import Row
from turnout.store.statements import SQL

_DAY_MS: Final = 86_400_000
COST_MAX_NUSD: Final = 10**18
HEDGED: Final = "hedged_nusd/"
"""Before a day: the name of the fact that says what losers of hedges cost on it."""

_ROWS_AT_ONCE: Final = 100
# By position, because a statement of many rows cannot name them.
_INSERT_ONE: Final = re.sub(r":\w+", "?", SQL["insert_generation"])
_INSERT_MANY: Final = _INSERT_ONE.rstrip(";") + f", ({', '.join('?' * 12)})" * (_ROWS_AT_ONCE - 1)
_DECODER: Final = msgspec.json.Decoder(Generation)
_ENCODER: Final = msgspec.json.Encoder()


class Record(msgspec.Struct, frozen=True):
    """A generation with its JSON; encoded once, for the journal and for SQLite."""

    generation: Generation
    body: bytes


class _Stored(msgspec.Struct):
    body: bytes


def encode(generation: Generation) -> Record:
    """A record that SQLite can hold.

    Raises:
        ValueError: The cost is negative or above a thousand million USD.
        msgspec.EncodeError, OverflowError: A field holds what JSON cannot.
    """
    if not 0 <= generation.cost_nusd <= COST_MAX_NUSD:
        raise ValueError(f"generation {generation.id} costs {generation.cost_nusd} nano-USD")
    return Record(generation, _ENCODER.encode(generation))


def decode(body: bytes) -> Generation:
    """The generation of a stored body; fields that a newer program wrote are ignored."""
    return _DECODER.decode(body)


def stored(row: Row) -> Generation:
    """The generation of a row with a `body`."""
    return decode(msgspec.convert(row, _Stored).body)


def insert(connection: sqlite3.Connection, records: Sequence[Record]) -> int:
    """Stores the records that are not there yet, and only their spending; how many those were.

    Belongs in a transaction. The same id twice in a batch counts once, the first one.
    """
    return insert_fresh(connection, _fresh(connection, records))


def insert_fresh(connection: sqlite3.Connection, fresh: Sequence[Record]) -> int:
    """Stores records that are new, their spending and what they add to the roll-ups; how many.

    Belongs in a transaction. Not asking for each whether it is there saves a tenth of the cost.

    Raises:
        sqlite3.IntegrityError: One is there already; then none may be kept.
    """
    _insert_rows(connection, fresh)
    hedged: dict[int, int] = {}
    spent: dict[tuple[str, int], list[int]] = {}
    used_ms: dict[str, int] = {}
    for record in fresh:
        generation = record.generation
        sums = spent.setdefault((generation.key_hash, generation.created_ms // _DAY_MS), [0, 0, 0])
        sums[0] += generation.cost_nusd
        sums[1] += 1
        sums[2] += _tokens(generation)
        if generation.hedge_nusd:
            day = generation.created_ms // _DAY_MS
            hedged[day] = hedged.get(day, 0) + generation.hedge_nusd
        before = used_ms.get(generation.key_hash, 0)
        used_ms[generation.key_hash] = max(before, generation.created_ms)
    connection.executemany(
        SQL["add_spend"],
        (
            {"key_hash": key_hash, "day": day, "nusd": nusd, "requests": count, "tokens": tokens}
            for (key_hash, day), (nusd, count, tokens) in spent.items()
        ),
    )
    connection.executemany(
        SQL["add_to_fact"],
        ({"name": f"{HEDGED}{day}", "more": nusd} for day, nusd in hedged.items()),
    )
    rollups = Rollups()
    for record in fresh:
        rollups.add(record.generation)
    rollups.write(connection)
    connection.executemany(
        SQL["touch_key"], ({"hash": key_hash, "used_ms": at} for key_hash, at in used_ms.items())
    )
    return len(fresh)


def _insert_rows(connection: sqlite3.Connection, fresh: Sequence[Record]) -> None:
    """Many rows in one statement: SQLite takes the interpreter's lock once for all of them.

    With a statement for each row, writer and event loop pass that lock back and forth twice a row.
    """
    whole = len(fresh) - len(fresh) % _ROWS_AT_ONCE
    for start in range(0, whole, _ROWS_AT_ONCE):
        rows = map(_columns, fresh[start : start + _ROWS_AT_ONCE])
        connection.execute(_INSERT_MANY, tuple(chain.from_iterable(rows)))
    connection.executemany(_INSERT_ONE, map(_columns, fresh[whole:]))


def _fresh(connection: sqlite3.Connection, records: Sequence[Record]) -> list[Record]:
    ids = msgspec.json.encode([record.generation.id for record in records]).decode()
    rows: Iterable[tuple[str]] = connection.execute(SQL["known_generations"], {"ids": ids})
    seen = {row[0] for row in rows}
    fresh: list[Record] = []
    for record in records:
        if record.generation.id not in seen:
            seen.add(record.generation.id)
            fresh.append(record)
    return fresh


def _columns(record: Record) -> tuple[str | int | bytes, ...]:
    """In the order of the statement `insert_generation`."""
    generation = record.generation
    return (
        generation.id,
        generation.key_hash,
        generation.created_ms,
        generation.state,
        generation.model,
        generation.provider,
        generation.endpoint,
        generation.cost_nusd,
        min(generation.usage.prompt_tok, TOK_MAX),
        min(generation.usage.completion_tok, TOK_MAX),
        app_of(generation.app_url or "", generation.app_title),
        record.body,
    )


def _tokens(generation: Generation) -> int:
    return min(generation.usage.prompt_tok + generation.usage.completion_tok, TOK_MAX)
