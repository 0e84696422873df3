"""Whether a JSON Schema is of the closed kind that OpenAI's strict mode takes.

Every object lists all its properties as required and allows no others. Source:
https://platform.openai.com/docs/guides/structured-outputs (read 2026-11).
"""

from typing import Final, cast

import msgspec

_MOST_NODES: Final = 10_000


def is_closed(schema: msgspec.Raw) -> bool:
    """False for anything that is no such schema, or too large to look through."""
    try:
        root: object = msgspec.json.decode(schema)
    except (msgspec.DecodeError, RecursionError):
        return False
    if not isinstance(root, dict) or cast("dict[str, object]", root).get("type") != "object":
        return False
    left: list[object] = [cast("object", root)]
    seen = 0
    while left:
        node = left.pop()
        seen += 1
        if seen > _MOST_NODES:
            return False
        if isinstance(node, dict):
            fields = cast("dict[str, object]", node)
            if not _closes(fields):
                return False
            left += fields.values()
        elif isinstance(node, list):
            left += cast("list[object]", node)
    return True


def _closes(fields: dict[str, object]) -> bool:
    if fields.get("type") != "object":
        return True
    properties, required = fields.get("properties", {}), fields.get("required", [])
    if fields.get("additionalProperties") is not False:
        return False
    if not isinstance(properties, dict) or not isinstance(required, list):
        return False
    listed = {word for word in cast("list[object]", required) if isinstance(word, str)}
    return set(cast("dict[str, object]", properties)) == listed
