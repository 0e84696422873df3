"""Decides what there is to do, and does it in order."""

from typing import Final

from turnout.core.errors import FailureKind, UpstreamError
from turnout.dialects.adapter import Inbound, Rewrites, Tally
from turnout.dialects.bridge import Translation
from turnout.dialects.plugins import NO_WISHES
from turnout.dialects.powers import TakesThoughts
from turnout.flow.gateway import Gateway
from turnout.flow.generation import Draft
from turnout.flow.prepare import thinking
from turnout.flow.prepare.work import Work
from turnout.flow.trial import Try
from turnout.vault.vault import Maker

_EARLIER: Final = (b'"assistant"', b'"function_call"')
_SEALS: Final = (b'"signature"', b'"reasoning_details"', b'encrypted_content"', b'"redacted_')


def recall(gateway: Gateway, making: Draft) -> None:
    """Looks for thinking of earlier turns; callers for whom nothing is kept pay one look."""
    inbound = making.inbound
    if inbound is None or not gateway.vault.holds(making.key_hash):
        return
    if _mentions(inbound, _EARLIER):
        making.recalled = thinking.recall(gateway.vault, making.key_hash, inbound.conversation())


def _mentions(inbound: Inbound, words: tuple[bytes, ...]) -> bool:
    raw = inbound.fields.get("messages") or inbound.fields.get("input")
    if raw is None:
        return False
    text = bytes(raw)
    return any(word in text for word in words)


async def prepare(this: Try) -> Try:
    """The attempt with a request that its endpoint can take; itself when it could all along.

    Raises:
        Refusal: Nobody could be asked so: a picture is not there, no search engine is set.
    """
    if not _has_work(this):
        return this
    recalled = this.making.recalled
    said = this.inbound.conversation()
    work = Work(this, said, said if recalled is None else recalled.conversation)
    _fit_thinking(work)
    return work.ready()


def _has_work(this: Try) -> bool:
    making, inbound = this.making, this.inbound
    if inbound.wishes is not NO_WISHES or making.recalled is not None or making.unsealed:
        return True
    return isinstance(this.bridge, Translation) and _mentions(inbound, _SEALS)


def _fit_thinking(work: Work) -> None:
    making, endpoint = work.this.making, work.this.endpoint
    maker = making.recalled.maker if making.recalled is not None else None
    before = work.conversation
    work.conversation = thinking.legible(before, endpoint, maker, unsealed=making.unsealed)
    if work.conversation is not before:
        work.lost.append(thinking.LOST)


def without_seals(this: Try, error: UpstreamError) -> bool:
    """Whether to try the same endpoint at once without sealed thinking, which it did not accept."""
    making = this.making
    if error.kind is not FailureKind.BAD_REQUEST or making.unsealed:
        return False
    if not thinking.blames_seals(error.message):
        return False
    conversation = making.recalled.conversation if making.recalled else this.inbound.conversation()
    able = isinstance(this.bridge, Translation) or isinstance(this.dialect, Rewrites)
    making.unsealed = able and thinking.carries_seals(conversation)
    return making.unsealed


def remember(this: Try, tally: Tally) -> None:
    """Keeps what a whole answer thought, where its provider will want it back."""
    if tally.thoughts is None or "n" in this.inbound.fields:
        return
    endpoint, adapter = this.endpoint, this.side.adapter
    maker = Maker(endpoint.provider, endpoint.model, endpoint.id)
    plain = isinstance(adapter, TakesThoughts) and adapter.takes_thoughts
    thinking.remember(this.gateway.vault, this.making.key_hash, tally, maker, plain=plain)
