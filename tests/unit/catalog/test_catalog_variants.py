"""Suffixes of model names."""

import pytest

from turnout.catalog.variants import ALLOWED, parse_slug


@pytest.mark.parametrize(
    ("name", "model", "modes"),
    [
        ("openai/gpt-4o-mini", "openai/gpt-4o-mini", ()),
        ("openai/gpt-4o-mini:free", "openai/gpt-4o-mini:free", ()),
        ("openai/gpt-4o-mini:nitro", "openai/gpt-4o-mini", ("nitro",)),
        ("openai/gpt-4o-mini:floor", "openai/gpt-4o-mini", ("floor",)),
        ("openai/gpt-4o-mini:exacto", "openai/gpt-4o-mini", ("exacto",)),
        ("openai/gpt-4o-mini:online", "openai/gpt-4o-mini", ("online",)),
        ("qwen/qwen-plus:thinking", "qwen/qwen-plus:thinking", ()),
        ("openai/gpt-4o:extended", "openai/gpt-4o:extended", ()),
        ("openai/gpt-4o:batch", "openai/gpt-4o:batch", ()),
        ("openai/gpt-oss-20b:free:online", "openai/gpt-oss-20b:free", ("online",)),
        ("openai/gpt-oss-20b:online:free", "openai/gpt-oss-20b:free", ("online",)),
        ("a/b:nitro:floor", "a/b", ("nitro", "floor")),
        ("a/b:nitro:nitro:free:free", "a/b:free", ("nitro",)),
        ("~openai/gpt-latest:nitro", "~openai/gpt-latest", ("nitro",)),
    ],
)
def test_suffixes_are_rows_or_modes(name: str, model: str, modes: tuple[str, ...]) -> None:
    """Static suffixes stay with the slug in their order; modes come off."""
    parsed = parse_slug(name)
    assert parsed is not None
    assert parsed.model == model
    assert parsed.modes == modes
    assert parsed.is_latest == name.startswith("~")


@pytest.mark.parametrize(
    "name",
    ["a/b:turbo", "a/b:", "a/b:free:", "a/b:FREE", "gpt-4o", "", "/", "a/", "/b", "~/b", ":free"],
)
def test_what_is_no_name_is_told_apart(name: str) -> None:
    """The caller can refuse with what is allowed."""
    assert parse_slug(name) is None
    assert ":nitro" in ALLOWED
    assert ":free" in ALLOWED
