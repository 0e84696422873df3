"""What of a provider's words may be repeated: the one cleaning for every adapter."""

import re
from typing import Final

MOST_CHARS: Final = 400
"""Longest message that is repeated."""

# Never repeated: addresses, hosts, keys and their masked forms, account ids, mail addresses.
_UNSAFE: Final = re.compile(
    r"\w+://\S+|\bwww\.\S+"
    r"|\b(?:bearer|basic)\s+\S+"
    r"|\b(?:sk|pk|rk|gsk|xai|hf|nvapi|pplx|csk|fw|tgp|r8|key|org|proj|user)[-_][\w*.-]{4,}"
    r"|\bAIza[\w-]+|[\w.+-]+@[\w-]+\.[\w.]+"
    r"|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b"
    r"|\b(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{28,}",
    re.IGNORECASE,
)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def safe(text: str) -> str:
    """A provider's words without keys, addresses and ids, on one line, at most 400 characters."""
    head = _CONTROL.sub(" ", text[: 4 * MOST_CHARS])
    clean = _UNSAFE.sub("[…]", head).strip()
    return clean if len(clean) <= MOST_CHARS else clean[: MOST_CHARS - 1] + "…"
