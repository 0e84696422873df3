"""Types and values of settings in words, for errors and for the reference."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Final

from msgspec import inspect

from turnout.config.secret import Secret

_QUOTABLE: Final = 20
"""Longer texts are described, not quoted: a key pasted into the wrong field stays out of logs."""

_CUSTOM: Final[Mapping[type, str]] = {Path: "a path", Secret: 'a secret text or "env:NAME"'}


def members_of(kind: inspect.UnionType) -> list[inspect.Type]:
    """The union without None, which TOML cannot say: it is what an absent key means."""
    return [member for member in kind.types if not isinstance(member, inspect.NoneType)]


def expected(kind: inspect.Type) -> str:
    """A type in words, range included: "a whole number from 1 to 65535"."""
    match kind:
        case inspect.Metadata():
            return expected(kind.type)
        case inspect.StructType() | inspect.DictType():
            return "a table"
        case inspect.VarTupleType() | inspect.FrozenSetType():
            return f"a list, each {expected(kind.item_type)}"
        case inspect.UnionType():
            return " or ".join(expected(member) for member in members_of(kind))
        case inspect.LiteralType():
            names = ", ".join(f'"{name}"' for name in kind.values)
            return names if len(kind.values) == 1 else f"one of {names}"
        case _:
            return _expected_scalar(kind)


def _expected_scalar(kind: inspect.Type) -> str:
    words: str | None = None
    match kind:
        case inspect.BoolType():
            words = "true or false"
        case inspect.IntType():
            words = f"a whole number{_range(kind)}"
        case inspect.FloatType():
            words = f"a number{_range(kind)}"
        case inspect.StrType():
            words = "a text that is not empty" if kind.min_length else "a text"
        case inspect.DecimalType():
            words = "an exact number, 0 or more (a number or a text)"
        case inspect.CustomType(cls=cls):
            words = _CUSTOM.get(cls)
        case _:
            pass
    if words is None:
        raise TypeError(f"no words for the setting type {kind}")
    return words


def _range(kind: inspect.IntType | inspect.FloatType) -> str:
    low, high = kind.ge if kind.ge is not None else kind.gt, kind.le
    if low is None:
        return ""
    above = "above " if kind.ge is None else ""
    if high is None:
        return f" {above}{low:g}" if above else f", {low:g} or more"
    return f" {above or 'from '}{_number(low)} {'up ' if above else ''}to {_number(high)}"


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


def seen(kind: inspect.Type, value: object) -> str:
    """A value as it may be shown: short texts quoted, unless a secret was expected."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | Decimal():
            return str(value)
        case str():
            secret = isinstance(kind, inspect.CustomType) and kind.cls is Secret
            return (
                f"a text of {len(value)} characters"
                if secret or len(value) > _QUOTABLE
                else (f'"{value}"')
            )
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return "a date or time"
