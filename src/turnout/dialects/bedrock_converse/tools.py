"""`toolConfig`: the tools, which of them must be called, and those that only the history names."""

from typing import Final

import msgspec

from turnout.core.conversation import Conversation, Tool, ToolCall, ToolChoice, ToolResult
from turnout.dialects.bedrock_converse.content import Marks
from turnout.dialects.bedrock_converse.families import Family
from turnout.dialects.lowering.losses import Losses
from turnout.dialects.openai_chat.deltas import Json

_ANY_OBJECT: Final = msgspec.Raw(b'{"type":"object","properties":{}}')
_EARLIER: Final = "A tool that was called earlier in this conversation."


def used_in_history(conversation: Conversation) -> tuple[str, ...]:
    """Names of the tools that earlier turns called, in order; their calls need a `toolConfig`."""
    calls = (p for m in conversation.messages for p in m.parts if isinstance(p, ToolCall))
    return tuple(dict.fromkeys(call.name for call in calls))


def answers_a_call(conversation: Conversation) -> bool:
    """The last thing said is what came of a call: the model is in a tool loop."""
    return bool(conversation.messages) and any(
        isinstance(part, ToolResult) for part in conversation.messages[-1].parts
    )


def tool_config(
    conversation: Conversation, family: Family, marks: Marks, losses: Losses
) -> dict[str, Json] | None:
    """The object, None where neither the request nor its history has tools.

    Converse has no "none": the tools are left out then, unless the history has calls, which are a
    400 without them.
    """
    tools, choice = conversation.tools, conversation.tool_choice
    earlier = used_in_history(conversation)
    if not tools and earlier:
        losses.translate("tools")
        tools = tuple(
            Tool(name=name, description=_EARLIER, parameters=_ANY_OBJECT) for name in earlier
        )
    elif tools and choice is not None and choice.mode == "none":
        if not earlier:
            losses.emulate("tool_choice")
            return None
        losses.drop("tool_choice")
    if not tools:
        return None
    specs: list[Json] = []
    for tool in tools:
        specs += [_spec(tool, family, losses), *marks.point(tool.cache, "tools")]
    config: dict[str, Json] = {"tools": specs}
    said = _choice(choice, family, losses)
    if said is not None:
        config["toolChoice"] = said
    return config


def _spec(tool: Tool, family: Family, losses: Losses) -> Json:
    spec: dict[str, Json] = {"name": tool.name}
    if tool.description:
        spec["description"] = tool.description
    spec["inputSchema"] = {"json": tool.parameters or _ANY_OBJECT}
    if tool.strict is not None:
        if family.schema:
            spec["strict"] = tool.strict
        elif tool.strict:
            losses.drop("tools.strict")
    return {"toolSpec": spec}


def _choice(choice: ToolChoice | None, family: Family, losses: Losses) -> Json:
    if choice is None or choice.mode == "none":
        return None
    if choice.mode == "auto":
        return {"auto": {}}
    if not family.forces:
        losses.drop("tool_choice")
        return {"auto": {}}
    if choice.mode == "named" and choice.name is not None:
        return {"tool": {"name": choice.name}}
    return {"any": {}}
