"""Every SQL statement of the store, loaded by name from `queries/*.sql`.

A statement starts with `-- name: <name>`, followed by comment lines that say in a sentence what it
is for. One that means to read a whole table says "Reads the whole table" there; a test holds every
other one to an index.
"""

from collections.abc import Mapping
from importlib.resources import files
from typing import Final

import msgspec

_HEAD: Final = "-- name: "


class Statement(msgspec.Struct, frozen=True):
    """One named statement; `sentence` is its comment, `source` the file it stands in."""

    name: str
    sentence: str
    sql: str
    source: str


def parse_statements(text: str, source: str) -> list[Statement]:
    """The statements of one file, in order.

    Raises:
        ValueError: A statement without a sentence or without SQL.
    """
    found: list[Statement] = []
    for block in text.split(_HEAD)[1:]:
        name, _, rest = block.partition("\n")
        lines = rest.splitlines()
        comment = [line[2:].strip() for line in lines if line.startswith("--")]
        body = "\n".join(line for line in lines if not line.startswith("--")).strip()
        if not comment or not body.endswith(";"):
            raise ValueError(f"{source}: {name} needs a sentence and a statement ending in ;")
        found.append(Statement(name.strip(), " ".join(comment), body, source))
    return found


def _load() -> dict[str, Statement]:
    loaded: dict[str, Statement] = {}
    for file in sorted(files("turnout.store").joinpath("queries").iterdir(), key=lambda f: f.name):
        if not file.name.endswith(".sql"):
            continue
        for statement in parse_statements(file.read_text(encoding="utf-8"), file.name):
            if statement.name in loaded:
                raise ValueError(f"{file.name}: {statement.name} is defined twice")
            loaded[statement.name] = statement
    return loaded


STATEMENTS: Final[Mapping[str, Statement]] = _load()
SQL: Final[Mapping[str, str]] = {name: found.sql for name, found in STATEMENTS.items()}
