"""A stream that breaks off goes on at another endpoint, to the byte; and when it does not."""

import json
from typing import Any, Final

import pytest
from tests.answers import Heard
from tests.flow.continuation_stage import MODEL, Stage, fault, routed
from tests.gateway import chat_body

TOOLS: Final[Any] = [{"type": "function", "function": {"name": "lookup", "parameters": {}}}]
BREAKS: Final = ("close", "reset", "cut-mid-frame", "stall-after-tokens")


def told(heard: Heard) -> Any:
    """The error inside a chat stream, None without one."""
    return next((event["error"] for event in heard.events if "error" in event), None)


def finish(heard: Heard) -> list[str]:
    """Every finish reason of a chat stream."""
    choices = [choice for event in heard.events for choice in event["choices"]]
    return [choice["finish_reason"] for choice in choices if choice["finish_reason"]]


# ── chat ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", BREAKS)
def test_cut_stream_goes_on_to_the_byte(continuing: Stage, kind: str) -> None:
    """However it breaks: the words are those of the uncut answer, in one well-formed stream."""
    uncut, cut = continuing.both("cut", "spare", content=fault(f"{kind}:7", "cut"))
    assert (cut.complete, cut.done, told(cut)) == (True, True, None)
    assert len(uncut.text.split()) == 40
    assert cut.text == uncut.text
    assert finish(cut) == ["stop"]
    assert {event["id"] for event in cut.events} == {cut.generation_id}
    roles = [c["delta"].get("role") for event in cut.events for c in event["choices"]]
    assert [role for role in roles if role] == ["assistant"]
    assert continuing.gateway.generation(cut.generation_id)["turnout"]["continued"] == 1


@pytest.mark.parametrize("words", [1, 2, 20, 39, 40])
def test_cut_stream_goes_on_from_wherever_it_was_cut(continuing: Stage, words: int) -> None:
    """Behind the first word, and behind the last one, where there is nothing to add."""
    uncut, cut = continuing.both("cut", "spare", content=fault(f"close:{words}", "cut"))
    assert cut.text == uncut.text
    assert finish(cut) == ["stop"]


@pytest.mark.parametrize("spare", ["mistral", "vllm", "claude"])
def test_cut_stream_goes_on_in_the_words_of_each_upstream(continuing: Stage, spare: str) -> None:
    """One repeats the beginning, one goes on behind it, one refuses white space at its end."""
    first = "sonnet" if spare == "claude" else "cut"
    uncut, cut = continuing.both(first, spare, content=fault("close:9", first))
    assert told(cut) is None
    assert cut.text == uncut.text


def test_cut_stream_goes_on_as_often_as_it_must(continuing: Stage) -> None:
    """The endpoint that went on breaks off too; each part is an attempt of one record."""
    content = fault("close:7", "cut", "again")
    uncut, cut = continuing.both("cut", "again", "spare", content=content)
    assert cut.text == uncut.text
    record = continuing.gateway.generation(cut.generation_id)
    parts = record["provider_responses"]
    assert [part["purpose"] for part in parts] == ["answer", "continuation", "continuation"]
    assert [part["outcome"] for part in parts] == ["network", "network", "served"]


def test_only_endpoint_is_asked_to_go_on_itself(continuing: Stage) -> None:
    """A fault that happens once; the endpoint that broke off is the last to be asked."""
    content = fault("close:2", "cut")
    heard = continuing.ask("cut", content=content)
    record = continuing.gateway.generation(heard.generation_id)
    assert {part["provider_name"] for part in record["provider_responses"]} == {"cut"}
    assert len(record["provider_responses"]) == 9  # it breaks off each time: 1 and `most`
    assert told(heard)["metadata"]["error_type"] == "provider_unavailable"
    assert record["turnout"]["state"] == "failed"


# ── the bill ────────────────────────────────────────────────────────────────────────────────────


