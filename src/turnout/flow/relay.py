"""After the commit point: pump, show signs of life, end well or say honestly that it did not.

The last words (usage, the end mark) are sent only after the record is written, so a client that has
its whole answer can read its record at once.
"""

from typing import Final

from turnout.core.errors import FailureKind, UpstreamError
from turnout.dialects.adapter import Tally
from turnout.flow.generation import Client
from turnout.flow.trial import OpenStream, Try, patiently

HELD_BYTES: Final = 64 * 1024
"""Kept of what was said, for an estimate; a longer text is scaled up from its beginning."""

PIECE_BYTES: Final = 64 * 1024
"""Translated and written at once: what a client that stops reading can make us hold of it."""

FINISH_GRACE_S: Final = 2.0
"""After a finish reason, how long to wait for usage and the end mark before doing without."""


async def relay(this: Try, opened: OpenStream, client: Client) -> UpstreamError | None:
    """Pumps the stream until its last content; None when the answer is whole, else why not.

    The end mark is left to the caller. Back-pressure: the next read waits for the client's write.
    """
    translator = opened.translator
    await client.write(opened.take_early())
    try:
        await _pump(this, opened, client)
    except UpstreamError as error:
        error.status = error.status or opened.exchange.status
        return error
    tally = translator.tally
    if tally.error is not None:
        tally.error.status = tally.error.status or opened.exchange.status
        return tally.error
    if tally.finish is None:
        return UpstreamError(
            FailureKind.NETWORK, "The provider's stream ended without a finish.", status=200
        )
    return None


async def _pump(this: Try, opened: OpenStream, client: Client) -> None:
    exchange, translator = opened.exchange, opened.translator
    tally = translator.tally
    clock, idle_s, making = this.gateway.clock, this.deadlines.timeouts.idle_s, this.making
    while not tally.ended and tally.error is None:
        grace = tally.finish is not None
        making.shown_s = now_s = clock.now_s()
        until_s = now_s + (FINISH_GRACE_S if grace else idle_s)
        try:
            data = await patiently(this, exchange.read, until_s, FailureKind.IDLE_TIMEOUT)
        except UpstreamError:
            if grace:
                return
            raise
        if not data:
            await _say(translator.end(), client)
            return
        for start in range(0, len(data), PIECE_BYTES):
            await _say(translator.feed(data[start : start + PIECE_BYTES]), client)
        if len(tally.spoken) > HELD_BYTES or len(tally.thought) > HELD_BYTES:
            _forget(tally)


async def _say(out: bytes, client: Client) -> None:
    if out:
        await client.write(out)


def _forget(tally: Tally) -> None:
    tally.spoken_more += max(0, len(tally.spoken) - HELD_BYTES)
    tally.thought_more += max(0, len(tally.thought) - HELD_BYTES)
    del tally.spoken[HELD_BYTES:]
    del tally.thought[HELD_BYTES:]


async def let_go(opened: OpenStream) -> None:
    """Gives the connection back when the upstream ends the body within a moment, else closes it."""
    try:
        while await opened.exchange.read(FINISH_GRACE_S):
            pass
    except (TimeoutError, UpstreamError):
        pass
    finally:
        opened.exchange.abort()
