"""A stream that goes on elsewhere is one well-formed stream of its client's dialect."""

import json
from typing import Any

import pytest
from tests.answers import Heard
from tests.api.clients import anthropic_sdk, openai_sdk
from tests.flow.continuation_stage import MODEL, Stage, fault, routed
from tests.gateway import chat_body


def named(heard: Heard) -> list[Any]:
    """The events of a stream whose events have names, which their data repeat."""
    found: list[Any] = []
    for frame in heard.frames:
        if frame == b"data: [DONE]":
            continue
        name, _, data = frame.partition(b"\n")
        event = json.loads(data.removeprefix(b"data: "))
        assert name.removeprefix(b"event: ").decode() == event["type"]
        found.append(event)
    return found


def messages(continuing: Stage, content: str, *order: str) -> list[Any]:
    """A stream of Anthropic's Messages."""
    body = chat_body(MODEL, content, stream=True, max_tokens=4000, provider=routed(order))
    heard = continuing.gateway.call("POST", "/api/v1/messages", body)
    assert heard.status == 200, heard.body
    return [event for event in named(heard) if event["type"] != "ping"]


@pytest.mark.parametrize("order", [("cut", "spare"), ("claude", "sonnet")])
def test_messages_stream_goes_on_in_its_block(continuing: Stage, order: tuple[str, str]) -> None:
    """Spliced or translated: one message, one block, its words those of the uncut answer."""
    content = fault("close:7", order[0])
    uncut, cut = messages(continuing, content, order[1]), messages(continuing, content, *order)

    def shape(events: list[Any]) -> list[tuple[str, Any]]:
        rows = [(event["type"], event.get("index")) for event in events]
        return list(dict.fromkeys(rows))

    def words(events: list[Any]) -> str:
        deltas = [event["delta"] for event in events if event["type"] == "content_block_delta"]
        return "".join(delta["text"] for delta in deltas)

    assert words(cut) == words(uncut) != ""
    assert shape(cut) == shape(uncut)
    assert len([event for event in cut if event["type"] == "message_start"]) == 1
    assert cut[-2]["delta"]["stop_reason"] == "end_turn"


def test_responses_stream_goes_on_in_its_item(continuing: Stage) -> None:
    """Numbers go on, one item holds all words, and the whole response repeats them."""
    content = fault("close:7", "cut")

    def stream(*order: str) -> list[Any]:
        body = {"model": MODEL, "input": content, "stream": True, "provider": routed(order)}
        heard = continuing.gateway.call("POST", "/api/v1/responses", body)
        assert heard.status == 200, heard.body
        return named(heard)

    def words(events: list[Any]) -> str:
        kind = "response.output_text.delta"
        return "".join(event["delta"] for event in events if event["type"] == kind)

    uncut, cut = stream("spare"), stream("cut", "spare")
    assert words(cut) == words(uncut) != ""
    assert [event["sequence_number"] for event in cut] == list(range(len(cut)))
    assert cut[-1]["type"] == "response.completed"
    [item] = cut[-1]["response"]["output"]
    assert item["content"][0]["text"] == words(uncut)


# ── as the official clients read them ───────────────────────────────────────────────────────────


def test_openai_client_collects_a_chat_that_went_on(continuing: Stage) -> None:
    """Its accumulator sees one completion."""
    asked: Any = [{"role": "user", "content": fault("close:7", "cut")}]
    with openai_sdk(continuing.gateway) as client:

        def collected(*order: str) -> Any:
            with client.chat.completions.stream(
                model=MODEL, messages=asked, extra_body={"provider": routed(order)}
            ) as stream:
                return stream.get_final_completion()

        uncut, cut = collected("spare"), collected("cut", "spare")
    assert cut.choices[0].message.content == uncut.choices[0].message.content
    assert cut.choices[0].finish_reason == "stop"


def test_openai_client_collects_a_response_that_went_on(continuing: Stage) -> None:
    """Event by event, against what it has seen before."""
    asked = fault("close:7", "cut")
    with openai_sdk(continuing.gateway) as client:

        def collected(*order: str) -> Any:
            with client.responses.stream(
                model=MODEL, input=asked, extra_body={"provider": routed(order)}
            ) as stream:
                return stream.get_final_response()

        uncut, cut = collected("spare"), collected("cut", "spare")
    assert cut.output_text == uncut.output_text != ""
    assert cut.status == "completed"


def test_anthropic_client_collects_a_message_that_went_on(continuing: Stage) -> None:
    """Block by block."""
    asked: Any = [{"role": "user", "content": fault("close:7", "claude")}]
    with anthropic_sdk(continuing.gateway) as client:

        def collected(*order: str) -> Any:
            with client.messages.stream(
                model=MODEL,
                messages=asked,
                max_tokens=4000,
                extra_body={"provider": routed(order)},
            ) as stream:
                return stream.get_final_message()

        uncut, cut = collected("sonnet"), collected("claude", "sonnet")
    assert [block.text for block in cut.content] == [block.text for block in uncut.content]
    assert cut.stop_reason == "end_turn"