def test_parts_are_lines_of_one_bill(continuing: Stage) -> None:
    """Each part at its own endpoint's price; the whole is their sum, for client and record."""
    heard = continuing.ask("cut", "spare", content=fault("close:20", "cut"))
    record = continuing.gateway.generation(heard.generation_id)
    first, second = record["provider_responses"]
    assert (first["tokens_prompt"], first["tokens_completion"]) >= (1, 20)
    assert first["estimated_usage"]
    assert not second["estimated_usage"]
    assert first["cost"] == pytest.approx(
        (first["tokens_prompt"] + 2 * first["tokens_completion"]) / 1e6
    )
    assert second["cost"] == pytest.approx(
        (10 * second["tokens_prompt"] + 20 * second["tokens_completion"]) / 1e6
    )
    assert record["total_cost"] == pytest.approx(first["cost"] + second["cost"])
    usage = heard.events[-1]["usage"]
    assert usage["cost"] == pytest.approx(record["total_cost"])
    for ours, theirs in (
        ("prompt_tokens", "tokens_prompt"),
        ("completion_tokens", "tokens_completion"),
    ):
        assert usage[ours] == record[theirs] == first[theirs] + second[theirs]


def test_whole_stream_is_billed_as_ever(continuing: Stage) -> None:
    """Where nothing broke off there is one attempt and no line of its own."""
    heard = continuing.ask("spare", "cut")
    [only] = continuing.gateway.generation(heard.generation_id)["provider_responses"]
    assert (only["purpose"], "cost" in only) == ("answer", False)


def test_metadata_tells_of_it(continuing: Stage) -> None:
    """`openrouter_metadata` says how often another endpoint went on."""
    body = chat_body(MODEL, fault("close:3", "cut"), stream=True, provider=routed(("cut", "spare")))
    heard = continuing.gateway.call(
        "POST", "/api/v1/chat/completions", body, headers={"x-openrouter-metadata": "enabled"}
    )
    assert heard.events[-1]["openrouter_metadata"]["continuation"] == {"continued": 1}


def test_metrics_count_it(continuing: Stage) -> None:
    """By what became of the streams."""
    continuing.ask("cut", "spare", content=fault("close:3", "cut"))
    continuing.ask("cut", content=fault("close:3", "cut"))
    page = continuing.gateway.call("GET", "/metrics").body.decode()
    counts = [line for line in page.splitlines() if line.startswith("turnout_continuations_total")]
    assert len(counts) == 2
    assert all(float(line.split()[-1]) >= 1 for line in counts)


def test_part_that_broke_off_counts_against_its_endpoint(continuing: Stage) -> None:
    """A fault like any broken stream; the endpoint that went on has served."""

    def count(name: str, *labels: str) -> float:
        page = continuing.gateway.call("GET", "/metrics").body.decode()
        wanted = (f"{name}_total{{", f'model="{MODEL}"', *labels)
        rows = [row for row in page.splitlines() if all(part in row for part in wanted)]
        return sum(float(row.split()[-1]) for row in rows)

    def counts() -> tuple[float, float, float]:
        served = count("turnout_attempts", 'provider="spare"', 'outcome="served"')
        broken = count("turnout_attempts", 'provider="cut"', 'outcome="network"')
        return count("turnout_faults", 'provider="cut"'), broken, served

    before = counts()
    continuing.ask("cut", "spare", content=fault("close:3", "cut"))
    assert counts() == tuple(number + 1 for number in before)


# ── what is not gone on with ────────────────────────────────────────────────────────────────────


def test_continuation_is_off_unless_wanted(continuing: Stage) -> None:
    """The stream ends with the typed error that it always ended with."""
    for on in (None, False):
        heard = continuing.ask("cut", "spare", content=fault("close:7", "cut"), on=on)
        assert told(heard)["metadata"]["error_type"] == "provider_unavailable"
        assert finish(heard) == ["error"]
        [only] = continuing.gateway.generation(heard.generation_id)["provider_responses"]
        assert only["outcome"] == "network"


def test_endpoint_without_prefill_does_not_go_on(continuing: Stage) -> None:
    """Where nobody can, the error is said, and nobody was asked in vain."""
    heard = continuing.ask("plain", content=fault("close:7", "plain"))
    assert told(heard) is not None
    assert len(continuing.gateway.generation(heard.generation_id)["provider_responses"]) == 1


def test_json_answers_are_not_gone_on_with(continuing: Stage) -> None:
    """An upstream's grammar would begin at the beginning."""
    shape = {"type": "json_object"}
    heard = continuing.ask("cut", "spare", content=fault("close:7", "cut"), response_format=shape)
    assert told(heard) is not None


