"""A small request of our own to one endpoint: measured like any other, and nobody's use.

It goes the way of a caller's request from the plan to the measuring, and has no key, no record and
no charge. What it cost is told to whoever asked for it.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from turnout.core.errors import Refusal, UpstreamError
from turnout.core.ids import generation_id, seed_of
from turnout.core.types import Attempt, Endpoint, Unpriced
from turnout.core.usage import Usage, charge
from turnout.dialects.openai_chat.client import CLIENT
from turnout.flow.account import usage_of
from turnout.flow.attempt import attempt
from turnout.flow.exam import EXAM_PROMPT_TOK, Task, answer_tok, asked
from turnout.flow.gateway import Gateway
from turnout.flow.generation import Draft
from turnout.flow.measure import measure_cancelled, measure_failure, measure_success
from turnout.flow.plan import plan_for
from turnout.flow.planned import Step
from turnout.flow.relay import let_go, relay
from turnout.flow.trial import OpenStream, Try, begin_try

PROMPT_TOK: Final = 128
"""More than any tokenizer and template makes of the words."""


class Probed(msgspec.Struct, frozen=True):
    """What became of a probe; `cost_nusd` is what a caller would have been charged."""

    attempt: Attempt
    cost_nusd: int


def dearest_nusd(endpoint: Endpoint, max_tokens: int, task: Task = "words") -> int:
    """The most that a probe can cost at the list price; 0 where nobody states one."""
    if isinstance(endpoint.price, Unpriced):
        return 0
    prompt_tok = PROMPT_TOK if task == "words" else EXAM_PROMPT_TOK
    most = answer_tok(task, max_tokens)
    return charge(endpoint.price, Usage(text_in=prompt_tok, text_out=most)).total


async def probe(
    gateway: Gateway, endpoint: Endpoint, max_tokens: int, task: Task = "words"
) -> Probed | None:
    """Asks one endpoint; None when a caller's request would not be sent there now either."""
    now_ms, now_s = gateway.clock.unix_ms(), gateway.clock.now_s()
    fresh = generation_id(now_ms)
    making = Draft(
        id=fresh,
        key_hash="",
        dialect=CLIENT.dialect,
        created_ms=now_ms,
        started_s=now_s,
        shown_s=now_s,
        headers={},
        seed=seed_of(fresh),
        inbound=CLIENT.read(_body(endpoint, max_tokens, task), {}),
        probe=True,
    )
    step = _step(gateway, making, endpoint)
    if step is None:
        return None
    client = _Nobody(fresh)
    this = begin_try(gateway, gateway.snapshot, CLIENT, step, making, client)
    usage = await _asked(this, client)
    price = endpoint.price
    cost = 0 if isinstance(price, Unpriced) or usage is None else charge(price, usage).total
    return Probed(making.attempts[-1], cost)


def _body(endpoint: Endpoint, max_tokens: int, task: Task) -> bytes:
    return msgspec.json.encode(
        {
            "model": endpoint.model,
            "max_tokens": answer_tok(task, max_tokens),
            "stream": True,
            "provider": {"only": [endpoint.tag], "allow_fallbacks": False},
            **asked(task, endpoint.parameters or frozenset()),
        }
    )


def _step(gateway: Gateway, making: Draft, endpoint: Endpoint) -> Step | None:
    assert making.inbound is not None  # noqa: S101 (it was read a line before)
    snapshot = gateway.snapshot
    health = gateway.health.view(gateway.clock.now_s(), snapshot.policy.outage_window_s)
    try:
        plan = plan_for(making.inbound, snapshot, health, making.seed)
    except Refusal:
        return None
    return next((step for step in plan.steps if step.endpoint.id == endpoint.id), None)


async def _asked(this: Try, client: "_Nobody") -> Usage | None:
    """What it used; None when it failed before its first content."""
    clock = this.gateway.clock
    try:
        opened = await attempt(this)
    except UpstreamError as error:
        measure_failure(this, error, clock.now_s())
        return None
    except BaseException:
        measure_cancelled(this, clock.now_s())
        raise
    assert isinstance(opened, OpenStream)  # noqa: S101 (a stream was asked for)
    try:
        error = await relay(this, opened, client)
        ended_s = clock.now_s()
        tally = opened.translator.tally
        usage = await usage_of(this.gateway, this.inbound, tally)
        if error is not None:
            measure_failure(this, error, ended_s)
        else:
            measure_success(this, usage, tally, ended_s)
            await let_go(opened)
    finally:
        opened.exchange.abort()
    return usage


class _Nobody:
    """The client of a probe: takes everything, keeps nothing."""

    def __init__(self, generation_id: str) -> None:
        self.generation_id = generation_id

    async def answer(self, body: bytes, headers: Sequence[tuple[str, str]] = ()) -> None:
        """Dropped."""

    async def open_stream(self, headers: Sequence[tuple[str, str]] = ()) -> None:
        """Nothing to open."""

    async def write(self, data: bytes, *, last: bool = False) -> None:
        """Dropped."""
