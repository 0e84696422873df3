"""The gateway in one screen: every request goes through here, top to bottom.

authenticate → parse → recall → plan → prepare → attempt (on failure: the next endpoint; when late
and wanted: a race of two) → relay (when it breaks off and wanted: resume) → measure → account
"""

import asyncio

from turnout.core.errors import Refusal, UpstreamError
from turnout.core.types import GenerationState
from turnout.dialects.adapter import Bill, ClientDialect, Tally
from turnout.flow.account import Served, account, admit, lines_of, metadata, settle, usage_of
from turnout.flow.attempt import attempt
from turnout.flow.authenticate import authenticate
from turnout.flow.dialogue import stay, warm
from turnout.flow.failover import Failover, broken_off
from turnout.flow.gateway import Gateway
from turnout.flow.generation import Call, Client, Draft, draft
from turnout.flow.measure import measure_cancelled, measure_failure, measure_success
from turnout.flow.parse import parse
from turnout.flow.plan import pinned, plan_of
from turnout.flow.prepare import prepare, recall, remember
from turnout.flow.race import fall, hedging, late_after_s, race
from turnout.flow.relay import let_go, relay
from turnout.flow.resume import NOTHING_MORE, Underway, continuation, go_on, resumable
from turnout.flow.trial import OpenStream, Try, WholeAnswer, begin_try


async def run(gateway: Gateway, dialect: ClientDialect, call: Call, client: Client) -> None:
    """Answers one request and leaves exactly one record of it.

    Raises:
        Refusal: Nothing has reached the client; the edge says why, in the caller's dialect.
        asyncio.CancelledError: The client left; the upstream is cancelled, the record written.
    """
    key = await authenticate(gateway, call.headers)
    making = draft(gateway.clock, key, dialect.dialect, call.headers)
    client.generation_id = making.id
    try:
        await _serve(gateway, dialect, call, client, making)
    except Refusal as refusal:
        settle(gateway, making, "failed", refusal)
        refusal.metadata = metadata(gateway, making)
        raise
    except asyncio.CancelledError:
        settle(gateway, making, "cancelled")
        raise
    except BaseException:
        settle(gateway, making, "failed", Refusal("server", "Internal error."))
        raise


async def _serve(
    gateway: Gateway, dialect: ClientDialect, call: Call, client: Client, making: Draft
) -> None:
    snapshot = gateway.snapshot
    inbound = making.inbound = await parse(dialect, call, snapshot, gateway.presets.known)
    health = gateway.health.view(gateway.clock.now_s(), snapshot.policy.outage_window_s)
    recall(gateway, making)
    plan = plan_of(inbound, snapshot, health, making.seed, warm(gateway, making))
    plan = making.plan = pinned(plan, making.recalled)
    if plan.refusal is not None:
        raise plan.refusal
    admit(gateway, making)
    rules = snapshot.policy.hedging
    hedged = hedging(inbound, rules)
    making.lasting = continuation(inbound, snapshot.policy.continuation)
    turns = Failover(plan.steps, snapshot.policy.max_attempts, gateway.full)
    while (step := turns.next()) is not None:
        this = begin_try(gateway, snapshot, dialect, step, making, client)
        try:
            this = await prepare(this)
            if making.lasting is not None:
                this = resumable(this)
            wait_s = late_after_s(this, rules) if hedged else None
            opened = await attempt(this) if wait_s is None else None
        except UpstreamError as error:
            fall(this, error, turns)
        except asyncio.CancelledError:
            measure_cancelled(this, gateway.clock.now_s())
            raise
        else:
            if wait_s is not None:
                this, opened = await race(this, turns, client, wait_s) or (this, None)
            if opened is not None:
                return await _deliver(this, opened, client)
    raise turns.exhausted(inbound.models)


async def _deliver(this: Try, opened: OpenStream | WholeAnswer, client: Client) -> None:
    match opened:
        case WholeAnswer(answer=answer):
            bill = await _record(this, answer.tally, "succeeded")
            await client.answer(answer.render(bill), this.honesty)
        case OpenStream():
            await client.open_stream(this.honesty)
            await _stream(this, opened, client)


async def _stream(this: Try, opened: OpenStream, client: Client) -> None:
    at = Underway(this, opened)
    try:
        error = await relay(this, opened, client)
        if error is not None and this.making.lasting is not None:
            error = await go_on(at, error, client)
        if error is None:
            bill = await _end(at, "succeeded")
            await client.write(at.opened.translator.close(bill), last=True)
            await let_go(at.opened)
        else:
            bill = await _end(at, "failed", error)
            await client.write(at.opened.translator.fail(error, bill), last=True)
    except asyncio.CancelledError:
        at.opened.exchange.abort()  # before the count: what nobody reads costs until it is cut
        if not this.making.settled:
            await _end(at, "cancelled")
        raise
    finally:
        at.opened.exchange.abort()


async def _end(at: Underway, state: GenerationState, error: UpstreamError | None = None) -> Bill:
    """The record of a stream; of one that nobody went on with in the end every part is measured."""
    this, tally = at.this, at.opened.translator.tally
    if not at.told:
        return await _record(this, tally, state, error)
    refusal = None if error is None else broken_off(this.connection.provider.name, error)
    served = Served(this.endpoint, tally, NOTHING_MORE)
    lines = await lines_of(this.gateway, this.making)
    return account(this.gateway, this.making, served, state, refusal, lines)


async def _record(
    this: Try, tally: Tally, state: GenerationState, error: UpstreamError | None = None
) -> Bill:
    """Measures the attempt and writes the record; what was used is charged, whatever happened."""
    ended_s = this.gateway.clock.now_s()
    usage = await usage_of(this.gateway, this.inbound, tally)
    refusal = None
    if error is not None:
        measure_failure(this, error, ended_s)
        refusal = broken_off(this.connection.provider.name, error)
    elif state == "cancelled":
        measure_cancelled(this, ended_s)
    else:
        measure_success(this, usage, tally, ended_s)
        if not this.making.parts:  # of parts nobody has the thinking together
            remember(this, tally)
        stay(this, usage)
    lines = await lines_of(this.gateway, this.making) if this.making.parts else ()
    served = Served(this.endpoint, tally, usage)
    return account(this.gateway, this.making, served, state, refusal, lines)
