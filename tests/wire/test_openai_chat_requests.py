"""What the client side reads: checked, never changed; the same request goes up on both ways."""

from typing import Any, Final

import msgspec
import pytest
from tests.wire.cases.chat_requests import REFUSED

from turnout.core.errors import Refusal
from turnout.core.preferences import Preferences
from turnout.core.types import Endpoint, Unpriced
from turnout.dialects.adapter import Outgoing
from turnout.dialects.bridge import Translation, bridge
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.client import CLIENT
from turnout.dialects.openai_chat.quirks import Quirks

HI: Final[list[dict[str, Any]]] = [{"role": "user", "content": "hi"}]
ENDPOINT: Final = Endpoint(
    id="a/m@p",
    model="a/m",
    provider="p",
    tag="p",
    upstream_model="their-m",
    price=Unpriced(),
    context_tok=8_192,
    max_output_tok=1_000,
)


@pytest.mark.parametrize(
    ("body", "param", "word"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_refusal_names_field_fault_and_remedy(body: bytes, param: str | None, word: str) -> None:
    """A wrong body is a 400 that says where, what and what would be right."""
    with pytest.raises(Refusal) as caught:
        CLIENT.read(body, {})
    assert caught.value.error_type == "invalid_request"
    assert caught.value.param == param
    assert word in caught.value.message
    assert len(caught.value.message) < 400


def test_read_keeps_unknown_fields_and_the_last_of_duplicates() -> None:
    """Bytes of unknown fields stay as they are; of two of a name the later one counts."""
    body = (
        b'{"seed":1,"x_new": { "b" :1.50,"a":[] },"messages":[{"role":"user"}],'
        b'"seed":2,"model":"a/m"}'
    )
    inbound = CLIENT.read(body, {})
    assert bytes(inbound.fields["x_new"]) == b'{ "b" :1.50,"a":[] }'
    assert inbound.conversation().sampling.seed == 2
    sent = bridge(CLIENT, OpenAIChat()).request(inbound, ENDPOINT).request.body
    assert b'"x_new":{ "b" :1.50,"a":[] }' in sent
    assert b'"seed":2' in sent


def test_read_finds_what_routing_needs() -> None:
    """Models in order, preferences, modalities, parameters sent, the output limit, the tier."""
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 40_000}}
    body = msgspec.json.encode(
        {
            "model": "a/m",
            "models": ["a/m", "b/n:floor"],
            "messages": [{"role": "user", "content": [{"type": "text", "text": "x" * 400}, image]}],
            "provider": {"order": ["p"], "max_price": {"prompt": 1}},
            "temperature": 0,
            "top_k": None,
            "response_format": {"type": "json_schema", "json_schema": {"name": "n"}},
            "max_completion_tokens": 7,
            "service_tier": "fast",
            "session_id": "s",
            "user": "u",
        }
    )
    inbound = CLIENT.read(body, {})
    assert inbound.models == ("a/m", "b/n:floor")
    assert isinstance(inbound.preferences, Preferences)
    assert inbound.preferences.order == ("p",)
    needs = inbound.needs
    assert needs.inputs == {"text", "image"}
    assert needs.parameters == {
        "temperature",
        "response_format",
        "structured_outputs",
        "max_completion_tokens",
    }
    assert (needs.max_output_tok, needs.tier) == (7, "priority")
    assert 100 <= needs.prompt_tok < 300, "pictures by value are no text"
    assert (inbound.session_id, inbound.user, inbound.stream) == ("s", "u", False)


def test_prompt_becomes_one_user_message() -> None:
    """The legacy field is read as what it means."""
    inbound = CLIENT.read(b'{"prompt":"hi \\u00e9","model":"a/m"}', {})
    assert bytes(inbound.fields["messages"]) == b'[{"role":"user","content":"hi \\u00e9"}]'
    assert "prompt" not in inbound.fields
    assert inbound.conversation().messages[0].role == "user"


def test_no_model_means_the_default_one() -> None:
    """A caller who names no model leaves the choice to the installation."""
    assert CLIENT.read(msgspec.json.encode({"messages": HI}), {}).models == ()


