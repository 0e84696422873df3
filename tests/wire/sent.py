"""Requests in one comparable form: what the gateway may change is undone or left out on both sides.

What remains must be equal. The differences that are left out: the model's name, usage options, who
is asked for what (router fields), and the many spellings of "nothing said".
"""

import json
from hashlib import sha256
from typing import Any, Final, cast

from tests.wire.heard import Fields, child, items, text

from turnout.dialects.openai_chat.quirks import Quirks

ROUTER: Final[frozenset[str]] = frozenset(
    {
        "provider",
        "models",
        "plugins",
        "transforms",
        "preset",
        "route",
        "session_id",
        "trace",
        "usage",
    }
)
GATEWAY: Final = frozenset({"model", "models", "preset", "route", "stream_options"})
KNOBS: Final[frozenset[str]] = frozenset(
    {"reasoning", "reasoning_effort", "include_reasoning", "thinking", "enable_thinking"}
    | {"chat_template_kwargs"}
)
# The internal form knows one limit; who takes both names gets either.
LIMITS: Final = ("max_completion_tokens", "max_tokens")
THOUGHTS: Final = ("reasoning_details", "reasoning", "reasoning_content")


def as_recorded(request: Fields, quirks: Quirks) -> Fields:
    """What a provider with these quirks should get for this request."""
    fields = {name: value for name, value in request.items() if name not in quirks.drop}
    for ours, theirs in quirks.rename.items():
        if ours in fields:
            fields[theirs] = fields.pop(ours)
    for name, raw in quirks.defaults.items():
        fields.setdefault(name, json.loads(bytes(raw)))
    if user := text(fields, quirks.rename.get("user", "user")):
        fields[quirks.rename.get("user", "user")] = sha256(user.encode()).hexdigest()
    if fields.get("tool_choice") == "required":
        fields["tool_choice"] = quirks.tool_choice_required
    return comparable(fields, quirks)


def comparable(request: Fields, quirks: Quirks) -> Fields:
    """The request without what may differ."""
    skipped: set[str] = {*GATEWAY, *KNOBS}
    if not quirks.router_fields:
        skipped |= ROUTER
    fields = {name: value for name, value in request.items() if name not in skipped}
    if fields.get("stream") is False:
        del fields["stream"]
    if isinstance(fields.get("stop"), str):
        fields["stop"] = [fields["stop"]]
    fields["tools"] = [{"type": "function", **tool} for tool in items(fields, "tools")]
    if limits := [fields.pop(name) for name in LIMITS if name in fields]:
        fields["limit"] = limits[0]
    if "provider" in fields:  # endpoints named there are ours, not the router's above us
        wishes = child(fields, "provider").items()
        fields["provider"] = {n: v for n, v in wishes if n not in {"order", "only", "ignore"}}
    fields["messages"] = [_message(message, quirks) for message in items(request, "messages")]
    return cast("Fields", _without_nulls(fields))


def internal(request: Fields) -> Fields:
    """A comparable request where the internal form puts things: a cache mark on the last part."""
    return {**request, "messages": [_marked(message) for message in items(request, "messages")]}


def _marked(message: Fields) -> Fields:
    fields = {name: value for name, value in message.items() if name != "cache_control"}
    mark, content = message.get("cache_control"), message.get("content")
    if mark is not None and isinstance(content, str):
        fields["content"] = [{"type": "text", "text": content, "cache_control": mark}]
    return fields


def _message(message: Fields, quirks: Quirks) -> Fields:
    fields = {name: value for name, value in message.items() if name not in THOUGHTS}
    if fields["role"] == "developer" and not quirks.developer_role:
        fields["role"] = "system"
    if not quirks.message_names:
        fields.pop("name", None)
    if not quirks.cache_marks:
        fields.pop("cache_control", None)
    content: Any = fields.get("content")
    if isinstance(content, list):
        fields["content"] = _parts(items(fields, "content"), quirks)
    for name in ("content", "tool_calls"):
        if fields.get(name) in ("", []):
            del fields[name]
    if thoughts := thinking(message):
        fields["thoughts"] = thoughts if quirks.reasoning_history is not None else None
    return fields


def _parts(parts: list[Fields], quirks: Quirks) -> Any:
    """Text parts alone are the same words as one text."""
    bare = (
        parts
        if quirks.cache_marks
        else [
            {name: value for name, value in part.items() if name != "cache_control"}
            for part in parts
        ]
    )
    if len(bare) == 1 and set(bare[0]) == {"type", "text"}:
        return bare[0]["text"]
    return bare


def thinking(message: Fields) -> str:
    """The words thought in an earlier turn, whatever field they came in."""
    details = "".join(text(item, "text", "summary") for item in items(message, "reasoning_details"))
    return details or text(message, "reasoning", "reasoning_content")


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        fields = cast("Fields", value)
        return {name: _without_nulls(one) for name, one in fields.items() if one is not None}
    if isinstance(value, list):
        return [_without_nulls(one) for one in cast("list[Any]", value)]
    return value


def knob(request: Fields) -> str | None:
    """The effort asked for, in whichever of the two spellings of the contract."""
    return text(request, "reasoning_effort") or text(child(request, "reasoning"), "effort") or None
