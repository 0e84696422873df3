"""What Gemini receives for what clients ask in OpenAI's words, and what is told of the losses."""

import json
from typing import Any, Final

import msgspec
import pytest
from tests.wire.cases.gemini_asked import ASKED
from tests.wire.cases.gemini_case import BUDGET, HI, HI_SENT, LATEST, OLD, Case, history, tool, user

from turnout.core.conversation import Conversation, ToolChoice, WebSearch
from turnout.core.errors import Refusal, UpstreamError
from turnout.core.types import Endpoint, Modality, Unpriced
from turnout.dialects.adapter import Outgoing
from turnout.dialects.anthropic_messages.adapter import AnthropicMessages
from turnout.dialects.gemini.adapter import Gemini
from turnout.dialects.gemini.quirks import Quirks
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.client import CLIENT
from turnout.dialects.powers import CountsTokens, FollowsAddresses
from turnout.providers import PROVIDERS

ALL: Final[frozenset[Modality]] = frozenset({"image", "audio", "video", "file"})
STORE: Final = "https://generativelanguage.googleapis.com/v1beta"


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


def asked(request: dict[str, Any]) -> Conversation:
    """The client's body in the internal form."""
    return CLIENT.read(json.dumps({"model": "a/m", **request}).encode(), {}).conversation()


def sent(request: dict[str, Any], model: str = OLD, *, urls: bool = False) -> Outgoing:
    """What goes up."""
    quirks = Quirks(takes_urls=ALL if urls else frozenset(), files=STORE)
    return Gemini(quirks).encode(asked(request), endpoint(model))


@pytest.mark.parametrize("case", ASKED, ids=lambda case: case.id)
def test_request_is_said_in_geminis_words(case: Case) -> None:
    """The whole body, and the honest list of what was lost or said otherwise."""
    got = sent(case.request, case.model, urls=case.urls)
    assert json.loads(got.request.body) == case.sent
    assert (got.dropped, got.translated, got.emulated) == (
        case.dropped,
        case.translated,
        case.emulated,
    )


@pytest.mark.parametrize("case", ASKED, ids=lambda case: case.id)
def test_request_has_the_same_bytes_each_time(case: Case) -> None:
    """Prompt caches live on that."""
    first, second = (sent(case.request, case.model, urls=case.urls) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("request_", "model", "words"),
    [
        ({**HI, "reasoning": {"effort": "none"}}, "gemini-2.5-pro", "always thinks"),
        ({**HI, "reasoning": {"effort": "none"}}, "gemini-3-pro-preview", "always thinks"),
        (user({"type": "file", "file": {"file_id": "file-openai"}}), OLD, "of that id"),
        (
            user({"type": "image_url", "image_url": {"url": "https://a.example/b.png"}}),
            OLD,
            "by that address",
        ),
        ({**HI, "modalities": ["text"], "image_config": {"aspect_ratio": 3}}, OLD, "image_config"),
    ],
)
def test_what_cannot_be_said_is_refused(request_: dict[str, Any], model: str, words: str) -> None:
    """Another endpoint may take it."""
    with pytest.raises(Refusal, match=words):
        sent(request_, model)


def test_sixth_stop_is_refused() -> None:
    """Gemini takes five; leaving one out would change the answer unseen."""
    conversation = asked(HI)
    sampling = msgspec.structs.replace(conversation.sampling, stop=tuple("abcdef"))
    with pytest.raises(Refusal, match="5 stop"):
        Gemini().encode(msgspec.structs.replace(conversation, sampling=sampling), endpoint(OLD))


