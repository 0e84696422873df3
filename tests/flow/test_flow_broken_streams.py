"""Streams that break after their first content: said so in the stream, and never patched up."""

import pytest
from tests.flow.fault_table import BROKEN, FAULTY, STEADY, Broken
from tests.flow.stage import Stage, slug
from tests.gateway import Heard

ROWS = pytest.mark.parametrize("row", BROKEN, ids=lambda row: slug(row.fault))


def broken(stage: Stage, row: Broken, prefix: str = "both") -> Heard:
    """A stream that meets the fault at its first choice."""
    prompt = f"a private prompt [[fault:{FAULTY}/{row.fault}]]"
    return stage.gateway.chat(f"{prefix}/{slug(row.fault)}-stream", prompt, stream=True)


@ROWS
def test_broken_stream_ends_with_a_typed_error_and_done(stage: Stage, row: Broken) -> None:
    """The words that came, one error chunk with an integer code, usage, then `[DONE]`."""
    heard = broken(stage, row, "alone")
    assert (heard.status, heard.complete, heard.done) == (200, True, True)
    assert len(heard.text.split()) == row.words
    assert [event for event in heard.events if "error" in event] == [heard.events[-2]]
    told, usage = heard.events[-2:]
    assert (usage["choices"], usage["usage"]["prompt_tokens"] > 0) == ([], True)
    assert (told["error"]["code"], told["error"]["metadata"]["error_type"]) == (
        row.code,
        row.error_type,
    )
    assert (told["id"], told["model"], told["provider"]) == (
        heard.generation_id,
        f"alone/{slug(row.fault)}-stream",
        FAULTY,
    )
    assert told["choices"][0]["finish_reason"] == "error"


@ROWS
def test_broken_stream_is_recorded_and_what_came_is_charged(stage: Stage, row: Broken) -> None:
    """A failed generation with its one attempt, estimated tokens and their cost."""
    heard = broken(stage, row, "alone")
    record = stage.gateway.generation(heard.generation_id)
    (attempt,) = record["provider_responses"]
    assert (attempt["outcome"], attempt["status"]) == (
        row.kind,
        500 if row.kind == "server" else 200,
    )
    assert attempt["ttft"] is not None
    ours = record["turnout"]
    assert (ours["state"], ours["error_type"]) == ("failed", row.error_type)
    assert ours["estimated_usage"] is True
    assert record["tokens_prompt"] > 0
    assert row.words <= record["tokens_completion"] <= 3 * row.words
    assert record["total_cost"] > 0


@ROWS
def test_broken_stream_is_never_spliced_with_another_answer(stage: Stage, row: Broken) -> None:
    """A healthy second provider is not asked once something of the first was shown."""
    before = stage.simulator.stats(STEADY)["requests"]
    heard = broken(stage, row)
    assert "error" in heard.events[-2]
    assert {event["provider"] for event in heard.events} == {FAULTY}
    assert stage.simulator.stats(STEADY)["requests"] == before
    next_one = stage.gateway.chat(f"both/{slug(row.fault)}-stream")
    assert next_one.json["provider"] == STEADY  # the break counts against the endpoint
