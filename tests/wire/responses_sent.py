"""Requests of the Responses API in one comparable form.

`as_recorded` is what the splice must send, byte for byte but for the spelling of JSON;
`comparable` leaves out what the internal form knows to be the same: ids of items that nobody keeps,
one text as a string or as a part, instructions as the first message.
"""

import json
from hashlib import sha256
from typing import Any

from tests.wire.heard import Fields, child, items

from turnout.dialects.openai_responses.quirks import Quirks

SEALED = "reasoning.encrypted_content"
NOBODYS = frozenset({"id", "status", "logprobs"})


def as_recorded(request: Fields, quirks: Quirks) -> Fields:
    """What a provider with these quirks should get for this request."""
    fields = {name: value for name, value in request.items() if name not in quirks.drop}
    fields.pop("store", None)
    if quirks.store:
        fields["store"] = False
    _hash_callers(fields)
    if quirks.sealed is not None and fields.get("reasoning"):
        include: list[str] = fields.get("include") or []
        if SEALED not in include:
            fields["include"] = [*include, SEALED]
    limit = fields.get("max_output_tokens")
    if limit is not None:
        fields["max_output_tokens"] = max(limit, quirks.least_output_tok)
    if not quirks.router_fields:
        for name in ("provider", "plugins", "session_id", "trace"):
            fields.pop(name, None)
    elif "provider" in fields:  # endpoints named there are ours, not the router's above us
        wishes = child(fields, "provider").items()
        fields["provider"] = {n: v for n, v in wishes if n not in {"order", "only", "ignore"}}
    if isinstance(fields.get("input"), list):
        fields["input"] = [one for one in items(fields, "input") if _reads(one, quirks)]
    return fields


def _hash_callers(fields: Fields) -> None:
    for name in ("user", "safety_identifier"):
        if fields.get(name):
            fields[name] = sha256(fields[name].encode()).hexdigest()


def _reads(item: Fields, quirks: Quirks) -> bool:
    if item.get("type") != "reasoning" or quirks.router_fields:
        return True
    if quirks.sealed is not None and item.get("encrypted_content"):
        return True
    return quirks.thoughts and bool(item.get("content") or item.get("summary"))


def comparable(request: Fields) -> Fields:
    """The request without what may differ."""
    fields = {name: value for name, value in request.items() if value is not None}
    for name in ("truncation", "stream", "parallel_tool_calls"):
        if fields.get(name) in ("disabled", False) and name != "parallel_tool_calls":
            del fields[name]
    names: list[str] = fields.pop("include", None) or []
    if include := sorted(one for one in names if one != SEALED):
        fields["include"] = include
    said = fields.pop("input", [])
    messages: list[Fields] = (
        [{"role": "user", "content": said}] if isinstance(said, str) else list(said)
    )
    if instructions := fields.pop("instructions", None):
        messages = [{"role": "system", "content": instructions}, *messages]
    fields["input"] = _turns([_item(one) for one in messages])
    tools = [_tool(tool) for tool in items(fields, "tools")]
    fields["tools"] = sorted(tools, key=lambda tool: tool["type"] not in ("function", "custom"))
    if isinstance(fields.get("tool_choice"), dict):
        choice = child(fields, "tool_choice")
        if choice["type"] == "allowed_tools":  # the same as fewer tools
            allowed = {tool["name"] for tool in items(choice, "tools")}
            fields["tools"] = [tool for tool in fields["tools"] if tool["name"] in allowed]
            fields["tool_choice"] = choice["mode"]
    text = {n: v for n, v in child(fields, "text").items() if v is not None}
    fields.pop("text", None)
    if text.get("format") == {"type": "text"}:
        del text["format"]
    if text:
        fields["text"] = text
    knob = {n: v for n, v in child(fields, "reasoning").items() if v is not None}
    if "generate_summary" in knob:
        knob["summary"] = knob.pop("generate_summary")
    fields["reasoning"] = knob
    return json.loads(json.dumps(fields))


def _item(item: Fields) -> Fields:
    kind = item.get("type", "message")
    fields: dict[str, Any] = {
        name: value
        for name, value in item.items()
        if value is not None
        and not (value == [] and name == "content")
        and (name not in NOBODYS or kind not in _OURS)
    }
    fields["type"] = kind
    if kind == "function_call":
        fields["arguments"] = fields.get("arguments") or "{}"
    for name in ("content", "output"):
        if name in fields and kind in _OURS:
            fields[name] = _parts(fields[name])
    return fields


_OURS = frozenset(
    {"message", "function_call", "function_call_output", "custom_tool_call", "reasoning"}
)


def _parts(content: Any) -> Any:
    if isinstance(content, str):
        return [{"text": content}]
    parts: list[Fields] = []
    for part in content:
        fields = {n: v for n, v in part.items() if v not in (None, []) and n not in NOBODYS}
        if fields.get("type") in ("input_text", "output_text", "text"):
            del fields["type"]
        if fields.get("type") == "input_image":
            fields.setdefault("detail", "auto")
        parts.append(fields)
    return parts


def _turns(found: list[Fields]) -> list[Fields]:
    """Words of the assistant in a row are one message."""
    out: list[Fields] = []
    for item in found:
        last = out[-1] if out else {}
        if (
            item["type"] == last.get("type") == "message"
            and item.get("role") == last.get("role") == "assistant"
            and item.get("phase") == last.get("phase")
        ):
            out[-1] = {**last, "content": [*last["content"], *item["content"]]}
        else:
            out.append(item)
    return out


def _tool(tool: Fields) -> Fields:
    """Unsaid `strict` is whatever the schema allows."""
    return {name: value for name, value in tool.items() if value is not None and name != "strict"}
