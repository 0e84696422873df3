"""What to try next after a failure, and what to say when nothing is left."""

import math
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from turnout.core.errors import (
    VERDICTS,
    Availability,
    AvailabilityCode,
    ErrorType,
    FailedAttempt,
    FailureKind,
    Refusal,
    UpstreamError,
)
from turnout.flow.planned import Step

_NO_ANSWER: Final = 502


class Failover:
    """The steps still to try, in order. One per request.

    A failure's verdict decides: the same endpoint again at once with another key; the next one;
    the next model; or the end. An endpoint that may do better the second time gets one more try
    after all others.

    Args:
        full: Whether an endpoint, by id, takes no more right now; asked before each retry.
    """

    def __init__(
        self, steps: Sequence[Step], max_attempts: int, full: Callable[[str], bool] | None = None
    ) -> None:
        self._steps = deque(steps)
        self._full = full
        self._left = max_attempts
        self._again: set[str] = set()
        self._failures: list[tuple[Step, str, UpstreamError]] = []

    def next(self) -> Step | None:
        """The next endpoint to try, None when there is none or enough were tried."""
        if self._left == 0:
            return None
        while self._steps:
            step = self._steps.popleft()
            # Whoever failed sends its callers on, all at once; who is full already takes none.
            if self._failures and self._full is not None and self._full(step.endpoint.id):
                continue
            self._left -= 1
            return step
        return None

    def beside(self, fits: Callable[[Step], bool] | None = None) -> Step | None:
        """An endpoint to start beside a silent one: the next that is well, and fits.

        It counts as an attempt; None when there is none, or not one attempt would be left.
        """
        for step in self._steps:
            well = step.place.state in ("healthy", "unstable") and not step.place.held_back
            if fits is not None and not fits(step):
                continue
            if self._left > 1 and well and not (self._full and self._full(step.endpoint.id)):
                self._steps.remove(step)
                self._left -= 1
                return step
        return None

    def failed(
        self,
        step: Step,
        provider: str,
        error: UpstreamError,
        *,
        other_key: bool,
        otherwise: bool = False,
    ) -> None:
        """Takes in a failure before the first content.

        Args:
            provider: Display name, for the client.
            other_key: The provider has another key that is not at rest.
            otherwise: The request will be put another way, so the same endpoint is asked at once.
        """
        self._failures.append((step, provider, error))
        verdict = error.verdict
        if otherwise or (verdict.same_endpoint and other_key):
            self._steps.appendleft(step)
            return
        if not verdict.next_endpoint:
            self._steps.clear()
        elif not verdict.next_model:
            self._steps = deque(s for s in self._steps if s.asked == step.asked)
        if verdict.once_more and step.endpoint.id not in self._again:
            self._again.add(step.endpoint.id)
            self._steps.append(step)

    def exhausted(self, models: tuple[str, ...]) -> Refusal:
        """The last word. At least one attempt has failed."""
        provider, error = self._told()
        attempts = tuple(
            FailedAttempt(name, _code(failure), failure.kind.value)
            for _, name, failure in self._failures
        )
        errors = [failure for _, _, failure in self._failures]
        hints = [e.retry_after_s for e in errors if e.retry_after_s is not None]
        code = _availability_code(errors)
        retry_after_s = min(hints) if hints and code in _RETRYABLE else None
        availability = code and Availability(
            code=code,
            retryable=code in _RETRYABLE,
            retry_after=None if retry_after_s is None else max(1, math.ceil(retry_after_s)),
            requested_models=models,
            affected_providers=tuple(
                dict.fromkeys(s.endpoint.provider for s, _, _ in self._failures)
            ),
        )
        return Refusal(
            _TOLD_AS.get(code, error.verdict.error_type),
            f"{provider}: {error.message}"
            if len(attempts) == 1
            else _summary(provider, error, len(attempts)),
            retry_after_s=retry_after_s,
            availability=availability or None,
            attempts=attempts,
            provider=provider,
            provider_code=error.code,
            provider_said=error.message,
        )

    def _told(self) -> tuple[str, UpstreamError]:
        """The failure worth telling: the caller's own fault if there is one, else the last."""
        for failure in reversed(self._failures):
            if failure[2].verdict.callers_fault:
                return failure[1:]
        return self._failures[-1][1:]


_TOLD_AS: Final[Mapping[AvailabilityCode | None, ErrorType]] = {
    "temporarily_unavailable": "provider_overloaded"
}
"""The type that belongs to an availability code, where a failure's own contradicts its status."""


def _code(error: UpstreamError) -> int:
    """The provider's error status; 502 for a success that was none and for no answer at all."""
    return error.status if error.status is not None and error.status >= 400 else _NO_ANSWER


def _summary(provider: str, error: UpstreamError, count: int) -> str:
    return f"All {count} attempts failed; {provider} said: {error.message}"


_RETRYABLE: Final[frozenset[AvailabilityCode]] = frozenset(
    {"capacity_exhausted", "temporarily_unavailable"}
)


def _availability_code(errors: Sequence[UpstreamError]) -> AvailabilityCode | None:
    """The contract's code for failures that pass with time; None where waiting will not help."""
    kinds = {error.kind for error in errors}
    if kinds == {FailureKind.RATE_LIMITED}:
        return "capacity_exhausted"
    if kinds == {FailureKind.MODEL_NOT_FOUND}:
        return "model_unavailable_upstream"
    if kinds == {FailureKind.PARAMETERS}:
        return "constraint_filtered"
    return None if kinds & _LASTING else "temporarily_unavailable"


_LASTING: Final = frozenset(
    {kind for kind, verdict in VERDICTS.items() if verdict.callers_fault}
    | {FailureKind.AUTH, FailureKind.PERMISSION, FailureKind.QUOTA, FailureKind.MODEL_NOT_FOUND}
)


def broken_off(provider: str, error: UpstreamError) -> Refusal:
    """What the record says of an answer that broke after its first content."""
    return Refusal(
        error.verdict.error_type, error.message, provider=provider, provider_code=error.code
    )
