"""Decides what there is to do for an attempt, and does it in order."""

import asyncio
from typing import Final, cast

import msgspec

from turnout.core.conversation import Conversation
from turnout.core.errors import FailureKind, UpstreamError
from turnout.core.pipeline import Stage
from turnout.core.types import Modality
from turnout.dialects.adapter import Inbound, Tally
from turnout.dialects.bridge import Translation
from turnout.dialects.lowering.healing import Healing
from turnout.dialects.plugins import NO_WISHES, without_served
from turnout.dialects.powers import Rewrites, TakesThoughts, TakesUrls
from turnout.flow.gateway import Gateway
from turnout.flow.generation import Draft
from turnout.flow.planned import SMALL_TOK
from turnout.flow.prepare import shortening, thinking
from turnout.flow.prepare.files import read_files
from turnout.flow.prepare.media import fetch_media
from turnout.flow.prepare.searching import search_web
from turnout.flow.prepare.work import Work
from turnout.flow.trial import Try, patiently
from turnout.vault.vault import Maker

_EARLIER: Final = (b'"assistant"', b'"function_call"')
_SEALS: Final = (b'"signature"', b'"reasoning_details"', b'encrypted_content"', b'"redacted_')
_TEXT: Final[frozenset[Modality]] = frozenset({"text"})
_IMAGE: Final[frozenset[Modality]] = frozenset({"image"})


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
        Refusal: Nobody could be asked so: a picture is not there, a file cannot be read.
        UpstreamError: This endpoint cannot be asked so, or the request's time is over.
    """
    if not _has_work(this):
        return this
    recalled = this.making.recalled
    said = this.inbound.conversation()
    work = Work(this, said, said if recalled is None else recalled.conversation)
    if not work.passes or recalled is not None or this.making.unsealed:
        _fit_thinking(work)  # what passes is the caller's, with whatever else there is to do
    if this.inbound.wishes is not NO_WISHES or this.inbound.needs.inputs != _TEXT:
        await _meanwhile(this, work)
    elif _is_long(this):
        await shortening.shorten(work)
    return work.ready()


def _has_work(this: Try) -> bool:
    making, inbound = this.making, this.inbound
    if inbound.wishes is not NO_WISHES or making.recalled is not None or making.unsealed:
        return True
    if inbound.needs.inputs != _TEXT and _needs_values(this):
        return True
    if _is_long(this):
        return True
    return isinstance(this.bridge, Translation) and _mentions(inbound, _SEALS)


def _needs_values(this: Try) -> bool:
    """Some medium may have to be fetched or read for this endpoint."""
    inputs, adapter = this.inbound.needs.inputs - _TEXT, this.side.adapter
    if _reads_files(this):
        return True
    return isinstance(adapter, TakesUrls) and bool(inputs - adapter.takes_urls)


def _reads_files(this: Try) -> bool:
    """Documents become text: the endpoint takes none, or the caller would have it so."""
    needs, engine = this.inbound.needs, this.inbound.wishes.files
    if "file" not in needs.inputs or not this.snapshot.reads_files or engine == "native":
        return False
    return engine is not None or "file" not in this.endpoint.inputs


def _is_long(this: Try) -> bool:
    needs, context_tok = this.inbound.needs, this.endpoint.context_tok
    if needs.compress is False or needs.outputs == _IMAGE:
        return False
    if needs.compress is None and context_tok > SMALL_TOK:
        return False
    return shortening.may_overflow(needs, context_tok)


async def _meanwhile(this: Try, work: Work) -> None:
    """The slow steps, while a client that waits gets its signs of life."""
    try:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(_slowly(this, work))

            async def wait(seconds: float) -> None:
                done, _ = await asyncio.wait((task,), timeout=seconds)
                if not done:
                    raise TimeoutError

            until_s = this.deadlines.total_at_s
            await patiently(this, wait, until_s, FailureKind.TOTAL_TIMEOUT)
    except ExceptionGroup as failures:
        raise _first(failures) from failures


def _first(failure: Exception) -> Exception:
    """What went wrong first; groups in groups come of fetching side by side."""
    while isinstance(failure, ExceptionGroup):
        failure = cast("ExceptionGroup[Exception]", failure).exceptions[0]
    return failure


async def _slowly(this: Try, work: Work) -> None:
    wishes, needs = this.inbound.wishes, this.inbound.needs
    if needs.inputs != _TEXT:
        reads = _reads_files(this)
        await fetch_media(work, files_too=reads)
        if reads:
            await read_files(work)
    work.conversation = _served(work.conversation)
    if wishes.web is not None:
        await search_web(work, wishes.web)
    if _is_long(this) or (work.this.making.files and needs.compress is not False):
        await shortening.shorten(work)
    if wishes.heal:
        _heal(work)
    work.lost += wishes.unserved


def _served(conversation: Conversation) -> Conversation:
    """The request without the plugins that this gateway has served; routers get the others."""
    if "plugins" not in conversation.extra and "transforms" not in conversation.extra:
        return conversation
    extra = {name: raw for name, raw in conversation.extra.items() if name != "transforms"}
    if "plugins" in extra:
        left = without_served(extra.pop("plugins"))
        if left is not None:
            extra["plugins"] = left
    return msgspec.structs.replace(conversation, extra=extra)


def _heal(work: Work) -> None:
    """Only whole answers that shall be JSON; a stream is said before it could be mended."""
    output = work.conversation.output
    if work.this.inbound.stream or output is None or output.kind not in _JSON:
        return
    work.undo.append(Healing(work.this.making.healed))


_JSON: Final = frozenset({"json_object", "json_schema"})


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
    """After a whole answer: notes its repairs; keeps its thinking where it will be wanted back."""
    if this.making.healed:
        _note_healing(this.making)
    if tally.thoughts is None or "n" in this.inbound.fields:
        return
    endpoint, adapter = this.endpoint, this.side.adapter
    maker = Maker(endpoint.provider, endpoint.model, endpoint.id)
    plain = isinstance(adapter, TakesThoughts) and adapter.takes_thoughts
    thinking.remember(this.gateway.vault, this.making.key_hash, tally, maker, plain=plain)


def _note_healing(making: Draft) -> None:
    making.pipeline["response-healing"] = Stage(
        name="response-healing",
        type="response_healing",
        summary="Repaired the JSON of the answer.",
        data={"choices": len(making.healed)},
    )
