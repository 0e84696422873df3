"""Recorded Gemini and Vertex traffic: every word, call, seal, count and end arrives.

Judge is `gemini_heard`, which reads with Google's own SDK types and none of the gateway's code.
"""

import json
import random
from itertools import pairwise
from typing import Any, Final

import msgspec
import pytest
from tests.recordings import Exchange, load
from tests.wire.fold import fold_stream
from tests.wire.gemini_asked import Unreadable, comparable, conversation_of, is_blank
from tests.wire.gemini_heard import Told, told

from turnout.core.conversation import Conversation
from turnout.core.errors import FailureKind
from turnout.core.types import Endpoint, Modality, Unpriced
from turnout.core.usage import Usage
from turnout.dialects.adapter import Bill, Head, Outgoing, UpstreamRequest
from turnout.dialects.bridge import bridge
from turnout.dialects.gemini.adapter import Gemini
from turnout.dialects.openai_chat.client import CLIENT
from turnout.providers import PROVIDERS

pytestmark = pytest.mark.recordings

APIS: Final = (
    "gemini.generateContent",
    "gemini.streamGenerateContent",
    "vertex.generateContent",
    "vertex.streamGenerateContent",
)
RECORDED: Final = [one for one in load(APIS) if "createCachedContent" not in one.url]
ANSWERED: Final = [
    one for one in RECORDED if one.status == 200 and '"cachedContents/' not in one.response_body
]
FAILED: Final = [one for one in RECORDED if one.status != 200]


def streamed(one: Exchange) -> bool:
    """Events, or the array that comes without them."""
    return one.streamed or one.response_body.lstrip().startswith("[")


WHOLE: Final = [one for one in ANSWERED if not streamed(one)]
STREAMS: Final = [one for one in ANSWERED if streamed(one)]
# Recorded by a client that hung up: no reason to end ever came.
BROKEN_OFF: Final = [one for one in STREAMS if '"finishReason"' not in one.response_body]

BRIDGE: Final = bridge(CLIENT, Gemini())
SENT: Final = Outgoing(request=UpstreamRequest(path="", body=b""))
HEAD: Final = Head("gen-recorded", 1_700_000_000, "author/model", "Provider")


VERTEX_URLS: Final[frozenset[Modality]] = frozenset({"image", "audio", "video", "file"})


def endpoint(model: str) -> Endpoint:
    """Some endpoint of that upstream name."""
    return Endpoint(
        id="e",
        model="a/m",
        provider="p",
        tag="p",
        upstream_model=model,
        price=Unpriced(),
        context_tok=1,
    )


def bill(usage: Usage | None) -> Bill:
    """What the client is told at the end."""
    return Bill(usage=usage or Usage(), charge=None)


def check(said: dict[str, Any], usage: Usage | None, expected: Told) -> None:
    """One choice as the client got it, against Google's reading."""
    assert (said["content"] or "") == expected.text
    thoughts = [item for item in said["details"] if item["type"] == "reasoning.text"]
    ran = [item for item in thoughts if "```" in item["text"]]
    if not ran:
        assert "".join(item["text"] for item in thoughts) == expected.thoughts
    assert [(name, json.loads(args)) for name, args in said["calls"]] == expected.calls
    seals = [item.get("data") or item.get("signature") for item in said["details"]]
    assert [seal for seal in seals if seal] == expected.seals
    assert (len(said["images"]), said["sounds"]) == (expected.pictures, expected.sounds)
    assert said["finish"] == (expected.finish, expected.native)
    places = [item[item["type"]] for item in said["annotations"]]
    assert {place["url"] for place in places if "url" in place} == expected.urls
    assert {place["quote"] for place in places if "quote" in place} == expected.passages
    for place in places:
        assert 0 <= place["start_index"] <= place["end_index"] <= len(expected.text)
    if expected.counts is not None:
        assert usage is not None
        got = (usage.prompt_tok, usage.completion_tok, usage.cache_read, usage.reasoning)
        assert got == expected.counts


def whole_said(choice: dict[str, Any]) -> dict[str, Any]:
    """A choice of a whole answer in the form of a folded stream."""
    message = choice["message"]
    return {
        "content": message["content"],
        "details": message.get("reasoning_details", []),
        "calls": [
            (call["function"]["name"], call["function"]["arguments"])
            for call in message.get("tool_calls", [])
        ],
        "images": message.get("images", []),
        "sounds": int("audio" in message),
        "annotations": message.get("annotations", []),
        "finish": (choice["finish_reason"], choice["native_finish_reason"]),
    }


