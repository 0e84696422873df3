"""What an answer thought, gathered while it passes, so that a later request can give it back."""

from typing import Final, TypeAlias

import msgspec

from turnout.core.conversation import Opaque, Reasoning
from turnout.dialects.events import ReasoningDelta, ToolCallDelta

MOST_B: Final = 1024 * 1024
"""Of one answer's thinking; a longer one is not gathered."""

Layout: TypeAlias = tuple[Reasoning | str, ...]
"""Thoughts and the ids of calls, in the order in which they came."""


class _Escaped(msgspec.Struct, frozen=True):
    """Plain thinking as it stood on the wire: the inside of a JSON string."""

    text: bytes
    index: int | None


class Thoughts:
    """Collects the thinking of one choice. An event costs an append; the joining comes at the end.

    Attributes:
        lost: There was more than is held, so nothing is.
    """

    __slots__ = ("_pieces", "_size_b", "lost")

    def __init__(self) -> None:
        self._pieces: list[ReasoningDelta | ToolCallDelta | _Escaped] = []
        self._size_b = 0
        self.lost = False

    def add(self, event: ReasoningDelta | ToolCallDelta) -> None:
        """One event; of calls only those that name or seal one matter."""
        size_b = len(event.text) if isinstance(event, ReasoningDelta) else 0
        if event.opaque is not None:
            size_b += len(event.opaque.signature or "") + len(event.opaque.data or "")
        self._keep(event, size_b)

    def add_escaped(self, text: bytes, index: int | None = None) -> None:
        """Plain thinking as the inside of a JSON string; `index` as in `ReasoningDelta`."""
        self._keep(_Escaped(text, index), len(text))

    def _keep(self, piece: ReasoningDelta | ToolCallDelta | _Escaped, size_b: int) -> None:
        if self.lost:
            return
        self._size_b += size_b + 64
        if self._size_b > MOST_B:
            self.lost = True
            self._pieces.clear()
        else:
            self._pieces.append(piece)

    def layout(self) -> tuple[Layout, dict[str, Opaque]]:
        """Blocks and call ids in order, and the seals that calls carry; empty when lost."""
        out: list[Reasoning | str] = []
        ids: dict[int, str] = {}
        seals: dict[str, Opaque] = {}
        for piece in self._pieces:
            if isinstance(piece, ToolCallDelta):
                if piece.id is not None and piece.call not in ids:
                    ids[piece.call] = piece.id
                    out.append(piece.id)
                if piece.opaque is not None and piece.call in ids:
                    seals[ids[piece.call]] = piece.opaque
            else:
                _join(out, _reasoning(piece))
        return tuple(out), seals


def _reasoning(piece: ReasoningDelta | _Escaped) -> Reasoning:
    if isinstance(piece, _Escaped):
        text = msgspec.json.decode(b'"' + piece.text + b'"', type=str)
        return Reasoning(text=text, index=piece.index)
    return Reasoning(kind=piece.kind, text=piece.text, opaque=piece.opaque, index=piece.index)


def _join(out: list[Reasoning | str], more: Reasoning) -> None:
    """More of the last block: same kind and index, and not yet sealed; a seal may come late."""
    before = out[-1] if out else None
    if not isinstance(before, Reasoning) or more.kind == "encrypted":
        out.append(more)
        return
    sealed = before.opaque is not None and (before.opaque.signature or before.opaque.data)
    if sealed or (before.kind, before.index) != (more.kind, more.index):
        out.append(more)
        return
    out[-1] = msgspec.structs.replace(
        before, text=before.text + more.text, opaque=more.opaque or before.opaque
    )
