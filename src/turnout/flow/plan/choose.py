"""Routers: from a name that stands for a choice to the models that will be tried.

    models in reach ─▶ allowed ─▶ fit the request ─▶ cost band ─▶ bar ─▶ the pick, then the next

Pure: `auto` draws nothing, `free` draws by the plan's seed. Source: contract section 3.10.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from typing import Final

import msgspec

from turnout.catalog.rating import Rated
from turnout.catalog.routers import AUTHORS, ROUTERS
from turnout.catalog.variants import parse_slug
from turnout.core.errors import Availability, Refusal
from turnout.core.pipeline import Stage
from turnout.core.rules import Auto
from turnout.core.types import Endpoint
from turnout.dialects.adapter import Inbound
from turnout.dialects.plugins import AutoWish, CostTier
from turnout.flow.gateway import Snapshot
from turnout.flow.plan.candidates import Candidate, resolve
from turnout.flow.plan.difficulty import Difficulty, difficulty_of
from turnout.flow.plan.filters import filters_for
from turnout.flow.plan.scores import uniform
from turnout.flow.plan.terms import Terms
from turnout.flow.planned import BUSY
from turnout.metrics.health import HealthView

_MUST: Final = frozenset({"tools", "tool_choice", "response_format", "structured_outputs"})
"""Parameters without which another model is the better pick."""
_BANDS: Final[dict[CostTier, tuple[float, float]]] = {
    "low": (0.0, 0.2), "medium": (0.2, 0.4), "high": (0.4, 0.6), "xhigh": (0.6, 0.8),
    "max": (0.8, 1.0),
}  # fmt: skip
ROUTER_STAGES: Final = ("auto-router", "free-router")
"""What routers' stages are called."""
_FREE: Final = ":free"
_FREE_DRAW: Final = 0x2545F4914F6CDD1D  # so that this draw and that of the order are two
_NO_WISH: Final = AutoWish()


class Choice(msgspec.Struct, frozen=True):
    """What to try, and what a router says of it; `stage` is None where the caller named models."""

    candidates: tuple[Candidate, ...]
    stage: Stage | None = None


class _Able(msgspec.Struct, frozen=True):
    """A model that fits; the cost is of this request at the cheapest list price in reach.

    Attributes:
        sure: It is known to honour all that another model would be picked for.
        well: It can be tried now.
    """

    rated: Rated
    cost_usd: float
    sure: bool
    well: bool


def choose(
    inbound: Inbound, snapshot: Snapshot, terms: Terms, health: HealthView, seed: int
) -> Choice:
    """The candidates in the caller's order, each router's name replaced by its picks.

    Raises:
        Refusal: 400 for a name that no model has; 404 when nothing fits what a router was asked.
    """
    if not any(name.startswith(AUTHORS) for name in inbound.models):
        return Choice(resolve(inbound.models, snapshot.routable))
    found: list[Candidate] = []
    stage: Stage | None = None
    for name in inbound.models:
        slug = parse_slug(name)
        router = None if slug is None else ROUTERS.get(slug.base)
        if router is None:
            found += resolve((name,), snapshot.routable)
            continue
        work = _Router(inbound, snapshot, terms, health, seed)
        picked, said = work.auto(name) if router == "auto" else work.free(name)
        found += picked
        stage = stage or said
    return Choice(tuple(found), stage)


