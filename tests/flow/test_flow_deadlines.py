"""Each deadline by itself, and what a waiting client sees meanwhile."""

import socket
from collections.abc import Generator
from itertools import pairwise

import msgspec
import pytest
from tests.gateway import (
    Gateway,
    Heard,
    Simulator,
    Template,
    open_gateway,
    open_simulator,
    provider_table,
)

SCENARIO = """
[providers.slow]
answer = { tokens = 400 }
[[providers.slow.faults]]
kind = "stall-first-token"
name = "mute"
on_request = true
[providers.brief-1]
faults = [{ kind = "stall-head" }]
[providers.brief-2]
faults = [{ kind = "stall-head" }]
[providers.brief-3]
faults = [{ kind = "stall-head" }]
[providers.paced]
answer = { tokens = 400 }
pace = { ttft_ms = 10, token_rate_tps = 50 }
[providers.late]
answer = { text = "better late than never" }
pace = { ttft_ms = 500 }
[providers.steady]
answer = { text = "steady as ever" }
"""
MODELS = ["d/duo", "d/comments", "d/told", "d/unary", "d/idle"]
DEAR = '{ prompt = "1000", completion = "1000" }'
CONFIG = """
[server]
comment_period_s = 0.1
[timeouts]
connect_s = 0.3
first_token_s = 0.45
idle_s = 0.4
total_s = 1.5
[providers.hole]
kind = "openai-compatible"
base_url = "http://127.0.0.1:{port}/v1"
[[providers.hole.models]]
id = "d/connect"
context = 8000
price = {{ prompt = "0.001", completion = "0.001" }}
[[providers.hole.models]]
id = "d/hole"
context = 8000
"""


class Slow(msgspec.Struct, frozen=True):
    """A gateway with short deadlines and providers that miss them."""

    gateway: Gateway
    simulator: Simulator

    def ask(self, model: str, prompt: str = "hello", *, stream: bool = True) -> Heard:
        """A chat completion, its duration in the last read."""
        return self.gateway.chat(model, prompt, stream=stream)

    def outcomes(self, heard: Heard) -> list[str]:
        """Of all attempts on record."""
        record = self.gateway.generation(heard.generation_id)
        return [attempt["outcome"] for attempt in record["provider_responses"]]


