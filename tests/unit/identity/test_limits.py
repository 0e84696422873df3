"""Limits: what counts in which window, when windows reset, and what the refusal says."""

from datetime import UTC, datetime

import pytest

from turnout.core.errors import Refusal
from turnout.core.money import Nusd, nusd_from_usd
from turnout.core.types import Generation
from turnout.identity.keys import Key, LimitReset
from turnout.identity.limits import Spend, Spending, resets_at_ms, windows


def ms(text: str) -> int:
    """Unix ms of an ISO moment in UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def key(
    limit: Nusd | None = None,
    reset: LimitReset | None = None,
    *,
    expires_ms: int | None = None,
    disabled: bool = False,
) -> Key:
    """A key named "k" with those limits."""
    return Key(
        hash="k",
        label="sk-or-v1-abc...123",
        name="k",
        limit_nusd=limit,
        limit_reset=reset,
        expires_ms=expires_ms,
        created_ms=0,
        disabled=disabled,
    )


def spent_at(*moments: tuple[str, int]) -> Spending:
    """Counters after settlements of those costs."""
    spending = Spending()
    for number, (moment, cost) in enumerate(moments):
        spending.add(
            Generation(
                id=str(number),
                key_hash="k",
                created_ms=ms(moment),
                state="succeeded",
                cost_nusd=cost,
            )
        )
    return spending


@pytest.mark.parametrize(
    ("reset", "now", "expected"),
    [
        ("daily", "2026-11-23T00:00:00", "2026-11-24T00:00:00"),
        ("daily", "2026-12-31T23:59:59.999", "2027-01-01T00:00:00"),
        ("weekly", "2026-11-23T00:00:00", "2026-11-30T00:00:00"),  # a Monday
        ("weekly", "2026-11-29T23:59:59.999", "2026-11-30T00:00:00"),  # a Sunday
        ("weekly", "2027-01-01T12:00:00", "2027-01-04T00:00:00"),
        ("monthly", "2026-11-23T10:00:00", "2026-12-01T00:00:00"),
        ("monthly", "2026-12-31T23:59:59.999", "2027-01-01T00:00:00"),
        ("monthly", "2028-02-01T00:00:00", "2028-03-01T00:00:00"),  # a leap year
        ("monthly", "2027-01-31T00:00:00", "2027-02-01T00:00:00"),
    ],
)
def test_reset_is_at_midnight_utc(reset: LimitReset, now: str, expected: str) -> None:
    """Days, weeks from Monday, and calendar months; a boundary belongs to what it opens."""
    assert resets_at_ms(reset, ms(now)) == ms(expected)


def test_windows_begin_on_the_day_the_monday_and_the_first() -> None:
    """2026-11-25 is a Wednesday."""
    day = ms("2026-11-25T13:00:00") // 86_400_000
    assert windows(ms("2026-11-25T13:00:00")) == type(windows(0))(day, day - 2, day - 24)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-29T23:59:59.999", Spend(total=6, daily=6, weekly=6, monthly=6)),
        ("2026-11-30T00:00:00", Spend(total=6, daily=0, weekly=0, monthly=6)),  # a new Monday
        ("2026-12-01T00:00:00", Spend(total=6, daily=0, weekly=0, monthly=0)),
    ],
)
def test_sums_start_again_at_the_boundary(now: str, expected: Spend) -> None:
    """One millisecond decides; the total never resets."""
    spending = spent_at(("2026-11-29T08:00:00", 2), ("2026-11-29T23:59:59.999", 4))
    assert spending.spent("k", ms(now)) == expected


def test_request_counts_in_the_window_in_which_it_was_asked() -> None:
    """One that began before midnight and ended after it belongs to the day before."""
    spending = spent_at(("2026-11-24T00:00:01", 1), ("2026-11-23T23:59:59", 8))
    found = spending.spent("k", ms("2026-11-24T00:01:00"))
    assert found == Spend(total=9, daily=1, weekly=9, monthly=9)


@pytest.mark.parametrize("reset", [None, "daily", "weekly", "monthly"])
def test_limit_refuses_once_it_is_reached(reset: LimitReset | None) -> None:
    """Spending exactly the limit is the end of it; a nano-USD less is not."""
    limit = nusd_from_usd("0.5")
    now_ms = ms("2026-11-23T12:00:00")
    spent_at(("2026-11-23T11:00:00", limit - 1)).check(key(limit, reset), now_ms)
    with pytest.raises(Refusal) as caught:
        spent_at(("2026-11-23T11:00:00", limit)).check(key(limit, reset), now_ms)
    assert (caught.value.error_type, caught.value.status) == ("payment_required", 402)


def test_refusal_names_limit_spending_and_reset() -> None:
    """Whoever reads it knows what was spent, what is allowed, and when to come back."""
    spending = spent_at(("2026-11-23T11:00:00", 510_000_000))
    with pytest.raises(Refusal) as caught:
        spending.check(key(nusd_from_usd("0.5"), "weekly"), ms("2026-11-29T23:00:00"))
    assert caught.value.message == (
        "this API key has spent $0.51 of its limit of $0.5 (weekly); "
        "it resets at 2026-11-30T00:00:00Z"
    )
    assert caught.value.retry_after_s == 3600.0


def test_limit_of_zero_lets_nothing_pass() -> None:
    """Zero is a limit, not the absence of one."""
    with pytest.raises(Refusal, match=r"limit of \$0"):
        Spending().check(key(Nusd(0)), 1)
    Spending().check(key(None), 1)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (key(expires_ms=ms("2026-11-23T00:00:00")), "expired at 2026-11-23T00:00:00Z"),
        (key(disabled=True), "disabled"),
    ],
)
def test_expired_or_disabled_key_is_refused_as_such(found: Key, words: str) -> None:
    """401 with the reason; the millisecond before expiry still passes."""
    with pytest.raises(Refusal, match=words) as caught:
        Spending().check(found, ms("2026-11-23T00:00:00"))
    assert (caught.value.error_type, caught.value.status) == ("authentication", 401)
    if found.expires_ms is not None:
        Spending().check(found, found.expires_ms - 1)


def test_remaining_never_goes_below_zero() -> None:
    """An overdrawn key has nothing left, not a debt."""
    spending = spent_at(("2026-11-23T11:00:00", 700))
    now_ms = ms("2026-11-23T12:00:00")
    assert spending.remaining_nusd(key(Nusd(1000)), now_ms) == 300
    assert spending.remaining_nusd(key(Nusd(600)), now_ms) == 0
    assert spending.remaining_nusd(key(None), now_ms) is None
