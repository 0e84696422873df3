"""Requests to and from the Responses API: pairs of bodies written by hand."""

import json
from typing import Any, Final

import msgspec
import pytest
from tests.wire.cases.responses_requests import (
    CALL_ITEMS,
    CALLS,
    DETAILS,
    DOWN,
    HI,
    OURS,
    REFUSED,
    SAID_HI,
    SIGNED,
    UNREADABLE,
    UP,
)

from turnout.core.conversation import Opaque
from turnout.core.errors import Refusal
from turnout.core.types import Endpoint, Unpriced
from turnout.dialects.adapter import ClientDialect, Outgoing
from turnout.dialects.bridge import Translation, bridge
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.client import CLIENT as CHAT
from turnout.dialects.openai_chat.quirks import Quirks as ChatQuirks
from turnout.dialects.openai_responses.adapter import OpenAIResponses
from turnout.dialects.openai_responses.client import CLIENT
from turnout.dialects.openai_responses.quirks import OPEN_MODELS, Quirks
from turnout.dialects.openai_responses.sealed import PREFIX, unwrapped, wrapped
from turnout.providers import PROVIDERS

RESPONSES: Final = OpenAIResponses()
CHAT_UPSTREAM: Final = OpenAIChat(ChatQuirks(reasoning_history="reasoning_details"))


def endpoint(parameters: frozenset[str] | None = None) -> Endpoint:
    """Some model."""
    return Endpoint(
        id="e",
        model="a/m",
        provider="p",
        tag="p",
        upstream_model="m",
        price=Unpriced(),
        context_tok=8192,
        parameters=parameters,
    )


def chat_to_responses(
    fields: dict[str, Any], adapter: OpenAIResponses = RESPONSES
) -> tuple[dict[str, Any], Outgoing]:
    """What goes up for a chat request, but for what always does, and the whole of it."""
    return _sent(CHAT, Translation(CHAT, adapter), {"messages": [HI], **fields})


def responses_to_chat(fields: dict[str, Any]) -> tuple[dict[str, Any], Outgoing]:
    """The same the other way round."""
    return _sent(CLIENT, Translation(CLIENT, CHAT_UPSTREAM), {"input": "hi", **fields})


def spliced(
    fields: dict[str, Any], adapter: OpenAIResponses = RESPONSES
) -> tuple[dict[str, Any], Outgoing]:
    """Responses to Responses."""
    return _sent(CLIENT, bridge(CLIENT, adapter), {"input": "hi", **fields})


def _sent(client: ClientDialect, way: Any, body: dict[str, Any]) -> tuple[dict[str, Any], Outgoing]:
    inbound = client.read(msgspec.json.encode({"model": "a/m", **body}), {})
    outgoing: Outgoing = way.request(inbound, endpoint())
    sent = json.loads(outgoing.request.body)
    assert sent.pop("model") == "m"
    return sent, outgoing


@pytest.mark.parametrize("case", UP)
def test_chat_request_in_the_words_of_responses(case: str) -> None:
    """What a chat client asks goes up as the API's reference has it, and is kept nowhere."""
    asked, expected = UP[case]
    sent, outgoing = chat_to_responses(asked)
    assert sent == {**expected, "store": False}
    assert outgoing.dropped == ()
    assert outgoing.request.path == "/responses"


def test_what_responses_does_not_know_is_dropped_and_told() -> None:
    """Sampling of chat alone, cache marks and grammars are left out by name."""
    marked = {"type": "text", "text": "hi", "cache_control": {"type": "ephemeral"}}
    sent, outgoing = chat_to_responses(
        {
            "messages": [{"role": "user", "content": [marked]}],
            "stop": ["x"],
            "seed": 1,
            "n": 1,
            "frequency_penalty": 0.5,
            "logit_bias": {"1": 2},
            "top_k": 4,
            "response_format": {"type": "grammar", "grammar": "root ::= x"},
            "max_tokens": 5,
        }
    )
    assert sent == {"input": [SAID_HI], "max_output_tokens": 16, "store": False}
    assert set(outgoing.dropped) == {
        "stop",
        "seed",
        "n",
        "frequency_penalty",
        "logit_bias",
        "top_k",
        "cache_control",
        "response_format",
    }
    assert outgoing.translated == ("max_output_tokens",)


