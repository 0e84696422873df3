"""AWS's event stream, written again around events that a recording kept without it."""

import json
import zlib
from typing import Any, Final

_STRING: Final = 7


def framed(kind: str, payload: Any) -> bytes:
    """One message. Source: docs.aws.amazon.com, "Event stream encoding"."""
    headers = {":event-type": kind, ":content-type": "application/json", ":message-type": "event"}
    head = b"".join(
        bytes([len(name)]) + name.encode() + bytes([_STRING]) + len(value).to_bytes(2, "big")
        + value.encode()
        for name, value in headers.items()
    )  # fmt: skip
    body = json.dumps(payload).encode()
    lengths = (len(head) + len(body) + 16).to_bytes(4, "big") + len(head).to_bytes(4, "big")
    message = lengths + zlib.crc32(lengths).to_bytes(4, "big") + head + body
    return message + zlib.crc32(message).to_bytes(4, "big")
