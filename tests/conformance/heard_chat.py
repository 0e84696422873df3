"""What a client of Chat Completions hears, read by hand and held to the official SDK's types."""

import json

from tests.conformance.shapes import chat_shape
from tests.wire.heard import Heard, from_gateway, payloads


def from_chat(body: bytes, *, streamed: bool, strict: bool = True) -> Heard:
    """A whole answer or a stream, as a client reads it; `strict`: held to the official types."""
    heard = from_gateway(body, streamed=streamed)
    for told in (payloads(body.decode()) if streamed else [body]) if strict else ():
        if told != "[DONE]":
            chat_shape(json.loads(told), streamed=streamed)
    return heard
