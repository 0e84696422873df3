"""How an upstream of the dialect differs from Anthropic's own. Data, never a branch on a name."""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec


class Quirks(msgspec.Struct, frozen=True, kw_only=True):
    """Deviations of one upstream; the defaults are Anthropic's own behaviour.

    Attributes:
        path: Appended to the base URL; a gap "{model}" is filled with the upstream's model name.
        stream_path: The same for streams, where it differs.
        count_path: Where it counts tokens; None when it does not.
        models_path: Where it lists its models; None when it does not.
        model_in_body: The body names the model; else only the path does.
        stream_in_body: The body says `stream`; else only the path does.
        version: Where the version goes: the header of api.anthropic.com, or this text as
            `anthropic_version` in the body.
        betas: Where the caller's betas go: "header", "body" (`anthropic_beta`), "none" (dropped).
        drop: Request fields it refuses or ignores; they are left out and reported as dropped.
        web_search: Its own web search tool's type; None when it has none.
        urls: It fetches pictures and documents itself.
        thinking_seals: It wants thoughts back only with the signature it gave them; else thoughts
            of any make may go back as they are.
        eager_tools: It streams tool arguments unbuffered when asked (`eager_input_streaming`).
        auto_cache: It takes `cache_control` at the top, for automatic breakpoints.
        prefill: It goes on with an answer that was begun elsewhere, where the model does so.
        router_fields: It is a router of the same contract: `provider`, `plugins` and their like go
            up to it too.
        defaults: Fields every request to it needs, as JSON; what the caller said wins.
    """

    path: str = "/messages"
    stream_path: str | None = None
    count_path: str | None = "/messages/count_tokens"
    models_path: str | None = "/models"
    model_in_body: bool = True
    stream_in_body: bool = True
    version: str | None = None
    betas: Literal["header", "body", "none"] = "header"
    drop: frozenset[str] = frozenset()
    web_search: str | None = "web_search_20250305"
    urls: bool = True
    thinking_seals: bool = True
    eager_tools: bool = True
    auto_cache: bool = True
    prefill: bool = True
    router_fields: bool = False
    defaults: Mapping[str, msgspec.Raw] = {}


ANTHROPIC: Final = Quirks()
"""api.anthropic.com."""

VERTEX: Final = Quirks(
    # docs.claude.com/en/api/claude-on-vertex-ai and recorded: the path names the model
    path="/publishers/anthropic/models/{model}:rawPredict",
    stream_path="/publishers/anthropic/models/{model}:streamRawPredict",
    count_path=None,
    models_path=None,
    model_in_body=False,
    version="vertex-2023-10-16",
    # docs.cloud.google.com/vertex-ai/generative-ai/docs/partner-models/claude: base64 only
    urls=False,
)
"""Claude on Vertex AI; the base URL ends with the location."""

COMPATIBLE: Final = Quirks(
    count_path=None,
    models_path=None,
    web_search=None,
    urls=False,
    thinking_seals=False,
    eager_tools=False,
    auto_cache=False,
    prefill=False,
    betas="none",
)
"""An Anthropic-compatible host of which no more is known: only the oldest, commonest words."""
