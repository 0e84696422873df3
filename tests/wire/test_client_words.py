"""What upstreams say that a client's dialect has no word for: it gets a word of its own, or none.

The judges are the official SDKs' types, strictly.
"""

import json
from collections.abc import Callable
from typing import Any, Final

import msgspec
import pytest
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from tests.conformance.heard_messages import from_messages
from tests.conformance.heard_responses import from_responses
from tests.wire.heard import Fields, Heard, payloads
from tests.wire.messages_streams import BILL, HEAD

from turnout.dialects.adapter import ClientDialect
from turnout.dialects.anthropic_messages.client import CLIENT as MESSAGES
from turnout.dialects.events import (
    Annotations,
    Completion,
    Event,
    Finish,
    Identity,
    TextDelta,
    ToolCallDelta,
)
from turnout.dialects.openai_chat.client import CLIENT as CHAT
from turnout.dialects.openai_responses.client import CLIENT as RESPONSES

TIERS: Final = ("default", "standard", "on_demand", "", "priority", "flex", "batch", "provisioned")
FOREIGN: Final[tuple[Fields, ...]] = (
    {"type": "file_citation", "file_citation": {"file_id": "", "filename": "a.pdf", "index": 2}},
    {"type": "url_citation", "url_citation": {"url": "https://a.test"}},
    {"type": "file", "file": {"hash": "h", "name": "a.pdf", "content": []}},
    {"type": "file_path", "file_id": "f-1", "index": 0},
    {"type": "file_path"},
    {"start": 1, "end": 2},
)


def both(client: ClientDialect, events: tuple[Event, ...]) -> tuple[bytes, bytes]:
    """The whole answer and the stream of it."""
    encoder = client.encoder(HEAD)
    stream = b"".join(encoder.encode(one) for one in events) + encoder.close(BILL)
    return client.write(Completion(events=events), HEAD, BILL), stream


def last(stream: bytes, kind: str) -> Any:
    """The last event of that type."""
    return next(e for p in reversed(payloads(stream.decode())) if (e := _event(p))["type"] == kind)


def _event(payload: str) -> Fields:
    return {"type": "[DONE]"} if payload == "[DONE]" else json.loads(payload)


@pytest.mark.parametrize("tier", TIERS)
def test_tiers_are_told_in_the_clients_words(tier: str) -> None:
    """Each host's word for a tier becomes the client dialect's; one without a word is not told."""
    events = (Identity("u", service_tier=tier), TextDelta("A"), Finish("stop", "stop"))
    openai = tier if tier in ("priority", "flex") else "default"
    anthropic = tier if tier in ("priority", "batch") else "standard"
    whole, stream = both(CHAT, events)
    chat = ChatCompletion.model_validate_json(whole)
    for payload in payloads(stream.decode())[:-1]:
        ChatCompletionChunk.model_validate_json(payload)
    whole, stream = both(RESPONSES, events)
    from_responses(whole, streamed=False)
    from_responses(stream, streamed=True)
    response = last(stream, "response.completed")["response"]
    assert response["service_tier"] == json.loads(whole)["service_tier"] == chat.service_tier
    assert chat.service_tier == (None if tier in ("batch", "provisioned") else openai)
    whole, stream = both(MESSAGES, events)
    from_messages(whole, streamed=False)
    from_messages(stream, streamed=True)
    usage = last(stream, "message_delta")["usage"]
    assert usage["service_tier"] == json.loads(whole)["usage"]["service_tier"]
    assert usage["service_tier"] == (None if tier in ("flex", "provisioned") else anthropic)


@pytest.mark.parametrize(
    ("client", "hear"), [(MESSAGES, from_messages), (RESPONSES, from_responses)]
)
def test_further_choices_are_left_out_where_there_is_but_one(
    client: ClientDialect, hear: Callable[..., Heard]
) -> None:
    """An upstream that says two answers at once is heard as its first, not as both mixed."""
    events = (
        TextDelta("fir"),
        TextDelta("SEC", 1),
        TextDelta("st"),
        ToolCallDelta(0, "call_1", "look", "{}", choice=1),
        Finish("stop", "stop"),
        TextDelta("OND", 1),
        Finish("length", "length", 1),
    )
    for body, streamed in zip(both(client, events), (False, True), strict=True):
        voice = hear(body, streamed=streamed).choices[0]
        assert (voice.text, voice.calls, voice.finish) == ("first", [], "stop")


def test_citations_take_the_forms_that_responses_have() -> None:
    """Pages and files are cited flat and complete; what is no citation of this API is left out."""
    items = tuple(msgspec.Raw(json.dumps(item).encode()) for item in FOREIGN)
    whole, stream = both(RESPONSES, (TextDelta("A"), Annotations(items), Finish("stop", "stop")))
    from_responses(whole, streamed=False)
    from_responses(stream, streamed=True)
    told = json.loads(whole)["output"][0]["content"][0]["annotations"]
    assert told == [
        {"type": "file_citation", "file_id": "", "filename": "a.pdf", "index": 2},
        {
            "type": "url_citation",
            "url": "https://a.test",
            "title": "",
            "start_index": 0,
            "end_index": 0,
        },
        {"type": "file_path", "file_id": "f-1", "index": 0},
    ]
