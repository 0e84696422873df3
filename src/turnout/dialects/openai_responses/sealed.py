"""Opaque reasoning state inside `encrypted_content`, the one field of an item that clients keep.

OpenAI's own blobs stand there as they are. What another maker sealed (a signature, a redacted
block) stands there in an envelope of ours, so that clients which know nothing of it, and those that
drop fields they do not know, bring it back all the same.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from typing import Final

import msgspec

from turnout.core.conversation import Opaque

OPENAI: Final = "openai-responses-v1"
PREFIX: Final = "turnout-sealed-v1."
_SEALED: Final = re.compile(r"[A-Za-z0-9_-]+={0,2}")
_OPAQUE: Final = msgspec.json.Decoder(Opaque)


def wrapped(opaque: Opaque) -> str | None:
    """The state as `encrypted_content`; None when there is nothing sealed in it."""
    if opaque.format == OPENAI:
        return opaque.data
    if opaque.data is None and opaque.signature is None:
        return None
    said = {name: value for name in _FIELDS if (value := getattr(opaque, name)) is not None}
    return PREFIX + urlsafe_b64encode(msgspec.json.encode(said)).decode()


_FIELDS: Final = ("format", "signature", "data", "id")


def unwrapped(text: str, id_: str | None, format_: str | None = None) -> Opaque:
    """The state in an item's `encrypted_content`; a broken envelope is nobody's state.

    Args:
        text: What the client sent.
        id_: The item's own id.
        format_: The item's `format` where the client kept it (contract section 2.4).
    """
    if not text.startswith(PREFIX):
        return Opaque(format=format_ or OPENAI, data=text, id=id_)
    body = text.removeprefix(PREFIX)
    try:
        if not _SEALED.fullmatch(body):
            return Opaque(format="unknown", data=text, id=id_)
        return _OPAQUE.decode(urlsafe_b64decode(body))
    except (msgspec.DecodeError, Base64Error, UnicodeDecodeError):
        return Opaque(format="unknown", data=text, id=id_)
