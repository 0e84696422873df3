"""Why Gemini stopped, in the unified words. Source: shared checklist of normalisation, 6.10."""

from collections.abc import Mapping
from typing import Final

from turnout.core.types import FinishReason
from turnout.wire.gemini import Word

_BY_NUMBER: Final = (
    "FINISH_REASON_UNSPECIFIED",
    "STOP",
    "MAX_TOKENS",
    "SAFETY",
    "RECITATION",
    "OTHER",
    "BLOCKLIST",
    "PROHIBITED_CONTENT",
    "SPII",
    "MALFORMED_FUNCTION_CALL",
    "MODEL_ARMOR",
)

_UNIFIED: Final[Mapping[str, FinishReason]] = {
    "STOP": "stop",
    "MAX_TOKENS": "length",
    **dict.fromkeys(
        (
            "SAFETY",
            "RECITATION",
            "BLOCKLIST",
            "PROHIBITED_CONTENT",
            "SPII",
            "MODEL_ARMOR",
            "LANGUAGE",
            "IMAGE_SAFETY",
            "IMAGE_PROHIBITED_CONTENT",
            "IMAGE_RECITATION",
        ),
        "content_filter",
    ),
    **dict.fromkeys(
        (
            "OTHER",
            "MALFORMED_FUNCTION_CALL",
            "UNEXPECTED_TOOL_CALL",
            "TOO_MANY_TOOL_CALLS",
            "MALFORMED_RESPONSE",
            "MISSING_THOUGHT_SIGNATURE",
            "NO_IMAGE",
            "IMAGE_OTHER",
        ),
        "error",
    ),
}


def word(reason: Word) -> str:
    """The reason as a word, whichever way it came."""
    if isinstance(reason, str):
        return reason
    return _BY_NUMBER[reason] if 0 <= reason < len(_BY_NUMBER) else str(reason)


def unify(native: str, *, called: bool) -> FinishReason:
    """The unified reason; an answer that called a tool and ended well ended for the call."""
    reason = _UNIFIED.get(native, "stop")
    return "tool_calls" if called and reason == "stop" else reason
