"""Where each key of a TOML text stands: what `tomllib` knows and does not tell.

Only for texts that `tomllib` accepts; the walk leans on that and checks no grammar again.
"""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from typing import Final, TypeAlias

KeyPath: TypeAlias = tuple[str | int, ...]
"""Table keys and list indexes from the root, decoded: ("providers", "x", "models", 0, "id")."""

_BLANK: Final = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_SPACE: Final = re.compile(r"[ \t]*")
_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
_BARE_VALUE: Final = re.compile(r"[^,\]}#\n]+")
_STRING: Final = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})'  # up to two quotes may stand just inside the closing three
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_PLAIN: Final = re.compile(r"[A-Za-z0-9_-]+\Z")


def key_lines(text: str) -> Mapping[KeyPath, int]:
    """The line, from 1, on which each table, key and list item of a valid TOML text begins.

    A table that is named more than once has the line of its first mention.

    Raises:
        ValueError: The text is not TOML.
    """
    scanner = _Scanner(text.replace("\r\n", "\n"))
    scanner.scan()
    return scanner.lines


def line_near(lines: Mapping[KeyPath, int], path: KeyPath) -> int | None:
    """The line of a path, else of the closest table around it, None at the root."""
    for length in range(len(path), 0, -1):
        line = lines.get(path[:length])
        if line is not None:
            return line
    return None


def dotted(path: KeyPath) -> str:
    """A path as a person would write it: `providers.x.models[0].id`."""
    out = ""
    for step in path:
        if isinstance(step, int):
            out += f"[{step}]"
            continue
        key = step if _PLAIN.match(step) else '"' + step.replace('"', '\\"') + '"'
        out += f".{key}" if out else key
    return out


class _Scanner:
    """One pass over the text; `lines` grows as keys are met."""

    def __init__(self, text: str) -> None:
        self.lines: dict[KeyPath, int] = {}
        self._text = text
        self._at = 0
        self._breaks = [match.start() for match in re.finditer("\n", text)]
        self._arrays: dict[KeyPath, int] = {}  # tables seen so far in each array of tables

    def scan(self) -> None:
        """Every statement, to the end."""
        table: KeyPath = ()
        while self._skip_blank():
            if self._text.startswith("[", self._at):
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> KeyPath:
        line = self._line()
        brackets = 2 if self._text.startswith("[[", self._at) else 1
        self._at += brackets
        keys = self._dotted_key()
        self._take("]" * brackets)
        path: KeyPath = ()
        for depth, key in enumerate(keys, start=1):
            path = (*path, key)
            self.lines.setdefault(path, line)
            if depth == len(keys) and brackets == 2:
                self._arrays[path] = self._arrays.get(path, 0) + 1
            if path in self._arrays:
                path = (*path, self._arrays[path] - 1)
                self.lines.setdefault(path, line)
        return path

    def _pair(self, table: KeyPath) -> None:
        line = self._line()
        path = table
        for key in self._dotted_key():
            path = (*path, key)
            self.lines.setdefault(path, line)
        self._take("=")
        self._match(_SPACE)
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        match self._text[self._at : self._at + 1]:
            case '"' | "'":
                self._match(_STRING)
            case "[":
                self._items(path)
            case "{":
                self._inline_table(path)
            case _:
                self._match(_BARE_VALUE)

    def _items(self, path: KeyPath) -> None:
        self._at += 1
        index = 0
        while self._skip_blank() and not self._text.startswith("]", self._at):
            self.lines.setdefault((*path, index), self._line())
            self._value((*path, index))
            self._skip_comma()
            index += 1
        self._take("]")

    def _inline_table(self, path: KeyPath) -> None:
        self._at += 1
        while self._skip_blank() and not self._text.startswith("}", self._at):
            self._pair(path)
            self._skip_comma()
        self._take("}")

    def _dotted_key(self) -> tuple[str, ...]:
        keys: list[str] = []
        while True:
            self._match(_SPACE)
            if self._text[self._at : self._at + 1] in {'"', "'"}:
                keys.append(tomllib.loads("key=" + self._match(_STRING))["key"])
            else:
                keys.append(self._match(_BARE_KEY))
            self._match(_SPACE)
            if not self._text.startswith(".", self._at):
                return tuple(keys)
            self._at += 1

    def _skip_comma(self) -> None:
        self._skip_blank()
        if self._text.startswith(",", self._at):
            self._at += 1

    def _skip_blank(self) -> bool:
        """Passes spaces, line breaks and comments; says whether anything is left."""
        self._match(_BLANK)
        return self._at < len(self._text)

    def _take(self, text: str) -> None:
        if not self._text.startswith(text, self._at):
            raise ValueError(f"line {self._line()}: {text} was expected")
        self._at += len(text)

    def _match(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        if found is None:
            raise ValueError(f"line {self._line()}: not TOML")
        self._at = found.end()
        return found.group()

    def _line(self) -> int:
        return bisect_right(self._breaks, self._at - 1) + 1
