"""What a stream looks like from the client's side: order, pace, last words."""

import re
import threading
import time
from collections.abc import Generator
from itertools import pairwise
from typing import Final

import pytest
from tests.gateway import Gateway, Template, open_gateway, open_simulator, provider_table

RATE_TPS: Final = 25
SCENARIO: Final = f"""
[providers.paced]
answer = {{ tokens = 25, reasoning_tokens = 3 }}
pace = {{ ttft_ms = 100, token_rate_tps = {RATE_TPS} }}
[providers.quick]
answer = {{ tokens = 200, usage = "always" }}
[providers.mean]
answer = {{ tokens = 20, usage = "never" }}
[providers.wordy]
answer = {{ tokens = 60000, usage = "never" }}
"""


@pytest.fixture(scope="module")
def relaying(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Generator[Gateway]:
    """Model `r/NAME` at each provider of the scenario."""
    folder = tmp_path_factory.mktemp("relay")
    with open_simulator(folder, SCENARIO) as simulator:
        names = ("paced", "quick", "mean", "wordy")
        tables = [provider_table(name, simulator, [f"r/{name}"]) for name in names]
        with open_gateway(template, folder, "\n".join(tables)) as gateway:
            yield gateway


def test_stream_hands_every_event_on_at_once(relaying: Gateway) -> None:
    """Tokens 40 ms apart at the provider are 40 ms apart at the client, each in a read alone."""
    heard = relaying.chat("r/paced", stream=True)
    times = [at for at, piece in heard.reads if b'"content":' in piece]
    assert len(times) >= 25
    gaps = sorted(later - earlier for earlier, later in pairwise(times[:25]))
    middle = gaps[len(gaps) // 2]
    assert 0.9 / RATE_TPS < middle < 1.1 / RATE_TPS
    assert sum(0.5 / RATE_TPS < gap < 2 / RATE_TPS for gap in gaps) >= 20, gaps
    assert 0.09 < heard.reads[0][0] < 0.3


def test_stream_begins_with_the_role_and_ends_with_usage(relaying: Gateway) -> None:
    """Role, content, finish, usage without choices, `[DONE]`; one id and provider throughout."""
    heard = relaying.chat("r/paced", stream=True)
    assert heard.headers["content-type"].startswith("text/event-stream")
    assert heard.done
    events = heard.events
    assert events[0]["choices"][0]["delta"]["role"] == "assistant"
    assert [e["choices"] for e in events].count([]) == 1
    *_, finish, usage = events
    assert finish["choices"][0]["finish_reason"] == "stop"
    assert finish["choices"][0]["native_finish_reason"] == "stop"
    assert usage["usage"]["completion_tokens"] == 28
    assert usage["usage"]["completion_tokens_details"]["reasoning_tokens"] == 3
    assert usage["usage"]["cost"] == pytest.approx(
        (usage["usage"]["prompt_tokens"] * 1 + 28 * 2) / 1e6
    )
    assert all("usage" not in event for event in events[:-1])
    finishes = [c["finish_reason"] for e in events for c in e["choices"]]
    assert finishes == [None] * (len(finishes) - 1) + ["stop"]
    assert {(e["id"], e["provider"], e["model"], e["object"]) for e in events} == {
        (heard.generation_id, "paced", "r/paced", "chat.completion.chunk")
    }
    assert re.fullmatch(r"gen-\d{10}-[A-Za-z0-9]{20}", heard.generation_id)


def test_stream_has_its_record_when_it_says_done(relaying: Gateway) -> None:
    """The record can be read before the connection of the stream has even ended."""
    with relaying.asking("r/quick", stream=True) as asking:
        response = asking.response()
        said = b""
        while not said.endswith(b"[DONE]\n\n"):
            said += response.read1(1 << 16)
        record = relaying.generation(response.headers["x-generation-id"])
        response.close()
    assert record["turnout"]["state"] == "succeeded"
    assert record["native_tokens_completion"] == 200


def test_stream_without_usage_gets_an_estimate_that_says_so(relaying: Gateway) -> None:
    """Tokens are counted here when the provider does not; the client and the record are told."""
    heard = relaying.chat("r/mean", stream=True)
    usage = heard.events[-1]["usage"]
    assert usage["estimated"] is True
    assert 15 <= usage["completion_tokens"] <= 40
    record = relaying.generation(heard.generation_id)
    assert record["turnout"]["estimated_usage"] is True
    assert record["native_tokens_completion"] == usage["completion_tokens"]


def test_stream_of_any_length_is_estimated_from_its_beginning(relaying: Gateway) -> None:
    """Sixty thousand words are not kept to be counted, and still come out as about so many."""
    heard = relaying.chat("r/wordy", stream=True)
    assert len(heard.text.split()) == 60_000
    usage = heard.events[-1]["usage"]
    assert usage["estimated"] is True
    assert 55_000 < usage["completion_tokens"] < 110_000


def test_answers_have_one_record_each_under_load(relaying: Gateway) -> None:
    """Two hundred answers to eight clients at once: two hundred records, each id once."""
    seen: list[str] = []

    def ask(stream: bool) -> None:  # noqa: FBT001 (for the thread's arguments)
        for _ in range(25):
            heard = relaying.chat("r/quick", f"load {stream}", stream=stream)
            assert heard.status == 200
            seen.append(heard.generation_id)

    before = len(relaying.records("r/quick"))
    clients = [threading.Thread(target=ask, args=(bool(n % 2),)) for n in range(8)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert len(set(seen)) == len(seen) == 200
    until_s = time.monotonic() + 5
    while len(relaying.records("r/quick")) < before + 200:
        assert time.monotonic() < until_s
        time.sleep(0.05)
    stored = {record["id"] for record in relaying.records("r/quick")}
    assert set(seen) <= stored
