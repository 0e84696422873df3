"""Words that both sides of the dialect share: stop reasons, who seals thoughts, the version."""

from collections.abc import Mapping
from typing import Final

from turnout.core.types import FinishReason

FORMAT: Final = "anthropic-claude-v1"
"""Who can read a signature or redacted thoughts, in the contract's words."""

VERSION: Final = "2023-06-01"
"""The only `anthropic-version` in use."""

_UNIFIED: Final[Mapping[str, FinishReason]] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "pause_turn": "stop",  # the caller sends the answer back to go on
    "compaction": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}
_NATIVE: Final[Mapping[FinishReason, str]] = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "content_filter": "refusal",
    "error": "end_turn",
}


def unify(native: str, *, called: bool) -> FinishReason:
    """The unified reason; an answer that called a tool and ended well ended for the call."""
    reason = _UNIFIED.get(native, "stop")
    return "tool_calls" if called and native in ("end_turn", "stop_sequence") else reason


def stop_reason(reason: FinishReason | None, native: str | None) -> str:
    """The dialect's word: the upstream's own where it is one and means the same."""
    reason = reason or "stop"
    if native in _UNIFIED and unify(native, called=reason == "tool_calls") == reason:
        return native
    return _NATIVE[reason]
