"""Live windows over restarts: slots that changed go to the store, a start takes them up again.

A window is a ring of places, so the table is bounded by itself: a slot overwrites the one that had
its place before. The shortest window is not kept; it is over before a restart is. What a killed
process loses is what came after its last saving.
"""

import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

import msgspec

from turnout.core.clock import Clock
from turnout.metrics.cells import LAYOUT, SIZE
from turnout.metrics.figures import WindowS
from turnout.metrics.health import Health
from turnout.metrics.window import SLOT_S, Slot
from turnout.store.database import Database, Row, StoreUnavailable
from turnout.store.statements import SQL

KEPT_S: Final[tuple[WindowS, ...]] = (300, 1800, 86400)
_DAY_S: Final = 86400


class _Stored(msgspec.Struct):
    endpoint: str
    window_s: int
    number: int
    cells: bytes


class _Cells(msgspec.Struct, array_like=True):
    layout: int
    marks: list[int]
    counts: list[int]


_CELLS: Final = msgspec.msgpack.Decoder(_Cells)


class Keeper:
    """Saves the windows of one Health and brings them back. On the event loop's thread."""

    def __init__(self, health: Health, database: Database, clock: Clock) -> None:
        self._health = health
        self._database = database
        self._clock = clock
        self._saved_s = 0.0

    def restore(self) -> int:
        """Takes up what was saved, before anything is measured; how many endpoints. Blocks.

        Slots that are too old, of another layout, or from the future of a clock that was set back
        are left where they are.

        Raises:
            StoreUnavailable: The store cannot be read.
        """
        now_s = self._now_s()
        found: defaultdict[str, dict[WindowS, list[Slot]]] = defaultdict(dict)
        for row in self._database.read_now("live_slots"):
            for window_s, slot in _usable(row, now_s):
                found[str(row["endpoint"])].setdefault(window_s, []).append(slot)
        for endpoint, slots in found.items():
            self._health.window(endpoint).restore(slots, now_s)
        return len(found)

    async def save(self) -> int:
        """Writes the slots that changed since the last time; how many.

        Raises:
            StoreUnavailable: Not written; the next time they are.
        """
        since_s, self._saved_s = self._saved_s, self._now_s()
        changed: list[tuple[str, WindowS, Slot]] = [
            (endpoint, window_s, slot)
            for endpoint, window in self._health.windows.items()
            for window_s in KEPT_S
            for slot in window.changes(window_s, int(since_s // SLOT_S[window_s]))
        ]
        if not changed:
            return 0
        try:
            await self._database.write(lambda connection: _write(connection, changed))
        except StoreUnavailable:
            self._saved_s = since_s
            for endpoint, _, _ in changed:
                self._health.window(endpoint).mark_unsaved()
            raise
        return len(changed)

    async def prune(self) -> None:
        """Deletes slots that no window reaches any more.

        Raises:
            StoreUnavailable: Not deleted.
        """
        before = {"before_s": int(self._now_s()) - _DAY_S}
        await self._database.write(lambda db: db.execute(SQL["prune_live_slots"], before))

    def _now_s(self) -> float:
        return self._clock.now_s() + self._health.epoch_s


def _usable(row: Row, now_s: float) -> Iterable[tuple[WindowS, Slot]]:
    stored = msgspec.convert(row, _Stored)
    for window_s in KEPT_S:
        if window_s == stored.window_s:
            width_s = SLOT_S[window_s]
            current = int(now_s // width_s)
            cells = _CELLS.decode(stored.cells)
            if (
                current - window_s // width_s < stored.number <= current
                and cells.layout == LAYOUT
                and max(cells.marks, default=0) < SIZE
            ):
                yield (
                    window_s,
                    Slot(stored.number, array("H", cells.marks), array("q", cells.counts)),
                )


def _write(connection: sqlite3.Connection, changed: list[tuple[str, WindowS, Slot]]) -> None:
    """Encodes on the writer's thread: a finished slot does not change any more."""
    connection.executemany(
        SQL["put_live_slot"],
        (
            {
                "endpoint": endpoint,
                "window_s": window_s,
                "place": slot.number % (window_s // SLOT_S[window_s]),
                "number": slot.number,
                "cells": msgspec.msgpack.encode(
                    _Cells(LAYOUT, list(slot.marks), list(slot.counts))
                ),
            }
            for endpoint, window_s, slot in changed
        ),
    )
