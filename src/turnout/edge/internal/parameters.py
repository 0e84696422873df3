"""What a model's endpoints do with each request parameter, by asking the adapters themselves.

A request that says nothing but the parameter is put into each endpoint's dialect, as for a caller,
and not sent: what the adapter reports of it is what a caller would read in `openrouter_metadata`.
"""

from collections.abc import Mapping, Sequence
from typing import Final, Literal

import msgspec

from turnout.core.errors import Refusal
from turnout.core.types import Endpoint
from turnout.dialects.adapter import Outgoing
from turnout.dialects.bridge import bridge
from turnout.dialects.openai_chat.client import CLIENT
from turnout.dialects.provider import Provider
from turnout.edge.internal.shelf import Shelf
from turnout.providers import PROVIDERS

_TOOL: Final = {
    "type": "function",
    "function": {
        "name": "look_up",
        "description": "Looks a word up.",
        "parameters": {"type": "object", "properties": {"word": {"type": "string"}}},
    },
}
_SCHEMA: Final = {
    "type": "json_schema",
    "json_schema": {
        "name": "answer",
        "strict": True,
        "schema": {
            "type": "object",
            "properties": {"word": {"type": "string"}},
            "required": ["word"],
            "additionalProperties": False,
        },
    },
}


Fate = Literal["honoured", "translated", "emulated", "forwarded", "dropped"]
"""What becomes of a request parameter at an endpoint. "forwarded": it goes up as it came, though
nobody says that the provider takes it."""


class ParameterCard(msgspec.Struct, frozen=True, kw_only=True):
    """A request parameter: what it takes and what each endpoint does with it, by tag."""

    name: str
    type: str
    range: str | None
    default: str | None
    description: str
    by_endpoint: dict[str, Fate]


class Known(msgspec.Struct, frozen=True):
    """A parameter of the contract; `said` are the fields of a request that says it."""

    name: str
    type: str
    range: str | None
    default: str | None
    description: str
    said: Mapping[str, object]


# Source of types, ranges and defaults: contract section 7.
KNOWN: Final = (
    Known("temperature", "float", "0 to 2", "1", "How freely words are drawn.", {"temperature": 1}),
    Known(
        "top_p",
        "float",
        "above 0, up to 1",
        "1",
        "Draws from the likeliest words that together have this probability.",
        {"top_p": 0.9},
    ),
    Known("top_k", "integer", "0 or more", "0 (off)", "Draws from that many words.", {"top_k": 40}),
    Known(
        "min_p",
        "float",
        "0 to 1",
        "0",
        "Leaves out words less likely than this share of the likeliest.",
        {"min_p": 0.1},
    ),
    Known("top_a", "float", "0 to 1", "0", "The same against its square.", {"top_a": 0.1}),
    Known(
        "frequency_penalty",
        "float",
        "-2 to 2",
        "0",
        "Against words, the more often they were said.",
        {"frequency_penalty": 0.5},
    ),
    Known(
        "presence_penalty",
        "float",
        "-2 to 2",
        "0",
        "Against words that were said at all.",
        {"presence_penalty": 0.5},
    ),
    Known(
        "repetition_penalty",
        "float",
        "above 0, up to 2",
        "1",
        "Against words of prompt and answer.",
        {"repetition_penalty": 1.1},
    ),
    Known(
        "max_tokens",
        "integer",
        "1 or more",
        None,
        "The longest answer; endpoints that cannot say that much are left out.",
        {"max_tokens": 256},
    ),
    Known(
        "stop",
        "string or list",
        "up to 4",
        None,
        "Ends the answer where it would be said.",
        {"stop": ["END"]},
    ),
    Known("seed", "integer", None, None, "Draws alike again, as far as that goes.", {"seed": 7}),
    Known(
        "logit_bias",
        "object",
        "-100 to 100",
        None,
        "Adds to the weight of tokens, by their ids.",
        {"logit_bias": {"50256": -100}},
    ),
    Known(
        "logprobs",
        "boolean",
        None,
        "false",
        "Tells how likely each token was.",
        {"logprobs": True},
    ),
    Known(
        "top_logprobs",
        "integer",
        "0 to 20",
        None,
        "Tells that many others for each token; needs logprobs.",
        {"logprobs": True, "top_logprobs": 3},
    ),
    Known(
        "response_format",
        "object",
        "json_object or json_schema",
        "text",
        "Wants JSON, of a schema if one is given.",
        {"response_format": {"type": "json_object"}},
    ),
    Known(
        "structured_outputs",
        "object",
        "as response_format",
        None,
        "Holds the answer to a JSON schema.",
        {"response_format": _SCHEMA},
    ),
    Known("tools", "list", None, None, "Functions that the model may call.", {"tools": [_TOOL]}),
    Known(
        "tool_choice",
        "string or object",
        "none, auto, required, or a function",
        "auto",
        "Whether it must call one, and which.",
        {"tools": [_TOOL], "tool_choice": "required"},
    ),
    Known(
        "parallel_tool_calls",
        "boolean",
        None,
        "true",
        "Whether it may call several at once.",
        {"tools": [_TOOL], "parallel_tool_calls": False},
    ),
    Known(
        "reasoning",
        "object",
        "effort or max_tokens, exclude, enabled",
        None,
        "How much it thinks, and whether that is shown.",
        {"reasoning": {"effort": "low"}, "max_tokens": 4096},
    ),
    Known(
        "include_reasoning",
        "boolean",
        None,
        "true",
        "Whether its thinking is shown.",
        {"include_reasoning": True, "max_tokens": 4096},
    ),
    Known(
        "verbosity",
        "string",
        "low, medium, high, xhigh, max",
        "medium",
        "How much it says.",
        {"verbosity": "low"},
    ),
    Known(
        "web_search_options",
        "object",
        "search_context_size: low, medium, high",
        None,
        "Searches the web with the model's own search.",
        {"web_search_options": {"search_context_size": "low"}},
    ),
)
_SAME: Final = {"structured_outputs": "response_format"}
"""Parameters that are said with another's field."""
_TOLD_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "max_tokens": ("max_completion_tokens",),
    "parallel_tool_calls": ("tools",),
    "tool_choice": ("tools",),
    "include_reasoning": ("reasoning",),
    "reasoning": ("reasoning_effort",),
    "top_logprobs": ("logprobs",),
    "response_format": ("structured_outputs",),
}
"""Who takes one of these takes the parameter too: sources do not list every one of them."""
_MOST_KEPT: Final = 512


