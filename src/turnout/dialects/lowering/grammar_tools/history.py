"""Earlier calls and their results told in words: a server without tools has no roles for them.

In words, not in the JSON of a call: a small model repeats the form of what it said before.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from turnout.core.conversation import Message, Part, Text, ToolCall, ToolResult

_GO_ON: Final = "Answer with that."


def in_words(messages: Sequence[Message]) -> tuple[Message, ...]:
    """The messages without calls and results; pictures in results stay pictures."""
    names: dict[str, str] = {}
    out: list[Message] = []
    results: list[Part] = []
    for message in messages:
        names.update({p.id: p.name for p in message.parts if isinstance(p, ToolCall)})
        if message.role == "tool" or _answers(message):
            results += _told(message, names)
            continue
        _settle(results, out, message)
        out.append(msgspec.structs.replace(message, parts=_called(message.parts)))
    if results:
        out.append(_reported([*results, Text(text=_GO_ON)]))
    return tuple(out)


def _answers(message: Message) -> bool:
    return any(isinstance(part, ToolResult) for part in message.parts)


def _settle(results: list[Part], out: list[Message], before: Message) -> None:
    """Results become a user message, which asks for an answer where the user does not."""
    if results and before.role != "user":
        out.append(_reported([*results, Text(text=_GO_ON)]))
    elif results:
        out.append(_reported(results))
    results.clear()


def _reported(parts: Sequence[Part]) -> Message:
    """One text where all is text, because some servers take nothing else."""
    texts = [part.text for part in parts if isinstance(part, Text)]
    if len(texts) == len(parts):
        return Message(role="user", parts=(Text(text="\n".join(texts)),))
    return Message(role="user", parts=tuple(parts))


def _told(message: Message, names: dict[str, str]) -> list[Part]:
    told: list[Part] = []
    for part in message.parts:
        if not isinstance(part, ToolResult):
            told.append(part)
            continue
        name = names.get(part.call_id, "the function")
        lead = f"{name} failed:" if part.is_error else f"Result of {name}:"
        texts = [one.text for one in part.parts if isinstance(one, Text)]
        told.append(Text(text=f"{lead} {' '.join(texts) or 'none'}"))
        told += (one for one in part.parts if not isinstance(one, Text))
    return told


def _called(parts: Sequence[Part]) -> tuple[Part, ...]:
    """What an assistant said, and its calls as a sentence each."""
    said = [part for part in parts if not isinstance(part, ToolCall)]
    calls = [part for part in parts if isinstance(part, ToolCall)]
    if not calls:
        return tuple(parts)
    told = " ".join(f"I call {call.name} with {call.arguments or '{}'}." for call in calls)
    return (*said, Text(text=told))
