"""Properties of the OpenAI chat dialect: any cut, any text, any bytes, any conversation."""

import contextlib
import json
from typing import Any, Final

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st
from tests.wire.fold import fold_stream

from turnout.core.errors import Refusal, UpstreamError
from turnout.core.types import Endpoint, Unpriced
from turnout.core.usage import Usage
from turnout.dialects.adapter import Bill, Head, StreamTranslator
from turnout.dialects.bridge import Translation, bridge
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.client import CLIENT
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.wire.sse import Frames

ADAPTER: Final = OpenAIChat(Quirks(cache_marks=True, reasoning_history="reasoning_details"))
HEAD: Final = Head("gen-1", 1, "a/m", "P")
BILL: Final = Bill(usage=Usage(), charge=None)
ENDPOINT: Final = Endpoint(
    id="e", model="a/m", provider="p", tag="p", upstream_model="m", price=Unpriced(), context_tok=1
)

# Texts that try to be structure: quotes, escapes, the very bytes the splice looks for.
TEXTS: Final = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.sampled_from(
        ['"', "\\", '\\"', '"}', '"},"finish_reason":null}]}', "\n\ndata: ", "\r", " "]
    ),
)
CUTS: Final = st.lists(st.integers(0, 5_000), max_size=8)


def cut(body: bytes, cuts: list[int]) -> list[bytes]:
    """The body in pieces."""
    edges = sorted({0, len(body), *(at % (len(body) + 1) for at in cuts)})
    return [body[a:b] for a, b in zip(edges, edges[1:], strict=False)]


def both() -> list[StreamTranslator]:
    """A splice and a translation."""
    return [bridge(CLIENT, ADAPTER).stream(HEAD), Translation(CLIENT, ADAPTER).stream(HEAD)]


@given(
    st.lists(st.lists(st.text("ab: é", max_size=5), min_size=1, max_size=3), max_size=5),
    st.sampled_from(["\n", "\r\n", "\r"]),
    CUTS,
)
def test_sse_payloads_do_not_depend_on_cuts(
    events: list[list[str]], end: str, cuts: list[int]
) -> None:
    """Any events, any line ends, any cuts: the same payloads."""
    body = "".join("".join(f"data: {line}{end}" for line in lines) + end for lines in events)
    frames = Frames()
    got = [payload for piece in cut(body.encode(), cuts) for payload in frames.feed(piece)]
    assert got == ["\n".join(lines).encode() for lines in events if "\n".join(lines)]


@given(
    st.lists(TEXTS, min_size=1, max_size=12),
    st.booleans(),
    st.sampled_from([None, "usage", "x"]),
    CUTS,
)
@example(["a", "b", '","role":"user', "c"], False, None, [])
def test_text_arrives_whatever_it_is_and_wherever_it_is_cut(
    texts: list[str], ascii_only: bool, tail: str | None, cuts: list[int]
) -> None:
    """The client's text is the upstream's, on both ways, and both say the same of it."""
    more: dict[str, Any] = {tail: None} if tail else {}
    body = b"".join(
        b"data: "
        + json.dumps(
            {"id": "u", "choices": [{"index": 0, "delta": {"content": text}, **more}], **more},
            ensure_ascii=ascii_only,
            separators=(",", ":"),
        ).encode()
        + b"\n\n"
        for text in texts
    )
    for stream in both():
        out = b"".join(stream.feed(piece) for piece in cut(body, cuts)) + stream.end()
        folded = fold_stream(out + stream.close(BILL))
        said = folded["choices"][0]["content"] if folded["choices"] else ""
        assert said == "".join(texts)
        assert stream.tally.content == any(texts)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 3),
            st.sampled_from(["", "a", "b", "c"]),
            st.sampled_from(["", "f", "g"]),
            st.sampled_from(["", "{}", "1"]),
        ),
        min_size=1,
        max_size=10,
    ),
    CUTS,
)
def test_any_tool_deltas_come_out_canonical(
    deltas: list[tuple[int, str, str, str]], cuts: list[int]
) -> None:
    """Dense indices, ids and names once, every argument kept: `fold_stream` asserts the shape."""
    body = b""
    for index, call_id, name, arguments in deltas:
        call: dict[str, Any] = {"function": {"name": name, "arguments": arguments}}
        if call_id:
            call["id"] = call_id
        if index < 3:
            call["index"] = index
        delta = {"tool_calls": [call]}
        body += (
            b"data: " + json.dumps({"choices": [{"index": 0, "delta": delta}]}).encode() + b"\n\n"
        )
    folds: list[Any] = []
    for stream in both():
        out = b"".join(stream.feed(piece) for piece in cut(body, cuts)) + stream.end()
        folds.append(fold_stream(out))
    assert folds[0] == folds[1]
    calls = folds[0]["choices"].get(0, {"calls": []})["calls"]
    total = sum(len(call["arguments"]) for call in calls)
    assert total == sum(len(delta[3]) for delta in deltas)