def test_web_search_is_googles_own() -> None:
    """Beside functions only where the model can have both; its knobs have no place there."""
    web = WebSearch(max_results=3, allowed_domains=("a.example",))
    rows: list[tuple[str, list[Any], list[Any], tuple[str, ...]]] = [
        (OLD, [], [{"googleSearch": {}}], ("web_search.max_results", "web_search.allowed_domains")),
        (OLD, [tool("f")], [{"functionDeclarations": [{"name": "f"}]}], ("web_search",)),
        (
            LATEST,
            [tool("f")],
            [{"functionDeclarations": [{"name": "f"}]}, {"googleSearch": {}}],
            ("web_search.max_results", "web_search.allowed_domains"),
        ),
    ]
    for model, tools, groups, dropped in rows:
        conversation = msgspec.structs.replace(asked({**HI, "tools": tools}), web=web)
        got = Gemini().encode(conversation, endpoint(model))
        body = json.loads(got.request.body)
        assert body["tools"] == groups
        assert got.dropped == dropped
        assert body.get("toolConfig") == (
            {"includeServerSideToolInvocations": True} if len(groups) == 2 else None
        )
    assert Gemini().searches_web(endpoint(LATEST))


def test_a_choice_of_tools_that_gemini_cannot_be_told_is_reported() -> None:
    """With its own search alone there is no function that could be forced or forbidden."""
    bare = msgspec.structs.replace(
        asked(HI), web=WebSearch(), tool_choice=ToolChoice(mode="required")
    )
    assert Gemini().encode(bare, endpoint(LATEST)).dropped == ("tool_choice",)
    left = msgspec.structs.replace(bare, tool_choice=ToolChoice(mode="auto"))
    assert Gemini().encode(left, endpoint(LATEST)).dropped == ()
    assert not Gemini().searches_web(endpoint("gemma-3-27b-it"))


def test_long_names_come_back_as_they_were() -> None:
    """MCP names are longer than Gemini takes; the answer's call has the caller's own again."""
    name = "mcp__some-server__" + "x" * 60
    got = sent({**HI, "tools": [tool(name)]})
    (declared,) = json.loads(got.request.body)["tools"][0]["functionDeclarations"]
    assert len(declared["name"]) <= 64
    assert got.translated == ("tools.function.name",)
    answer = {
        "candidates": [{"content": {"parts": [{"functionCall": {"name": declared["name"]}}]}}]
    }
    events = Gemini().decode(json.dumps(answer).encode()).events
    (undo,) = got.undo
    heard = [out for event in events for out in undo.filter().feed(event)]
    assert name in [getattr(event, "name", None) for event in heard]


def test_pictures_in_results_go_inside_or_beside_them() -> None:
    """Newer models take media in a result, older ones behind all results."""
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}
    request = history({"id": "c1", "type": "function", "function": {"name": "f", "arguments": ""}})
    request["messages"][-1]["content"] = [{"type": "text", "text": "see"}, picture]
    inline = {"inlineData": {"mimeType": "image/png", "data": "AA=="}}
    new, old = sent(request, LATEST), sent(request, BUDGET)
    response = json.loads(new.request.body)["contents"][-1]["parts"][0]["functionResponse"]
    assert response["parts"] == [inline]
    *_, results, beside = json.loads(old.request.body)["contents"]
    assert "parts" not in results["parts"][0]["functionResponse"]
    assert beside == {"role": "user", "parts": [inline]}
    assert old.translated == ("messages.tool",)


def test_path_names_model_and_method() -> None:
    """A model's name is part of the path, so it is escaped; streams are asked for as events."""
    vertex = PROVIDERS["google-vertex"].adapter
    for adapter, stream, model, path in (
        (Gemini(), False, "models/gemini-x", "/models/gemini-x:generateContent"),
        (Gemini(), True, "a/../b", "/models/a%2F..%2Fb:streamGenerateContent?alt=sse"),
        (vertex, False, "gemini-x", "/publishers/google/models/gemini-x:generateContent"),
    ):
        got = adapter.encode(asked({**HI, "stream": stream}), endpoint(model))
        assert got.request.path == path


