"""For each kind of failure: what is tried next, and what the client is told in the end."""

from typing import Final

import msgspec
import pytest
from tests.unit.flow.routing import endpoint

from turnout.core.errors import VERDICTS, FailureKind, Refusal, UpstreamError
from turnout.edge.errors import status_of
from turnout.flow.failover import Failover, broken_off
from turnout.flow.planned import Place, Step

ONE: Final = "acme/one"
TWO: Final = "acme/two"


def step(tag: str, model: str = ONE) -> Step:
    """A step of a plan."""
    at = endpoint(tag, model=model)
    return Step(at, model, Place(at, "healthy", 0.0))


PLAN: Final = (step("a"), step("b"), step("a", TWO))


class Row(msgspec.Struct, frozen=True):
    """What follows when every try fails in this way.

    Attributes:
        tried: With one key each, in order, "provider" and a mark for the second model.
        keyed: What is tried right after the first failure when there is another key.
        status: What the client gets when all is exhausted.
        error_type: Beside it.
        code: Of the availability block.
    """

    tried: str
    keyed: str
    status: int
    error_type: str
    code: str | None


BUSY: Final = (503, "provider_overloaded", "temporarily_unavailable")
AWAY: Final = (502, "provider_unavailable", None)
ONCE: Final = "a b a2"
AGAIN: Final = "a b a2 a b a2"

TABLE: Final = {
    FailureKind.AUTH: Row(ONCE, "a", *AWAY),
    FailureKind.PERMISSION: Row(ONCE, "b", *AWAY),
    FailureKind.QUOTA: Row(ONCE, "a", *AWAY),
    FailureKind.MODEL_NOT_FOUND: Row(ONCE, "b", 404, "not_found", "model_unavailable_upstream"),
    FailureKind.BAD_REQUEST: Row("a b", "b", 400, "invalid_request", None),
    FailureKind.CONTEXT_LENGTH: Row(ONCE, "b", 400, "context_length_exceeded", None),
    FailureKind.CONTENT_POLICY: Row(ONCE, "b", 400, "content_policy_violation", None),
    FailureKind.TOO_LARGE: Row(ONCE, "b", 413, "payload_too_large", None),
    FailureKind.PARAMETERS: Row(ONCE, "b", 404, "not_found", "constraint_filtered"),
    FailureKind.RATE_LIMITED: Row(ONCE, "a", 429, "rate_limit_exceeded", "capacity_exhausted"),
    FailureKind.OVERLOADED: Row(ONCE, "b", *BUSY),
    FailureKind.CONNECT_TIMEOUT: Row(ONCE, "b", *BUSY),
    FailureKind.FIRST_TOKEN_TIMEOUT: Row(ONCE, "b", *BUSY),
    FailureKind.IDLE_TIMEOUT: Row(ONCE, "b", *BUSY),
    FailureKind.TOTAL_TIMEOUT: Row("a", "", *BUSY),
    FailureKind.SERVER: Row(AGAIN, "b", *BUSY),
    FailureKind.NETWORK: Row(AGAIN, "b", *BUSY),
    FailureKind.DECODE: Row(AGAIN, "b", *BUSY),
    FailureKind.EMPTY: Row(AGAIN, "b", *BUSY),
}
KINDS = pytest.mark.parametrize("kind", FailureKind)


def name_of(this: Step) -> str:
    """Provider, and 2 for the second model."""
    return this.endpoint.provider + ("2" if this.asked == TWO else "")


def fail_all(kind: FailureKind, *, most: int = 100) -> tuple[str, Refusal]:
    """Every try fails in the same way: what was tried, and the last word."""
    turns = Failover(PLAN, most)
    tried: list[str] = []
    while (this := turns.next()) is not None:
        tried.append(name_of(this))
        provider = this.endpoint.provider.upper()
        turns.failed(this, provider, UpstreamError(kind, "no"), other_key=False)
    return " ".join(tried), turns.exhausted((ONE, TWO))


def test_failover_table_covers_every_kind_of_failure() -> None:
    """A new kind needs a row."""
    assert set(TABLE) == set(FailureKind) == set(VERDICTS)


@KINDS
def test_failover_tries_what_may_do_better(kind: FailureKind) -> None:
    """Other endpoints, other models, once more what may have been chance; or nothing at all."""
    assert fail_all(kind)[0] == TABLE[kind].tried


@KINDS
def test_failover_uses_another_key_of_the_same_endpoint_first(kind: FailureKind) -> None:
    """Only where the failure was the key's."""
    turns = Failover(PLAN, 100)
    first = turns.next()
    assert first is not None
    turns.failed(first, "A", UpstreamError(kind, "no"), other_key=True)
    following = turns.next()
    assert ("" if following is None else name_of(following)) == TABLE[kind].keyed


