"""Usage → cost → the one terminal record. Runs before the last byte reaches the client."""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from turnout.core.errors import Refusal
from turnout.core.money import Nusd
from turnout.core.types import Endpoint, Generation, GenerationState, Unpriced
from turnout.core.usage import FREE, Charge, Line, Usage, charge, summed
from turnout.dialects.adapter import Bill, Inbound, Tally
from turnout.flow.decision import decision_of
from turnout.flow.gateway import Gateway
from turnout.flow.generation import Draft
from turnout.flow.metadata import parameters_of, stages_of, work_of
from turnout.flow.router_metadata import is_asked, metadata_of
from turnout.ledger.contents import Said

_HEADER_CHARS: Final = 512
_NOTHING: Final[Mapping[str, msgspec.Raw]] = {}
_ONE_SEARCH: Final[Mapping[str, msgspec.Raw]] = {
    "server_tool_use_details": msgspec.Raw(b'{"web_search_requests":1}')
}
_MESSAGE_CHARS: Final = 2000
_TOLD: Final = (
    "messages",
    "input",
    "prompt",
    "suffix",
    "query",
    "documents",
    "system",
    "instructions",
    "tools",
)
"""Fields of a request, in any dialect, whose texts a model reads."""


class Served(msgspec.Struct, frozen=True):
    """What the client was given: by whom, what, and what it took.

    Attributes:
        own: Of `usage` what this endpoint was used for, where others gave parts; None: all.
    """

    endpoint: Endpoint
    tally: Tally
    usage: Usage
    own: Usage | None = None


class Paid(msgspec.Struct, frozen=True):
    """What was given and what it costs; None where nobody states a price."""

    served: Served
    cost: Charge | None


NOBODY: Final = Served(
    Endpoint(
        id="", model="", provider="", tag="", upstream_model="", price=Unpriced(), context_tok=0
    ),
    Tally(),
    Usage(requests=0),
)
"""Of a request that no endpoint served."""


async def usage_of(gateway: Gateway, inbound: Inbound, tally: Tally) -> Usage:
    """The provider's own count, else an estimate that is marked as one."""
    if tally.usage is not None:
        return tally.usage
    counts = await gateway.estimator.count(
        [prompt_of(inbound), bytes(tally.spoken), bytes(tally.thought)]
    )
    return Usage(
        text_in=counts[0],
        text_out=_scaled(counts[1], tally.spoken, tally.spoken_more),
        reasoning=_scaled(counts[2], tally.thought, tally.thought_more),
        estimated=True,
    )


def prompt_of(inbound: Inbound) -> bytes:
    """Every text of a prompt, as it is counted."""
    return b"\n".join(_texts(inbound))


def _scaled(tokens: int, held: bytearray, more: int) -> int:
    """The count of a text of which only the beginning is held."""
    return tokens * (len(held) + more) // len(held) if more else tokens


def admit(gateway: Gateway, making: Draft) -> None:
    """Notes in the journal that a request has begun, so that even its sudden end is on record."""
    making.admitted = True
    inbound, header = making.inbound, making.headers.get
    gateway.ledger.begin(
        Generation(
            id=making.id,
            key_hash=making.key_hash,
            created_ms=making.created_ms,
            state="interrupted",
            dialect=making.dialect,
            requested=inbound.models[0] if inbound and inbound.models else "",
            streamed=inbound is not None and inbound.stream,
            seed=making.seed,
            app_url=_short(header("http-referer")),
        )
    )


async def lines_of(gateway: Gateway, making: Draft) -> tuple[Line, ...]:
    """The lines of the parts of an answer that was gone on with, written into the record too."""
    assert making.inbound is not None  # noqa: S101 (it was served)
    lines: list[Line] = []
    for part in making.parts:
        usage = await usage_of(gateway, making.inbound, part.tally)
        price = part.endpoint.price
        cost = None if isinstance(price, Unpriced) else charge(price, usage)
        lines.append(Line(usage, cost))
        _write_line(making, part.place, lines[-1])
    return tuple(lines)


