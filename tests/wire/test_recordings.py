"""Real traffic through the bridge of its provider: every word, call, count and end arrives.

Each answer is fed to both ways of bridging (the splice, and the translation through the internal
form), whole and as a stream cut at random bytes, and read back by `heard`, which shares no code
with the gateway.
"""

import random
from collections.abc import Callable, Mapping
from typing import Final

import msgspec
import pytest
from tests.recordings import Exchange, load
from tests.wire.heard import Heard, ended, from_gateway, from_provider
from tests.wire.sent import as_recorded, comparable, internal

from turnout.core.errors import FailureKind, Refusal, UpstreamError
from turnout.core.types import Endpoint, Unpriced
from turnout.core.usage import Usage
from turnout.dialects.adapter import Bill, Bridge, Head, Outgoing, UpstreamRequest
from turnout.dialects.bridge import Translation, bridge
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.client import CLIENT
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.providers import PROVIDERS

pytestmark = pytest.mark.recordings

# Recorded api to provider; None: a compatible host that has no file of its own (yet).
APIS: Final[Mapping[str, str | None]] = {
    "alibaba.chat": "alibaba",
    "azure.chat": "azure",
    "bedrock-mantle.chat": None,
    "cerebras.chat": "cerebras",
    "cloudflare.chat": "cloudflare",
    "databricks.chat": None,
    "deepseek.chat": "deepseek",
    "gemini.openai.chat": None,
    "groq.chat": "groq",
    "heroku.chat": None,
    "huggingface.chat": "huggingface",
    "llamacpp.chat": "llamacpp",
    "local.chat": None,
    "mistral.chat": "mistral",
    "moonshot.chat": "moonshotai",
    "ollama.chat": "ollama-cloud",
    "openai.chat": "openai",
    "openrouter.chat": "openrouter",
    "perplexity.chat": "perplexity",
    "portkey.chat": None,
    "snowflake.chat": None,
    "together.chat": "together",
    "vercel.chat": "vercel",
    "xai.chat": "xai",
    "zai.chat": "zai",
}

SENT: Final = Outgoing(request=UpstreamRequest(path="", body=b""))
HEAD: Final = Head("gen-recorded", 1_700_000_000, "author/model", "Provider")


def chats() -> list[Exchange]:
    """All recorded chats in OpenAI's dialect; other routes were filed under the same names."""
    return [
        exchange
        for exchange in load(APIS)
        if exchange.url.endswith("/chat/completions")
        and (exchange.status >= 400 or '"choices"' in exchange.response_body)
    ]


CHATS: Final = chats()
ANSWERS: Final = [exchange for exchange in CHATS if exchange.status < 400]
WHOLE: Final = [exchange for exchange in ANSWERS if not exchange.streamed]
STREAMS: Final = [exchange for exchange in ANSWERS if exchange.streamed]
REFUSALS: Final = [exchange for exchange in CHATS if exchange.status >= 400]
REQUESTS: Final = [exchange for exchange in ANSWERS if exchange.request_json is not None]


def adapter(exchange: Exchange) -> OpenAIChat:
    """The adapter of whoever answered."""
    provider = APIS[exchange.api]
    found = PROVIDERS[provider].adapter if provider is not None else OpenAIChat(COMPATIBLE)
    assert isinstance(found, OpenAIChat)
    return found


def spliced(exchange: Exchange) -> Bridge:
    """The way on which the bytes pass."""
    return bridge(CLIENT, adapter(exchange))


def translated(exchange: Exchange) -> Bridge:
    """The way through the internal form."""
    return Translation(CLIENT, adapter(exchange))


Way = Callable[[Exchange], Bridge]
both_ways = pytest.mark.parametrize("way", [spliced, translated])


def each(exchanges: list[Exchange]) -> pytest.MarkDecorator:
    """One test for each of them, by name."""
    return pytest.mark.parametrize("exchange", exchanges, ids=lambda one: one.name)


def assert_same(told: Heard, got: Heard) -> None:
    """The client heard what the provider said."""
    assert set(got.choices) == set(told.choices)
    for index, said in told.choices.items():
        voice = got.choices[index]
        assert voice.text == said.text
        assert voice.reasoning == said.reasoning
        assert voice.refusal == said.refusal
        assert [(call.name, call.arguments) for call in voice.calls] == [
            (call.name, call.arguments) for call in said.calls
        ]
        assert all(
            mine.id == theirs.id
            for mine, theirs in zip(voice.calls, said.calls, strict=True)
            if theirs.id
        )
        assert voice.finish == ended(said, marked=told.ended)
    if told.usage is not None:
        assert got.usage == told.usage


