"""The environment: read here and nowhere else in Turnout."""

import contextlib
import os
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final, cast

import msgspec
from msgspec import inspect

from turnout.config.positions import KeyPath
from turnout.config.problems import Problem, nearest
from turnout.config.settings import Sections
from turnout.config.words import members_of

PREFIX: Final = "TURNOUT_"
CONFIG_FILE: Final = "TURNOUT_CONFIG"


def environment() -> Mapping[str, str]:
    """A copy of the process's environment."""
    return dict(os.environ)  # noqa: TID251 (this is the one place)


def variables() -> Mapping[str, tuple[KeyPath, inspect.Type]]:
    """Every setting that a variable can give, by the variable's name: TURNOUT_SERVER_PORT."""
    return {
        PREFIX + "_".join(str(step) for step in path).upper(): (path, kind)
        for path, kind in _leaves(Sections, ())
    }


def overlay(tree: dict[str, object], environ: Mapping[str, str]) -> Mapping[KeyPath, str]:
    """Writes the variables that are set over the file's tree; their names by setting.

    A variable set to nothing counts as unset.
    """
    origins: dict[KeyPath, str] = {}
    for name, (path, kind) in variables().items():
        text = environ.get(name)
        if not text:
            continue
        table = tree
        for step in path[:-1]:
            inner = table.setdefault(str(step), {})
            if not isinstance(inner, dict):  # a fault of the file, reported when it is read
                break
            table = cast("dict[str, object]", inner)
        else:
            table[str(path[-1])] = _value(kind, text)
            origins[path] = name
    return origins


def misspelt(environ: Mapping[str, str]) -> tuple[Problem, ...]:
    """Variables that look like settings and are none.

    Warnings only, and only close misses: container platforms invent names with our prefix.
    """
    known = [*variables(), CONFIG_FILE]
    found: list[Problem] = []
    for name in sorted(environ):
        meant = nearest(name, known) if name.startswith(PREFIX) and name not in known else None
        if meant is not None:
            message = f"is no setting; did you mean {meant}?"
            found.append(Problem(source="environment", field=name, message=message))
    return tuple(found)


def provider_keys(slug: str, usual: tuple[str, ...], environ: Mapping[str, str]) -> dict[str, str]:
    """The keys a provider has in the environment, each with the variable it came from.

    The first of the usual variables that is set counts, and all of <SLUG>_API_KEYS. A value may
    hold several keys, separated by commas.
    """
    several = variable_for(slug) + "S"
    first = next((name for name in usual if environ.get(name, "").strip(", ")), None)
    keys: dict[str, str] = {}
    for name in [first, several] if first is not None else [several]:
        for key in environ.get(name, "").split(","):
            if key.strip():
                keys.setdefault(key.strip(), name)
    return keys


def variable_for(slug: str) -> str:
    """The key variable of a provider that has no usual one: MY_VLLM_API_KEY."""
    return slug.replace("-", "_").upper() + "_API_KEY"


def _leaves(struct: type[msgspec.Struct], path: KeyPath) -> Iterator[tuple[KeyPath, inspect.Type]]:
    described = cast("inspect.StructType", inspect.type_info(struct))
    for field in described.fields:
        here = (*path, field.encode_name)
        if isinstance(field.type, inspect.StructType):
            yield from _leaves(field.type.cls, here)
        elif not isinstance(field.type, inspect.DictType):
            yield here, field.type


def _value(kind: inspect.Type, text: str) -> object:
    """A variable's text as the TOML value it stands for; left as text where it is none.

    Lists are separated by commas; truth is true, false, 1 or 0.
    """
    value: object = text
    match kind:
        case inspect.UnionType():
            value = _value(members_of(kind)[0], text)
        case inspect.VarTupleType():
            value = [item.strip() for item in text.split(",") if item.strip()]
        case inspect.BoolType():
            words = {"true": True, "1": True, "false": False, "0": False}
            value = words.get(text.lower(), text)
        case inspect.IntType() if text.removeprefix("-").isdecimal() and text.isascii():
            value = int(text)
        case inspect.FloatType():
            with contextlib.suppress(InvalidOperation):
                value = Decimal(text)
        case _:
            pass
    return value