def _write_line(making: Draft, place: int, line: Line) -> None:
    making.attempts[place] = msgspec.structs.replace(
        making.attempts[place],
        usage=line.usage,
        cost_nusd=None if line.charge is None else line.charge.total,
    )


def account(
    gateway: Gateway,
    making: Draft,
    served: Served,
    state: GenerationState,
    refusal: Refusal | None = None,
    lines: tuple[Line, ...] = (),
) -> Bill:
    """Records a generation that reached the client, whole or in part; returns its bill.

    Args:
        lines: Of the attempts before the one that served.
    """
    price = served.endpoint.price
    cost = None if isinstance(price, Unpriced) else charge(price, served.usage)
    if lines or making.hedged:
        served, cost = _itemised(making, served, cost, lines)
    settle(gateway, making, state, refusal, served, cost)
    extra, more = _extra_usage(making), making.extra_nusd
    if more and cost is not None:
        cost = Charge(Nusd(cost.total + more), cost.prompt, cost.completion)
    return Bill(
        usage=served.usage, charge=cost, extra=extra, metadata=metadata(gateway, making, served)
    )


def _itemised(
    making: Draft, served: Served, cost: Charge | None, lines: tuple[Line, ...]
) -> tuple[Served, Charge | None]:
    """More than one attempt is on the bill: each gets its line in the record; what they sum up to.

    Of an answer that nobody went on with in the end the last attempt has its line already.
    """
    last = Line(served.usage, cost)
    if served.usage.requests:
        _write_line(making, -1, last)
    whole = summed((*lines, last))
    return msgspec.structs.replace(served, usage=whole.usage, own=served.usage), whole.charge


def _extra_usage(making: Draft) -> Mapping[str, msgspec.Raw]:
    """Members of the usage that tell of the gateway's own work."""
    return _NOTHING if making.found is None else _ONE_SEARCH


def settle(
    gateway: Gateway,
    making: Draft,
    state: GenerationState,
    refusal: Refusal | None = None,
    served: Served | None = None,
    cost: Charge | None = FREE,
) -> None:
    """Writes the terminal record if none is written.

    Args:
        refusal: Why it failed, None when it did not.
        served: What the client was given; without it the client pays nothing.
        cost: None for an endpoint whose price nobody states.
    """
    if making.settled:
        return
    making.settled = True
    if not making.admitted:
        admit(gateway, making)
    record = _record(gateway, making, state, Paid(served or NOBODY, cost), refusal)
    if making.hedged or making.parts:
        record = msgspec.structs.replace(
            record, hedge_nusd=making.hedge_nusd, continued=making.continued
        )
    gateway.ledger.settle(record)
    if gateway.contents.on and making.inbound is not None:
        gateway.contents.add(making.id, making.created_ms, making.inbound.fields, _said(served))


def _said(served: Served | None) -> Said:
    tally = (served or NOBODY).tally
    return Said(
        spoken=bytes(tally.spoken),
        thought=bytes(tally.thought),
        escaped=tally.escaped,
        more=tally.spoken_more + tally.thought_more,
    )