class _Router:
    """One choice in the making."""

    def __init__(
        self, inbound: Inbound, snapshot: Snapshot, terms: Terms, health: HealthView, seed: int
    ) -> None:
        self._inbound = inbound
        self._snapshot = snapshot
        self._terms = terms
        self._health = health
        self._seed = seed
        self._rules: Auto = snapshot.policy.auto
        self._musts = _MUST & (terms.needs.parameters - terms.needs.served)
        self._out: Counter[str] = Counter()
        filters = filters_for(
            terms.preferences, terms.needs, health, tiers=(), names=terms.names, house=terms.house
        )
        self._filters = [one for one in filters if one[0] not in BUSY]  # who rests comes later

    def auto(self, name: str) -> tuple[list[Candidate], Stage]:
        """By quality against cost."""
        wish = self._inbound.wishes.auto or _NO_WISH
        look = difficulty_of(self._inbound)
        able = self._able(lambda slug: self._allows(slug, wish), free_only=False, look=look)
        if not able:
            raise self._none_fits(name)
        tradeoff = self._rules.cost_quality_tradeoff if wish.tradeoff is None else wish.tradeoff
        bar = bar_of(tradeoff, look.score)
        ranked = _by_bar(_band(able, wish.cost_tier), bar)
        ranked, stayed = self._stayed(ranked, pinned=wish.pin_model)
        picks = self._most(ranked)
        summary = (
            f"{picks[0].rated.slug} of {len(able)} models: "
            + ("this dialogue's own" if stayed else f"the cheapest with quality above {bar:.0%}")
            + f" for {look.task} of difficulty {look.score:.2f}."
        )
        data = {
            "task_type": look.task,
            "difficulty": f"{look.score:.2f}",
            "cost_quality_tradeoff": tradeoff,
            "bar": f"{bar:.2f}",
            "considered": len(able),
            "picked": picks[0].rated.slug,
            "then": ", ".join(one.rated.slug for one in picks[1:]) or None,
            "kept_for_dialogue": stayed,
        }
        stage = Stage(name=ROUTER_STAGES[0], type="plugin", summary=summary, data=data)
        return [self._candidate(name, one, free_only=False) for one in picks], stage

    def free(self, name: str) -> tuple[list[Candidate], Stage]:
        """By chance, those whose endpoints are well before the others."""
        look = Difficulty("chat", 0.0)
        able = self._able(lambda _slug: True, free_only=True, look=look)
        if not able:
            raise self._none_fits(name)
        draw = [uniform(self._seed ^ _FREE_DRAW, index) for index in range(len(able))]
        order = sorted(range(len(able)), key=lambda index: (not able[index].well, draw[index]))
        drawn = [able[index] for index in order]
        drawn, stayed = self._stayed(drawn, pinned=None)
        picks = self._most(drawn)
        summary = f"{picks[0].rated.slug}, drawn from {len(able)} free models that fit."
        if stayed:
            summary = f"{picks[0].rated.slug}, this dialogue's own, of {len(able)} that fit."
        data = {
            "considered": len(able),
            "picked": picks[0].rated.slug,
            "kept_for_dialogue": stayed,
        }
        stage = Stage(name=ROUTER_STAGES[1], type="plugin", summary=summary, data=data)
        return [self._candidate(name, one, free_only=True) for one in picks], stage

    def _able(
        self, allows: Callable[[str], bool], *, free_only: bool, look: Difficulty
    ) -> list[_Able]:
        """The models that may and can serve; what removed the others is counted."""
        rules, needs = self._rules, self._terms.needs
        answer_tok = rules.answer_tok + (rules.hard_answer_tok - rules.answer_tok) * look.score
        answer_tok = min(answer_tok, needs.max_output_tok or math.inf)
        found: list[_Able] = []
        for rated in self._snapshot.rated:
            reason, endpoint, well = self._first_fit(rated, allows, free_only=free_only)
            if endpoint is None:
                self._out[reason] += 1
                continue
            cost_usd = rated.prompt_usd * needs.prompt_tok + rated.completion_usd * answer_tok
            sure = not self._musts or self._musts <= (endpoint.parameters or frozenset())
            found.append(_Able(rated, cost_usd / 1e6, sure, well))
        return [one for one in found if one.sure] or found

    def _first_fit(
        self, rated: Rated, allows: Callable[[str], bool], *, free_only: bool
    ) -> tuple[str, Endpoint | None, bool]:
        """The first endpoint that fits and is well, else that fits; else why none does."""
        if not allows(rated.slug):
            return "not allowed", None, False
        routable = self._snapshot.routable
        if not routable.catalog.models[rated.slug].outputs <= self._terms.needs.outputs:
            return "makes more than is asked for", None, False
        reason, able = "not free", None
        for endpoint in routable.endpoints.get(rated.slug, ()):
            if free_only and endpoint.id not in rated.free:
                continue
            why = self._why_not(endpoint)
            if why is not None:
                reason = why
            elif self._is_well(endpoint.id):
                return "", endpoint, True
            else:
                able = able or endpoint
        return reason, able, False

    def _why_not(self, endpoint: Endpoint) -> str | None:
        for name, look in self._filters:
            if look(endpoint) is not None:
                return name
        if self._musts and endpoint.parameters is not None:
            return min(self._musts - endpoint.parameters, default=None)
        return None

    def _is_well(self, endpoint: str) -> bool:
        health = self._health
        return health.state(endpoint) in ("healthy", "unstable") and not health.full(endpoint)

    def _allows(self, slug: str, wish: AutoWish) -> bool:
        rules = self._rules
        if slug.endswith(_FREE) and not any(
            p.endswith(_FREE) for p in rules.allowed + wish.allowed
        ):
            return False  # rationed, and often paid for with the prompts: on request alone
        return (
            (not rules.allowed or is_like(slug, rules.allowed))
            and (not wish.allowed or is_like(slug, wish.allowed))
            and not is_like(slug, rules.excluded)
            and not is_like(slug, wish.excluded)
        )

    def _stayed(self, able: list[_Able], *, pinned: bool | None) -> tuple[list[_Able], bool]:
        """With the model that served the dialogue before in front, if it is in the running."""
        sticky = self._terms.sticky
        if sticky is None or pinned is False:
            return able, False
        model = sticky.endpoint.partition("@")[0]
        own = [one for one in able if one.rated.slug == model]
        return own + [one for one in able if one.rated.slug != model], bool(own)

    def _most(self, able: list[_Able]) -> list[_Able]:
        most = 1 if self._terms.preferences.allow_fallbacks is False else self._rules.most_models
        well = [one for one in able if one.well]
        return [*well, *[one for one in able if not one.well]][:most]

    def _candidate(self, name: str, one: _Able, *, free_only: bool) -> Candidate:
        """With the modes of the router's name; the plan filters its endpoints anew."""
        _, _, modes = name.partition(":")
        slug = one.rated.slug
        plain = resolve((f"{slug}:{modes}" if modes else slug,), self._snapshot.routable)[0]
        endpoints = plain.endpoints
        if free_only:
            endpoints = tuple(e for e in endpoints if e.id in one.rated.free)
        return msgspec.structs.replace(plain, asked=slug, endpoints=endpoints)

    def _none_fits(self, name: str) -> Refusal:
        counted = ", ".join(f"{count} for {why}" for why, count in self._out.most_common(6))
        return Refusal(
            "not_found",
            "No models match your request and model restrictions."
            + (f" Left out: {counted}." if counted else " No model can be reached here."),
            param="model",
            availability=Availability(
                code="constraint_filtered",
                retryable=False,
                requested_models=(name,),
            ),
        )


