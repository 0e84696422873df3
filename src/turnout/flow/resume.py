"""A stream whose provider died after its first content goes on at another endpoint.

    relay ──▶ breaks off ──▶ the part is measured and billed ──▶ attempt at an endpoint that goes on
      ▲                                                           with a begun answer │
      └───────────────────────────────────────────────────────────────────────────────┘

What cannot be gone on with is said honestly, as it is without this. docs/explain/continuation.md
has the rules.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

import msgspec

from turnout.core.conversation import Conversation
from turnout.core.errors import FailureKind, Refusal, UpstreamError
from turnout.core.rules import Continuation
from turnout.core.types import Dialect
from turnout.core.usage import Usage
from turnout.dialects.adapter import Inbound
from turnout.dialects.bridge import Translation
from turnout.dialects.powers import Prefill, Prefills
from turnout.dialects.resuming import Resuming, Thread
from turnout.dialects.seam import Said
from turnout.flow.attempt import attempt
from turnout.flow.generation import Client
from turnout.flow.measure import measure_cancelled, measure_cut, measure_failure
from turnout.flow.planned import Step
from turnout.flow.prepare import prepare
from turnout.flow.relay import relay
from turnout.flow.trial import OpenStream, Try, begin_try
from turnout.ledger.estimate import by_bytes

_CHATS: Final[frozenset[Dialect]] = frozenset(
    {"openai.chat", "anthropic.messages", "openai.responses"}
)
NOTHING_MORE: Final = Usage(requests=0)
"""Of an answer whose every part has its line on the bill already."""


class Underway(msgspec.Struct):
    """The attempt whose words the client is being given. Mutable; owned by one run.

    Attributes:
        told: It broke off, and is measured and on the bill.
    """

    this: Try
    opened: OpenStream
    told: bool = False


def continuation(inbound: Inbound, rules: Continuation) -> Continuation | None:
    """How this request's stream is gone on with, None when it is not."""
    asked = inbound.preferences.continuation
    if not (rules.enabled if asked is None else asked):
        return None
    return rules if inbound.stream and inbound.dialect in _CHATS else None


def resumable(this: Try) -> Try:
    """The attempt with a stream that can be gone on with, where the request is to have one."""
    rules = this.making.lasting
    if rules is None:
        return this
    thread = Thread(Said(rules.most_bytes))
    bridge = Resuming(this.bridge, this.dialect, this.side.adapter, thread)
    return msgspec.structs.replace(this, bridge=bridge)


async def go_on(at: Underway, error: UpstreamError, client: Client) -> UpstreamError | None:
    """Goes on with a stream that broke off, as often as it must; None when it is whole after all.

    `at` is then the attempt that ended it.

    Raises:
        asyncio.CancelledError: The client left; an attempt that had not spoken is measured.
    """
    broken: UpstreamError | None = error
    tries = Tries()
    while broken is not None:
        if not await _take_over(at, broken, client, tries):
            return broken
        broken = await relay(at.this, at.opened, client)
    return None


class Tries(msgspec.Struct):
    """How many attempts were made to go on with one answer."""

    count: int = 0


async def _take_over(at: Underway, error: UpstreamError, client: Client, tries: Tries) -> bool:
    """Whether another endpoint has begun to go on."""
    cut, bridge = at.this, at.this.bridge
    if not isinstance(bridge, Resuming) or not _may_go_on(at, bridge.thread, error):
        return False
    rules = cut.making.lasting
    assert rules is not None  # noqa: S101 (only such attempts have this bridge)
    for step in _steps(cut):
        if tries.count >= rules.most:
            break
        this = begin_try(cut.gateway, cut.snapshot, cut.dialect, step, cut.making, client)
        how = _prefill(this, bridge.thread.said)
        if how is None:
            continue
        if not at.told:
            _leave(at, error)
        tries.count += 1
        if await _begin(at, this, how, bridge.thread):
            return True
    return False


