"""The configuration in force, for a person: each setting with its value and who said it."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Literal, TypeAlias, cast

import msgspec
from msgspec import inspect

from turnout.config.positions import KeyPath, dotted
from turnout.config.reference import attributes
from turnout.config.secret import HIDDEN
from turnout.config.settings import Sections, Settings

Source: TypeAlias = Literal["default", "file", "environment", "flag"]


class SettingRow(msgspec.Struct, frozen=True, kw_only=True):
    """One setting as text; null is unset. Of a secret only whether it is set can be seen."""

    key: str
    value: str | None
    default: str | None
    source: Source
    description: str


class SectionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One table of turnout.toml; the first, without a name, is the top of the file."""

    name: str
    description: str
    rows: list[SettingRow]


def shown(settings: Settings) -> list[SectionRow]:
    """Every setting but those of `[providers]`, in the order of the reference."""
    return list(_sections(Sections, settings, Sections(), settings, ()))


def _sections(
    struct: type[msgspec.Struct],
    values: msgspec.Struct,
    defaults: msgspec.Struct,
    settings: Settings,
    path: KeyPath,
) -> Iterator[SectionRow]:
    rows: list[SettingRow] = []
    inner: list[SectionRow] = []
    words = attributes(struct)
    for field in cast("inspect.StructType", inspect.type_info(struct)).fields:
        here = (*path, field.encode_name)
        value, default = getattr(values, field.name), getattr(defaults, field.name)
        if isinstance(field.type, inspect.StructType):
            inner += _sections(field.type.cls, value, default, settings, here)
        elif here != ("providers",):
            rows.append(
                SettingRow(
                    key=dotted(here),
                    value=_text(value),
                    default=_text(default),
                    source=_source(here, settings),
                    description=words.get(field.encode_name) or words.get(field.name, ""),
                )
            )
    if rows:
        description = (struct.__doc__ or "").splitlines()[0]
        yield SectionRow(name=dotted(path), description=description, rows=rows)
    yield from inner


def _source(path: KeyPath, settings: Settings) -> Source:
    if dotted(path) in settings.pinned:
        return "flag"
    return settings.said.get(dotted(path), "default")


def _text(value: object) -> str | None:
    text: str | None = HIDDEN
    match value:
        case None:
            text = None
        case bool():
            text = str(value).lower()
        case Decimal() | Path() | str() | int():
            text = str(value)
        case float():
            text = f"{value:.12g}"
        case tuple():
            text = ", ".join(_text(item) or "" for item in cast("tuple[object, ...]", value))
        case Mapping():
            pairs = cast("Mapping[str, object]", value).items()
            text = ", ".join(f"{name} = {_text(item)}" for name, item in pairs)
        case _:
            pass
    return text
