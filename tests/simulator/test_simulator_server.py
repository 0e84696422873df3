"""The simulator as a server: answers, pace, counts, recordings, and its fast path."""

import asyncio
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wire_client import ask, get, hear, stats, talk

from turnout.simulator import Scenario, parse
from turnout.simulator.answers import Ask
from turnout.simulator.replies import reply_to, steps
from turnout.simulator.scenario import Answering, Pace, Provider
from turnout.simulator.server import running

PLAIN = "[providers.a]\nanswer = { text = 'one two three' }"
USAGE: dict[str, Any] = {"stream_options": {"include_usage": True}}
TOOL = {"type": "function", "function": {"name": "find"}}


def test_unary_answer_has_openais_shape() -> None:
    """Role, text, finish, and usage that adds up."""
    answer = hear(PLAIN, ask())[0].json
    assert answer["object"] == "chat.completion"
    assert answer["model"] == "m"
    choice = answer["choices"][0]
    assert choice["message"] == {"role": "assistant", "content": "one two three"}
    assert choice["finish_reason"] == "stop"
    usage = answer["usage"]
    assert usage["completion_tokens"] == 3
    assert usage["total_tokens"] == usage["prompt_tokens"] + 3


def test_stream_has_role_tokens_finish_usage_and_done_in_order() -> None:
    """One frame per token; usage on its own chunk when asked for."""
    heard = hear(PLAIN, ask(stream=True, **USAGE))[0]
    deltas = [event["choices"][0]["delta"] for event in heard.events if event["choices"]]
    assert deltas[0] == {"role": "assistant", "content": ""}
    assert [delta.get("content") for delta in deltas[1:]] == ["one", " two", " three", None]
    assert heard.events[-2]["choices"][0]["finish_reason"] == "stop"
    assert heard.events[-1]["usage"]["completion_tokens"] == 3
    assert heard.body.endswith(b"data: [DONE]\n\n")
    assert heard.headers["content-type"] == "text/event-stream"


USAGES = [
    ("asked", False, False),
    ("asked", True, True),
    ("always", False, True),
    ("never", True, False),
]


@pytest.mark.parametrize(("mode", "asked", "sent"), USAGES)
def test_stream_sends_usage_as_configured(mode: str, *, asked: bool, sent: bool) -> None:
    """Providers differ in when they send usage."""
    scenario = f"[providers.a]\nanswer.usage = '{mode}'"
    heard = hear(scenario, ask(stream=True, **(USAGE if asked else {})))[0]
    assert any("usage" in event for event in heard.events) is sent


def test_answer_depends_on_the_prompt_and_nothing_else() -> None:
    """The same prompt twice: the same bytes; another prompt or seed: other words."""
    one, again, other = hear("[providers.a]", ask("x"), ask("x"), ask("y"))
    seeded = hear("seed = 9\n[providers.a]", ask("x"))[0]
    assert one.raw == again.raw
    texts = {h.json["choices"][0]["message"]["content"] for h in (one, other, seeded)}
    assert len(texts) == 3


def test_answer_carries_reasoning_cached_tokens_and_choices() -> None:
    """Counts sit in OpenAI's details; n choices are n choices."""
    how = "answer = { text = 'a b', reasoning_tokens = 3, cached_tokens = 2 }"
    answer = hear(f"[providers.a]\n{how}", ask(n=2))[0].json
    assert [choice["index"] for choice in answer["choices"]] == [0, 1]
    assert answer["choices"][1]["message"]["reasoning"]
    assert answer["usage"]["completion_tokens"] == 10
    assert answer["usage"]["completion_tokens_details"] == {"reasoning_tokens": 6}
    assert answer["usage"]["prompt_tokens_details"] == {"cached_tokens": 2}


def test_max_tokens_cuts_the_answer() -> None:
    """And the finish says so."""
    choice = hear(PLAIN, ask(max_tokens=2))[0].json["choices"][0]
    assert choice["message"]["content"] == "one two"
    assert choice["finish_reason"] == "length"


def test_tools_are_called_when_offered() -> None:
    """Dense indexes, ids of their own, arguments that join to JSON."""
    scenario = "[providers.a]\nanswer.tool_calls = 2"
    plain, called = hear(scenario, ask(stream=True), ask(stream=True, tools=[TOOL]))
    assert "tool_calls" not in plain.body.decode()
    arguments: dict[int, str] = {}
    for event in called.events:
        for call in event["choices"][0]["delta"].get("tool_calls", ()):
            at = call["index"]
            arguments[at] = arguments.get(at, "") + call["function"]["arguments"]
    assert sorted(arguments) == [0, 1]
    assert all("q" in msgspec.json.decode(text) for text in arguments.values())
    assert called.events[-1]["choices"][0]["finish_reason"] == "tool_calls"