def _may_go_on(at: Underway, thread: Thread, error: UpstreamError) -> bool:
    """Whether what was said can be gone on with, and whether it was the provider that failed."""
    if thread.said.obstacle or at.opened.translator.tally.finish is not None:
        return False
    if error.kind is FailureKind.TOTAL_TIMEOUT or error.verdict.callers_fault:
        return False
    asked = at.this.making.inbound
    assert asked is not None  # noqa: S101 (it is being served)
    conversation = asked.conversation()
    if conversation.output is not None and conversation.output.kind != "text":
        return False  # a grammar begins with the beginning of the answer
    if (conversation.sampling.n or 1) > 1:
        return False
    return bool(conversation.messages) and conversation.messages[-1].role != "assistant"


def _steps(cut: Try) -> Iterator[Step]:
    """Endpoints of the same model: those that are well first, then those tried least."""
    making, gateway = cut.making, cut.gateway
    plan = making.plan
    if plan is None:
        return iter(())
    health = gateway.health.view(gateway.clock.now_s(), cut.snapshot.policy.outage_window_s)
    tried = Counter(one.endpoint for one in making.attempts)

    def rank(step: Step) -> tuple[bool, int, bool]:
        name = step.endpoint.id
        unwell = health.state(name) in ("open", "cooling")
        return (unwell, tried[name], name == cut.endpoint.id)

    same = [step for step in plan.steps if step.endpoint.model == cut.endpoint.model]
    return (step for step in sorted(same, key=rank) if not gateway.full(step.endpoint.id))


def _prefill(this: Try, said: Said) -> Prefill | None:
    """How this endpoint goes on with it, None when it does not."""
    adapter = this.side.adapter
    how = adapter.prefill(this.endpoint) if isinstance(adapter, Prefills) else None
    return None if how is None or (said.calls and not how.calls) else how


def _leave(at: Underway, error: UpstreamError) -> None:
    """The part that was said is measured; nothing more comes of that upstream."""
    at.opened.exchange.abort()
    measure_cut(at.this, error, at.opened.translator.tally, at.this.gateway.clock.now_s())
    at.told = True


async def _begin(at: Underway, this: Try, how: Prefill, thread: Thread) -> bool:
    """One attempt to go on; `at` is that attempt when it has begun."""
    this = msgspec.structs.replace(this, purpose="continuation")
    clock = this.gateway.clock
    try:
        this = await prepare(this)
        this = _with_beginning(this, how, thread)
        opened = await attempt(this)
    except UpstreamError as error:
        measure_failure(this, error, clock.now_s())
        return False
    except Refusal:
        return False
    except BaseException:
        measure_cancelled(this, clock.now_s())
        raise
    assert isinstance(opened, OpenStream)  # noqa: S101 (a stream was asked for)
    at.this, at.opened, at.told = this, opened, False
    this.making.continued += 1
    return True


def _with_beginning(this: Try, how: Prefill, thread: Thread) -> Try:
    """The attempt with the words so far as the last turn of its request."""
    said = thread.said
    asked = this.inbound.conversation()
    turn = said.turn()
    messages = asked.messages if turn is None else (*asked.messages, turn)
    begun = msgspec.structs.replace(asked, messages=messages, max_output_tok=_left_tok(asked, said))
    inner = Translation(this.dialect, this.side.adapter)
    if turn is None:
        how = Prefill(repeats="never")
    return msgspec.structs.replace(
        this,
        inbound=msgspec.structs.replace(this.inbound, conversation=lambda: begun),
        bridge=Resuming(inner, this.dialect, this.side.adapter, thread, how),
        started_s=this.gateway.clock.now_s(),
    )


def _left_tok(asked: Conversation, said: Said) -> int | None:
    """Of the caller's limit what the words so far leave, roughly; one token at least.

    By bytes: the client waits, and a tokenizer may have to be loaded first.
    """
    limit = asked.max_output_tok
    return None if limit is None else max(1, limit - by_bytes(said.text.encode()))