EVERYTHING: Final[dict[str, Any]] = {
    "model": "a/m",
    "messages": [
        {"role": "developer", "content": "be brief", "name": "boss"},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "look", "cache_control": {"type": "ephemeral"}},
                {
                    "type": "image_url",
                    "image_url": {"url": "https://x.test/a.png", "detail": "low"},
                },
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
                {"type": "input_audio", "input_audio": {"data": "UklG", "format": "wav"}},
                {"type": "input_video", "input_video": {"url": "https://x.test/v.mp4"}},
                {"type": "file", "file": {"file_id": "file-1"}},
                {
                    "type": "file",
                    "file": {"file_data": "data:application/pdf;base64,QQ==", "filename": "a.pdf"},
                },
            ],
        },
        {
            "role": "assistant",
            "content": None,
            "reasoning": "hmm",
            "reasoning_details": [
                {
                    "type": "reasoning.text",
                    "text": "hmm",
                    "signature": "sig",
                    "format": "anthropic-claude-v1",
                    "index": 0,
                },
                {"type": "reasoning.encrypted", "data": "sealed", "format": "unknown", "id": "r1"},
            ],
            "tool_calls": [
                {
                    "id": "c1",
                    "type": "function",
                    "function": {"name": "f", "arguments": '{"a": 1}'},
                    "extra_content": {"google": {"thought_signature": "s"}},
                }
            ],
        },
        {"role": "tool", "tool_call_id": "c1", "content": "42"},
        {"role": "assistant", "content": "It is 42", "x_unknown": {"k": 1}},
        {"role": "user", "content": "thanks"},
    ],
    "tools": [
        {
            "type": "function",
            "function": {
                "name": "f",
                "description": "d",
                "parameters": {"type": "object", "properties": {"b": {}, "a": {}}},
                "strict": True,
                "x_inner": 1,
            },
        }
    ],
    "tool_choice": "required",
    "parallel_tool_calls": False,
    "response_format": {
        "type": "json_schema",
        "json_schema": {"name": "n", "schema": {"type": "object"}, "strict": True},
    },
    "temperature": 0.5,
    "top_p": 0.9,
    "top_k": 5,
    "seed": 12345678901234567890,
    "stop": ["a", "b"],
    "logit_bias": {"1": -100},
    "logprobs": True,
    "top_logprobs": 2,
    "max_tokens": 500,
    "reasoning": {"effort": "high"},
    "stream": True,
    "stream_options": {"include_obfuscation": False},
    "user": "ann",
    "verbosity": "low",
    "prompt_cache_key": "k",
    "service_tier": "flex",
    "metadata": {"a": "b"},
    "provider": {"order": ["p"], "zdr": True},
    "models": ["b/n"],
    "route": "fallback",
    "transforms": ["middle-out"],
    "plugins": [{"id": "web"}],
    "usage": {"include": True},
    "session_id": "s",
    "trace": {"trace_id": "t"},
    "structured_outputs": True,
    "x_unknown": [1, {"z": None}],
}

TABLE: Final[tuple[tuple[str, Quirks], ...]] = (
    ("OpenAI", Quirks()),
    ("no developer", Quirks(developer_role=False)),
    ("drop", Quirks(drop=frozenset({"top_k", "seed", "reasoning_effort"}))),
    ("rename", Quirks(rename={"seed": "random_seed", "max_tokens": "max_completion_tokens"})),
    ("usage unasked", Quirks(stream_usage="always")),
    ("switch", Quirks(reasoning="enable_thinking")),
    ("object", Quirks(reasoning="object", reasoning_history="reasoning_details")),
    ("thinking", Quirks(reasoning="thinking", reasoning_history="reasoning_content")),
    ("template", Quirks(reasoning="template", reasoning_history="reasoning")),
    ("no thinking", Quirks(reasoning="none")),
    ("any", Quirks(tool_choice_required="any")),
    ("marks", Quirks(cache_marks=True)),
    ("router", Quirks(router_fields=True, cache_marks=True, reasoning="object")),
    ("text only", Quirks(parts_as_text=True, message_names=False)),
    ("defaults", Quirks(defaults={"safe": msgspec.Raw(b"true"), "seed": msgspec.Raw(b"1")})),
)


