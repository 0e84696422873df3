"""What turnout.toml may say. Types, ranges and defaults are said here and nowhere else.

`docs/reference/settings.md` is generated from the docstrings: every field has a line in its
class's `Attributes`, and a test refuses a field without one.
"""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import msgspec

from turnout.config.kinds import Kind
from turnout.config.observing import Metrics, Probes, Telemetry
from turnout.config.problems import Problem
from turnout.config.search import Search
from turnout.config.secret import Secret
from turnout.config.site import OperatorSettings, Site
from turnout.core.types import DataPolicy, Dialect, Modality, Quantization
from turnout.dialects.provider import Provider
from turnout.documents.pdf import DocumentRules
from turnout.flow.gateway import Policy, Timeouts
from turnout.upstream.media.fetch import MediaRules
from turnout.vault.vault import VaultLimits

Text: TypeAlias = Annotated[str, msgspec.Meta(min_length=1)]
Count: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)]
Days: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=36_500)]

MIB = 1024 * 1024


class _Section(msgspec.Struct, frozen=True, kw_only=True):
    """Immutable, keyword-only."""


class Server(_Section, frozen=True):
    """The socket and the edge.

    Attributes:
        host: Address to listen on.
        port: TCP port to listen on; 0 takes a free one.
        body_limit_bytes: Larger request bodies are refused with 413.
        slow_request_s: Seconds in which a request must end or bring 16 KiB; else 408.
        comment_period_s: Seconds between `: TURNOUT PROCESSING` comments while a stream waits.
        usage_with_choices: Send a stream's usage on its last choice instead of a chunk without
            choices, for clients that read `choices[0]` of every chunk.
        cors_origins: Web origins that browsers may call from; "*" allows every one.
    """

    host: Text = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65_535)] = 8787
    body_limit_bytes: Annotated[int, msgspec.Meta(ge=1024, le=1024 * MIB)] = 32 * MIB
    slow_request_s: Annotated[float, msgspec.Meta(gt=0, le=3600)] = 30.0
    comment_period_s: Annotated[float, msgspec.Meta(gt=0, le=3600)] = 5.0
    usage_with_choices: bool = False
    cors_origins: tuple[Text, ...] = ()


class Logging(_Section, frozen=True):
    """What is written to standard error, and what is kept of requests.

    Attributes:
        level: The least severe level that is written.
        format: "text" for people, "json" for one object per line.
        content: Keep prompts and answers in the data folder, for the log of requests; they are
            never written to standard error.
    """

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["text", "json"] = "text"
    content: bool = False


class Local(_Section, frozen=True):
    """The embedded model, served by a child process as provider `local`.

    Attributes:
        enabled: Whether it is started; it is also left out when its file is not there.
        model_file: A GGUF file; without it the one that `turnout fetch-model` fetched.
        parallel: Requests answered at once; each has its share of the context.
        context: Context of all of them together, in tokens; 23 KB of memory each.
        threads: Compute threads; 0 takes all cores but one.
        embeddings: Serve embeddings beside chat.
    """

    enabled: bool = True
    model_file: Path | None = None
    parallel: Annotated[int, msgspec.Meta(ge=1, le=64)] = 4
    context_tok: Annotated[int, msgspec.Meta(ge=512, le=1_048_576)] = msgspec.field(
        default=8192, name="context"
    )
    threads: Annotated[int, msgspec.Meta(ge=0, le=256)] = 0
    embeddings: bool = True


class Models(_Section, frozen=True):
    """Choices about models that hold for every request.

    Attributes:
        default: The model of a request that names none; without it such a request is refused.
    """

    default: Text | None = None


class Proxies(_Section, frozen=True):
    """Forward proxies on the way to providers.

    Attributes:
        https: Address of a proxy for https providers; else the variable HTTPS_PROXY.
        http: Address of a proxy for http providers; else the variable HTTP_PROXY.
        no_proxy: Hosts and domains reached directly; else the variable NO_PROXY.
    """

    https: Secret | None = None
    http: Secret | None = None
    no_proxy: tuple[Text, ...] = ()


