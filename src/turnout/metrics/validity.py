"""Was an answer what was asked for: calls that the tools would take, JSON where JSON was wanted.

Judged once, when all content has reached the client, from what the tally holds of it, in bounds:
what is too large or cannot be judged passes. Definitions: docs/explain/measures.md. Source of the
rule for calls: contract section 3.4.
"""

from collections.abc import Iterator, Mapping
from typing import Final, cast

import msgspec

from turnout.dialects.adapter import CALL_BYTES, Called, Inbound, Tally
from turnout.metrics.schema import Json, Unjudged, matches

TOOLS_BYTES: Final = 256 * 1024
"""Longer lists of tools are not read."""

SHAPE_BYTES: Final = 64 * 1024
"""Longer texts are not judged."""


def tools_valid(inbound: Inbound, tally: Tally) -> bool | None:
    """Whether every call names an offered tool with arguments that it takes; None without calls.

    An answer that was cut short (any finish but tool_calls) is not judged.
    """
    if tally.finish != "tool_calls" or not tally.calls:
        return None
    raw = bytes(inbound.fields.get("tools", b"null"))
    if len(raw) > TOOLS_BYTES:
        return True
    offered, others = _offered(raw)
    return all(_call_valid(call, offered, others=others) for call in tally.calls.values())


def _call_valid(call: Called, offered: Mapping[str, Json], *, others: bool) -> bool:
    if call.name not in offered:
        return others
    if len(call.arguments) > CALL_BYTES:
        return True
    try:
        arguments = _decode(bytes(call.arguments) or b"{}")
    except msgspec.DecodeError:
        return False
    return _passes(arguments, offered[call.name])


def _offered(raw: bytes) -> tuple[dict[str, Json], bool]:
    """Schema by name, in the form of any dialect; and whether there are tools without a name here.

    Without one: tools of the provider's own, whose names are not told.
    """
    offered: dict[str, Json] = {}
    others = False
    try:
        tools = _decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return {}, True
    for name, schema in _declared(tools):
        if name is None:
            others = True
        else:
            offered[name] = schema
    return offered, others or not offered


def _declared(tools: Json) -> Iterator[tuple[str | None, Json]]:
    for tool in tools if isinstance(tools, list) else ():
        if not isinstance(tool, dict):
            continue
        declarations = tool.get("functionDeclarations", tool.get("function_declarations"))
        if isinstance(declarations, list):
            yield from _declared(declarations)
            continue
        inner = tool.get("function")
        facts = inner if isinstance(inner, dict) else tool
        name, kind = facts.get("name"), tool.get("type", "function")
        if not isinstance(name, str) or kind not in ("function", "custom"):
            yield None, True
        elif kind == "custom" and "input_schema" not in facts:
            yield None, True  # its input is free text
        else:
            yield name, facts.get("parameters", facts.get("input_schema", True))


def shape_valid(inbound: Inbound, tally: Tally) -> bool | None:
    """Whether the text is the JSON that was asked for; None when none was, or it was cut short."""
    schema = _wanted(inbound.fields)
    if schema is None or tally.finish != "stop" or tally.tool_calls:
        return None
    if tally.spoken_more or len(tally.spoken) > SHAPE_BYTES or _several(inbound.fields):
        return None
    try:
        return _passes(_spoken(bytes(tally.spoken)), schema)
    except (msgspec.DecodeError, RecursionError):
        return False


def _spoken(text: bytes) -> Json:
    """The value of a text; a spliced one is held with the escapes of a JSON string."""
    try:
        return _decode(text)
    except msgspec.DecodeError:
        return _decode(_STRING.decode(b'"%b"' % text))


def _wanted(fields: Mapping[str, msgspec.Raw]) -> Json:
    """The schema asked for, {} for any JSON object, None for words."""
    raw = fields.get("response_format")
    if raw is None and (text := fields.get("text")) is not None:
        asked = _json(text)
        found = asked.get("format") if isinstance(asked, dict) else None
    else:
        found = None if raw is None else _json(raw)
    if not isinstance(found, dict):
        return None
    match found.get("type"):
        case "json_object":
            return {"type": "object"}
        case "json_schema":
            inner = found.get("json_schema", found)
            return inner.get("schema", {}) if isinstance(inner, dict) else {}
        case _:
            return None


def _several(fields: Mapping[str, msgspec.Raw]) -> bool:
    return bytes(fields.get("n", b"1")) not in (b"1", b"null")


def _passes(value: Json, schema: Json) -> bool:
    try:
        return matches(value, schema if isinstance(schema, dict | bool) else True)
    except Unjudged:
        return True


def _json(raw: msgspec.Raw) -> Json:
    try:
        return _decode(bytes(raw))
    except (msgspec.DecodeError, RecursionError):
        return None


def _decode(text: bytes | str) -> Json:
    return cast("Json", msgspec.json.decode(text))


_STRING: Final = msgspec.json.Decoder(str)
