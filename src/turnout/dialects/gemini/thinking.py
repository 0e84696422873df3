"""The one reasoning knob as `thinkingConfig`. Source: contract section 7 and the house's docs."""

from turnout.core.conversation import ReasoningWish
from turnout.core.errors import invalid
from turnout.dialects.gemini.media import Fields
from turnout.dialects.gemini.quirks import Family
from turnout.dialects.lowering.losses import Losses
from turnout.dialects.lowering.thinking import budget_tok, effort_of, nearest_effort, thinks


def thinking_config(
    wish: ReasoningWish | None, family: Family, max_output_tok: int | None, losses: Losses
) -> Fields | None:
    """What is said of thinking; None for nothing.

    Thoughts are shown unless the caller wants none: the contract answers with them by default.

    Raises:
        Refusal: Thinking is to be off for a model that cannot do without.
    """
    wanted = thinks(wish)
    if family.thinking == "none":
        if wanted or (wish is not None and wish.summary is not None):
            losses.drop("reasoning")
        return None
    if wish is None:
        return {"includeThoughts": True}
    if wish.summary is not None:
        losses.drop("reasoning.summary")
    fields = _amount(wish, family, max_output_tok, losses) if wanted is not None else {}
    if wanted is not False and not wish.exclude:
        fields["includeThoughts"] = True
    return fields or None


def _amount(
    wish: ReasoningWish, family: Family, max_output_tok: int | None, losses: Losses
) -> Fields:
    off = thinks(wish) is False
    if off and family.can_stop:
        return {"thinkingBudget": 0}
    if off and "minimal" not in family.levels:
        raise invalid("reasoning", "this model always thinks; leave effort none out.")
    if off and family.thinking != "level":
        raise invalid("reasoning", "this model always thinks; leave effort none out.")
    if family.thinking == "always":
        losses.drop("reasoning.max_tokens" if wish.max_tok is not None else "reasoning.effort")
        return {}
    if family.thinking == "budget":
        return _budget(wish, family, max_output_tok, losses)
    if wish.max_tok is not None:  # contract section 7: a budget goes as one here too
        return {"thinkingBudget": wish.max_tok}
    if wish.effort is None:  # enabled, no more
        return {"thinkingLevel": nearest_effort("medium", family.levels)}
    effort = effort_of(wish, max_output_tok)
    level = nearest_effort(effort, family.levels)
    if level != effort:
        losses.translate("reasoning.effort")
    return {"thinkingLevel": level}


def _budget(
    wish: ReasoningWish, family: Family, max_output_tok: int | None, losses: Losses
) -> Fields:
    least, most = family.budget_tok
    budget = budget_tok(wish, max_output_tok, least=least, most=most)
    if wish.max_tok is None:
        losses.translate("reasoning.effort")
    elif budget != wish.max_tok:
        losses.translate("reasoning.max_tokens")
    return {"thinkingBudget": budget}
