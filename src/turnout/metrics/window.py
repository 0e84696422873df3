"""The recent past of one endpoint in four live windows, bounded in memory and cheap to ask.

    record ─▶ pending ──(slot over, or asked)──▶ each window's total, and its open slot
                                                 (a slot that grew too old is subtracted)

A window is a ring of slots. Every slot is a sparse vector of `cells`; a window's total is their
sum, kept by adding what comes and subtracting what is forgotten. So a window reaches back by its
length or, at worst, by one slot less: 28 to 30 s, 290 to 300 s, 29 to 30 min, 23.75 to 24 h.

Figures may lag by one sixteenth of what they count, and by two seconds at most: a busy endpoint is
asked for them at every request.
"""

from array import array
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from turnout.core.histogram import FINE_MS, FINE_TPS
from turnout.core.types import Outcome
from turnout.metrics.cells import (
    ATTEMPTS,
    CACHE_READ_TOK,
    CANCELLED,
    COMPLETION_NUSD,
    COMPLETION_TOK,
    COST_NUSD,
    FAULTS,
    GOOD_MINUTES,
    KIND,
    LATENCY,
    MINUTES,
    PRICED,
    PROBES,
    PROMPT_NUSD,
    PROMPT_TOK,
    RATE_LIMITED,
    SERVED,
    SHAPE_FAULTS,
    SHAPED_ANSWERS,
    SIZE,
    THROUGHPUT,
    TOOL_ANSWERS,
    TOOL_FAULTS,
    TTFT,
)
from turnout.metrics.figures import WINDOWS_S, Figures, WindowS, failures_of, figures_of

SLOT_S: Final[Mapping[WindowS, int]] = {30: 2, 300: 10, 1800: 60, 86400: 900}
"""Length of a window's slots: a minute never lies across two of them."""

_SHORTEST_S: Final = 2
_MINUTE_S: Final = 60
MINUTE_ATTEMPTS: Final = 10
"""A minute with fewer is not judged. Source: contract section 3.3."""
_GOOD_NUMERATOR, _GOOD_DENOMINATOR = 4, 5
"""A minute in which 80 % succeeded was good. Source: contract section 3.3."""
_LAG: Final = 16

Cells = dict[int, int]


class Slot(msgspec.Struct, frozen=True):
    """A finished slot: which cells are not zero, and what they hold."""

    number: int
    marks: Sequence[int]
    counts: Sequence[int]


class _Ring:
    """One window.

    Attributes:
        stale: The figures made last count what is forgotten by now, or lag for too long.
        asked: How many outcomes the window had seen when they were made.
        changed: Something came since whoever saves the window last asked.
    """

    __slots__ = (
        "asked", "changed", "closed", "figures", "number", "opened", "places", "stale", "total",
        "width_s", "window_s",
    )  # fmt: skip

    def __init__(self, window_s: WindowS) -> None:
        self.window_s = window_s
        self.width_s = SLOT_S[window_s]
        self.places = window_s // self.width_s
        self.number = 0
        self.total = [0] * SIZE
        self.opened: defaultdict[int, int] = defaultdict(int)
        self.closed: deque[Slot] = deque()
        self.stale = True
        self.asked = 0
        self.figures: Figures | None = None
        self.changed = False

    def add(self, cells: Cells) -> None:
        """Adds to the open slot."""
        total, opened = self.total, self.opened
        for mark, count in cells.items():
            total[mark] += count
            opened[mark] += count
        self.changed = True

    def take(self, slots: Iterable[Slot]) -> None:
        """Takes up finished slots, oldest first, and the open one; for a ring that is empty."""
        total, oldest = self.total, self.number - self.places + 1
        for slot in slots:
            if not oldest <= slot.number <= self.number:
                continue
            for mark, count in zip(slot.marks, slot.counts, strict=True):
                total[mark] += count
            if slot.number == self.number:
                self.opened.update(zip(slot.marks, slot.counts, strict=True))
            else:
                self.closed.append(slot)
        self.stale = True

    def advance(self, number: int) -> None:
        """Opens a later slot and forgets what is too old by then."""
        if number <= self.number:
            return
        closed, total = self.closed, self.total
        if self.opened:
            cells = self.opened
            closed.append(Slot(self.number, array("H", cells), array("q", cells.values())))
            self.opened = defaultdict(int)
        self.number = number
        oldest = number - self.places + 1
        while closed and closed[0].number < oldest:
            slot = closed.popleft()
            for mark, count in zip(slot.marks, slot.counts, strict=True):
                total[mark] -= count
            self.stale = True


