"""Single keywords of JSON Schema said by others: each a pure function of one schema."""

from collections.abc import Collection
from typing import Final, TypeAlias

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"
Node: TypeAlias = dict[str, Json]

_NULL: Final = "null"
_MOST_TOLD: Final = 64


def as_enum(node: Node, *, only_texts: bool) -> Node:
    """`const` as an enum of one; values that are no texts as words where only texts may stand."""
    out = dict(node)
    if "const" in out:
        value = out.pop("const")
        out.setdefault("enum", [value])
        if (kind := _kind(value)) is not None:
            out.setdefault("type", kind)
    told = out.get("enum")
    if not isinstance(told, list) or not only_texts:
        return out
    enum: list[Json] = [one for one in told if one is not None]
    if len(enum) != len(told):
        out["enum"] = enum
        out["nullable"] = True
    if not enum or not all(isinstance(one, str) for one in enum):
        del out["enum"]
        if enum:
            listed = ", ".join(str(one) for one in enum[:_MOST_TOLD])
            out["description"] = _more(out.get("description"), f"One of: {listed}.")
        if "type" not in out and (kind := _kind(enum[0] if enum else None)) is not None:
            out["type"] = kind
    return out


def as_tuple(node: Node, words: Collection[str]) -> Node:
    """An array whose places differ: `prefixItems`, or items that are any of them."""
    places = node.get("prefixItems", node.get("items"))
    said = isinstance(node.get("prefixItems"), list) and not isinstance(node.get("items"), list)
    if not isinstance(places, list) or (said and "prefixItems" in words):
        return node
    out = {name: value for name, value in node.items() if name not in ("prefixItems", "items")}
    out.pop("additionalItems", None)
    if "prefixItems" in words:
        out["prefixItems"] = places
        if isinstance(node.get("items"), dict):
            out["items"] = node["items"]
        return out
    different: list[Json] = []
    different += [place for place in places if place not in different]
    out["items"] = different[0] if len(different) == 1 else {"anyOf": different}
    return out


def as_limits(node: Node) -> Node:
    """Open bounds as closed ones: the next whole number for integers, the same number else."""
    out = dict(node)
    for name, closed, step in (
        ("exclusiveMinimum", "minimum", 1),
        ("exclusiveMaximum", "maximum", -1),
    ):
        bound = out.pop(name, None)
        if isinstance(bound, bool):  # draft 4: says that the other bound is open
            other = out.get(closed)
            if bound and isinstance(other, int) and out.get("type") == "integer":
                out[closed] = other + step
        elif isinstance(bound, int | float):
            whole = out.get("type") == "integer" and isinstance(bound, int)
            out.setdefault(closed, bound + step if whole else bound)
    return out


def as_nullable(node: Node) -> Node:
    """OpenAPI's `nullable` as a type beside the others."""
    out = dict(node)
    if out.pop("nullable", False) is True and isinstance(out.get("type"), str):
        out["type"] = [out["type"], _NULL]
    return out


def as_branches(node: Node) -> Node:
    """Lists of types, `oneOf` and null as `anyOf` and `nullable`."""
    out = dict(node)
    if "oneOf" in out:
        other = out.pop("oneOf")
        out.setdefault("anyOf", other)
    kinds = out.get("type")
    if isinstance(kinds, list):
        _split(out, kinds)
    elif kinds == _NULL:
        del out["type"]
        out["nullable"] = True
    branches = out.get("anyOf")
    if isinstance(branches, list):
        _without_null(out, branches)
    return out


def _split(out: Node, kinds: list[Json]) -> None:
    real = [kind for kind in kinds if kind != _NULL]
    if len(real) != len(kinds):
        out["nullable"] = True
    del out["type"]
    if len(real) == 1:
        out["type"] = real[0]
    elif real and "anyOf" not in out:
        out["anyOf"] = [{"type": kind} for kind in real]


def _without_null(out: Node, branches: list[Json]) -> None:
    real = [one for one in branches if not (isinstance(one, dict) and one.get("type") == _NULL)]
    if len(real) != len(branches):
        out["nullable"] = True
    if len(real) == 1 and isinstance(real[0], dict):
        del out["anyOf"]
        for name, value in real[0].items():
            out.setdefault(name, value)
    elif len(real) == 1:  # true takes everything
        del out["anyOf"]
    elif real:
        out["anyOf"] = real
        out.pop("type", None)
    else:
        del out["anyOf"]


def _kind(value: Json) -> str | None:
    match value:
        case bool():
            return "boolean"
        case str():
            return "string"
        case int():
            return "integer"
        case float():
            return "number"
        case _:
            return None


def _more(said: Json, more: str) -> str:
    return f"{said} {more}" if isinstance(said, str) and said else more
