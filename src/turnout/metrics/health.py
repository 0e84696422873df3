"""Which endpoints to trust right now: recent failures, a breaker, cool-downs, keys at rest.

One `Standing` for each endpoint seen so far. The rules, in the order they are asked:

    cooling   the provider told us to wait (429, Retry-After, no quota): not tried until then
    open      the breaker: FAILURES_TO_OPEN faults in a row; last in line, and after a rest that
              doubles each time, one trial at a time (half-open) may close it again
    unstable  a fault within the outage window: behind the healthy ones
    healthy   the rest, and everything never tried
"""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from turnout.core.types import Outcome
from turnout.metrics.figures import Figures, WindowS, figures_of
from turnout.metrics.window import Window

FAILURES_TO_OPEN: Final = 5
FIRST_REST_S: Final = 5.0
LONGEST_REST_S: Final = 120.0
DEFAULT_COOL_S: Final = 2.0
LONGEST_COOL_S: Final = 300.0
KEY_FAULT_REST_S: Final = 60.0

State = Literal["healthy", "unstable", "open", "cooling"]


class Standing(msgspec.Struct):
    """Live state of one endpoint. Mutable; owned by Health.

    Attributes:
        faulty: It cools down because it failed, not because it was asked too much.
    """

    window: Window = msgspec.field(default_factory=Window)
    faults_in_row: int = 0
    last_fault_s: float = float("-inf")
    cooling_until_s: float = float("-inf")
    cool_s: float = 0.0
    faulty: bool = False
    rest_s: float = 0.0
    open_until_s: float = float("-inf")


class HealthView:
    """Health as of one moment: what the plan may see."""

    __slots__ = ("_at_s", "_standings", "now_s", "outage_window_s")

    def __init__(
        self, standings: dict[str, Standing], now_s: float, outage_window_s: float, at_s: float
    ) -> None:
        self._standings = standings
        self._at_s = at_s
        self.now_s = now_s
        self.outage_window_s = outage_window_s

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


class Health:
    """Keeps the standings. One per gateway, on the event loop's thread.

    Args:
        epoch_s: Unix second of the clock's zero, so that windows of one process can be taken up by
            the next; 0 where nothing is kept.
    """

    def __init__(self, epoch_s: float = 0.0) -> None:
        self.epoch_s = epoch_s
        self._standings: dict[str, Standing] = {}
        self._keys_resting: dict[tuple[str, int], float] = {}
        self._turn: dict[str, int] = {}

    def view(self, now_s: float, outage_window_s: float) -> HealthView:
        """Health at a monotonic second."""
        return HealthView(self._standings, now_s, outage_window_s, now_s + self.epoch_s)

    @property
    def windows(self) -> Mapping[str, Window]:
        """The live windows of every endpoint that was tried, by `Endpoint.id`."""
        return {endpoint: standing.window for endpoint, standing in self._standings.items()}

    def window(self, endpoint: str) -> Window:
        """The live windows of an endpoint, made when it has none."""
        return self._standing(endpoint).window

    def model_figures(self, model: str, window_s: WindowS, now_s: float) -> Figures | None:
        """What the windows of all endpoints of a model say together; None when none was tried."""
        prefix = f"{model}@"
        vectors = [
            standing.window.vector(window_s, now_s + self.epoch_s)
            for endpoint, standing in self._standings.items()
            if endpoint.startswith(prefix)
        ]
        if not vectors:
            return None
        return figures_of([sum(cells) for cells in zip(*vectors, strict=True)], window_s)

    def record(self, outcome: Outcome) -> None:
        """Takes in the end of one attempt: the window, the breaker."""
        standing = self._standing(outcome.endpoint)
        standing.window.record(outcome, outcome.at_s + self.epoch_s)
        if outcome.failure is None:
            standing.faults_in_row = 0
            standing.rest_s = standing.cool_s = 0.0
            standing.open_until_s = float("-inf")
        elif outcome.hurts_health:
            standing.faults_in_row += 1
            standing.last_fault_s = outcome.at_s
            if standing.faults_in_row >= FAILURES_TO_OPEN:
                standing.rest_s = min(LONGEST_REST_S, standing.rest_s * 2 or FIRST_REST_S)
                standing.open_until_s = outcome.at_s + standing.rest_s

    def admit_trial(self, endpoint: str, now_s: float) -> None:
        """An endpoint whose rest is over is being tried: others wait until that trial ends.

        The trial's outcome closes or re-opens the breaker; a trial that never ends holds the others
        back for one more rest at most.
        """
        standing = self._standings.get(endpoint)
        if standing is not None and standing.rest_s and now_s >= standing.open_until_s:
            standing.open_until_s = now_s + standing.rest_s

    def cool(
        self, endpoint: str, now_s: float, retry_after_s: float | None, *, faulty: bool = False
    ) -> float:
        """Rests an endpoint; returns the seconds. Without a wish of the provider they double."""
        standing = self._standing(endpoint)
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
        standing = self._standings.get(endpoint)
        if standing is None:
            standing = self._standings[endpoint] = Standing()
        return standing
