"""What each family of models takes: thinking, levels of effort, sampling, prefill, schemas. Data.

Source: platform.claude.com/docs/en/build-with-claude/adaptive-thinking, …/effort,
…/structured-outputs and …/about-claude/models/migration-guide; recorded traffic where noted (read
2026-11-25).
"""

import re
from typing import Final, Literal

import msgspec

from turnout.core.conversation import ReasoningEffort


class Family(msgspec.Struct, frozen=True, kw_only=True):
    """What models of one kind take.

    Attributes:
        thinking: How thinking is asked for: by a budget, by leaving it to the model ("adaptive"),
            "either", or "none" for models that do not think.
        unasked: It thinks when nothing is said, so that "no" must be said.
        efforts: Levels of `output_config.effort` it knows, () for none.
        sampling: "free", "one" (temperature or top_p, not both), "none" (any value is a 400).
        prefill: The conversation may end with the assistant's turn.
        schema: `output_config.format` and strict tools.
    """

    thinking: Literal["none", "budget", "either", "adaptive"] = "budget"
    unasked: bool = False
    efforts: tuple[ReasoningEffort, ...] = ()
    sampling: Literal["free", "one", "none"] = "one"
    prefill: bool = True
    schema: bool = True


_FOUR: Final[tuple[ReasoningEffort, ...]] = ("low", "medium", "high", "max")
_FIVE: Final[tuple[ReasoningEffort, ...]] = ("low", "medium", "high", "xhigh", "max")

_TABLE: Final[tuple[tuple[re.Pattern[str], Family], ...]] = tuple(
    (re.compile(pattern), family)
    for pattern, family in (
        (
            r"claude-3-7",
            Family(sampling="free", schema=False),
        ),
        (
            r"claude-(?:3|2|instant)",
            Family(thinking="none", sampling="free", schema=False),
        ),
        (
            r"claude-(?:opus|sonnet)-4(?:-0)?(?!-?\d{1,2}(?:\D|$))",
            Family(sampling="free", schema=False),
        ),
        (
            r"claude-opus-4-5",
            Family(efforts=("low", "medium", "high")),
        ),
        (
            r"claude-(?:opus-4-1|sonnet-4-5|haiku-4-5)",
            Family(),
        ),
        (
            # recorded: "does not support effort level 'xhigh'. Supported levels: high, low, max,
            # medium."
            r"claude-(?:opus|sonnet)-4-6",
            Family(thinking="either", efforts=_FOUR, prefill=False),
        ),
        (
            # recorded: it thinks when nothing is said, takes "disabled", and refuses a prefill
            r"claude-sonnet-5",
            Family(
                thinking="adaptive", unasked=True, efforts=_FIVE, sampling="none", prefill=False
            ),
        ),
        (
            # Opus 4.7 and what came after it
            r"claude",
            Family(thinking="adaptive", efforts=_FIVE, sampling="none", prefill=False),
        ),
    )
)
STRANGER: Final = Family(sampling="free", schema=False)
"""A model of another maker behind a compatible host: the oldest, commonest words."""


def family_of(upstream_model: str) -> Family:
    """The family of a model by whatever name a host has for it."""
    name = upstream_model.lower().replace(".", "-").replace("_", "-")
    return next((family for pattern, family in _TABLE if pattern.search(name)), STRANGER)