def test_vertex_speaks_each_publishers_dialect() -> None:
    """Gemini in Google's, Claude in Anthropic's, partners' open models in OpenAI's."""
    vertex = PROVIDERS["google-vertex"]
    for model, adapter, prefix in (
        ("gemini-3-pro-preview", Gemini, ""),
        ("claude-opus-4-1@20250805", AnthropicMessages, ""),
        ("zai-org/glm-5-maas", OpenAIChat, "/endpoints/openapi"),
    ):
        side = vertex.speaks(model, "openai.chat")
        assert isinstance(side.adapter, adapter)
        assert side.prefix == prefix


@pytest.mark.parametrize(
    ("environ", "base_url"),
    [
        (
            {"GOOGLE_CLOUD_PROJECT": "p"},
            "https://aiplatform.googleapis.com/v1beta1/projects/p/locations/global",
        ),
        (
            {"GOOGLE_CLOUD_PROJECT": "p", "GOOGLE_CLOUD_LOCATION": "europe-west4"},
            "https://europe-west4-aiplatform.googleapis.com/v1beta1/projects/p/locations/europe-west4",
        ),
        (
            {"GOOGLE_VERTEX_PROJECT": "p", "GOOGLE_VERTEX_LOCATION": "us"},
            "https://aiplatform.us.rep.googleapis.com/v1beta1/projects/p/locations/us",
        ),
    ],
)
def test_vertex_host_follows_the_location(environ: dict[str, str], base_url: str) -> None:
    """`global` and the two continents have hosts of their own form."""
    assert PROVIDERS["google-vertex"].address(environ) == base_url
    assert PROVIDERS["google-vertex"].address({}) is None


def test_tokens_are_counted_as_each_house_wants_to_be_asked() -> None:
    """AI Studio takes the whole request as a member, Vertex four of its fields."""
    body = json.dumps({"model": "a/m", **HI, "safetySettings": []}).encode()
    inbound = CLIENT.read(body, {})
    vertex = PROVIDERS["google-vertex"].adapter
    assert isinstance(vertex, Gemini)
    whole, fields = (one.count_request(inbound, endpoint(OLD)) for one in (Gemini(), vertex))
    assert whole is not None
    assert fields is not None
    assert whole.path == f"/models/{OLD}:countTokens"
    assert json.loads(whole.body) == {
        "generateContentRequest": {"model": f"models/{OLD}", **HI_SENT, "safetySettings": []}
    }
    assert fields.path == f"/publishers/google/models/{OLD}:countTokens"
    assert json.loads(fields.body) == HI_SENT
    assert isinstance(vertex, CountsTokens)
    assert vertex.decode_count(b'{"totalTokens": 9, "promptTokensDetails": []}') == 9
    with pytest.raises(UpstreamError):
        vertex.decode_count(b"{}")


def test_addresses_of_its_own_stores_are_not_for_fetching() -> None:
    """Whoever fetches media for it leaves these alone."""
    adapter = Gemini(Quirks(files=STORE))
    assert isinstance(adapter, FollowsAddresses)
    assert adapter.follows("gs://bucket/a.png", "image")
    assert adapter.follows(f"{STORE}/files/abc", "file")
    assert adapter.follows("https://www.youtube.com/watch?v=x", "video")
    assert not adapter.follows("https://www.youtube.com/watch?v=x", "image")
    assert not adapter.follows("https://youtube.com.evil.example/x", "video")
    assert not adapter.follows("https://a.example/b.png", "image")


def test_models_are_listed_without_their_folder() -> None:
    """Those that answer or embed; other methods are other products."""
    listed = {
        "models": [
            {"name": "models/gemini-a", "supportedGenerationMethods": ["generateContent"]},
            {"name": "models/veo", "supportedGenerationMethods": ["predictLongRunning"]},
            {"name": "models/embed", "supportedGenerationMethods": ["embedContent"]},
        ]
    }
    assert Gemini().decode_models(json.dumps(listed).encode()) == ("gemini-a", "embed")