def test_budget_of_thinking_becomes_an_effort() -> None:
    """A share of the output limit is the nearest effort below it, and that is told."""
    sent, outgoing = chat_to_responses({"reasoning": {"max_tokens": 5000}, "max_tokens": 10_000})
    assert sent["reasoning"] == {"effort": "medium", "summary": "auto"}
    assert outgoing.emulated == ("reasoning.max_tokens",)


def test_every_call_has_a_result_and_every_result_a_call() -> None:
    """A lost result is said to be lost, an orphaned one becomes the user's words."""
    call = CALLS[1]["tool_calls"][0]
    sent, outgoing = chat_to_responses(
        {
            "messages": [
                {"role": "assistant", "content": None, "tool_calls": [call]},
                {"role": "tool", "tool_call_id": "gone", "content": "seven"},
                HI,
            ]
        }
    )
    assert [item["type"] for item in sent["input"]] == [
        "function_call",
        "function_call_output",
        "message",
        "message",
    ]
    assert "No result" in sent["input"][1]["output"]
    assert sent["input"][2] == {"type": "message", "role": "user", "content": "seven"}
    assert outgoing.translated == ("messages.tool",)


def test_long_ids_are_shortened_alike_on_both_sides() -> None:
    """OpenAI takes call ids of 64 characters."""
    long = "call_" + "x" * 100
    call = {**CALLS[1]["tool_calls"][0], "id": long}
    messages = [HI, {"role": "assistant", "content": None, "tool_calls": [call]}]
    messages.append({"role": "tool", "tool_call_id": long, "content": "one"})
    sent, _ = chat_to_responses({"messages": messages})
    ids = {item["call_id"] for item in sent["input"][1:]}
    assert len(ids) == 1
    assert len(ids.pop()) <= 64


# ── thinking ────────────────────────────────────────────────────────────────────────────────────


def thinking(details: list[Any]) -> list[dict[str, Any]]:
    """A tool loop whose call was thought about."""
    first = {**CALLS[1], "tool_calls": CALLS[1]["tool_calls"][:1], "reasoning_details": details}
    return [HI, {**first, "content": None}, CALLS[2]]


def test_sealed_thinking_goes_back_before_its_call() -> None:
    """Summary and seal are one item again, with its id, in front of the call."""
    sent, outgoing = chat_to_responses({"messages": thinking(DETAILS)})
    assert sent["input"][1] == OURS
    assert sent["input"][2]["type"] == "function_call"
    assert outgoing.dropped == ()


def test_thinking_of_another_maker_is_left_out_and_told() -> None:
    """Nobody but its maker can read a seal; a server of open models takes the words."""
    sent, outgoing = chat_to_responses({"messages": thinking(SIGNED)})
    assert [item["type"] for item in sent["input"]] == [
        "message",
        "function_call",
        "function_call_output",
    ]
    assert outgoing.dropped == ("input.reasoning",)
    sent, outgoing = chat_to_responses({"messages": thinking(SIGNED)}, OpenAIResponses(OPEN_MODELS))
    assert sent["input"][1] == {
        "type": "reasoning",
        "summary": [],
        "content": [{"type": "reasoning_text", "text": "hm"}],
    }
    assert outgoing.dropped == ()


@pytest.mark.parametrize(
    "opaque",
    [
        Opaque(format="anthropic-claude-v1", signature="sig=="),
        Opaque(format="anthropic-claude-v1", data="redacted"),
        Opaque(format="google-gemini-v1", signature="ü", id="x"),
        Opaque(format="openai-responses-v1", data="gAAA", id="rs_1"),
    ],
)
def test_any_makers_seal_survives_in_encrypted_content(opaque: Opaque) -> None:
    """What is wrapped for a client comes back as it was; a broken envelope is nobody's."""
    text = wrapped(opaque)
    assert text is not None
    assert unwrapped(text, opaque.id) == opaque
    for broken in (PREFIX, PREFIX + "!", PREFIX + "AAAA", PREFIX + "e30="):
        assert unwrapped(broken, None).format == "unknown"


