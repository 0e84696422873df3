"""What each endpoint would do with each request: the same for every policy that asks.

Every chance follows from the scenario's seed, the request and the endpoint, never from how many
draws were made before.
"""

import math
from statistics import NormalDist
from typing import Final

import msgspec

from turnout.core.errors import FailureKind
from turnout.core.money import Rate, rate_per_million
from turnout.core.types import Endpoint
from turnout.core.usage import Price, Rates
from turnout.flow.plan.scores import uniform
from turnout.lab.scenario import Lasting, Profile, Scenario

MODEL: Final = "lab/model"
_NORMAL: Final = NormalDist()
_MASK: Final = (1 << 64) - 1


class Asked(msgspec.Struct, frozen=True):
    """One request of the traffic.

    Attributes:
        at_s: Arrival, after the first one; negative in the warm-up.
        seed: Of all chance about it.
    """

    at_s: float
    prompt_tok: int
    completion_tok: int
    tools: bool
    seed: int


class Fate(msgspec.Struct, frozen=True):
    """What becomes of one attempt.

    Attributes:
        first_s: From dispatch to the first token, None when there is none.
        whole_s: From dispatch to the end.
        failure: None for a whole answer.
        retry_after_s: The provider's wish with a 429.
    """

    first_s: float | None
    whole_s: float
    failure: FailureKind | None = None
    retry_after_s: float | None = None
    tools_valid: bool | None = None


class Now(msgspec.Struct, frozen=True):
    """An endpoint at one moment, what happens to it included."""

    fault_share: float
    stall_share: float
    limit_rps: float | None
    ttft_s: float
    speed_tps: float


class Host:
    """One endpoint of the world."""

    def __init__(self, profile: Profile, scenario: Scenario, index: int) -> None:
        self.profile = profile
        self.endpoint = endpoint_of(profile)
        self.rates = (profile.prompt, profile.completion, _cache_rate(profile))
        self.at_once = 0
        self._salt = (index + 1) * 0x2545F4914F6CDD1D & _MASK
        self._deadline_s = scenario.first_token_s
        self._tokens = math.inf
        self._filled_s = 0.0
        self._steady = Now(
            profile.fault_share,
            profile.stall_share,
            profile.limit_rps,
            profile.ttft_s,
            profile.speed_tps,
        )

    def now(self, at_s: float) -> Now:
        """The endpoint at a second."""
        now = self._steady
        for event in self.profile.events:
            part = strength(event, at_s)
            if part > 0:
                now = _under(now, event, part)
        return now

    def cost_usd(self, asked: Asked, *, prompt_only: bool = False) -> float:
        """What the request costs here."""
        prompt, completion, cached = self.rates
        read_tok = asked.prompt_tok * self.profile.cached_share
        total = (asked.prompt_tok - read_tok) * prompt + read_tok * cached
        return (total if prompt_only else total + asked.completion_tok * completion) / 1e6

    def expect(self, asked: Asked, at_s: float) -> tuple[float, float, float]:
        """Cost in USD, round trip in s and fault share, as one who knows everything expects."""
        now = self.now(at_s)
        whole_s = now.ttft_s + asked.completion_tok / now.speed_tps
        return self.cost_usd(asked), whole_s, max(now.fault_share, now.stall_share)

    def fate(self, asked: Asked, at_s: float) -> Fate:
        """What becomes of an attempt that goes out now."""
        now, profile = self.now(at_s), self.profile
        if self._is_over_limit(now, at_s):
            return Fate(None, 0.05, FailureKind.RATE_LIMITED, profile.retry_after_s)
        seed = (asked.seed ^ self._salt) & _MASK
        chance = uniform(seed, 0)
        if chance < now.fault_share:
            return Fate(None, profile.fault_after_s, FailureKind.SERVER)
        if chance < now.fault_share + now.stall_share:
            return Fate(None, self._deadline_s, FailureKind.FIRST_TOKEN_TIMEOUT)
        first_s = now.ttft_s * math.exp(profile.ttft_sigma * _NORMAL.inv_cdf(uniform(seed, 1)))
        if profile.tail_share and uniform(seed, 2) < profile.tail_share:
            first_s *= profile.tail_times
        if first_s > self._deadline_s:
            return Fate(None, self._deadline_s, FailureKind.FIRST_TOKEN_TIMEOUT)
        speed_tps = now.speed_tps * math.exp(
            profile.speed_sigma * _NORMAL.inv_cdf(uniform(seed, 3))
        )
        whole_s = first_s + asked.completion_tok / speed_tps
        if profile.cut_share and uniform(seed, 4) < profile.cut_share:
            return Fate(first_s, (first_s + whole_s) / 2, FailureKind.NETWORK)
        valid = uniform(seed, 5) >= profile.tool_fault_share if asked.tools else None
        return Fate(first_s, whole_s, tools_valid=valid)

    def _is_over_limit(self, now: Now, at_s: float) -> bool:
        limit = self.profile.limit_at_once
        if limit is not None and self.at_once >= limit:
            return True
        if now.limit_rps is None:
            return False
        most = max(1.0, now.limit_rps * self.profile.limit_burst_s)
        self._tokens = min(most, self._tokens + (at_s - self._filled_s) * now.limit_rps)
        self._filled_s = at_s
        if self._tokens < 1:
            return True
        self._tokens -= 1
        return False


