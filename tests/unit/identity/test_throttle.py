"""How often somebody may try to sign in."""

import pytest

from turnout.core.errors import Refusal
from turnout.identity.throttle import ALL, EACH, WINDOW_S, Throttle


def tries(throttle: Throttle, address: str, now_s: float) -> int:
    """How many tries an address has left; it uses them up."""
    for count in range(ALL + 1):
        try:
            throttle.admit(address, now_s)
        except Refusal:
            return count
    pytest.fail("an address is never stopped")


def test_each_address_has_its_tries_and_gets_them_back() -> None:
    """A few a window; the window begins with the first of them."""
    throttle = Throttle()
    assert tries(throttle, "a", 0) == EACH
    assert tries(throttle, "b", 1) == EACH
    assert tries(throttle, "a", WINDOW_S - 1) == 0
    assert tries(throttle, "a", WINDOW_S) == EACH


def test_all_addresses_share_a_bound() -> None:
    """Many addresses help a guesser up to a point, and the table does not grow with them."""
    throttle = Throttle()
    through = 0
    for number in range(ALL * 2):
        try:
            throttle.admit(f"10.0.0.{number}", 0)
        except Refusal:
            continue
        through += 1
    assert through == ALL


def test_who_came_in_is_not_counted() -> None:
    """Signing in rightly, as often as one likes, uses up nobody's tries."""
    throttle = Throttle()
    for _ in range(ALL * 2):
        throttle.admit("a", 0)
        throttle.forget("a")
    assert tries(throttle, "a", 0) == EACH
