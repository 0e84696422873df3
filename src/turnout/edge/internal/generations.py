"""`/generations`: the log of requests, filtered and paged, and all that is known of one."""

from typing import Annotated, Final

import msgspec

from turnout.core.decision import Decision
from turnout.core.errors import Refusal, invalid
from turnout.core.money import Nusd, usd
from turnout.core.types import Attempt, Dialect, Generation
from turnout.edge.ask import Ask, Reply, facts, reply
from turnout.edge.internal.charges import ChargeRow, charges_of
from turnout.flow.explain import order_of, why
from turnout.ledger import contents
from turnout.ledger.finding import MOST, Status, Wanted, find, status_of
from turnout.ledger.ledger import Cursor
from turnout.ledger.rollups import app_of

_MS: Final = 1000


class GenerationsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Query of `GET /generations`; times are unix seconds.

    Attributes:
        key: A key's hash.
        q: How an id begins.
        cursor: The `next_cursor` of the page before.
    """

    model: str | None = None
    provider: str | None = None
    key: str | None = None
    app: str | None = None
    status: Status | None = None
    q: str | None = None
    since: Annotated[int, msgspec.Meta(ge=0, le=10**11)] = 0
    until: Annotated[int, msgspec.Meta(ge=0, le=10**11)] | None = None
    cursor: str | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=MOST)] = 50


class GenerationFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the log and a single request both tell. Costs are decimal texts of USD, times unix s.

    Attributes:
        model: That served, else the one asked for.
        requested: As it was asked for.
        app: Origin of the Referer; app_title: what the app calls itself.
        key_name: None where the key is gone.
    """

    id: str
    created_at: int
    model: str
    requested: str
    provider: str | None
    provider_name: str | None
    app: str | None
    app_title: str | None
    key_name: str | None
    key_hash: str
    stream: bool
    tokens_prompt: int
    tokens_completion: int
    tokens_reasoning: int
    tokens_cached: int
    cost: str
    ttft_ms: int | None
    latency_ms: int
    throughput_tps: float | None
    finish_reason: str | None
    status: Status
    dialect: Dialect


class GenerationRow(GenerationFacts, frozen=True, kw_only=True):
    """One request as a line of the log; `attempts` is how many endpoints were tried."""

    attempts: int


class GenerationList(msgspec.Struct, frozen=True):
    """A page of the log, newest first."""

    generations: list[GenerationRow]
    next_cursor: str | None


class GenerationListAnswer(msgspec.Struct, frozen=True):
    """See `GenerationList`."""

    data: GenerationList


class AttemptRow(msgspec.Struct, frozen=True, kw_only=True):
    """One endpoint that was tried.

    Attributes:
        outcome: "served", "cancelled" or "failed"; `kind` says how it failed.
        status: The provider's HTTP status.
        cost: USD, of the attempt that served; what failed is not charged.
    """

    endpoint: str
    provider: str
    provider_name: str
    model: str
    outcome: str
    kind: str | None
    status: int | None
    message: str | None
    started_at_ms: int
    ttft_ms: int | None
    latency_ms: int
    region: str | None
    cost: str | None


class WeighedRow(msgspec.Struct, frozen=True, kw_only=True):
    """One endpoint of a plan as it was weighed; prices are USD of the model's typical request."""

    place: int
    endpoint: str
    state: str
    share: float | None
    price: str | None
    adjusted: str | None
    ttft_ms: int | None
    speed_tps: float | None
    fault_share: float | None
    rate_limited_share: float | None
    reason: str


class DroppedRow(msgspec.Struct, frozen=True):
    """One endpoint that could not serve, and the filter that said so."""

    endpoint: str
    filter: str


class DecisionRow(msgspec.Struct, frozen=True, kw_only=True):
    """Why a request went where it went.

    Attributes:
        order: What the order was by, in words.
        stuck: The conversation's own endpoint was put first.
        seed: The draw, as text.
        more: Endpoints that the record does not keep.
    """

    basis: str
    order: str
    stuck: bool
    seed: str
    steps: list[WeighedRow]
    dropped: list[DroppedRow]
    more: int


