"""One word, one sense: the synonyms that GLOSSARY.md bans are used nowhere.

Under an entry of the glossary two lines are read, case does not matter, a leading `- ` is allowed:

    banned: deployment, target model
    allowed in: src/turnout/providers/azure.py, docs/howto/

A banned word is found as a whole word, in prose, in snake_case and in CamelCase, singular or
plural. `allowed in` belongs to the `banned` line before it and names files, or folders with a
slash at their end.
"""

import re
from pathlib import Path
from typing import Final

import msgspec
import pytest

LINE: Final = re.compile(r"^\W*(banned|allowed in)\W*:\W*(.+)$", re.IGNORECASE)
CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
NO_LETTER: Final = re.compile(r"[^a-z0-9]+")
IMPORT: Final = re.compile(r"^\s*(?:import|from)\s+(?!turnout\b)[\w.]+")


class Ban(msgspec.Struct):
    """Words that must not be used, and where they may be all the same."""

    words: list[str]
    allowed_in: list[str] = []


def read_bans(glossary: str) -> list[Ban]:
    """The bans of a glossary's text."""
    bans: list[Ban] = []
    for line in glossary.splitlines():
        match = LINE.match(line)
        if match is None:
            continue
        names = [name.strip(" `*_.") for name in match[2].split(",")]
        names = [name for name in names if name]
        if match[1].lower() == "banned":
            bans.append(Ban(names))
        elif bans:
            bans[-1].allowed_in += names
    return bans


def spread(text: str) -> str:
    """The words of a text, identifiers taken apart, with single spaces around each."""
    return f" {NO_LETTER.sub(' ', CAMEL.sub(' ', text).lower()).strip()} "


def breaches(bans: list[Ban], files: dict[str, str]) -> list[str]:
    """`path:line: word` of every banned word."""
    wrong: list[str] = []
    for path, text in files.items():
        words = [
            spread(word)
            for ban in bans
            if not any(path == place or path.startswith(place) for place in ban.allowed_in)
            for word in ban.words
        ]
        for number, line in enumerate(text.splitlines(), 1):
            said = spread(IMPORT.sub("", line))  # another house's module has another house's name
            wrong += [
                f"{path}:{number}: {word.strip()}"
                for word in words
                if word in said or f"{word.rstrip()}s " in said
            ]
    return wrong


def test_banned_synonyms_are_used_nowhere(root: Path, committed: dict[str, str]) -> None:
    """Source and documents speak the glossary's language."""
    glossary = root / "GLOSSARY.md"
    if not glossary.exists():
        pytest.skip("GLOSSARY.md is not written yet")
    bans = read_bans(glossary.read_text(encoding="utf-8"))
    assert bans, "the glossary bans nothing: its lines `banned: a, b` were not understood"
    ours = {
        path: text
        for path, text in committed.items()
        if (path.startswith("src/") and path.endswith(".py"))
        or (path.endswith(".md") and path not in {"GLOSSARY.md", "CHANGELOG.md"})
    }
    assert breaches(bans, ours) == []


def test_bans_are_read_from_the_glossary() -> None:
    """Both lines, with or without list marks and backticks."""
    bans = read_bans(
        "## plan\nThe order.\n- banned: `route list`, schedule\n"
        "- allowed in: src/a.py\n\n**Banned:** foo.\n"
    )
    assert bans == [Ban(["route list", "schedule"], ["src/a.py"]), Ban(["foo"])]


@pytest.mark.parametrize(
    ("line", "is_breach"),
    [
        ("the target model", True),
        ("TargetModels = 1", True),
        ("target_model_name", True),
        ("a target-model", True),
        ("target modelling", False),
        ("retarget model", False),
        ("from target.model import thing", False),
        ("from turnout.target.model import thing", True),
    ],
)
def test_banned_words_are_found_in_every_spelling(line: str, *, is_breach: bool) -> None:
    """Prose, CamelCase and snake_case are all read; parts of other words are not."""
    assert bool(breaches([Ban(["target model"])], {"src/b.py": line})) is is_breach
    assert breaches([Ban(["target model"], ["src/"])], {"src/b.py": line}) == []
