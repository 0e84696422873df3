"""What must not be written into a file of ours."""

import re
from typing import Final

import pytest

# Spelt so that this file does not find itself.
MACHINE_PATH: Final = re.compile(r"(?<![\w.~-])/(?:work|root|tmp)/\w")
HOME_PATH: Final = re.compile(r"(?<![\w.~-])/(?:home|Users)/\w+/")
UNFINISHED: Final = re.compile(
    r"\b(?:" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X"]) + r")\b"
)
SUPPRESSION: Final = re.compile(r"# (?:noqa|pyright: ignore|type: ignore)(.*)$")
NAMED_RULE: Final = re.compile(r"^(?:: ([A-Z]+[0-9]+)|\[([A-Za-z, ]+)\])")
REASON: Final = re.compile(r"\([^)]{3,}\)?")
REASON_REACH_LINES: Final = 5


def found(pattern: re.Pattern[str], files: dict[str, str]) -> list[str]:
    """`path:line: text` of every line that matches."""
    return [
        f"{path}:{number}: {line.strip()[:120]}"
        for path, text in files.items()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def unexplained(text: str) -> list[int]:
    """Lines whose suppression names no rule, or for which no reason is given at or near it.

    A reason counts for its line, for the five lines after it, and for its rule from there on.
    """
    wrong: list[int] = []
    explained: set[str] = set()
    last_reason = -REASON_REACH_LINES - 1
    for number, line in enumerate(text.splitlines(), 1):
        match = SUPPRESSION.search(line)
        if match is None:
            continue
        rule = NAMED_RULE.match(match[1])
        if rule and REASON.search(match[1], rule.end()):
            explained.add(rule[0])
            last_reason = number
        elif not rule or (rule[0] not in explained and number - last_reason > REASON_REACH_LINES):
            wrong.append(number)
    return wrong


def test_no_path_of_a_build_machine(committed: dict[str, str]) -> None:
    """A clone elsewhere works the same: no file names a folder of the machine it was written on."""
    assert found(MACHINE_PATH, committed) + found(HOME_PATH, committed) == []


def test_nothing_is_left_for_later(committed: dict[str, str]) -> None:
    """What is not done is an issue, not a remark in the code."""
    code = {
        path: text for path, text in committed.items() if path.endswith((".py", ".md", ".toml"))
    }
    assert found(UNFINISHED, code) == []


def test_a_suppression_names_its_rule_and_its_reason(modules: dict[str, str]) -> None:
    """A linter or type checker is overruled by name and with a why, never wholesale."""
    wrong = [f"{path}:{line}" for path, text in modules.items() for line in unexplained(text)]
    assert wrong == []


@pytest.mark.parametrize(
    ("comment", "is_fine"),
    [
        ("# " + "noqa", False),
        ("# " + "noqa: S603", False),
        ("# " + "noqa: S603 (fixed words, no shell)", True),
        ("# " + "pyright: ignore", False),
        ("# " + "pyright: ignore[reportUnknownMemberType] (untyped library)", True),
        ("# " + "type: ignore[misc]", False),
    ],
)
def test_unexplained_suppressions_are_found(comment: str, *, is_fine: bool) -> None:
    """The rule itself, on lines made up for it."""
    assert (unexplained(f"x = 1  {comment}") == []) is is_fine
