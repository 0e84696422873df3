"""The tier that served, in the words of each client dialect: hosts name the same tiers otherwise.

Sources: the types of OpenAI's and Anthropic's official SDKs; for hosts' own words, recorded traffic
(Gemini "standard", Groq "on_demand", Vertex "provisioned") and Bedrock's Converse model.
"""

from typing import Final

_ORDINARY: Final = frozenset({"", "auto", "default", "on_demand", "standard", "standard_only"})
_OPENAI: Final = frozenset({"flex", "scale", "priority", "fast"})
_ANTHROPIC: Final = frozenset({"batch", "priority"})


def openai_tier(told: str | None) -> str | None:
    """As chat and Responses have it; None where nothing was told, or what they have no word for."""
    if told is None or told in _OPENAI:
        return told
    return "default" if told in _ORDINARY else None


def anthropic_tier(told: str | None) -> str | None:
    """As Messages has it, "standard" where nothing was told; None for what it has no word for."""
    if told is None or told in _ORDINARY:
        return "standard"
    return told if told in _ANTHROPIC else None
