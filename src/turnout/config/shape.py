"""Reads a tree of plain values into a Struct and reports every fault, not only the first.

msgspec stops at the first error and knows no TOML; this walk takes its type descriptions
(`msgspec.inspect`), so that a setting's type, range and default are said once, in its Struct.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final, TypeVar, cast, final

import msgspec
from msgspec import inspect

from turnout.config.positions import KeyPath
from turnout.config.problems import did_you_mean
from turnout.config.secret import Secret
from turnout.config.words import expected, members_of, seen


@final
class _Invalid:
    """Stands for a value that was refused and reported."""


INVALID: Final = _Invalid()

Report = Callable[[KeyPath, str], None]


S = TypeVar("S", bound=msgspec.Struct)


def read_struct(struct: type[S], tree: Mapping[str, object], report: Report) -> S:
    """An instance of a Struct whose fields all have defaults.

    What was refused and reported has its default, so whoever looks further finds the faults of the
    rest as well.
    """
    read = _read(inspect.type_info(struct), dict(tree), (), report)
    return read if isinstance(read, struct) else struct()


def _read(kind: inspect.Type, value: object, path: KeyPath, report: Report) -> object:
    match kind:
        case inspect.Metadata():
            return _read(kind.type, value, path, report)
        case inspect.StructType():
            return _read_table(kind, value, path, report)
        case inspect.DictType():
            return _read_entries(kind, value, path, report)
        case inspect.VarTupleType() | inspect.FrozenSetType():
            return _read_list(kind, value, path, report)
        case inspect.UnionType():
            return _read_union(kind, value, path, report)
        case _:
            return _read_scalar(kind, value, path, report)


def _read_table(kind: inspect.StructType, value: object, path: KeyPath, report: Report) -> object:
    if not isinstance(value, dict):
        return _refuse(kind, value, path, report)
    table = cast("dict[str, object]", value)
    fields = {field.encode_name: field for field in kind.fields}
    for key in table:
        if key not in fields:
            report((*path, key), f"unknown key{did_you_mean(key, list(fields))}")
    built: dict[str, object] = {}
    for name, field in fields.items():
        if name in table:
            built[field.name] = _read(field.type, table[name], (*path, name), report)
        elif field.required:
            report((*path, name), f"is missing; {expected(field.type)} is needed")
            built[field.name] = INVALID
    if any(built.get(field.name) is INVALID and field.required for field in kind.fields):
        return INVALID
    return kind.cls(**{name: item for name, item in built.items() if item is not INVALID})


def _read_entries(kind: inspect.DictType, value: object, path: KeyPath, report: Report) -> object:
    if not isinstance(value, dict):
        return _refuse(kind, value, path, report)
    entries = {
        key: _read(kind.value_type, item, (*path, key), report)
        for key, item in cast("dict[str, object]", value).items()
    }
    return {key: item for key, item in entries.items() if item is not INVALID}


def _read_list(
    kind: inspect.VarTupleType | inspect.FrozenSetType,
    value: object,
    path: KeyPath,
    report: Report,
) -> object:
    if not isinstance(value, list):
        return _refuse(kind, value, path, report)
    items = [
        _read(kind.item_type, item, (*path, index), report)
        for index, item in enumerate(cast("list[object]", value))
    ]
    # Not only the refused item: the others would stand under a wrong index in later reports.
    if any(item is INVALID for item in items):
        return INVALID
    return frozenset(items) if isinstance(kind, inspect.FrozenSetType) else tuple(items)


def _read_union(kind: inspect.UnionType, value: object, path: KeyPath, report: Report) -> object:
    members = members_of(kind)
    for member in members:
        if len(members) == 1 or (_takes(member, value) and not isinstance(value, str)):
            return _read(member, value, path, report)
        if isinstance(member, inspect.LiteralType) and value in member.values:
            return value
    return _refuse(kind, value, path, report)


def _takes(kind: inspect.Type, value: object) -> bool:
    if isinstance(value, dict):
        return isinstance(kind, inspect.StructType | inspect.DictType)
    if isinstance(value, list):
        return isinstance(kind, inspect.VarTupleType | inspect.FrozenSetType)
    return False


def _read_scalar(kind: inspect.Type, value: object, path: KeyPath, report: Report) -> object:
    read = INVALID
    match kind:
        case inspect.BoolType() if isinstance(value, bool):
            read = value
        case inspect.IntType() if isinstance(value, int) and not isinstance(value, bool):
            read = value if _within(kind, value) else INVALID
        case inspect.FloatType() if isinstance(value, int | Decimal) and value is not True:
            read = float(value) if _within(kind, float(value)) else INVALID
        case inspect.StrType() if isinstance(value, str):
            read = value if len(value) >= (kind.min_length or 0) else INVALID
        case inspect.LiteralType() if isinstance(value, str) and value in kind.values:
            read = value
        case inspect.DecimalType():
            read = _exact(value)
        case inspect.CustomType(cls=cls) if cls in {Path, Secret} and isinstance(value, str):
            read = cls(value) if value else INVALID
        case _:
            pass
    return _refuse(kind, value, path, report) if read is INVALID else read


def _exact(value: object) -> object:
    """A number as it was written; TOML floats come in as Decimal and never were binary."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return INVALID
    try:
        number = Decimal(value)
    except InvalidOperation:
        return INVALID
    return number if number.is_finite() and number >= 0 else INVALID


def _within(kind: inspect.IntType | inspect.FloatType, value: float) -> bool:
    return (
        (kind.ge is None or value >= kind.ge)
        and (kind.gt is None or value > kind.gt)
        and (kind.le is None or value <= kind.le)
        and value == value  # noqa: PLR0124 (nan, which TOML can say, is nobody's setting)
    )


def _refuse(kind: inspect.Type, value: object, path: KeyPath, report: Report) -> object:
    hint = ""
    if isinstance(kind, inspect.LiteralType) and isinstance(value, str):
        names = [str(name) for name in kind.values]
        hint = did_you_mean(value, names).partition(" Allowed:")[0]
    report(path, f"expected {expected(kind)}, got {seen(kind, value)}{hint}")
    return INVALID