def _record(
    gateway: Gateway, making: Draft, state: GenerationState, paid: Paid, refusal: Refusal | None
) -> Generation:
    """All fields in one call: parts would cost more than all the arithmetic here."""
    first_s, inbound, attempts = _spoke_s(making), making.inbound, making.attempts
    endpoint, tally, usage = paid.served.endpoint, paid.served.tally, paid.served.usage
    charged, header = paid.cost or FREE, making.headers.get
    return Generation(
        id=making.id,
        key_hash=making.key_hash,
        created_ms=making.created_ms,
        state=state,
        dialect=making.dialect,
        requested=inbound.models[0] if inbound and inbound.models else "",
        streamed=bool(inbound and inbound.stream),
        session_id=inbound and inbound.session_id,
        user=inbound and _short(inbound.user),
        model=endpoint.model,
        provider=endpoint.provider,
        endpoint=endpoint.id,
        usage=usage,
        finish_reason=tally.finish,
        native_finish_reason=tally.native_finish,
        upstream_id=tally.upstream_id,
        service_tier=tally.service_tier,
        cost_nusd=charged.total + making.extra_nusd,
        prompt_cost_nusd=charged.prompt,
        completion_cost_nusd=charged.completion,
        cache_discount_nusd=_cache_discount(endpoint, paid.served.own or usage),
        unpriced=paid.cost is None and paid.served is not NOBODY,
        latency_ms=_ms(gateway.clock.now_s() - making.started_s),
        ttft_ms=None if first_s is None else _ms(first_s - making.started_s),
        generation_ms=attempts[-1].latency_ms if attempts else None,
        attempts=tuple(attempts),
        dropped=making.dropped,
        translated=making.translated,
        emulated=making.emulated,
        honoured=_honoured(making),
        pipeline=stages_of(making),
        seed=making.seed,
        decision=None if making.plan is None else decision_of(making.plan),
        error_type=refusal and refusal.error_type,
        error_message=refusal and refusal.message[:_MESSAGE_CHARS],
        app_url=_short(header("http-referer")),
        app_title=_short(header("x-openrouter-title") or header("x-title")),
        app_categories=_short(header("x-openrouter-categories")),
        user_agent=_short(header("user-agent")),
        request_id=_short(header("x-request-id")),
    )


def _spoke_s(making: Draft) -> float | None:
    """When the client was given the first content, by whichever attempt."""
    return making.first_content_s if making.spoke_s is None else making.spoke_s


def _honoured(making: Draft) -> tuple[str, ...]:
    """Parameters that the endpoint got as they were sent; none while nobody was asked."""
    if making.inbound is None or not making.inbound.needs.parameters or not making.attempts:
        return ()
    return parameters_of(making).honoured


def metadata(gateway: Gateway, making: Draft, served: Served = NOBODY) -> msgspec.Raw | None:
    """How an answer or an error was come to, for a caller who asks in a header."""
    plan, inbound = making.plan, making.inbound
    if plan is None or inbound is None or not is_asked(making.headers):
        return None
    connections = gateway.snapshot.connections

    def name_of(slug: str) -> str:
        connection = connections.get(slug)
        return slug if connection is None else connection.provider.name

    return metadata_of(
        plan,
        making.attempts,
        None if served is NOBODY else served.endpoint,
        inbound.models[0],
        name_of,
        more=work_of(making),
    )


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def _short(value: str | None) -> str | None:
    return value[:_HEADER_CHARS] if value else None


def _cache_discount(endpoint: Endpoint, usage: Usage) -> int:
    """Nano-USD the cache saved against the plain prompt rate; negative where writing cost more."""
    cached = usage.cache_read + usage.cache_write + usage.cache_write_1h
    if not cached or isinstance(endpoint.price, Unpriced):
        return 0
    uncached = msgspec.structs.replace(
        usage, text_in=usage.text_in + cached, cache_read=0, cache_write=0, cache_write_1h=0
    )
    price = endpoint.price
    return charge(price, uncached).total - charge(price, usage).total


def _texts(inbound: Inbound) -> Iterator[bytes]:
    """Every text of the prompt, without media: what a tokenizer should count."""
    for field in _TOLD:
        raw = inbound.fields.get(field)
        if raw is not None:
            yield from _strings(msgspec.json.decode(raw))


def _strings(node: object) -> Iterator[bytes]:
    match node:
        case str():
            if not node.startswith("data:"):
                yield node.encode()
        case list():
            for item in node:  # pyright: ignore[reportUnknownVariableType]  (any JSON)
                yield from _strings(item)  # pyright: ignore[reportUnknownArgumentType]
        case dict():
            for key, value in node.items():  # pyright: ignore[reportUnknownVariableType]
                if key not in ("type", "role", "id", "url", "data", "file_data"):
                    yield from _strings(value)  # pyright: ignore[reportUnknownArgumentType]
        case _:
            pass
