"""Remembers what a model thought in earlier turns: thinking signatures, encrypted items and so on.

Providers want it back unchanged, and many clients strip it. It is kept in memory only, bounded in
bytes and entries, for a time; the least recently used goes first. Every handle belongs to one API
key, so that nothing crosses from one caller to another.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Annotated, Final

import msgspec

from turnout.core.clock import Clock
from turnout.core.conversation import Conversation, Opaque, Reasoning

_ENTRY_B: Final = 512
"""What an entry takes beside its texts, roughly."""


class VaultLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds of the vault, where thinking is kept for clients that strip it; memory only.

    Attributes:
        enabled: Whether thinking is kept at all.
        max_bytes: Of all that is kept; the least recently used goes first.
        max_entries: Turns that are kept, of all callers together.
        ttl_s: Seconds after which a turn that nobody came back to is forgotten.
    """

    enabled: bool = True
    max_bytes: Annotated[int, msgspec.Meta(ge=0, le=1 << 36)] = 64 * 1024 * 1024
    max_entries: Annotated[int, msgspec.Meta(ge=0, le=10_000_000)] = 50_000
    ttl_s: Annotated[float, msgspec.Meta(gt=0, le=2_592_000)] = 21_600.0


class Maker(msgspec.Struct, frozen=True):
    """Who made a turn: the provider's slug, the model's slug, the endpoint's id."""

    provider: str
    model: str
    endpoint: str


class Turn(msgspec.Struct, frozen=True):
    """What one assistant turn thought.

    Attributes:
        layout: Thoughts and the ids of calls, in the order in which they came.
        seals: Seals that calls carried, by call id.
    """

    layout: tuple[Reasoning | str, ...]
    seals: Mapping[str, Opaque]
    maker: Maker

    @property
    def size_b(self) -> int:
        """Roughly what it takes in memory."""
        size = _ENTRY_B + sum(_opaque_b(seal) for seal in self.seals.values())
        for one in self.layout:
            size += len(one) if isinstance(one, str) else len(one.text) + _opaque_b(one.opaque)
        return size


class Recalled(msgspec.Struct, frozen=True, kw_only=True):
    """A request's earlier thinking as far as the vault knows of it.

    Attributes:
        conversation: The request with all of it.
        restored: How many turns the client had sent without theirs.
        maker: Who made the latest of these turns.
        open_loop: The request brings the results of that turn's calls.
    """

    conversation: Conversation
    restored: int
    maker: Maker
    open_loop: bool


class _Entry(msgspec.Struct):
    handles: tuple[tuple[str, str], ...]
    turn: Turn
    size_b: int
    until_s: float


class Vault:
    """The turns of all callers."""

    def __init__(self, clock: Clock, limits: VaultLimits) -> None:
        self._clock = clock
        self._limits = limits
        self._entries: OrderedDict[int, _Entry] = OrderedDict()
        self._by_handle: dict[tuple[str, str], int] = {}
        self._owned: dict[str, int] = {}
        self._size_b = 0
        self._next = 0

    @property
    def size_b(self) -> int:
        """What all turns take, roughly; at most `max_bytes`."""
        return self._size_b

    def __len__(self) -> int:
        return len(self._entries)

    def holds(self, owner: str) -> bool:
        """Whether anything is kept for this key: a look that costs nothing."""
        return owner in self._owned

    def keep(self, owner: str, handles: Sequence[str], turn: Turn) -> None:
        """Keeps a turn under each of its handles; a handle that was there before changes hands."""
        size_b = turn.size_b
        if not self._limits.enabled or not handles or size_b > self._limits.max_bytes // 4:
            return
        mine = tuple((owner, handle) for handle in handles)
        for handle in mine:
            if (before := self._by_handle.get(handle)) is not None:
                self._drop(before)
        number, self._next = self._next, self._next + 1
        until_s = self._clock.now_s() + self._limits.ttl_s
        self._entries[number] = _Entry(mine, turn, size_b, until_s)
        self._by_handle.update(dict.fromkeys(mine, number))
        self._owned[owner] = self._owned.get(owner, 0) + 1
        self._size_b += size_b
        self._make_room()

    def find(self, owner: str, handle: str) -> Turn | None:
        """The turn behind a handle of that key; being asked for, it is kept for longer."""
        number = self._by_handle.get((owner, handle))
        if number is None:
            return None
        entry = self._entries[number]
        now_s = self._clock.now_s()
        if now_s >= entry.until_s:
            self._drop(number)
            return None
        entry.until_s = now_s + self._limits.ttl_s
        self._entries.move_to_end(number)
        return entry.turn

    def _make_room(self) -> None:
        """The order is of use, which is that of expiry too: each use begins the time anew."""
        now_s = self._clock.now_s()
        while self._entries:
            number, oldest = next(iter(self._entries.items()))
            full = self._size_b > self._limits.max_bytes
            full = full or len(self._entries) > self._limits.max_entries
            if not full and now_s < oldest.until_s:
                return
            self._drop(number)

    def _drop(self, number: int) -> None:
        entry = self._entries.pop(number)
        self._size_b -= entry.size_b
        for handle in entry.handles:
            if self._by_handle.get(handle) == number:
                del self._by_handle[handle]
        owner = entry.handles[0][0]
        self._owned[owner] -= 1
        if not self._owned[owner]:
            del self._owned[owner]


def handle_of_call(call_id: str) -> str:
    """The handle of a turn that called a tool."""
    return f"call:{call_id}"


def handle_of_text(text: str) -> str:
    """The handle of a turn that only spoke: what was visible, hashed without blanks around it."""
    return "text:" + sha256(text.strip().encode("utf-8", "surrogatepass")).hexdigest()


def _opaque_b(opaque: Opaque | None) -> int:
    if opaque is None:
        return 0
    return len(opaque.signature or "") + len(opaque.data or "") + len(opaque.id or "")