class Retention(_Section, frozen=True):
    """How long records are kept; what a key has spent stays counted either way.

    Attributes:
        generations_days: Generation records older than this are deleted; without it none is.
        rollups_days: Sums by hour and day older than this are deleted.
        content_days: Prompts and answers older than this are deleted.
    """

    generations_days: Days | None = None
    rollups_days: Days = 400
    content_days: Days = 30


class JournalSettings(_Section, frozen=True):
    """The journal that every request is written to first.

    Attributes:
        fsync: Wait for the disk at every line: survives a power cut too, and costs throughput.
    """

    fsync: bool = False


class Prices(_Section, frozen=True):
    """Prices in USD per million tokens, except `request` and `search`; exact, never rounded.

    Attributes:
        prompt: Prompt tokens.
        completion: Completion tokens.
        cache_read: Prompt tokens read from a cache; else as `prompt`.
        cache_write: Prompt tokens written to a cache; else as `prompt`.
        cache_write_1h: Prompt tokens cached for an hour; else as `cache_write`.
        image: Prompt tokens of pictures; else as `prompt`.
        audio: Prompt tokens of sound; else as `prompt`.
        video: Prompt tokens of video; else as `prompt`.
        reasoning: Completion tokens spent thinking; else as `completion`.
        audio_out: Completion tokens of sound; else as `completion`.
        image_out: Completion tokens of pictures; else as `completion`.
        request: USD for each request; else free.
        search: USD for each web search; else free.
    """

    prompt: Decimal
    completion: Decimal
    cache_read: Decimal | None = None
    cache_write: Decimal | None = None
    cache_write_1h: Decimal | None = None
    image: Decimal | None = None
    audio: Decimal | None = None
    video: Decimal | None = None
    reasoning: Decimal | None = None
    audio_out: Decimal | None = None
    image_out: Decimal | None = None
    request: Decimal | None = None
    search: Decimal | None = None


class ModelSettings(_Section, frozen=True):
    """One model of a provider: an endpoint that the catalog does not know, or knows differently.

    Attributes:
        id: "author/slug", as clients ask for it.
        upstream: What the provider calls it; else the part of `id` after the slash.
        name: For people; else made from `id`.
        price: Unpriced without it, which is a visible state and not free.
        context: Prompt and completion together, in tokens.
        max_output: The longest completion, in tokens.
        inputs: Modalities of prompts; else those that are known of the model, or text.
        outputs: Modalities of completions; else those that are known of the model, or text.
        parameters: Request parameters it honours, in the contract's words; unknown without it.
        quantization: The precision of the weights; unknown without it.
        dialect: The wire format in which to ask for it, of those that its provider speaks; without
            it the caller's own where the provider speaks it, else the provider's main one.
        data_policy: What the provider does with prompts; else what is said for the provider.
    """

    id: Text
    upstream: Text | None = None
    name: Text | None = None
    price: Prices | None = None
    context_tok: Count | None = msgspec.field(default=None, name="context")
    max_output_tok: Count | None = msgspec.field(default=None, name="max_output")
    inputs: tuple[Modality, ...] | None = None
    outputs: tuple[Modality, ...] | None = None
    parameters: tuple[Text, ...] | None = None
    quantization: Quantization | None = None
    dialect: Dialect | None = None
    data_policy: DataPolicy | None = None


class ProviderSettings(_Section, frozen=True):
    """A provider that is switched on, off or changed, or a server of your own.

    Attributes:
        enabled: false turns it off, whatever the environment says.
        kind: What a server of your own runs, or the dialect it speaks; only for names that Turnout
            does not know.
        name: Display name; else the provider's own, or the table's name.
        base_url: Where its API is, up to and with "/v1" where its paths have that; needed for a
            server of your own.
        api_key: One key. "env:NAME" reads a variable; a literal key draws a warning.
        api_keys: Several keys, used in turn.
        headers: Extra request headers; values may be "env:NAME".
        models: "discover" asks its /models at start; else tables, one for each model.
        timeouts: Its own deadlines; else those of `[timeouts]`.
        data_policy: What it does with prompts, for all its models.
    """

    enabled: bool = True
    kind: Kind | None = None
    name: Text | None = None
    base_url: Text | None = None
    api_key: Secret | None = None
    api_keys: tuple[Secret, ...] = ()
    headers: Mapping[str, Secret] = {}
    models: Literal["discover"] | tuple[ModelSettings, ...] | None = None
    timeouts: Timeouts | None = None
    data_policy: DataPolicy | None = None


