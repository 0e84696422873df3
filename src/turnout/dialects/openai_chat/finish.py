"""Finish reasons: the upstream's own word to the unified one."""

from collections.abc import Mapping
from typing import Final

from turnout.core.types import FinishReason

# Words seen at OpenAI-compatible upstreams. Anything else means a natural end.
_UNIFIED: Final[Mapping[str, FinishReason]] = {
    "length": "length",
    "max_tokens": "length",
    "max_output_tokens": "length",
    "MAX_TOKENS": "length",
    "model_length": "length",  # Mistral
    "model_context_window_exceeded": "length",  # Z.AI, Anthropic behind compatible routes
    "tool_calls": "tool_calls",
    "tool_call": "tool_calls",
    "tool_use": "tool_calls",
    "TOOL_CALL": "tool_calls",
    "function_call": "tool_calls",
    "content_filter": "content_filter",
    "sensitive": "content_filter",  # Z.AI
    "refusal": "content_filter",
    "safety": "content_filter",
    "SAFETY": "content_filter",
    "RECITATION": "content_filter",
    "PROHIBITED_CONTENT": "content_filter",
    "error": "error",
    "network_error": "error",  # Z.AI
    "insufficient_system_resource": "error",  # DeepSeek
    "MALFORMED_FUNCTION_CALL": "error",
    "abort": "error",  # vLLM
}


def unify(native: str, own: Mapping[str, FinishReason], *, called: bool) -> FinishReason:
    """The unified reason; an answer that called a tool and ended well ended for the call."""
    reason: FinishReason = own.get(native) or _UNIFIED.get(native) or "stop"
    return "tool_calls" if called and reason == "stop" else reason