@KINDS
def test_failover_tells_the_client_what_it_came_to(kind: FailureKind) -> None:
    """The status, type and availability code of the contract, with all attempts in order."""
    tried, refusal = fail_all(kind)
    row = TABLE[kind]
    code = None if refusal.availability is None else refusal.availability.code
    assert (status_of(refusal), refusal.error_type, code) == (row.status, row.error_type, row.code)
    assert [a.status for a in refusal.attempts] == [kind.value] * len(tried.split())
    assert refusal.provider in {"A", "B"}
    assert "no" in refusal.message


@KINDS
def test_failover_never_blames_the_caller_for_our_keys(kind: FailureKind) -> None:
    """No failure of a provider becomes a 401, 402 or 403."""
    assert status_of(fail_all(kind)[1]) not in {401, 402, 403}


def test_failover_ends_after_so_many_attempts() -> None:
    """Over all endpoints and models together."""
    assert fail_all(FailureKind.SERVER, most=2)[0] == "a b"
    assert fail_all(FailureKind.SERVER, most=4)[0] == "a b a2 a"


def told_of(*failures: UpstreamError) -> Refusal:
    """The last word on failures of providers A, B and C."""
    turns = Failover([step("a"), step("b"), step("c")][: len(failures)], 10)
    for failure, provider in zip(failures, "ABC", strict=False):
        this = turns.next()
        assert this is not None
        turns.failed(this, provider, failure, other_key=False)
    return turns.exhausted((ONE,))


def test_failover_tells_the_callers_own_fault_before_others() -> None:
    """A 400 that the caller can mend is worth more than the 500 that came after it."""
    refusal = told_of(
        UpstreamError(FailureKind.BAD_REQUEST, "temperature is too high", status=400),
        UpstreamError(FailureKind.SERVER, "oops", status=500),
    )
    assert (status_of(refusal), refusal.provider) == (400, "A")
    assert refusal.message == "All 2 attempts failed; A said: temperature is too high"
    assert refusal.availability is None
    assert [(a.provider, a.code) for a in refusal.attempts] == [("A", 400), ("B", 500)]


def test_failover_tells_the_shortest_wait() -> None:
    """The least that any of them asked for, in whole seconds, where waiting helps."""
    refusal = told_of(
        UpstreamError(FailureKind.RATE_LIMITED, "x", status=429, retry_after_s=20.0),
        UpstreamError(FailureKind.RATE_LIMITED, "x", status=429, retry_after_s=2.1),
        UpstreamError(FailureKind.RATE_LIMITED, "x", status=429),
    )
    assert refusal.retry_after_s == 2.1
    assert refusal.availability is not None
    assert (refusal.availability.retry_after, refusal.availability.retryable) == (3, True)
    assert refusal.availability.affected_providers == ("a", "b", "c")


def test_failover_mixed_limits_and_faults_are_a_passing_state() -> None:
    """Some limited, some down: unavailable for now, with the hint that there is."""
    refusal = told_of(
        UpstreamError(FailureKind.RATE_LIMITED, "x", status=429, retry_after_s=7),
        UpstreamError(FailureKind.SERVER, "x", status=500),
    )
    assert (status_of(refusal), refusal.error_type) == (503, "provider_overloaded")
    assert refusal.retry_after_s == 7


def test_failover_gives_no_hope_where_waiting_will_not_help() -> None:
    """A refused key does not mend itself: no availability block, no Retry-After."""
    refusal = told_of(
        UpstreamError(FailureKind.AUTH, "x", status=401, retry_after_s=5),
        UpstreamError(FailureKind.SERVER, "x", status=500),
    )
    assert (status_of(refusal), refusal.retry_after_s, refusal.availability) == (502, None, None)


def test_failover_never_passes_a_success_status_off_as_an_error_code() -> None:
    """`previous_errors` holds error codes: a 200 that was none, or no answer at all, is a 502."""
    refusal = told_of(
        UpstreamError(FailureKind.EMPTY, "x", status=200),
        UpstreamError(FailureKind.DECODE, "x", status=302),
        UpstreamError(FailureKind.NETWORK, "x"),
    )
    assert [a.code for a in refusal.attempts] == [502, 502, 502]


@KINDS
def test_failover_of_a_broken_answer_keeps_the_failures_own_type(kind: FailureKind) -> None:
    """After the first content there is nobody else to blame."""
    refusal = broken_off("A", UpstreamError(kind, "no", code="x1"))
    assert refusal.error_type == VERDICTS[kind].error_type
    assert (refusal.provider, refusal.provider_code, refusal.availability) == ("A", "x1", None)
