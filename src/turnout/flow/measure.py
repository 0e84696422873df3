"""What an attempt taught us: into the record, the window, the breaker, the cool-downs."""

from typing import Final

import msgspec

from turnout.core.errors import FailureKind, UpstreamError
from turnout.core.types import Attempt, Outcome, Unpriced
from turnout.core.usage import Usage, charge
from turnout.dialects.adapter import Tally
from turnout.flow.generation import Part
from turnout.flow.trial import Try
from turnout.metrics.validity import shape_valid, tools_valid

_PROVIDER_SAID_WAIT: Final = frozenset(
    {FailureKind.RATE_LIMITED, FailureKind.QUOTA, FailureKind.OVERLOADED}
)


def measure_success(this: Try, usage: Usage, tally: Tally, now_s: float) -> None:
    """One attempt that served, from dispatch to `now_s`: counting tokens is not its time."""
    took_s = now_s - this.started_s
    tokens, price = usage.completion_tok, this.endpoint.price
    cost = None if isinstance(price, Unpriced) else charge(price, usage)
    tools, shape = tools_valid(this.inbound, tally), shape_valid(this.inbound, tally)
    if this.making.probe and tools is None and tally.finish == "stop":
        tools = False if "tools" in this.inbound.fields else None  # an exam asks for a call
    this.gateway.health.record(
        Outcome(
            endpoint=this.endpoint.id,
            at_s=now_s,
            latency_ms=round(took_s * 1000),
            ttft_ms=_ttft_ms(this),
            prompt_tok=usage.prompt_tok,
            completion_tok=tokens,
            cache_read_tok=usage.cache_read,
            throughput_tps=tokens / took_s if tokens and took_s > 0 else None,
            cost_nusd=None if cost is None else cost.total,
            prompt_cost_nusd=0 if cost is None else cost.prompt,
            completion_cost_nusd=0 if cost is None else cost.completion,
            tools_valid=tools,
            shape_valid=shape,
            probe=this.making.probe,
        )
    )
    _note(this, "served", took_s, status=200, whole=_Whole(tally.upstream_id, tools, shape))


def measure_cancelled(this: Try, now_s: float) -> None:
    """One attempt that the client did not wait for: nobody's fault."""
    took_s = now_s - this.started_s
    this.gateway.health.record(
        Outcome(
            endpoint=this.endpoint.id,
            at_s=now_s,
            failure="cancelled",
            latency_ms=round(took_s * 1000),
            probe=this.making.probe,
        )
    )
    begun = this.making.first_content_s is not None
    _note(this, "cancelled", took_s, status=200 if begun else None)


def measure_outpaced(this: Try, now_s: float, cost_nusd: int) -> None:
    """One attempt beside which another spoke first: cancelled, and perhaps billed by its provider.

    The one that was started first was late; that the other one was slower still says nothing.
    """
    took_s = now_s - this.started_s
    health = this.gateway.health
    health.record(
        Outcome(
            endpoint=this.endpoint.id,
            at_s=now_s,
            failure="cancelled",
            latency_ms=round(took_s * 1000),
            probe=this.making.probe,
        )
    )
    if this.purpose != "hedge":
        health.outpace(this.endpoint.id, this.started_s, now_s)
    _note(this, "outpaced", took_s)
    attempts = this.making.attempts
    attempts[-1] = msgspec.structs.replace(attempts[-1], cost_nusd=cost_nusd)


def measure_cut(this: Try, error: UpstreamError, tally: Tally, now_s: float) -> None:
    """One attempt that broke off after its first content, and that others are to go on from.

    What it is billed is counted when the answer has ended: counting may take a second.
    """
    measure_failure(this, error, now_s)
    making = this.making
    part = Part(len(making.attempts) - 1, this.endpoint, tally)
    making.parts = (*making.parts, part)
    if making.spoke_s is None:
        making.spoke_s = making.first_content_s
    making.first_content_s = None


def measure_failure(this: Try, error: UpstreamError, now_s: float) -> bool:
    """One attempt that failed; returns whether another key of the provider may be tried at once.

    A provider with several keys rests the one that was refused; the endpoint cools only when the
    last one is at rest too.
    """
    took_s = now_s - this.started_s
    verdict, health = error.verdict, this.gateway.health
    health.record(
        Outcome(
            endpoint=this.endpoint.id,
            at_s=now_s,
            failure=error.kind.value,
            hurts_health=verdict.hurts_health,
            latency_ms=round(took_s * 1000),
            probe=this.making.probe,
        )
    )
    _note(this, error.kind.value, took_s, status=error.status, message=error.message)
    if not verdict.cools_down:
        return False
    provider, keys = this.connection.provider.id, len(this.connection.keys)
    if this.key_index is not None and keys > 1 and verdict.same_endpoint:
        health.rest_key(provider, this.key_index, now_s, error.retry_after_s)
        if health.has_key(provider, keys, now_s):
            return True
    if error.kind in _PROVIDER_SAID_WAIT or error.retry_after_s is not None:
        faulty = error.kind is not FailureKind.RATE_LIMITED
        health.cool(this.endpoint.id, now_s, error.retry_after_s, faulty=faulty)
    return False


def _ttft_ms(this: Try) -> int | None:
    """From dispatch to the first content; only the last attempt of a request can have had one."""
    first_s = this.making.first_content_s
    return None if first_s is None else round((first_s - this.started_s) * 1000)


class _Whole(msgspec.Struct, frozen=True):
    """What is known only of an answer that was served whole."""

    upstream_id: str | None = None
    tools_valid: bool | None = None
    shape_valid: bool | None = None


_CUT: Final = _Whole()


def _note(
    this: Try,
    outcome: str,
    took_s: float,
    *,
    status: int | None = None,
    message: str | None = None,
    whole: _Whole = _CUT,
) -> None:
    this.gateway.health.hear(this.endpoint.id, this.started_s, this.started_s + took_s)
    now_ms = this.gateway.clock.unix_ms()
    latency_ms = round(took_s * 1000)
    this.making.attempts.append(
        Attempt(
            endpoint=this.endpoint.id,
            provider=this.endpoint.provider,
            model=this.endpoint.model,
            outcome=outcome,
            started_ms=now_ms - latency_ms,
            latency_ms=latency_ms,
            status=status,
            ttft_ms=_ttft_ms(this),
            message=message,
            upstream_id=whole.upstream_id,
            region=this.endpoint.region,
            purpose=this.purpose,
            tools_valid=whole.tools_valid,
            shape_valid=whole.shape_valid,
        )
    )
