"""The constants of routing: one block for each thing that is chosen by them.

They are settings (`[routing.balanced]`, `[routing.exacto]`, `[routing.hedging]`,
`[routing.continuation]`, `[routing.sticky]`, `[routing.auto]`). What they do to traffic is
explained in docs/explain/routing.md and docs/explain/routers.md; the policy lab shows what a
change would do.
"""

from collections.abc import Mapping
from typing import Annotated, Final, TypeAlias

import msgspec

Seconds: TypeAlias = Annotated[float, msgspec.Meta(gt=0, le=86_400)]
Share: TypeAlias = Annotated[float, msgspec.Meta(ge=0, le=1)]
Weight: TypeAlias = Annotated[float, msgspec.Meta(ge=0, le=1000)]
Many: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


class Balanced(msgspec.Struct, frozen=True, kw_only=True):
    """Price against speed: how endpoints share the traffic of a model, and who is kept out.

    Attributes:
        enabled: false keeps the classic rule (healthy first, inverse square of price) for good.
        refresh_s: Shares that were worked out are used again for so long.
        least_attempts: An endpoint with fewer in a day counts as unmeasured; while fewer than two
            endpoints of a model are measured, the classic rule stands.
        sharpness: How steeply a share falls with the distance from the best endpoint: a distance
            of 1/sharpness leaves 37 % of it.
        least_unit: Price and time are compared in units of the gap between the cheapest and the
            fastest endpoint, but of no less than this part of the cheapest price or fastest time.
        most_unit: The same, no more than this multiple.
        fault_weight: Units that an endpoint's fault rate of 100 % adds to its price.
        limit_weight: Units that a rate of 429s of 100 % adds to its price.
        wait_weight: Units of price for one unit of time spent waiting for the first token.
        explore_rps: Each endpoint off the edge is tried about so often a second, to stay measured.
        explore_share: But never with more than this share of the traffic.
        newcomer_share: The most an unmeasured endpoint may get beside measured ones.
        trial_share: Share of requests that try an endpoint whose rest is over.
        faults_in_row: So many open the breaker at once.
        trip_share: Faults and very slow answers of the last seconds, as a share that is certain
            (two standard deviations), which opens the breaker.
        trip_times: If it is also so many times the share of the model's other endpoints.
        slow_times: An answer so many times later than the endpoint's usual is a very slow one.
        first_rest_s: The breaker's first rest; it doubles with each trial that fails.
        longest_rest_s: But never gets longer than this.
        good_trials: Trials that must succeed in a row before the breaker closes.
        ramp_s: A healed endpoint gets its share back evenly over so long.
        flap_s: Each time the breaker has opened within about so long doubles first rest and ramp.
        longest_ramp_s: But no ramp is longer than this.
        cap_hold: While a smaller share than this is refused with 429, a learned cap is held; a
            larger one lowers it to what was being accepted.
        cap_pause_s: A cap starts to rise when so long nothing was refused.
        cap_rise: By this share a second.
        cap_debt_s: Requests that no other endpoint can take may overdraw a cap by so many
            seconds of it; beyond that they are refused with 429.
        least_cap_rps: No cap is enforced below this many requests a second.
    """

    enabled: bool = True
    refresh_s: Annotated[float, msgspec.Meta(ge=0, le=60)] = 0.25
    least_attempts: Many = 10
    sharpness: Weight = 14.0
    least_unit: Share = 0.5
    most_unit: Weight = 8.0
    fault_weight: Weight = 4.0
    limit_weight: Weight = 1.0
    wait_weight: Weight = 0.25
    explore_rps: Weight = 0.33
    explore_share: Share = 0.02
    newcomer_share: Share = 0.05
    trial_share: Share = 0.1
    faults_in_row: Many = 5
    trip_share: Share = 0.15
    trip_times: Weight = 3.0
    slow_times: Weight = 6.0
    first_rest_s: Seconds = 5.0
    longest_rest_s: Seconds = 30.0
    good_trials: Many = 3
    ramp_s: Seconds = 20.0
    flap_s: Seconds = 300.0
    longest_ramp_s: Seconds = 300.0
    cap_hold: Share = 0.03
    cap_pause_s: Seconds = 3.0
    cap_rise: Share = 0.02
    cap_debt_s: Seconds = 0.5
    least_cap_rps: Weight = 2.0


