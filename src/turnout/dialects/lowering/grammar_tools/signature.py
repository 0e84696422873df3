"""A tool in one line, as a programmer would write it: small models and contexts need it short."""

from typing import Final

import msgspec
from msgspec import UNSET

from turnout.core.conversation import Tool
from turnout.wire.json_schema import Node, Schema

_DEPTH: Final = 4
_SCHEMA: Final = msgspec.json.Decoder(Schema)
_NOTHING: Final = Schema()


def signature(tool: Tool) -> str:
    """`name(city: string, unit?: "c" | "f"): what it does`, its fields' notes below.

    Its parameters are a schema: who asks has lowered it already, see `reply_schema`.
    """
    schema = _SCHEMA.decode(tool.parameters) if tool.parameters is not None else _NOTHING
    line = f"{tool.name}({_fields(schema, 0)})"
    if tool.description:
        line += f": {tool.description.strip()}"
    return "\n".join([line, *_notes(schema)])


def _fields(schema: Schema, depth: int) -> str:
    required = schema.required if isinstance(schema.required, list) else []
    return ", ".join(
        f"{name}{'' if name in required else '?'}: {_type(inner, depth + 1)}"
        for name, inner in (schema.properties or {}).items()
    )


def _type(schema: Node, depth: int) -> str:
    """The type in short; "any" where it goes too deep or is said by a reference."""
    if isinstance(schema, bool) or depth > _DEPTH:
        return "any"
    options = schema.any_of or schema.one_of
    values = [schema.const] if schema.const is not UNSET else schema.enum or []
    if values:
        told = " | ".join(bytes(value).decode() for value in values)
    elif options:
        told = " | ".join(_type(option, depth + 1) for option in options)
    elif isinstance(schema.items, Schema):
        told = f"{_type(schema.items, depth + 1)}[]"
    elif schema.properties:
        told = "{" + _fields(schema, depth) + "}"
    elif isinstance(schema.type, list):
        told = " | ".join(schema.type)
    else:
        told = schema.type or "any"
    return told


def _notes(schema: Schema) -> list[str]:
    return [
        f"  {name}: {inner.description.strip()}"
        for name, inner in (schema.properties or {}).items()
        if isinstance(inner, Schema) and inner.description
    ]
