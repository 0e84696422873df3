"""Properties of Gemini's dialect: any bytes, any cut, any conversation of the client's."""

import contextlib
import json
from itertools import pairwise
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from turnout.core.errors import Refusal, UpstreamError
from turnout.core.types import Endpoint, Unpriced
from turnout.dialects.events import Event, Failure
from turnout.dialects.gemini.adapter import Gemini
from turnout.dialects.openai_chat.client import CLIENT
from turnout.wire.json_elements import Elements

ADAPTER: Final = Gemini()
TEXTS: Final = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    st.sampled_from(['"', "\\", '{"', "}]", "\n\ndata: ", "\r"]),
)
SCALARS: Final[st.SearchStrategy[Any]] = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 2**60), st.floats(allow_nan=False), TEXTS
)
JSON: Final[st.SearchStrategy[Any]] = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=6,
)
WORDS: Final = st.sampled_from(
    [
        "candidates", "content", "parts", "text", "thought", "thoughtSignature", "functionCall",
        "name", "args", "id", "partialArgs", "jsonPath", "stringValue", "willContinue",
        "inlineData", "mimeType", "data", "finishReason", "index", "usageMetadata",
        "promptTokenCount",
        "groundingMetadata", "groundingChunks", "groundingSupports", "segment", "startIndex",
        "endIndex", "web", "uri", "promptFeedback", "blockReason", "error", "code", "status",
        "message", "details", "logprobsResult", "chosenCandidates", "responseId", "modelVersion",
    ]
)  # fmt: skip
LIKE: Final[st.SearchStrategy[Any]] = st.recursive(
    st.one_of(SCALARS, st.sampled_from(["STOP", "SAFETY", "OTHER", "$.a[0]"])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=5)),
    max_leaves=16,
)
PARTS: Final[st.SearchStrategy[Any]] = st.fixed_dictionaries(
    {},
    optional={
        "text": TEXTS,
        "thought": st.booleans(),
        "thoughtSignature": st.just("c2VhbA=="),
        "functionCall": st.fixed_dictionaries(
            {},
            optional={
                "name": TEXTS,
                "args": st.dictionaries(TEXTS, JSON, max_size=2),
                "willContinue": st.booleans(),
                "partialArgs": st.lists(
                    st.fixed_dictionaries(
                        {"jsonPath": st.sampled_from(["$.a", "$.a.b", "$.a[0]", "$[9]", "$", "x"])},
                        optional={"stringValue": TEXTS, "numberValue": st.integers()},
                    ),
                    max_size=3,
                ),
            },
        ),
    },
)
RESPONSES: Final[st.SearchStrategy[Any]] = st.lists(
    st.fixed_dictionaries(
        {
            "candidates": st.lists(
                st.fixed_dictionaries(
                    {"content": st.fixed_dictionaries({"parts": st.lists(PARTS, max_size=3)})},
                    optional={"finishReason": st.sampled_from(["STOP", "OTHER", "SAFETY"])},
                ),
                max_size=1,
            )
        }
    ),
    min_size=1,
    max_size=4,
)
COUNTS: Final[st.SearchStrategy[Any]] = st.fixed_dictionaries(
    {},
    optional={
        "promptTokenCount": st.integers(0, 9),
        "candidatesTokenCount": st.integers(0, 9),
        "thoughtsTokenCount": st.integers(0, 9),
        "totalTokenCount": st.integers(0, 30),
        "cachedContentTokenCount": st.integers(0, 9),
        "promptTokensDetails": st.lists(
            st.fixed_dictionaries(
                {
                    "modality": st.sampled_from(["TEXT", "IMAGE"]),
                    "tokenCount": st.integers(0, 9),
                }
            ),
            max_size=2,
        ),
        "serviceTier": st.just("standard"),
    },
)
CUTS: Final = st.lists(st.integers(0, 5_000), max_size=8)


def cut(body: bytes, cuts: list[int]) -> list[bytes]:
    """The body in pieces."""
    edges = sorted({0, len(body), *(at % (len(body) + 1) for at in cuts)})
    return [body[a:b] for a, b in pairwise(edges)]


def streamed(pieces: list[bytes]) -> list[Event]:
    """The events of a stream that comes in these pieces."""
    decoder = ADAPTER.decoder()
    events = [event for piece in pieces for event in decoder.feed(piece)]
    return [*events, *decoder.end()]


def told(events: list[Event]) -> list[object]:
    """Events that can be compared: errors are equal when they say the same."""
    return [
        (event.error.kind, event.error.message) if isinstance(event, Failure) else event
        for event in events
    ]


