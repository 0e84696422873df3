"""Recorded answers of Anthropic from socket to socket, and its own count of a prompt.

`tests/wire` holds the dialect to all of the traffic in memory; here a part of it comes over TCP in
random pieces and goes out by the edge, in the dialect and in chat.
"""

import json
from collections.abc import Generator
from typing import Any, Final

import pytest
from tests.gateway import CHAT, Gateway, Template, open_gateway
from tests.live.recorded_upstream import RecordedUpstream, recorded_upstream
from tests.recordings import Exchange
from tests.wire.heard import from_gateway
from tests.wire.messages_judge import blocks, counts, told, words
from tests.wire.test_anthropic_recordings import COUNTS, MESSAGES, REFUSALS

pytestmark = pytest.mark.recordings

MESSAGE: Final = "/api/v1/messages"
PLAYED: Final = [
    one for one in MESSAGES if one.provider == "anthropic" and "fallback" not in one.response_body
][::10]
COUNTED: Final = next((one for one in COUNTS if one.status == 200), None)


def each(exchanges: list[Exchange]) -> pytest.MarkDecorator:
    """One test for each of them, by name."""
    return pytest.mark.parametrize("exchange", exchanges, ids=lambda one: one.name)


@pytest.fixture(scope="module")
def upstream() -> Generator[RecordedUpstream]:
    """Anthropic."""
    with recorded_upstream() as playing:
        yield playing


@pytest.fixture(scope="module")
def replaying(
    template: Template, upstream: RecordedUpstream, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Gateway]:
    """A gateway whose Anthropic is elsewhere, with one model for each recording."""
    table = f'[providers.anthropic]\nbase_url = "{upstream.url}/v1"\napi_keys = ["sk-ant"]\n'
    ids = dict.fromkeys(one.id for one in (*PLAYED, *REFUSALS))
    models = [f'[[providers.anthropic.models]]\nid = "recorded/{id_}"\n' for id_ in ids]
    models.append('[[providers.anthropic.models]]\nid = "recorded/counted"\n')
    folder = tmp_path_factory.mktemp("messages")
    with open_gateway(template, folder, table + "".join(models)) as serving:
        yield serving


def asked(exchange: Exchange) -> dict[str, Any]:
    """A request for that model, streamed as it was recorded."""
    return {
        "model": f"recorded/{exchange.id}",
        "max_tokens": 4_000,
        "messages": [{"role": "user", "content": "a"}],
        "stream": exchange.streamed,
    }


@each(PLAYED)
def test_recorded_message_passes_the_gateway_whole(
    replaying: Gateway, upstream: RecordedUpstream, exchange: Exchange
) -> None:
    """The client of the dialect reads what Anthropic said, and what it cost to whom."""
    upstream.say(exchange)
    heard = replaying.call("POST", MESSAGE, asked(exchange))
    assert heard.status == 200
    theirs = told(exchange.body, streamed=exchange.streamed)
    ours = told(heard.body, streamed=exchange.streamed)
    assert blocks(ours) == blocks(theirs)
    assert counts(ours) == counts(theirs)
    assert ours["id"] == heard.headers["x-generation-id"]
    assert ours["provider"] == "Anthropic"
    sent = json.loads(upstream.asked[-1])
    assert sent["messages"] == [{"role": "user", "content": "a"}]


@each(PLAYED)
def test_recorded_message_reaches_a_client_of_chat(
    replaying: Gateway, upstream: RecordedUpstream, exchange: Exchange
) -> None:
    """The same in the other dialect."""
    upstream.say(exchange)
    heard = replaying.call("POST", CHAT, asked(exchange))
    assert heard.status == 200
    said = words(told(exchange.body, streamed=exchange.streamed))
    voice = from_gateway(heard.body, streamed=exchange.streamed).choices[0]
    assert voice.text == said["text"]
    assert [(call.id, call.name) for call in voice.calls] == [one[:2] for one in said["calls"]]


@each(REFUSALS)
def test_recorded_refusal_reaches_both_clients(
    replaying: Gateway, upstream: RecordedUpstream, exchange: Exchange
) -> None:
    """With its status, and in the provider's own words where they are the caller's to mend."""
    upstream.say(exchange)
    heard = replaying.call("POST", MESSAGE, asked(exchange))
    assert heard.status == exchange.status
    assert heard.json["type"] == "error"
    assert heard.json["error"]["type"] in {"invalid_request_error", "not_found_error"}


def test_count_is_the_endpoints_own(replaying: Gateway, upstream: RecordedUpstream) -> None:
    """The serving endpoint is asked for its count, which comes back as it is."""
    assert COUNTED is not None
    upstream.say(COUNTED)
    question = {"model": "recorded/counted", "messages": [{"role": "user", "content": "a"}]}
    heard = replaying.call("POST", f"{MESSAGE}/count_tokens", question)
    assert heard.json == json.loads(COUNTED.response_body)
    assert json.loads(upstream.asked[-1]) == {**question, "model": "counted"}
