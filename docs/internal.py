"""The reference page of /api/internal, written from its route table and its types."""  # noqa: INP001 (no package)

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from turnout.edge.internal.routes import INTERNAL_PREFIX, INTERNAL_ROUTES
from turnout.edge.table import Auth, Route

_HEAD: Final = f"""# The site's own API

<!-- Written by `make gen` from src/turnout/edge/internal/. Do not edit. -->

What the pages read and no public route tells, below `{INTERNAL_PREFIX}`. It changes with the site
and has no versions: programs are better served by the public API. Every answer is `{{"data": …}}`;
errors are as everywhere. Money is decimal text in USD, of a token where it is a price; counts are
integers; shares and rates go from 0 to 1, uptimes from 0 to 100; `at` is in unix seconds, `day` a
UTC date; null is unknown, or without data. What is measured is defined in docs/explain/measures.md.

"""
_WHO: Final[Mapping[Auth, str]] = {
    "public": "everybody",
    "page": "everybody where `[site] public` says so, else a session or a key",
    "operator": "a session, or a management key",
}
_ATTRIBUTE: Final = re.compile(r" *(\w+): (.*)")
_REF: Final = "#/components/schemas/"


def render() -> str:
    """The whole page."""
    answers = [route.answer for route in INTERNAL_ROUTES if route.answer is not None]
    queries = [route.query for route in INTERNAL_ROUTES if route.query is not None]
    bodies = [route.body for route in INTERNAL_ROUTES if route.body is not None]
    kinds = list(dict.fromkeys([*answers, *queries, *bodies]))
    schemas, components = msgspec.json.schema_components(kinds, ref_template=_REF + "{name}")
    named = {kind: _name(schema) for kind, schema in zip(kinds, schemas, strict=True)}
    wrappers = {named[kind] for kind in answers}
    shapes = [name for name in sorted(components) if name not in wrappers]
    parts = [_HEAD, "## Routes\n\n"]
    parts += [_route(route, named, components) for route in INTERNAL_ROUTES]
    parts.append("## Shapes\n\n")
    parts += [_shape(name, components[name]) for name in shapes]
    return "".join(parts).rstrip() + "\n"


def _route(route: Route, named: Mapping[Any, str], components: Mapping[str, Any]) -> str:
    lines = [f"### {route.method} {route.path}\n", f"{route.summary}. For {_WHO[route.auth]}.\n"]
    if route.query is not None:
        fields = _fields(components[named[route.query]])
        lines.append("Query: " + "; ".join(fields) + ".\n")
    if route.body is not None:
        lines.append(f"Body: {_linked(named[route.body])}.\n")
    if route.answer is not None:
        data = components[named[route.answer]].get("properties", {}).get("data", {})
        lines.append(f"Answer: {_type(data)}.\n")
    elif route.media != "application/json":
        lines.append(f"Answer: {route.media}.\n")
    return "\n".join(lines) + "\n"


def _shape(name: str, schema: Mapping[str, Any]) -> str:
    text, told = _docstring(str(schema.get("description", "")))
    lines: list[str] = []
    for field in _fields(schema):
        more = told.get(field.split("`")[1])
        lines.append(f"- {field}" + (f" — {more}" if more else "") + "\n")
    return f"### {name}\n\n{text}\n\n{''.join(lines)}\n"


def _docstring(text: str) -> tuple[str, Mapping[str, str]]:
    """A docstring's prose, and what it says of each attribute."""
    prose, _, attributes = text.partition("Attributes:\n")
    told: dict[str, str] = {}
    name = ""
    for line in attributes.splitlines():
        if (found := _ATTRIBUTE.match(line)) is not None:
            name = found[1]
            told[name] = found[2]
        elif name:
            told[name] += f" {line.strip()}"
    return prose.strip(), {name: said.strip() for name, said in told.items()}


def _fields(schema: Mapping[str, Any]) -> Iterator[str]:
    required = set(schema.get("required", ()))
    for name, kind in schema.get("properties", {}).items():
        told = _type(kind)
        if name not in required and kind.get("default") is not None:
            told += f", else `{msgspec.json.encode(kind['default']).decode()}`"
        elif name not in required:
            told += ", may be absent"
        yield f"`{name}`: {told}"


def _type(schema: Mapping[str, Any]) -> str:
    """A schema in a few words."""
    if "$ref" in schema:
        return _linked(_name(schema))
    if "anyOf" in schema:
        return " or ".join(_type(option) for option in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(f"`{option}`" for option in schema["enum"])
    items: Mapping[str, Any] = schema.get("items") or {}
    more: Mapping[str, Any] | bool = schema.get("additionalProperties", False)
    if schema.get("type") == "array":
        return f"list of {_type(items)}"
    if isinstance(more, Mapping) and more:
        return f"object of {_type(more)}"
    return str(schema.get("type", "any"))


def _name(schema: Mapping[str, Any]) -> str:
    return str(schema["$ref"]).removeprefix(_REF)


def _linked(name: str) -> str:
    return f"[{name}](#{name.lower().replace('.', '')})"
