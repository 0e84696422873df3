"""JSON Schemas as `outputConfig` takes them: closed objects, numbers without bounds.

Source: docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html and recorded traffic,
where lengths of texts are taken (read 2026-11).
"""

from typing import Final, cast

import msgspec

_BOUNDS: Final = frozenset(
    {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
)
_MAPS: Final = frozenset({"properties", "$defs", "definitions"})
_LITERAL: Final = frozenset({"enum", "const", "default", "examples"})


def taken(schema: msgspec.Raw) -> msgspec.Raw:
    """The schema in that form, the very bytes where they have it already.

    A bound that is left out is told in the description, so that the model still knows of it.
    """
    before: object = msgspec.json.decode(schema)
    after = _node(before)
    return schema if after == before else msgspec.Raw(msgspec.json.encode(after))


def _node(node: object) -> object:
    if isinstance(node, list):
        return [_node(one) for one in cast("list[object]", node)]
    if not isinstance(node, dict):
        return node
    fields = cast("dict[str, object]", node)
    bounds = [f"{n}={fields[n]}" for n in fields if n in _BOUNDS]
    out = {n: _member(n, value) for n, value in fields.items() if n not in _BOUNDS}
    if bounds:
        about = out.get("description")
        told = ", ".join(bounds)
        out["description"] = f"{about} ({told})" if isinstance(about, str) and about else told
    if out.get("type") == "object" or "properties" in out:
        out["additionalProperties"] = False
    return out


def _member(name: str, value: object) -> object:
    if name in _LITERAL:
        return value
    if name in _MAPS and isinstance(value, dict):
        return {key: _node(one) for key, one in cast("dict[str, object]", value).items()}
    return _node(value)
