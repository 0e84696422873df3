"""Chance in the simulator is a function of the seed, and has the shape it was asked for."""

import statistics

from hypothesis import given
from hypothesis import strategies as st

from turnout.simulator.draws import draw, sample, words
from turnout.simulator.scenario import Lognormal, Uniform

MANY = [draw(1, "x", i) for i in range(4000)]


@given(st.integers(), st.text(), st.integers())
def test_draw_is_between_zero_and_one_and_repeats(seed: int, label: str, number: int) -> None:
    """Equal arguments give equal draws, never 0 or 1 themselves."""
    first = draw(seed, label, number)
    assert 0 < first < 1
    assert first == draw(seed, label, number)


def test_draw_differs_by_seed_and_spreads_evenly() -> None:
    """Another seed is another sequence; each tenth of the interval gets its share."""
    assert draw(1, "x", 1) != draw(2, "x", 1)
    tenths = [sum(1 for value in MANY if value // 0.1 == tenth) for tenth in range(10)]
    assert all(300 < count < 500 for count in tenths)


def test_uniform_stays_between_its_bounds() -> None:
    """Mean in the middle, nothing outside."""
    values = [sample(Uniform(low=10, high=30), chance) for chance in MANY]
    assert min(values) >= 10
    assert max(values) <= 30
    assert abs(statistics.fmean(values) - 20) < 0.5


def test_lognormal_has_its_median_and_a_longer_right_tail() -> None:
    """Half below the median; the mean lies above it."""
    values = sorted(sample(Lognormal(median=100, sigma=0.5), chance) for chance in MANY)
    assert 95 < statistics.median(values) < 105
    assert statistics.fmean(values) > 108


def test_constant_ignores_chance() -> None:
    """A bare number is that number."""
    assert {sample(42.0, chance) for chance in MANY} == {42.0}


@given(st.binary(), st.integers(min_value=0, max_value=500))
def test_words_are_as_many_as_asked_and_repeat(source: bytes, count: int) -> None:
    """The same prompt gets the same words, a longer answer begins like a shorter one."""
    found = words(source, count)
    assert len(found) == count
    assert words(source, count + 5)[:count] == found
