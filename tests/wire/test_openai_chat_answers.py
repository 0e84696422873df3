"""Whole answers and their usage: the same for the client whether spliced or translated."""

import json
from typing import Any, Final

import pytest
from tests.wire.cases.chat_streams import USAGE
from tests.wire.fold import fold_answer
from tests.wire.test_openai_chat_streams import ADAPTER, BILL, HEAD, SENT, seen

from turnout.core.money import Nusd
from turnout.core.usage import Usage
from turnout.dialects.bridge import Translation, bridge
from turnout.dialects.openai_chat.client import CLIENT

ANSWERS: Final[tuple[tuple[str, dict[str, Any], str | None], ...]] = (
    ("plain", {"role": "assistant", "content": "hi", "refusal": None, "annotations": []}, "stop"),
    ("null content", {"role": "assistant", "content": None}, "stop"),
    ("no content", {"role": "assistant", "reasoning_content": "hm"}, "length"),
    ("reasoning", {"role": "assistant", "content": "a", "reasoning": "hm"}, "stop"),
    (
        "details",
        {
            "role": "assistant",
            "content": "a",
            "reasoning": "hm",
            "reasoning_details": [
                {"type": "reasoning.text", "text": "hm", "format": "unknown", "index": 0}
            ],
        },
        "stop",
    ),
    (
        "calls",
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}},
                {"id": "c2", "type": "function", "function": {"name": "f", "arguments": "{}"}},
            ],
        },
        "stop",
    ),
    (
        "calls without ids",
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [
                {"function": {"name": "f", "arguments": {"a": 1}}},
                {"function": {"name": "g", "arguments": ""}},
            ],
        },
        "tool_calls",
    ),
    ("parts", {"role": "assistant", "content": [{"type": "text", "text": "a"}]}, "stop"),
    ("refusal", {"role": "assistant", "content": None, "refusal": "no"}, "content_filter"),
)


@pytest.mark.parametrize(
    ("message", "finish"), [row[1:] for row in ANSWERS], ids=[row[0] for row in ANSWERS]
)
def test_whole_answer_is_the_same_on_both_ways(message: dict[str, Any], finish: str | None) -> None:
    """Semantically equal bodies and equal tallies."""
    body = json.dumps(
        {
            "id": "up",
            "object": "chat.completion",
            "created": 1,
            "model": "up",
            "x_top": {"a": 1},
            "system_fingerprint": "fp",
            "choices": [
                {"index": 0, "message": message, "logprobs": None, "finish_reason": finish}
            ],
            "usage": USAGE,
        }
    ).encode()
    spliced = bridge(CLIENT, ADAPTER).answer(body, HEAD, SENT)
    translated = Translation(CLIENT, ADAPTER).answer(body, HEAD, SENT)
    assert fold_answer(spliced.render(BILL)) == fold_answer(translated.render(BILL))
    assert seen(spliced.tally) == seen(translated.tally)
    assert spliced.tally.spoken == translated.tally.spoken
    answer = json.loads(spliced.render(BILL))
    assert answer["x_top"] == {"a": 1}
    assert (answer["id"], answer["model"], answer["provider"]) == ("gen-1", "a/m", "Provider")
    assert set(message) <= set(answer["choices"][0]["message"])


COUNTS: Final[tuple[tuple[str, dict[str, Any], Usage], ...]] = (
    (
        "OpenAI",
        {
            "prompt_tokens": 100,
            "completion_tokens": 50,
            "total_tokens": 150,
            "prompt_tokens_details": {"cached_tokens": 60, "audio_tokens": 10},
            "completion_tokens_details": {"reasoning_tokens": 20, "audio_tokens": 5},
        },
        Usage(text_in=30, cache_read=60, audio_in=10, text_out=25, reasoning=20, audio_out=5),
    ),
    (
        "DeepSeek",
        {"prompt_tokens": 10, "completion_tokens": 1, "prompt_cache_hit_tokens": 4},
        Usage(text_in=6, cache_read=4, text_out=1),
    ),
    (
        "xAI",
        {
            "prompt_tokens": 10,
            "completion_tokens": 5,
            "total_tokens": 115,
            "completion_tokens_details": {"reasoning_tokens": 100},
            "cost_in_usd_ticks": 12_345_678,
        },
        Usage(text_in=10, text_out=5, reasoning=100, upstream_cost_nusd=Nusd(1_234_568)),
    ),
    (
        "OpenRouter",
        {
            "prompt_tokens": 10,
            "completion_tokens": 5,
            "cost": 0.000093,
            "prompt_tokens_details": {"cached_tokens": 2, "cache_write_tokens": 3},
        },
        Usage(text_in=5, cache_read=2, cache_write=3, text_out=5, upstream_cost_nusd=Nusd(93_000)),
    ),
    (
        "Perplexity",
        {
            "prompt_tokens": 1,
            "completion_tokens": 2,
            "num_search_queries": 3,
            "cost": {"total_cost": 0.006},
        },
        Usage(text_in=1, text_out=2, searches=3, upstream_cost_nusd=Nusd(6_000_000)),
    ),
    (
        "more cached than sent",
        {"prompt_tokens": 5, "completion_tokens": 0, "prompt_tokens_details": {"cached_tokens": 9}},
        Usage(cache_read=5),
    ),
    (
        "nonsense",
        {"prompt_tokens": -5, "completion_tokens": None, "prompt_tokens_details": "x", "cost": "y"},
        Usage(),
    ),
)


@pytest.mark.parametrize(
    ("counts", "usage"), [row[1:] for row in COUNTS], ids=[row[0] for row in COUNTS]
)
def test_usage_is_untangled_into_disjoint_buckets(counts: dict[str, Any], usage: Usage) -> None:
    """Every token in one bucket, whoever counted."""
    body = json.dumps({"choices": [], "usage": counts}).encode()
    assert bridge(CLIENT, ADAPTER).answer(body, HEAD, SENT).tally.usage == usage
