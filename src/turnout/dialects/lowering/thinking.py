"""The one reasoning knob in the two currencies of upstreams: a budget in tokens, a level by name.

Source of the ratios: contract section 7.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from turnout.core.conversation import ReasoningEffort, ReasoningWish

USUAL_OUTPUT_TOK: Final = 16_384
"""Of which an effort takes its share when nobody said how long an answer may be."""

_RATIO: Final[Mapping[ReasoningEffort, float]] = {
    "max": 0.95,
    "xhigh": 0.95,
    "high": 0.8,
    "medium": 0.5,
    "low": 0.2,
    "minimal": 0.1,
    "none": 0.0,
}
_ASCENDING: Final[tuple[ReasoningEffort, ...]] = (
    "none", "minimal", "low", "medium", "high", "xhigh", "max",
)  # fmt: skip


def thinks(wish: ReasoningWish | None) -> bool | None:
    """Whether thinking is wanted at all: yes, no, or nobody said (None)."""
    if wish is None:
        return None
    if wish.enabled is False or wish.effort == "none":
        return False
    if wish.enabled or wish.effort is not None or wish.max_tok is not None:
        return True
    return None


def budget_tok(
    wish: ReasoningWish, max_output_tok: int | None, *, least: int = 1024, most: int = 128_000
) -> int:
    """The thinking tokens a wish stands for, within an upstream's bounds."""
    if wish.max_tok is not None:
        return max(least, min(wish.max_tok, most))
    share = _RATIO[wish.effort or "medium"]
    return max(least, min(round((max_output_tok or USUAL_OUTPUT_TOK) * share), most))


def effort_of(wish: ReasoningWish, max_output_tok: int | None) -> ReasoningEffort:
    """The level a wish stands for; a budget counts by its share of the output limit."""
    if thinks(wish) is False:
        return "none"
    if wish.effort is not None:
        return wish.effort
    if wish.max_tok is None:
        return "medium"
    share = wish.max_tok / (max_output_tok or USUAL_OUTPUT_TOK)
    for effort in ("xhigh", "high", "medium", "low"):
        if share >= _RATIO[effort]:
            return effort
    return "minimal"


def nearest_effort(
    effort: ReasoningEffort, supported: Sequence[ReasoningEffort]
) -> ReasoningEffort:
    """The closest level an upstream knows, the lower of two equally close; itself where known."""
    wanted = _ASCENDING.index(effort)
    return min(
        supported, key=lambda one: (abs(_ASCENDING.index(one) - wanted), _ASCENDING.index(one))
    )
