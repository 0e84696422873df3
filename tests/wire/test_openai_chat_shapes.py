"""Shapes that Mistral, Perplexity and Azure insist on, and what they tell in their own."""

import json
from typing import Any, Final

import msgspec
import pytest
from tests.wire.fold import fold_answer, fold_stream

from turnout.core.errors import FailureKind
from turnout.core.types import Endpoint, Unpriced
from turnout.core.usage import Usage
from turnout.dialects.adapter import Bill, Bridge, Head, Outgoing, UpstreamRequest
from turnout.dialects.bridge import Translation, bridge
from turnout.dialects.openai_chat.client import CLIENT
from turnout.providers import PROVIDERS

SENT: Final = Outgoing(request=UpstreamRequest(path="", body=b""))
HEAD: Final = Head("gen-1", 1_700_000_000, "author/model", "Provider")
BILL: Final = Bill(usage=Usage(), charge=None)
HI: Final[dict[str, Any]] = {"role": "user", "content": "hi"}


def ways(provider: str) -> list[Bridge]:
    """The splice and the translation to that provider."""
    adapter = PROVIDERS[provider].adapter
    return [bridge(CLIENT, adapter), Translation(CLIENT, adapter)]


def sent(
    way: Bridge, messages: list[dict[str, Any]], model: str = "m"
) -> tuple[list[dict[str, Any]], Outgoing]:
    """The messages that go up, and the whole request."""
    endpoint = Endpoint(
        id="e",
        model="a/m",
        provider="p",
        tag="p",
        upstream_model=model,
        price=Unpriced(),
        context_tok=8192,
    )
    inbound = CLIENT.read(msgspec.json.encode({"model": "a/m", "messages": messages}), {})
    outgoing = way.request(inbound, endpoint)
    return json.loads(outgoing.request.body)["messages"], outgoing


def answer(*content: Any, **more: Any) -> bytes:
    """A whole answer with that content."""
    message = {"role": "assistant", "content": content[0] if len(content) == 1 else content}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    return json.dumps({"id": "u", "choices": [choice], "usage": usage, **more}).encode()


@pytest.mark.parametrize("way", ways("mistral"), ids=["spliced", "translated"])
def test_mistral_goes_on_with_a_last_message_of_the_assistant(way: Bridge) -> None:
    """A prefill says `prefix`, which Mistral refuses to guess; an earlier answer does not."""
    prefill = {"role": "assistant", "content": "Once"}
    messages, _ = sent(way, [HI, prefill])
    assert messages[-1] == {**prefill, "prefix": True}
    messages, _ = sent(way, [HI, prefill, HI])
    assert messages[1] == prefill


@pytest.mark.parametrize("way", ways("mistral"), ids=["spliced", "translated"])
def test_mistral_gets_files_as_documents(way: Bridge) -> None:
    """A PDF by value is a `document_url` part there."""
    data = "data:application/pdf;base64,QUJD"
    part = {"type": "file", "file": {"filename": "a.pdf", "file_data": data}}
    messages, _ = sent(way, [{"role": "user", "content": [{"type": "text", "text": "?"}, part]}])
    document = {"type": "document_url", "document_url": data, "document_name": "a.pdf"}
    assert messages[0]["content"][1] == document


@pytest.mark.parametrize("way", ways("mistral"), ids=["spliced", "translated"])
def test_mistral_references_are_annotations(way: Bridge) -> None:
    """A reference between texts is kept as it is, and the texts close ranks."""
    body = answer(
        {"type": "text", "text": "a"},
        {"type": "reference", "reference_ids": [3]},
        {"type": "text", "text": "b"},
    )
    [voice] = fold_answer(way.answer(body, HEAD, SENT).render(BILL))["choices"].values()
    assert voice["content"] == "ab"
    assert voice["annotations"] == [{"type": "reference", "reference_ids": [3]}]


@pytest.mark.parametrize("way", ways("perplexity"), ids=["spliced", "translated"])
def test_perplexity_gets_turns_that_alternate(way: Bridge) -> None:
    """What one side says in a row is joined, the user speaks first, and that is reported."""
    messages, outgoing = sent(
        way,
        [
            {"role": "system", "content": "Be kind."},
            {"role": "assistant", "content": "Hello"},
            HI,
            {"role": "user", "content": [{"type": "text", "text": "there"}]},
            {"role": "assistant", "content": "a"},
            {"role": "assistant", "content": "b"},
            HI,
        ],
    )
    assert [message["role"] for message in messages] == [
        "system",
        "user",
        "assistant",
        "user",
        "assistant",
        "user",
    ]
    assert messages[4]["content"] == "a\n\nb"
    words = {"type": "text", "text": "hi"}, {"type": "text", "text": "there"}
    assert messages[3]["content"] in ([*words], "hi\n\nthere")
    assert outgoing.translated == ("messages",)
    assert sent(way, [HI])[1].translated == ()