class Honesty(msgspec.Struct, frozen=True):
    """Parameters by what became of them at the endpoint that served."""

    honoured: tuple[str, ...]
    translated: tuple[str, ...]
    emulated: tuple[str, ...]
    dropped: tuple[str, ...]


class StageRow(msgspec.Struct, frozen=True):
    """One thing that the gateway did beside routing."""

    name: str
    summary: str | None
    cost: str | None


class UsageRow(msgspec.Struct, frozen=True, kw_only=True):
    """Tokens by disjoint bucket; `estimated` counts are the gateway's own."""

    text_in: int
    cache_read: int
    cache_write: int
    cache_write_1h: int
    image_in: int
    audio_in: int
    video_in: int
    text_out: int
    reasoning: int
    audio_out: int
    image_out: int
    searches: int
    estimated: bool


class Content(msgspec.Struct, frozen=True):
    """What was said; kept only where `[logging] content` is on.

    Attributes:
        prompt: The fields of the request that hold it, as JSON.
        completion: Visible text; calls of tools as name and arguments.
        cut: Something was too long and is not whole; then the prompt may be no JSON.
    """

    prompt: str
    completion: str
    reasoning: str
    cut: bool


class GenerationDetail(GenerationFacts, frozen=True, kw_only=True):
    """All that is known of one request.

    Attributes:
        attempts: Oldest first.
        decision: None where there was nothing to decide.
        content: None where content is not kept.
    """

    attempts: list[AttemptRow]
    decision: DecisionRow | None
    honesty: Honesty
    pipeline: list[StageRow]
    usage: UsageRow
    charges: list[ChargeRow]
    unpriced: bool
    error_type: str | None
    error_message: str | None
    native_finish_reason: str | None
    service_tier: str | None
    upstream_id: str | None
    request_id: str | None
    session_id: str | None
    user: str | None
    user_agent: str | None
    content: Content | None


class GenerationDetailAnswer(msgspec.Struct, frozen=True):
    """See `GenerationDetail`."""

    data: GenerationDetail


async def list_generations(ask: Ask) -> Reply:
    """Requests, newest first; a page may be short, even empty, and still have a next one."""
    query = ask.asked(GenerationsQuery)
    wanted = Wanted(
        model=query.model,
        provider=query.provider,
        key_hash=query.key,
        app=query.app,
        status=query.status,
        id_prefix=query.q or None,
        since_ms=query.since * _MS,
        until_ms=None if query.until is None else query.until * _MS,
    )
    gateway = ask.gateway
    before = None if query.cursor is None else _cursor(query.cursor)
    page = await find(gateway.ledger, gateway.clock, wanted, query.limit, before)
    following = None if page.next is None else f"{page.next[0]}.{page.next[1]}"
    rows = [
        GenerationRow(**facts(_facts(record, ask)), attempts=len(record.attempts))
        for record in page.records
    ]
    return reply(GenerationListAnswer(GenerationList(rows, following)))


async def generation_detail(ask: Ask) -> Reply:
    """One request: its attempts, its decision, what it cost and what became of its parameters."""
    record = await ask.gateway.ledger.get(ask.path("id"))
    if record is None:
        raise Refusal("not_found", "No generation has this id.", param="id")
    content = await ask.gateway.contents.get(record.id)
    detail = GenerationDetail(
        **facts(_facts(record, ask)),
        attempts=[_attempt(attempt, record, ask) for attempt in record.attempts],
        decision=None if record.decision is None else _decision(record.decision, record.seed),
        honesty=Honesty(record.honoured, record.translated, record.emulated, record.dropped),
        pipeline=[
            StageRow(s.name, s.summary, None if s.cost_nusd is None else usd(s.cost_nusd))
            for s in record.pipeline
        ],
        usage=UsageRow(**{name: getattr(record.usage, name) for name in _USAGE}),
        charges=charges_of(record, ask.gateway.snapshot.routable),
        content=None if content is None else _content(content),
        **{name: getattr(record, name) for name in _SAME},
    )
    return reply(GenerationDetailAnswer(detail))