def bill(usage: Usage | None) -> Bill:
    """The provider's own counts, at no known price."""
    return Bill(usage=usage or Usage(), charge=None)


@both_ways
@each(WHOLE)
def test_recorded_answer_reaches_the_client(exchange: Exchange, way: Way) -> None:
    """A whole answer says to the client what the provider said."""
    told = from_provider(exchange.response_body, streamed=False)
    answer = way(exchange).answer(exchange.body, HEAD, SENT)
    got = from_gateway(answer.render(bill(answer.tally.usage)), streamed=False)
    assert_same(told, got)
    assert (answer.tally.usage is None) == (told.usage is None)
    assert answer.tally.tool_calls == sum(len(voice.calls) for voice in told.choices.values())


def pieces(body: bytes, longest: int, seed: str) -> list[bytes]:
    """The body cut at random bytes."""
    chance = random.Random(seed)
    cuts: list[bytes] = []
    at = 0
    while at < len(body):
        size = chance.randint(1, longest)
        cuts.append(body[at : at + size])
        at += size
    return cuts


def relay(one: Bridge, parts: list[bytes]) -> tuple[bytes, Usage | None]:
    """What the client gets when the upstream sends these pieces."""
    stream = one.stream(HEAD, SENT)
    out = [stream.feed(part) for part in parts]
    out.append(stream.end())
    error = stream.tally.error
    if error is not None:
        out.append(stream.fail(error, bill(stream.tally.usage)))
    else:
        out.append(stream.close(bill(stream.tally.usage)))
    return b"".join(out), stream.tally.usage


@both_ways
@each(STREAMS)
def test_recorded_stream_reaches_the_client(exchange: Exchange, way: Way) -> None:
    """A stream says to the client what the provider said, however the network cuts it."""
    told = from_provider(exchange.response_body, streamed=True)
    whole, usage = relay(way(exchange), [exchange.body])
    got = from_gateway(whole, streamed=True)
    assert got.error == told.error
    if not told.error:
        assert_same(told, got)
        assert (usage is None) == (told.usage is None)
    assert got.ended
    for longest in (5, 200):
        cut, _ = relay(way(exchange), pieces(exchange.body, longest, exchange.id))
        assert cut == whole


@both_ways
@each(REQUESTS)
def test_recorded_request_goes_up_as_recorded(exchange: Exchange, way: Way) -> None:
    """What a client of that provider sends, the gateway sends too, quirks and model aside."""
    recorded = exchange.request_json
    assert recorded is not None
    try:
        inbound = CLIENT.read(msgspec.json.encode(recorded), {})
    except Refusal as refusal:
        pytest.skip(f"not a request of the contract: {refusal.message}")
    one = adapter(exchange)
    endpoint = Endpoint(
        id="author/model@recorded",
        model="author/model",
        provider=exchange.provider,
        tag=exchange.provider,
        upstream_model=recorded["model"],
        price=Unpriced(),
        context_tok=1_000_000,
    )
    try:
        outgoing = way(exchange).request(inbound, endpoint)
    except Refusal as refusal:
        pytest.skip(f"cannot be translated: {refusal.message}")
    sent = msgspec.json.decode(outgoing.request.body, type=dict[str, object])
    assert sent["model"] == recorded["model"]
    got, want = comparable(sent, one.quirks), as_recorded(recorded, one.quirks)
    if way is translated:
        got, want = internal(got), internal(want)
    assert got == want
    assert set(outgoing.dropped) >= set(recorded) & one.quirks.drop


EXPECTED_KINDS: Final[Mapping[int, FailureKind]] = {
    400: FailureKind.BAD_REQUEST,
    401: FailureKind.AUTH,
    404: FailureKind.MODEL_NOT_FOUND,
    429: FailureKind.RATE_LIMITED,
}


@each(REFUSALS)
def test_recorded_refusal_is_understood(exchange: Exchange) -> None:
    """A provider's no becomes the failure that its status stands for, in its own words."""
    error = adapter(exchange).decode_error(
        exchange.status, exchange.response_headers, exchange.body
    )
    assert isinstance(error, UpstreamError)
    assert error.kind is EXPECTED_KINDS[exchange.status]
    assert error.status == exchange.status
    assert error.message
    assert "://" not in error.message
    assert "sk-" not in error.message


@pytest.mark.parametrize("api", APIS)
def test_recordings_hold_chats_of_this_api(api: str) -> None:
    """A renamed api would otherwise pass by testing nothing."""
    assert any(exchange.api == api for exchange in CHATS)
