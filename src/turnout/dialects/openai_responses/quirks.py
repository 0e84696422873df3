"""How an upstream that speaks Responses differs from OpenAI. Data, never a branch on a name."""

from typing import Final

import msgspec

from turnout.dialects.openai_responses.sealed import OPENAI

NOT_AT_OPENAI: Final = frozenset(
    {
        "frequency_penalty",
        "presence_penalty",
        "repetition_penalty",
        "top_k",
        "min_p",
        "top_a",
        "stop",
        "seed",
        "logit_bias",
        "n",
        "modalities",
        "cache_control",
        "image_config",
    }
)
"""Fields of the contract that OpenAI's Responses refuses as unknown parameters.

Source: https://platform.openai.com/docs/api-reference/responses/create (read 2026-11).
"""


class Quirks(msgspec.Struct, frozen=True, kw_only=True):
    """Deviations of one upstream; the defaults are OpenAI's own behaviour.

    Attributes:
        path: Appended to the base URL.
        models_path: Where it lists its models; None when it does not.
        headers: Sent with every request.
        drop: Request fields it refuses; they are left out and reported as dropped.
        sealed: The format of its encrypted reasoning, in the contract's words; None: it has none.
        thoughts: It takes earlier thinking as plain text; else only what it sealed itself.
        summaries: It is asked for a summary of its thinking where thinking is asked for.
        store: It knows `store`, which is then always false: nothing is kept there for us.
        least_output_tok: The smallest output limit it takes.
        longest_call_id: In characters.
        custom_tools: It knows tools that take free text; else they are functions of one string.
        router_fields: It is a router of the same contract: `provider`, `plugins` and their like go
            up to it too.
        web_search: Its own web search tool's type; None when it has none.
    """

    path: str = "/responses"
    models_path: str | None = "/models"
    headers: tuple[tuple[str, str], ...] = ()
    drop: frozenset[str] = NOT_AT_OPENAI
    sealed: str | None = OPENAI
    thoughts: bool = False
    summaries: bool = True
    store: bool = True
    least_output_tok: int = 16
    longest_call_id: int = 64
    custom_tools: bool = True
    router_fields: bool = False
    web_search: str | None = "web_search"


UNKNOWN_SERVER: Final = Quirks(
    thoughts=True, summaries=False, least_output_tok=1, custom_tools=False, web_search=None
)
"""A server of which no more is known: it may seal what it thinks, or show it."""

OPEN_MODELS: Final = Quirks(
    sealed=None,
    thoughts=True,
    summaries=False,
    least_output_tok=1,
    custom_tools=False,
    web_search=None,
)
"""A server of open models: it shows what it thinks, seals nothing, and knows functions only."""
