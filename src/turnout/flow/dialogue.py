"""Dialogues: which requests go on with each other, and where their prompt cache is warm.

`warm` looks before the plan, `stay` takes in an answer. What a request pays when nothing is kept
for its key, and no answer spoke of a cache, is one look into a dict. Source: contract section 3.8.
"""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Final, cast

import msgspec

from turnout.core.types import Dialect, Endpoint, Unpriced
from turnout.core.usage import Usage
from turnout.dialects.adapter import Inbound
from turnout.flow.gateway import Gateway
from turnout.flow.generation import Draft
from turnout.flow.planned import Sticky
from turnout.flow.trial import Try
from turnout.metrics.dialogues import Dialogue

_CHATS: Final[frozenset[Dialect]] = frozenset(
    {"openai.chat", "openai.responses", "anthropic.messages"}
)
"""In other dialects a session only groups records (contract section 6)."""
_ITEMS: Final = msgspec.json.Decoder(list[msgspec.Raw])
_SYSTEM: Final = ("system", "developer")


class _Item(msgspec.Struct):
    role: str | None = None


_ITEM: Final = msgspec.json.Decoder(_Item)


def warm(gateway: Gateway, making: Draft) -> Sticky | None:
    """Where the request's dialogue was last served, None when that is not known.

    In an open loop of calls that is where its thinking was, which nobody else can read.
    """
    assert making.inbound is not None  # noqa: S101 (parse comes before plan)
    if making.recalled is not None and making.recalled.open_loop:
        return Sticky(endpoint=making.recalled.maker.endpoint, hard=True)
    if not gateway.dialogues.holds(making.key_hash):
        return None
    making.dialogue = name_of(making.key_hash, making.inbound)
    return known(gateway, making.dialogue)


def known(gateway: Gateway, name: bytes | None) -> Sticky | None:
    """What is remembered under a dialogue's name."""
    if name is None or not gateway.snapshot.policy.sticky.enabled:
        return None
    found = gateway.dialogues.find(name, gateway.clock.now_s())
    return None if found is None else Sticky(endpoint=found.endpoint, cached_tok=found.cached_tok)


def stay(this: Try, usage: Usage) -> None:
    """After a whole answer: remembers the endpoint where coming back to it saves something.

    That is where the answer reported use of a cache, or, of a session, where reading a cache is
    cheaper than a prompt. A dialogue whose cache was not used there any more is forgotten.
    """
    making, inbound, dialogues = this.making, this.inbound, this.gateway.dialogues
    rules, now_s = this.snapshot.policy.sticky, this.gateway.clock.now_s()
    used_tok = usage.cache_read + usage.cache_write + usage.cache_write_1h
    wanted = used_tok > 0 or _is_wanted(this)
    if not wanted and making.dialogue is None:
        return
    name = making.dialogue or name_of(making.key_hash, inbound)
    if name is None or not rules.enabled or inbound.preferences.order:
        return
    before = dialogues.find(name, now_s)
    if not wanted:
        if before is not None and before.endpoint == this.endpoint.id and not usage.estimated:
            dialogues.forget(name)
        return
    here = before is not None and before.endpoint == this.endpoint.id
    # A cache that is filled unasked says nothing the first time; the second time it must show.
    believed_tok = used_tok if used_tok or here else usage.prompt_tok
    idle_s = rules.long_idle_s if usage.cache_write_1h else rules.idle_s
    if here and before is not None and usage.cache_read:
        idle_s = max(idle_s, before.idle_s)
    dialogues.keep(
        name,
        Dialogue(
            owner=making.key_hash,
            endpoint=this.endpoint.id,
            cached_tok=believed_tok,
            idle_s=idle_s,
            until_s=now_s + idle_s,
        ),
        rules.most_kept,
    )


def _is_wanted(this: Try) -> bool:
    """Whether to come back though nobody spoke of a cache: a session at an endpoint with one.

    What a router picked for a session stays its pick, cache or not.
    """
    inbound, plan = this.inbound, this.making.plan
    routed = plan is not None and plan.routed is not None
    if routed and inbound.wishes.auto is not None and inbound.wishes.auto.pin_model:
        return True
    return inbound.session_id is not None and (routed or _saves(this.endpoint))


def _saves(endpoint: Endpoint) -> bool:
    price = endpoint.price
    if isinstance(price, Unpriced):
        return False
    rates = price.rates
    return rates.cache_read is not None and rates.cache_read < rates.prompt


def name_of(owner: str, inbound: Inbound) -> bytes | None:
    """The hash that a request's dialogue is known by, within a key and a model.

    By its session, else by its cache key, else by its opening; None for what is no chat.
    """
    if inbound.dialect not in _CHATS:
        return None
    key = inbound.fields.get("prompt_cache_key")
    if inbound.session_id is not None:
        kind, said = b"session", inbound.session_id.encode("utf-8", "surrogatepass")
    elif key is not None and bytes(key).startswith(b'"') and len(key) > len('""'):
        kind, said = b"cache key", bytes(key)
    else:
        kind, said = b"opening", _opening(inbound.fields)
    name = blake2b(digest_size=16)
    for part in (owner.encode(), inbound.models[0].encode(), kind, said):
        name.update(len(part).to_bytes(8, "big") + part)
    return name.digest()


def _opening(fields: Mapping[str, msgspec.Raw]) -> bytes:
    """The first words of the system and the first of anybody else: what later turns repeat."""
    parts: list[object] = [
        _plain(msgspec.json.decode(fields[name]))
        for name in ("system", "instructions")
        if name in fields
    ]
    said = fields["messages"] if "messages" in fields else fields["input"]
    if not bytes(said).lstrip().startswith(b"["):
        return msgspec.json.encode([*parts, _plain(msgspec.json.decode(said))], order="sorted")
    heard_system = False
    for item in _ITEMS.decode(said):
        system = _ITEM.decode(item).role in _SYSTEM
        if not system or not heard_system:
            parts.append(_plain(msgspec.json.decode(item)))
        heard_system = True
        if not system:
            break
    return msgspec.json.encode(parts, order="sorted")


def _plain(node: object) -> object:
    """Without marks of a cache, which clients move from turn to turn; one text is a string."""
    if isinstance(node, list):
        items = [_plain(item) for item in cast("list[object]", node)]
        only = items[0] if len(items) == 1 else None
        if isinstance(only, dict) and only.keys() == {"type", "text"}:
            return cast("dict[str, object]", only)["text"]
        return items
    if isinstance(node, dict):
        fields = cast("dict[str, object]", node)
        return {n: _plain(value) for n, value in fields.items() if n not in _MARKS}
    return node


_MARKS: Final = frozenset({"cache_control", "prompt_cache_breakpoint"})
