"""The one reasoning knob in this dialect: a budget, or adaptive thinking and a level of effort."""

from collections.abc import Sequence
from typing import Final

import msgspec

from turnout.core.conversation import Conversation, Reasoning, ReasoningEffort, ToolCall, ToolResult
from turnout.dialects.anthropic_messages.families import Family
from turnout.dialects.anthropic_messages.turns import Told
from turnout.dialects.lowering.thinking import budget_tok, effort_of, nearest_effort, thinks
from turnout.dialects.lowering.turns import Turn
from turnout.dialects.openai_chat.deltas import Json

_LEAST_TOK: Final = 1_024
_VERBOSITY: Final[dict[str, ReasoningEffort]] = {
    "low": "low", "medium": "medium", "high": "high", "xhigh": "xhigh", "max": "max",
}  # fmt: skip


class Thinking(msgspec.Struct, frozen=True):
    """The `thinking` object; `on` and `budget`: whether it thinks, and within a budget."""

    said: Json
    on: bool = True
    budget: bool = False


def thinking_of(
    conversation: Conversation,
    turns: Sequence[Turn],
    family: Family,
    max_tok: Json,
    told: Told,
) -> Thinking | None:
    """What to say of thinking, None for nothing.

    Thinking gives way where the dialect lets only one of two things have its way: before a forced
    tool, in a tool loop that did not begin with a sealed thought, before a prefill, in an answer
    too short to think in. That is reported as a dropped `reasoning`.
    """
    wish = conversation.reasoning
    wanted = thinks(wish)
    if wish is None or not wanted:
        off = wanted is False and family.unasked
        return Thinking({"type": "disabled"}, on=False) if off else None
    if wish.summary not in (None, "auto"):
        told.dropped["reasoning.summary"] = None
    if _forced(conversation) or family.thinking == "none" or turns[-1].role == "assistant":
        told.dropped["reasoning"] = None
        return Thinking({"type": "disabled"}, on=False) if family.unasked else None
    adaptive = family.thinking == "adaptive" or (
        family.thinking == "either" and wish.max_tok is None
    )
    if adaptive:
        if wish.max_tok is not None:
            told.translated["reasoning.max_tokens"] = None
        display = "omitted" if wish.exclude else "summarized"
        return Thinking({"type": "adaptive", "display": display})
    if wish.exclude:
        told.dropped["reasoning.exclude"] = None
    limit = max_tok if isinstance(max_tok, int) else 0
    if limit <= _LEAST_TOK or _mid_loop(turns):
        told.dropped["reasoning"] = None
        return None
    budget = min(budget_tok(wish, limit), limit - 1)
    if wish.max_tok is None:
        told.translated["reasoning.effort"] = None
    elif budget != wish.max_tok:
        told.translated["reasoning.max_tokens"] = None
    return Thinking({"type": "enabled", "budget_tokens": budget}, budget=True)


def _forced(conversation: Conversation) -> bool:
    choice = conversation.tool_choice
    return choice is not None and choice.mode in ("required", "named") and bool(conversation.tools)


def _mid_loop(turns: Sequence[Turn]) -> bool:
    """Results go back to a turn that called without a thought before it: a 400 with a budget."""
    if len(turns) < 2 or not any(isinstance(part, ToolResult) for part in turns[-1].parts):
        return False
    before = turns[-2].parts
    called = any(isinstance(part, ToolCall) for part in before)
    return called and not isinstance(before[0], Reasoning)


def config_of(
    conversation: Conversation, family: Family, told: Told, *, thinks: bool
) -> dict[str, Json]:
    """`output_config` with a level of effort: the reasoning's where the model thinks adaptively.

    Else it is the verbosity's, which is what the dialect has for it.
    """
    wish, verbosity = conversation.reasoning, conversation.verbosity
    said: dict[str, Json] = {}
    levels = family.efforts
    adaptive = thinks and family.thinking in ("adaptive", "either")
    asked = wish is not None and (wish.effort or (wish.max_tok and family.thinking == "adaptive"))
    if adaptive and levels and wish is not None and asked:
        wanted = effort_of(wish, conversation.max_output_tok)
        said["effort"] = nearest_effort(wanted, levels)
        told.translated["reasoning.effort"] = None
    if verbosity is None:
        return said
    if "effort" in said or not levels or verbosity not in _VERBOSITY:
        told.dropped["verbosity"] = None
    else:
        said["effort"] = nearest_effort(_VERBOSITY[verbosity], levels)
        told.translated["verbosity"] = None
    return said
