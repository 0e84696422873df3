"""One try of one endpoint: what attempt and relay both need of it."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec

from turnout.core.errors import FailureKind, UpstreamError
from turnout.core.types import Endpoint, Purpose
from turnout.dialects.adapter import (
    Answer,
    Bridge,
    ClientDialect,
    Head,
    Inbound,
    StreamTranslator,
    Undo,
)
from turnout.dialects.bridge import bridge
from turnout.dialects.provider import Side
from turnout.flow.gateway import Connection, Gateway, Snapshot, Timeouts
from turnout.flow.generation import Client, Draft
from turnout.flow.planned import Step
from turnout.upstream.exchange import Exchange

_Waited = TypeVar("_Waited")

Pulse = Callable[[], Awaitable[None]]
"""Called when the client has waited for a whole comment period."""


class OpenStream(msgspec.Struct, frozen=True):
    """A stream past its commit point; `early` is what to say first, emptied when it is said."""

    exchange: Exchange
    translator: StreamTranslator
    early: list[bytes]

    def take_early(self) -> bytes:
        """What to say first, held no more: a first read may be large and a stream long."""
        early = b"".join(self.early)
        self.early.clear()
        return early


class WholeAnswer(msgspec.Struct, frozen=True):
    """An answer that was received whole."""

    exchange: Exchange
    answer: Answer


class Deadlines(msgspec.Struct, frozen=True, kw_only=True):
    """When to give up, and how often to show a waiting client a sign of life.

    Attributes:
        total_at_s: Monotonic second by which the whole request must end, all attempts together.
        period_s: Between two signs of life.
    """

    timeouts: Timeouts
    total_at_s: float
    period_s: float
    pulse: Pulse


class Try(msgspec.Struct, frozen=True, kw_only=True):
    """Everything one attempt needs.

    Attributes:
        side: The dialect in which the endpoint is asked.
        key_index: Which of the provider's keys, None when it has none or all are at rest.
        started_s: Monotonic second of dispatch, when the request was ready for it.
        purpose: What the attempt is made for.
        undo: What the gateway itself changes of the answer, after what the adapter undoes.
        lost: What was taken out of the request for this endpoint; `emulated`: what was done instead
            of a parameter.
    """

    gateway: Gateway
    snapshot: Snapshot
    dialect: ClientDialect
    connection: Connection
    key_index: int | None
    step: Step
    side: Side
    bridge: Bridge
    inbound: Inbound
    making: Draft
    head: Head
    started_s: float
    deadlines: Deadlines
    purpose: Purpose = "answer"
    undo: tuple[Undo, ...] = ()
    lost: tuple[str, ...] = ()
    emulated: tuple[str, ...] = ()

    @property
    def endpoint(self) -> Endpoint:
        """The endpoint being tried."""
        return self.step.endpoint

    @property
    def honesty(self) -> list[tuple[str, str]]:
        """Response headers that say what was not as it was sent, and that a hedge was started."""
        making = self.making
        named = (
            ("x-turnout-dropped", making.dropped),
            ("x-turnout-translated", making.translated),
            ("x-turnout-emulated", making.emulated),
        )
        headers = [(name, ", ".join(values)) for name, values in named if values]
        if making.hedged:
            headers.append(("x-turnout-hedged", making.hedged))
        return headers


def begin_try(
    gateway: Gateway,
    snapshot: Snapshot,
    dialect: ClientDialect,
    step: Step,
    making: Draft,
    client: Client,
) -> Try:
    """Readies one attempt: the key in turn, the bridge between the dialects, the deadlines."""
    inbound = making.inbound
    assert inbound is not None  # noqa: S101 (parse comes before plan)
    endpoint = step.endpoint
    connection = snapshot.connections[endpoint.provider]
    now_s = gateway.clock.now_s()
    side = connection.provider.speaks(endpoint.upstream_model, dialect.dialect, endpoint.dialect)

    async def pulse() -> None:
        if inbound.stream:
            await client.open_stream()
            await client.write(dialect.pulse)

    return Try(
        gateway=gateway,
        snapshot=snapshot,
        dialect=dialect,
        connection=connection,
        key_index=_key_index(gateway, connection, now_s),
        step=step,
        side=side,
        bridge=bridge(dialect, side.adapter),
        inbound=inbound,
        making=making,
        head=Head(
            making.id,
            making.created_ms // 1000,
            endpoint.model,
            connection.provider.name,
            snapshot.usage_with_choices,
            inbound.fields,
        ),
        started_s=now_s,
        deadlines=Deadlines(
            timeouts=connection.timeouts or snapshot.timeouts,
            total_at_s=making.started_s + snapshot.timeouts.total_s,
            period_s=snapshot.comment_period_s,
            pulse=pulse,
        ),
    )


def _key_index(gateway: Gateway, connection: Connection, now_s: float) -> int | None:
    """The next key that is not at rest; all at rest: the first, whose answer tells why."""
    keys = len(connection.keys)
    if not keys:
        return None
    return gateway.health.next_key(connection.provider.id, keys, now_s) or 0


async def patiently(
    this: Try,
    wait: Callable[[float], Awaitable[_Waited]],
    until_s: float,
    late: FailureKind,
) -> _Waited:
    """What `wait` brings, with a sign of life to a client that heard nothing for a period.

    Raises:
        UpstreamError: `late`, or TOTAL_TIMEOUT when the request's own time is over.
    """
    clock, making, deadlines = this.gateway.clock, this.making, this.deadlines
    until_s = min(until_s, deadlines.total_at_s)
    while True:
        now_s = clock.now_s()
        left_s = until_s - now_s
        if left_s <= 0:
            total = until_s == deadlines.total_at_s
            kind = FailureKind.TOTAL_TIMEOUT if total else late
            raise UpstreamError(kind, f"The provider was silent for too long ({kind}).")
        silent_s = making.shown_s + deadlines.period_s - now_s
        if silent_s <= 0:
            making.shown_s = now_s
            await deadlines.pulse()
            continue
        try:
            return await wait(min(left_s, silent_s))
        except TimeoutError:
            pass
