"""The line of every key, for any TOML that tomllib accepts."""

import contextlib
import tomllib
from collections.abc import Iterator, Mapping
from typing import TypeAlias, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnout.config.positions import KeyPath, dotted, key_lines, line_near

Value: TypeAlias = "str | int | bool | list[Value] | dict[str, Value]"

TEXT = """\
# a comment with [brackets] and = signs
top = 1
dotted.key."with space" = "x"

[server]   # after a header
port = 80
motd = \"\"\"
[not.a.table]
port = 99 \"\"\"\"
path = 'C:\\not\\escaped'

[[providers.x.models]]
id = "a"
list = [
  1, # one
  { deep = "]" },
  [ 3,
    4 ],
]

[[providers.x.models]]
price = { prompt = 0.1, completion = '''
2''', cache = { read = 1 } }
[providers.x.models.policy]
trains = false
"""

LINES: Mapping[KeyPath, int] = {
    ("top",): 2,
    ("dotted",): 3,
    ("dotted", "key", "with space"): 3,
    ("server",): 5,
    ("server", "port"): 6,
    ("server", "motd"): 7,
    ("server", "path"): 10,
    ("providers", "x", "models"): 12,
    ("providers", "x", "models", 0): 12,
    ("providers", "x", "models", 0, "id"): 13,
    ("providers", "x", "models", 0, "list"): 14,
    ("providers", "x", "models", 0, "list", 0): 15,
    ("providers", "x", "models", 0, "list", 1, "deep"): 16,
    ("providers", "x", "models", 0, "list", 2, 1): 18,
    ("providers", "x", "models", 1): 21,
    ("providers", "x", "models", 1, "price", "completion"): 22,
    ("providers", "x", "models", 1, "price", "cache", "read"): 23,
    ("providers", "x", "models", 1, "policy"): 24,
    ("providers", "x", "models", 1, "policy", "trains"): 25,
}


@pytest.mark.parametrize(("path", "line"), LINES.items(), ids=str)
def test_key_lines_finds_each_key(path: KeyPath, line: int) -> None:
    """Tables, arrays of tables, dotted and quoted keys, strings over lines, nested values."""
    assert key_lines(TEXT)[path] == line
    assert key_lines(TEXT.replace("\n", "\r\n"))[path] == line


def test_key_lines_refuses_what_is_not_toml() -> None:
    """A text that tomllib would refuse raises and never loops."""
    for text in ("a", "a =", "[", "[a", "= 1", 'a = "x', "a = [1", "a = {b = 1"):
        with pytest.raises(ValueError, match="line 1"):
            key_lines(text)


def test_line_near_falls_back_to_the_table_around() -> None:
    """A key that is missing has the line of its table; the root has none."""
    lines = key_lines(TEXT)
    assert line_near(lines, ("server", "hots")) == 5
    assert line_near(lines, ("nowhere",)) is None


def test_dotted_quotes_only_where_needed() -> None:
    """Paths read like TOML."""
    assert dotted(("providers", "my-vllm", "models", 0, "id")) == "providers.my-vllm.models[0].id"
    assert dotted(("a b", 'c"d')) == '"a b"."c\\"d"'


# ── any document ────────────────────────────────────────────────────────────────────────────────

_KEYS = st.text(max_size=6).filter(lambda text: "\x7f" not in text) | st.sampled_from(
    ["a", "b-c", "x.y", 'q"q', "[t]", "#", "=", "\\"]
)
_SCALARS = st.integers(-9, 9) | st.booleans() | st.text(max_size=8)