REFUSED = [
    (ask(model="other"), 404, "model_not_found"),
    (ask().replace(b'"model"', b'"modle"'), 400, "invalid_json"),
    (ask().replace(b"/a/v1/chat", b"/b/v1/chat"), 401, "invalid_api_key"),
    (get("/c/v1/models"), 404, None),
    (get("/a/v1/embeddings"), 404, None),
    (b"hello\r\n\r\n", 400, None),
    (b"GET /a HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400, None),
    (b"POST /a HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", 413, None),
]


@pytest.mark.parametrize(("request_bytes", "status", "code"), REFUSED)
def test_wrong_request_is_refused(request_bytes: bytes, status: int, code: str | None) -> None:
    """Unknown models, bad JSON, wrong keys and paths fail as at a provider."""
    scenario = "[providers.a]\nmodels = [{id = 'm'}]\n[providers.b]\nkeys = ['sk-1']"
    heard = hear(scenario, request_bytes)[0]
    assert heard.status == status
    assert heard.json["error"]["code"] == code


def test_models_are_listed() -> None:
    """With their context, as vLLM lists them."""
    scenario = "[[providers.a.models]]\nid = 'm'\ncontext_tok = 4096"
    row = hear(scenario, get("/a/v1/models"))[0].json["data"][0]
    assert (row["id"], row["object"], row["max_model_len"]) == ("m", "model", 4096)


def test_key_opens_its_provider() -> None:
    """A listed bearer key is accepted."""
    asked = ask(head="Authorization: Bearer sk-1\r\n")
    assert hear("[providers.a]\nkeys = ['sk-1']", asked)[0].status == 200


def test_own_port_answers_without_the_prefix() -> None:
    """A provider on its own port looks like a provider alone."""

    async def main() -> list[int]:
        scenario = parse("[providers.a]\nport = 0\n[providers.b]")
        async with running(scenario) as simulator:
            port = simulator.providers["a"].port
            assert port is not None
            paths = ["/v1/models", "/a/v1/models", "/b/v1/models"]
            heard = [await talk(port, get(path)) for path in paths]
            shared = await talk(simulator.port, get("/v1/models"))
            return [h.status for h in (*heard, shared)]

    assert asyncio.run(main()) == [200, 200, 200, 404]


def test_pace_is_kept() -> None:
    """TTFT before the first token, then one token per gap; tokens come in reads of their own."""

    async def main() -> tuple[float, int]:
        pace = Pace(ttft_ms=80, token_rate_tps=100)
        provider = Provider(answer=Answering(text="a b c d e f"), pace=pace)
        loop = asyncio.get_running_loop()
        async with running(Scenario(providers={"a": provider})) as simulator:
            began = loop.time()
            heard = await talk(simulator.port, ask(stream=True))
            return loop.time() - began, len(heard.reads)

    took_s, reads = asyncio.run(main())
    assert 0.125 <= took_s < 0.5
    assert reads >= 6


@settings(max_examples=40, deadline=None)
@given(
    text=st.one_of(st.none(), st.text(max_size=60)),
    stream=st.booleans(),
    n=st.integers(1, 3),
    tokens=st.integers(0, 50),
)
def test_memory_answers_with_the_bytes_of_the_slow_path(
    *, text: str | None, stream: bool, n: int, tokens: int
) -> None:
    """First, second and recorded request: one and the same bytes, and those of the pure steps."""
    how = Answering(text=text, tokens=tokens)
    asked = ask("héllo", stream=stream, n=n).replace(b"Connection: close\r\n", b"")
    constant = Provider(answer=how)
    recording = Provider(answer=how, record=1)

    async def main(provider: Provider) -> list[bytes]:
        async with running(Scenario(providers={"a": provider})) as simulator:
            reader, writer = await asyncio.open_connection("127.0.0.1", simulator.port)
            found: list[bytes] = []
            for _ in range(3):
                writer.write(asked)
                found.append(await reader.readexactly(len(expected)))
            assert bool(simulator.providers["a"].quick) == (provider.record == 0)
            writer.close()
            await writer.wait_closed()
            return found

    body = msgspec.json.decode(asked.split(b"\r\n\r\n", 1)[1], type=Ask)
    expected = b"".join(s for s in steps(reply_to(how, body, None, 0)) if isinstance(s, bytes))
    for provider in (constant, recording):
        assert asyncio.run(main(provider)) == [expected] * 3


@given(cut=st.integers(1, 200))
@settings(max_examples=25, deadline=None)
def test_request_may_arrive_in_pieces(cut: int) -> None:
    """A head or body cut anywhere is put together again."""

    async def main() -> bytes:
        async with running(parse(PLAIN)) as simulator:
            reader, writer = await asyncio.open_connection("127.0.0.1", simulator.port)
            request = ask()
            writer.write(request[:cut])
            await asyncio.sleep(0.001)
            writer.write(request[cut:])
            whole = await reader.read()
            writer.close()
            await writer.wait_closed()
            return whole

    assert b"one two three" in asyncio.run(main())


def test_pipelined_and_chunked_requests_are_answered_in_order() -> None:
    """Two requests in one write, and a body in chunks."""
    keep = ask("x").replace(b"Connection: close\r\n", b"")
    assert hear(PLAIN, keep + ask("x"))[0].raw.count(b"HTTP/1.1 200 OK") == 2
    head, body = ask("x").split(b"\r\n\r\n", 1)
    lines = [line for line in head.split(b"\r\n") if not line.startswith(b"Content-Length")]
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(p), p) for p in (body[:9], body[9:]))
    chunked = b"\r\n".join([*lines, b"Transfer-Encoding: chunked", b"", chunks + b"0\r\n\r\n"])
    assert hear(PLAIN, chunked)[0].raw == hear(PLAIN, ask("x"))[0].raw


