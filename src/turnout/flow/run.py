"""The gateway in one screen: every request goes through here, top to bottom.

authenticate → parse → recall → plan → prepare → attempt (on failure: the next endpoint) → relay →
measure → account
"""

import asyncio

from turnout.core.errors import Refusal, UpstreamError
from turnout.core.types import GenerationState
from turnout.dialects.adapter import Bill, ClientDialect, Tally
from turnout.flow.account import Served, account, admit, metadata, settle, usage_of
from turnout.flow.attempt import attempt
from turnout.flow.authenticate import authenticate
from turnout.flow.dialogue import stay, warm
from turnout.flow.failover import Failover, broken_off
from turnout.flow.gateway import Gateway
from turnout.flow.generation import Call, Client, Draft, draft
from turnout.flow.measure import measure_cancelled, measure_failure, measure_success
from turnout.flow.parse import parse
from turnout.flow.plan import pinned, plan_of
from turnout.flow.prepare import prepare, recall, remember, without_seals
from turnout.flow.relay import let_go, relay
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
    turns = Failover(plan.steps, snapshot.policy.max_attempts, gateway.full)
    while (step := turns.next()) is not None:
        this = begin_try(gateway, snapshot, dialect, step, making, client)
        try:
            this = await prepare(this)
            opened = await attempt(this)
        except UpstreamError as error:
            other_key = measure_failure(this, error, gateway.clock.now_s())
            otherwise = without_seals(this, error)
            name = this.connection.provider.name
            turns.failed(step, name, error, other_key=other_key, otherwise=otherwise)
        except asyncio.CancelledError:
            measure_cancelled(this, gateway.clock.now_s())
            raise
        else:
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
    tally = opened.translator.tally
    try:
        error = await relay(this, opened, client)
        if error is None:
            bill = await _record(this, tally, "succeeded")
            await client.write(opened.translator.close(bill), last=True)
            await let_go(opened)
        else:
            bill = await _record(this, tally, "failed", error)
            await client.write(opened.translator.fail(error, bill), last=True)
    except asyncio.CancelledError:
        opened.exchange.abort()  # before the count: what nobody reads costs until it is cut
        if not this.making.settled:
            await _record(this, tally, "cancelled")
        raise
    finally:
        opened.exchange.abort()


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
        remember(this, tally)
        stay(this, usage)
    return account(this.gateway, this.making, Served(this.endpoint, tally, usage), state, refusal)
