"""Signed thinking at Anthropic survives clients that strip it, in the official SDKs' hands.

The upstream is Anthropic's dialect on a real socket and verifies what Anthropic verifies: within a
tool loop every assistant turn begins with the very thoughts it gave, signatures included.
"""

import json
from collections.abc import Generator
from typing import Any, Final

import pytest
from anthropic import Anthropic
from openai import OpenAI
from tests.gateway import Gateway, Template, open_gateway
from tests.live.scripted_upstream import Said, ScriptedUpstream, scripted_upstream

WAYS: Final = pytest.mark.parametrize("stream", [True, False], ids=["stream", "unary"])
MODEL: Final = "anthropic/claude-sonnet-4.5"
PARAMETERS: Final = {"type": "object", "properties": {"n": {"type": "integer"}}}


def thoughts(turn: int) -> list[dict[str, str]]:
    """What the model thinks in a turn: signed, and in the second one redacted too."""
    text = f'Turn {turn}: "quoted", é,\n and more'
    found = [{"type": "thinking", "thinking": text, "signature": f"EqQB{turn}+/=="}]
    if turn == 1:
        found.append({"type": "redacted_thinking", "data": "RED1+/=="})
    return found


def blocks(turn: int) -> list[dict[str, Any]]:
    """Everything it says in a turn: two calls at once, then one, then words."""
    said: list[dict[str, Any]] = [*thoughts(turn), {"type": "text", "text": f"Text {turn}."}]
    for call in range({0: 2, 1: 1}.get(turn, 0)):
        use = {"type": "tool_use", "id": f"toolu_{turn}_{call}", "name": "look"}
        said.append({**use, "input": {"n": call}})
    return said


def refused(message: str) -> Said:
    """Anthropic's 400."""
    error = {"type": "invalid_request_error", "message": message}
    return Said({"type": "error", "error": error}, 400)


def verifier(_path: str, body: Any) -> Said:
    """Checks every earlier turn and answers with the next one."""
    turns = [m["content"] for m in body["messages"] if m["role"] == "assistant"]
    for turn, content in enumerate(turns):
        given = [b for b in content if b["type"] in ("thinking", "redacted_thinking")]
        if given != thoughts(turn) or content[: len(given)] != given:
            return refused(f"messages.{turn}: Invalid `signature` in `thinking` block")
    turn = len(turns)
    stop = "end_turn" if turn == 2 else "tool_use"
    usage = {"input_tokens": 10, "output_tokens": 20}
    head = {"id": f"msg_{turn}", "type": "message", "role": "assistant", "model": "claude"}
    if not body.get("stream"):
        end = {"stop_reason": stop, "stop_sequence": None}
        return Said({**head, "content": blocks(turn), **end, "usage": usage})
    message: dict[str, Any] = {
        **head,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": usage,
    }
    events: list[tuple[str | None, Any]] = [("message_start", {"message": message})]
    for place, block in enumerate(blocks(turn)):
        events += [(name, {"index": place, **data}) for name, data in streamed(block)]
    events.append(("message_delta", {"delta": {"stop_reason": stop}, "usage": usage}))
    events.append(("message_stop", {}))
    return Said(events=[(name, {"type": name, **data}) for name, data in events])


def streamed(block: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """A block as its events, text in small pieces, the signature last."""
    start = dict(block)
    deltas: list[dict[str, Any]] = []
    match block["type"]:
        case "thinking":
            start |= {"thinking": "", "signature": ""}
            deltas = [{"type": "thinking_delta", "thinking": p} for p in cut(block["thinking"])]
            deltas.append({"type": "signature_delta", "signature": block["signature"]})
        case "text":
            start["text"] = ""
            deltas = [{"type": "text_delta", "text": piece} for piece in cut(block["text"])]
        case "tool_use":
            start["input"] = {}
            pieces = cut(json.dumps(block["input"]))
            deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]
        case _:
            pass
    opened: list[tuple[str, dict[str, Any]]] = [("content_block_start", {"content_block": start})]
    opened += [("content_block_delta", {"delta": delta}) for delta in deltas]
    return [*opened, ("content_block_stop", {})]


def cut(text: str) -> list[str]:
    """Pieces of five letters."""
    return [text[at : at + 5] for at in range(0, len(text), 5)]


@pytest.fixture(scope="module")
def upstream() -> Generator[ScriptedUpstream]:
    """The verifying upstream."""
    with scripted_upstream(verifier) as playing:
        yield playing


@pytest.fixture(scope="module")
def gateway(
    template: Template, upstream: ScriptedUpstream, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Gateway]:
    """A gateway in front of it."""
    config = f"""
[providers.anthropic]
base_url = "{upstream.url}/v1"
api_key = "sk-ant-x"
"""
    with open_gateway(template, tmp_path_factory.mktemp("signatures"), config) as serving:
        yield serving