@pytest.fixture(scope="module")
def hole() -> Generator[int]:
    """A port that takes no connection: its backlog is full and nobody accepts."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port: int = listener.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for plug in waiting:
            plug.setblocking(False)
            plug.connect_ex(("127.0.0.1", port))
        yield port
        for plug in waiting:
            plug.close()


@pytest.fixture(scope="module")
def slow(
    template: Template, tmp_path_factory: pytest.TempPathFactory, hole: int
) -> Generator[Slow]:
    """Connect 0.3 s, first token 0.45 s, idle 0.4 s, total 1.5 s, a comment each 0.1 s."""
    folder = tmp_path_factory.mktemp("deadlines")
    with open_simulator(folder, SCENARIO) as simulator:
        tables = [
            provider_table("slow", simulator, MODELS),
            provider_table("paced", simulator, ["d/long"]),
            provider_table("late", simulator, ["d/late"]),
            provider_table("steady", simulator, ["d/duo", "d/comments", "d/connect"], price=DEAR),
        ]
        for name in ("brief-1", "brief-2", "brief-3"):
            tables.append(provider_table(name, simulator, ["d/brief"]))
            tables.append(f"[providers.{name}.timeouts]\nfirst_token_s = 0.06\n")
        config = "\n".join([CONFIG.format(port=hole), *tables])
        with open_gateway(template, folder, config) as gateway:
            yield Slow(gateway, simulator)


def took_s(heard: Heard) -> float:
    """From the request to the last byte of its answer."""
    return heard.reads[-1][0]


def test_connect_deadline_moves_on_to_the_next_provider(slow: Slow) -> None:
    """A port that swallows connections costs the connect deadline, and nothing else."""
    heard = slow.ask("d/connect", stream=False)
    assert heard.text == "steady as ever"
    assert slow.outcomes(heard) == ["connect_timeout", "served"]
    assert 0.3 <= took_s(heard) < 0.6


def test_connect_deadline_of_the_only_provider_is_told(slow: Slow) -> None:
    """Without another provider the client hears of it with its own status."""
    heard = slow.ask("d/hole", stream=False)
    assert (heard.status, heard.error["availability"]["code"]) == (503, "temporarily_unavailable")
    assert slow.outcomes(heard) == ["connect_timeout"]


def test_first_token_deadline_is_silent_while_comments_flow(slow: Slow) -> None:
    """Signs of life, then the whole answer of the next provider in the same stream."""
    heard = slow.ask("d/comments", "[[fault:slow/mute]]")
    assert (heard.status, heard.text, heard.done) == (200, "steady as ever", True)
    assert slow.outcomes(heard) == ["first_token_timeout", "served"]
    assert 3 <= heard.comments <= 5
    times = [at for at, piece in heard.reads if piece.startswith(b": TURNOUT")]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert all(0.08 < gap < 0.2 for gap in gaps), gaps
    assert 0.08 < times[0] < 0.2


def test_comments_count_from_the_last_sign_of_life_over_all_attempts(slow: Slow) -> None:
    """Three attempts of 0.06 s each: one sign of life after 0.1 s, not one for each, not none."""
    heard = slow.ask("d/brief")
    assert (heard.status, heard.comments, heard.done) == (200, 1, True)
    assert slow.outcomes(heard) == ["first_token_timeout"] * 3


def test_error_after_comments_is_told_inside_the_stream(slow: Slow) -> None:
    """Once signs of life were sent the status is 200, and the error an event before `[DONE]`."""
    heard = slow.ask("d/told", "[[fault:slow/mute]]")
    assert (heard.status, heard.done) == (200, True)
    assert heard.comments >= 3
    (told,) = heard.events
    assert told["id"] == heard.generation_id
    assert told["error"]["code"] == 503
    assert told["error"]["metadata"]["error_type"] == "provider_overloaded"
    assert told["choices"][0]["finish_reason"] == "error"
    record = slow.gateway.generation(heard.generation_id)
    assert record["turnout"]["state"] == "failed"


def test_idle_deadline_breaks_a_stream_that_falls_silent(slow: Slow) -> None:
    """Comments go on while it is silent; then the error comes, when the deadline says so."""
    heard = slow.ask("d/idle", "[[fault:slow/stall-after-tokens:2]]")
    assert len(heard.text.split()) == 2
    assert heard.events[-2]["error"]["code"] == 504
    assert heard.comments >= 2
    (attempt,) = slow.gateway.generation(heard.generation_id)["provider_responses"]
    assert attempt["outcome"] == "idle_timeout"
    assert 400 <= attempt["latency"] < 600  # the tokens that follow are counted on our own time


def test_total_deadline_ends_a_stream_that_is_still_flowing(slow: Slow) -> None:
    """A stream that would take eight seconds is cut after the total of 1.5."""
    heard = slow.ask("d/long")
    assert 1.5 <= took_s(heard) < 2.0
    assert heard.events[-2]["error"]["code"] == 504
    assert 40 < len(heard.text.split()) < 80
    assert slow.outcomes(heard) == ["total_timeout"]
    record = slow.gateway.generation(heard.generation_id)
    assert (record["turnout"]["state"], record["turnout"]["estimated_usage"]) == ("failed", True)


def test_total_deadline_ends_a_whole_answer_that_never_comes(slow: Slow) -> None:
    """Nothing is tried after it: the request's time is over."""
    heard = slow.ask("d/unary", "[[fault:slow/stall-head]]", stream=False)
    assert heard.status == 503
    assert 1.5 <= took_s(heard) < 2.0
    assert slow.outcomes(heard) == ["total_timeout"]


def test_first_token_deadline_does_not_hurry_a_whole_answer(slow: Slow) -> None:
    """A whole answer comes when it is done; only streams must speak soon."""
    heard = slow.ask("d/late", stream=False)
    assert heard.text == "better late than never"
    assert slow.outcomes(slow.ask("d/late")) == ["first_token_timeout"]