def parameter_cards(shelf: Shelf, slug: str) -> list[ParameterCard]:
    """Every parameter that one endpoint at least takes, with what each does with it."""
    kept = shelf.kept.get(("parameters", slug))
    if isinstance(kept, list):
        return msgspec.convert(kept, list[ParameterCard])
    endpoints = [
        e for e in shelf.endpoints(slug) if e.provider in PROVIDERS or shelf.is_on(e.provider)
    ]
    cards = [card for known in KNOWN if (card := _card(shelf, known, endpoints)) is not None]
    if len(shelf.kept) < _MOST_KEPT:
        shelf.kept["parameters", slug] = cards
    return cards


def _card(shelf: Shelf, known: Known, endpoints: Sequence[Endpoint]) -> ParameterCard | None:
    fates: dict[str, Fate] = {e.tag: fate_of(known, e, _provider(shelf, e)) for e in endpoints}
    if all(fate in ("dropped", "forwarded") for fate in fates.values()):
        return None
    return ParameterCard(
        name=known.name,
        type=known.type,
        range=known.range,
        default=known.default,
        description=known.description,
        by_endpoint=fates,
    )


def _provider(shelf: Shelf, endpoint: Endpoint) -> Provider:
    connection = shelf.snapshot.connections.get(endpoint.provider)
    return PROVIDERS[endpoint.provider] if connection is None else connection.provider


def fate_of(known: Known, endpoint: Endpoint, provider: Provider) -> Fate:
    """What becomes of a parameter at an endpoint; what cannot be said there at all is dropped."""
    sent = _asked(known, endpoint, provider)
    if sent is None:
        return "dropped"
    field = _SAME.get(known.name, known.name)
    fates: tuple[tuple[Fate, tuple[str, ...]], ...] = (
        ("dropped", sent.dropped),
        ("emulated", sent.emulated),
        ("translated", sent.translated),
    )
    for fate, paths in fates:
        if any(path.partition(".")[0] == field for path in paths):
            return fate
    return "honoured" if _is_listed(known.name, endpoint.parameters) else "forwarded"


def _is_listed(name: str, parameters: frozenset[str] | None) -> bool:
    return parameters is None or not parameters.isdisjoint((name, *_TOLD_BY.get(name, ())))


def _asked(known: Known, endpoint: Endpoint, provider: Provider) -> Outgoing | None:
    body = {
        "model": endpoint.model,
        "messages": [{"role": "user", "content": "Say a word as JSON."}],
        **known.said,
    }
    side = provider.speaks(endpoint.upstream_model, "openai.chat", endpoint.dialect)
    try:
        inbound = CLIENT.read(msgspec.json.encode(body), {})
        return bridge(CLIENT, side.adapter).request(inbound, endpoint)
    except Refusal:
        return None
