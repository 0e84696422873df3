"""What live windows say: percentiles within their error, uptime, what they forget, how they lag."""

import random
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnout.core.histogram import FINE_MS
from turnout.core.types import Outcome
from turnout.metrics.figures import WINDOWS_S, Figures, WindowS
from turnout.metrics.window import SLOT_S, Slot, Window

T: Final = 1_800_000.0
"""The start of a slot of every length."""


def served(**facts: float | bool | None) -> Outcome:
    """A success."""
    return Outcome(endpoint="m@a", at_s=0.0, **facts)  # pyright: ignore[reportArgumentType]  (any of its fields)


def failed(kind: str = "server", *, hurts: bool = True) -> Outcome:
    """A failure."""
    return Outcome(endpoint="m@a", at_s=0.0, failure=kind, hurts_health=hurts, latency_ms=7)


def window(*outcomes: Outcome, at_s: float = T) -> Window:
    """A window with these, all of one moment."""
    filled = Window()
    for each in outcomes:
        filled.record(each, at_s)
    return filled


def slots(filled: Window) -> dict[WindowS, list[Slot]]:
    """All that could be saved of a window, oldest first."""
    return {w: sorted(filled.changes(w, 0), key=lambda s: s.number) for w in WINDOWS_S}


def test_window_knows_its_last_attempt() -> None:
    """In the seconds of whoever records; never, before the first."""
    assert Window().last_s == float("-inf")
    assert window(served(), at_s=T + 7).last_s == T + 7


def test_window_of_nothing_says_nothing() -> None:
    """No data is not zero."""
    found = Window().figures(300, T)
    assert found == Figures(window_s=300)
    assert (found.uptime, found.uptime_by_minutes, found.cache_hit_rate) == (None, None, None)
    assert (found.tool_success, found.shape_success) == (None, None)
    assert (found.effective_prompt_rate, found.cost_nusd) == (None, None)


@given(st.lists(st.integers(1, 600_000), min_size=1, max_size=300))
def test_percentiles_are_within_the_known_error(values: list[int]) -> None:
    """Of the nearest-rank ones, for each of the three measures of a success."""
    filled = window(
        *(served(latency_ms=v, ttft_ms=v, throughput_tps=v / 10) for v in values), at_s=T
    )
    figures = filled.figures(86400, T)
    ordered = sorted(values)
    for share, name in ((0.5, "p50"), (0.75, "p75"), (0.9, "p90"), (0.99, "p99")):
        exact = ordered[min(len(values) - 1, int(share * len(values)))]
        for measure, unit in ((figures.ttft_ms, 1), (figures.latency_ms, 1)):
            assert getattr(measure, name) == pytest.approx(exact * unit, rel=FINE_MS.error + 1e-9)
        speed = getattr(figures.throughput_tps, name)
        assert speed == pytest.approx(exact / 10, rel=FINE_MS.error + 1e-9)


def test_window_counts_what_became_of_attempts() -> None:
    """Limits, the callers' own faults and clients that left are in no uptime."""
    filled = window(
        *[served()] * 3,
        failed(),
        failed("rate_limited", hurts=False),
        failed("bad_request", hurts=False),
        failed("cancelled", hurts=False),
    )
    found = filled.figures(30, T)
    assert (found.attempts, found.served, found.faults) == (7, 3, 1)
    assert (found.rate_limited, found.cancelled) == (1, 1)
    assert found.uptime == 75.0
    assert found.rate_limited_share == pytest.approx(1 / 6)
    assert filled.failures(30, T) == {"server": 1, "rate_limited": 1, "bad_request": 1}


def test_measures_of_failures_do_not_count() -> None:
    """A fast failure makes nobody fast."""
    found = window(served(latency_ms=1000), failed()).figures(30, T)
    assert found.latency_ms is not None
    assert found.latency_ms.p50 == pytest.approx(1000, rel=FINE_MS.error)


def test_window_sums_use_and_what_it_cost() -> None:
    """Effective prices are money over all tokens, cached ones included; validity by answers."""
    spent = served(
        prompt_tok=1000,
        completion_tok=100,
        cache_read_tok=500,
        cost_nusd=400,
        prompt_cost_nusd=300,
        completion_cost_nusd=100,
        tools_valid=True,
        shape_valid=False,
    )
    found = window(spent, spent, served(tools_valid=False)).figures(1800, T)
    assert (found.prompt_tok, found.completion_tok, found.cost_nusd) == (2000, 200, 800)
    assert found.cache_hit_rate == 0.5
    assert found.effective_prompt_rate == 300_000_000
    assert found.effective_completion_rate == 1_000_000_000
    assert (found.tool_answers, found.tool_faults, found.tool_success) == (
        3,
        1,
        pytest.approx(2 / 3),
    )
    assert (found.shaped_answers, found.shape_faults, found.shape_success) == (2, 2, 0.0)


def test_probes_measure_and_are_no_use() -> None:
    """Their time counts, their tokens do not."""
    probe = served(latency_ms=100, prompt_tok=10, completion_tok=5, cost_nusd=3, probe=True)
    found = window(probe).figures(300, T)
    assert (found.attempts, found.probes, found.served) == (1, 1, 1)
    assert found.latency_ms is not None
    assert (found.prompt_tok, found.completion_tok, found.cost_nusd) == (0, 0, None)
    exam = served(latency_ms=100, tools_valid=False, shape_valid=True, probe=True)
    found = window(exam).figures(300, T)
    assert (found.tool_answers, found.tool_faults) == (1, 1)
    assert (found.shaped_answers, found.shape_faults) == (1, 0)


