"""A conversation in the dialect's own words, exactly as its client said it: before any lowering."""

from typing import Final

import msgspec

from turnout.core.conversation import (
    Conversation,
    Message,
    Part,
    ReasoningWish,
    Text,
    Tool,
)
from turnout.dialects.anthropic_messages.blocks import block_of, mark_of
from turnout.dialects.anthropic_messages.usage import members_of
from turnout.dialects.openai_chat.deltas import Json

_ITEMS: Final = msgspec.json.Decoder(list[msgspec.Raw])
_CHOICE: Final = {"auto": "auto", "none": "none", "required": "any", "named": "tool"}


def fields_of(conversation: Conversation) -> dict[str, Json]:
    """Every field the conversation says; what is unsaid is absent."""
    system, rest = apart(conversation.messages)
    sampling = conversation.sampling
    extra = dict(conversation.extra)
    fields: dict[str, Json] = {
        "system": content_of(system) if system else None,
        "messages": turns_of(rest),
        "max_tokens": conversation.max_output_tok,
        "temperature": number(sampling.temperature),
        "top_p": number(sampling.top_p),
        "top_k": sampling.top_k,
        "stop_sequences": list(sampling.stop) or None,
        "tool_choice": choice_of(conversation),
        "thinking": _thinking(conversation.reasoning),
        "output_config": _config(conversation, extra.pop("output_config", None)),
        "metadata": _metadata(conversation, extra.pop("metadata", None)),
        "service_tier": tier_of(conversation.service_tier),
        "stream": conversation.stream or None,
    }
    tools: list[Json] = [tool_of(tool) for tool in conversation.tools]
    tools += _ITEMS.decode(extra.pop("tools")) if "tools" in extra else []
    fields["tools"] = tools or None
    return {**{n: value for n, value in fields.items() if value is not None}, **extra}


def number(value: float | None) -> Json:
    """A float as JSON."""
    return None if value is None else msgspec.Raw(msgspec.json.encode(value))


def apart(messages: tuple[Message, ...]) -> tuple[tuple[Part, ...], tuple[Message, ...]]:
    """The leading instructions' parts, and the other messages."""
    for place, message in enumerate(messages):
        if message.role not in ("system", "developer"):
            return tuple(part for one in messages[:place] for part in one.parts), messages[place:]
    return tuple(part for one in messages for part in one.parts), ()


def turns_of(messages: tuple[Message, ...]) -> list[Json]:
    """Messages as the client sent them: tool results go back into the user's turn."""
    turns: list[tuple[str, list[Part]]] = []
    in_results = False
    for message in messages:
        role = "user" if message.role == "tool" else message.role
        role = "system" if role == "developer" else role
        if in_results and role == "user" and turns:
            turns[-1][1].extend(message.parts)
        else:
            turns.append((role, list(message.parts)))
        in_results = message.role == "tool"
    return [{"role": role, "content": content_of(tuple(parts))} for role, parts in turns]


def content_of(parts: tuple[Part, ...]) -> Json:
    """One bare text is a string, as the dialect allows everywhere."""
    first = parts[0] if parts else None
    if len(parts) == 1 and isinstance(first, Text) and first.cache is None and not first.extra:
        return first.text
    return [block_of(part) for part in parts]


def tool_of(tool: Tool) -> dict[str, Json]:
    """A tool of the caller's own."""
    said: dict[str, Json] = {"name": tool.name}
    if tool.description is not None:
        said["description"] = tool.description
    said["input_schema"] = (
        tool.parameters if tool.parameters is not None else {"type": "object", "properties": {}}
    )
    if tool.strict is not None:
        said["strict"] = tool.strict
    if tool.cache is not None:
        said["cache_control"] = mark_of(tool.cache)
    return {**said, **tool.extra}


def choice_of(conversation: Conversation) -> Json:
    """`tool_choice` with the wish about parallel calls in it; None when neither was said."""
    choice, parallel = conversation.tool_choice, conversation.parallel_tool_calls
    if choice is None and parallel is None:
        return None
    said: dict[str, Json] = {"type": _CHOICE[choice.mode] if choice is not None else "auto"}
    if choice is not None and choice.name is not None:
        said["name"] = choice.name
    if parallel is not None and said["type"] != "none":
        said["disable_parallel_tool_use"] = not parallel
    return said


def tier_of(tier: str | None) -> Json:
    """The dialect's two words; every other tier is the gateway's to choose an endpoint by."""
    return {"auto": "auto", "default": "standard_only"}.get(tier or "")


def _thinking(wish: ReasoningWish | None) -> Json:
    if wish is None or (wish.enabled is None and wish.max_tok is None):
        return None
    if wish.enabled is False:
        return {"type": "disabled"}
    said: dict[str, Json] = {"type": "adaptive"}
    if wish.max_tok is not None:
        said = {"type": "enabled", "budget_tokens": wish.max_tok}
    if wish.exclude:
        said["display"] = "omitted"
    elif wish.summary is not None:
        said["display"] = "summarized"
    return said


def _config(conversation: Conversation, rest: msgspec.Raw | None) -> Json:
    said: dict[str, Json] = dict(members_of(rest))
    wish, output = conversation.reasoning, conversation.output
    if wish is not None and wish.effort is not None:
        said["effort"] = wish.effort
    if output is not None and output.schema is not None:
        said["format"] = {"type": "json_schema", "schema": output.schema}
    return said or None


def _metadata(conversation: Conversation, rest: msgspec.Raw | None) -> Json:
    said: dict[str, Json] = dict(members_of(rest))
    if conversation.user is not None:
        said["user_id"] = conversation.user
    return said or None
