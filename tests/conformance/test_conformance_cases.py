"""Exchanges made by hand, through the same harness: what recorded traffic once brought to light."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from tests.conformance.__main__ import play, sort_out
from tests.conformance.verdict import differences
from tests.recordings import Exchange
from tests.wire.heard import Call, Counts, Fields, Heard, Voice

USAGE: Final = {"prompt_tokens": 5, "completion_tokens": 100, "total_tokens": 105}
HEAD: Final = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m"}


def events(*pieces: Fields) -> str:
    """A stream of chat chunks with its end mark."""
    data = [json.dumps({**HEAD, **piece}) for piece in pieces]
    return "".join(f"data: {one}\n\n" for one in (*data, "[DONE]"))


def exchange(name: str, api: str, url: str, body: str, asked: Fields | None = None) -> Exchange:
    """An exchange as a recording holds it."""
    kind = "text/event-stream" if body.startswith("data:") else "application/json"
    return Exchange(
        id=name,
        source_repo="",
        source_path="",
        index=0,
        provider=api.partition(".")[0],
        api=api,
        url=url,
        status=200,
        response_encoding="text",
        response_body=body,
        fidelity="wire",
        features=(),
        request_json=asked,
        response_headers={"content-type": kind},
    )


def whole(message: Fields, **choice: Any) -> str:
    """A whole chat answer."""
    told = {"index": 0, "message": {"role": "assistant", **message}, **choice}
    return json.dumps({**HEAD, "object": "chat.completion", "choices": [told], "usage": USAGE})


CHAT: Final = "https://api.openai.com/v1/chat/completions"
SEARCH: Final = {"type": "openrouter:web_search", "parameters": {"max_uses": 1}}
RESPONSE: Final[Fields] = {
    "id": "resp_1",
    "object": "response",
    "created_at": 1,
    "status": "completed",
    "model": "gpt-4.1",
    "output": [
        {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "status": "completed",
            "content": [{"type": "output_text", "text": "News.", "annotations": []}],
        }
    ],
    "parallel_tool_calls": True,
    "tool_choice": "auto",
    "tools": [],
    "usage": {
        "input_tokens": 5,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": 2,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 7,
    },
}
CASES: Final = (
    # All of its tokens went into thinking that is not shown.
    exchange(
        "silent",
        "openai.chat",
        CHAT,
        events(
            {"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]},
            {"choices": [{"index": 0, "delta": {}, "finish_reason": "length"}]},
            {"choices": [], "usage": USAGE},
        ),
    ),
    exchange("no-reason", "openai.chat", CHAT, whole({"content": "A."}, finish_reason=None)),
    exchange(
        "no-arguments",
        "cohere.v2.chat",
        "https://api.cohere.com/v2/chat",
        json.dumps(
            {
                "id": "1",
                "finish_reason": "TOOL_CALL",
                "message": {
                    "role": "assistant",
                    "tool_plan": "I will look at the clock.",
                    "tool_calls": [
                        {
                            "id": "clock_1",
                            "type": "function",
                            "function": {"name": "clock", "arguments": "null"},
                        }
                    ],
                },
                "usage": {"tokens": {"input_tokens": 5, "output_tokens": 100}},
            }
        ),
    ),
    exchange(
        "own-search",
        "openai.responses",
        "https://api.openai.com/v1/responses",
        json.dumps(RESPONSE),
        {"model": "gpt-4.1", "input": "News?", "tools": [{"type": "web_search"}]},
    ),
    exchange(
        "routed-search",
        "openrouter.chat",
        "https://openrouter.ai/api/v1/chat/completions",
        whole({"content": "News."}, finish_reason="stop"),
        {"model": "a/m", "messages": [{"role": "user", "content": "News?"}], "tools": [SEARCH]},
    ),
)


def test_odd_answers_reach_every_client(tmp_path: Path) -> None:
    """Silence with a reason, no reason, no arguments, and searches in the upstream's own words."""
    asked, unasked = sort_out(CASES)
    rows = list(play(asked, tmp_path))
    assert not unasked
    assert [(row.exchange.id, row.client, row.part, row.why) for row in rows if row.why] == []
    requests = {row.exchange.id for row in rows if row.part == "request"}
    assert requests == {"own-search", "routed-search"}


def told() -> Heard:
    """A full answer."""
    voice = Voice("Words.", "Thoughts.", "", [Call("c1", "look", '{"a": 1}')], "tool_calls")
    return Heard({0: voice}, Counts(5, 4, 3, 2), ended=True)


def test_same_answer_has_no_differences() -> None:
    """Spaces in arguments and other ids are no difference."""
    got = told()
    got.choices[0].calls = [Call("other", "look", '{"a":1}')]
    assert differences(told(), got, "openai.chat", "openai.chat") == []


@pytest.mark.parametrize("name", ["text", "reasoning", "refusal", "finish", "calls"])
def test_another_word_is_a_difference(name: str) -> None:
    """The harness sees whatever it compares."""
    got = told()
    other = [Call("c1", "look", '{"a": 2}')] if name == "calls" else "other"
    setattr(got.choices[0], name, other)
    (found,) = differences(told(), got, "openai.chat", "openai.chat")
    assert found.startswith(name)


@pytest.mark.parametrize("name", ["prompt", "completion", "cached", "reasoning"])
def test_another_count_is_a_difference(name: str) -> None:
    """And each count, and an error that was not there."""
    got = told()
    assert got.usage is not None
    setattr(got.usage, name, 9)
    got.error = True
    found = differences(told(), got, "openai.chat", "openai.chat")
    assert found == [f"usage.{name}: 9 for {getattr(told().usage, name)}", "an error was told"]
