"""Thinking of earlier turns survives clients that strip it: from socket to socket, turn by turn."""

from collections.abc import Generator
from typing import Any, Final

import pytest
from tests.gateway import Gateway, Heard, Template, open_gateway
from tests.live.scripted_upstream import Said, ScriptedUpstream, scripted_upstream

WAYS: Final = pytest.mark.parametrize("stream", [True, False], ids=["stream", "unary"])
TOOLS: Final[list[Any]] = [{"type": "function", "function": {"name": "look", "parameters": {}}}]
FORMAT: Final = "anthropic-claude-v1"


def thought_of(turn: int) -> str:
    """What the upstream thinks in a turn."""
    return f'In turn {turn} I wonder about "it" é\n'


def signature_of(turn: int) -> str:
    """Its proof."""
    return f"sig-{turn}-==/+"


def answer(turn: int, body: Any, thought: dict[str, Any]) -> Said:
    """A chat answer with a thought and, for two turns, a call."""
    last = turn == 2
    function = {"name": "look", "arguments": f'{{"turn": {turn}}}'}
    call: dict[str, Any] = {"id": f"call_{turn}", "type": "function", "function": function}
    words: dict[str, Any] = {"content": "All done."} if last else {"content": None}
    finish = "stop" if last else "tool_calls"
    usage = {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12}
    if not body.get("stream"):
        calls = {} if last else {"tool_calls": [call]}
        message = {"role": "assistant", **words, **thought, **calls}
        choice = {"index": 0, "message": message, "finish_reason": finish}
        return Said({"id": f"up-{turn}", "choices": [choice], "usage": usage})
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    deltas += cut(thought)
    deltas += [{"content": "All "}, {"content": "done."}] if last else []
    if not last:
        deltas.append({"tool_calls": [{"index": 0, **call}]})
    choices: list[list[Any]] = [[{"index": 0, "delta": delta}] for delta in deltas]
    choices.append([{"index": 0, "delta": {}, "finish_reason": finish}])
    chunks: list[Any] = [{"id": f"up-{turn}", "choices": one} for one in choices]
    chunks += [{"id": f"up-{turn}", "choices": [], "usage": usage}, None]
    return Said(events=[(None, chunk) for chunk in chunks])


def cut(thought: dict[str, Any]) -> list[dict[str, Any]]:
    """A thought as several deltas, its signature last."""
    if "reasoning_content" in thought:
        text = thought["reasoning_content"]
        return [{"reasoning_content": text[i : i + 4]} for i in range(0, len(text), 4)]
    (detail,) = thought["reasoning_details"]
    sealed = {name: value for name, value in detail.items() if name != "text"}
    texts = [detail["text"][i : i + 5] for i in range(0, len(detail["text"]), 5)]
    plain = {"type": detail["type"], "format": detail["format"], "index": 0}
    pieces = [{**plain, "text": text} for text in texts] + [{**sealed, "text": ""}]
    return [{"reasoning_details": [piece]} for piece in pieces]


def refusal(message: str) -> Said:
    """An upstream's 400."""
    return Said({"error": {"message": message, "type": "invalid_request_error"}}, 400)


def turn_of(body: Any) -> int:
    """How many tool results a request brings."""
    return sum(message["role"] == "tool" for message in body["messages"])


def strict_deepseek(_path: str, body: Any) -> Said:
    """Refuses a tool loop whose turns come back without their reasoning_content."""
    turns = [m for m in body["messages"] if m["role"] == "assistant"]
    for turn, message in enumerate(turns):
        if message.get("reasoning_content") != thought_of(turn):
            return refusal(f"reasoning_content of turn {turn} must be passed back to the API")
    turn = turn_of(body)
    return answer(turn, body, {"reasoning_content": thought_of(turn)})


def strict_signer(_path: str, body: Any) -> Said:
    """Refuses a signed thought that comes back changed, and a loop that comes back without."""
    turns = [m for m in body["messages"] if m["role"] == "assistant"]
    for turn, message in enumerate(turns):
        found = [(d["text"], d["signature"]) for d in message.get("reasoning_details") or ()]
        if found != [(thought_of(turn), signature_of(turn))]:
            return refusal(f"messages.{turn}: Invalid `signature` in `thinking` block")
    turn = turn_of(body)
    detail = {"type": "reasoning.text", "format": FORMAT, "index": 0, "text": thought_of(turn)}
    return answer(turn, body, {"reasoning_details": [{**detail, "signature": signature_of(turn)}]})


