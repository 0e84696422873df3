"""What clients hear, by the dialect they speak; strict on shapes and on the grammar of streams.

A provider's own answer may lie outside its dialect. Where the client speaks the same it is passed
as it is, and then only held to what the provider held itself to.
"""

import json
from collections.abc import Callable, Mapping
from typing import Final

from tests.conformance.heard_chat import from_chat
from tests.conformance.heard_messages import from_messages
from tests.conformance.heard_responses import from_responses
from tests.conformance.shapes import chat_shape, messages_shape
from tests.recordings import Exchange
from tests.wire.heard import Heard, payloads

from turnout.core.types import Dialect

HEAR: Final[Mapping[Dialect, Callable[..., Heard]]] = {
    "openai.chat": from_chat,
    "anthropic.messages": from_messages,
    "openai.responses": from_responses,
}
"""Each takes a body, `streamed` and `strict`: held to the official types and the grammar."""

_FAULTS: Final = (AssertionError, ValueError, KeyError, TypeError, AttributeError, IndexError)
_SHAPES: Final = {"openai.chat": chat_shape, "anthropic.messages": messages_shape}


def lies_outside(exchange: Exchange, dialect: Dialect) -> bool:
    """What the provider sent is not by the official types, or the grammar, of its own dialect."""
    if dialect not in HEAR or exchange.status >= 400:
        return False
    try:
        _check(exchange, dialect)
    except _FAULTS:
        return True
    return False


def _check(exchange: Exchange, dialect: Dialect) -> None:
    """Of what a gateway adds to chat and Messages the provider's own bytes have nothing."""
    shape = _SHAPES.get(dialect)
    if shape is None:
        from_responses(exchange.body, streamed=exchange.streamed, raw=True)
        return
    if not exchange.streamed:
        shape(json.loads(exchange.body), streamed=False)
        return
    for payload in payloads(exchange.response_body):
        if payload.strip() != "[DONE]":
            shape(json.loads(payload), streamed=True)
