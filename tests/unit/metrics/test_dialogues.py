"""Dialogues: bounded in number and time, counted by key, the least recently served goes first."""

from hypothesis import given
from hypothesis import strategies as st

from turnout.metrics.dialogues import Dialogue, Dialogues


def dialogue(owner: str = "a", until_s: float = 100.0) -> Dialogue:
    """One at an endpoint."""
    return Dialogue(owner=owner, endpoint="m@a", cached_tok=7, idle_s=10.0, until_s=until_s)


def test_dialogue_is_found_until_its_time_is_over() -> None:
    """And forgotten then, so that its key holds nothing any more."""
    kept = Dialogues()
    kept.keep(b"one", dialogue(), 10)
    assert kept.find(b"one", 99.9) == dialogue()
    assert kept.holds("a")
    assert kept.find(b"one", 100.0) is None
    assert not kept.holds("a")
    assert kept.find(b"two", 0.0) is None


def test_dialogues_beyond_the_bound_go_in_the_order_they_were_served() -> None:
    """One that is served again is young again."""
    kept = Dialogues()
    for name in (b"one", b"two", b"one", b"three"):
        kept.keep(name, dialogue(), 2)
    assert len(kept) == 2
    assert kept.find(b"two", 0.0) is None
    assert kept.find(b"one", 0.0) is not None


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from("abc"), st.booleans()), max_size=60))
def test_dialogues_never_hold_more_than_they_may(deeds: list[tuple[int, str, bool]]) -> None:
    """Whatever is kept and forgotten, who holds something is who owns something."""
    kept = Dialogues()
    names: set[bytes] = set()
    for number, owner, keeps in deeds:
        name = b"%d" % number
        names.add(name)
        if keeps:
            kept.keep(name, dialogue(owner), 5)
        else:
            kept.forget(name)
        found = [kept.find(name, 0.0) for name in names]
        owners = {one.owner for one in found if one is not None}
        assert len(kept) == len([one for one in found if one is not None]) <= 5
        assert {owner for owner in "abc" if kept.holds(owner)} == owners
