"""OpenRouter's own Python SDK against a live gateway: every answer parses in the SDK's types."""

import json
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest
from openrouter import OpenRouter
from openrouter.components import ChatResult, ChatStreamChunk
from tests.api.clients import Stage, openrouter_sdk
from tests.gateway import Gateway

pytestmark = [
    pytest.mark.timeout(180),
    # The SDK warns of a type of its own whenever it meets it in an answer.
    pytest.mark.filterwarnings(r"ignore:warning. \*\* DEPRECATED:DeprecationWarning"),
]

HELLO: Any = [{"role": "user", "content": "Say hello."}]
WEATHER: Any = {
    "type": "function",
    "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}},
}


@pytest.fixture
def client(gateway: Gateway) -> Generator[OpenRouter]:
    """With the inference key."""
    with openrouter_sdk(gateway) as made:
        yield made


@pytest.fixture
def manager(gateway: Gateway) -> Generator[OpenRouter]:
    """With the management key."""
    with openrouter_sdk(gateway, key=gateway.management_key) as made:
        yield made


def ask(client: OpenRouter, model: str, **fields: Any) -> ChatResult:
    """A whole answer."""
    send: Any = client.chat.send  # its overloads have eighty parameters
    answer = send(model=model, messages=HELLO, **fields)
    assert isinstance(answer, ChatResult)
    return answer


def listen(client: OpenRouter, model: str, **fields: Any) -> list[ChatStreamChunk]:
    """A whole stream."""
    with client.chat.send(model=model, messages=HELLO, stream=True, **fields) as stream:
        return list(stream)


def test_openrouter_chat_answers(stage: Stage) -> None:
    """A plain completion parses, with text, finish reason and usage."""
    with openrouter_sdk(stage.gateway) as client:
        answer = ask(client, stage.model, max_tokens=12)
    assert answer.model == stage.model
    assert answer.choices[0].message.content
    assert answer.choices[0].finish_reason in {"stop", "length"}
    assert answer.usage is not None
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert answer.usage.cost is not None


def test_openrouter_stream_ends_with_usage(stage: Stage) -> None:
    """Every chunk parses; the usage comes once, last, without choices."""
    with openrouter_sdk(stage.gateway) as client:
        chunks = listen(client, stage.model, max_tokens=12)
    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert [c.usage is not None for c in chunks] == [False] * (len(chunks) - 1) + [True]
    assert chunks[-1].choices == []


@pytest.mark.local_model
def test_openrouter_json_schema_is_kept_by_the_embedded_model(embedded: Stage) -> None:
    """Structured output through the SDK is JSON of that schema."""
    schema = {
        "type": "object",
        "properties": {"yes": {"type": "boolean"}},
        "required": ["yes"],
        "additionalProperties": False,
    }
    shape = {"type": "json_schema", "json_schema": {"name": "a", "strict": True, "schema": schema}}
    with openrouter_sdk(embedded.gateway) as client:
        answer = ask(client, embedded.model, max_tokens=40, response_format=shape)
    content = answer.choices[0].message.content
    assert isinstance(content, str)
    assert isinstance(json.loads(content)["yes"], bool)


def test_openrouter_tool_calls_and_reasoning_parse(client: OpenRouter) -> None:
    """Whole and streamed, with the same arguments and thoughts."""
    whole = ask(client, "acme/beta", tools=[WEATHER]).choices[0]
    assert whole.finish_reason == "tool_calls"
    [call] = whole.message.tool_calls or []
    assert call.function.name == "weather"
    assert whole.message.reasoning
    chunks = [c.choices[0].delta for c in listen(client, "acme/beta", tools=[WEATHER]) if c.choices]
    pieces = [part for delta in chunks for part in delta.tool_calls or []]
    assert {part.index for part in pieces} == {0}
    told = "".join((part.function and part.function.arguments) or "" for part in pieces)
    assert told == call.function.arguments
    assert "".join(delta.reasoning or "" for delta in chunks) == whole.message.reasoning


def test_openrouter_models_parse_and_agree(client: OpenRouter) -> None:
    """List, count, one model and its endpoints tell the same story."""
    listed = client.models.list()
    assert listed is not None
    rows = {row.id: row for row in listed.result.data}
    assert {"acme/echo", "acme/duo", "acme/beta", "acme/slow", "turnout/auto"} == set(rows)
    assert client.models.count().data.count == len(rows)
    one = client.models.get(author="acme", slug="duo").data
    assert one.id == "acme/duo"
    assert one.pricing.prompt == rows["acme/duo"].pricing.prompt
    hosts = client.endpoints.list(author="acme", slug="duo").data.endpoints
    assert {str(host.provider_name) for host in hosts} == {"alpha", "beta"}
    assert all(host.pricing.completion == "0.000002" for host in hosts)