_USAGE: Final = UsageRow.__struct_fields__
_SAME: Final = (
    *("unpriced", "error_type", "error_message", "native_finish_reason", "service_tier"),
    *("upstream_id", "request_id", "session_id", "user", "user_agent"),
)
"""Fields that are shown as they are kept."""


def _cursor(text: str) -> Cursor:
    at, _, last = text.partition(".")
    if not at.isdecimal() or len(at) > 15:
        raise invalid("cursor", "must be the next_cursor of a page before")
    return int(at), last


def _facts(record: Generation, ask: Ask) -> GenerationFacts:
    usage = record.usage
    key = ask.gateway.keyring.known(record.key_hash)
    generated_ms = record.generation_ms or record.latency_ms
    made = usage.completion_tok
    return GenerationFacts(
        id=record.id,
        created_at=record.created_ms // _MS,
        model=record.model or record.requested,
        requested=record.requested,
        provider=record.provider or None,
        provider_name=_provider_name(record.provider, ask) if record.provider else None,
        app=app_of(record.app_url or "", record.app_title) or None,
        app_title=record.app_title,
        key_name=None if key is None else key.name,
        key_hash=record.key_hash,
        stream=record.streamed,
        tokens_prompt=usage.prompt_tok,
        tokens_completion=made,
        tokens_reasoning=usage.reasoning,
        tokens_cached=usage.cache_read,
        cost=usd(Nusd(record.cost_nusd)),
        ttft_ms=record.ttft_ms,
        latency_ms=record.latency_ms,
        throughput_tps=round(made * _MS / generated_ms, 1) if made and generated_ms else None,
        finish_reason=record.finish_reason,
        status=status_of(record),
        dialect=record.dialect,
    )


def _provider_name(slug: str, ask: Ask) -> str:
    connection = ask.gateway.snapshot.connections.get(slug)
    return slug if connection is None else connection.provider.name


def _attempt(attempt: Attempt, record: Generation, ask: Ask) -> AttemptRow:
    plain = attempt.outcome in {"served", "cancelled"}
    return AttemptRow(
        endpoint=attempt.endpoint,
        provider=attempt.provider,
        provider_name=_provider_name(attempt.provider, ask),
        model=attempt.model,
        outcome=attempt.outcome if plain else "failed",
        kind=None if plain else attempt.outcome,
        status=attempt.status,
        message=attempt.message,
        started_at_ms=attempt.started_ms,
        ttft_ms=attempt.ttft_ms,
        latency_ms=attempt.latency_ms,
        region=attempt.region,
        cost=usd(Nusd(record.cost_nusd)) if attempt.outcome == "served" else None,
    )


def _content(content: contents.Content) -> Content:
    return Content(
        prompt=content.prompt.decode(errors="replace"),
        completion=content.completion,
        reasoning=content.reasoning,
        cut=content.cut,
    )


def _decision(decision: Decision, seed: int) -> DecisionRow:
    def money(nusd: int | None) -> str | None:
        return None if nusd is None else usd(Nusd(nusd))

    return DecisionRow(
        basis=decision.basis,
        order=order_of(decision),
        stuck=decision.stuck,
        seed=str(seed),
        steps=[
            WeighedRow(
                place=place,
                endpoint=weight.endpoint,
                state=weight.state,
                share=weight.share,
                price=money(weight.price_nusd),
                adjusted=money(weight.adjusted_nusd),
                ttft_ms=weight.ttft_ms,
                speed_tps=weight.speed_tps,
                fault_share=weight.fault_share,
                rate_limited_share=weight.limited_share,
                reason=why(weight, place),
            )
            for place, weight in enumerate(decision.kept, start=1)
        ],
        dropped=[DroppedRow(out.endpoint, out.filter) for out in decision.dropped],
        more=decision.more,
    )