class Exacto(msgspec.Struct, frozen=True, kw_only=True):
    """One fixed endpoint per model, elected for quality and then kept.

    Attributes:
        pins: Model to the tag of the endpoint that an operator chose for it; no election is held.
        period_s: How often candidates are looked at.
        least_samples: Served answers, and tool calls or JSON answers, that a record must rest on.
        floor: An elected endpoint is kept until its quality is certainly below this.
        tool_weight: Of valid tool calls in the quality.
        shape_weight: Of valid structured output.
        uptime_weight: Of attempts that did not fail.
        exams: Probes take turns at asking for a tool call and for a JSON answer, whose verdicts
            are evidence too.
    """

    pins: Mapping[str, str] = {}
    period_s: Seconds = 60.0
    least_samples: Many = 50
    floor: Share = 0.9
    tool_weight: Weight = 3.0
    shape_weight: Weight = 2.0
    uptime_weight: Weight = 1.0
    exams: bool = True


class Hedging(msgspec.Struct, frozen=True, kw_only=True):
    """A second endpoint for a first token that is late: the first to speak wins.

    Attributes:
        enabled: Off unless wanted: a hedge pays for prompts twice. A request may say otherwise
            (`provider.hedging`).
        spend_share: The most that hedges may add, as a share of the day's spend.
        least_wait_s: No hedge earlier than this.
        burst_requests: So many typical requests may be hedged before there is a day's spend.
    """

    enabled: bool = False
    spend_share: Share = 0.02
    least_wait_s: Seconds = 0.2
    burst_requests: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 5


class Stickiness(msgspec.Struct, frozen=True, kw_only=True):
    """How long a dialogue stays where its prompt cache is warm.

    Attributes:
        enabled: Whether dialogues stay anywhere; thinking of earlier turns is read by its maker
            either way.
        idle_s: A dialogue that is silent for so long is forgotten, as caches forget it.
        long_idle_s: The same where the cache was written to last an hour.
        worth: How much further from the best than the best one a warm endpoint may be, in units
            of the measured mode, with what its cache saves taken off.
        most_kept: Dialogues that are remembered, of all callers; the least recently served goes.
    """

    enabled: bool = True
    idle_s: Seconds = 600.0
    long_idle_s: Seconds = 3600.0
    worth: Weight = 0.15
    most_kept: Many = 20_000


class Auto(msgspec.Struct, frozen=True, kw_only=True):
    """What `turnout/auto` may pick, and how it weighs quality against cost.

    Attributes:
        allowed: Patterns of slugs ("anthropic/*", "*/*-mini"); a request can only narrow them.
            Without any every model that can be reached is allowed.
        excluded: Patterns of slugs that are never picked.
        cost_quality_tradeoff: 0 takes the best model whatever it costs, 10 the cheapest; for
            requests that do not say.
        most_models: The pick and so many more behind it, less one, are tried.
        doublings_a_year: A price buys so many doublings more of quality than a year before.
        reasons_doublings: Doublings that a model gains by thinking before it speaks.
        usd_per_billion: USD per million tokens that a model of a billion parameters is taken to
            cost, where nobody sells it.
        unknown_usd: The same for a model of which neither price nor size is known.
        answer_tok: Tokens that an easy answer is taken to have.
        hard_answer_tok: Tokens that a hard one has.
    """

    allowed: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    cost_quality_tradeoff: Annotated[int, msgspec.Meta(ge=0, le=10)] = 7
    most_models: Annotated[int, msgspec.Meta(ge=1, le=10)] = 3
    doublings_a_year: Weight = 3.3
    reasons_doublings: Weight = 1.0
    usd_per_billion: Weight = 0.012
    unknown_usd: Weight = 0.05
    answer_tok: Many = 300
    hard_answer_tok: Many = 3000


class Continuation(msgspec.Struct, frozen=True, kw_only=True):
    """A stream whose provider died after its first content goes on at another endpoint.

    Attributes:
        enabled: Off unless wanted: the prompt is paid for again. A request may say otherwise
            (`provider.continuation`).
        most: So many attempts may be made to go on with one answer.
        most_bytes: A longer answer is not gone on with; so much of each is held in memory.
    """

    enabled: bool = False
    most: Annotated[int, msgspec.Meta(ge=1, le=100)] = 8
    most_bytes: Annotated[int, msgspec.Meta(ge=1024, le=64 * 1024 * 1024)] = 1024 * 1024


BALANCED: Final = Balanced()
"""The defaults."""