@pytest.fixture(scope="module")
def chat(gateway: Gateway) -> Generator[OpenAI]:
    """OpenAI's own client."""
    with OpenAI(base_url=gateway.base_url, api_key=gateway.key, max_retries=0) as client:
        yield client


@pytest.fixture(scope="module")
def claude(gateway: Gateway) -> Generator[Anthropic]:
    """Anthropic's own client."""
    with Anthropic(base_url=gateway.url + "/api", api_key=gateway.key, max_retries=0) as client:
        yield client


def ask_messages(client: Any, messages: list[Any], *, stream: bool) -> Any:
    """One turn by Anthropic's SDK; the whole message."""
    asked: dict[str, Any] = {
        "model": MODEL,
        "max_tokens": 4000,
        "messages": messages,
        "thinking": {"type": "enabled", "budget_tokens": 2000},
        "tools": [{"name": "look", "input_schema": PARAMETERS}],
    }
    if not stream:
        return client.messages.create(**asked)
    with client.messages.stream(**asked) as stream_:
        return stream_.get_final_message()


@WAYS
def test_signatures_survive_a_messages_client_that_strips_them(
    claude: Anthropic,
    stream: bool,  # noqa: FBT001 (a parameter)
) -> None:
    """Three turns by Anthropic's SDK, every thinking block left out of the history."""
    messages: list[Any] = [{"role": "user", "content": f"look about {stream}"}]
    for turn in range(3):
        message = ask_messages(claude, messages, stream=stream)
        kinds = [block.type for block in message.content]
        assert kinds == [block["type"] for block in blocks(turn)]  # the client was given all
        kept = [b.model_dump(include=FIELDS) for b in message.content if "thinking" not in b.type]
        messages.append({"role": "assistant", "content": kept})
        results = [
            {"type": "tool_result", "tool_use_id": block["id"], "content": "found"}
            for block in kept
            if block["type"] == "tool_use"
        ]
        if results:
            messages.append({"role": "user", "content": results})
    assert messages[-1]["content"] == [{"type": "text", "text": "Text 2."}]


FIELDS: Final = {"type", "text", "id", "name", "input"}


def ask_chat(client: Any, messages: list[Any], *, stream: bool) -> tuple[str, list[Any]]:
    """One turn by OpenAI's SDK; the words and the calls, which is all it knows of."""
    asked: dict[str, Any] = {
        "model": MODEL,
        "max_tokens": 4000,
        "messages": messages,
        "tools": [{"type": "function", "function": {"name": "look", "parameters": PARAMETERS}}],
        "extra_body": {"reasoning": {"max_tokens": 2000}},
    }
    if not stream:
        message = client.chat.completions.create(**asked).choices[0].message
        calls = [call.model_dump(include=CALL) for call in message.tool_calls or ()]
        return message.content or "", calls
    with client.chat.completions.stream(**asked) as stream_:
        final = stream_.get_final_completion().choices[0].message
    return final.content or "", [c.model_dump(include=CALL) for c in final.tool_calls or ()]


CALL: Final[Any] = {"id": True, "type": True, "function": {"name": True, "arguments": True}}


@WAYS
def test_signatures_survive_a_chat_client_that_strips_them(
    chat: OpenAI,
    stream: bool,  # noqa: FBT001 (a parameter)
) -> None:
    """Three turns by OpenAI's SDK, which keeps content and calls alone."""
    messages: list[Any] = [{"role": "user", "content": f"look by chat {stream}"}]
    for turn in range(3):
        text, calls = ask_chat(chat, messages, stream=stream)
        assert text == f"Text {turn}."
        turn_said: dict[str, Any] = {"role": "assistant", "content": text}
        messages.append(turn_said | ({"tool_calls": calls} if calls else {}))
        messages += [
            {"role": "tool", "tool_call_id": call["id"], "content": "found"} for call in calls
        ]
    assert messages[-1] == {"role": "assistant", "content": "Text 2."}


def test_signatures_survive_a_change_of_clients_in_the_middle(
    chat: OpenAI, claude: Anthropic
) -> None:
    """What one dialect was told, the other is given back: the vault knows calls, not dialects."""
    messages: list[Any] = [{"role": "user", "content": "look by both"}]
    _, calls = ask_chat(chat, messages, stream=True)
    uses = [
        {"type": "tool_use", "id": c["id"], "name": "look", "input": {"n": place}}
        for place, c in enumerate(calls)
    ]
    results = [
        {"type": "tool_result", "tool_use_id": use["id"], "content": "found"} for use in uses
    ]
    history: list[Any] = [
        *messages,
        {"role": "assistant", "content": [{"type": "text", "text": "Text 0."}, *uses]},
        {"role": "user", "content": results},
    ]
    message = ask_messages(claude, history, stream=False)
    assert message.content[-1].id == "toolu_1_0"
