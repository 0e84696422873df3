"""Requests of the dialect in one comparable form: the many spellings of the same request as one."""

from hashlib import sha256
from typing import Any, TypeAlias, cast

Fields: TypeAlias = dict[str, Any]


def comparable(request: Fields) -> Fields:
    """The request with text as blocks, without what says nothing, the user's id hashed."""
    fields = {name: value for name, value in request.items() if value not in (None, [])}
    if fields.get("stream") is False:
        del fields["stream"]
    fields["messages"] = _turns(cast("list[Fields]", request["messages"]))
    if "system" in fields:
        fields["system"] = _content(fields["system"])
    if "tools" in fields:
        tools = [_tool(tool) for tool in cast("list[Fields]", fields["tools"])]
        # The internal form holds the caller's own tools and Anthropic's apart.
        fields["tools"] = sorted(tools, key=lambda tool: "input_schema" not in tool)
    return fields


def _tool(tool: Fields) -> Fields:
    own = tool.get("type") in (None, "custom")
    return {n: v for n, v in tool.items() if v is not None and not (own and n == "type")}


def hashed(request: Fields) -> Fields:
    """The caller's own ids as they may go up."""
    metadata = cast("Fields", request.get("metadata") or {})
    if "user_id" not in metadata:
        return request
    user = sha256(metadata["user_id"].encode()).hexdigest()
    return {**request, "metadata": {**metadata, "user_id": user}}


def _turns(messages: list[Fields]) -> list[Fields]:
    """Text behind results belongs to the turn of the results, whoever cut it there."""
    turns: list[Fields] = []
    for message in messages:
        content = _content(message["content"])
        last = turns[-1] if turns else None
        if last is not None and last["role"] == message["role"] == "user":
            last["content"] = last["content"] + content
        else:
            turns.append({**message, "content": content})
    return turns


def _content(content: Any) -> list[Fields]:
    if isinstance(content, str):
        return [{"type": "text", "text": content}] if content else []
    return [_block(block) for block in cast("list[Fields]", content)]


def _block(block: Fields) -> Fields:
    kept = {name: value for name, value in block.items() if value is not None}
    if block["type"] == "tool_result":
        kept["content"] = _content(kept.get("content") or [])
        if not kept.get("is_error"):
            kept.pop("is_error", None)
    return kept
