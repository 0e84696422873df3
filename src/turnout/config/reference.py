"""The reference of settings, made from their Structs: docs/reference/settings.md."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, cast

import msgspec
from msgspec import inspect

from turnout.config.environment import variables
from turnout.config.positions import KeyPath, dotted
from turnout.config.settings import NEEDS_RESTART, Sections
from turnout.config.words import expected, members_of

_HEAD: Final = """\
# Settings

<!-- Written by `make gen` from src/turnout/config/settings.py. Do not edit. -->

All of them are optional. They are read from `turnout.toml` in the current folder, or from the file
that `--config` or the variable `TURNOUT_CONFIG` names. A variable wins over the file, and the
command line over both. Paths in the file are relative to the file.

Settings marked *restart* keep their running value when a gateway reloads (`turnout config reload`,
or SIGHUP); all others change at once, without dropping a request.

A provider is on when its key variable is set ([providers](providers.md) lists them), with several
keys separated by commas or in `<NAME>_API_KEYS`, or when it has a table here.

```toml
[providers.openai]
api_key = "env:WORK_KEY"            # instead of OPENAI_API_KEY

[providers.my-vllm]                 # any OpenAI-compatible server
base_url = "http://10.0.0.5:8000/v1"
kind = "vllm"
models = "discover"

[[providers.groq.models]]           # a model or a price that the catalog does not know
id = "acme/house-model"
upstream = "house-model-v2"
context = 131072
price = { prompt = 0.15, completion = "0.60", cache_read = 0.075 }
```
"""

_ATTRIBUTE: Final = re.compile(r"        (\w+): (.*)")


def render() -> str:
    """The whole page."""
    return "\n".join([_HEAD, *_tables(Sections, (), {})])


def attributes(struct: type[msgspec.Struct]) -> Mapping[str, str]:
    """What the docstring of a Struct says of each field."""
    found: dict[str, str] = {}
    name = ""
    _, _, listed = (struct.__doc__ or "").partition("    Attributes:\n")
    for line in listed.splitlines():
        begun = _ATTRIBUTE.fullmatch(line)
        if begun is not None:
            name = begun[1]
            found[name] = begun[2]
        elif name and line.startswith("            "):
            found[name] += " " + line.strip()
    return found


def _tables(struct: type[msgspec.Struct], path: KeyPath, done: dict[type, str]) -> Iterator[str]:
    """A Struct's own settings as one table, then those of the Structs in it."""
    rows: list[str] = []
    inner: list[tuple[type[msgspec.Struct], KeyPath]] = []
    words = attributes(struct)
    for field in cast("inspect.StructType", inspect.type_info(struct)).fields:
        here = (*path, field.encode_name)
        below = _below(field.type)
        if below is not None and below[0] not in done:
            inner.append((below[0], (*here, *below[1])))
        if below is None or path:
            said = words.get(field.encode_name) or words[field.name]
            rows.append(_row(here, field, said))
    done[struct] = dotted(path)
    if rows:
        yield f"## {_title(path)}\n"
        yield f"{(struct.__doc__ or '').splitlines()[0]}\n"
        yield "| Setting | Allowed | Default | Meaning |\n| --- | --- | --- | --- |"
        yield "\n".join(rows) + "\n"
    for kind, where in inner:
        yield from _tables(kind, where, done)


def _title(path: KeyPath) -> str:
    if not path:
        return "At the top"
    name = ".".join(str(step) for step in path if isinstance(step, str))
    return f"`[[{name}]]`" if isinstance(path[-1], int) else f"`[{name}]`"


def _below(kind: inspect.Type) -> tuple[type[msgspec.Struct], KeyPath] | None:
    """The Struct inside a field's type, and what stands between: a name or an index."""
    found: tuple[type[msgspec.Struct], KeyPath] | None = None
    match kind:
        case inspect.StructType():
            found = kind.cls, ()
        case inspect.DictType(value_type=inspect.StructType(cls=cls)):
            found = cls, ("NAME",)
        case inspect.VarTupleType(item_type=inspect.StructType(cls=cls)):
            found = cls, (0,)
        case inspect.UnionType():
            inner = (_below(member) for member in members_of(kind))
            found = next((below for below in inner if below is not None), None)
        case _:
            pass
    return found


def _row(path: KeyPath, field: inspect.Field, words: str) -> str:
    name = str(path[-1])
    restart = dotted(path).startswith(tuple(NEEDS_RESTART))
    notes = [words]
    variable = next((key for key, (at, _) in variables().items() if at == path), None)
    if variable is not None:
        notes.append(f"Variable `{variable}`.")
    if restart:
        notes.append("*Restart.*")
    allowed = expected(field.type).replace("|", "\\|")
    return f"| `{name}` | {allowed} | {_default(field)} | {' '.join(notes)} |"


def _default(field: inspect.Field) -> str:
    value: object = field.default
    match value:
        case _ if field.required:
            return "needed"
        case bool():
            return f"`{str(value).lower()}`"
        case str() | Path():
            return f'`"{value}"`'
        case int() | float():
            return f"`{value:.12g}`"
        case tuple() if value:
            listed = ", ".join(f'"{item}"' for item in cast("tuple[object, ...]", value))
            return f"`[{listed}]`"
        case _:
            return "none"
