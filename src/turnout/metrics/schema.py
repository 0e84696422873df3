"""Does a JSON value match a JSON schema (draft 7)? Small, bounded, and never in doubt against it.

Known are all assertions of draft 7 and local `$ref`; `format` is an annotation, as it may be.
What cannot be judged in bounds raises `Unjudged`, and whoever asks lets the value pass:

    - more than STEPS comparisons, or schemas nested deeper than DEPTH
    - a reference that is not "#…", or leads nowhere; a schema that is none
    - a `pattern` with groups or more than two repetitions, or a text longer than PATTERN_CHARS:
      `re` cannot be interrupted, and the pattern is a stranger's

Not a library: `jsonschema` takes some hundred microseconds for a tool call, on the event loop; this
takes ten. A test holds both to the same verdicts.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Final, TypeAlias, cast

STEPS: Final = 4000
DEPTH: Final = 40
PATTERN_CHARS: Final = 256

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
_Check: TypeAlias = "Callable[[_Judge, Json, Json, dict[str, Json], int], bool]"


class Unjudged(Exception):  # noqa: N818 (named for the fact)
    """The schema cannot be judged by, or not in bounds."""


def matches(value: Json, schema: Json) -> bool:
    """Whether the value is valid.

    Raises:
        Unjudged: See the module.
    """
    try:
        return _Judge(schema).valid(value, schema, 0)
    except (KeyError, TypeError, ValueError, AttributeError, re.error, RecursionError) as error:
        raise Unjudged from error  # the schema is not one


class _Judge:
    """One judgement; counts its steps."""

    __slots__ = ("_root", "_steps")

    def __init__(self, root: Json) -> None:
        self._root = root
        self._steps = 0

    def valid(self, value: Json, schema: Json, depth: int) -> bool:
        self._steps += 1
        if self._steps > STEPS or depth > DEPTH:
            raise Unjudged
        if isinstance(schema, bool):
            return schema
        if not isinstance(schema, dict):
            raise Unjudged
        if "$ref" in schema:  # its siblings do not count in draft 7
            return self.valid(value, self._resolve(schema["$ref"]), depth + 1)
        for keyword, wanted in schema.items():
            check = _CHECKS.get(keyword)
            if check is not None and not check(self, value, wanted, schema, depth + 1):
                return False
        return True

    def each(self, values: Iterable[Json], schema: Json, depth: int) -> bool:
        return all(self.valid(value, schema, depth) for value in values)

    def _resolve(self, ref: Json) -> Json:
        if not isinstance(ref, str) or not ref.startswith("#"):
            raise Unjudged
        found = self._root
        for part in ref[1:].split("/")[1:]:
            name = part.replace("~1", "/").replace("~0", "~")
            found = found[int(name)] if isinstance(found, list) else _object(found)[name]
        return found


# ── any value ───────────────────────────────────────────────────────────────────────────────────


def _is(value: Json, name: Json) -> bool:
    match name:
        case "integer":
            return _number(value) and float(cast("float", value)).is_integer()
        case "number":
            return _number(value)
        case _:
            return isinstance(value, _TYPES[cast("str", name)])


_TYPES: Final[Mapping[str, type]] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
}


def _number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _type(_: _Judge, value: Json, wanted: Json, _schema: dict[str, Json], _depth: int) -> bool:
    if isinstance(wanted, list):
        return any(_is(value, name) for name in wanted)
    return _is(value, wanted)


def _same(a: Json, b: Json) -> bool:
    """JSON's equality: 1 is 1.0, and no boolean is a number."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(_same, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_same(a[name], b[name]) for name in a)
    return a == b


def _enum(_: _Judge, value: Json, wanted: Json, _schema: dict[str, Json], _depth: int) -> bool:
    return any(_same(value, each) for each in _array(wanted))


def _const(_: _Judge, value: Json, wanted: Json, _schema: dict[str, Json], _depth: int) -> bool:
    return _same(value, wanted)


def _all(judge: _Judge, value: Json, wanted: Json, _: dict[str, Json], depth: int) -> bool:
    return all(judge.valid(value, each, depth) for each in _array(wanted))


def _any(judge: _Judge, value: Json, wanted: Json, _: dict[str, Json], depth: int) -> bool:
    return any(judge.valid(value, each, depth) for each in _array(wanted))


def _one(judge: _Judge, value: Json, wanted: Json, _: dict[str, Json], depth: int) -> bool:
    return sum(judge.valid(value, each, depth) for each in _array(wanted)) == 1


def _not(judge: _Judge, value: Json, wanted: Json, _: dict[str, Json], depth: int) -> bool:
    return not judge.valid(value, wanted, depth)


def _if(judge: _Judge, value: Json, wanted: Json, schema: dict[str, Json], depth: int) -> bool:
    then = "then" if judge.valid(value, wanted, depth) else "else"
    return judge.valid(value, schema.get(then, True), depth)


# ── numbers and texts ───────────────────────────────────────────────────────────────────────────


def _bound(holds: Callable[[float, float], bool]) -> _Check:
    def check(_: _Judge, value: Json, wanted: Json, _schema: dict[str, Json], _depth: int) -> bool:
        return not _number(value) or holds(cast("float", value), _limit(wanted))

    return check


def _multiple(value: float, of: float) -> bool:
    if isinstance(value, int) and isinstance(of, int):
        return value % of == 0
    return (value / of).is_integer()


