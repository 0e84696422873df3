"""Earlier thinking on its way up: each upstream gets what it can read."""

from typing import Final

import msgspec

from turnout.core.conversation import Opaque
from turnout.dialects.openai_chat.deltas import Json
from turnout.dialects.openai_responses.quirks import Quirks
from turnout.dialects.openai_responses.sealed import OPENAI, unwrapped
from turnout.wire.openai_responses import ItemHead, ThoughtItem

_ITEMS: Final = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
_HEAD: Final = msgspec.json.Decoder(list[ItemHead])
_THOUGHT: Final = msgspec.json.Decoder(ThoughtItem)
_OURS: Final = frozenset({"encrypted_content", "format", "signature"})
LOST: Final = "input.reasoning"
"""How a left-out reasoning item is reported."""


def readable(raw: bytes, quirks: Quirks) -> tuple[Json, bool] | None:
    """The input with reasoning that this upstream can read, and whether some was left out.

    None when it is right already; decoded only when the bytes hint at reasoning. Thinking at the
    end of the input leads to nothing and is a 400 ("provided without its required following item",
    recorded), so it is left out too.
    """
    if b'"reasoning"' not in raw or not raw.startswith(b"["):
        return None
    heads = _HEAD.decode(raw)
    if all(head.type != "reasoning" for head in heads):
        return None
    out: list[Json] = []
    lost = changed = False
    items = _ITEMS.decode(raw)
    last = max((at for at, head in enumerate(heads) if head.type != "reasoning"), default=-1)
    for at, (head, item) in enumerate(zip(heads, items, strict=True)):
        if head.type != "reasoning":
            out.append(dict(item))
            continue
        kept = _kept(item, quirks) if at < last or quirks.thoughts else None
        lost, changed = lost or kept is None, changed or kept != item
        if kept is not None:
            out.append(kept)
    return (out, lost) if changed else None


def _kept(item: dict[str, msgspec.Raw], quirks: Quirks) -> dict[str, Json] | None:
    """One reasoning item for this upstream, None when it could make nothing of it."""
    thought = _THOUGHT.decode(msgspec.json.encode(item))
    opaque = _opaque(thought)
    if quirks.router_fields:
        return dict(item) if opaque is None else {**item, **_spelled_out(opaque)}
    rest: dict[str, Json] = {name: raw for name, raw in item.items() if name not in _OURS}
    if opaque is not None and opaque.data is not None and _reads(opaque, thought, quirks):
        if opaque.id is not None:
            rest["id"] = opaque.id
        return {**rest, "encrypted_content": opaque.data}
    if quirks.thoughts and (thought.content or thought.summary):
        return dict(item) if opaque is None else rest
    return None


def _spelled_out(opaque: Opaque) -> dict[str, Json]:
    """Sealed state in the contract's own fields, for a router of the same contract."""
    said: dict[str, Json] = {
        "encrypted_content": opaque.data,
        "signature": opaque.signature,
        "format": opaque.format if opaque.format != OPENAI else None,
    }
    return {name: value for name, value in said.items() if name[0] == "e" or value is not None}


def _opaque(thought: ThoughtItem) -> Opaque | None:
    if not thought.encrypted_content:
        return None
    return unwrapped(thought.encrypted_content, thought.id, thought.format)


def _reads(opaque: Opaque, thought: ThoughtItem, quirks: Quirks) -> bool:
    """A bare blob is this upstream's own as far as anybody knows: it came back as it was given."""
    if quirks.sealed is None:
        return False
    bare = thought.format is None and opaque.data == thought.encrypted_content
    return bare or opaque.format == quirks.sealed
