"""Model names as Anthropic's clients write them, as slugs.

Source: docs.anthropic.com/en/docs/about-claude/models/overview (aliases, dated snapshots), and what
coding agents send ("claude-sonnet-4-5-20250929", "claude-opus-4-1[1m]").
"""

import re
from typing import Final

_NOTE: Final = re.compile(r"\[[^\]]*\]$")
_SNAPSHOT: Final = re.compile(r"(?:[-@]20\d{6}|-latest|-v\d+(?::\d+)?)+$")
_MINOR: Final = re.compile(r"(?<=-)(\d)-(\d{1,2})(?=-|$)")
_BARE: Final = re.compile(r"claude-[a-z0-9@:.-]+")


def slug_of(name: str) -> str:
    """The slug for a bare Claude name; every other name without its "[…]" note, as it is."""
    plain = _NOTE.sub("", name.strip())
    if not _BARE.fullmatch(plain):
        return plain
    base, colon, variant = _SNAPSHOT.sub("", plain).partition(":")
    dotted = _MINOR.sub(r"\1.\2", base)
    return f"anthropic/{dotted.removesuffix('.0')}{colon}{variant}"
