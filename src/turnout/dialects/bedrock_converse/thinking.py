"""The one reasoning knob in the words of each family, as `additionalModelRequestFields`."""

from typing import Final

import msgspec

from turnout.core.conversation import (
    Conversation,
    Reasoning,
    ReasoningWish,
    ToolCall,
)
from turnout.dialects.bedrock_converse.families import Family
from turnout.dialects.bedrock_converse.tools import answers_a_call
from turnout.dialects.lowering.losses import Losses
from turnout.dialects.lowering.thinking import budget_tok, effort_of, nearest_effort, thinks
from turnout.dialects.openai_chat.deltas import Json

LEAST_BUDGET_TOK: Final = 1024


class Thinking(msgspec.Struct, frozen=True):
    """What is said of thinking; `claude` models take hardly any sampling beside it."""

    fields: dict[str, Json]
    claude: bool = False


NOTHING: Final = Thinking({})


def thinking(conversation: Conversation, family: Family, losses: Losses) -> Thinking:
    """The fields; what cannot be said is reported and the request goes without thinking."""
    wish = conversation.reasoning
    if wish is None:
        return NOTHING
    if wish.exclude:
        losses.drop("reasoning.exclude")
    if wish.summary is not None:
        losses.drop("reasoning.summary")
    wanted = thinks(wish)
    if wanted is None:
        return NOTHING
    return _on(conversation, wish, family, losses) if wanted else _off(family, losses)


def _on(
    conversation: Conversation, wish: ReasoningWish, family: Family, losses: Losses
) -> Thinking:
    match family.thinks:
        case None:
            losses.drop("reasoning")
            return NOTHING
        case "budget" | "adaptive" | "either":
            return _claude(conversation, wish, family, losses)
        case "nova":
            return Thinking({"reasoningConfig": _nova(conversation, wish, family, losses)})
        case "effort":
            return Thinking({"reasoning_effort": _level(conversation, wish, family, losses)})
        case "config":
            return Thinking({"reasoning_config": _level(conversation, wish, family, losses)})


def _off(family: Family, losses: Losses) -> Thinking:
    """The asked ones think only then; gpt-oss always does, so as little as it can."""
    if family.unasked:
        return Thinking({"thinking": {"type": "disabled"}})
    if family.thinks != "effort":
        return NOTHING
    losses.translate("reasoning")
    return Thinking({"reasoning_effort": "low"})


def _claude(
    conversation: Conversation, wish: ReasoningWish, family: Family, losses: Losses
) -> Thinking:
    choice = conversation.tool_choice
    if choice is not None and choice.mode in ("required", "named"):
        losses.drop("reasoning")  # a demanded call and thinking exclude each other at Anthropic
        return NOTHING
    if family.thinks == "adaptive" or (family.thinks == "either" and wish.max_tok is None):
        return _adaptive(conversation, wish, family, losses)
    limit = conversation.max_output_tok
    budget = budget_tok(wish, limit)
    if limit is not None and budget >= limit:
        budget = limit - 1
    unproven = answers_a_call(conversation) and not _proven(conversation)
    if budget < LEAST_BUDGET_TOK or unproven:
        losses.drop("reasoning")
        return NOTHING
    if budget != wish.max_tok:
        losses.translate("reasoning")
    return Thinking({"thinking": {"type": "enabled", "budget_tokens": budget}}, claude=True)


def _adaptive(
    conversation: Conversation, wish: ReasoningWish, family: Family, losses: Losses
) -> Thinking:
    fields: dict[str, Json] = {"thinking": {"type": "adaptive"}}
    if wish.effort is not None or wish.max_tok is not None:
        fields["output_config"] = {"effort": _level(conversation, wish, family, losses)}
    return Thinking(fields, claude=True)


def _proven(conversation: Conversation) -> bool:
    """The turn that called begins with sealed thinking, as Claude demands of one who thinks."""
    for message in reversed(conversation.messages):
        if message.role == "assistant" and any(isinstance(p, ToolCall) for p in message.parts):
            first = message.parts[0]
            if not isinstance(first, Reasoning) or first.opaque is None:
                return False
            return bool(first.opaque.signature or first.opaque.data)
    return True


def _nova(conversation: Conversation, wish: ReasoningWish, family: Family, losses: Losses) -> Json:
    """Allows no limit and no sampling beside "high", so with these it becomes "medium"."""
    level = _level(conversation, wish, family, losses)
    sampling = conversation.sampling
    beside = (conversation.max_output_tok, sampling.temperature, sampling.top_p, sampling.top_k)
    if level == "high" and any(value is not None for value in beside):
        losses.translate("reasoning")
        level = "medium"
    return {"type": "enabled", "maxReasoningEffort": level}


def _level(conversation: Conversation, wish: ReasoningWish, family: Family, losses: Losses) -> str:
    level = nearest_effort(effort_of(wish, conversation.max_output_tok), family.levels)
    if wish.effort != level:
        losses.translate("reasoning")
    return level
