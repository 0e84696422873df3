"""Which endpoints to trust right now: recent failures, breaker, caps, cool-downs, keys at rest.

One `Standing` for each endpoint seen so far. The rules, in the order they are asked:

    cooling   the provider told us to wait (429, Retry-After, no quota): not tried until then
    open      the breaker: far worse than its peers; last in line, and after a rest that doubles
              each time, one trial at a time (half-open) may close it again
    unstable  a fault within the outage window: behind the healthy ones
    healthy   the rest, and everything never tried
"""

from collections.abc import Callable, Mapping
from statistics import median
from typing import Final, Literal, TypeVar

from turnout.core.rules import BALANCED, Balanced
from turnout.core.types import Outcome
from turnout.metrics.election import Election
from turnout.metrics.figures import Figures, WindowS, figures_of
from turnout.metrics.reading import Reading, Slow, reading, slowly
from turnout.metrics.standing import Standing
from turnout.metrics.window import Window

DEFAULT_COOL_S: Final = 2.0
LONGEST_COOL_S: Final = 300.0
KEY_FAULT_REST_S: Final = 60.0
_SLOWLY_S: Final = 2.0
"""How long what windows say is used again."""
_MOST_REMEMBERED: Final = 1024
_SERVES: Final = 3.0
_PEERS_S: Final = 0.5

State = Literal["healthy", "unstable", "open", "cooling"]

_Made = TypeVar("_Made")


class HealthView:
    """Health as of one moment: what the plan may see."""

    __slots__ = ("_at_s", "_health", "_standings", "now_s", "outage_window_s")

    def __init__(self, health: "Health", now_s: float, outage_window_s: float) -> None:
        self._health = health
        self._standings = health.standings
        self._at_s = now_s + health.epoch_s
        self.now_s = now_s
        self.outage_window_s = outage_window_s

    @property
    def rules(self) -> Balanced:
        """The constants in force."""
        return self._health.rules

    def state(self, endpoint: str) -> State:
        """Where the endpoint stands; see the module's drawing."""
        standing = self._standings.get(endpoint)
        if standing is None:
            return "healthy"
        now_s = self.now_s
        if now_s < standing.cooling_until_s:
            return "cooling"
        if now_s < standing.open_until_s:
            return "open"
        if now_s - standing.last_fault_s < self.outage_window_s:
            return "unstable"
        return "healthy"

    def standing(self, endpoint: str) -> Standing | None:
        """Its live state, to look at and not to change; None when it was never tried."""
        return self._standings.get(endpoint)

    def cooling_s(self, endpoint: str) -> float:
        """Seconds until the endpoint may be tried again; 0 when it may now."""
        standing = self._standings.get(endpoint)
        return 0.0 if standing is None else max(0.0, standing.cooling_until_s - self.now_s)

    def faulty(self, endpoint: str) -> bool:
        """Whether the endpoint's last cool-down was for a fault rather than a rate limit."""
        standing = self._standings.get(endpoint)
        return standing is not None and standing.faulty

    def figures(self, endpoint: str, window_s: WindowS) -> Figures | None:
        """What one of the endpoint's live windows says; None when it was never tried."""
        standing = self._standings.get(endpoint)
        return None if standing is None else standing.window.figures(window_s, self._at_s)

    def reading(self, endpoint: str) -> Reading | None:
        """The numbers that are weighed; None when the endpoint was never tried."""
        standing = self._standings.get(endpoint)
        if standing is None:
            return None
        kept = self._health.slow
        slow = kept.get(endpoint)
        if slow is None or not 0 <= self.now_s - slow.at_s < _SLOWLY_S:
            least = self.rules.least_attempts
            slow = slowly(lambda window_s: self.figures(endpoint, window_s), self.now_s, least)
            kept[endpoint] = slow
        return reading(standing, slow, self.now_s)

    def full(self, endpoint: str) -> bool:
        """Whether its learned cap is overdrawn as far as it may be."""
        standing = self._standings.get(endpoint)
        if standing is None or standing.cap.rps is None:
            return False
        return standing.cap.overdrawn(self.now_s, self.rules)

    def elected(self, model: str) -> str | None:
        """The endpoint that was elected for a model's exacto mode, None before any election."""
        return self._health.elected.get(model)

    def remembered(self, key: tuple[object, ...], make: Callable[[], _Made]) -> _Made:
        """What was made for this key within `refresh_s`, or made now.

        Everything made from one view is a function of that view, so it may be used again while
        the view is fresh; a breaker that trips or closes makes all of it stale.
        """
        memory, until_s = self._health.memory, self.now_s - self.rules.refresh_s
        found = memory.get(key)
        if found is not None and until_s < found[0] <= self.now_s:
            return found[1]  # pyright: ignore[reportReturnType]  (a key names one maker)
        if len(memory) >= _MOST_REMEMBERED:
            memory.clear()
        made = make()
        memory[key] = (self.now_s, made)
        return made


