"""JSON Schemas as the dialect's structured outputs take them.

Every object must say `additionalProperties: false`, and bounds on numbers, texts and lists are a
400; a bound that is cut is told in the description, so that the model still knows of it. Source:
docs.anthropic.com/en/docs/build-with-claude/structured-outputs.
"""

from typing import Final, cast

import msgspec

_BOUNDS: Final = frozenset(
    {
        "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength",
        "maxLength", "maxItems", "uniqueItems", "minProperties", "maxProperties",
    }
)  # fmt: skip
_MAPS: Final = frozenset({"properties", "$defs", "definitions", "patternProperties"})
_LITERAL: Final = frozenset({"enum", "const", "default", "examples"})


def closed(schema: msgspec.Raw) -> msgspec.Raw:
    """The schema in that form; the very bytes where they have it already."""
    before: object = msgspec.json.decode(schema)
    after = _schema(before)
    return schema if after == before else msgspec.Raw(msgspec.json.encode(after))


def _schema(node: object) -> object:
    if isinstance(node, list):
        return [_schema(one) for one in cast("list[object]", node)]
    if not isinstance(node, dict):
        return node
    fields = cast("dict[str, object]", node)
    out: dict[str, object] = {}
    cut: list[str] = []
    for name, value in fields.items():
        if name in _BOUNDS or (name == "minItems" and value not in (0, 1)):
            cut.append(f"{name}: {msgspec.json.encode(value).decode()}")
        elif name in _MAPS and isinstance(value, dict):
            inner = cast("dict[str, object]", value)
            out[name] = {key: _schema(one) for key, one in inner.items()}
        else:
            out[name] = value if name in _LITERAL else _schema(value)
    if cut:
        told = f"{{{', '.join(cut)}}}"
        about = out.get("description")
        out["description"] = f"{about} {told}" if isinstance(about, str) and about else told
    if out.get("type") == "object" or "properties" in out:
        out["additionalProperties"] = False
    return out