RESULTS: Final = {
    "citations": ["https://a.test/1", "https://b.test/2"],
    "search_results": [
        {"title": "A", "url": "https://a.test/1", "date": "2026-01-01"},
        {"title": "B", "url": "https://b.test/2", "snippet": "words"},
    ],
}


def cited(voice: dict[str, Any]) -> list[tuple[str, str]]:
    """Address and title of each annotation."""
    inner = [item["url_citation"] for item in voice["annotations"]]
    return [(item["url"], item["title"]) for item in inner]


@pytest.mark.parametrize("way", ways("perplexity"), ids=["spliced", "translated"])
def test_perplexity_sources_become_annotations(way: Bridge) -> None:
    """What it read is cited, whole and streamed, once; the splice keeps its own lists as well."""
    body = way.answer(answer("Yes [1][2].", **RESULTS), HEAD, SENT).render(BILL)
    expected = [("https://a.test/1", "A"), ("https://b.test/2", "B")]
    assert cited(fold_answer(body)["choices"][0]) == expected
    chunks: list[dict[str, Any]] = [
        {"id": "u", "choices": [{"index": 0, "delta": {"content": text}}], **RESULTS}
        for text in ("Yes", " [1]", "[2].")
    ]
    chunks.append({"id": "u", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    chunks[-1].update(RESULTS)
    stream = way.stream(HEAD, SENT)
    frames = b"".join(b"data: " + json.dumps(chunk).encode() + b"\n\n" for chunk in chunks)
    out = stream.feed(frames + b"data: [DONE]\n\n") + stream.close(BILL)
    assert cited(fold_stream(out)["choices"][0]) == expected


@pytest.mark.parametrize("way", ways("azure"), ids=["spliced", "translated"])
def test_azure_stream_may_begin_with_filter_results_alone(way: Bridge) -> None:
    """A first chunk without choices says nothing and is no end."""
    chunks: list[dict[str, Any]] = [
        {"id": "", "choices": [], "prompt_filter_results": [{"prompt_index": 0}]},
        {"id": "u", "choices": [{"index": 0, "delta": {"content": "hi"}}]},
        {"id": "u", "choices": [{"index": 0, "delta": {}, "finish_reason": "content_filter"}]},
    ]
    stream = way.stream(HEAD, SENT)
    frames = b"".join(b"data: " + json.dumps(chunk).encode() + b"\n\n" for chunk in chunks)
    out = stream.feed(frames + b"data: [DONE]\n\n") + stream.close(BILL)
    [voice] = fold_stream(out)["choices"].values()
    assert voice["content"] == "hi"
    assert voice["finish"][0] == "content_filter"


def test_azure_filter_and_rate_limit_are_understood() -> None:
    """A filtered prompt is content policy, and the wait is read in milliseconds."""
    adapter = PROVIDERS["azure"].adapter
    filtered = {
        "error": {
            "message": "The response was filtered due to the prompt triggering Azure OpenAI's "
            "content management policy.",
            "code": "content_filter",
            "status": 400,
            "innererror": {
                "code": "ResponsibleAIPolicyViolation",
                "content_filter_result": {"violence": {"filtered": True, "severity": "medium"}},
            },
        }
    }
    error = adapter.decode_error(400, {}, json.dumps(filtered).encode())
    assert error.kind is FailureKind.CONTENT_POLICY
    limited = {"error": {"code": "429", "message": "Rate limit is exceeded."}}
    error = adapter.decode_error(429, {"retry-after-ms": "1500"}, json.dumps(limited).encode())
    assert error.kind is FailureKind.RATE_LIMITED
    assert error.retry_after_s == 1.5


def test_azure_classic_names_its_model_in_the_path() -> None:
    """The upstream name is escaped there, and may bring an api-version of its own."""
    way = ways("azure-classic")[0]
    path = "/deployments/my%20gpt/chat/completions?api-version="
    _, outgoing = sent(way, [HI], "my gpt")
    assert outgoing.request.path == path + "2024-10-21"
    _, outgoing = sent(way, [HI], "my gpt?api-version=2025-04-01-preview")
    assert outgoing.request.path == path + "2025-04-01-preview"
    assert json.loads(outgoing.request.body)["model"] == "my gpt"