class Health:
    """Keeps the standings. One per gateway, on the event loop's thread.

    Args:
        epoch_s: Unix second of the clock's zero, so that windows of one process can be taken up by
            the next; 0 where nothing is kept.

    Attributes:
        rules: The constants in force; set again on reload.
        elected: Model to the endpoint of its exacto mode, by id; follows from `elections`, which
            are in the order in which they were held.
        standings: By endpoint. slow, memory: What views worked out a moment ago.
    """

    def __init__(self, epoch_s: float = 0.0, rules: Balanced = BALANCED) -> None:
        self.epoch_s = epoch_s
        self.rules = rules
        self.standings: dict[str, Standing] = {}
        self.slow: dict[str, Slow] = {}
        self.memory: dict[tuple[object, ...], tuple[float, object]] = {}
        self.elected: Mapping[str, str] = {}
        self.elections: tuple[Election, ...] = ()
        self._peers: dict[str, list[str]] = {}
        self._peers_share: dict[str, tuple[float, dict[str, float]]] = {}
        self._keys_resting: dict[tuple[str, int], float] = {}
        self._turn: dict[str, int] = {}

    def view(self, now_s: float, outage_window_s: float) -> HealthView:
        """Health at a monotonic second."""
        return HealthView(self, now_s, outage_window_s)

    def seat(self, elections: tuple[Election, ...]) -> None:
        """Puts elections in force, oldest first: of a model the last one counts."""
        self.elections = elections
        self.elected = {election.model: election.endpoint for election in elections}

    def models(self) -> list[str]:
        """Slugs of the models of which an endpoint was tried."""
        return list(self._peers)

    @property
    def windows(self) -> Mapping[str, Window]:
        """The live windows of every endpoint that was tried, by `Endpoint.id`."""
        return {endpoint: standing.window for endpoint, standing in self.standings.items()}

    def window(self, endpoint: str) -> Window:
        """The live windows of an endpoint, made when it has none."""
        return self._standing(endpoint).window

    def model_figures(self, model: str, window_s: WindowS, now_s: float) -> Figures | None:
        """What the windows of all endpoints of a model say together; None when none was tried."""
        prefix = f"{model}@"
        vectors = [
            standing.window.vector(window_s, now_s + self.epoch_s)
            for endpoint, standing in self.standings.items()
            if endpoint.startswith(prefix)
        ]
        if not vectors:
            return None
        return figures_of([sum(cells) for cells in zip(*vectors, strict=True)], window_s)

    def record(self, outcome: Outcome) -> None:
        """Takes in the end of one attempt: the window, the breaker, the cap."""
        endpoint = outcome.endpoint
        standing = self._standing(endpoint)
        standing.window.record(outcome, outcome.at_s + self.epoch_s)
        resting = standing.rest_s
        standing.take(outcome, self.rules, lambda: self._of_peers(endpoint, outcome.at_s))
        if standing.rest_s != resting:
            self.memory.clear()

    def send(self, endpoint: str, now_s: float, *, stream: bool = True) -> None:
        """An attempt goes out; to an endpoint whose rest is over it is a trial.

        The trial's outcome closes or re-opens the breaker; a trial that never ends holds others
        back for one more rest at most.
        """
        standing = self._standing(endpoint)
        resting = standing.rest_s
        standing.send(now_s, self.rules, lambda: self._of_peers(endpoint, now_s), stream=stream)
        if standing.rest_s != resting:
            self.memory.clear()

    def hear(self, endpoint: str, began_s: float, now_s: float) -> None:
        """The attempt that went out at `began_s` has begun to answer, or has ended."""
        standing = self.standings.get(endpoint)
        if standing is not None:
            standing.hear(began_s, now_s, self.rules)

    def outpace(self, endpoint: str, began_s: float, now_s: float) -> None:
        """A hedge spoke before the attempt that went out at `began_s`, which is cancelled for it.

        Call it beside `record`, which takes a cancelled attempt for nobody's fault.
        """
        standing = self._standing(endpoint)
        resting = standing.rest_s
        standing.outpace(began_s, now_s, self.rules, lambda: self._of_peers(endpoint, now_s))
        if standing.rest_s != resting:
            self.memory.clear()

    def full(self, endpoint: str, now_s: float) -> bool:
        """Whether one more request would overdraw the endpoint's learned cap too far."""
        standing = self.standings.get(endpoint)
        if standing is None or standing.cap.rps is None:
            return False
        return standing.cap.overdrawn(now_s, self.rules)

    def cool(
        self, endpoint: str, now_s: float, retry_after_s: float | None, *, faulty: bool = False
    ) -> float:
        """Rests an endpoint; returns the seconds. Without a wish of the provider they double.

        An endpoint that mostly serves is not rested for a 429 without a wish: its cap was lowered.
        """
        standing = self._standing(endpoint)
        pulse = standing.pulse
        serves = pulse.calm_tries - pulse.calm_limited > max(_SERVES, pulse.calm_limited)
        if not faulty and retry_after_s is None and serves:
            return 0.0
        standing.faulty = faulty
        standing.cool_s = min(LONGEST_COOL_S, standing.cool_s * 2 or DEFAULT_COOL_S)
        wait_s = standing.cool_s if retry_after_s is None else min(LONGEST_COOL_S, retry_after_s)
        standing.cooling_until_s = max(standing.cooling_until_s, now_s + wait_s)
        return wait_s

    def rest_key(self, provider: str, index: int, now_s: float, wait_s: float | None) -> None:
        """Sets one of a provider's keys aside: it was refused, limited or out of money."""
        self._keys_resting[provider, index] = now_s + (
            KEY_FAULT_REST_S if wait_s is None else min(LONGEST_COOL_S, wait_s)
        )

    def has_key(self, provider: str, count: int, now_s: float) -> bool:
        """Whether any of a provider's keys is not at rest; takes no turn."""
        resting = self._keys_resting
        return any(resting.get((provider, i), float("-inf")) <= now_s for i in range(count))

    def next_key(self, provider: str, count: int, now_s: float) -> int | None:
        """Index of the next key in turn that is not at rest, or None when all rest."""
        start = self._turn.get(provider, 0)
        for step in range(count):
            index = (start + step) % count
            if self._keys_resting.get((provider, index), float("-inf")) <= now_s:
                self._turn[provider] = (index + 1) % count
                return index
        return None

    def _standing(self, endpoint: str) -> Standing:
        standing = self.standings.get(endpoint)
        if standing is None:
            standing = self.standings[endpoint] = Standing()
            self._peers.setdefault(endpoint.partition("@")[0], []).append(endpoint)
        return standing

    def _of_peers(self, endpoint: str, now_s: float) -> float:
        """The usual share of misses among the model's other endpoints, worked out twice a second.

        Without others there is nothing to be far worse than: 1. Others that nobody has tried for a
        while are taken to be well.
        """
        model = endpoint.partition("@")[0]
        kept = self._peers_share.get(model)
        if kept is None or now_s - kept[0] >= _PEERS_S:
            kept = self._peers_share[model] = (now_s, self._shares(model, now_s))
        others = [share for name, share in kept[1].items() if name != endpoint]
        if others:
            return median(others)
        return 0.0 if len(self._peers[model]) > 1 else 1.0

    def _shares(self, model: str, now_s: float) -> dict[str, float]:
        shares: dict[str, float] = {}
        for name in self._peers[model]:
            pulse = self.standings[name].pulse
            pulse.fade(now_s)
            if pulse.tries >= 1:
                shares[name] = pulse.missed / pulse.tries
        return shares