@pytest.mark.parametrize("window_s", WINDOWS_S)
def test_window_forgets_what_is_older_than_it(window_s: WindowS) -> None:
    """It reaches back by its length less one slot at least, and never further than its length."""
    filled = window(served())
    assert filled.figures(window_s, T + window_s - SLOT_S[window_s] - 0.01).attempts == 1
    assert filled.figures(window_s, T + window_s).attempts == 0


@given(st.lists(st.tuples(st.floats(0, 400), st.booleans()), max_size=60))
def test_windows_agree_with_a_plain_list(events: list[tuple[float, bool]]) -> None:
    """Adding what comes and subtracting what goes is the same as counting what is there."""
    filled, past, now_s = Window(), list[float](), T
    for wait_s, ask in events:
        now_s += wait_s
        filled.record(served(latency_ms=50), now_s)
        past.append(now_s)
        if not ask:
            continue
        for window_s in WINDOWS_S:
            width_s = SLOT_S[window_s]
            first = (int(now_s // width_s) - window_s // width_s + 1) * width_s
            found = filled.vector(window_s, now_s)
            assert found[0] == sum(at_s >= first for at_s in past)
            assert min(found) >= 0


def test_figures_of_few_are_never_late() -> None:
    """Below sixteen attempts each outcome shows at once."""
    filled = Window()
    for count in range(16):
        filled.record(served(), T)
        assert filled.figures(30, T).attempts == count + 1


def test_figures_lag_by_a_sixteenth_and_by_one_slot_at_most() -> None:
    """So that a busy endpoint's percentiles are not made anew for every request."""
    filled = window(*[served()] * 1600)
    assert filled.figures(300, T).attempts == 1600
    for _ in range(100):
        filled.record(failed(), T)
    assert filled.figures(300, T).faults == 0
    filled.record(failed(), T)
    assert filled.figures(300, T).faults == 101
    filled.record(failed(), T)
    assert filled.figures(300, T).faults == 101
    assert filled.figures(300, T + 2).faults == 102


def test_figures_of_one_window_do_not_make_another_late() -> None:
    """Each window keeps its own count of what it has shown."""
    filled = window(*[served()] * 10)
    filled.figures(30, T)
    filled.record(served(), T)
    assert filled.figures(300, T).attempts == 11
    assert filled.figures(30, T).attempts == 11


def test_uptime_by_minutes_judges_whole_minutes_with_enough_attempts() -> None:
    """Ten attempts or more, good from 80 % on; limits and callers' faults are no attempts."""
    filled = Window()
    for minute, (good, bad) in enumerate([(8, 2), (7, 3), (9, 0), (10, 0), (0, 20)]):
        at_s = T + 60 * minute + 5
        for outcome in [served()] * good + [failed()] * bad + [failed("cancelled", hurts=False)]:
            filled.record(outcome, at_s)
    assert filled.figures(1800, T + 299).minutes == 3
    found = filled.figures(1800, T + 300)
    assert (found.minutes, found.good_minutes, found.uptime_by_minutes) == (4, 2, 50.0)
    assert filled.figures(1800, T + 3600).uptime_by_minutes is None
    assert filled.figures(86400, T + 3600).uptime_by_minutes == 50.0


def test_minute_is_judged_where_it_was_even_when_nobody_asks_for_hours() -> None:
    """An idle endpoint's last minute is forgotten with its attempts, not later."""
    filled = window(*[served()] * 10)
    assert filled.figures(1800, T + 1799).minutes == 1
    found = filled.figures(1800, T + 1800)
    assert (found.attempts, found.minutes) == (0, 0)


def test_windows_can_be_taken_up_by_another_process() -> None:
    """All slots again give the same figures, now and when they grow old."""
    chance, filled = random.Random(4), Window()
    for second in range(0, 7200, 7):
        filled.record(
            served(latency_ms=chance.randint(1, 9000)) if chance.random() > 0.1 else failed(),
            T + second,
        )
    now_s = T + 7201
    taken = Window()
    taken.restore(slots(filled), now_s)
    for later_s in (now_s, now_s + 200, now_s + 1500, now_s + 80_000, now_s + 90_000):
        for window_s in WINDOWS_S:
            assert taken.figures(window_s, later_s) == filled.figures(window_s, later_s)


def test_saving_asks_only_for_what_changed() -> None:
    """A slot that ended before the last time is not written again, an idle window not at all."""
    filled = window(served())
    assert [s.number for s in filled.changes(300, 0)] == [T // 10]
    assert list(filled.changes(300, 0)) == []
    filled.record(served(), T + 25)
    numbers = {s.number for s in filled.changes(300, int((T + 20) // 10))}
    assert numbers == {(T + 20) // 10}


def test_window_is_bounded_in_memory() -> None:
    """However busy an endpoint is for however long: slots of two bytes and eight for each cell."""
    chance, filled = random.Random(5), Window()
    for step in range(60_000):
        filled.record(
            served(
                latency_ms=int(chance.lognormvariate(7, 1)),
                ttft_ms=int(chance.lognormvariate(6, 1)),
                throughput_tps=chance.lognormvariate(4, 0.5),
            ),
            T + step * 3,
        )
    kept = slots(filled)
    assert all(len(found) <= w // SLOT_S[w] for w, found in kept.items())
    assert sum(10 * len(s.marks) for found in kept.values() for s in found) < 400_000


def test_time_that_stands_still_or_goes_back_is_counted_now() -> None:
    """An outcome that is told late belongs to the moment at which it is told."""
    filled = window(served(), at_s=T + 100)
    filled.record(served(), T)
    assert filled.figures(30, T + 100).attempts == 2
