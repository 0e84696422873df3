"""Other makers' sealed thoughts in a signature, so that a client of this dialect carries them.

The dialect has one slot for sealed state: a signature on visible thoughts, or the data of redacted
ones. State of another make goes there packed with the name of its maker, and is unpacked when the
client sends it back. Anthropic would refuse it, so upstreams of the dialect never get it.
"""

from base64 import b64decode, b64encode
from typing import Final

import msgspec

from turnout.core.conversation import Opaque
from turnout.dialects.anthropic_messages.vocabulary import FORMAT

MARK: Final = "turnout.v1."
_OPAQUE: Final = msgspec.json.Decoder(Opaque)


def pack(opaque: Opaque) -> str:
    """What goes into the slot: its own text for Anthropic's, the packed whole for all others."""
    if opaque.format == FORMAT:
        return opaque.signature or opaque.data or ""
    return MARK + b64encode(msgspec.json.encode(opaque)).decode()


def unpack(text: str, *, redacted: bool) -> Opaque | None:
    """Whose state it is; None for an empty slot. What cannot be unpacked is Anthropic's."""
    if not text:
        return None
    if text.startswith(MARK):
        try:
            return _OPAQUE.decode(b64decode(text[len(MARK) :], validate=True))
        except (msgspec.DecodeError, ValueError):
            return Opaque(format="unknown", signature=text)
    if redacted:
        return Opaque(format=FORMAT, data=text)
    return Opaque(format=FORMAT, signature=text)


def is_ours(opaque: Opaque | None) -> bool:
    """Sealed by Anthropic, so that Anthropic will take it back."""
    return opaque is not None and opaque.format == FORMAT and bool(opaque.signature or opaque.data)