def test_foreign_seal_comes_back_through_a_responses_client_to_its_maker() -> None:
    """A signature that rode in an envelope is a signature again, on the words it proves."""
    sealed = wrapped(Opaque(format="anthropic-claude-v1", signature="sig"))
    item = {
        "type": "reasoning",
        "id": "rs_ours",
        "summary": [],
        "content": [{"type": "reasoning_text", "text": "hm"}],
        "encrypted_content": sealed,
    }
    asked = {"input": [SAID_HI, item, *CALL_ITEMS[2:3], CALL_ITEMS[4]]}
    sent, _ = responses_to_chat(asked)
    assert sent["messages"][1]["reasoning_details"] == SIGNED
    sent, outgoing = spliced(asked)
    assert "reasoning" not in {one["type"] for one in sent["input"]}
    assert outgoing.dropped == ("input.reasoning",)


def test_wrapped_openai_seal_is_unwrapped_for_a_splice() -> None:
    """A blob of xAI, told to another client, goes back to xAI bare."""
    opaque = Opaque(format="xai-responses-v1", data="blob", id="rs_x")
    item: dict[str, Any] = {"type": "reasoning", "id": "r", "summary": []}
    item["encrypted_content"] = wrapped(opaque)
    asked = {"input": [SAID_HI, item, {"type": "message", "role": "assistant", "content": "a"}]}
    [side] = PROVIDERS["xai"].sides
    assert isinstance(side.adapter, OpenAIResponses)
    sent, outgoing = spliced(asked, side.adapter)
    assert sent["input"][1]["encrypted_content"] == "blob"
    assert sent["input"][1]["id"] == "rs_x"
    assert outgoing.dropped == ()


# ── the other way round ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("case", DOWN)
def test_responses_request_in_the_words_of_chat(case: str) -> None:
    """What a Responses client asks goes to a chat upstream with nothing lost."""
    asked, expected = DOWN[case]
    sent, outgoing = responses_to_chat(asked)
    if case == "a turn of items":
        calls = sent["messages"][1].pop("tool_calls")
        assert [call["id"] for call in calls] == ["c1", "c2"]
        expected["messages"][1].pop("tool_calls", None)
    assert sent == expected
    assert outgoing.dropped == ()


def test_items_of_built_in_tools_are_left_out_of_chat_and_told() -> None:
    """A web search of an earlier turn has no place in chat; the words around it have."""
    search = {"type": "web_search_call", "id": "ws_1", "status": "completed"}
    answer = {"type": "message", "role": "assistant", "content": "a", "phase": "final_answer"}
    asked = {"input": [HI, search, answer, HI], "tools": [{"type": "web_search"}]}
    sent, outgoing = responses_to_chat(asked)
    assert [message["role"] for message in sent["messages"]] == ["user", "assistant", "user"]
    assert set(outgoing.dropped) == {"messages.web_search_call", "messages.phase", "tools"}
    sent, outgoing = spliced(asked)
    assert sent["input"] == asked["input"]
    assert sent["tools"] == asked["tools"]


def test_splice_changes_nothing_but_model_and_callers_id() -> None:
    """Fields that nobody knows, nulls and the order of keys go as they came."""
    asked: dict[str, Any] = {
        "input": [{"role": "user", "content": "hi", "new_thing": [1, None]}],
        "tomorrow": {"z": 1, "a": 2},
        "reasoning": {"effort": "low", "summary": None},
        "user": "ann",
        "safety_identifier": "ann",
        "provider": {"order": ["x"]},
        "stop": "x",
    }
    sent, outgoing = spliced(asked)
    assert sent["input"] == asked["input"]
    assert list(sent["tomorrow"]) == ["z", "a"]
    assert sent["reasoning"] == asked["reasoning"]
    assert sent["include"] == ["reasoning.encrypted_content"]
    assert sent["store"] is False
    assert len(sent["user"]) == len(sent["safety_identifier"]) == 64
    assert "provider" not in sent
    assert outgoing.dropped == ("stop",)