def _nest(inner: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    lists = cast("st.SearchStrategy[Value]", st.lists(inner, max_size=3))
    tables = cast("st.SearchStrategy[Value]", st.dictionaries(_KEYS, inner, max_size=3))
    return lists | tables


_VALUES: st.SearchStrategy[Value] = st.recursive(
    cast("st.SearchStrategy[Value]", _SCALARS), _nest, max_leaves=12
)
_DOCUMENTS = st.dictionaries(_KEYS, _VALUES, max_size=5)


def _quoted(text: str, *, literal: bool) -> str:
    if literal and "'" not in text and all(c >= " " and c != "\x7f" for c in text):
        return f"'{text}'"
    body = "".join(
        f"\\U{ord(c):08x}" if c in '"\\\x7f' or c < " " or "\ud800" <= c <= "\udfff" else c
        for c in text
    )
    return f'"{body}"'


class _Writer:
    """Writes a document in styles drawn by the test, and notes the line of each key."""

    def __init__(self, draw: Iterator[bool]) -> None:
        self.text = ""
        self.lines: dict[KeyPath, int] = {}
        self._draw = draw

    def note(self, path: KeyPath) -> None:
        self.lines.setdefault(path, self.text.count("\n") + 1)

    def gap(self) -> None:
        if next(self._draw):
            self.text += "\n\n  " if next(self._draw) else " # ] } [x] = '\n"

    def value(self, value: Value, path: KeyPath) -> None:
        match value:
            case bool():
                self.text += str(value).lower()
            case int():
                self.text += str(value)
            case str():
                self.string(value)
            case list():
                self.text += "["
                for index, item in enumerate(value):
                    self.gap()
                    self.note((*path, index))
                    self.value(item, (*path, index))
                    self.text += ","
                self.gap()
                self.text += "]"
            case dict():
                self.text += "{ "
                for count, (key, item) in enumerate(value.items()):
                    self.text += ", " if count else ""
                    self.pair(key, item, path)
                self.text += " }"

    def string(self, value: str) -> None:
        quoted = _quoted(value, literal=next(self._draw))
        if quoted.startswith('"') and next(self._draw):
            body = quoted[1:-1]
            self.text += f'"""{body}"""' if value[:1].isspace() else f'"""\\\n  {body}"""'
        else:
            self.text += quoted

    def pair(self, key: str, value: Value, table: KeyPath) -> None:
        self.note((*table, key))
        self.text += f"{_quoted(key, literal=next(self._draw))} = "
        self.value(value, (*table, key))

    def document(self, document: dict[str, Value]) -> None:
        tables: list[tuple[str, dict[str, Value] | list[dict[str, Value]]]] = []
        for key, value in document.items():
            if isinstance(value, dict) and next(self._draw):
                tables.append((key, value))
            elif (
                isinstance(value, list)
                and value
                and all(isinstance(item, dict) for item in value)
                and next(self._draw)
            ):
                tables.append((key, cast("list[dict[str, Value]]", value)))
            else:
                self.gap()
                self.pair(key, value, ())
                self.text += "\n"
        for key, table in tables:
            self.tables(key, table)

    def tables(self, key: str, table: dict[str, Value] | list[dict[str, Value]]) -> None:
        name = _quoted(key, literal=False)
        rows = enumerate(table) if isinstance(table, list) else [(None, table)]
        for index, row in rows:
            self.gap()
            path: KeyPath = (key,) if index is None else (key, index)
            self.note((key,))
            self.note(path)
            self.text += f"[{name}]\n" if index is None else f"[[ {name} ]] # row\n"
            for inner, value in row.items():
                self.pair(inner, value, path)
                self.text += "\n"


@given(_DOCUMENTS, st.lists(st.booleans(), min_size=1, max_size=40))
def test_key_lines_agrees_with_any_writer(document: dict[str, Value], styles: list[bool]) -> None:
    """Whatever is written, in whatever style, each key is found on the line it was written on."""

    def draws() -> Iterator[bool]:
        while True:
            yield from styles

    writer = _Writer(draws())
    writer.document(document)
    assert tomllib.loads(writer.text) == document
    assert key_lines(writer.text) == writer.lines


@given(st.text(alphabet="ab.=[]{}\"'#,\n \\1_", max_size=60))
def test_key_lines_never_hangs_and_accepts_all_toml(text: str) -> None:
    """Noise either is TOML, and then each top key has a line, or it raises ValueError."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        with contextlib.suppress(ValueError):
            assert all(line >= 1 for line in key_lines(text).values())
        return
    lines = key_lines(text)
    assert {path[0] for path in lines} == set(document)