def strength(event: Lasting, at_s: float) -> float:
    """How much of an event's effect there is at a second, in [0, 1]."""
    if not event.from_s <= at_s < event.to_s:
        return 0.0
    if event.every_s is not None and event.for_s is not None:
        return 1.0 if (at_s - event.from_s) % event.every_s < event.for_s else 0.0
    if event.grows:
        return (at_s - event.from_s) / (event.to_s - event.from_s)
    return 1.0


def _under(now: Now, event: Lasting, part: float) -> Now:
    def toward(own: float, other: float | None) -> float:
        return own if other is None else own + (other - own) * part

    limit = now.limit_rps if event.limit_rps is None else event.limit_rps
    return Now(
        toward(now.fault_share, event.fault_share),
        toward(now.stall_share, event.stall_share),
        limit,
        now.ttft_s * event.ttft_times**part,
        now.speed_tps * event.speed_times**part,
    )


def endpoint_of(profile: Profile) -> Endpoint:
    """The endpoint as the planner sees it."""
    rates = Rates(
        prompt=_rate(profile.prompt),
        completion=_rate(profile.completion),
        cache_read=None if profile.cache_read is None else _rate(profile.cache_read),
    )
    return Endpoint(
        id=f"{MODEL}@{profile.tag}",
        model=MODEL,
        provider=profile.tag.partition("/")[0],
        tag=profile.tag,
        upstream_model="model",
        price=Price(rates=rates, source="a scenario", as_of=""),
        context_tok=1_000_000,
        quantization=profile.quantization,
        parameters=frozenset({"tools", "max_tokens"}),
    )


def _rate(usd_per_million: float) -> Rate:
    return rate_per_million(f"{usd_per_million:.12f}")


def _cache_rate(profile: Profile) -> float:
    return profile.prompt if profile.cache_read is None else profile.cache_read


class World:
    """All endpoints and the traffic of a scenario.

    Args:
        requests: The traffic, where it is not made from the scenario.
    """

    def __init__(self, scenario: Scenario, requests: list[Asked] | None = None) -> None:
        self.scenario = scenario
        self._requests = requests
        self.hosts = [Host(p, scenario, index) for index, p in enumerate(scenario.endpoints)]
        self.by_id = {host.endpoint.id: host for host in self.hosts}

    def afresh(self) -> "World":
        """The same, with nothing sent yet."""
        return World(self.scenario, self._requests)

    def requests(self) -> list[Asked]:
        """The warm-up and then the traffic, by arrival."""
        if self._requests is not None:
            return self._requests
        scenario, traffic = self.scenario, self.scenario.traffic
        base = scenario.seed * 0x9E3779B97F4A7C15 & _MASK
        found: list[Asked] = []
        at_s = -scenario.warmup / traffic.rate_rps
        for index in range(scenario.warmup + scenario.requests):
            at_s = min(at_s, -1e-3) if index < scenario.warmup else max(at_s, 0.0)
            if index == scenario.warmup:
                at_s = 0.0
            seed = (base + index * 0xD1342543DE82EF95) & _MASK
            swing = 1 + traffic.day_swing * math.sin(2 * math.pi * at_s / traffic.day_s)
            found.append(
                Asked(
                    at_s,
                    _tokens(traffic.prompt_tok, traffic.prompt_sigma, uniform(seed, 10)),
                    _tokens(traffic.completion_tok, traffic.completion_sigma, uniform(seed, 11)),
                    uniform(seed, 12) < traffic.tools_share,
                    seed,
                )
            )
            at_s += -math.log(uniform(seed, 13)) / (traffic.rate_rps * max(swing, 0.01))
        return found


def _tokens(middle: int, sigma: float, chance: float) -> int:
    return max(1, round(middle * math.exp(sigma * _NORMAL.inv_cdf(chance))))