@given(st.one_of(st.binary(max_size=60), LIKE.map(lambda like: json.dumps(like).encode())))
def test_no_bytes_raise_anything_but_a_typed_error(data: bytes) -> None:
    """Answers, streams, errors and lists of models."""
    with contextlib.suppress(UpstreamError):
        ADAPTER.decode(data)
    for body in (data, b"data: " + data + b"\n\n", b"[" + data + b"," + data + b"]"):
        with contextlib.suppress(UpstreamError):
            streamed(cut(body, [3, 20]))
    ADAPTER.decode_error(400, {}, data)
    with contextlib.suppress(UpstreamError):
        ADAPTER.decode_models(data)


@given(RESPONSES, CUTS, st.sampled_from(["events", "array", "pretty"]))
def test_events_do_not_depend_on_cuts_and_framing(
    responses: list[Any], cuts: list[int], form: str
) -> None:
    """However the bytes come, and whether as events or as an array."""
    plain = b"".join(b"data: " + json.dumps(one).encode() + b"\n\n" for one in responses)
    body = plain
    if form != "events":
        body = json.dumps(responses, indent=2 if form == "pretty" else None).encode()
    assert told(streamed(cut(body, cuts))) == told(streamed([plain]))


@given(st.lists(st.tuples(TEXTS, COUNTS), min_size=1, max_size=4))
def test_common_piece_is_read_as_any_other(pieces: list[tuple[str, Any]]) -> None:
    """The short way for words and counts says what the long way says."""
    plain = [
        {"candidates": [{"content": {"parts": [{"text": text}]}}], "usageMetadata": counts}
        for text, counts in pieces
    ]
    # A member that nobody knows makes each piece uncommon.
    uncommon = [{**one, "x": 1} for one in plain]
    said = [
        streamed([b"data: " + json.dumps(one).encode() + b"\n\n" for one in way])
        for way in (plain, uncommon)
    ]
    assert said[0] == said[1]


@given(st.lists(st.dictionaries(TEXTS, JSON, max_size=3), max_size=4), CUTS)
def test_elements_do_not_depend_on_cuts(objects: list[Any], cuts: list[int]) -> None:
    """Objects of an array come out as they went in."""
    elements = Elements()
    found = [
        one for piece in cut(json.dumps(objects).encode(), cuts) for one in elements.feed(piece)
    ]
    assert [json.loads(one) for one in found] == objects


ENDPOINTS: Final = [
    Endpoint(
        id="e",
        model="a/m",
        provider="p",
        tag="p",
        upstream_model=name,
        price=Unpriced(),
        context_tok=1,
    )
    for name in ("gemini-3-flash-preview", "gemini-2.5-pro", "gemini-2.0-flash", "gemma-3-4b-it")
]
IDS: Final = st.sampled_from(["c1", "c2", "c3"])
MESSAGES: Final[st.SearchStrategy[Any]] = st.lists(
    st.one_of(
        st.fixed_dictionaries(
            {
                "role": st.sampled_from(["system", "user", "assistant", "developer"]),
                "content": TEXTS,
            }
        ),
        st.fixed_dictionaries(
            {
                "role": st.just("assistant"),
                "content": st.none(),
                "tool_calls": st.lists(
                    st.fixed_dictionaries(
                        {
                            "id": IDS,
                            "type": st.just("function"),
                            "function": st.fixed_dictionaries(
                                {"name": st.just("f"), "arguments": TEXTS}
                            ),
                        }
                    ),
                    max_size=3,
                    unique_by=lambda call: call["id"],
                ),
            }
        ),
        st.fixed_dictionaries({"role": st.just("tool"), "tool_call_id": IDS, "content": TEXTS}),
    ),
    min_size=1,
    max_size=8,
)


@given(MESSAGES, st.sampled_from(ENDPOINTS))
def test_any_history_becomes_turns_that_gemini_takes(
    messages: list[Any], endpoint: Endpoint
) -> None:
    """The user first, no empty turn, and after each turn with calls their results, one for each."""
    body = json.dumps({"model": "a/m", "messages": messages}).encode()
    try:
        conversation = CLIENT.read(body, {}).conversation()
    except Refusal:
        return
    contents: list[dict[str, Any]] = json.loads(
        ADAPTER.encode(conversation, endpoint).request.body
    )["contents"]
    assert contents[0]["role"] == "user"
    assert all(content["parts"] for content in contents)
    last: dict[str, Any] = {"role": "user", "parts": []}
    for before, after in pairwise([*contents, last]):
        called = [part["functionCall"]["id"] for part in before["parts"] if "functionCall" in part]
        answered = [
            part["functionResponse"]["id"] for part in after["parts"] if "functionResponse" in part
        ]
        assert called == answered
        assert not answered or len(answered) == len(after["parts"])
