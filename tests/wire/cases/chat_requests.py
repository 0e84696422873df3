"""Bodies that are refused, with the field that the refusal must name and a word it must say."""

from typing import Final

HI: Final = '"messages":[{"role":"user","content":"hi"}]'
SEVENTEEN: Final = "{" + ",".join(f'"{n}":""' for n in range(17)) + "}"

REFUSED: Final[tuple[tuple[str, bytes, str | None, str], ...]] = (
    ("no JSON", b"nope", None, "not valid JSON"),
    ("cut off", b'{"messages":[', None, "not valid JSON"),
    ("empty", b"", None, "not valid JSON"),
    ("a list", b"[]", None, "must be a JSON object"),
    ("nested too deeply", b'{"x":' * 50_000 + b"1" + b"}" * 50_000, None, "too deeply"),
    ("deep in a field", b'{"messages":' + b"[" * 50_000 + b"]" * 50_000 + b"}", None, "deeply"),
    ("not UTF-8", b'{"messages":[{"role":"user","content":"\xff"}]}', None, "UTF-8"),
    ("no messages", b"{}", "messages", "required"),
    ("null messages", b'{"messages":null}', "messages", "required"),
    ("empty messages", b'{"messages":[]}', "messages", "at least one"),
    ("messages a string", b'{"messages":"hi"}', "messages", "array"),
    ("no role", b'{"messages":[{}]}', "messages[0].role", "required"),
    (
        "unknown role",
        b'{"messages":[{"role":"user"},{"role":"robot"}]}',
        "messages[1].role",
        "assistant",
    ),
    ("prompt a list", b'{"prompt":["a"]}', "prompt", "/completions"),
    ("temperature high", f'{{{HI},"temperature":2.5}}'.encode(), "temperature", "<= 2"),
    ("temperature a word", f'{{{HI},"temperature":"hot"}}'.encode(), "temperature", "float"),
    ("a huge number", f'{{{HI},"temperature":1e999}}'.encode(), "temperature", "out of range"),
    ("top_p zero", f'{{{HI},"top_p":0}}'.encode(), "top_p", "> 0"),
    ("top_k negative", f'{{{HI},"top_k":-1}}'.encode(), "top_k", ">= 0"),
    ("max_tokens zero", f'{{{HI},"max_tokens":0}}'.encode(), "max_tokens", ">= 1"),
    ("five stops", f'{{{HI},"stop":["a","b","c","d","e"]}}'.encode(), "stop", "<= 4"),
    ("stream a word", f'{{{HI},"stream":"true"}}'.encode(), "stream", "bool"),
    ("bias too big", f'{{{HI},"logit_bias":{{"1":200}}}}'.encode(), "logit_bias[...]", "<= 100"),
    ("top_logprobs alone", f'{{{HI},"top_logprobs":3}}'.encode(), "top_logprobs", "logprobs"),
    ("unknown effort", f'{{{HI},"reasoning_effort":"huge"}}'.encode(), "reasoning_effort", "xhigh"),
    (
        "efforts that contradict",
        f'{{{HI},"reasoning_effort":"low","reasoning":{{"effort":"high"}}}}'.encode(),
        "reasoning_effort",
        "contradicts",
    ),
    ("a long session", f'{{{HI},"session_id":"{"x" * 257}"}}'.encode(), "session_id", "256"),
    (
        "much metadata",
        f'{{{HI},"metadata":{SEVENTEEN}}}'.encode(),
        "metadata",
        "16",
    ),
    (
        "tool without name",
        f'{{{HI},"tools":[{{"type":"function","function":{{}}}}]}}'.encode(),
        "tools[0].function.name",
        "required",
    ),
    (
        "tool without function",
        f'{{{HI},"tools":[{{"type":"function"}}]}}'.encode(),
        "tools[0].function",
        "needs",
    ),
    ("unknown choice", f'{{{HI},"tool_choice":"maybe"}}'.encode(), "tool_choice", "required"),
    (
        "schema without schema",
        f'{{{HI},"response_format":{{"type":"json_schema"}}}}'.encode(),
        "response_format.json_schema",
        "needs",
    ),
    (
        "unknown format",
        f'{{{HI},"response_format":{{"type":"xml"}}}}'.encode(),
        "response_format.type",
        "grammar",
    ),
    ("models a string", f'{{{HI},"models":"a/b"}}'.encode(), "models", "array"),
    ("sort by taste", f'{{{HI},"provider":{{"sort":"taste"}}}}'.encode(), "provider.sort", "price"),
    (
        "unknown quantization",
        f'{{{HI},"provider":{{"quantizations":["fp3"]}}}}'.encode(),
        "provider.quantizations[0]",
        "bf16",
    ),
)