def test_openrouter_whole_catalog_parses(gateway: Gateway, client: OpenRouter) -> None:
    """All rows of the whole catalog have what the SDK's types require, page by page."""
    total = int(gateway.call("GET", "/api/v1/models/count?all=true").json["data"]["count"])
    seen: set[str] = set()
    listed = client.models.list()
    assert listed is not None
    for offset in range(0, total, 500):
        path = f"/api/v1/models?all=true&limit=500&offset={offset}"
        parsed = type(listed.result).model_validate_json(gateway.call("GET", path).body)
        seen |= {row.id for row in parsed.data}
    assert len(seen) == total >= 400


def test_openrouter_providers_parse(client: OpenRouter) -> None:
    """Those that are on."""
    beside_chat = {
        f"{made}-{state}" for made in ("embeddings", "rerank") for state in ("down", "up")
    }
    slugs = {row.slug for row in client.providers.list().data}
    assert slugs == {"alpha", "beta", "slow"} | beside_chat


def test_openrouter_key_parses_for_both_kinds(client: OpenRouter, manager: OpenRouter) -> None:
    """`GET /key` tells a key what it is."""
    mine = client.api_keys.get_current_key_metadata().data
    assert not mine.is_management_key
    assert mine.limit is None
    assert mine.usage >= 0
    assert manager.api_keys.get_current_key_metadata().data.is_management_key


def test_openrouter_keys_live_and_die(gateway: Gateway, manager: OpenRouter) -> None:
    """Create, use, list, get, update, disable and delete, all through the SDK."""
    expires = datetime.now(UTC) + timedelta(days=1)
    made = manager.api_keys.create(
        name="a life", limit=2.5, limit_reset="weekly", expires_at=expires
    )
    hash_ = made.data.hash
    assert made.data.limit == made.data.limit_remaining == 2.5
    assert made.data.expires_at is not None
    with openrouter_sdk(gateway, key=made.key) as own:
        ask(own, "acme/echo")
        own_row = own.api_keys.get_current_key_metadata().data
    assert own_row.limit_reset == "weekly"
    assert own_row.effective_budget is not None
    assert 0 < own_row.usage == own_row.usage_weekly
    assert own_row.limit_remaining == pytest.approx(2.5 - own_row.usage, abs=1e-12)
    assert hash_ in {row.hash for row in manager.api_keys.list().data}
    changed = manager.api_keys.update(hash=hash_, name="renamed", disabled=True, limit=None)
    assert (changed.data.name, changed.data.disabled, changed.data.limit) == ("renamed", True, None)
    assert manager.api_keys.get(hash=hash_).data.disabled
    assert hash_ not in {row.hash for row in manager.api_keys.list().data}
    assert hash_ in {row.hash for row in manager.api_keys.list(include_disabled=True).data}
    assert manager.api_keys.delete(hash=hash_).model_dump(by_alias=True) == {"deleted": True}
    assert hash_ not in {row.hash for row in manager.api_keys.list(include_disabled=True).data}


def test_openrouter_credits_count_what_was_used(client: OpenRouter, manager: OpenRouter) -> None:
    """The total grows by exactly what an answer says it cost."""
    before = manager.credits.get_credits().data.total_usage
    usage = ask(client, "acme/echo").usage
    assert usage is not None
    assert isinstance(usage.cost, float)
    after = manager.credits.get_credits().data.total_usage
    assert after - before == pytest.approx(usage.cost, abs=1e-12)


@pytest.mark.parametrize("way", ["whole", "stream"])
def test_openrouter_generation_is_there_with_the_answer(
    stage: Stage, way: Literal["whole", "stream"]
) -> None:
    """The record can be read the moment the answer is whole, and says what the answer said."""
    with openrouter_sdk(
        stage.gateway, title="Tests of Turnout", referer="https://example.org/tests"
    ) as client:
        if way == "stream":
            last = listen(client, stage.model, max_tokens=6)[-1]
        else:
            last = ask(client, stage.model, max_tokens=6)
        record = client.generations.get_generation(id=last.id).data
    usage = last.usage
    assert usage is not None
    assert record.id == last.id
    assert record.model == stage.model
    assert record.provider_name == stage.provider
    assert record.streamed is (way == "stream")
    assert record.cancelled is False
    assert record.native_tokens_prompt == usage.prompt_tokens
    assert record.native_tokens_completion == usage.completion_tokens
    assert record.total_cost == usage.cost
    assert record.http_referer == "https://example.org/tests"
    assert (record.user_agent or "").startswith("speakeasy-sdk/python")
    assert record.finish_reason in {"stop", "length"}
    [attempt] = record.provider_responses or []
    assert attempt.status == 200


def test_openrouter_zdr_endpoints_parse(client: OpenRouter) -> None:
    """Nothing is known of the simulated providers' data policy, so none is listed."""
    assert client.endpoints.list_zdr_endpoints().data == []