def bar_of(tradeoff: int, difficulty: float) -> float:
    """The share of the models that fit which the pick must be no worse than, in [0, 1].

    Args:
        tradeoff: 0 is quality alone, 10 cost alone.
        difficulty: In [0, 1]; harder requests raise the bar between the two ends.
    """
    return (1 - tradeoff / 10) ** (2 ** (1 - 2 * difficulty))


def is_like(slug: str, patterns: Sequence[str]) -> bool:
    """Whether any pattern means the slug; "*" is any run of characters, in upper or lower case."""
    return any(fnmatchcase(slug, pattern.lower()) for pattern in patterns)


def _by_bar(able: Sequence[_Able], bar: float) -> list[_Able]:
    """Those above the bar, the cheapest first; then the others, the best first."""
    last = max(len(able) - 1, 1)
    best_first = sorted(able, key=lambda one: (-one.rated.points, one.rated.slug))
    quality = {one.rated.slug: 1 - place / last for place, one in enumerate(best_first)}
    count = sum(quality[one.rated.slug] >= bar - 1e-9 for one in best_first) or 1
    above, below = best_first[:count], best_first[count:]
    above.sort(key=lambda one: (one.cost_usd, -one.rated.points, one.rated.slug))
    return above + below


def _band(able: Sequence[_Able], tier: CostTier | None) -> Sequence[_Able]:
    """The fifth of the models that a cost tier means; with few models the nearest of them."""
    if tier is None or len(able) < 2:
        return able
    low, high = _BANDS[tier]
    dearer = sorted(able, key=lambda one: (one.cost_usd, one.rated.slug))
    begin = min(int(low * len(dearer)), len(dearer) - 1)
    return dearer[begin : max(begin + 1, math.ceil(high * len(dearer)))]
