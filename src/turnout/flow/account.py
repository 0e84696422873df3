"""Usage → cost → the one terminal record. Runs before the last byte reaches the client."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from turnout.core.errors import Refusal
from turnout.core.types import Endpoint, Generation, GenerationState, Headers, Unpriced
from turnout.core.usage import FREE, Charge, Usage, charge
from turnout.dialects.adapter import Bill, Inbound, Tally
from turnout.flow.gateway import Gateway
from turnout.flow.generation import Draft

_HEADER_CHARS: Final = 512


class Served(msgspec.Struct, frozen=True):
    """What the client was given: by whom, what, and what it took."""

    endpoint: Endpoint
    tally: Tally
    usage: Usage


async def usage_of(gateway: Gateway, inbound: Inbound, tally: Tally) -> Usage:
    """The provider's own count, else an estimate that is marked as one."""
    if tally.usage is not None:
        return tally.usage
    prompt = b"\n".join(_texts(inbound))
    counts = await gateway.estimator.count([prompt, bytes(tally.spoken), bytes(tally.thought)])
    return Usage(text_in=counts[0], text_out=counts[1], reasoning=counts[2], estimated=True)


def admit(gateway: Gateway, making: Draft) -> None:
    """Notes in the journal that a request has begun, so that even its sudden end is on record."""
    making.admitted = True
    gateway.ledger.begin(_record(gateway, making, "interrupted"))


def account(
    gateway: Gateway,
    making: Draft,
    served: Served,
    state: GenerationState,
    refusal: Refusal | None = None,
) -> Bill:
    """Records a generation that reached the client, whole or in part; returns its bill."""
    price = served.endpoint.price
    cost = None if isinstance(price, Unpriced) else charge(price, served.usage)
    settle(gateway, making, state, refusal, **_given(served, cost))
    return Bill(usage=served.usage, charge=cost)


def settle(
    gateway: Gateway,
    making: Draft,
    state: GenerationState,
    refusal: Refusal | None = None,
    **facts: Any,  # noqa: ANN401 (fields of Generation, from `_given`)
) -> None:
    """Writes the terminal record if none is written; without `facts` the client pays nothing."""
    if not making.settled:
        making.settled = True
        if not making.admitted:
            admit(gateway, making)
        gateway.ledger.settle(_record(gateway, making, state, **_failed(refusal), **facts))


def _record(
    gateway: Gateway,
    making: Draft,
    state: GenerationState,
    **facts: Any,  # noqa: ANN401 (fields of Generation)
) -> Generation:
    now_s = gateway.clock.now_s()
    first_s = making.first_content_s
    return Generation(
        id=making.id,
        key_hash=making.key_hash,
        created_ms=making.created_ms,
        state=state,
        dialect=making.dialect,
        latency_ms=_ms(now_s - making.started_s),
        ttft_ms=None if first_s is None else _ms(first_s - making.started_s),
        generation_ms=making.attempts[-1].latency_ms if making.attempts else None,
        attempts=tuple(making.attempts),
        dropped=making.dropped,
        emulated=making.emulated,
        seed=making.seed,
        **_asked(making.inbound),
        **_told(making.headers),
        **facts,
    )


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def _asked(inbound: Inbound | None) -> dict[str, Any]:
    if inbound is None:
        return {}
    return {
        "requested": inbound.models[0],
        "streamed": inbound.stream,
        "session_id": inbound.session_id,
        "user": _short(inbound.user),
    }


def _told(headers: Headers) -> dict[str, Any]:
    """What the caller's headers say of the app. Source: contract section 6."""
    get = headers.get
    referer = get("http-referer")
    return {
        "app_url": _short(referer),
        "app_title": _short(get("x-openrouter-title") or get("x-title")),
        "app_categories": _short(get("x-openrouter-categories")),
        "user_agent": _short(get("user-agent")),
        "request_id": _short(get("x-request-id")),
    }


def _short(value: str | None) -> str | None:
    return value[:_HEADER_CHARS] if value else None


def _given(served: Served, cost: Charge | None) -> dict[str, Any]:
    endpoint, tally = served.endpoint, served.tally
    charged = cost or FREE
    return {
        "model": endpoint.model,
        "provider": endpoint.provider,
        "endpoint": endpoint.id,
        "usage": served.usage,
        "finish_reason": tally.finish,
        "native_finish_reason": tally.native_finish,
        "upstream_id": tally.upstream_id,
        "service_tier": tally.service_tier,
        "cost_nusd": charged.total,
        "prompt_cost_nusd": charged.prompt,
        "completion_cost_nusd": charged.completion,
        "cache_discount_nusd": _cache_discount(endpoint, served.usage),
        "unpriced": cost is None,
    }


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


def _failed(refusal: Refusal | None) -> dict[str, Any]:
    if refusal is None:
        return {}
    return {"error_type": refusal.error_type, "error_message": refusal.message[:2000]}


def _texts(inbound: Inbound) -> Iterator[bytes]:
    """Every text of the prompt, without media: what a tokenizer should count."""
    for field in ("messages", "input", "prompt", "system", "instructions", "tools"):
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
