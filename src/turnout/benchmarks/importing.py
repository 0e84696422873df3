"""Scores of a file: CSV with a head, or JSON rows. A mistake is told by line and field.

Fields: model, benchmark, and score (percent, 0 to 100) are needed; source, source_url and date may
be there. A model is a slug or an alias of the catalog.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Final

import msgspec

from turnout.benchmarks.scores import NewScore
from turnout.core.errors import TurnoutError

NEEDED: Final = ("model", "benchmark", "score")
FIELDS: Final = (*NEEDED, "source", "source_url", "date")
_KEY: Final = re.compile(r"[a-z0-9][a-z0-9_./-]{0,63}\Z")
_MOST_ERRORS: Final = 20


class ImportRefusedError(TurnoutError):
    """Nothing was imported; each of `problems` names a line and what is wrong there."""

    def __init__(self, path: Path, problems: list[str]) -> None:
        shown = problems[:_MOST_ERRORS]
        if len(problems) > len(shown):
            shown.append(f"… and {len(problems) - len(shown)} more")
        super().__init__("\n".join(f"{path}: {problem}" for problem in shown))
        self.problems = problems


Resolve = Callable[[str], str | None]
"""A model's name to its slug, None for a name that nobody knows."""


def read_scores(path: Path, resolve: Resolve, today: str) -> list[NewScore]:
    """The scores of a file, judged whole: with one mistake none is taken.

    Args:
        path: ".json" is read as a list of objects (or `{"scores": […]}`), all else as CSV.
        resolve: See Resolve.
        today: The ISO date of rows that have none.

    Raises:
        ImportRefusedError: Something in it is wrong.
        OSError: It cannot be read.
    """
    text = path.read_text(encoding="utf-8-sig")
    rows = list(_json(path, text) if path.suffix == ".json" else _csv(path, text))
    if not rows:
        raise ImportRefusedError(path, ["there are no rows in it"])
    problems: list[str] = []
    scores: list[NewScore] = []
    for where, row in rows:
        try:
            scores.append(_score(row, path, resolve, today))
        except _WrongError as error:
            problems.append(f"{where}: {error}")
    if problems:
        raise ImportRefusedError(path, problems)
    return scores


def _csv(path: Path, text: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    reader = csv.DictReader(io.StringIO(text))
    head = [(name or "").strip() for name in reader.fieldnames or ()]
    missing = [name for name in NEEDED if name not in head]
    unknown = [name for name in head if name not in FIELDS]
    if missing or unknown:
        wrong = [f"has no column {name}" for name in missing]
        wrong += [f'has a column "{name}" that is none' for name in unknown]
        allowed = ", ".join(FIELDS)
        raise ImportRefusedError(path, [f"line 1: {one}; columns: {allowed}" for one in wrong])
    reader.fieldnames = head
    for row in reader:
        more = row.pop(None, None)
        if more:
            raise ImportRefusedError(path, [f"line {reader.line_num}: more cells than columns"])
        yield f"line {reader.line_num}", {name: (row[name] or "").strip() for name in head}


def _json(path: Path, text: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    try:
        found = msgspec.json.decode(text)
        if isinstance(found, dict):
            found = msgspec.convert(found, dict[str, object]).get("scores")
        rows = msgspec.convert(found, list[dict[str, str | int | float | None]])
    except msgspec.ValidationError as error:
        raise ImportRefusedError(path, [f"expected a list of objects; {error}"]) from error
    except msgspec.DecodeError as error:
        raise ImportRefusedError(path, [f"not JSON: {error}"]) from error
    for number, row in enumerate(rows, 1):
        unknown = [name for name in row if name not in FIELDS]
        if unknown:
            text = f'row {number}: "{unknown[0]}" is no field; fields: {", ".join(FIELDS)}'
            raise ImportRefusedError(path, [text])
        told = {name: "" if value is None else str(value) for name, value in row.items()}
        yield f"row {number}", told


class _WrongError(Exception):
    """What is wrong with a row."""


def _score(row: Mapping[str, str], path: Path, resolve: Resolve, today: str) -> NewScore:
    for name in NEEDED:
        if not row.get(name):
            raise _WrongError(f"{name} is missing")
    slug = resolve(row["model"])
    if slug is None:
        raise _WrongError(f'model "{row["model"]}" is not in the catalog')
    benchmark = row["benchmark"].lower().replace(" ", "_")
    if not _KEY.match(benchmark):
        allowed = 'letters, digits, "_", ".", "/" and "-" only'
        raise _WrongError(f'benchmark "{row["benchmark"]}": {allowed}')
    return NewScore(
        model=slug,
        benchmark=benchmark,
        percent=_percent(row["score"]),
        source=row.get("source") or path.name,
        source_url=_url(row.get("source_url") or None),
        as_of=_date(row.get("date") or today),
    )


def _percent(text: str) -> float:
    try:
        percent = float(text.removesuffix("%"))
    except ValueError as error:
        raise _WrongError(f'score "{text}" is no number') from error
    if not 0 <= percent <= 100:
        raise _WrongError(f"score {text} is outside of 0 to 100 percent")
    return percent


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise _WrongError(f'date "{text}" is no ISO date such as 2026-01-31') from error


def _url(text: str | None) -> str | None:
    if text is not None and not text.startswith(("https://", "http://")):
        raise _WrongError(f'source_url "{text}" is no http address')
    return text