def _sent(outgoing: Outgoing) -> dict[str, Any]:
    return msgspec.json.decode(outgoing.request.body)


@pytest.mark.parametrize("quirks", [row[1] for row in TABLE], ids=[row[0] for row in TABLE])
def test_both_ways_send_the_same_request(quirks: Quirks) -> None:
    """The translation writes what the splice passes, whatever the upstream's quirks."""
    inbound = CLIENT.read(msgspec.json.encode(EVERYTHING), {})
    before = {name: bytes(raw) for name, raw in inbound.fields.items()}
    adapter = OpenAIChat(quirks)
    spliced = bridge(CLIENT, adapter).request(inbound, ENDPOINT)
    translated = Translation(CLIENT, adapter).request(inbound, ENDPOINT)
    assert _sent(spliced) == _sent(translated)
    assert sorted(spliced.dropped) == sorted(translated.dropped)
    assert sorted(spliced.emulated) == sorted(translated.emulated)
    assert {name: bytes(raw) for name, raw in inbound.fields.items()} == before


def _up(request: dict[str, Any], quirks: Quirks) -> tuple[dict[str, Any], Outgoing]:
    inbound = CLIENT.read(msgspec.json.encode({"model": "a/m", "messages": HI, **request}), {})
    outgoing = bridge(CLIENT, OpenAIChat(quirks)).request(inbound, ENDPOINT)
    return _sent(outgoing), outgoing


def test_router_fields_stay_here_unless_the_upstream_is_a_router() -> None:
    """What is said to a router goes to no provider; a router above us gets it without our names."""
    request = {"provider": {"order": ["p"], "zdr": True}, "models": ["b/n"], "plugins": []}
    sent, _ = _up(request, Quirks())
    assert set(sent) == {"model", "messages"}
    assert sent["model"] == "their-m"
    sent, _ = _up(request, Quirks(router_fields=True))
    assert sent["provider"] == {"zdr": True}
    assert "models" not in sent
    assert sent["plugins"] == []


def test_stream_asks_for_usage_and_keeps_other_options() -> None:
    """Usage is always wanted; what else the caller said of the stream stays."""
    sent, _ = _up({"stream": True, "stream_options": {"include_obfuscation": False}}, Quirks())
    assert sent["stream_options"] == {"include_obfuscation": False, "include_usage": True}
    sent, _ = _up({"stream": True, "stream_options": {}}, Quirks(stream_usage="never"))
    assert "stream_options" not in sent
    sent, _ = _up({"stream": False, "stream_options": {"include_usage": True}}, Quirks())
    assert set(sent) == {"model", "messages"}


KNOBS: Final[tuple[tuple[dict[str, Any], Quirks, dict[str, Any], tuple[str, ...]], ...]] = (
    ({"reasoning_effort": "low"}, Quirks(), {"reasoning_effort": "low"}, ()),
    ({"reasoning": {"effort": "high"}}, Quirks(), {"reasoning_effort": "high"}, ()),
    ({"reasoning": {"enabled": True}}, Quirks(), {"reasoning_effort": "medium"}, ()),
    ({"reasoning": {"enabled": False}}, Quirks(), {"reasoning_effort": "none"}, ()),
    ({"reasoning": {"max_tokens": 800}}, Quirks(), {"reasoning_effort": "high"}, ()),
    ({"reasoning": {"max_tokens": 10}}, Quirks(), {"reasoning_effort": "minimal"}, ()),
    ({"include_reasoning": False}, Quirks(), {}, ("reasoning.exclude",)),
    ({"include_reasoning": True}, Quirks(), {}, ()),
    (
        {"reasoning_effort": "none"},
        Quirks(reasoning="thinking"),
        {"thinking": {"type": "disabled"}},
        (),
    ),
    (
        {"reasoning": {"max_tokens": 9}},
        Quirks(reasoning="enable_thinking"),
        {"enable_thinking": True, "thinking_budget": 9},
        (),
    ),
    ({"reasoning": {"effort": "low"}}, Quirks(reasoning="none"), {}, ("reasoning",)),
    (
        {"reasoning_effort": "low", "chat_template_kwargs": {"a": 1}},
        Quirks(reasoning="template"),
        {"chat_template_kwargs": {"enable_thinking": True, "a": 1}},
        (),
    ),
    (
        {"include_reasoning": False},
        Quirks(reasoning="object"),
        {"reasoning": {"exclude": True}},
        (),
    ),
)