def _size(kind: type, holds: Callable[[float, float], bool]) -> _Check:
    def check(_: _Judge, value: Json, wanted: Json, _schema: dict[str, Json], _depth: int) -> bool:
        if not isinstance(value, kind):
            return True
        return holds(len(cast("str | list[Json] | dict[str, Json]", value)), _limit(wanted))

    return check


def _pattern(_: _Judge, value: Json, wanted: Json, _schema: dict[str, Json], _depth: int) -> bool:
    return not isinstance(value, str) or _searched(wanted, value)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    repeats = sum(pattern.count(sign) for sign in "*+{")
    if "(" in pattern or repeats > 2:
        raise Unjudged
    return re.compile(pattern)


def _searched(pattern: Json, text: str) -> bool:
    if len(text) > PATTERN_CHARS or not isinstance(pattern, str):
        raise Unjudged
    return _compiled(pattern).search(text) is not None


# ── arrays ──────────────────────────────────────────────────────────────────────────────────────


def _items(judge: _Judge, value: Json, wanted: Json, schema: dict[str, Json], depth: int) -> bool:
    if not isinstance(value, list):
        return True
    if not isinstance(wanted, list):
        return judge.each(value, wanted, depth)
    rest = schema.get("additionalItems", True)
    firsts = zip(value, wanted, strict=False)
    return all(judge.valid(item, each, depth) for item, each in firsts) and judge.each(
        value[len(wanted) :], rest, depth
    )


def _contains(judge: _Judge, value: Json, wanted: Json, _: dict[str, Json], depth: int) -> bool:
    if not isinstance(value, list):
        return True
    return any(judge.valid(item, wanted, depth) for item in value)


def _unique(_: _Judge, value: Json, wanted: Json, _schema: dict[str, Json], _depth: int) -> bool:
    if not wanted or not isinstance(value, list):
        return True
    if len(value) > 100:
        raise Unjudged
    return not any(_same(a, b) for place, a in enumerate(value) for b in value[:place])


# ── objects ─────────────────────────────────────────────────────────────────────────────────────


def _properties(judge: _Judge, value: Json, wanted: Json, _: dict[str, Json], depth: int) -> bool:
    if not isinstance(value, dict):
        return True
    return all(
        judge.valid(value[name], each, depth)
        for name, each in _object(wanted).items()
        if name in value
    )


def _patterned(judge: _Judge, value: Json, wanted: Json, _: dict[str, Json], depth: int) -> bool:
    if not isinstance(value, dict):
        return True
    return all(
        judge.valid(item, each, depth)
        for pattern, each in _object(wanted).items()
        for name, item in value.items()
        if _searched(pattern, name)
    )


def _additional(
    judge: _Judge, value: Json, wanted: Json, schema: dict[str, Json], depth: int
) -> bool:
    if not isinstance(value, dict):
        return True
    known = _object(schema.get("properties", {}))
    patterns = _object(schema.get("patternProperties", {}))
    return all(
        judge.valid(item, wanted, depth)
        for name, item in value.items()
        if name not in known and not any(_searched(pattern, name) for pattern in patterns)
    )


def _required(_: _Judge, value: Json, wanted: Json, _schema: dict[str, Json], _depth: int) -> bool:
    return not isinstance(value, dict) or all(name in value for name in _array(wanted))


def _names(judge: _Judge, value: Json, wanted: Json, _: dict[str, Json], depth: int) -> bool:
    return not isinstance(value, dict) or judge.each(value, wanted, depth)


def _dependencies(judge: _Judge, value: Json, wanted: Json, _: dict[str, Json], depth: int) -> bool:
    if not isinstance(value, dict):
        return True
    return all(
        all(other in value for other in needs)
        if isinstance(needs, list)
        else judge.valid(value, needs, depth)
        for name, needs in _object(wanted).items()
        if name in value
    )


def _object(schema: Json) -> dict[str, Json]:
    if not isinstance(schema, dict):
        raise Unjudged
    return schema


def _array(schema: Json) -> list[Json]:
    if not isinstance(schema, list):
        raise Unjudged
    return schema


def _limit(schema: Json) -> float:
    if isinstance(schema, int | float) and not isinstance(schema, bool):
        return schema
    raise Unjudged


def _at_least(value: float, limit: float) -> bool:
    return value >= limit


def _at_most(value: float, limit: float) -> bool:
    return value <= limit


_CHECKS: Final[dict[str, _Check]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "required": _required,
    "properties": _properties,
    "additionalProperties": _additional,
    "patternProperties": _patterned,
    "propertyNames": _names,
    "dependencies": _dependencies,
    "items": _items,
    "contains": _contains,
    "uniqueItems": _unique,
    "pattern": _pattern,
    "allOf": _all,
    "anyOf": _any,
    "oneOf": _one,
    "not": _not,
    "if": _if,
    "minimum": _bound(_at_least),
    "maximum": _bound(_at_most),
    "exclusiveMinimum": _bound(lambda value, limit: value > limit),
    "exclusiveMaximum": _bound(lambda value, limit: value < limit),
    "multipleOf": _bound(_multiple),
    "minLength": _size(str, _at_least),
    "maxLength": _size(str, _at_most),
    "minItems": _size(list, _at_least),
    "maxItems": _size(list, _at_most),
    "minProperties": _size(dict, _at_least),
    "maxProperties": _size(dict, _at_most),
}