class Window:
    """The live windows of one endpoint. Not for sharing between threads.

    Seconds are any clock's that does not go backwards, the same for all calls; what is late is
    counted now. With a clock that begins at 1970 the slots can be saved and taken up by another
    process, see `metrics.keeping`.

    Attributes:
        last_s: When the last attempt ended that this process saw; minus infinity for none.
    """

    __slots__ = (
        "_counted", "_failed", "_life", "_minute", "_pending", "_rings", "_seen", "_until_s",
        "last_s",
    )  # fmt: skip

    def __init__(self) -> None:
        self.last_s = float("-inf")
        self._life = [0] * SIZE
        self._rings = {window_s: _Ring(window_s) for window_s in WINDOWS_S}
        self._pending: defaultdict[int, int] = defaultdict(int)
        self._until_s = float("-inf")
        self._minute = 0
        self._counted = 0
        self._failed = 0
        self._seen = 0

    @property
    def seen(self) -> int:
        """Changes whenever something new was taken in."""
        return self._seen

    def record(self, outcome: Outcome, at_s: float) -> None:
        """Takes in the end of one attempt."""
        if at_s >= self._until_s:
            self._turn(at_s)
        self._seen += 1
        self.last_s = at_s
        cells = self._pending
        cells[ATTEMPTS] += 1
        if outcome.probe:
            cells[PROBES] += 1
        if outcome.failure is not None:
            self._failure(outcome, outcome.failure)
            return
        self._counted += 1
        cells[SERVED] += 1
        cells[LATENCY + FINE_MS.bucket(outcome.latency_ms)] += 1
        if outcome.ttft_ms is not None:
            cells[TTFT + FINE_MS.bucket(outcome.ttft_ms)] += 1
        if outcome.throughput_tps is not None:
            cells[THROUGHPUT + FINE_TPS.bucket(outcome.throughput_tps)] += 1
        if outcome.tools_valid is not None:
            cells[TOOL_ANSWERS] += 1
            cells[TOOL_FAULTS] += not outcome.tools_valid
        if outcome.shape_valid is not None:
            cells[SHAPED_ANSWERS] += 1
            cells[SHAPE_FAULTS] += not outcome.shape_valid
        if not outcome.probe:
            _count_use(cells, outcome)

    def figures(self, window_s: WindowS, now_s: float) -> Figures:
        """What the window says at a second; see the module for how late that may be."""
        if now_s >= self._until_s:
            self._turn(now_s)
        ring = self._rings[window_s]
        found = ring.figures
        if found is not None and not ring.stale:
            fresh = self._seen - ring.asked
            if not fresh or fresh * _LAG <= found.attempts:
                return found
        self._flush()
        found = ring.figures = figures_of(ring.total, window_s)
        ring.stale = False
        ring.asked = self._seen
        return found

    def vector(self, window_s: WindowS, now_s: float) -> list[int]:
        """The window's total as `cells`; the caller's own copy."""
        if now_s >= self._until_s:
            self._turn(now_s)
        self._flush()
        return self._rings[window_s].total.copy()

    def life(self) -> list[int]:
        """All that this process took in, as `cells`: sums that only grow, for counters."""
        self._flush()
        return self._life.copy()

    def failures(self, window_s: WindowS, now_s: float) -> Mapping[str, int]:
        """Attempts by failure kind."""
        return failures_of(self.vector(window_s, now_s))

    def slots(self, window_s: WindowS, now_s: float) -> Iterator[Slot]:
        """What is in the window, slot by slot, oldest first, the open one last."""
        if now_s >= self._until_s:
            self._turn(now_s)
        self._flush()
        ring = self._rings[window_s]
        yield from ring.closed
        if ring.opened:
            cells = ring.opened
            yield Slot(ring.number, array("H", cells), array("q", cells.values()))

    def changes(self, window_s: WindowS, since: int) -> Iterator[Slot]:
        """Slots that may have changed since slot `since` was open, the open one included."""
        self._flush()
        ring = self._rings[window_s]
        if not ring.changed:
            return
        ring.changed = False
        for slot in reversed(ring.closed):
            if slot.number < since:
                break
            yield slot
        if ring.opened:
            cells = ring.opened
            yield Slot(ring.number, array("H", cells), array("q", cells.values()))

    def mark_unsaved(self) -> None:
        """What `changes` said last did not reach its place."""
        for ring in self._rings.values():
            ring.changed = True

    def restore(self, slots: Mapping[WindowS, Iterable[Slot]], now_s: float) -> None:
        """Takes up slots of another process, oldest first; for windows that are still empty."""
        self._turn(now_s)
        for window_s, found in slots.items():
            self._rings[window_s].take(found)

    def _failure(self, outcome: Outcome, failure: str) -> None:
        cells = self._pending
        if outcome.hurts_health:
            cells[FAULTS] += 1
            self._counted += 1
            self._failed += 1
        if failure == "rate_limited":
            cells[RATE_LIMITED] += 1
        elif failure == "cancelled":
            cells[CANCELLED] += 1
        if (kind := KIND.get(failure)) is not None:
            cells[kind] += 1

    def _flush(self) -> None:
        if self._pending:
            life = self._life
            for mark, count in self._pending.items():
                life[mark] += count
            for ring in self._rings.values():
                ring.add(self._pending)
            self._pending = defaultdict(int)

    def _turn(self, now_s: float) -> None:
        """Ends the shortest slot, and with it the minute and the longer slots that are over."""
        minute = int(now_s // _MINUTE_S)
        if minute != self._minute:
            self._judge_minute()
            self._minute = minute
        self._flush()
        for ring in self._rings.values():
            ring.stale = ring.stale or ring.asked != self._seen
            ring.advance(int(now_s // ring.width_s))
        self._until_s = (now_s // _SHORTEST_S + 1) * _SHORTEST_S

    def _judge_minute(self) -> None:
        if self._counted >= MINUTE_ATTEMPTS:
            served = self._counted - self._failed
            self._pending[MINUTES] += 1
            self._pending[GOOD_MINUTES] += (
                served * _GOOD_DENOMINATOR >= self._counted * _GOOD_NUMERATOR
            )
            self._seen += 1  # something new to show, as an outcome is
        self._counted = self._failed = 0


def _count_use(cells: defaultdict[int, int], outcome: Outcome) -> None:
    """What a caller's success used; a probe's is nobody's use."""
    cells[PROMPT_TOK] += outcome.prompt_tok
    cells[COMPLETION_TOK] += outcome.completion_tok
    if outcome.cache_read_tok:
        cells[CACHE_READ_TOK] += outcome.cache_read_tok
    if outcome.cost_nusd is not None:
        cells[PRICED] += 1
        cells[COST_NUSD] += outcome.cost_nusd
        cells[PROMPT_NUSD] += outcome.prompt_cost_nusd
        cells[COMPLETION_NUSD] += outcome.completion_cost_nusd
