"""Recorded answers of Gemini, from socket to socket through one whole gateway."""

import json
from collections.abc import Generator
from typing import Any, Final

import pytest
from tests.gateway import CHAT, Gateway, Template, open_gateway
from tests.live.recorded_upstream import RecordedUpstream, recorded_upstream
from tests.recordings import Exchange
from tests.wire.fold import fold_stream
from tests.wire.gemini_heard import Told, told
from tests.wire.test_gemini_recordings import (
    ANSWERED,
    BROKEN_OFF,
    check,
    streamed,
    told_whole,
    whole_said,
)

pytestmark = pytest.mark.recordings

ANSWERS: Final = [one for one in ANSWERED if one not in BROKEN_OFF]


@pytest.fixture(scope="module")
def upstream() -> Generator[RecordedUpstream]:
    """Google."""
    with recorded_upstream() as playing:
        yield playing


@pytest.fixture(scope="module")
def replaying(
    template: Template, upstream: RecordedUpstream, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Gateway]:
    """A gateway whose Gemini is elsewhere, with one model for each recording."""
    table = f'[providers.google-ai-studio]\nbase_url = "{upstream.url}/v1beta"\napi_keys = ["k"]'
    rows = [
        f'[[providers.google-ai-studio.models]]\nid = "recorded/{one.id}"\nupstream = "gemini-x"'
        for one in ANSWERS
    ]
    config = "\n".join([table, *rows])
    with open_gateway(template, tmp_path_factory.mktemp("gemini"), config) as serving:
        yield serving


def says_nothing(expected: Told) -> bool:
    """Neither words nor thoughts nor calls nor media, and no filter either."""
    said = expected.text or expected.thoughts or expected.calls or expected.seals
    media = expected.pictures or expected.sounds
    return not (said or media or expected.finish == "content_filter")


@pytest.mark.parametrize("one", ANSWERS, ids=lambda one: one.name)
def test_recorded_answer_passes_the_gateway(
    replaying: Gateway, upstream: RecordedUpstream, one: Exchange
) -> None:
    """Words, thoughts, calls, seals, sources, finish and counts reach a client."""
    upstream.say(one)
    stream = streamed(one)
    request: dict[str, Any] = {
        "model": f"recorded/{one.id}",
        "messages": [{"role": "user", "content": "as recorded"}],
        "stream": stream,
    }
    heard = replaying.call("POST", CHAT, request)
    expected = told(one.response_body) if stream else told_whole(one)
    if says_nothing(expected) and heard.status != 200:
        assert heard.error["message"]
        return
    assert heard.status == 200, heard.body
    if stream:
        whole = fold_stream(heard.body)
        assert whole["done"] == 1
        said = whole["choices"][0]
        said["sounds"] = 0
        said["calls"] = [(call["name"], call["arguments"]) for call in said["calls"]]
    else:
        said = whole_said(json.loads(heard.body)["choices"][0])
    counts, expected.counts = expected.counts, None
    check(said, None, expected)
    if counts is not None:
        record = replaying.generation(heard.generation_id)
        assert (record["native_tokens_prompt"], record["native_tokens_completion"]) == counts[:2]
        assert (record["native_tokens_cached"], record["native_tokens_reasoning"]) == counts[2:]
