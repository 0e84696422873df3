"""A conversation of another dialect in this API's terms: what means the same has another default.

Unsaid `strict` is false in chat and true here; thinking is shown in chat and hidden here unless a
summary is asked for. Source: https://platform.openai.com/docs/guides/migrate-to-responses.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from turnout.core.conversation import Conversation, Extra
from turnout.dialects.foreign import CUSTOM_TOOLS, stripped
from turnout.dialects.lowering.thinking import thinks
from turnout.dialects.openai_chat.deltas import Json
from turnout.dialects.openai_responses.quirks import Quirks

_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_LIST: Final = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
_SAME_IN_CHAT: Final = frozenset(
    {"metadata", "safety_identifier", "prompt_cache_retention", "prompt_cache_options"}
)
"""Fields of chat that have no slot and mean the same here."""
_ALLOWED: Final = msgspec.Raw(b'"allowed_tools"')


def native(
    conversation: Conversation, quirks: Quirks
) -> tuple[Conversation, tuple[str, ...], tuple[str, ...]]:
    """The conversation in this API's terms, the fields it lost, and those that are emulated."""
    if conversation.dialect == "openai.responses":
        return conversation, (), ()
    kept = _kept(conversation)
    bare, lost = stripped(conversation, "openai.responses")
    dropped = {name: None for name in lost if name not in kept}
    if _marks(conversation):
        dropped["cache_control"] = None
    output = conversation.output
    if output is not None and output.kind in ("grammar", "python"):
        dropped["response_format"] = None
        output = None
    tools = tuple(msgspec.structs.replace(tool, strict=tool.strict or False) for tool in bare.tools)
    bare = msgspec.structs.replace(bare, tools=tools, output=output, extra=kept)
    emulated = tuple(name for name in dropped if name == CUSTOM_TOOLS)
    return _shown(bare, quirks), tuple(n for n in dropped if n not in emulated), emulated


def _kept(conversation: Conversation) -> Extra:
    if conversation.dialect != "openai.chat":
        return {}
    kept = {n: raw for n, raw in conversation.extra.items() if n in _SAME_IN_CHAT}
    choice = conversation.extra.get("tool_choice")
    if choice is not None and (flat := _allowed(choice)) is not None:
        kept["tool_choice"] = flat
    return kept


def _allowed(choice: msgspec.Raw) -> msgspec.Raw | None:
    """Chat's allowed_tools, whose list of functions is an object deeper there."""
    try:
        fields = _OBJECT.decode(choice)
        if fields.get("type") != _ALLOWED:
            return None
        inner = _OBJECT.decode(fields["allowed_tools"])
        tools: list[Json] = [_flat(tool) for tool in _LIST.decode(inner["tools"])]
    except (msgspec.DecodeError, KeyError):
        return None
    flat: dict[str, Json] = {"type": "allowed_tools", **inner, "tools": tools}
    return msgspec.Raw(msgspec.json.encode(flat))


def _flat(tool: Mapping[str, msgspec.Raw]) -> dict[str, Json]:
    if "function" not in tool:
        return dict(tool)
    return {"type": "function", **_OBJECT.decode(tool["function"])}


def _marks(conversation: Conversation) -> bool:
    """Whether there are cache breakpoints: this API caches unasked and takes none of them."""
    parts = (part for message in conversation.messages for part in message.parts)
    return any(getattr(part, "cache", None) is not None for part in parts) or any(
        tool.cache is not None for tool in conversation.tools
    )


def _shown(conversation: Conversation, quirks: Quirks) -> Conversation:
    """Thinking is shown unless hidden: contract section 7."""
    wish = conversation.reasoning
    if wish is None or wish.exclude or wish.summary or not quirks.summaries or not thinks(wish):
        return conversation
    return msgspec.structs.replace(
        conversation, reasoning=msgspec.structs.replace(wish, summary="auto")
    )
