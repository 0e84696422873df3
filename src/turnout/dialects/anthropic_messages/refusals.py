"""Our no to a body of this dialect: the field, what was wrong and what is allowed."""

from collections.abc import Mapping
from typing import Final

import msgspec

from turnout.core.errors import Refusal
from turnout.dialects.openai_chat import refusals

_ALLOWED: Final[Mapping[str, str]] = {
    "role": "user, assistant (or system, behind the first turn)",
    "effort": "low, medium, high, xhigh, max",
    "tool_choice.type": "auto, any, tool, none",
    "format.type": "json_schema",
    "output_format.type": "json_schema",
    "service_tier": "auto, standard_only (or default, flex, priority)",
    "cache_control.type": "ephemeral",
    "ttl": "5m, 1h",
    "data_collection": "allow, deny",
    "sort": "price, throughput, latency, exacto or an object with `by`",
}


def wrong_shape(error: msgspec.ValidationError, under: str = "") -> Refusal:
    """400 for a field of the wrong type or range; `under` is the path of what was decoded."""
    return refusals.wrong_shape(error, under, _ALLOWED)