# ── any bytes ───────────────────────────────────────────────────────────────────────────────────

NAMES: Final = st.sampled_from(
    [
        "messages", "role", "content", "type", "text", "choices", "index", "delta", "message",
        "usage", "error", "code", "finish_reason", "tool_calls", "function", "name", "arguments",
        "id", "prompt_tokens", "completion_tokens", "prompt_tokens_details", "cost", "metadata",
        "reasoning", "reasoning_details", "reasoning_content", "stream", "provider", "prompt",
        "image_url", "file", "stop", "model", "tools", "native_finish_reason", "errors", "detail",
    ]
)  # fmt: skip
VALUES: Final = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=6),
        st.sampled_from(
            ["user", "assistant", "tool", "text", "function", "reasoning.text", "stop"]
        ),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=5)),
    max_leaves=12,
)
NEARLY: Final = st.dictionaries(NAMES, VALUES, max_size=6).map(lambda v: json.dumps(v).encode())
ANY: Final = st.one_of(st.binary(max_size=60), NEARLY)


@given(ANY)
@example(b'{"messages":[{"role":"user","content":[{"type":"file","file":null}]}]}')
@example(b'{"messages":[{"role":"assistant","reasoning_details":[null]}]}')
def test_any_body_is_read_or_refused(body: bytes) -> None:
    """Nothing but a Refusal comes out of a client's bytes, however deep they are read."""
    with contextlib.suppress(Refusal):
        inbound = CLIENT.read(body)
        bridge(CLIENT, ADAPTER).request(inbound, ENDPOINT)
        Translation(CLIENT, ADAPTER).request(inbound, ENDPOINT)


@given(
    ANY,
    st.integers(100, 599),
    st.dictionaries(
        st.sampled_from(
            ["retry-after", "date", "x-ratelimit-reset", "retry-after-ms", "x-ratelimit-remaining"]
        ),
        st.text(max_size=12),
    ),
)
@example(b"{}", 429, {"retry-after": "Mon, 99 Foo 2026 99:99:99 GMT", "date": "x"})
def test_any_answer_is_decoded_or_an_upstream_error(
    body: bytes, status: int, headers: dict[str, str]
) -> None:
    """Nothing but an UpstreamError comes out of a provider's bytes."""
    error = ADAPTER.decode_error(status, headers, body)
    assert error.message
    assert len(error.message) <= 400
    for way in (bridge(CLIENT, ADAPTER), Translation(CLIENT, ADAPTER)):
        with contextlib.suppress(UpstreamError):
            msgspec.json.decode(way.answer(body, HEAD).render(BILL))
    with contextlib.suppress(UpstreamError):
        ADAPTER.decode_models(body)


