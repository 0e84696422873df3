"""Thinking of earlier turns: put back where the client stripped it, kept from who cannot read it.

`recall` looks once for a request, `legible` once for an attempt, `remember` after an answer. Sealed
thinking is read by its maker alone. Source of who reads what: platform.claude.com/docs/en/
build-with-claude/extended-thinking (signatures hold on every platform), contract section 10.4
(Gemini's hold at one provider), platform.openai.com/docs/guides/reasoning (encrypted items hold for
one organisation).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from turnout.core.conversation import (
    Conversation,
    Message,
    Opaque,
    Part,
    Reasoning,
    Text,
    ToolCall,
    ToolResult,
)
from turnout.core.types import Endpoint
from turnout.dialects.adapter import Tally
from turnout.vault.vault import Maker, Recalled, Turn, Vault, handle_of_call, handle_of_text

_AUTHOR: Final[Mapping[str, str]] = {
    "anthropic-claude-v1": "anthropic",
    "google-gemini-v1": "google",
    "openai-responses-v1": "openai",
    "xai-responses-v1": "x-ai",
}
_ON_EVERY_PLATFORM: Final = frozenset({"anthropic-claude-v1"})
_UNREADABLE: Final = re.compile(
    r"signature|encrypted|decrypt|thinking|thought|reasoning", re.IGNORECASE
)
LOST: Final = "messages.reasoning"
"""How sealed thinking that an endpoint does not get is reported."""


def recall(vault: Vault, owner: str, conversation: Conversation) -> Recalled | None:
    """What is known of the assistant's turns in it; None when nothing is.

    Args:
        owner: Hash of the API key; what other keys were told is out of reach.
    """
    messages = list(conversation.messages)
    restored, maker = 0, None
    for place, message in enumerate(messages):
        turn = _turn_of(vault, owner, message) if message.role == "assistant" else None
        if turn is None:
            continue
        maker = turn.maker
        whole = _whole(message, turn)
        if whole is not message:
            restored += 1
            messages[place] = whole
    if maker is None:
        return None
    if restored:
        conversation = msgspec.structs.replace(conversation, messages=tuple(messages))
    return Recalled(
        conversation=conversation,
        restored=restored,
        maker=maker,
        open_loop=_is_open(messages),
    )


def _turn_of(vault: Vault, owner: str, message: Message) -> Turn | None:
    calls = [part.id for part in message.parts if isinstance(part, ToolCall)]
    for call_id in calls:
        turn = vault.find(owner, handle_of_call(call_id))
        if turn is not None:
            return turn
    text = "".join(part.text for part in message.parts if isinstance(part, Text))
    return vault.find(owner, handle_of_text(text)) if text.strip() and not calls else None


def _is_open(messages: list[Message]) -> bool:
    """The last turn of the user brings results of calls: a loop that is not through."""
    for message in reversed(messages):
        if message.role == "assistant":
            return False
        if any(isinstance(part, ToolResult) for part in message.parts):
            return True
    return False


def _whole(message: Message, turn: Turn) -> Message:
    """The turn as it was said; the message itself when the client kept all of it."""
    sealed = {_seal(one.opaque) for one in turn.layout if isinstance(one, Reasoning)}
    sealed |= {_seal(opaque) for opaque in turn.seals.values()}
    thoughts = [part for part in message.parts if isinstance(part, Reasoning)]
    kept = {_seal(part.opaque) for part in thoughts}
    kept |= {_seal(part.opaque) for part in message.parts if isinstance(part, ToolCall)}
    if sealed - {None} <= kept and bool(thoughts) == any(_reasonings(turn)):
        return message
    return msgspec.structs.replace(message, parts=tuple(_laid_out(message, turn)))


def _reasonings(turn: Turn) -> Iterator[Reasoning]:
    return (one for one in turn.layout if isinstance(one, Reasoning))


def _seal(opaque: Opaque | None) -> tuple[str | None, str | None] | None:
    if opaque is None or not (opaque.signature or opaque.data):
        return None
    return opaque.signature, opaque.data


def _laid_out(message: Message, turn: Turn) -> Iterator[Part]:
    """Thoughts where they stood among the calls; what was said stands before the first call."""
    calls = {part.id: part for part in message.parts if isinstance(part, ToolCall)}
    said = [part for part in message.parts if not isinstance(part, Reasoning | ToolCall)]
    for one in turn.layout:
        if isinstance(one, Reasoning):
            yield one
            continue
        yield from said
        said = []
        call = calls.pop(one, None)
        if call is not None:
            yield msgspec.structs.replace(call, opaque=turn.seals.get(one) or call.opaque)
    yield from said
    yield from calls.values()


# ── who may read it ─────────────────────────────────────────────────────────────────────────────


def reads(endpoint: Endpoint, opaque_format: str, maker: Maker | None) -> bool:
    """Whether an endpoint can be expected to read state of that format.

    Args:
        maker: Who made it, None when only the client knows.
    """
    if maker is not None and (maker.provider, maker.model) == (endpoint.provider, endpoint.model):
        return True
    author = _AUTHOR.get(opaque_format)
    if author is None:
        return maker is None
    if endpoint.model.removeprefix("~").partition("/")[0] != author:
        return False
    if opaque_format in _ON_EVERY_PLATFORM or maker is None:
        return True
    return maker.provider == endpoint.provider


def carries_seals(conversation: Conversation) -> bool:
    """Whether any sealed state is in it."""
    return any(
        isinstance(part, Reasoning | ToolCall | Text) and part.opaque is not None
        for message in conversation.messages
        for part in message.parts
    )


def legible(
    conversation: Conversation, endpoint: Endpoint, maker: Maker | None, *, unsealed: bool = False
) -> Conversation:
    """The conversation without what the endpoint cannot read; itself when it reads all.

    Thoughts in plain text stay as such; sealed ones without text go.

    Args:
        unsealed: Nothing sealed at all: the endpoint has refused it.
    """
    if not carries_seals(conversation):
        return conversation
    messages = tuple(
        _legible(message, endpoint, maker, unsealed=unsealed) for message in conversation.messages
    )
    if all(new is old for new, old in zip(messages, conversation.messages, strict=True)):
        return conversation
    return msgspec.structs.replace(conversation, messages=messages)


def _legible(
    message: Message, endpoint: Endpoint, maker: Maker | None, *, unsealed: bool
) -> Message:
    parts: list[Part] = []
    changed = False
    for part in message.parts:
        opaque = part.opaque if isinstance(part, Reasoning | ToolCall | Text) else None
        if opaque is None or (not unsealed and reads(endpoint, opaque.format, maker)):
            parts.append(part)
            continue
        changed = True
        if isinstance(part, ToolCall | Text):
            parts.append(msgspec.structs.replace(part, opaque=None))
        elif isinstance(part, Reasoning) and part.text:
            parts.append(Reasoning(text=part.text))
    return msgspec.structs.replace(message, parts=tuple(parts)) if changed else message


def blames_seals(message: str) -> bool:
    """Whether a provider's 400 is about sealed state, going by its words."""
    return _UNREADABLE.search(message) is not None


# ── what an answer leaves ───────────────────────────────────────────────────────────────────────


def remember(vault: Vault, owner: str, tally: Tally, maker: Maker, *, plain: bool) -> None:
    """Keeps what an answer thought, under its calls or, without any, under what it said.

    Args:
        plain: The provider wants plain thinking back too.
    """
    gathered = tally.thoughts
    if gathered is None or gathered.lost:
        return
    layout, seals = gathered.layout()
    thoughts = [one for one in layout if isinstance(one, Reasoning)]
    sealed = bool(seals) or any(_seal(thought.opaque) for thought in thoughts)
    if not sealed and not (plain and thoughts):
        return
    handles = [handle_of_call(one) for one in layout if isinstance(one, str)]
    if not handles and (text := _visible(tally)):
        handles = [handle_of_text(text)]
    vault.keep(owner, handles, Turn(layout, seals, maker))


def _visible(tally: Tally) -> str:
    """The words of an answer without calls; "" when not all of them are held."""
    if tally.spoken_more or tally.tool_calls:
        return ""
    spoken = bytes(tally.spoken)
    return msgspec.json.decode(b'"' + spoken + b'"', type=str) if tally.escaped else spoken.decode()