class Sections(_Section, frozen=True):
    """The whole file.

    Attributes:
        data_dir: Keys, records and journal; relative to the file that says so.
        server: The socket and the edge.
        logging: What is written to standard error, and what is kept of requests.
        local: The embedded model.
        models: Choices about models.
        routing: Planning and failover.
        timeouts: Deadlines of an attempt and of a request.
        proxies: Forward proxies.
        retention: How long records are kept.
        journal: The journal of requests.
        media: Fetching of media for upstreams that take none by address.
        documents: Reading of PDFs for endpoints that take no files.
        search: Who searches the web for endpoints that cannot.
        vault: Where thinking is kept for clients that strip it.
        metrics: What Prometheus may read.
        telemetry: OpenTelemetry spans.
        probes: Requests of our own to idle endpoints.
        site: The web pages.
        operator: Who signs in there.
        providers: One table for each provider.
    """

    data_dir: Path = Path("data")
    server: Server = Server()
    logging: Logging = Logging()
    local: Local = Local()
    models: Models = Models()
    routing: Policy = Policy()
    timeouts: Timeouts = Timeouts()
    proxies: Proxies = Proxies()
    retention: Retention = Retention()
    journal: JournalSettings = JournalSettings()
    media: MediaRules = MediaRules()
    documents: DocumentRules = DocumentRules()
    search: Search = Search()
    vault: VaultLimits = VaultLimits()
    metrics: Metrics = Metrics()
    telemetry: Telemetry = Telemetry()
    probes: Probes = Probes()
    site: Site = Site()
    operator: OperatorSettings = OperatorSettings()
    providers: Mapping[str, ProviderSettings] = {}


class Switch(_Section, frozen=True):
    """One provider after file and environment have spoken.

    Attributes:
        provider: Its facts, with the operator's name for it.
        on: Requests may go there.
        reason: Why it is on or off, and what would change that; names variables, never values.
        base_url: Without a trailing slash; None while it is off, and for `local`, whose address
            is known when its process runs.
        credentials: For a provider whose requests are signed: the variables that its credentials
            and its address come from, as far as they are set; None where keys are sent, or nothing.
        discover: Its models are asked for at its /models.
        models: The models the file lists for it.
    """

    provider: Provider
    on: bool
    reason: str
    base_url: str | None = None
    keys: tuple[Secret, ...] = ()
    headers: tuple[tuple[str, Secret], ...] = ()
    credentials: Mapping[str, Secret] | None = None
    timeouts: Timeouts | None = None
    discover: bool = False
    models: tuple[ModelSettings, ...] = ()
    data_policy: DataPolicy | None = None


class Settings(Sections, frozen=True):
    """The configuration in force: the file with defaults and environment filled in.

    Attributes:
        file: The file that was read, None when there was none.
        file_date: ISO date (UTC) on which it was last written, "" without one: its prices' date.
        switches: Every known provider and every configured one, by slug.
        warnings: What is allowed and unwise.
        pinned: Dotted names of settings that the command line has the last word on.
        said: Dotted names of settings that are not the default, and who says so.
    """

    file: Path | None = None
    file_date: str = ""
    switches: Mapping[str, Switch] = {}
    warnings: tuple[Problem, ...] = ()
    pinned: frozenset[str] = frozenset()
    said: Mapping[str, Literal["file", "environment"]] = {}


NEEDS_RESTART: tuple[str, ...] = (
    "data_dir",
    "server.host",
    "server.port",
    "server.body_limit_bytes",
    "server.slow_request_s",
    "server.cors_origins",
    "logging",
    "local",
    "proxies",
    "journal",
    "media",
    "documents",
    "vault",
    "telemetry",
    "operator",
)
"""Prefixes of the settings that a reload leaves as they were; everything else changes at once."""
