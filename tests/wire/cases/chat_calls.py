"""Tool calls in streams as upstreams really send them; rows as in `chat_streams`."""

from typing import Any, Final

from tests.wire.cases.chat_streams import DONE, ROLE, Payloads, call, chunk, heard

F_CALL: Final = [{"id": "c1", "name": "f", "arguments": '{"a":1}'}]

CALLS: Final[tuple[tuple[str, Payloads, dict[str, Any]], ...]] = (
    (
        "tool call",
        (
            ROLE,
            chunk(call(index=0, id="c1", type="function", name="f")),
            chunk(call('{"a"', index=0)),
            chunk(call(":1}", index=0)),
            chunk({}, "tool_calls"),
            DONE,
        ),
        heard(calls=F_CALL, finish=("tool_calls", "tool_calls")),
    ),
    (
        "call that ends as stop",
        (chunk(call('{"a":1}', index=0, id="c1", name="f")), chunk({}, "stop"), DONE),
        heard(calls=F_CALL, finish=("tool_calls", "stop")),
    ),
    (
        "text and call",
        (
            chunk({"content": "so"}),
            chunk(call('{"a":1}', index=0, id="c1", name="f"), "stop"),
            DONE,
        ),
        heard(content="so", calls=F_CALL, finish=("tool_calls", "stop")),
    ),
    (
        "indices from one",
        (
            chunk(call("1", index=1, id="c1", name="f")),
            chunk(call("2", index=2, id="c2", name="g")),
            chunk(call("0", index=1)),
            DONE,
        ),
        heard(
            calls=[
                {"id": "c1", "name": "f", "arguments": "10"},
                {"id": "c2", "name": "g", "arguments": "2"},
            ]
        ),
    ),
    (
        "no index",
        (chunk(call("1", id="c1", name="f")), chunk(call("2", id="c2", name="g")), DONE),
        heard(
            calls=[
                {"id": "c1", "name": "f", "arguments": "1"},
                {"id": "c2", "name": "g", "arguments": "2"},
            ]
        ),
    ),
    (
        "no index, continued",
        (chunk(call("1", id="c1", name="f")), chunk(call("2")), DONE),
        heard(calls=[{"id": "c1", "name": "f", "arguments": "12"}]),
    ),
    (
        "same index, other id",
        (
            chunk(call("1", index=0, id="c1", name="f")),
            chunk(call("2", index=0, id="c2", name="g")),
            chunk(call("3", index=0)),
            DONE,
        ),
        heard(
            calls=[
                {"id": "c1", "name": "f", "arguments": "1"},
                {"id": "c2", "name": "g", "arguments": "23"},
            ]
        ),
    ),
    (
        "id and name repeated",
        (
            chunk(call("1", index=0, id="c1", name="f")),
            chunk(call("2", index=0, id="c1", name="f")),
            DONE,
        ),
        heard(calls=[{"id": "c1", "name": "f", "arguments": "12"}]),
    ),
    (
        "empty id later",
        (
            chunk(call("1", index=0, id="c1", name="f")),
            chunk(call("2", index=0, id="", name="")),
            DONE,
        ),
        heard(calls=[{"id": "c1", "name": "f", "arguments": "12"}]),
    ),
    (
        "interleaved",
        (
            chunk(call("1", index=0, id="c1", name="f")),
            chunk(call("2", index=1, id="c2", name="g")),
            chunk(call("1", index=0)),
            chunk(call("2", index=1)),
            DONE,
        ),
        heard(
            calls=[
                {"id": "c1", "name": "f", "arguments": "11"},
                {"id": "c2", "name": "g", "arguments": "22"},
            ]
        ),
    ),
    (
        "name late",
        (chunk(call("1", index=0, id="c1")), chunk(call("2", index=0, name="f")), DONE),
        heard(calls=[{"id": "c1", "name": "f", "arguments": "12"}]),
    ),
    (
        "arguments as an object",
        (
            '{"id":"x","choices":[{"index":0,"delta":{"tool_calls":[{"id":"c1","function":{"name":"f","arguments":{"a":1}}}]}}]}',
            DONE,
        ),
        heard(calls=F_CALL),
    ),
    (
        "a call of nothing",
        (
            chunk({"content": "a", "tool_calls": [{"function": {"name": "", "arguments": ""}}]}),
            DONE,
        ),
        heard(content="a", calls=[]),
    ),
)
