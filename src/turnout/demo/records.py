"""Requests of the last days, each as the record that a real one leaves, decision included."""

import math
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Final

import msgspec

from turnout.core.decision import MOST_ROWS, Decision, Out, Weight
from turnout.core.types import Attempt, FinishReason, Generation, Outcome
from turnout.core.usage import Usage, charge
from turnout.demo.cast import Caller, Line, Part
from turnout.demo.traffic import Strain, Traffic

SLOT_MS: Final = 900_000
"""Requests are made a quarter of an hour at a time: the same quarter, the same requests."""

SPREAD: Final = 0.38
"""Of the logarithm of TTFT; throughput has half of it."""
TOKENS_SPREAD: Final = 0.7
CANCELLED: Final = 0.008
STREAMED: Final = 0.82
_TOGETHER: Final = 0.75  # of a quarter's requests come within one minute: batches, agents
_MOST_TRIES: Final = 3
_MINUTE_MS: Final = 60_000
_SHOWN_TOK: Final = 4000

FAULTS: Final[Sequence[tuple[str, int | None, str, float]]] = (
    ("server", 500, "Internal server error (simulated)", 0.38),
    ("overloaded", 503, "The model is overloaded (simulated)", 0.30),
    ("first_token_timeout", None, "no first token in time (simulated)", 0.14),
    ("network", None, "the connection was cut (simulated)", 0.10),
    ("decode", 200, "the answer was no JSON (simulated)", 0.08),
)
"""Kind, status, message and share of an endpoint's faults."""
_LIMITED: Final = ("rate_limited", 429, "Rate limit reached (simulated)")


class Drawn(msgspec.Struct, frozen=True):
    """A record, and what each of its attempts taught at which unix ms."""

    generation: Generation
    outcomes: tuple[tuple[int, Outcome], ...]


