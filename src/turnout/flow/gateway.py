"""What stages work with: an immutable snapshot of config and catalog, and the live services."""

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

import msgspec

from turnout import __version__
from turnout.catalog.index import Routable
from turnout.catalog.rating import Rated
from turnout.core.clock import Clock
from turnout.core.rules import Auto, Balanced, Continuation, Exacto, Hedging, Stickiness
from turnout.dialects.provider import Provider
from turnout.documents.pdf import PdfReader
from turnout.flow.allowance import Allowance
from turnout.identity.keyring import Keyring
from turnout.identity.operator import Operator
from turnout.ledger.contents import Contents
from turnout.ledger.estimate import Estimator
from turnout.ledger.ledger import Ledger
from turnout.metrics.dialogues import Dialogues
from turnout.metrics.health import Health
from turnout.presets.store import Presets
from turnout.upstream.credentials.signer import Signer
from turnout.upstream.media.fetch import Fetcher
from turnout.upstream.pool import Pool
from turnout.upstream.search.engines import SearchEngine
from turnout.vault.vault import Vault

Deadline: TypeAlias = Annotated[float, msgspec.Meta(gt=0, le=86_400)]
"""Seconds; the range is what turnout.toml may say."""


class Timeouts(msgspec.Struct, frozen=True, kw_only=True):
    """Deadlines of one attempt, in seconds.

    Attributes:
        connect_s: TCP and TLS.
        first_token_s: From dispatch to the first content of a stream.
        idle_s: Between two reads after the first content, or after the head of a whole answer.
        total_s: The whole request, all attempts together. A provider's own one bounds how long it
            may take to begin a whole answer; then the next endpoint is tried.
    """

    connect_s: Deadline = 5.0
    first_token_s: Deadline = 60.0
    idle_s: Deadline = 60.0
    total_s: Deadline = 600.0


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    """A provider that is switched on.

    Attributes:
        base_url: The provider's own, or the operator's override; no trailing slash.
        keys: Secrets, used in turn; empty for keyless servers.
        headers: Extra headers by config.
        timeouts: This provider's own deadlines, None for the general ones.
        signer: Signs each request or brings a fresh token, for providers that want more than a key.
    """

    provider: Provider
    base_url: str
    keys: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    timeouts: Timeouts | None = None
    signer: Signer | None = None


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """The knobs of planning and failover.

    Attributes:
        max_attempts: Over all endpoints and models of one request.
        outage_window_s: An endpoint with a failure this recent goes behind the healthy ones.
        tool_support_hard: A request with tools is refused when no endpoint of the model takes tools
            (else the parameter is ignored there). Contract section 3.6 knows both behaviours.
        block_unpriced: Refuse endpoints whose price nobody states.
        default_data_collection: "deny" drops endpoints that may train on prompts.
        tools_first: Requests with tools try endpoints last whose tool calls are worse than others'.
        balanced: The default mode, price against speed; also breaker and learned caps.
        exacto: One fixed endpoint per model, elected for quality.
        hedging: A second endpoint when the first token is late.
        sticky: A dialogue stays where its prompt cache is warm.
        auto: What `turnout/auto` may pick.
        continuation: Another endpoint when a stream breaks off.
    """

    max_attempts: Annotated[int, msgspec.Meta(ge=1, le=100)] = 6
    outage_window_s: Annotated[float, msgspec.Meta(ge=0, le=86_400)] = 30.0
    tool_support_hard: bool = True
    block_unpriced: bool = False
    default_data_collection: Literal["allow", "deny"] = "allow"
    tools_first: bool = True
    balanced: Balanced = Balanced()
    exacto: Exacto = Exacto()
    hedging: Hedging = Hedging()
    sticky: Stickiness = Stickiness()
    auto: Auto = Auto()
    continuation: Continuation = Continuation()


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """One view of config and catalog; a request keeps the one it began with.

    Attributes:
        routable: The catalog, and what of it the providers that are on can serve.
        provider_names: What callers may call a provider (display name, slug), in lower case
            without spaces, to its slug.
        default_model: For requests that name none.
        comment_period_s: How often a waiting stream gets a comment.
        usage_with_choices: Usage rides on the last choice of a stream, for clients that need it.
        search: Who searches the web for endpoints that cannot; None when nobody does.
        reads_files: Documents can be read here for endpoints that take no files.
        rated: The models that routers choose from.
    """

    version: int
    routable: Routable
    provider_names: Mapping[str, str]
    connections: Mapping[str, Connection]
    timeouts: Timeouts = Timeouts()
    policy: Policy = Policy()
    default_model: str | None = None
    comment_period_s: float = 5.0
    usage_with_choices: bool = False
    search: SearchEngine | None = None
    reads_files: bool = False
    rated: tuple[Rated, ...] = ()

    def provider_name(self, name: str) -> str:
        """What a caller calls a provider (slug, tag, display name, any case) as slug or tag."""
        head, slash, suffix = name.strip().lower().partition("/")
        return f"{self.provider_names.get(head.replace(' ', ''), head)}{slash}{suffix}"


class Gateway:
    """The services of a running gateway. `snapshot` is swapped whole on reload."""

    def __init__(  # noqa: PLR0913 (the services, by name)
        self,
        *,
        snapshot: Snapshot,
        clock: Clock,
        pool: Pool,
        keyring: Keyring,
        operator: Operator,
        presets: Presets,
        ledger: Ledger,
        contents: Contents,
        health: Health,
        estimator: Estimator,
        vault: Vault,
        fetcher: Fetcher,
        pdf_reader: PdfReader,
        allowance: Allowance | None = None,
        version: str = __version__,
    ) -> None:
        self.version = version
        self.snapshot = snapshot
        self.clock = clock
        self.pool = pool
        self.keyring = keyring
        self.operator = operator
        self.presets = presets
        self.ledger = ledger
        self.contents = contents
        self.health = health
        self.estimator = estimator
        self.vault = vault
        self.fetcher = fetcher
        self.pdf_reader = pdf_reader
        self.dialogues = Dialogues()
        self.allowance = Allowance() if allowance is None else allowance

    def full(self, endpoint_id: str) -> bool:
        """Whether an endpoint takes no more right now: its learned cap is overdrawn."""
        return self.health.full(endpoint_id, self.clock.now_s())