@pytest.mark.parametrize(("request_", "quirks", "said", "dropped"), KNOBS)
def test_reasoning_is_said_the_upstreams_way(
    request_: dict[str, Any], quirks: Quirks, said: dict[str, Any], dropped: tuple[str, ...]
) -> None:
    """One knob, as many spellings as upstreams; what cannot be said is reported."""
    sent, outgoing = _up(request_, quirks)
    assert {n: v for n, v in sent.items() if n not in {"model", "messages"}} == said
    assert outgoing.dropped == dropped


def test_user_goes_up_hashed() -> None:
    """A provider can tell users apart and not learn who they are."""
    sent, _ = _up({"user": "ann"}, Quirks())
    assert len(sent["user"]) == 64
    assert "ann" not in sent["user"]


def test_both_limits_send_the_newer() -> None:
    """An upstream never sees two output limits that may differ."""
    sent, _ = _up({"max_tokens": 5, "max_completion_tokens": 9}, Quirks())
    assert "max_tokens" not in sent
    assert sent["max_completion_tokens"] == 9
    to_old = Quirks(rename={"max_completion_tokens": "max_tokens"})
    sent, _ = _up({"max_completion_tokens": 9, "max_tokens": 5}, to_old)
    assert sent["max_tokens"] == 9


WRONG: Final[tuple[tuple[dict[str, Any], str], ...]] = (
    ({"role": "tool", "content": "x"}, "messages[0].tool_call_id"),
    ({"role": "user", "content": [{"type": "hologram"}]}, "messages[0].content[0].type"),
    ({"role": "user", "content": [{"type": "text"}]}, "messages[0].content[0].text"),
    ({"role": "user", "content": 5}, "messages[0].content"),
    (
        {"role": "user", "content": [{"type": "file", "file": {}}]},
        "messages[0].content[0].file",
    ),
    (
        {"role": "assistant", "tool_calls": [{"id": "c"}]},
        "messages[0].tool_calls[0].function",
    ),
)


@pytest.mark.parametrize(("message", "param"), WRONG)
def test_full_read_names_what_it_cannot_understand(message: dict[str, Any], param: str) -> None:
    """A message that no dialect could say is refused where it is wrong."""
    inbound = CLIENT.read(msgspec.json.encode({"messages": [message]}), {})
    with pytest.raises(Refusal) as caught:
        inbound.conversation()
    assert caught.value.param == param


@pytest.mark.parametrize(
    ("tier", "asked", "sent", "dropped"),
    [
        (None, None, None, False),
        (None, "auto", "auto", False),
        (None, "default", "default", False),
        (None, "priority", None, True),
        (None, "flex", None, True),
        (None, "scale", None, True),
        ("priority", None, "priority", False),
        ("priority", "fast", "priority", False),
        ("priority", "ultrafast", "priority", False),
        ("flex", "default", "flex", False),
        ("flex", "flex", "flex", False),
    ],
)
def test_service_tier_is_that_of_the_endpoint(
    tier: Any, asked: str | None, sent: str | None, dropped: Any
) -> None:
    """What is charged is what is asked for upstream; a tier nobody serves is dropped and told."""
    fields = {"messages": HI} | ({} if asked is None else {"service_tier": asked})
    inbound = CLIENT.read(msgspec.json.encode({"model": "a/m", **fields}), {})
    endpoint = msgspec.structs.replace(ENDPOINT, tier=tier)
    ways = [
        bridge(CLIENT, OpenAIChat()).request(inbound, endpoint),
        Translation(CLIENT, OpenAIChat()).request(inbound, endpoint),
    ]
    for outgoing in ways:
        body = msgspec.json.decode(outgoing.request.body)
        assert body.get("service_tier") == sent
        assert ("service_tier" in outgoing.dropped) is dropped
