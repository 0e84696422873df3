"""`allOf` as one schema: everything that its members demand together."""

from collections.abc import Callable
from typing import Final, TypeAlias

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"
Node: TypeAlias = dict[str, Json]

_DEEPEST: Final = 16


def merged(node: Node, target: Callable[[str], Json], depth: int = 0) -> Node:
    """The node without `allOf`; of what two members say differently, the node's own wins.

    Args:
        node: Any schema.
        target: What a reference names.
        depth: Of the nesting; members beyond 16 are left out.
    """
    members = node.get("allOf")
    if not isinstance(members, list):
        return node
    out: Node = {name: value for name, value in node.items() if name != "allOf"}
    for member in members if depth < _DEEPEST else ():
        if isinstance(member, dict):
            _add(out, merged(_followed(member, target), target, depth + 1))
    return out


def _followed(member: Node, target: Callable[[str], Json]) -> Node:
    seen: set[str] = set()
    while isinstance(reference := member.get("$ref"), str) and reference not in seen:
        seen.add(reference)
        named = target(reference)
        rest: Node = {name: value for name, value in member.items() if name != "$ref"}
        member = {**named, **rest} if isinstance(named, dict) else rest
    return {name: value for name, value in member.items() if name != "$ref"}


def _add(out: Node, more: Node) -> None:
    for name, value in more.items():
        before = out.get(name)
        if name == "properties" and isinstance(before, dict) and isinstance(value, dict):
            out[name] = {**value, **before}
        elif name == "required" and isinstance(before, list) and isinstance(value, list):
            out[name] = before + [one for one in value if one not in before]
        else:
            out.setdefault(name, value)
