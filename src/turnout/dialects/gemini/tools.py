"""Functions, the choice among them, and the native web search."""

import re
from typing import Final

from turnout.core.conversation import Conversation, Tool, ToolChoice, WebSearch
from turnout.dialects.gemini.media import Fields, Json
from turnout.dialects.gemini.quirks import Family
from turnout.dialects.lowering.losses import Losses
from turnout.dialects.lowering.names import NameRule
from turnout.dialects.lowering.schema import (
    GEMINI_JSON_SCHEMA,
    GEMINI_SCHEMA,
    is_empty,
    lowered,
)

NAMES: Final = NameRule(
    re.compile(r"[a-zA-Z_][a-zA-Z0-9_.-]{0,63}"), 64, re.compile(r"[^a-zA-Z0-9_.-]")
)
"""Source: https://ai.google.dev/api/caching#FunctionDeclaration (read 2026-11-25)."""

_MODES: Final = {"auto": "AUTO", "none": "NONE", "required": "ANY", "named": "ANY"}


def tool_fields(conversation: Conversation, family: Family, losses: Losses) -> Fields:
    """`tools` and `toolConfig`, as far as there is something to say."""
    tools: list[Json] = []
    if conversation.tools:
        declared: list[Json] = [_declared(tool, family, losses) for tool in conversation.tools]
        tools.append({"functionDeclarations": declared})
    searching = _searching(conversation, family, losses)
    if searching is not None:
        tools.append({"googleSearch": searching})
    config: Fields = {}
    choice = conversation.tool_choice
    if conversation.tools and choice is not None:
        config["functionCallingConfig"] = _choice(choice)
    elif searching is not None and choice is not None and choice.mode != "auto":
        losses.drop("tool_choice")  # a search of its own Gemini makes as it sees fit
    if conversation.tools and searching is not None:
        config["includeServerSideToolInvocations"] = True
    if conversation.parallel_tool_calls is False:
        losses.drop("parallel_tool_calls")
    fields: Fields = {}
    if tools:
        fields["tools"] = tools
    if config:
        fields["toolConfig"] = config
    return fields


def _declared(tool: Tool, family: Family, losses: Losses) -> Fields:
    """One declaration; a function without arguments says nothing of them."""
    fields: Fields = {"name": tool.name}
    if tool.description is not None:
        fields["description"] = tool.description
    if tool.cache is not None:
        losses.drop("cache_control")
    if tool.strict:
        losses.drop("tools.function.strict")
    if tool.parameters is None or is_empty(tool.parameters):
        return fields
    words = GEMINI_JSON_SCHEMA if family.json_schema else GEMINI_SCHEMA
    low = lowered(tool.parameters, words, f"tools.{tool.name}.parameters")
    if low.lossy:
        losses.translate("tools.function.parameters")
    fields["parametersJsonSchema" if family.json_schema else "parameters"] = low.schema
    return fields


def _choice(choice: ToolChoice) -> Fields:
    fields: Fields = {"mode": _MODES[choice.mode]}
    if choice.mode == "named" and choice.name is not None:
        fields["allowedFunctionNames"] = [choice.name]
    return fields


def _searching(conversation: Conversation, family: Family, losses: Losses) -> Fields | None:
    """The search's own object, None without one; it has no knob of those that a caller may turn."""
    web = conversation.web
    if web is None:
        return None
    if conversation.tools and not family.search_beside_tools:
        losses.drop("web_search")
        return None
    nothing = WebSearch()
    for name in ("max_results", "max_uses", "context_size", "allowed_domains", "excluded_domains"):
        if getattr(web, name) != getattr(nothing, name):
            losses.drop(f"web_search.{name}")
    if web.place is not None:
        losses.drop("web_search.user_location")
    return {}
