"""Thoughts of other makers, in a history of this dialect, on their way to Anthropic's models.

A conversation that another model has served holds thoughts that Anthropic never sealed: it refuses
them. They are cut out; everything else of the messages stays as it is.
"""

from typing import Final

import msgspec

from turnout.dialects.anthropic_messages.sealed import MARK

_MESSAGES: Final = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
_BLOCKS: Final = msgspec.json.Decoder(list[msgspec.Raw])


class _Seal(msgspec.Struct):
    type: str = ""
    signature: str | None = None
    data: str | None = None


_SEAL: Final = msgspec.json.Decoder(_Seal)
_MARK: Final = MARK.encode()


def without_foreign_thoughts(messages: msgspec.Raw, *, seals: bool) -> msgspec.Raw | None:
    """The messages without them, None when there are none.

    Args:
        messages: As the client sent them.
        seals: The upstream wants a signature on every thought; else only packed ones go.
    """
    text = bytes(messages)
    if _MARK not in text and not (seals and b'"thinking"' in text):
        return None
    out: list[dict[str, msgspec.Raw]] = []
    cut = False
    for message in _MESSAGES.decode(messages):
        content = message.get("content")
        if content is not None and bytes(content).startswith(b"["):
            blocks = _BLOCKS.decode(content)
            kept = [block for block in blocks if not _is_foreign(block, seals=seals)]
            if len(kept) != len(blocks):
                cut = True
                if not kept:
                    continue
                message = {**message, "content": msgspec.Raw(msgspec.json.encode(kept))}  # noqa: PLW2901 (a changed copy of it)
        out.append(message)
    return msgspec.Raw(msgspec.json.encode(out)) if cut else None


def _is_foreign(block: msgspec.Raw, *, seals: bool) -> bool:
    try:
        seal = _SEAL.decode(block)
    except msgspec.DecodeError:
        return False
    match seal.type:
        case "thinking":
            signature = seal.signature or ""
            return signature.startswith(MARK) or (seals and not signature)
        case "redacted_thinking":
            return (seal.data or "").startswith(MARK)
        case _:
            return False
