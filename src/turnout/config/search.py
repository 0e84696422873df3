"""The section `[search]` of turnout.toml."""

from decimal import Decimal
from typing import Annotated, TypeAlias

import msgspec

from turnout.config.secret import Secret
from turnout.upstream.search.engines import EngineName

Text: TypeAlias = Annotated[str, msgspec.Meta(min_length=1)]


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """Who searches the web for endpoints that cannot: the plugin `web`, `:online` and their like.

    Attributes:
        engine: "searxng", "brave", "exa" or "tavily"; without it only endpoints with a search of
            their own can serve such requests.
        base_url: Of your SearXNG, which must allow the format json; else the engine's own.
        api_key: Its key; "env:NAME" reads a variable.
        max_results: Results of one search, when the caller does not say.
        price: USD for one search, charged to the key that asked; at most 9 decimals.
        timeout_s: For one search.
    """

    engine: EngineName | None = None
    base_url: Text | None = None
    api_key: Secret | None = None
    max_results: Annotated[int, msgspec.Meta(ge=1, le=20)] = 5
    price: Decimal = Decimal(0)
    timeout_s: Annotated[float, msgspec.Meta(gt=0, le=600)] = 10.0
