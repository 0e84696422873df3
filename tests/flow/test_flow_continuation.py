"""A stream that breaks off goes on at another endpoint: to the byte, in every client's dialect.

The simulator's answer is a function of the prompt, so the uncut answer is known: the same request
is asked of an endpoint that does not break off.
"""

import json
from collections.abc import Generator, Sequence
from typing import Any, Final

import msgspec
import pytest
from tests.answers import Heard
from tests.gateway import (
    Gateway,
    Simulator,
    Template,
    chat_body,
    open_gateway,
    open_simulator,
)

MODEL: Final = "acme/one"
KINDS: Final = {
    "cut": "simulator",
    "again": "simulator",
    "spare": "simulator",
    "mistral": None,
    "vllm": None,
    "claude": "anthropic",
    "sonnet": "anthropic",
    "plain": "openai-compatible",
}
"""Each provider is there twice: as it speaks, and as it calls, thinks or bills."""

MANNERS: Final = {
    "": "tokens = 40",
    "caller": "tool_calls = 3",
    "thinker": "tokens = 40, reasoning_tokens = 10",
}
TOOLS: Final[Any] = [{"type": "function", "function": {"name": "lookup", "parameters": {}}}]
BREAKS: Final = ("close", "reset", "cut-mid-frame", "stall-after-tokens")


def scenario() -> str:
    """All providers, each with one model for each manner."""
    rows: list[str] = []
    for name in KINDS:
        repeats = ', prefill = "repeats"' if name == "mistral" else ""
        rows += [f"[providers.{name}]", "record = 50"]
        for manner, how in MANNERS.items():
            rows += [
                f'[[providers.{name}.models]]\nid = "one{manner}"',
                f"answer = {{ {how}{repeats} }}",
            ]
    return "\n".join(rows)


def config(simulator: Simulator) -> str:
    """Every provider serves the same models; the second of a pair is ten times as dear."""
    rows = ["[timeouts]\nidle_s = 0.4"]
    for name, kind in KINDS.items():
        rows += [
            f'[providers.{name}]\nbase_url = "{simulator.url}/{name}/v1"\napi_key = "env:KEY"',
            *([f'kind = "{kind}"'] if kind else []),
        ]
        price = '"10", completion = "20"' if name == "spare" else '"1", completion = "2"'
        for manner in MANNERS:
            rows += [
                f'[[providers.{name}.models]]\nid = "{MODEL}{manner}"\ncontext = 128000',
                f"price = {{ prompt = {price} }}",
            ]
    return "\n".join(rows)


class Stage(msgspec.Struct, frozen=True):
    """A gateway and the providers it routes to."""

    gateway: Gateway
    simulator: Simulator

    def ask(
        self, *order: str, content: str = "hello", on: bool | None = True, **fields: Any
    ) -> Heard:
        """A chat stream from the first provider, and from the others if it breaks off."""
        provider = routed(order, on=on)
        model = fields.pop("model", MODEL)
        return self.gateway.chat(model, content, stream=True, provider=provider, **fields)

    def both(self, *order: str, content: str = "hello", **fields: Any) -> tuple[Heard, Heard]:
        """The same request uncut by the last provider, and cut by the first."""
        uncut = self.ask(order[-1], content=content, **fields)
        return uncut, self.ask(*order, content=content, **fields)


def routed(order: Sequence[str], *, on: bool | None = True) -> dict[str, Any]:
    """Preferences that fix who is asked, in which order."""
    fixed: dict[str, Any] = {"order": order, "only": order}
    return fixed if on is None else fixed | {"continuation": on}