def told_whole(one: Exchange) -> Told:
    """Google's reading; a whole answer that names no reason ended well."""
    expected = told(one.response_body)
    if expected.native is None:
        expected.finish = "tool_calls" if expected.calls else "stop"
    return expected


@pytest.mark.parametrize("one", WHOLE, ids=lambda one: one.name)
def test_whole_answer_arrives_as_it_was_said(one: Exchange) -> None:
    """Through the translation to the client's dialect and back out of its JSON."""
    answer = BRIDGE.answer(one.body, HEAD, SENT)
    choice = json.loads(answer.render(bill(answer.tally.usage)))["choices"][0]
    said = whole_said(choice)
    expected = told_whole(one)
    check(said, answer.tally.usage, expected)
    calls = choice["message"].get("tool_calls", [])
    assert len({call["id"] for call in calls}) == len(calls)


@pytest.mark.parametrize("one", STREAMS, ids=lambda one: one.name)
def test_stream_arrives_as_it_was_said_however_it_is_cut(one: Exchange) -> None:
    """Whole, and cut at random bytes three times: the client's view is the same."""
    expected = told(one.response_body)
    for seed in range(4):
        chance = random.Random(f"{one.id}/{seed}")
        cuts = sorted(chance.sample(range(len(one.body)), min(len(one.body), 12 * seed)))
        stream = BRIDGE.stream(HEAD, SENT)
        edges = [0, *cuts, len(one.body)]
        pieces = [one.body[a:b] for a, b in pairwise(edges)]
        out = b"".join(stream.feed(piece) for piece in pieces) + stream.end()
        assert stream.tally.error is None
        if one in BROKEN_OFF:
            assert not stream.tally.ended
            continue
        assert stream.tally.ended
        out += stream.close(bill(stream.tally.usage))
        said = fold_stream(out)["choices"][0]
        said["sounds"] = 0
        said["calls"] = [(call["name"], call["arguments"]) for call in said["calls"]]
        check(said, stream.tally.usage, expected)


@pytest.mark.parametrize("one", FAILED, ids=lambda one: one.name)
def test_recorded_error_is_told_apart(one: Exchange) -> None:
    """By status and words; nothing of project or address is repeated."""
    error = Gemini().decode_error(one.status, one.response_headers, one.body)
    kinds = {
        400: FailureKind.BAD_REQUEST,
        404: FailureKind.MODEL_NOT_FOUND,
        429: FailureKind.RATE_LIMITED,
    }
    assert error.kind is kinds[one.status]
    assert "PROJECT" not in error.message
    if "retryDelay" in one.response_body:
        assert error.retry_after_s == 34.4


def readable(one: Exchange) -> Conversation | None:
    """What a recorded request asks, None where a conversation cannot hold it."""
    assert one.request_json is not None
    try:
        return conversation_of(one.request_json, stream=streamed(one))
    except Unreadable:
        return None


ASKED: Final = [
    (one, conversation)
    for one in ANSWERED
    if one.request_json is not None
    and not one.elided
    and "MODEL" not in one.url
    and not is_blank(one.request_json)
    and (conversation := readable(one)) is not None
]


def test_nearly_all_recorded_requests_are_read() -> None:
    """The reader leaves out few: Google's own tools, and parts that no conversation holds."""
    requests = [one for one in ANSWERED if one.request_json is not None and not one.elided]
    assert len(ASKED) >= 0.85 * len(requests)


@pytest.mark.parametrize(("one", "conversation"), ASKED, ids=lambda one: getattr(one, "name", ""))
def test_request_says_what_the_recorded_one_said(one: Exchange, conversation: Conversation) -> None:
    """Recorded request → conversation (by the test's own reader) → our request: equivalent."""
    assert one.request_json is not None
    model = one.url.partition("/models/")[2].partition(":")[0]
    provider = PROVIDERS["google-vertex" if one.provider == "vertex" else "google-ai-studio"]
    adapter = provider.adapter
    assert isinstance(adapter, Gemini)
    quirks = msgspec.structs.replace(adapter.quirks, takes_urls=VERTEX_URLS)
    sent = Gemini(quirks).encode(conversation, endpoint(model))
    method = ":streamGenerateContent?alt=sse" if conversation.stream else ":generateContent"
    assert sent.request.path == f"{quirks.prefix}/models/{model}{method}"
    assert comparable(json.loads(sent.request.body)) == comparable(one.request_json)
    assert sent.dropped == ()
