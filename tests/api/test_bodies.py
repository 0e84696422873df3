"""Bodies that are wrong, hostile or strange: refused by name, or passed on unchanged."""

import json
from typing import Any

import pytest
from tests.gateway import CHAT, Gateway, Heard, Simulator, chat_body

HEAD = b'{"model":"acme/echo","messages":[{"role":"user","content":"hi"}]'


def post(gateway: Gateway, body: bytes, **headers: str) -> Heard:
    """Bytes as a chat request."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return gateway.call("POST", CHAT, body, headers=named)


def with_field(text: bytes) -> bytes:
    """A good request and one field more."""
    return HEAD + b"," + text + b"}"


def last_sent(simulator: Simulator) -> str:
    """The body of the newest request that reached alpha, as it came."""
    body: str = simulator.requests("alpha")[-1]["body"]
    return body


NOT_REQUESTS: dict[str, bytes] = {
    "cut": HEAD,
    "empty": b"",
    "an array": b"[1,2]",
    "a string": b'"hello"',
    "null": b"null",
    "two values": HEAD + b"}{}",
    "brackets": b"[" * 100_000,
    "deep unknown field": with_field(b'"x":' + b"[" * 100_000 + b"]" * 100_000),
    "deep content": HEAD[:-5] + b"[" * 100_000 + b"]" * 100_000 + b"}]}",
    "deep preferences": with_field(b'"provider":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    "not a number": with_field(b'"temperature":NaN'),
    "invalid utf-8": HEAD[:-4] + b'\xff\xfe"}]}',
    "half a surrogate": HEAD[:-4] + b'\\ud800"}]}',
    "a raw NUL": HEAD[:-4] + b'\x00"}]}',
    "utf-16": (HEAD + b"}").decode().encode("utf-16"),
}


@pytest.mark.parametrize("name", NOT_REQUESTS)
def test_body_that_is_no_request_is_refused(gateway: Gateway, name: str) -> None:
    """400 in JSON, with a message; and the gateway goes on."""
    heard = post(gateway, NOT_REQUESTS[name])
    assert heard.status == heard.error["code"] == 400
    assert heard.error["metadata"]["error_type"] == "invalid_request"
    assert heard.error["message"]
    assert gateway.chat("acme/echo").status == 200


FIELDS: list[tuple[bytes, str]] = [
    (b'"temperature":1e999', "temperature"),
    (b'"temperature":"hot"', "temperature"),
    (b'"max_tokens":' + b"9" * 5000, "max_tokens"),
    (b'"max_tokens":-1', "max_tokens"),
    (b'"n":1000000', "n"),
    (b'"stream":"yes"', "stream"),
    (b'"messages":{}', "messages"),
    (b'"messages":[]', "messages"),
    (b'"messages":[{"content":"x"}]', "messages[0].role"),
    (b'"messages":[{"role":"king","content":"x"}]', "messages[0].role"),
    (b'"provider":{"sort":"luck"}', "provider.sort"),
    (b'"session_id":"' + b"s" * 257 + b'"', "session_id"),
    (b'"model":"' + b"m" * 300 + b'"', "model"),
    (b'"models":["' + b"m" * 300 + b'"]', "models[0]"),
]


@pytest.mark.parametrize(("field", "param"), FIELDS, ids=[param for _, param in FIELDS])
def test_wrong_field_is_named(gateway: Gateway, field: bytes, param: str) -> None:
    """400 whose `param` is the path of what is wrong, and whose message is short."""
    heard = post(gateway, with_field(field))
    assert heard.status == 400
    assert heard.error["param"] == param
    assert param in heard.error["message"]
    assert len(heard.body) < 1000


def test_unknown_fields_ride_along_byte_for_byte(gateway: Gateway, simulator: Simulator) -> None:
    """What we do not know goes up as it was written: spaces, escapes, order, huge numbers."""
    strange = (
        b'"x_vendor" : {"b":1.0000000000000000000001,"a":[1E400,-0, 12345678901234567890123],'
        b'"caf\\u00e9":"\\/ \xf0\x9f\x99\x82","a":null},"seed":1180591620717411303424'
    )
    assert post(gateway, with_field(strange)).status == 200
    sent = last_sent(simulator)
    assert strange.split(b" : ")[1].split(b',"seed"')[0].decode() in sent
    assert "1180591620717411303424" in sent


def test_deep_but_readable_bodies_pass(gateway: Gateway, simulator: Simulator) -> None:
    """Five hundred brackets are odd, and nobody's business but the provider's."""
    deep = b"[" * 500 + b"]" * 500
    assert post(gateway, with_field(b'"x":' + deep)).status == 200
    assert deep.decode() in last_sent(simulator)


def test_last_of_duplicate_keys_wins_everywhere(gateway: Gateway, simulator: Simulator) -> None:
    """What we route on is what the provider gets: nobody reads another request than we did."""
    body = (
        b'{"model":"acme/none","model":"acme/echo","max_tokens":1,"max_tokens":7,'
        b'"messages":[],"messages":[{"role":"user","content":"kept"}],"stream":true,"stream":false}'
    )
    heard = post(gateway, body)
    assert heard.status == 200
    assert heard.headers["content-type"] == "application/json"
    pairs: list[tuple[str, Any]] = json.loads(last_sent(simulator), object_pairs_hook=list)
    assert len({name for name, _ in pairs}) == len(pairs)
    sent = json.loads(last_sent(simulator))
    assert sent["max_tokens"] == 7
    assert sent["model"] == "echo"
    assert sent["messages"] == [{"role": "user", "content": "kept"}]
    assert not sent.get("stream")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "x/y; a=b"])
def test_content_type_does_not_matter(gateway: Gateway, kind: str) -> None:
    """JSON is JSON, whatever a client calls it."""
    assert post(gateway, HEAD + b"}", content_type=kind).status == 200


def test_escaped_control_characters_stay_text(gateway: Gateway, simulator: Simulator) -> None:
    """NUL and line breaks in JSON strings are content: they reach the provider, and no header."""
    evil = b'"user":"a\\r\\nX-Evil: 1\\u0000","session_id":"b\\r\\nX-Evil: 2"'
    heard = post(gateway, with_field(evil))
    assert heard.status == 200
    assert "x-evil" not in heard.headers
    record = gateway.generation(heard.generation_id)
    assert record["session_id"] == "b\r\nX-Evil: 2"
    row = simulator.requests("alpha")[-1]
    assert "x-evil" not in row["headers"]


def test_model_name_cannot_break_out_of_a_header(gateway: Gateway) -> None:
    """A model with a line break is unknown, and comes back only inside a JSON string."""
    heard = post(gateway, b'{"model":"acme/echo\\r\\nX-Evil: 1","messages":[{"role":"user"}]}')
    assert heard.status == 400
    assert "x-evil" not in heard.headers


def test_app_headers_are_recorded_and_cut(gateway: Gateway) -> None:
    """HTTP-Referer and X-Title are attributes of the record: kept, in bounded length."""
    headers = {"HTTP-Referer": "https://app.example/", "X-Title": "t" * 10_000}
    heard = gateway.call("POST", CHAT, chat_body("acme/echo"), headers=headers)
    record = gateway.generation(heard.generation_id)
    assert record["http_referer"] == "https://app.example/"
    assert record["origin"] == "https://app.example/"


def test_long_user_does_not_fill_the_store(gateway: Gateway) -> None:
    """A record is bounded whatever a caller says of its user."""
    assert gateway.chat("acme/echo", user="u" * 100_000).status == 200
    files = [path for path in gateway.data_dir.rglob("*") if path.is_file()]
    kept = b"".join(path.read_bytes() for path in files)
    assert b"u" * 500 in kept
    assert b"u" * 1000 not in kept


def test_app_headers_stay_here(gateway: Gateway, simulator: Simulator) -> None:
    """The provider sees nothing of the caller's headers, least of all the caller's key."""
    headers = {"HTTP-Referer": "https://app.example/", "X-Title": "t", "Cookie": "a=b"}
    gateway.call("POST", CHAT, chat_body("acme/echo"), headers=headers)
    sent = simulator.requests("alpha")[-1]["headers"]
    assert sent["authorization"] == "Bearer sk-alpha-1234"
    assert not {"http-referer", "x-title", "cookie", "x-api-key"} & set(sent)
    assert gateway.key not in str(sent)


def test_fallback_models_are_tried_in_order(gateway: Gateway) -> None:
    """The first that answers serves, and the answer says which it was."""
    body = chat_body("acme/echo", "[[fault:alpha/status:400]]", models=["acme/beta"])
    heard = gateway.call("POST", CHAT, body)
    assert heard.status == 400  # every endpoint would refuse the same request
    body = chat_body("acme/echo", "[[fault:alpha/status:403]]", models=["acme/beta"])
    heard = gateway.call("POST", CHAT, body)
    assert heard.status == 200
    assert heard.json["model"] == "acme/beta"
    record = gateway.generation(heard.generation_id)
    assert [one["model_permaslug"] for one in record["provider_responses"]] == [
        "acme/echo",
        "acme/beta",
    ]


@pytest.mark.parametrize("variant", [":nitro", ":floor", ":exacto"])
def test_variants_route(gateway: Gateway, variant: str) -> None:
    """A variant changes the order of endpoints, not the model."""
    heard = gateway.chat("acme/duo" + variant)
    assert heard.status == 200
    assert heard.json["model"] == "acme/duo"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", CHAT, 405),
        ("PUT", CHAT, 405),
        ("GET", "/api/v1/nowhere", 404),
        ("GET", "/api/v1/models/..%2f..%2fetc/passwd/endpoints", 404),
        ("GET", "/api/v1/generation", 400),
        ("GET", "/api/v1/generation?id=%00%ff", 404),
        ("GET", "/api/v1/models?context=lots", 400),
        ("PATCH", "/api/v1/key", 405),
    ],
)
def test_wrong_routes_and_queries_are_refused_in_json(
    gateway: Gateway, method: str, path: str, status: int
) -> None:
    """Whatever is asked wrongly, the answer is the contract's error object."""
    heard = gateway.call(method, path)
    assert heard.status == heard.error["code"] == status
