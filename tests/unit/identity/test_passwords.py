"""Passwords: what is stored of them, and what is made up."""

from turnout.identity.passwords import fresh_password, hashed, matches


def test_only_the_password_matches_its_hash() -> None:
    """Every hash has its own salt, and none tells the password."""
    first, second = hashed("correct horse"), hashed("correct horse")
    assert first != second
    assert "correct" not in first
    assert matches("correct horse", first)
    assert matches("correct horse", second)
    assert not matches("correct horse ", first)


def test_any_text_can_be_tried() -> None:
    """What no keyboard sends is a wrong password and no fault."""
    assert not matches("\ud800\x00", hashed("correct horse"))


def test_fresh_passwords_differ() -> None:
    """Each is new."""
    assert len({fresh_password() for _ in range(100)}) == 100
