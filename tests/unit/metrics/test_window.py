"""What a window of outcomes says: percentiles, uptime, bounds."""

from hypothesis import given
from hypothesis import strategies as st

from turnout.core.types import Outcome
from turnout.metrics.window import HELD, Window, percentiles


def outcome(at_s: float, failure: str | None = None, *, hurts: bool = True) -> Outcome:
    """One outcome of an endpoint."""
    hurt = hurts and failure is not None
    ttft_ms, tps = (None, None) if failure else (int(at_s * 10), at_s)
    return Outcome(
        endpoint="m@a",
        at_s=at_s,
        failure=failure,
        hurts_health=hurt,
        ttft_ms=ttft_ms,
        throughput_tps=tps,
    )


def window(*outcomes: Outcome) -> Window:
    """A window with these, oldest first."""
    filled = Window()
    for each in outcomes:
        filled.add(each)
    return filled


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=200))
def test_percentiles_are_values_in_order(values: list[float]) -> None:
    """Each is a value that was seen, none is below the one before."""
    found = percentiles(values)
    assert found is not None
    row = [found.p50, found.p75, found.p90, found.p99]
    assert row == sorted(row)
    assert set(row) <= set(values)
    assert sum(value <= found.p50 for value in values) * 2 >= len(values)


def test_percentiles_of_nothing_are_nothing() -> None:
    """No data is not zero."""
    assert percentiles([]) is None
    assert window().ttft_ms(0.0) is None
    assert window().throughput_tps(0.0) is None
    assert window().uptime(0.0) is None


def test_window_looks_back_to_a_moment() -> None:
    """At or after it; oldest first."""
    filled = window(*(outcome(float(second)) for second in range(10)))
    assert [o.at_s for o in filled.since(7.0)] == [7.0, 8.0, 9.0]
    found = filled.throughput_tps(8.0)
    assert found is not None
    assert (found.p50, found.p99) == (9.0, 9.0)


def test_window_forgets_the_oldest() -> None:
    """Memory is bounded, however busy an endpoint is."""
    filled = window(*(outcome(float(second)) for second in range(HELD + 10)))
    assert len(filled.outcomes) == HELD
    assert filled.outcomes[0].at_s == 10.0


def test_uptime_counts_only_what_is_the_providers_doing() -> None:
    """Limits and the callers' own faults are in neither number."""
    filled = window(
        outcome(1),
        outcome(2),
        outcome(3),
        outcome(4, "server"),
        outcome(5, "rate_limited", hurts=False),
        outcome(6, "bad_request", hurts=False),
        outcome(7, "cancelled", hurts=False),
    )
    assert filled.uptime(0.0) == 75.0
    assert filled.uptime(4.5) is None


def test_measures_of_failures_do_not_count() -> None:
    """A fast failure makes nobody fast."""
    filled = window(outcome(1), outcome(2, "server"))
    found = filled.ttft_ms(0.0)
    assert found is not None
    assert found.p99 == 10.0
