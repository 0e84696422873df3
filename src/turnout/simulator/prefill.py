"""An answer that was begun elsewhere: what of a request is its beginning, and what follows it.

The answer to a prompt is a function of the prompt, so its rest is known too: what was said before
and what comes now are together what would have been said at once, to the byte.
"""

from collections.abc import Sequence
from typing import Any, cast

import msgspec


class Begun(msgspec.Struct, frozen=True):
    """The beginning of an answer: its words, and how many whole calls."""

    text: str = ""
    calls: int = 0


def parted(messages: bytes, *, open_ended: bool) -> tuple[bytes, Begun | None]:
    """A prompt in one spelling, and the beginning of its answer that it ends with.

    Args:
        messages: JSON; of chat, the list of messages.
        open_ended: The request as a whole says that its last message is to be gone on with; else
            the message says so itself, by `prefix`.
    """
    said = msgspec.json.decode(messages)
    match said:
        case [*before, {"role": "assistant", **last}] if open_ended or last.get("prefix") is True:
            begun = Begun(words_of(last.get("content")), len(last.get("tool_calls") or ()))
            return spelled(before), begun
        case _:
            return spelled(said), None


def spelled(value: object) -> bytes:
    """JSON in the one spelling that prompts are compared in."""
    return msgspec.json.format(msgspec.json.encode(value), indent=0)


def words_of(content: Any) -> str:  # noqa: ANN401 (any JSON)
    """The words of a message, whether they are a string or parts."""
    if isinstance(content, list):
        parts = cast("Sequence[dict[str, Any]]", content)
        return "".join(str(part.get("text", "")) for part in parts)
    return content if isinstance(content, str) else ""


def rest_of(tokens: tuple[str, ...], text: str) -> tuple[str, ...] | None:
    """The tokens behind a beginning, the first perhaps only in part; None if it is none of them."""
    whole = "".join(tokens)
    if not whole.startswith(text):
        return None
    left = len(text)
    for at, token in enumerate(tokens):
        if left < len(token):
            return (token[left:], *tokens[at + 1 :])
        left -= len(token)
    return ()