def test_callers_own_beginning_is_not_gone_on_with(continuing: Stage) -> None:
    """The caller's words and the model's would be one turn, and nobody knows which repeat."""
    messages = [
        {"role": "user", "content": fault("close:7", "cut")},
        {"role": "assistant", "content": "Well,"},
    ]
    heard = continuing.ask("cut", "spare", messages=messages)
    assert told(heard) is not None


def test_output_limit_is_what_the_beginning_leaves(continuing: Stage) -> None:
    """The caller's limit is on the whole answer."""
    continuing.ask("cut", "spare", content=fault("close:20", "cut"), max_tokens=100)
    asked = json.loads(continuing.simulator.requests("spare")[-1]["body"])
    assert 40 < asked["max_tokens"] < 90


# ── calls and thoughts ──────────────────────────────────────────────────────────────────────────


def calls(heard: Heard) -> dict[int, dict[str, str]]:
    """The calls of a chat stream, by their index."""
    found: dict[int, dict[str, str]] = {}
    for event in heard.events:
        for choice in event["choices"]:
            for part in choice["delta"].get("tool_calls") or ():
                call = found.setdefault(part["index"], {"arguments": ""})
                call["arguments"] += part["function"].get("arguments") or ""
                if "id" in part:
                    call |= {"id": part["id"], "name": part["function"]["name"]}
    return found


def caller(continuing: Stage, deltas: int, *order: str, breaks: str = "cut") -> Heard:
    """A stream of three calls, three deltas each, that breaks off behind some of them."""
    content = fault(f"close:{deltas}", breaks)
    return continuing.ask(*order, content=content, model=f"{MODEL}caller", tools=TOOLS)


def test_calls_go_on_at_their_boundaries(continuing: Stage) -> None:
    """Behind the first or the second whole call the next one follows, by its own number and id."""
    for deltas in (3, 6, 9):
        whole = calls(caller(continuing, deltas, "spare"))
        assert [len(json.loads(call["arguments"])) for call in whole.values()] == [1, 1, 1]
        cut = caller(continuing, deltas, "cut", "spare")
        assert told(cut) is None
        assert calls(cut) == whole
        assert finish(cut) == ["tool_calls"]


def test_calls_are_not_gone_on_with_inside_their_arguments(continuing: Stage) -> None:
    """Half an object is no place to go on from."""
    for deltas in (1, 2, 5):
        cut = caller(continuing, deltas, "cut", "spare")
        assert told(cut)["metadata"]["error_type"] == "provider_unavailable"


def test_calls_are_gone_on_with_only_by_who_can(continuing: Stage) -> None:
    """Of vLLM it is not known that it goes on behind a call."""
    assert told(caller(continuing, 3, "vllm", "mistral", breaks="vllm")) is not None


def thinker(continuing: Stage, tokens: int, *order: str, breaks: str = "cut") -> Heard:
    """A stream with ten thoughts and forty words, that breaks off behind some of them."""
    content = fault(f"close:{tokens}", breaks)
    return continuing.ask(*order, content=content, model=f"{MODEL}thinker")


def test_plain_thinking_is_not_thought_again(continuing: Stage) -> None:
    """Broken off in its words, the answer goes on with words; the thoughts came once."""
    whole, cut = thinker(continuing, 15, "spare"), thinker(continuing, 15, "cut", "spare")
    assert told(cut) is None
    assert cut.text == whole.text
    assert thoughts(cut) == thoughts(whole)


def thoughts(heard: Heard) -> str:
    """The thinking of a chat stream."""
    deltas = [c["delta"] for event in heard.events for c in event["choices"]]
    return "".join(delta.get("reasoning") or "" for delta in deltas)


def test_thoughts_are_not_gone_on_with(continuing: Stage) -> None:
    """Broken off while it thought: nobody can be told what it was about to think."""
    assert told(thinker(continuing, 5, "cut", "spare")) is not None


def test_sealed_thinking_is_not_gone_on_with(continuing: Stage) -> None:
    """Who signs thoughts takes no beginning of an answer behind them."""
    assert told(thinker(continuing, 20, "claude", "sonnet", breaks="claude")) is not None
