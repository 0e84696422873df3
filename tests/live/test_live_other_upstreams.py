"""Recorded answers of upstreams that do not speak OpenAI's dialect, through one whole gateway.

Signed for Bedrock, with a key for Cohere, without one for Ollama; streams come over TCP.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Generator, Mapping
from functools import partial
from typing import Any, Final

import msgspec
import pytest
from tests.gateway import CHAT, Gateway, Template, open_gateway
from tests.live.recorded_upstream import RecordedUpstream, recorded_upstream
from tests.recordings import Exchange
from tests.wire import test_bedrock_recordings as bedrock
from tests.wire import test_cohere_recordings as cohere
from tests.wire import test_ollama_recordings as ollama
from tests.wire.bedrock_heard import from_bedrock, stream_from_bedrock, wire_bytes
from tests.wire.cohere_heard import from_cohere, stream_from_cohere
from tests.wire.heard import Heard, from_gateway

pytestmark = pytest.mark.recordings

KEYS: Final = {"AWS_ACCESS_KEY_ID": "AKEXAMPLE", "AWS_SECRET_ACCESS_KEY": "very-secret"}


class Replayed(msgspec.Struct, frozen=True):
    """An exchange, who says it, and what is heard in it."""

    provider: str
    exchange: Exchange
    streamed: bool
    told: Callable[[], Heard]
    same: Callable[[Heard, Heard], None]

    @property
    def name(self) -> str:
        """For test ids."""
        return self.exchange.name


def framed(exchange: Exchange) -> Exchange:
    """The exchange with its stream as Bedrock sends it."""
    body = b64encode(wire_bytes(exchange)).decode()
    headers = {"content-type": "application/vnd.amazon.eventstream"}
    return msgspec.structs.replace(
        exchange, response_body=body, response_encoding="base64", response_headers=headers
    )


def replayed() -> Generator[Replayed]:
    """All of them."""
    slug = "amazon-bedrock"
    for one in bedrock.WHOLE:
        yield Replayed(slug, one, False, partial(from_bedrock, one), bedrock.assert_same)
    for one in bedrock.STREAMS:
        told = partial(stream_from_bedrock, wire_bytes(one))
        yield Replayed(slug, framed(one), True, told, bedrock.assert_same)
    for one in cohere.WHOLE:
        told = partial(from_cohere, one.body)
        yield Replayed("cohere", one, False, told, cohere.assert_same)
    for one in cohere.STREAMS:
        told = partial(stream_from_cohere, one.response_body)
        yield Replayed("cohere", one, True, told, cohere.assert_same)
    for one in ollama.ANSWERS:
        lines = ollama.lines_of(one)
        told = partial(ollama.from_ollama, lines)
        yield Replayed("ollama", one, len(lines) > 1, told, ollama.assert_same)


ALL: Final = list(replayed())


@pytest.fixture(scope="module")
def upstream() -> Generator[RecordedUpstream]:
    """All providers at once."""
    with recorded_upstream() as playing:
        yield playing


@pytest.fixture(scope="module")
def replaying(
    template: Template, upstream: RecordedUpstream, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Gateway]:
    """A gateway whose providers are elsewhere, with one model for each recording."""
    tables: list[str] = []
    keys: Mapping[str, str] = {"cohere": 'api_key = "co-secret"'}
    for provider in ("amazon-bedrock", "cohere", "ollama"):
        tables += [f'[providers.{provider}]\nbase_url = "{upstream.url}"', keys.get(provider, "")]
        for one in ALL:
            if one.provider == provider:
                row = f'id = "recorded/{one.exchange.id}"\nupstream = "their.model-v1:0"'
                tables.append(f"[[providers.{provider}.models]]\n{row}")
    folder = tmp_path_factory.mktemp("others")
    config = "\n".join(tables)
    with open_gateway(template, folder, config, AWS_REGION="eu-west-1", **KEYS) as serving:
        yield serving


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.name)
def test_recorded_answer_passes_the_gateway(
    replaying: Gateway, upstream: RecordedUpstream, one: Replayed
) -> None:
    """Text, reasoning, calls, finish and usage reach a client as the provider meant them."""
    upstream.say(one.exchange)
    body: dict[str, Any] = {
        "model": f"recorded/{one.exchange.id}",
        "messages": [{"role": "user", "content": "as recorded"}],
        "stream": one.streamed,
    }
    heard = replaying.call("POST", CHAT, body)
    told = one.told()
    voice = told.choices[0]
    if told.error or not (voice.text or voice.reasoning or voice.calls):
        assert heard.status >= 400 or from_gateway(heard.body, streamed=one.streamed).error
        return
    assert heard.status == 200, heard.body
    one.same(told, from_gateway(heard.body, streamed=one.streamed))
    record = replaying.generation(heard.generation_id)
    assert record["turnout"]["state"] == "succeeded"
    assert record["turnout"]["estimated_usage"] is (told.usage is None)


def test_each_provider_is_asked_in_its_own_way(
    replaying: Gateway, upstream: RecordedUpstream
) -> None:
    """Where to, with which proof of who asks; no secret of the gateway's goes anywhere else."""
    heads: dict[str, str] = {}
    for one in ALL:
        if one.provider in heads or one.streamed:
            continue
        upstream.say(one.exchange)
        body = {
            "model": f"recorded/{one.exchange.id}",
            "messages": [{"role": "user", "content": "x"}],
        }
        heard = replaying.call("POST", CHAT, body)
        assert "secret" not in heard.body.decode()
        heads[one.provider] = upstream.heads[0].decode()
        assert json.loads(upstream.asked[0])["messages"]
    signed = heads["amazon-bedrock"]
    assert signed.startswith("POST /model/their.model-v1%3A0/converse HTTP/1.1\r\n")
    assert "authorization: AWS4-HMAC-SHA256 Credential=AKEXAMPLE/" in signed
    assert "/eu-west-1/bedrock/aws4_request" in signed
    assert "very-secret" not in signed
    assert heads["cohere"].startswith("POST /v2/chat HTTP/1.1\r\n")
    assert "authorization: Bearer co-secret\r\n" in heads["cohere"]
    assert heads["ollama"].startswith("POST /api/chat HTTP/1.1\r\n")
    assert "authorization" not in heads["ollama"]
