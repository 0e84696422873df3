"""Which request fields a preset keeps, and what each dialect calls them.

A preset is kept in the words of chat. A dialect that lacks a field goes without it: what a tool or
an answer's format looks like differs too much to be carried over.
"""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from turnout.core.types import Dialect

Fields = Mapping[str, msgspec.Raw]

_EVERYWHERE: Final = ("model", "models", "provider")
_SAMPLING: Final = ("temperature", "top_p", "top_k")
_MORE_SAMPLING: Final = (
    *("frequency_penalty", "presence_penalty", "repetition_penalty", "min_p", "top_a", "seed"),
    *("logit_bias", "n", "logprobs"),
)
_CHAT_ALONE: Final = (
    *("route", "transforms", "top_logprobs", "tools", "tool_choice", "parallel_tool_calls"),
    *("response_format", "structured_outputs", "verbosity", "modalities", "service_tier"),
    *("web_search_options", "prediction"),
)
_COMPLETIONS: Final = (
    *(*_EVERYWHERE, *_SAMPLING, *_MORE_SAMPLING, "plugins", "max_tokens", "stop"),
    *("reasoning", "reasoning_effort", "include_reasoning"),
)
KEPT: Final[tuple[str, ...]] = (*_COMPLETIONS, *_CHAT_ALONE)
"""In the words of chat."""


def _same(*names: str) -> Mapping[str, str]:
    return {name: name for name in names}


NAMES: Final[Mapping[Dialect, Mapping[str, str]]] = {
    "openai.chat": _same(*KEPT),
    "openai.completions": _same(*_COMPLETIONS),
    "openai.responses": {
        **_same(*_EVERYWHERE, *_SAMPLING, "plugins", "frequency_penalty", "presence_penalty"),
        **_same("stop", "parallel_tool_calls", "service_tier", "reasoning"),
        "max_tokens": "max_output_tokens",
    },
    "anthropic.messages": {
        **_same(*_EVERYWHERE, *_SAMPLING, "plugins", "max_tokens"),
        "stop": "stop_sequences",
    },
    "openai.embeddings": _same(*_EVERYWHERE),
    "rerank": _same(*_EVERYWHERE),
}
"""By dialect: chat's word for a field to its own."""

_NULL: Final = b"null"


def kept(dialect: Dialect, fields: Fields) -> dict[str, msgspec.Raw]:
    """What a preset keeps of a request: its fields in the words of chat, nulls left out."""
    found = dict(fields)
    if dialect == "openai.chat" and _is_said(found.get("max_completion_tokens")):
        found["max_tokens"] = found["max_completion_tokens"]
    return {
        ours: msgspec.Raw(bytes(found[theirs]))
        for ours, theirs in NAMES[dialect].items()
        if _is_said(found.get(theirs))
    }


def spoken(dialect: Dialect, config: Fields) -> Iterator[tuple[str, msgspec.Raw]]:
    """A preset's fields in the words of a dialect, without those it does not have."""
    for ours, theirs in NAMES[dialect].items():
        value = config.get(ours)
        if value is not None:
            one = theirs == "stop_sequences" and bytes(value).startswith(b'"')
            yield theirs, msgspec.Raw(b"[%b]" % bytes(value)) if one else value


def _is_said(value: msgspec.Raw | None) -> bool:
    return value is not None and bytes(value) != _NULL