@pytest.fixture(scope="module")
def stage(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Generator[Stage]:
    """One gateway for all of it."""
    folder = tmp_path_factory.mktemp("continuation")
    with (
        open_simulator(folder, scenario()) as simulator,
        open_gateway(template, folder, config(simulator), KEY="secret") as gateway,
    ):
        yield Stage(gateway, simulator)


def fault(name: str, *providers: str, text: str = "hello") -> str:
    """A prompt that makes these providers break off."""
    return " ".join([text, *(f"[[fault:{provider}/{name}]]" for provider in providers)])


def told(heard: Heard) -> Any:
    """The error inside a chat stream, None without one."""
    return next((event["error"] for event in heard.events if "error" in event), None)


def finish(heard: Heard) -> list[str]:
    """Every finish reason of a chat stream."""
    choices = [choice for event in heard.events for choice in event["choices"]]
    return [choice["finish_reason"] for choice in choices if choice["finish_reason"]]


# ── chat ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", BREAKS)
def test_cut_stream_goes_on_to_the_byte(stage: Stage, kind: str) -> None:
    """However it breaks: the words are those of the uncut answer, in one well-formed stream."""
    uncut, cut = stage.both("cut", "spare", content=fault(f"{kind}:7", "cut"))
    assert (cut.complete, cut.done, told(cut)) == (True, True, None)
    assert len(uncut.text.split()) == 40
    assert cut.text == uncut.text
    assert finish(cut) == ["stop"]
    assert {event["id"] for event in cut.events} == {cut.generation_id}
    roles = [c["delta"].get("role") for event in cut.events for c in event["choices"]]
    assert [role for role in roles if role] == ["assistant"]
    assert stage.gateway.generation(cut.generation_id)["turnout"]["continued"] == 1


@pytest.mark.parametrize("words", [1, 2, 20, 39, 40])
def test_cut_stream_goes_on_from_wherever_it_was_cut(stage: Stage, words: int) -> None:
    """Behind the first word, and behind the last one, where there is nothing to add."""
    uncut, cut = stage.both("cut", "spare", content=fault(f"close:{words}", "cut"))
    assert cut.text == uncut.text
    assert finish(cut) == ["stop"]


@pytest.mark.parametrize("spare", ["mistral", "vllm", "claude"])
def test_cut_stream_goes_on_in_the_words_of_each_upstream(stage: Stage, spare: str) -> None:
    """One repeats the beginning, one goes on behind it, one refuses white space at its end."""
    first = "sonnet" if spare == "claude" else "cut"
    uncut, cut = stage.both(first, spare, content=fault("close:9", first))
    assert told(cut) is None
    assert cut.text == uncut.text


def test_cut_stream_goes_on_as_often_as_it_must(stage: Stage) -> None:
    """The endpoint that went on breaks off too; each part is an attempt of one record."""
    content = fault("close:7", "cut", "again")
    uncut, cut = stage.both("cut", "again", "spare", content=content)
    assert cut.text == uncut.text
    record = stage.gateway.generation(cut.generation_id)
    parts = record["provider_responses"]
    assert [part["purpose"] for part in parts] == ["answer", "continuation", "continuation"]
    assert [part["outcome"] for part in parts] == ["network", "network", "served"]


def test_only_endpoint_is_asked_to_go_on_itself(stage: Stage) -> None:
    """A fault that happens once; the endpoint that broke off is the last to be asked."""
    content = fault("close:7", "cut")
    heard = stage.ask("cut", content=content)
    record = stage.gateway.generation(heard.generation_id)
    assert {part["provider_name"] for part in record["provider_responses"]} == {"cut"}
    assert len(record["provider_responses"]) == 5  # it breaks off each time: 1 and `most`
    assert told(heard)["metadata"]["error_type"] == "provider_unavailable"
    assert record["turnout"]["state"] == "failed"


# ── the bill ────────────────────────────────────────────────────────────────────────────────────


def test_parts_are_lines_of_one_bill(stage: Stage) -> None:
    """Each part at its own endpoint's price; the whole is their sum, for client and record."""
    heard = stage.ask("cut", "spare", content=fault("close:20", "cut"))
    record = stage.gateway.generation(heard.generation_id)
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


def test_whole_stream_is_billed_as_ever(stage: Stage) -> None:
    """Where nothing broke off there is one attempt and no line of its own."""
    heard = stage.ask("spare", "cut")
    [only] = stage.gateway.generation(heard.generation_id)["provider_responses"]
    assert (only["purpose"], "cost" in only) == ("answer", False)


def test_metadata_tells_of_it(stage: Stage) -> None:
    """`openrouter_metadata` says how often another endpoint went on."""
    body = chat_body(MODEL, fault("close:3", "cut"), stream=True, provider=routed(("cut", "spare")))
    heard = stage.gateway.call(
        "POST", "/api/v1/chat/completions", body, headers={"x-openrouter-metadata": "enabled"}
    )
    assert heard.events[-1]["openrouter_metadata"]["continuation"] == {"continued": 1}


def test_metrics_count_it(stage: Stage) -> None:
    """By what became of the streams."""
    stage.ask("cut", "spare", content=fault("close:3", "cut"))
    stage.ask("cut", content=fault("close:3", "cut"))
    page = stage.gateway.call("GET", "/metrics").body.decode()
    counts = [line for line in page.splitlines() if line.startswith("turnout_continuations_total")]
    assert len(counts) == 2
    assert all(float(line.split()[-1]) >= 1 for line in counts)


# ── what is not gone on with ────────────────────────────────────────────────────────────────────


def test_continuation_is_off_unless_wanted(stage: Stage) -> None:
    """The stream ends with the typed error that it always ended with."""
    for on in (None, False):
        heard = stage.ask("cut", "spare", content=fault("close:7", "cut"), on=on)
        assert told(heard)["metadata"]["error_type"] == "provider_unavailable"
        assert finish(heard) == ["error"]
        [only] = stage.gateway.generation(heard.generation_id)["provider_responses"]
        assert only["outcome"] == "network"


def test_endpoint_without_prefill_does_not_go_on(stage: Stage) -> None:
    """Where nobody can, the error is said, and nobody was asked in vain."""
    heard = stage.ask("plain", content=fault("close:7", "plain"))
    assert told(heard) is not None
    assert len(stage.gateway.generation(heard.generation_id)["provider_responses"]) == 1


def test_json_answers_are_not_gone_on_with(stage: Stage) -> None:
    """An upstream's grammar would begin at the beginning."""
    shape = {"type": "json_object"}
    heard = stage.ask("cut", "spare", content=fault("close:7", "cut"), response_format=shape)
    assert told(heard) is not None


def test_callers_own_beginning_is_not_gone_on_with(stage: Stage) -> None:
    """The caller's words and the model's would be one turn, and nobody knows which repeat."""
    messages = [
        {"role": "user", "content": fault("close:7", "cut")},
        {"role": "assistant", "content": "Well,"},
    ]
    heard = stage.ask("cut", "spare", messages=messages)
    assert told(heard) is not None


def test_output_limit_is_what_the_beginning_leaves(stage: Stage) -> None:
    """The caller's limit is on the whole answer."""
    stage.ask("cut", "spare", content=fault("close:20", "cut"), max_tokens=100)
    asked = json.loads(stage.simulator.requests("spare")[-1]["body"])
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


def caller(stage: Stage, deltas: int, *order: str, breaks: str = "cut") -> Heard:
    """A stream of three calls, three deltas each, that breaks off behind some of them."""
    content = fault(f"close:{deltas}", breaks)
    return stage.ask(*order, content=content, model=f"{MODEL}caller", tools=TOOLS)


def test_calls_go_on_at_their_boundaries(stage: Stage) -> None:
    """Behind the first or the second whole call the next one follows, by its own number and id."""
    for deltas in (3, 6, 9):
        whole = calls(caller(stage, deltas, "spare"))
        assert [len(json.loads(call["arguments"])) for call in whole.values()] == [1, 1, 1]
        cut = caller(stage, deltas, "cut", "spare")
        assert told(cut) is None
        assert calls(cut) == whole
        assert finish(cut) == ["tool_calls"]


def test_calls_are_not_gone_on_with_inside_their_arguments(stage: Stage) -> None:
    """Half an object is no place to go on from."""
    for deltas in (1, 2, 5):
        cut = caller(stage, deltas, "cut", "spare")
        assert told(cut)["metadata"]["error_type"] == "provider_unavailable"


def test_calls_are_gone_on_with_only_by_who_can(stage: Stage) -> None:
    """Of vLLM it is not known that it goes on behind a call."""
    assert told(caller(stage, 3, "vllm", "mistral", breaks="vllm")) is not None


def thinker(stage: Stage, tokens: int, *order: str, breaks: str = "cut") -> Heard:
    """A stream with ten thoughts and forty words, that breaks off behind some of them."""
    content = fault(f"close:{tokens}", breaks)
    return stage.ask(*order, content=content, model=f"{MODEL}thinker")


def test_plain_thinking_is_not_thought_again(stage: Stage) -> None:
    """Broken off in its words, the answer goes on with words; the thoughts came once."""
    whole, cut = thinker(stage, 15, "spare"), thinker(stage, 15, "cut", "spare")
    assert told(cut) is None
    assert cut.text == whole.text
    assert thoughts(cut) == thoughts(whole)


def thoughts(heard: Heard) -> str:
    """The thinking of a chat stream."""
    deltas = [c["delta"] for event in heard.events for c in event["choices"]]
    return "".join(delta.get("reasoning") or "" for delta in deltas)


def test_thoughts_are_not_gone_on_with(stage: Stage) -> None:
    """Broken off while it thought: nobody can be told what it was about to think."""
    assert told(thinker(stage, 5, "cut", "spare")) is not None


def test_sealed_thinking_is_not_gone_on_with(stage: Stage) -> None:
    """Who signs thoughts takes no beginning of an answer behind them."""
    assert told(thinker(stage, 20, "claude", "sonnet", breaks="claude")) is not None


# ── the other dialects ──────────────────────────────────────────────────────────────────────────


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


def messages(stage: Stage, content: str, *order: str) -> list[Any]:
    """A stream of Anthropic's Messages."""
    body = chat_body(MODEL, content, stream=True, max_tokens=4000, provider=routed(order))
    heard = stage.gateway.call("POST", "/api/v1/messages", body)
    assert heard.status == 200, heard.body
    return [event for event in named(heard) if event["type"] != "ping"]


@pytest.mark.parametrize("order", [("cut", "spare"), ("claude", "sonnet")])
def test_messages_stream_goes_on_in_its_block(stage: Stage, order: tuple[str, str]) -> None:
    """Spliced or translated: one message, one block, its words those of the uncut answer."""
    content = fault("close:7", order[0])
    uncut, cut = messages(stage, content, order[1]), messages(stage, content, *order)

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


def test_responses_stream_goes_on_in_its_item(stage: Stage) -> None:
    """Numbers go on, one item holds all words, and the whole response repeats them."""
    content = fault("close:7", "cut")

    def stream(*order: str) -> list[Any]:
        body = {"model": MODEL, "input": content, "stream": True, "provider": routed(order)}
        heard = stage.gateway.call("POST", "/api/v1/responses", body)
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
