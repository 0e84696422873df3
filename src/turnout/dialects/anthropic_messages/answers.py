"""The whole answer a client reads: built here for the splice and for the translation alike.

Source: contract section 2.5: all ten keys are always there.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from turnout.dialects.adapter import Bill, Head, Tally
from turnout.dialects.anthropic_messages.said import Blocks, Piece, whole_blocks
from turnout.dialects.anthropic_messages.usage import members_of, write_usage
from turnout.dialects.anthropic_messages.vocabulary import stop_reason
from turnout.dialects.events import Completion, Finish, Identity
from turnout.dialects.tiers import anthropic_tier

_NULL: Final = msgspec.Raw(b"null")
_OURS: Final = frozenset({"id", "model", "provider", "usage"})
_KEYS: Final = (
    "type",
    "role",
    "content",
    "stop_reason",
    "stop_sequence",
    "stop_details",
    "container",
)
_MESSAGE: Final = msgspec.Raw(b'"message"')
_ASSISTANT: Final = msgspec.Raw(b'"assistant"')


def write_answer(completion: Completion, head: Head, bill: Bill) -> bytes:
    """An answer out of events."""
    blocks = Blocks()
    pieces: list[Piece] = []
    finish: Finish | None = None
    tier: str | None = None
    for event in completion.events:
        if isinstance(event, Finish) and event.choice == 0:
            finish = event
        elif isinstance(event, Identity):
            tier = event.service_tier
        pieces += blocks.pieces(event)
    pieces += blocks.end()
    reason = stop_reason(finish.reason if finish else None, finish.native if finish else None)
    fields = {
        "content": msgspec.Raw(msgspec.json.encode(whole_blocks(pieces))),
        "stop_reason": msgspec.Raw(msgspec.json.encode(reason)),
    }
    return assemble(fields, head, bill, {}, anthropic_tier(tier))


def assemble(
    fields: Mapping[str, msgspec.Raw],
    head: Head,
    bill: Bill,
    reported: Mapping[str, msgspec.Raw],
    tier: str | None = "standard",
) -> bytes:
    """The body: the ten keys first, then whatever else the upstream said."""
    fixed = {"type": _MESSAGE, "role": _ASSISTANT}
    said = {name: fields.get(name, fixed.get(name, _NULL)) for name in _KEYS}
    rest = {n: raw for n, raw in fields.items() if n not in _OURS and n not in said}
    top = msgspec.json.encode(
        {"id": head.id, "model": head.model, "provider": head.provider, **said, **rest}
    )
    end = b"}"
    if bill.metadata is not None:
        end = b',"openrouter_metadata":' + bytes(bill.metadata) + b"}"
    return top[:-1] + b',"usage":' + write_usage(bill, reported, tier) + end


class SplicedAnswer:
    """The upstream's own answer with id, model and usage made ours."""

    __slots__ = ("_fields", "_head", "tally")

    def __init__(self, fields: Mapping[str, msgspec.Raw], head: Head, tally: Tally) -> None:
        self.tally = tally
        self._fields = fields
        self._head = head

    def render(self, bill: Bill) -> bytes:
        """See Answer."""
        return assemble(self._fields, self._head, bill, members_of(self._fields.get("usage")))
