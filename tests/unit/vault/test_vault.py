"""The vault: bounded in bytes, entries and time; one key's turns are no other's."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnout.core.conversation import Opaque, Reasoning
from turnout.vault.vault import (
    Maker,
    Turn,
    Vault,
    VaultLimits,
    handle_of_call,
    handle_of_text,
)

MAKER = Maker("a", "acme/one", "acme/one@a")


class Hand:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.now = 0.0

    def now_s(self) -> float:
        """See Clock."""
        return self.now

    def unix_ms(self) -> int:
        """See Clock."""
        return round(self.now * 1000)


def turn(text: str = "thought", *calls: str, seals: Mapping[str, Opaque] | None = None) -> Turn:
    """A turn with one thought."""
    return Turn((Reasoning(text=text), *calls), seals or {}, MAKER)


def test_vault_finds_a_turn_by_each_of_its_calls() -> None:
    """Parallel calls are handles of one turn."""
    vault = Vault(Hand(), VaultLimits())
    kept = turn("t", "c1", "c2")
    vault.keep("me", [handle_of_call("c1"), handle_of_call("c2")], kept)
    assert vault.find("me", handle_of_call("c1")) is kept
    assert vault.find("me", handle_of_call("c2")) is kept
    assert vault.find("me", handle_of_call("c3")) is None
    assert len(vault) == 1


def test_vault_gives_nothing_to_another_key() -> None:
    """The same handle of another owner is unknown."""
    vault = Vault(Hand(), VaultLimits())
    vault.keep("me", [handle_of_call("c1")], turn())
    assert vault.holds("me")
    assert not vault.holds("you")
    assert vault.find("you", handle_of_call("c1")) is None


def test_vault_forgets_after_its_time_unless_asked() -> None:
    """Each use begins the time anew."""
    clock = Hand()
    vault = Vault(clock, VaultLimits(ttl_s=10))
    vault.keep("me", ["call:c"], turn())
    clock.now = 9
    assert vault.find("me", "call:c") is not None
    clock.now = 18
    assert vault.find("me", "call:c") is not None
    clock.now = 28
    assert vault.find("me", "call:c") is None
    assert (len(vault), vault.size_b, vault.holds("me")) == (0, 0, False)


def test_vault_drops_what_was_used_least_recently() -> None:
    """When there are more turns than it may keep."""
    vault = Vault(Hand(), VaultLimits(max_entries=2))
    vault.keep("me", ["call:1"], turn())
    vault.keep("me", ["call:2"], turn())
    assert vault.find("me", "call:1") is not None
    vault.keep("me", ["call:3"], turn())
    assert vault.find("me", "call:2") is None
    assert vault.find("me", "call:1") is not None


def test_vault_refuses_a_turn_that_would_fill_it() -> None:
    """One turn takes at most a quarter."""
    vault = Vault(Hand(), VaultLimits(max_bytes=4096))
    vault.keep("me", ["call:1"], turn("x" * 2000))
    assert len(vault) == 0


def test_vault_can_be_off() -> None:
    """Then it keeps nothing."""
    vault = Vault(Hand(), VaultLimits(enabled=False))
    vault.keep("me", ["call:1"], turn())
    assert not vault.holds("me")


@pytest.mark.parametrize("text", ["said", "  said\n", "said\t"])
def test_vault_knows_a_text_but_for_blanks_around_it(text: str) -> None:
    """Clients trim."""
    assert handle_of_text(text) == handle_of_text("said")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b"]), st.integers(0, 5), st.integers(0, 900), st.booleans()
        ),
        max_size=40,
    )
)
def test_vault_stays_within_its_bounds_whatever_happens(
    steps: list[tuple[str, int, int, bool]],
) -> None:
    """Bytes and entries are bounded after every step, and its books agree at the end."""
    clock = Hand()
    vault = Vault(clock, VaultLimits(max_bytes=8192, max_entries=5, ttl_s=7))
    for owner, number, size, asks in steps:
        clock.now += 1
        if asks:
            vault.find(owner, f"call:{number}")
        else:
            vault.keep(owner, [f"call:{number}", f"call:{number + 1}"], turn("x" * size))
        assert vault.size_b <= 8192
        assert len(vault) <= 5
    clock.now += 100
    for owner in ("a", "b"):
        for number in range(8):
            assert vault.find(owner, f"call:{number}") is None
    vault.keep("z", ["call:z"], turn())
    assert len(vault) == 1
    assert vault.size_b == turn().size_b