@given(st.lists(ANY, max_size=4), CUTS)
def test_any_stream_is_relayed_or_an_upstream_error(payloads: list[bytes], cuts: list[int]) -> None:
    """Raw bytes and nearly right events: valid events out, or UpstreamError, never a crash."""
    framed = b"".join(b"data: " + payload + b"\n\n" for payload in payloads)
    for body in (b"".join(payloads), framed):
        for stream in both():
            out: list[bytes] = []
            with contextlib.suppress(UpstreamError):
                out.extend(stream.feed(piece) for piece in cut(body, cuts))
                out.append(stream.end())
            for event in b"".join(out).split(b"\n\n")[:-1]:
                json.loads(event.removeprefix(b"data: "))


# ── any conversation ────────────────────────────────────────────────────────────────────────────

WORDS: Final = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
URLS: Final = st.sampled_from(["https://x.test/a", "data:image/png;base64,QUJD", "data:,plain"])
MARKS: Final = st.sampled_from(
    [{}, {"cache_control": {"type": "ephemeral", "ttl": "1h"}}, {"x_part": [1]}]
)


def part(content: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """A content part with what else it carries."""
    return {**content, **more}


PARTS: Final = st.lists(
    st.builds(
        part,
        st.one_of(
            st.builds(lambda t: {"type": "text", "text": t}, WORDS),
            st.builds(lambda u: {"type": "image_url", "image_url": {"url": u}}, URLS),
            st.builds(lambda u: {"type": "video_url", "video_url": {"url": u}}, URLS),
            st.just({"type": "input_audio", "input_audio": {"data": "UklG", "format": "mp3"}}),
            st.builds(lambda n: {"type": "file", "file": {"file_id": n, "filename": n}}, WORDS),
        ),
        MARKS,
    ),
    min_size=2,
    max_size=4,
)
CALLS: Final = st.lists(
    st.builds(
        lambda i, n, a: {"id": i, "type": "function", "function": {"name": n, "arguments": a}},
        WORDS, WORDS, WORDS,
    ),
    min_size=1,
    max_size=2,
)  # fmt: skip
DETAILS: Final = st.lists(
    st.one_of(
        st.builds(
            lambda t, s: {"type": "reasoning.text", "text": t, "signature": s, "format": "anthropic-claude-v1", "index": 1},
            WORDS, WORDS,
        ),
        st.builds(lambda t: {"type": "reasoning.summary", "summary": t, "format": "openai-responses-v1", "index": 0}, WORDS),
        st.builds(lambda t: {"type": "reasoning.encrypted", "data": t, "format": "unknown", "id": "r"}, WORDS),
    ),
    min_size=1,
    max_size=3,
)  # fmt: skip
MESSAGES: Final = st.lists(
    st.one_of(
        st.builds(lambda r, c: {"role": r, "content": c}, st.sampled_from(["system", "developer", "user"]), st.one_of(WORDS, PARTS)),
        st.builds(lambda c, n: {"role": "user", "content": c, "name": n, "x_message": {"k": None}}, PARTS, WORDS),
        st.builds(lambda c, t: {"role": "assistant", "content": c, "tool_calls": t}, st.one_of(st.none(), WORDS), CALLS),
        st.builds(lambda c, d: {"role": "assistant", "content": c, "reasoning_details": d}, WORDS, DETAILS),
        st.builds(lambda i, c: {"role": "tool", "tool_call_id": i, "content": c}, WORDS, st.one_of(WORDS, PARTS)),
    ),
    min_size=1,
    max_size=5,
)  # fmt: skip


@given(MESSAGES)
def test_conversations_survive_the_internal_form(messages: list[dict[str, Any]]) -> None:
    """Client JSON to conversation to upstream JSON loses nothing and adds nothing."""
    inbound = CLIENT.read(msgspec.json.encode({"model": "a/m", "messages": messages}))
    sent = Translation(CLIENT, ADAPTER).request(inbound, ENDPOINT)
    assert json.loads(sent.request.body)["messages"] == messages
    assert sent.dropped == ()