class Records:
    """Makes them. `hashes` are the keys' by name."""

    def __init__(self, traffic: Traffic, hashes: Mapping[str, str]) -> None:
        self._traffic = traffic
        self._hashes = hashes

    def between(self, since_ms: int, until_ms: int) -> Iterator[list[Drawn]]:
        """Quarter after quarter of an hour, those records that are accepted in the span."""
        for slot in range(since_ms // SLOT_MS, until_ms // SLOT_MS + 1):
            drawn = [d for part in self._traffic.cast.parts for d in self._of(part, slot)]
            kept = [d for d in drawn if since_ms <= d.generation.created_ms < until_ms]
            kept.sort(key=lambda d: d.generation.created_ms)
            yield kept

    def _of(self, part: Part, slot: int) -> Iterator[Drawn]:
        chance = Random(f"{part.slug}@{slot}")  # noqa: S311 (made-up history, no secret)
        at_ms = slot * SLOT_MS
        mean = self._traffic.requests(part, at_ms, SLOT_MS)
        count = max(0, round(chance.gauss(mean, math.sqrt(mean)) + chance.random() - 0.5))
        if not count:
            return
        strains = tuple(self._traffic.strain(line, at_ms) for line in part.lines)
        shares = self._traffic.shares(part, strains)
        scene = _Scene(part, strains, shares, _decision(part, strains, shares))
        batch_ms = at_ms + chance.randrange(SLOT_MS // _MINUTE_MS) * _MINUTE_MS
        callers = self._traffic.cast.script.callers
        for caller in chance.choices(callers, part.callers, k=count):
            together = chance.random() < _TOGETHER
            span_ms, from_ms = (_MINUTE_MS, batch_ms) if together else (SLOT_MS, at_ms)
            created_ms = from_ms + chance.randrange(span_ms)
            yield _draw(chance, scene, caller, self._hashes[caller.key], created_ms)


class _Scene(msgspec.Struct, frozen=True):
    part: Part
    strains: tuple[Strain, ...]
    shares: list[float]
    decision: Decision | None


class _Served(msgspec.Struct, frozen=True):
    line: Line
    usage: Usage
    ttft_ms: int
    latency_ms: int
    cancelled: bool
    finish: FinishReason
    tools_valid: bool | None
    shape_valid: bool | None


def _draw(chance: Random, scene: _Scene, caller: Caller, key_hash: str, created_ms: int) -> Drawn:
    part = scene.part
    streamed = chance.random() < STREAMED
    attempts: list[Attempt] = []
    outcomes: list[tuple[int, Outcome]] = []
    served: _Served | None = None
    now_ms = created_ms + 2
    for place in _order(chance, scene.shares)[:_MOST_TRIES]:
        line, strain = part.lines[place], scene.strains[place]
        draw = chance.random()
        if draw < line.limited + strain.faults:
            attempt = _failed(chance, line, now_ms, limited=draw < line.limited)
        else:
            served = _serve(chance, part, line, strain, caller)
            attempt = _attempt(served, now_ms, streamed=streamed)
        attempts.append(attempt)
        now_ms += attempt.latency_ms
        outcomes.append((now_ms, _outcome(attempt, served)))
        if served is not None:
            break
    identity = f"gen-{created_ms // 1000}-{chance.getrandbits(80):020x}"
    asked = Generation(
        id=identity,
        key_hash=key_hash,
        created_ms=created_ms,
        state="failed",
        requested=part.slug,
        streamed=streamed,
        latency_ms=now_ms - created_ms,
        attempts=tuple(attempts),
        app_url=caller.url,
        app_title=caller.title,
        user_agent="turnout-demo",
        seed=chance.getrandbits(62),
        decision=scene.decision,
    )
    return Drawn(_ended(asked, served), tuple(outcomes))


def _ended(asked: Generation, served: _Served | None) -> Generation:
    """The record with what was served in it, or with why nothing was."""
    if served is None:
        return msgspec.structs.replace(
            asked,
            error_type="provider_unavailable",
            error_message="every endpoint failed (simulated)",
        )
    line, usage = served.line, served.usage
    cost = charge(line.price, usage)
    last = asked.attempts[-1]
    before_ms = asked.latency_ms - last.latency_ms
    return msgspec.structs.replace(
        asked,
        state="cancelled" if served.cancelled else "succeeded",
        model=line.endpoint.model,
        provider=line.endpoint.provider,
        endpoint=line.endpoint.id,
        finish_reason=None if served.cancelled else served.finish,
        native_finish_reason=None if served.cancelled else served.finish,
        usage=usage,
        cost_nusd=cost.total,
        prompt_cost_nusd=cost.prompt,
        completion_cost_nusd=cost.completion,
        cache_discount_nusd=charge(line.price, _uncached(usage)).total - cost.total,
        ttft_ms=before_ms + served.ttft_ms if asked.streamed else None,
        generation_ms=last.latency_ms,
    )


def _uncached(usage: Usage) -> Usage:
    if not usage.cache_read:
        return usage
    whole = usage.text_in + usage.cache_read
    return msgspec.structs.replace(usage, text_in=whole, cache_read=0)


def _order(chance: Random, shares: Sequence[float]) -> list[int]:
    """The first drawn by share, the others as they stand."""
    first = chance.choices(range(len(shares)), shares)[0]
    return [first, *(place for place in range(len(shares)) if place != first)]


def _failed(chance: Random, line: Line, at_ms: int, *, limited: bool) -> Attempt:
    if limited:
        kind, status, message = _LIMITED
    else:
        kind, status, message, _ = chance.choices(FAULTS, [row[3] for row in FAULTS])[0]
    slow = 20 if kind == "first_token_timeout" else 0.4
    return Attempt(
        endpoint=line.endpoint.id,
        provider=line.endpoint.provider,
        model=line.endpoint.model,
        outcome=kind,
        started_ms=at_ms,
        latency_ms=max(1, round(line.ttft_ms * slow * (0.7 + 0.6 * chance.random()))),
        status=status,
        message=message,
    )


def _serve(chance: Random, part: Part, line: Line, strain: Strain, caller: Caller) -> _Served:
    role = part.role
    prompt = max(8, round(role.prompt_tok * math.exp(chance.gauss(0, TOKENS_SPREAD))))
    said = max(2, round(role.completion_tok * math.exp(chance.gauss(0, TOKENS_SPREAD))))
    # Half of all requests go on with a conversation: those find most of their prompt again.
    cached = round(prompt * min(0.98, 2 * line.cache)) if chance.random() < 0.5 else 0
    thought = round(said * role.thinks)
    ttft_ms = line.ttft_ms * strain.slower * math.exp(chance.gauss(0, SPREAD))
    speed_tps = line.speed_tps / strain.slower * math.exp(chance.gauss(0, SPREAD / 2))
    cancelled = chance.random() < CANCELLED
    said = max(1, said // 3) if cancelled else said
    calls = chance.random() < caller.tools
    shaped = not calls and chance.random() < caller.shapes
    return _Served(
        line=line,
        usage=Usage(
            text_in=prompt - cached,
            cache_read=cached,
            text_out=max(0, said - thought),
            reasoning=min(thought, said),
        ),
        ttft_ms=max(1, round(ttft_ms)),
        latency_ms=max(2, round(ttft_ms + said * 1000 / speed_tps)),
        cancelled=cancelled,
        finish="tool_calls" if calls else "length" if said > _SHOWN_TOK else "stop",
        tools_valid=chance.random() >= line.tool_faults if calls else None,
        shape_valid=chance.random() >= line.shape_faults if shaped else None,
    )


def _attempt(served: _Served, at_ms: int, *, streamed: bool) -> Attempt:
    endpoint = served.line.endpoint
    return Attempt(
        endpoint=endpoint.id,
        provider=endpoint.provider,
        model=endpoint.model,
        outcome="cancelled" if served.cancelled else "served",
        started_ms=at_ms,
        latency_ms=served.latency_ms,
        status=200,
        ttft_ms=served.ttft_ms if streamed else None,
        tools_valid=None if served.cancelled else served.tools_valid,
        shape_valid=None if served.cancelled else served.shape_valid,
    )


def _outcome(attempt: Attempt, served: _Served | None) -> Outcome:
    """What the attempt teaches a live window; its time is set by whoever records it."""
    if served is None or served.cancelled:
        return Outcome(
            endpoint=attempt.endpoint,
            at_s=0.0,
            failure=attempt.outcome,
            hurts_health=attempt.outcome not in ("rate_limited", "cancelled"),
            latency_ms=attempt.latency_ms,
        )
    usage = served.usage
    cost = charge(served.line.price, usage)
    return Outcome(
        endpoint=attempt.endpoint,
        at_s=0.0,
        latency_ms=attempt.latency_ms,
        ttft_ms=attempt.ttft_ms,
        prompt_tok=usage.prompt_tok,
        completion_tok=usage.completion_tok,
        cache_read_tok=usage.cache_read,
        throughput_tps=usage.completion_tok * 1000 / attempt.latency_ms,
        cost_nusd=cost.total,
        prompt_cost_nusd=cost.prompt,
        completion_cost_nusd=cost.completion,
        tools_valid=attempt.tools_valid,
        shape_valid=attempt.shape_valid,
    )


def _decision(part: Part, strains: Sequence[Strain], shares: Sequence[float]) -> Decision | None:
    """What a balanced plan would have kept: the lines with their shares in this quarter."""
    if len(part.lines) < 2 and not part.set_aside:
        return None
    kept = [_weight(part, *row) for row in zip(part.lines, strains, shares, strict=True)]
    dropped = [Out(endpoint, "service_tier") for endpoint in part.set_aside]
    return Decision(
        basis="balanced", kept=tuple(kept[:MOST_ROWS]), dropped=tuple(dropped[:MOST_ROWS])
    )


def _weight(part: Part, line: Line, strain: Strain, share: float) -> Weight:
    role = part.role
    usual = Usage(text_in=role.prompt_tok, text_out=role.completion_tok)
    price_nusd = charge(line.price, usual).total
    unwell = strain.faults > 5 * line.faults
    return Weight(
        endpoint=line.endpoint.id,
        state="unstable" if unwell else "healthy",
        why="explored" if share < 0.05 else "near",
        share=round(share, 4),
        price_nusd=price_nusd,
        adjusted_nusd=round(price_nusd * (1 + strain.faults) * (1 + line.ttft_ms / 20_000)),
        ttft_ms=round(line.ttft_ms * strain.slower),
        speed_tps=round(line.speed_tps / strain.slower, 1),
        fault_share=round(strain.faults, 4),
        limited_share=round(line.limited, 4),
    )
