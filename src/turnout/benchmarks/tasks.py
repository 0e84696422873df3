"""Sets of questions as JSON lines: ours, and files of a user's.

A line is an object: `input` (the question), `target` (the answer, or the letter of the right
choice), `choices` where there are some, `id` where it has one.
"""

from importlib.resources import files
from pathlib import Path
from typing import Final

import msgspec

from turnout.core.errors import TurnoutError

SHIPPED: Final = ("turnout_basics",)
_LETTERS: Final = "ABCDEFGHIJ"


class TaskError(TurnoutError):
    """A set of questions that cannot be read; says in which line."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One of a set; see the module."""

    input: str
    target: str
    choices: tuple[str, ...] | None = None
    id: str | int | None = None


def shipped(benchmark: str) -> list[Question]:
    """A set that comes with the program."""
    text = (files("turnout.benchmarks") / "tasks" / f"{benchmark}.jsonl").read_text("utf-8")
    return parse(text, f"{benchmark}.jsonl")


def read(path: Path) -> list[Question]:
    """A user's set.

    Raises:
        TaskError: A line is no question, or there is none.
        OSError: It cannot be read.
    """
    return parse(path.read_text(encoding="utf-8-sig"), str(path))


def parse(text: str, name: str) -> list[Question]:
    """The questions of a text; errors as `read`, with the text's name."""
    questions: list[Question] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            question = msgspec.json.decode(line, type=Question)
        except msgspec.DecodeError as error:
            raise TaskError(f"{name}: line {number}: {error}") from error
        letters = _LETTERS[: len(question.choices or ())]
        if question.choices is not None and (
            len(question.target) != 1 or question.target not in letters
        ):
            expected = f"the letter of a choice, {', '.join(letters)}"
            raise TaskError(f"{name}: line {number}: target is not {expected}")
        questions.append(question)
    if not questions:
        raise TaskError(f"{name}: there is no question in it")
    return questions
