"""More than one attempt on a bill: what they sum up to."""

from turnout.core.money import Nusd
from turnout.core.usage import FREE, Charge, Line, Usage, summed


def test_lines_sum_up_bucket_by_bucket() -> None:
    """Every token and every nano-USD once; an estimate in it makes the whole one."""
    first = Line(
        Usage(text_in=10, text_out=3, reasoning=2, estimated=True),
        Charge(Nusd(30), Nusd(20), Nusd(10)),
    )
    second = Line(
        Usage(text_in=4, cache_read=9, text_out=7, upstream_cost_nusd=Nusd(5)),
        Charge(Nusd(300), Nusd(200), Nusd(100)),
    )
    whole = summed((first, second))
    assert whole.usage == Usage(
        text_in=14,
        cache_read=9,
        text_out=10,
        reasoning=2,
        requests=2,
        estimated=True,
        upstream_cost_nusd=Nusd(5),
    )
    assert whole.charge == Charge(Nusd(330), Nusd(220), Nusd(110))


def test_one_line_is_the_bill() -> None:
    """Nothing is added to it."""
    only = Line(Usage(text_in=1, text_out=2), FREE)
    assert summed((only,)) == only


def test_lines_without_a_price_add_nothing_and_alone_are_unpriced() -> None:
    """A visible state, never zero."""
    unpriced = Line(Usage(text_in=1), None)
    priced = Line(Usage(text_in=1), Charge(Nusd(3), Nusd(3), Nusd(0)))
    assert summed((unpriced, priced)).charge == Charge(Nusd(3), Nusd(3), Nusd(0))
    assert summed((unpriced, unpriced)).charge is None