def test_seals_are_asked_of_models_that_think_and_of_no_others() -> None:
    """The question is a 400 at a model that does not think."""
    inbound = CLIENT.read(b'{"model":"a/m","input":"hi"}', {})
    way = bridge(CLIENT, RESPONSES)
    thinks = way.request(inbound, endpoint(frozenset({"reasoning"})))
    assert b"reasoning.encrypted_content" in thinks.request.body
    other = way.request(inbound, endpoint(frozenset({"temperature"})))
    assert b"include" not in other.request.body


def test_custom_tools_become_functions_where_there_are_none() -> None:
    """On both ways: earlier calls and choices with them, and it is told as emulated."""
    asked = {
        "input": [
            HI,
            {"type": "custom_tool_call", "call_id": "c1", "name": "patch", "input": 'a "b"'},
            {"type": "custom_tool_call_output", "call_id": "c1", "output": "done"},
        ],
        "tools": [{"type": "custom", "name": "patch", "description": "d"}],
        "tool_choice": {"type": "custom", "name": "patch"},
    }
    sent, outgoing = responses_to_chat(asked)
    function = sent["messages"][1]["tool_calls"][0]["function"]
    assert json.loads(function["arguments"]) == {"input": 'a "b"'}
    assert sent["tools"][0]["function"]["parameters"]["required"] == ["input"]
    assert outgoing.emulated == ("tools.custom",)
    assert outgoing.dropped == ()
    sent, outgoing = spliced(asked, OpenAIResponses(OPEN_MODELS))
    assert [item["type"] for item in sent["input"][1:]] == ["function_call", "function_call_output"]
    assert sent["tool_choice"] == {"type": "function", "name": "patch"}
    assert outgoing.emulated == ("tools.custom",)
    sent, outgoing = spliced(asked)
    assert sent["tools"] == asked["tools"]
    assert outgoing.emulated == ()


@pytest.mark.parametrize(("fields", "param"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_responses_refusal_names_its_field(fields: dict[str, Any], param: str) -> None:
    """A 400 names the field and says what is allowed."""
    with pytest.raises(Refusal) as caught:
        CLIENT.read(msgspec.json.encode({"model": "a/m", "input": "hi", **fields}), {})
    assert caught.value.param == param
    assert caught.value.error_type == "invalid_request"
    assert len(caught.value.message) > len(param) + 10


@pytest.mark.parametrize(("item", "param"), UNREADABLE)
def test_full_read_names_the_item_it_cannot_understand(item: dict[str, Any], param: str) -> None:
    """What only a translation looks at is refused by its place too."""
    inbound = CLIENT.read(msgspec.json.encode({"model": "a/m", "input": [item]}), {})
    with pytest.raises(Refusal) as caught:
        inbound.conversation()
    assert caught.value.param == param


def test_rewritten_request_says_the_changed_conversation() -> None:
    """Messages and tools are replaced, all else stays, seals of any maker included."""
    asked = {"model": "a/m", "instructions": "Be kind.", "input": "hi", "temperature": 0.5}
    inbound = CLIENT.read(msgspec.json.encode(asked), {})
    conversation = inbound.conversation()
    changed = msgspec.structs.replace(conversation, messages=conversation.messages[1:])
    again = CLIENT.rewrite(inbound, changed)
    assert "instructions" not in again.fields
    assert json.loads(bytes(again.fields["input"])) == [SAID_HI]
    assert again.fields["temperature"] == inbound.fields["temperature"]
    assert again.conversation() == changed


def test_models_served_only_by_responses_go_there_from_every_client() -> None:
    """OpenAI's pro, codex and deep-research models have no chat completions."""
    openai = PROVIDERS["openai"]
    for model in ("gpt-5.2-pro", "gpt-5.1-codex-max", "o3-deep-research", "o1-pro-2025-03-19"):
        assert openai.speaks(model, "openai.chat").adapter.dialect == "openai.responses"
    for model in ("gpt-5.2", "gpt-4o", "o3", "gpt-5-mini"):
        assert openai.speaks(model, "openai.chat").adapter.dialect == "openai.chat"
        assert openai.speaks(model, "openai.responses").adapter.dialect == "openai.responses"


def test_quirks_are_data() -> None:
    """An upstream that keeps nothing is not told to; one that renames nothing gets all."""
    sent, _ = spliced({}, OpenAIResponses(Quirks(store=False, drop=frozenset())))
    assert "store" not in sent