def test_expect_continue_is_granted() -> None:
    """Curl waits for it before a large body."""
    heard = hear(PLAIN, ask(head="Expect: 100-continue\r\n"))[0]
    assert heard.raw.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")


def test_stats_count_requests_faults_and_bytes() -> None:
    """Also those answered from memory; a reset clears them."""

    async def main() -> tuple[Any, Any]:
        async with running(parse(PLAIN)) as simulator:
            for asked in (ask(), ask(), ask("[[fault:bom]]")):
                await talk(simulator.port, asked)
            seen = await stats(simulator)
            reset = get("/_simulator/reset").replace(b"GET", b"POST")
            await talk(simulator.port, reset)
            return seen["providers"]["a"], (await stats(simulator))["providers"]["a"]

    seen, cleared = asyncio.run(main())
    assert (seen["requests"], seen["answered"], seen["open"]) == (3, 3, 0)
    assert seen["faults"] == {"bom": 1}
    assert seen["bytes_out"] > 3 * 100
    assert cleared["requests"] == 0


def test_stats_show_open_streams_and_the_hang_up() -> None:
    """A stream counts as open until its peer leaves, and the leaving is timed."""

    async def main() -> tuple[Any, Any]:
        async with running(parse("[providers.a]")) as simulator:
            reader, writer = await asyncio.open_connection("127.0.0.1", simulator.port)
            writer.write(ask("[[fault:stall-after-tokens:2]]", stream=True))
            await reader.readuntil(b'"content":" ')
            await asyncio.sleep(0.05)
            during = await stats(simulator)
            writer.close()
            await writer.wait_closed()
            await asyncio.sleep(0.02)
            return during["providers"]["a"], (await stats(simulator))["providers"]["a"]

    during, after = asyncio.run(main())
    assert (during["open"], during["cancelled"]) == (1, 0)
    assert (after["open"], after["cancelled"]) == (0, 1)
    assert 50 <= after["hangups"][0]["after_ms"] < 1000
    assert after["hangups"][0]["sent_bytes"] == during["bytes_out"]


def test_stats_tell_what_a_stopped_reader_has_taken() -> None:
    """Bytes out are those the kernel took: a reader that stops stalls the count."""

    async def main() -> tuple[int, int]:
        words = " ".join(["x" * 4000] * 4000)
        provider = Provider(answer=Answering(text=words))
        async with running(Scenario(providers={"a": provider})) as simulator:
            reader, writer = await asyncio.open_connection("127.0.0.1", simulator.port, limit=4096)
            writer.write(ask(stream=True))
            await reader.readuntil(b"\r\n\r\n")
            await asyncio.sleep(0.1)
            first = (await stats(simulator))["providers"]["a"]["bytes_out"]
            await asyncio.sleep(0.1)
            second = (await stats(simulator))["providers"]["a"]["bytes_out"]
            writer.transport.abort()
            return first, second

    first, second = asyncio.run(main())
    assert first == second
    assert 0 < first < 12_000_000


def test_recordings_show_what_the_caller_sent() -> None:
    """The last N requests, headers and body as they came."""

    async def main() -> Any:
        async with running(parse("[providers.a]\nrecord = 2\n[providers.b]")) as simulator:
            for word in ("one", "two", "three"):
                await talk(simulator.port, ask(word, head=f"X-Word: {word}\r\n"))
            path = "/_simulator/requests?provider=a"
            return (await talk(simulator.port, get(path))).json

    rows = asyncio.run(main())
    assert [row["headers"]["x-word"] for row in rows] == ["two", "three"]
    sent = msgspec.json.decode(rows[0]["body"])
    assert sent["messages"][0]["content"] == "two"
    assert rows[0]["path"] == "/a/v1/chat/completions"


def test_recordings_of_nobody_are_refused() -> None:
    """A typo in a test must not look like silence."""
    assert hear("[providers.a]", get("/_simulator/requests?provider=z"))[0].status == 404
