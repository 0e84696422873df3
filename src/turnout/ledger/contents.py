"""What was asked and answered, kept only where the operator wants it.

It is written within a second, beside the records and not with them: a process that is killed loses
the last of it, and what comes in faster than it can be stored is dropped and counted.
"""

import asyncio
import contextlib
import logging
import re
import sqlite3
from collections.abc import Mapping
from typing import Final

import msgspec

from turnout.store.database import Database, StoreUnavailable
from turnout.store.statements import SQL

PROMPT_FIELDS: Final = (
    *("system", "instructions", "messages", "input", "prompt", "suffix", "query", "documents"),
    *("tools", "response_format"),
)
PROMPT_BYTES: Final = 256 * 1024
WAITING_BYTES: Final = 32 * 1024 * 1024
PERIOD_S: Final = 1.0
_HELPING: Final = 1000
_MEDIA: Final = re.compile(rb'"(data:[^";,]{0,100})[^"]{200,}"|("data":\s*)"[A-Za-z0-9+/=]{200,}"')

log: Final = logging.getLogger(__name__)


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """One request's content.

    Attributes:
        prompt: The fields of the request that hold it, as JSON; media are left out.
        completion: Visible text; calls of tools as name and arguments.
        cut: Something was too long and is not kept whole; then the prompt may be no JSON.
    """

    id: str
    created_ms: int
    prompt: bytes
    completion: str
    reasoning: str
    cut: bool


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What a model said, as the tally of its answer holds it.

    Attributes:
        escaped: `spoken` is the inside of a JSON string.
        more: Bytes that were said beyond.
    """

    spoken: bytes = b""
    thought: bytes = b""
    escaped: bool = False
    more: int = 0


class Contents:
    """See the module. Belongs to one event loop."""

    def __init__(self, database: Database, *, on: bool) -> None:
        self.on = on
        self._database = database
        self._waiting: dict[str, Content] = {}
        self._waiting_bytes = 0
        self._dropped = 0

    def add(
        self,
        id: str,  # noqa: A002 (it is the record's own word)
        created_ms: int,
        fields: Mapping[str, msgspec.Raw],
        said: Said,
    ) -> None:
        """Takes the content of a settled generation; neither blocks nor fails."""
        prompt = _MEDIA.sub(_left_out, _prompt(fields))
        size = min(len(prompt), PROMPT_BYTES) + len(said.spoken) + len(said.thought)
        if self._waiting_bytes + size > WAITING_BYTES:
            self._dropped += 1
            return
        self._waiting_bytes += size
        self._waiting[id] = Content(
            id=id,
            created_ms=created_ms,
            prompt=prompt[:PROMPT_BYTES],
            completion=_text(said),
            reasoning=said.thought.decode(errors="replace"),
            cut=len(prompt) > PROMPT_BYTES or said.more > 0,
        )

    async def get(self, id: str) -> Content | None:  # noqa: A002 (it is the record's own word)
        """The content of a generation, None where it was not kept.

        Raises:
            StoreUnavailable: The store cannot be read.
        """
        waiting = self._waiting.get(id)
        if waiting is not None:
            return waiting
        rows = await self._database.read("find_content", {"id": id})
        return msgspec.convert(rows[0], Content, strict=False) if rows else None

    async def flush(self) -> None:
        """Stores what waits.

        Raises:
            StoreUnavailable: It could not be stored, and waits on.
        """
        batch = dict(self._waiting)
        if batch:
            rows = [msgspec.structs.asdict(content) for content in batch.values()]
            await self._database.write(lambda db: db.executemany(SQL["insert_content"], rows))
        for name in batch:
            del self._waiting[name]
        self._waiting_bytes = sum(map(_size, self._waiting.values()))
        if self._dropped:
            log.warning("contents not kept", extra={"count": self._dropped})
            self._dropped = 0

    async def flush_forever(self) -> None:
        """Stores what waits every second, until cancelled."""
        while True:
            await asyncio.sleep(PERIOD_S)
            try:
                await self.flush()
            except StoreUnavailable as error:
                log.warning("contents wait to be stored", extra={"why": str(error)})

    async def prune(self, before_ms: int) -> int:
        """Deletes what is older than a moment, in helpings; how many.

        Raises:
            StoreUnavailable: The store failed; helpings before that are gone.
        """
        params = {"before_ms": before_ms, "limit": _HELPING}

        def prune(db: sqlite3.Connection) -> int:
            return db.execute(SQL["prune_contents"], params).rowcount

        pruned = 0
        while True:
            helping = await self._database.write(prune)
            pruned += helping
            if helping < _HELPING:
                return pruned


def _size(content: Content) -> int:
    return len(content.prompt) + len(content.completion) + len(content.reasoning)


def _prompt(fields: Mapping[str, msgspec.Raw]) -> bytes:
    return msgspec.json.encode({name: fields[name] for name in PROMPT_FIELDS if name in fields})


def _left_out(found: re.Match[bytes]) -> bytes:
    head, member = found[1], found[2]
    return b'"%b (left out)"' % head if head is not None else b'%b"(left out)"' % member


def _text(said: Said) -> str:
    if said.escaped:
        with contextlib.suppress(msgspec.DecodeError):  # cut in an escape, or calls among the words
            return msgspec.json.decode(b'"%b"' % said.spoken, type=str)
    return said.spoken.decode(errors="replace")