def forgetful_signer(_path: str, body: Any) -> Said:
    """Calls every signature invalid, its own too."""
    if any(m.get("reasoning_details") for m in body["messages"]):
        return refusal("messages.1.content.0: Invalid `signature` in `thinking` block")
    turn = turn_of(body)
    detail = {"type": "reasoning.text", "format": FORMAT, "index": 0, "text": thought_of(turn)}
    return answer(turn, body, {"reasoning_details": [{**detail, "signature": signature_of(turn)}]})


class Stage:
    """A gateway with one provider of each kind."""

    def __init__(self, gateway: Gateway, upstreams: dict[str, ScriptedUpstream]) -> None:
        self.gateway = gateway
        self.upstreams = upstreams


@pytest.fixture(scope="module")
def stage(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Generator[Stage]:
    """DeepSeek, which wants reasoning_content, and a router, which wants signed details."""
    with (
        scripted_upstream(strict_deepseek) as deepseek,
        scripted_upstream(strict_signer) as signer,
        scripted_upstream(forgetful_signer) as forgetful,
    ):
        config = f"""
[providers.deepseek]
base_url = "{deepseek.url}"
api_key = "k1"
[[providers.deepseek.models]]
id = "deepseek/loop"
[providers.openrouter]
base_url = "{signer.url}"
api_key = "k2"
[[providers.openrouter.models]]
id = "anthropic/loop"
[[providers.openrouter.models]]
id = "anthropic/two"
price = {{ prompt = "1000", completion = "1000" }}
[providers.vercel]
base_url = "{forgetful.url}"
api_key = "k3"
[[providers.vercel.models]]
id = "anthropic/forgetful"
[[providers.vercel.models]]
id = "anthropic/two"
price = {{ prompt = "0.001", completion = "0.001" }}
"""
        with open_gateway(template, tmp_path_factory.mktemp("thinking"), config) as gateway:
            upstreams = {"deepseek": deepseek, "signer": signer, "forgetful": forgetful}
            yield Stage(gateway, upstreams)


def said_by(heard: Heard) -> dict[str, Any]:
    """The assistant's message as a client that strips all thinking keeps it."""
    assert heard.status == 200, heard.body
    if not heard.headers["content-type"].startswith("text/event-stream"):
        message = heard.json["choices"][0]["message"]
        return {
            name: message[name] for name in ("role", "content", "tool_calls") if message.get(name)
        }
    deltas = [c["delta"] for e in heard.events for c in e["choices"]]
    text = "".join(d.get("content") or "" for d in deltas)
    calls: list[Any] = [call for d in deltas for call in d.get("tool_calls") or ()]
    kept = [{"id": c["id"], "type": "function", "function": c["function"]} for c in calls]
    return {"role": "assistant", "content": text} | ({"tool_calls": kept} if kept else {})


def loop(gateway: Gateway, model: str, *, stream: bool) -> tuple[list[Any], Heard]:
    """Three turns of tool calling by a client that strips thinking."""
    messages: list[Any] = [{"role": "user", "content": f"look twice at {model} {stream}"}]
    heard = gateway.chat(model, messages=messages, tools=TOOLS, stream=stream)
    for turn in range(2):
        messages += went_on(said_by(heard), turn)
        heard = gateway.chat(model, messages=messages, tools=TOOLS, stream=stream)
    return [*messages, said_by(heard)], heard


def went_on(message: dict[str, Any], turn: int) -> list[Any]:
    """The assistant's turn and the results of its calls."""
    calls = message.get("tool_calls", ())
    found = [{"role": "tool", "tool_call_id": call["id"], "content": f"{turn}"} for call in calls]
    return [message, *found]


@WAYS
@pytest.mark.parametrize("model", ["deepseek/loop", "anthropic/loop"])
def test_thinking_survives_three_turns_of_a_client_that_strips_it(
    stage: Stage,
    model: str,
    stream: bool,  # noqa: FBT001 (a parameter)
) -> None:
    """The upstream checks every earlier thought and its signature, and never refuses."""
    messages, heard = loop(stage.gateway, model, stream=stream)
    assert messages[-1]["content"] == "All done."
    assert "tool_calls" not in messages[-1]
    record = stage.gateway.generation(heard.generation_id)
    assert [attempt["outcome"] for attempt in record["provider_responses"]] == ["served"]


@WAYS
def test_thinking_survives_behind_an_answer_without_calls(
    stage: Stage,
    stream: bool,  # noqa: FBT001 (a parameter)
) -> None:
    """A turn of words alone is known by its words when the conversation goes on."""
    messages, _ = loop(stage.gateway, "deepseek/loop", stream=stream)
    assert messages[-1] == {"role": "assistant", "content": "All done."}
    messages.append({"role": "user", "content": "and now?"})
    heard = stage.gateway.chat("deepseek/loop", messages=messages, tools=TOOLS, stream=stream)
    assert heard.status == 200, heard.body


def test_thinking_does_not_cross_from_one_key_to_another(stage: Stage) -> None:
    """Another caller with the same call ids gets nothing of it put into its request."""
    messages, _ = loop(stage.gateway, "anthropic/loop", stream=False)
    made = stage.gateway.call(
        "POST", "/api/v1/keys", {"name": "other"}, key=stage.gateway.management_key
    )
    body: dict[str, Any] = {"model": "anthropic/loop", "messages": messages[:-1], "tools": TOOLS}
    heard = stage.gateway.call("POST", "/api/v1/chat/completions", body, key=made.json["key"])
    assert heard.status == 400
    assert "signature" in heard.error["message"]
    sent = stage.upstreams["signer"].asked[-1]["messages"]
    assert not any("reasoning_details" in message for message in sent)


@WAYS
def test_thinking_that_is_refused_is_left_out_once(
    stage: Stage,
    stream: bool,  # noqa: FBT001 (a parameter)
) -> None:
    """A 400 about a signature costs one more attempt without, and the answer says what it lost."""
    messages, heard = loop(stage.gateway, "anthropic/forgetful", stream=stream)
    assert messages[-1]["content"] == "All done."
    record = stage.gateway.generation(heard.generation_id)
    outcomes = [attempt["outcome"] for attempt in record["provider_responses"]]
    assert outcomes == ["bad_request", "served"]
    assert heard.headers["x-turnout-dropped"] == "messages.reasoning"


def test_thinking_pins_an_open_tool_loop_to_its_maker(stage: Stage) -> None:
    """A loop that began at a dear provider stays there, however cheap the other one is."""
    messages: list[Any] = [{"role": "user", "content": "begin at the dear one"}]
    wish = {"order": ["openrouter"]}
    heard = stage.gateway.chat("anthropic/two", messages=messages, tools=TOOLS, provider=wish)
    for turn in range(2):
        messages += went_on(said_by(heard), turn)
        heard = stage.gateway.chat("anthropic/two", messages=messages, tools=TOOLS)
        record = stage.gateway.generation(heard.generation_id)
        assert record["provider_name"] == "OpenRouter"


@WAYS
def test_thinking_is_converted_on_a_hop_to_who_cannot_read_it(
    stage: Stage,
    stream: bool,  # noqa: FBT001 (a parameter)
) -> None:
    """Claude's loop goes on at DeepSeek: thoughts go as its plain text, seals stay behind."""
    messages, _ = loop(stage.gateway, "anthropic/loop", stream=stream)
    heard = stage.gateway.chat("deepseek/loop", messages=messages[:-1], tools=TOOLS, stream=stream)
    assert heard.status == 200, heard.body
    assert heard.headers["x-turnout-dropped"] == "messages.reasoning"
    sent = stage.upstreams["deepseek"].asked[-1]["messages"]
    said = [message for message in sent if message["role"] == "assistant"]
    assert [message["reasoning_content"] for message in said] == [thought_of(0), thought_of(1)]
    assert "sig-" not in str(sent)
    assert not any("reasoning_details" in message for message in said)
