"""A provider's error as a client is told it."""

import json
from typing import Any

from tests.answers import Heard as Answer
from tests.conformance.told import provider_words
from tests.recordings import Exchange


def refused(exchange: Exchange, answer: Answer) -> list[str]:
    """An error in the caller's dialect, in the provider's words, and never a false 401."""
    found: list[str] = []
    if answer.status < 400:
        return [f"{exchange.status} became {answer.status}"]
    if answer.status in (401, 403):
        found.append(f"{exchange.status} became {answer.status}, which blames the caller")
    message = message_of(answer)
    if not message:
        found.append("an error without a message")
    # A provider's words about the key that the gateway used are the operator's, not the caller's.
    words = "" if exchange.status in (401, 403) else provider_words(exchange)
    if words and not _repeats(message, words):
        found.append(f"the provider's words {words[:80]!r} became {message[:120]!r}")
    if "sk-recorded" in answer.body.decode() or "127.0.0.1" in answer.body.decode():
        found.append("the error leaks a key or an address")
    return found


def _repeats(message: str, words: str) -> bool:
    """Most of the provider's words are there; keys and addresses in them may be masked."""
    theirs = words.split()
    said = set(message.split())
    return sum(word in said for word in theirs) >= 0.6 * min(len(theirs), 60)


def message_of(answer: Answer) -> str:
    """The words of an error answer."""
    try:
        body: Any = json.loads(answer.body)
    except ValueError:
        return answer.body.decode(errors="replace")[:200]
    return str(body.get("error", {}).get("message", ""))
