"""Recorded answers of real providers, from socket to socket: through one whole gateway.

`tests/wire` holds every adapter to the same traffic in memory; here it comes over TCP in random
pieces, and goes out by the edge, with its record.
"""

import json
from collections.abc import Generator
from typing import Any, Final

import pytest
from tests.gateway import CHAT, Gateway, Heard, Template, open_gateway
from tests.live.recorded_upstream import RecordedUpstream, recorded_upstream
from tests.recordings import Exchange
from tests.wire.heard import Heard as Told
from tests.wire.heard import from_gateway, from_provider
from tests.wire.test_recordings import APIS, CHATS, assert_same

pytestmark = pytest.mark.recordings

REPLAYED: Final = (
    "openrouter.chat",
    "openai.chat",
    "groq.chat",
    "deepseek.chat",
    "together.chat",
    "xai.chat",
    "mistral.chat",
    "huggingface.chat",
    "cerebras.chat",
    "zai.chat",
)
EXCHANGES: Final = [exchange for exchange in CHATS if exchange.api in REPLAYED]
ANSWERS: Final = [exchange for exchange in EXCHANGES if exchange.status < 400]
REFUSALS: Final = [exchange for exchange in EXCHANGES if exchange.status >= 400]


@pytest.fixture(scope="module")
def upstream() -> Generator[RecordedUpstream]:
    """All providers at once."""
    with recorded_upstream() as playing:
        yield playing


@pytest.fixture(scope="module")
def replaying(
    template: Template, upstream: RecordedUpstream, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Gateway]:
    """A gateway whose providers are elsewhere, with one model for each recording.

    So a recorded failure rests an endpoint that no other recording needs.
    """
    tables: list[str] = []
    for api in REPLAYED:
        tables.append(f'[providers.{APIS[api]}]\nbase_url = "{upstream.url}/v1"')
        tables.append('api_keys = ["sk-recorded"]')
        ids = dict.fromkeys(exchange.id for exchange in EXCHANGES if exchange.api == api)
        tables += [f'[[providers.{APIS[api]}.models]]\nid = "recorded/{one}"' for one in ids]
    with open_gateway(template, tmp_path_factory.mktemp("recorded"), "\n".join(tables)) as serving:
        yield serving


def replay(gateway: Gateway, upstream: RecordedUpstream, exchange: Exchange) -> Heard:
    """The recorded answer to its request, or to a plain one where that is none of the contract."""
    upstream.say(exchange)
    plain: dict[str, Any] = {"messages": [{"role": "user", "content": "as recorded"}]}
    routing = {"model": f"recorded/{exchange.id}", "stream": exchange.streamed}
    if exchange.request_json is not None and "request" not in exchange.elided:
        heard = gateway.call("POST", CHAT, exchange.request_json | routing)
        if upstream.asked:
            return heard
    return gateway.call("POST", CHAT, plain | routing)


def says_nothing(told: Told) -> bool:
    """Neither a word nor a call nor a reason for having none."""
    return not any(
        voice.text or voice.reasoning or voice.refusal or voice.calls
        for voice in told.choices.values()
    )


@pytest.mark.parametrize("exchange", ANSWERS, ids=lambda one: one.name)
def test_recorded_answer_passes_the_gateway(
    replaying: Gateway, upstream: RecordedUpstream, exchange: Exchange
) -> None:
    """Text, reasoning, tool calls, finish and usage reach a client as the provider meant them."""
    told = from_provider(exchange.response_body, streamed=exchange.streamed)
    heard = replay(replaying, upstream, exchange)
    if says_nothing(told) and heard.status != 200:
        assert heard.error["message"]
        return
    assert heard.status == 200, heard.body
    got = from_gateway(heard.body, streamed=exchange.streamed)
    assert got.ended
    if told.error:
        assert got.error  # it broke off: its words came through, and were not called an answer
        assert [v.text for v in got.choices.values()] == [v.text for v in told.choices.values()]
        return
    assert_same(told, got)
    record = replaying.generation(heard.generation_id)
    assert record["turnout"]["state"] == "succeeded"
    assert record["turnout"]["estimated_usage"] is (told.usage is None)
    if told.usage is not None:
        assert record["native_tokens_prompt"] == told.usage.prompt
        assert record["native_tokens_completion"] == told.usage.completion
        assert record["native_tokens_cached"] == told.usage.cached


@pytest.mark.parametrize("exchange", REFUSALS, ids=lambda one: one.name)
def test_recorded_refusal_passes_the_gateway(
    replaying: Gateway, upstream: RecordedUpstream, exchange: Exchange
) -> None:
    """A provider's no becomes the contract's error object, without that provider's key or URL."""
    heard = replay(replaying, upstream, exchange)
    error = heard.error
    assert heard.status == error["code"] >= 400
    assert error["metadata"]["provider_name"]
    assert error["metadata"]["previous_errors"][0]["code"] == exchange.status
    assert upstream.url not in json.dumps(error)
    assert "sk-recorded" not in json.dumps(error)


@pytest.mark.parametrize("api", REPLAYED)
def test_recordings_are_replayed_for(api: str) -> None:
    """A renamed api would otherwise pass by replaying nothing."""
    assert any(exchange.api == api for exchange in ANSWERS)
