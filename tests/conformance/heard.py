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
from tests.conformance.shapes import messages_shape
from tests.recordings import Exchange
from tests.wire.heard import Fields, Heard, payloads

from turnout.core.types import Dialect

HEAR: Final[Mapping[Dialect, Callable[..., Heard]]] = {
    "openai.chat": from_chat,
    "anthropic.messages": from_messages,
    "openai.responses": from_responses,
}
"""Each takes a body, `streamed` and `strict`: held to the official types and the grammar."""

_FAULTS: Final = (AssertionError, ValueError, KeyError, TypeError, AttributeError, IndexError)


def lies_outside(exchange: Exchange, dialect: Dialect) -> bool:
    """What the provider sent is not by the official types, or the grammar, of its own dialect.

    What a gateway writes anew is left out of it: counts, and all of a chat's shape.
    """
    if dialect == "openai.chat" or dialect not in HEAR or exchange.status >= 400:
        return False
    try:
        if dialect == "openai.responses":
            from_responses(exchange.body, streamed=exchange.streamed, raw=True)
        else:
            _as_messages(exchange)
    except _FAULTS:
        return True
    return False


def _as_messages(exchange: Exchange) -> None:
    if not exchange.streamed:
        messages_shape(_counted(json.loads(exchange.body)), streamed=False)
    for payload in payloads(exchange.response_body) if exchange.streamed else ():
        event: Fields = json.loads(payload)
        if "message" in event:
            event["message"] = _counted(event["message"])
        messages_shape(_counted(event) if "usage" in event else event, streamed=True)


def _counted(body: Fields) -> Fields:
    return {**body, "usage": {"input_tokens": 0, "output_tokens": 0}}
