"""Conversations that are too long for an endpoint, shortened in the middle: `context-compression`.

Instructions, the first turn and the last one stay; a call and its results go together.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from turnout.core.conversation import (
    Message,
    Part,
    Reasoning,
    Refused,
    Text,
    ToolCall,
    ToolResult,
)
from turnout.core.pipeline import Stage
from turnout.core.preferences import Needs
from turnout.flow.prepare.media import AnyMedium
from turnout.flow.prepare.work import Work

NAME: Final = "context-compression"
_ANSWER_TOK: Final = 1024
_OTHER_PART_TOK: Final = 1000  # a picture, roughly; only its order of magnitude matters here
_GAP: Final = "\n[…]\n"
_CLAUDE_MESSAGES: Final = 1000  # contract section 3.6


class Shortened(msgspec.Struct, frozen=True):
    """What became of the messages."""

    messages: tuple[Message, ...]
    left_out: int
    cut: int


def may_overflow(needs: Needs, context_tok: int) -> bool:
    """Whether a prompt and its answer may not fit, by the upper-side estimate of its bytes."""
    return needs.prompt_tok + _room(needs.max_output_tok, context_tok) > context_tok > 0


def _room(max_output_tok: int | None, context_tok: int) -> int:
    """Tokens kept free for the answer."""
    return max_output_tok or min(_ANSWER_TOK, context_tok // 4)


async def shorten(work: Work) -> None:
    """Fits the conversation into the endpoint's context, if it does not fit."""
    this, conversation = work.this, work.conversation
    endpoint = this.endpoint
    texts = [_text(message).encode() for message in conversation.messages]
    tools = b"".join(bytes(tool.parameters or b"") for tool in conversation.tools)
    counts = await this.gateway.estimator.count([tools, *texts])
    limit_tok = endpoint.context_tok - counts[0]
    limit_tok -= _room(conversation.max_output_tok, endpoint.context_tok)
    sizes = [
        count + _media_tok(message)
        for count, message in zip(counts[1:], conversation.messages, strict=True)
    ]
    most = _CLAUDE_MESSAGES if endpoint.model.startswith("anthropic/") else None
    short = middle_out(conversation.messages, sizes, max(1, limit_tok), most_messages=most)
    if not short.left_out and not short.cut:
        return
    work.conversation = msgspec.structs.replace(conversation, messages=short.messages)
    work.note(_stage(short, sum(sizes), limit_tok))


def middle_out(
    messages: Sequence[Message],
    sizes_tok: Sequence[int],
    limit_tok: int,
    *,
    most_messages: int | None = None,
) -> Shortened:
    """Leaves out units from the middle until the rest fits; then cuts the longest texts.

    Args:
        sizes_tok: Of each message.
        limit_tok: What all together may take.
        most_messages: A bound on their number too.
    """
    units = _units(messages)
    size = sum(sizes_tok)
    number, left_out = len(messages), 0
    kept = dict.fromkeys(range(len(units)))
    for place in _from_the_middle(units, messages):
        if size <= limit_tok and (most_messages is None or number <= most_messages):
            break
        del kept[place]
        size -= sum(sizes_tok[one] for one in units[place])
        number -= len(units[place])
        left_out += len(units[place])
    places = [one for place in kept for one in units[place]]
    rest = [messages[one] for one in places]
    cut = 0
    if size > limit_tok:
        rest, cut = _cut(rest, [sizes_tok[one] for one in places], size - limit_tok)
    return Shortened(tuple(rest), left_out, cut)


def _units(messages: Sequence[Message]) -> list[list[int]]:
    """Places that stay or go together: a turn with calls and the results that follow it."""
    units: list[list[int]] = []
    calling = False
    for place, message in enumerate(messages):
        results = any(isinstance(part, ToolResult) for part in message.parts)
        if results and calling and units:
            units[-1].append(place)
            continue
        units.append([place])
        calling = any(isinstance(part, ToolCall) for part in message.parts)
    return units


def _from_the_middle(units: Sequence[Sequence[int]], messages: Sequence[Message]) -> list[int]:
    """Units that may go, the middle one first; never instructions, the first turn, the last one."""
    turns = [
        place
        for place, unit in enumerate(units)
        if messages[unit[0]].role not in ("system", "developer")
    ]
    inner = turns[1:-1]
    centre = (len(inner) - 1) / 2
    order = sorted(range(len(inner)), key=lambda at: (abs(at - centre), at))
    return [inner[at] for at in order]


def _cut(
    messages: list[Message], sizes_tok: Sequence[int], over_tok: int
) -> tuple[list[Message], int]:
    """Takes the middle out of the longest messages that are no instructions."""
    cut = 0
    out = list(messages)
    order = sorted(range(len(out)), key=lambda place: -sizes_tok[place])
    for place in order:
        if over_tok <= 0:
            break
        if out[place].role in ("system", "developer") or not sizes_tok[place]:
            continue
        share = min(0.95, over_tok / sizes_tok[place])
        shorter = msgspec.structs.replace(
            out[place], parts=tuple(_shorter(part, share) for part in out[place].parts)
        )
        if shorter != out[place]:
            out[place] = shorter
            over_tok -= int(sizes_tok[place] * share)
            cut += 1
    return out, cut


def _shorter(part: Part, share: float) -> Part:
    """A text without the given share of its middle; results of calls likewise."""
    if isinstance(part, ToolResult):
        inner = tuple(
            _shorter_text(one, share) if isinstance(one, Text) else one for one in part.parts
        )
        return msgspec.structs.replace(part, parts=inner)
    return _shorter_text(part, share) if isinstance(part, Text) else part


def _shorter_text(part: Text, share: float) -> Text:
    text = part.text
    gone = int(len(text) * share) + len(_GAP)
    if gone >= len(text):
        gone = len(text) - min(len(text), 32)
    if gone <= len(_GAP):
        return part
    half = (len(text) - gone) // 2
    return msgspec.structs.replace(part, text=text[:half] + _GAP + text[len(text) - half :])


def _text(message: Message) -> str:
    words: list[str] = []
    for part in message.parts:
        match part:
            case Text(text=text):
                words.append(text)
            case ToolCall():
                words += (part.name, part.arguments)
            case ToolResult():
                words += (one.text for one in part.parts if isinstance(one, Text))
            case Reasoning() | Refused():
                words.append(part.text)
            case _:
                pass
    return "\n".join(words)


def _media_tok(message: Message) -> int:
    return sum(_OTHER_PART_TOK for part in message.parts if isinstance(part, AnyMedium))


def _stage(short: Shortened, before_tok: int, limit_tok: int) -> Stage:
    return Stage(
        name=NAME,
        type="context_compression",
        summary=f"Left out {short.left_out} message(s) in the middle and cut {short.cut}.",
        data={
            "engine": "middle-out",
            "left_out": short.left_out,
            "cut": short.cut,
            "prompt_tokens": before_tok,
            "limit_tokens": limit_tok,
        },
    )
