"""Properties of the OpenAI chat dialect: any cut, any text, any bytes, any conversation."""

import contextlib
import json
from itertools import pairwise
from typing import Any, Final

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st
from tests.wire.fold import empty, fold_stream

from turnout.core.errors import Refusal, UpstreamError
from turnout.core.types import Endpoint, Unpriced
from turnout.core.usage import Usage
from turnout.dialects.adapter import Bill, Head, Outgoing, StreamTranslator, UpstreamRequest
from turnout.dialects.bridge import Translation, bridge
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.client import CLIENT
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.wire.sse import Frames

ADAPTER: Final = OpenAIChat(Quirks(cache_marks=True, reasoning_history="reasoning_details"))
SENT: Final = Outgoing(request=UpstreamRequest(path="", body=b""))
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
    return [body[a:b] for a, b in pairwise(edges)]


def both() -> list[StreamTranslator]:
    """A splice and a translation."""
    return [
        bridge(CLIENT, ADAPTER).stream(HEAD, SENT),
        Translation(CLIENT, ADAPTER).stream(HEAD, SENT),
    ]


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
    st.sampled_from(["ASCII", "UTF-8"]),
    st.sampled_from([None, "usage", "x"]),
    st.sampled_from(["content", "reasoning", "reasoning_content"]),
    CUTS,
)
@example(["a", "b", '","role":"user', "c"], "UTF-8", None, "content", [])
@example(["text", "reasoning", "a", "b", '"'], "UTF-8", None, "reasoning_content", [])
def test_text_arrives_whatever_it_is_and_wherever_it_is_cut(
    texts: list[str], spelled: str, tail: str | None, name: str, cuts: list[int]
) -> None:
    """The client's text is the upstream's, on both ways, and both say the same of it."""
    more: dict[str, Any] = {tail: None} if tail else {}
    body = b"".join(
        b"data: "
        + json.dumps(
            {"id": "u", "choices": [{"index": 0, "delta": {name: text}, **more}], **more},
            ensure_ascii=spelled == "ASCII",
            separators=(",", ":"),
        ).encode()
        + b"\n\n"
        for text in texts
    )
    for stream in both():
        out = b"".join(stream.feed(piece) for piece in cut(body, cuts)) + stream.end()
        folded = fold_stream(out + stream.close(BILL))
        field = "content" if name == "content" else "reasoning"
        voice = folded["choices"].get(0, empty())
        said: str = voice[field]
        details: list[dict[str, str]] = voice["details"]
        told = "".join(detail["text"] for detail in details)
        assert told == ("" if name == "content" else said)
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
        inbound = CLIENT.read(body, {})
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
            msgspec.json.decode(way.answer(body, HEAD, SENT).render(BILL))
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
Json = dict[str, Any]


def shape(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    """An object with these fields."""
    return st.fixed_dictionaries(fields)


def kind(name: str, /, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    """An object of a type."""
    return shape(type=st.just(name), **fields)


def role(name: str, /, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    """A message of a role."""
    return shape(role=st.just(name), **fields)


def both_of(content: Json, more: Json) -> Json:
    """A content part with what else it carries."""
    return {**content, **more}


CONTENT: Final = st.one_of(
    kind("text", text=WORDS),
    kind("image_url", image_url=shape(url=URLS)),
    kind("video_url", video_url=shape(url=URLS)),
    kind("input_audio", input_audio=shape(data=st.just("UklG"), format=st.just("mp3"))),
    kind("file", file=shape(file_id=WORDS, filename=WORDS)),
)
PARTS: Final = st.lists(st.builds(both_of, CONTENT, MARKS), min_size=2, max_size=4)
CALL: Final = kind("function", id=WORDS, function=shape(name=WORDS, arguments=WORDS))
DETAIL: Final = st.one_of(
    kind(
        "reasoning.text",
        text=WORDS,
        signature=WORDS,
        format=st.just("anthropic-claude-v1"),
        index=st.just(1),
    ),
    kind(
        "reasoning.summary",
        summary=WORDS,
        format=st.just("openai-responses-v1"),
        index=st.just(0),
    ),
    kind("reasoning.encrypted", data=WORDS, format=st.just("unknown"), id=WORDS),
)
SPOKEN: Final = st.one_of(WORDS, PARTS)
MESSAGES: Final = st.lists(
    st.one_of(
        role("system", content=SPOKEN),
        role("developer", content=SPOKEN),
        role("user", content=SPOKEN),
        role("user", content=PARTS, name=WORDS, x_message=st.just({"k": None})),
        role(
            "assistant",
            content=st.one_of(st.none(), WORDS),
            tool_calls=st.lists(CALL, min_size=1, max_size=2),
        ),
        role(
            "assistant",
            content=WORDS,
            reasoning_details=st.lists(DETAIL, min_size=1, max_size=3),
        ),
        role("tool", tool_call_id=WORDS, content=SPOKEN),
    ),
    min_size=1,
    max_size=5,
)


@given(MESSAGES)
def test_conversations_survive_the_internal_form(messages: list[Json]) -> None:
    """Client JSON to conversation to upstream JSON loses nothing and adds nothing."""
    inbound = CLIENT.read(msgspec.json.encode({"model": "a/m", "messages": messages}), {})
    sent = Translation(CLIENT, ADAPTER).request(inbound, ENDPOINT)
    assert json.loads(sent.request.body)["messages"] == messages
    assert sent.dropped == ()
