"""What is known of one endpoint right now, and the breaker that follows from it.

closed ──faults in a row, or a share of misses far above its peers'──▶ open: last in line
  ▲                                                                      │ a rest, doubling
  └──good trials in a row: back, its share ramped up──── half-open ◀─────┘ one trial at a time
"""

import math
from collections.abc import Callable
from typing import Final, TypeAlias

import msgspec

from turnout.core.rules import Balanced
from turnout.core.types import Outcome
from turnout.metrics.caps import Cap
from turnout.metrics.pulse import Pulse
from turnout.metrics.window import Window

PeersShare: TypeAlias = Callable[[], float]
"""The usual share of misses among the model's other endpoints, worked out when it is needed."""

_LEAST_LATE: Final = 3
_FORGOTTEN_S: Final = 900.0
"""An attempt that began so long ago and was never heard of has been lost track of."""
_SURE: Final = 2.0
_FIRST_STEP: Final = 0.05
_NEVER: Final = float("-inf")
_ROUNDED_S: Final = 0.002
"""An outcome's latency is in whole milliseconds."""


class Standing(msgspec.Struct):
    """Live state of one endpoint. Mutable; owned by Health.

    Attributes:
        faulty: It cools down because it failed, not because it was asked too much.
        waiting: Attempts without a first token: when each began, and when it is very late.
        rest_s: The breaker's present rest; 0 while it is closed.
        trial_s: When the first trial since the last rest began, None before it.
        trials_out: Trials that have not ended; no more than must succeed are let out together.
        trips: Times the breaker opened, fading with `flap_s`; tripped_s: when it last did.
        before: What `trips` was then: who keeps coming back and failing is trusted more slowly.
        healed_s: When the breaker last closed.
    """

    window: Window = msgspec.field(default_factory=Window)
    pulse: Pulse = msgspec.field(default_factory=Pulse)
    cap: Cap = msgspec.field(default_factory=Cap)
    waiting: dict[float, float] = msgspec.field(default_factory=dict[float, float])
    faults_in_row: int = 0
    last_fault_s: float = _NEVER
    cooling_until_s: float = _NEVER
    cool_s: float = 0.0
    faulty: bool = False
    rest_s: float = 0.0
    open_until_s: float = _NEVER
    trial_s: float | None = None
    good_trials: int = 0
    trials_out: int = 0
    trips: float = 0.0
    tripped_s: float = _NEVER
    before: float = 0.0
    healed_s: float = _NEVER

    def on_trial(self, now_s: float) -> bool:
        """Its rest is over and it has not yet proved itself."""
        return self.rest_s > 0 and now_s >= self.open_until_s

    def ramp(self, now_s: float, rules: Balanced) -> float:
        """The part of its share that a healed endpoint gets back so far, 1 when it has all."""
        since_s = now_s - self.healed_s
        if since_s >= rules.longest_ramp_s:
            return 1.0
        whole_s = min(rules.longest_ramp_s, rules.ramp_s * 2**self.before)
        return min(1.0, max(_FIRST_STEP, since_s / whole_s))

    def late(self, now_s: float) -> int:
        """Attempts that wait for a first token longer than the endpoint ever takes."""
        for began_s, late_s in self.waiting.items():  # mostly the oldest is neither
            if late_s > now_s and now_s - began_s <= _FORGOTTEN_S:
                return 0
            break
        count = 0
        for began_s, late_s in list(self.waiting.items()):
            if now_s - began_s > _FORGOTTEN_S:
                del self.waiting[began_s]
            elif late_s > now_s:
                break
            elif began_s >= self.healed_s:
                count += 1
        return count

    def send(self, now_s: float, rules: Balanced, peers: PeersShare, *, stream: bool) -> None:
        """An attempt goes out."""
        self.cap.send(now_s, rules)
        late = self.late(now_s) if self.waiting else 0
        if late and self.rest_s:
            if self._trial_is_late(now_s):
                self._rest(now_s, rules)
        elif late >= _LEAST_LATE and not self.rest_s:
            self.pulse.fade(now_s)
            if self.pulse.miss_share(late, _SURE) > self._tripping(peers, rules):
                self._rest(now_s, rules)
        patience_s = self.pulse.patience_s(rules.slow_times, stream=stream)
        self.waiting[now_s] = math.inf if patience_s is None else now_s + patience_s
        if self.rest_s:
            self.trials_out += 1
            if self.trial_s is None:
                self.trial_s = now_s
            if now_s >= self.open_until_s:  # a trial that never ends holds others back for a rest
                self.open_until_s = now_s + self.rest_s

    def hear(self, began_s: float, now_s: float, rules: Balanced) -> None:
        """An attempt has begun to answer; a trial that was very late has failed by that."""
        late_s = self.waiting.pop(began_s, math.inf)
        if not self.rest_s or self.trial_s is None or began_s < self.trial_s:
            return
        if late_s <= now_s:
            self._rest(now_s, rules)
        elif self.trials_out < rules.good_trials:
            self.open_until_s = min(self.open_until_s, now_s)

    def outpace(self, began_s: float, now_s: float, rules: Balanced, peers: PeersShare) -> None:
        """A hedge spoke before an attempt that was late: a miss, though nobody waited for it."""
        self.waiting.pop(began_s, None)
        if began_s < self.healed_s:
            return
        self.pulse.fade(now_s)
        self.pulse.tries += 1
        self.pulse.missed += 1
        if self.rest_s:
            if self.trial_s is not None and began_s >= self.trial_s:
                self._rest(now_s, rules)
        elif self.pulse.miss_share(0, _SURE) > self._tripping(peers, rules):
            self._rest(now_s, rules)

    def take(self, outcome: Outcome, rules: Balanced, peers: PeersShare) -> None:
        """An attempt has ended."""
        began_s = outcome.at_s - outcome.latency_ms / 1000
        if outcome.failure is not None and outcome.hurts_health:
            self.last_fault_s = outcome.at_s
        if began_s + _ROUNDED_S < self.healed_s:
            return  # begun in the bad time: it says nothing of the present
        missed = self.pulse.add(outcome, rules.slow_times, trial=self._is_trial(began_s))
        if outcome.failure == "rate_limited":
            self.cap.refuse(outcome.at_s, rules)
        elif outcome.failure is None:
            self.cool_s = 0.0
        if self.rest_s:
            self._judge(outcome, began_s, rules, missed=missed)
        elif missed:
            self.faults_in_row += 1
            enough = rules.faults_in_row
            if self.ramp(outcome.at_s, rules) < 1:  # a relapse is believed sooner
                enough = (enough + 1) // 2
            if self.faults_in_row >= enough or (
                self.pulse.miss_share(0, _SURE) > self._tripping(peers, rules)
            ):
                self._rest(outcome.at_s, rules)
        elif outcome.failure is None:
            self.faults_in_row = 0

    def _tripping(self, peers: PeersShare, rules: Balanced) -> float:
        return max(rules.trip_share, rules.trip_times * peers())

    def _is_trial(self, began_s: float) -> bool:
        trial_s = self.trial_s if self.rest_s else None
        return trial_s is not None and began_s + _ROUNDED_S >= trial_s

    def _judge(self, outcome: Outcome, began_s: float, rules: Balanced, *, missed: bool) -> None:
        """An outcome while the breaker is open or half-open; only trials count."""
        if not self._is_trial(began_s):
            return
        if missed:
            self._rest(outcome.at_s, rules)
            return
        self.trials_out = max(0, self.trials_out - 1)
        self.open_until_s = min(self.open_until_s, outcome.at_s)
        if outcome.failure is None:
            self.good_trials += 1
            if self.good_trials >= rules.good_trials:
                self._close(outcome.at_s)
        elif outcome.failure == "rate_limited":
            self.open_until_s = outcome.at_s + rules.first_rest_s

    def _rest(self, now_s: float, rules: Balanced) -> None:
        if not self.rest_s:
            self.before = self.trips * math.exp((self.tripped_s - now_s) / rules.flap_s)
            self.trips, self.tripped_s = self.before + 1, now_s
        first_s = rules.first_rest_s * 2**self.before
        self.rest_s = min(rules.longest_rest_s, self.rest_s * 2 or first_s)
        self.open_until_s = now_s + self.rest_s
        self.trial_s = None
        self.good_trials = self.trials_out = 0

    def _trial_is_late(self, now_s: float) -> bool:
        trial_s = self.trial_s
        if trial_s is None:
            return False
        return any(
            began_s >= trial_s and late_s <= now_s for began_s, late_s in self.waiting.items()
        )

    def _close(self, now_s: float) -> None:
        self.rest_s = 0.0
        self.open_until_s = _NEVER
        self.faults_in_row = 0
        self.good_trials = self.trials_out = 0
        self.trial_s = None
        self.healed_s = now_s
        self.pulse.forgive()
