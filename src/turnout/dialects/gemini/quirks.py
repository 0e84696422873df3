"""How houses and generations of Gemini differ. Data, never a branch on a name.

Source: https://ai.google.dev/gemini-api/docs/thinking, /thought-signatures, /structured-output,
/function-calling (read 2026-11-25) and recorded traffic.
"""

import re
from typing import Final, Literal

import msgspec

from turnout.core.conversation import ReasoningEffort
from turnout.core.types import Modality

Thinking = Literal["none", "budget", "level", "always"]


class Family(msgspec.Struct, frozen=True, kw_only=True):
    """What a generation of models takes.

    Attributes:
        thinking: "budget": thinkingBudget in tokens; "level": thinkingLevel by name; "always": it
            thinks as it likes and shows it when asked; "none": thinkingConfig is an error.
        budget_tok: Least and most of a budget.
        levels: The levels it knows, ascending.
        can_stop: Thinking can be switched off (a budget of 0).
        json_schema: Its schemas are JSON Schema (`parametersJsonSchema`), else OpenAPI's subset.
        schema_beside_tools: An answer's schema may stand beside tools.
        search_beside_tools: The web search may stand beside functions.
        sealed_calls: A call of the current turn without a signature is refused.
        media_in_results: Tool results may hold media.
        system: It takes a system instruction; else that stands before the first words.
        tools: It takes functions.
    """

    thinking: Thinking = "level"
    budget_tok: tuple[int, int] = (1, 24_576)
    levels: tuple[ReasoningEffort, ...] = ("minimal", "low", "medium", "high")
    can_stop: bool = False
    json_schema: bool = True
    schema_beside_tools: bool = True
    search_beside_tools: bool = True
    sealed_calls: bool = True
    media_in_results: bool = True
    system: bool = True


_BEFORE_3: Final = Family(
    thinking="none",
    schema_beside_tools=False,
    search_beside_tools=False,
    sealed_calls=False,
    media_in_results=False,
)
_2_5: Final = msgspec.structs.replace(_BEFORE_3, thinking="budget", can_stop=True)

FAMILIES: Final[tuple[tuple[re.Pattern[str], Family], ...]] = tuple(
    (re.compile(rule), family)
    for rule, family in (
        (r"gemma-[123].*", msgspec.structs.replace(_BEFORE_3, json_schema=False, system=False)),
        (r"gemma-.*", _BEFORE_3),
        (r"gemini-(?:1|pro).*", msgspec.structs.replace(_BEFORE_3, json_schema=False)),
        (r"(?:gemini-2\.0|learnlm).*", _BEFORE_3),
        (r"gemini-2\.5-.*(?:image|tts|audio).*", _BEFORE_3),
        (
            r"gemini-2\.5-pro.*",
            msgspec.structs.replace(_2_5, budget_tok=(128, 32_768), can_stop=False),
        ),
        (r"gemini-2\.5-flash-lite.*", msgspec.structs.replace(_2_5, budget_tok=(512, 24_576))),
        (r"gemini-2\.5-.*", _2_5),
        (r"gemini-.*(?:image|banana).*", Family(thinking="always")),
        (r"gemini-3-pro.*", Family(levels=("low", "high"))),
        (r"gemini-.*pro.*", Family(levels=("low", "medium", "high"))),
    )
)
"""First match wins; the newest generation stands for every name that is not here."""

_NEWEST: Final = Family()


def family_of(upstream_model: str) -> Family:
    """What a model takes, by its upstream name."""
    name = upstream_model.rpartition("/")[2].lower()
    return next((family for rule, family in FAMILIES if rule.match(name)), _NEWEST)


class Quirks(msgspec.Struct, frozen=True, kw_only=True):
    """How a house differs.

    Attributes:
        prefix: Before "/models/…" in the path.
        models_path: Where it lists its models, "" when it does not.
        counts_whole: Its countTokens takes the whole request as one member, else four fields of it.
        takes_urls: Media that it fetches itself by an address of the open web.
        files: Where files that lie there are ("files/…" is added), None when they do not.
    """

    prefix: str = ""
    models_path: str = "/models?pageSize=1000"
    counts_whole: bool = True
    takes_urls: frozenset[Modality] = frozenset()
    files: str | None = None
