"""Vectors as numbers and as base64, and the answer that carries them."""

import base64
import struct
from collections.abc import Sequence
from typing import Final

import msgspec

from turnout.core.errors import FailureKind, UpstreamError
from turnout.core.usage import Usage
from turnout.dialects.adapter import Bill, Head, Tally
from turnout.dialects.openai_chat.usage import members, metadata_member, write_usage
from turnout.wire.embeddings import Encoding

_NUMBERS: Final = msgspec.json.Decoder(list[float])
_TEXT: Final = msgspec.json.Decoder(str)
_FLOAT_B: Final = 4


class Vectors(msgspec.Struct, frozen=True, kw_only=True):
    """What an upstream answered: each vector as it wrote it, in the order of the inputs."""

    rows: Sequence[msgspec.Raw]
    usage: Usage | None = None
    upstream_id: str | None = None


def encoded(row: msgspec.Raw, wanted: Encoding) -> msgspec.Raw:
    """A vector in the form asked for, untouched when it is in it.

    Base64 is of float32, little-endian, as OpenAI has it.

    Raises:
        UpstreamError: DECODE, when it is neither numbers nor base64 of them.
    """
    is_text = bytes(row)[:1] == b'"'
    if is_text == (wanted == "base64"):
        return row
    try:
        return _as_numbers(row) if is_text else _as_base64(row)
    except (ValueError, struct.error, OverflowError) as error:
        raise UpstreamError(
            FailureKind.DECODE, "The provider sent a vector that cannot be read.", status=200
        ) from error


def _as_base64(row: msgspec.Raw) -> msgspec.Raw:
    numbers = _NUMBERS.decode(row)
    packed = struct.pack(f"<{len(numbers)}f", *numbers)
    return msgspec.Raw(b'"' + base64.b64encode(packed) + b'"')


def _as_numbers(row: msgspec.Raw) -> msgspec.Raw:
    packed = base64.b64decode(_TEXT.decode(row), validate=True)
    return msgspec.Raw(msgspec.json.encode(struct.unpack(f"<{len(packed) // _FLOAT_B}f", packed)))


class VectorAnswer:
    """Vectors on their way to the client."""

    def __init__(self, vectors: Vectors, head: Head, wanted: Encoding) -> None:
        self._rows = [encoded(row, wanted) for row in vectors.rows]
        self._head = head
        self.tally = Tally(
            content=bool(self._rows),
            usage=vectors.usage,
            upstream_id=vectors.upstream_id,
            ended=True,
        )

    def render(self, bill: Bill) -> bytes:
        """See Answer."""
        head = self._head
        told = {"model": head.model, "id": head.id, "provider": head.provider}
        data = [
            {"object": "embedding", "index": place, "embedding": row}
            for place, row in enumerate(self._rows)
        ]
        return b"".join(
            (
                b'{"object":"list","data":',
                msgspec.json.encode(data),
                members(told),
                b',"usage":',
                write_usage(bill),
                metadata_member(bill),
                b"}",
            )
        )
