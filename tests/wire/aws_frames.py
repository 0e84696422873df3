"""Writes AWS event streams, by the specification and with none of the gateway's code."""

import json
import struct
import uuid
import zlib
from typing import Any

Headers = dict[str, tuple[int, Any]]
"""Type number and value by name."""

_NUMBERS = {2: ">b", 3: ">h", 4: ">i", 5: ">q", 8: ">q"}


def frame(headers: Headers, payload: bytes) -> bytes:
    """One message."""
    block = b"".join(_header(name, kind, value) for name, (kind, value) in headers.items())
    prelude = struct.pack(">II", 16 + len(block) + len(payload), len(block))
    whole = prelude + struct.pack(">I", zlib.crc32(prelude)) + block + payload
    return whole + struct.pack(">I", zlib.crc32(whole))


def _header(name: str, kind: int, value: Any) -> bytes:
    head = bytes([len(name.encode())]) + name.encode() + bytes([kind])
    if kind in _NUMBERS:
        return head + struct.pack(_NUMBERS[kind], value)
    if kind in (6, 7):
        data = value if kind == 6 else value.encode()
        return head + struct.pack(">H", len(data)) + data
    return head + (uuid.UUID(value).bytes if kind == 9 else b"")


def event(kind: str, payload: dict[str, Any]) -> bytes:
    """One event of ConverseStream."""
    headers: Headers = {
        ":event-type": (7, kind),
        ":content-type": (7, "application/json"),
        ":message-type": (7, "event"),
    }
    return frame(headers, json.dumps(payload, ensure_ascii=False).encode())


def exception(kind: str, payload: dict[str, Any]) -> bytes:
    """One exception inside a stream."""
    headers: Headers = {":exception-type": (7, kind), ":message-type": (7, "exception")}
    return frame(headers, json.dumps(payload).encode())
