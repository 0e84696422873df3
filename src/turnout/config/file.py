"""turnout.toml as a tree of plain values, with the line of each."""

import re
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

import msgspec

from turnout.config.positions import KeyPath, key_lines
from turnout.config.problems import ConfigError, Problem

_AT_LINE: Final = re.compile(r" \(at line (\d+), column (\d+)\)$")
_AT_END: Final = re.compile(r" \(at end of document\)$")


class TomlFile(msgspec.Struct, frozen=True):
    """What a file says; floats are Decimals made from the very text.

    Attributes:
        lines: Where each key stands, from 1.
        date: ISO date (UTC) on which the file was last written.
    """

    path: Path
    tree: dict[str, object]
    lines: Mapping[KeyPath, int]
    date: str = ""


def read_toml(path: Path) -> TomlFile:
    """The file's tree and the line of each key.

    Raises:
        ConfigError: It cannot be read or is not TOML, with the line and column.
    """
    try:
        text = path.read_bytes().decode()
        date = datetime.fromtimestamp(path.stat().st_mtime, UTC).date().isoformat()
    except OSError as error:
        reason = f"cannot be read: {error.strerror}"
        raise ConfigError([Problem(source=str(path), message=reason)]) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError([Problem(source=str(path), line=line, message="not UTF-8")]) from error
    return parse_toml(text, path, date)


def parse_toml(text: str, path: Path, date: str = "") -> TomlFile:
    """As `read_toml`, for a text; `path` is only what the problems name."""
    try:
        tree = tomllib.loads(text, parse_float=Decimal)
        return TomlFile(path, tree, key_lines(text), date)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([_syntax_problem(str(error), text, path)]) from error
    except RecursionError as error:
        raise ConfigError([Problem(source=str(path), message="nested too deeply")]) from error


def _syntax_problem(words: str, text: str, path: Path) -> Problem:
    """The words of tomllib; its position stands at the end of them."""
    found = _AT_LINE.search(words)
    if found is not None:
        line, column = int(found[1]), int(found[2])
    else:
        last = text.splitlines() or [""]
        line, column = len(last), len(last[-1]) + 1
    message = _AT_END.sub(", at the end of the file", _AT_LINE.sub("", words))
    return Problem(source=str(path), line=line, column=column, message=f"not TOML: {message}")
