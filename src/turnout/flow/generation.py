"""A generation in the making, and the client it is for: what the stages hand to each other."""

from collections.abc import Sequence
from typing import Literal, Protocol

import msgspec

from turnout.core.clock import Clock
from turnout.core.conversation import Inline
from turnout.core.ids import generation_id, seed_of
from turnout.core.money import Nusd
from turnout.core.pipeline import Stage
from turnout.core.rules import Continuation
from turnout.core.types import Attempt, Dialect, Endpoint, Headers
from turnout.dialects.adapter import Inbound, Tally
from turnout.documents.pdf import FileText
from turnout.flow.planned import Plan
from turnout.identity.keys import Key
from turnout.upstream.search.engines import Found
from turnout.vault.vault import Recalled


class Call(Protocol):
    """One HTTP request as the edge hands it over."""

    @property
    def headers(self) -> Headers:
        """Names in lower case."""
        ...

    async def body(self) -> bytes:
        """The whole body; raises Refusal (413) over the limit."""
        ...


class Client(Protocol):
    """The answering side. Every write waits while the client does not read."""

    generation_id: str

    async def answer(self, body: bytes, headers: Sequence[tuple[str, str]] = ()) -> None:
        """A whole JSON answer with status 200."""
        ...

    async def open_stream(self, headers: Sequence[tuple[str, str]] = ()) -> None:
        """Status 200 and the head of an event stream; does nothing the second time.

        From then on an error can only be told inside the stream.
        """
        ...

    async def write(self, data: bytes, *, last: bool = False) -> None:
        """More of the stream, flushed at once."""
        ...


class Part(msgspec.Struct, frozen=True):
    """What one attempt gave of an answer before it broke off; `place`: of its attempt."""

    place: int
    endpoint: Endpoint
    tally: Tally


class Draft(msgspec.Struct, kw_only=True):
    """The record as it is being made. Mutable; owned by one run.

    Attributes:
        started_s: Monotonic second of accept.
        shown_s: Monotonic second at which the client last heard of us; at first, of accept.
        admitted: The journal knows that it has begun.
        settled: The one terminal record has been written.
        plan: What may be tried, None before it is made.
        dialogue: What the request's dialogue is known by, once somebody has looked.
        probe: Nobody asked for it but us; it gets no record.
        first_content_s: Monotonic second of a stream's first content.
        dropped: Parameters that the endpoint last tried did not get; `translated` and `emulated`:
            that it got in another form, see `Outgoing`.
        recalled: What the vault knows of the request's earlier turns.
        unsealed: An endpoint did not accept sealed thinking; no more of it is sent.
        pipeline: What the gateway did beside routing, by the name of what did it.
        media: What was fetched, by address; `files`: what was read, by hash.
        found: What a web search found, None when nothing was searched.
        healed: What of the answer was repaired.
        extra_nusd: What such work cost, whoever serves in the end, and losers of hedges.
        hedged: Whether a second endpoint was started beside a silent one, and who spoke first.
        hedge_nusd: What the one that lost cost, by estimate.
        lasting: How a stream that breaks off is gone on with, None when it is not.
        continued: How often that has been done; `spoke_s`: when the first of its attempts spoke;
            `parts`: the others of them that spoke and broke off.
    """

    id: str
    key_hash: str
    dialect: Dialect
    created_ms: int
    started_s: float
    shown_s: float
    headers: Headers
    seed: int
    inbound: Inbound | None = None
    plan: Plan | None = None
    dialogue: bytes | None = None
    attempts: list[Attempt] = msgspec.field(default_factory=list[Attempt])
    dropped: tuple[str, ...] = ()
    translated: tuple[str, ...] = ()
    emulated: tuple[str, ...] = ()
    recalled: Recalled | None = None
    unsealed: bool = False
    pipeline: dict[str, Stage] = msgspec.field(default_factory=dict[str, Stage])
    media: dict[str, Inline] = msgspec.field(default_factory=dict[str, Inline])
    files: dict[str, FileText] = msgspec.field(default_factory=dict[str, FileText])
    found: tuple[Found, ...] | None = None
    extra_nusd: Nusd = Nusd(0)
    hedged: Literal["", "won", "lost"] = ""
    hedge_nusd: Nusd = Nusd(0)
    lasting: Continuation | None = None
    continued: int = 0
    spoke_s: float | None = None
    parts: tuple[Part, ...] = ()
    healed: list[str] = msgspec.field(default_factory=list[str])
    first_content_s: float | None = None
    admitted: bool = False
    settled: bool = False
    probe: bool = False


def draft(clock: Clock, key: Key, dialect: Dialect, headers: Headers) -> Draft:
    """A fresh draft, accepted now."""
    now_ms, now_s = clock.unix_ms(), clock.now_s()
    fresh = generation_id(now_ms)
    return Draft(
        id=fresh,
        key_hash=key.hash,
        dialect=dialect,
        created_ms=now_ms,
        started_s=now_s,
        shown_s=now_s,
        headers=headers,
        seed=seed_of(fresh),
    )
