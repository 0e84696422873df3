"""What the gateway itself does for a request: plugins and media, from socket to socket."""

import base64
import io
import json
from collections.abc import Generator
from hashlib import sha256
from typing import Any, Final

import pytest
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject
from tests.gateway import Gateway, Heard, Template, open_gateway
from tests.live.scripted_upstream import Said, ScriptedUpstream, scripted_upstream

PNG: Final = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32
ASKS: Final = {"x-openrouter-metadata": "enabled"}
BROKEN_JSON: Final = "Here you are:\n```json\n{name: 'x', \"list\": [1, 2,],}\n```"
RESULTS: Final = [
    {"url": "https://example.com/a", "title": "A", "content": "All of a"},
    {"url": "https://other.example/b", "title": "B", "content": "All of b"},
]


def pdf_of(text: str) -> bytes:
    """A PDF of one page with a line of text."""
    writer = PdfWriter()
    page = writer.add_blank_page(300, 300)
    font = DictionaryObject()
    font[NameObject("/Type")] = NameObject("/Font")
    font[NameObject("/Subtype")] = NameObject("/Type1")
    font[NameObject("/BaseFont")] = NameObject("/Helvetica")
    fonts = DictionaryObject({NameObject("/F1"): font})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    stream = DecodedStreamObject()
    stream.set_data(f"BT /F1 12 Tf 20 200 Td ({text}) Tj ET".encode())
    page[NameObject("/Contents")] = stream
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


PDF: Final = pdf_of("The secret number is 4711")


SERVED: Final = {
    "/picture.png": Said(PNG, content_type="text/plain"),  # it lies about the type
    "/page.html": Said(b"<html></html>", content_type="image/png"),
    "/big.png": Said(PNG + bytes(70_000)),
    "/moved": Said(b"", status=302, headers={"location": "/picture.png"}),
    "/to-metadata": Said(b"", status=302, headers={"location": "http://169.254.169.254/latest"}),
    "/loop": Said(b"", status=302, headers={"location": "/loop"}),
    "/paper.pdf": Said(PDF),
    "/search": Said({"results": RESULTS}),
}


def files(path: str, _body: Any) -> Said:
    """A file server with its oddities."""
    return SERVED.get(path.partition("?")[0], Said(b"gone", status=404))


def chat(_path: str, body: Any) -> Said:
    """Answers with what a model would say to the last message, whole or streamed."""
    last = body["messages"][-1]["content"]
    asked = last if isinstance(last, str) else json.dumps(last)
    text = "fine"
    if "heal" in asked:
        text = BROKEN_JSON
    if "search" in asked:
        text = "See [example.com](https://example.com/a) é"
    usage = {"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13}
    if not body.get("stream"):
        message = {"role": "assistant", "content": text}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        return Said({"id": "up", "choices": [choice], "usage": usage})
    chunks: list[Any] = [
        {"id": "up", "choices": [{"index": 0, "delta": {"content": piece}}]} for piece in text
    ]
    chunks.append({"id": "up", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    chunks += [{"id": "up", "choices": [], "usage": usage}, None]
    return Said(events=[(None, chunk) for chunk in chunks])


class Stage:
    """A gateway, what its provider was asked, and a file server of one's own."""

    def __init__(
        self, gateway: Gateway, upstream: ScriptedUpstream, server: ScriptedUpstream
    ) -> None:
        self.gateway = gateway
        self.upstream = upstream
        self.files = server

    @property
    def sent(self) -> Any:
        """The last request upstream."""
        return self.upstream.asked[-1]


@pytest.fixture(scope="module")
def stage(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Generator[Stage]:
    """`ollama` takes no addresses and no files, `vllm` takes pictures by address."""
    with scripted_upstream(chat) as upstream, scripted_upstream(files) as server:
        port = server.url.rpartition(":")[2]
        config = f"""
[media]
allowed_hosts = ["127.0.0.1:{port}"]
max_bytes = 65536
max_count = 2
[search]
engine = "searxng"
base_url = "{server.url}"
price = "0.005"
[providers.ollama]
base_url = "{upstream.url}/v1"
[[providers.ollama.models]]
id = "acme/blind"
inputs = ["text", "image"]
price = {{ prompt = "1", completion = "1" }}
[[providers.ollama.models]]
id = "acme/claims"
parameters = ["temperature", "logit_bias"]
[[providers.ollama.models]]
id = "acme/small"
context = 4096
[providers.vllm]
base_url = "{upstream.url}/v1"
[[providers.vllm.models]]
id = "acme/seeing"
inputs = ["text", "image"]
"""
        with open_gateway(template, tmp_path_factory.mktemp("plugins"), config) as gateway:
            yield Stage(gateway, upstream, server)


def picture(url: str) -> list[Any]:
    """A message with one picture."""
    parts = [{"type": "text", "text": "what?"}, {"type": "image_url", "image_url": {"url": url}}]
    return [{"role": "user", "content": parts}]


def pipeline(heard: Heard) -> dict[str, Any]:
    """The stages of an answer's metadata by name."""
    stages = heard.json["openrouter_metadata"].get("pipeline", [])
    return {stage["name"]: stage for stage in stages}


# ── media by address ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", ["/picture.png", "/moved"])
def test_media_is_fetched_for_an_upstream_that_takes_none_by_address(
    stage: Stage, path: str
) -> None:
    """The bytes go up as what they are, whatever the server calls them."""
    heard = stage.gateway.chat("acme/blind", messages=picture(stage.files.url + path))
    assert heard.status == 200, heard.body
    url = stage.sent["messages"][0]["content"][1]["image_url"]["url"]
    assert url == "data:image/png;base64," + base64.b64encode(PNG).decode()


def test_media_is_left_to_an_upstream_that_takes_addresses(stage: Stage) -> None:
    """The address goes up as it came, and nobody fetches anything."""
    before = len(stage.files.paths)
    address = stage.files.url + "/picture.png"
    assert stage.gateway.chat("acme/seeing", messages=picture(address)).status == 200
    assert stage.sent["messages"][0]["content"][1]["image_url"]["url"] == address
    assert len(stage.files.paths) == before


@pytest.mark.parametrize(
    ("url", "status", "error_type"),
    [
        ("{files}/nothing.png", 404, "image_not_found"),
        ("{files}/page.html", 400, "unsupported_image_format"),
        ("{files}/big.png", 400, "image_too_large"),
        ("{files}/loop", 400, "image_download_failed"),
        ("{files}/to-metadata", 400, "image_download_failed"),
        ("http://169.254.169.254/latest/meta-data", 400, "image_download_failed"),
        ("http://127.0.0.1:9/x.png", 400, "image_download_failed"),
        ("http://localhost/x.png", 400, "image_download_failed"),
        ("http://[::1]/x.png", 400, "image_download_failed"),
        ("http://[::ffff:10.0.0.1]/x.png", 400, "image_download_failed"),
        ("http://2130706433/x.png", 400, "image_download_failed"),
        ("http://0x7f.1/x.png", 400, "image_download_failed"),
        ("http://user:pass@example.com/x.png", 400, "image_download_failed"),
        ("file:///etc/passwd", 400, "image_download_failed"),
        ("ftp://example.com/x.png", 400, "image_download_failed"),
    ],
)
def test_media_that_cannot_be_had_is_refused_with_its_field(
    stage: Stage, url: str, status: int, error_type: str
) -> None:
    """A typed error that names the place in the request and never the address."""
    asked = len(stage.upstream.asked)
    address = url.format(files=stage.files.url)
    heard = stage.gateway.chat("acme/blind", messages=picture(address))
    assert (heard.status, heard.error["error_type"]) == (status, error_type)
    assert heard.error["param"] == "messages[0].content[1]"
    assert "127.0.0.1" not in heard.error["message"]
    assert "169.254" not in heard.error["message"]
    assert len(stage.upstream.asked) == asked


def test_media_beyond_the_bound_is_refused(stage: Stage) -> None:
    """Nothing is fetched when there is more to fetch than allowed."""
    before = len(stage.files.paths)
    parts = [picture(f"{stage.files.url}/picture.png?{n}")[0]["content"][1] for n in range(3)]
    heard = stage.gateway.chat("acme/blind", messages=[{"role": "user", "content": parts}])
    assert heard.status == 400
    assert "media.max_count" in heard.error["message"]
    assert len(stage.files.paths) == before


# ── files ───────────────────────────────────────────────────────────────────────────────────────


def paper(data: str) -> list[Any]:
    """A message with one PDF."""
    file = {"type": "file", "file": {"filename": "paper.pdf", "file_data": data}}
    return [{"role": "user", "content": [{"type": "text", "text": "number?"}, file]}]


INLINE_PDF: Final = "data:application/pdf;base64," + base64.b64encode(PDF).decode()


@pytest.mark.parametrize("by", ["value", "address"])
def test_file_parser_reads_a_pdf_for_a_model_that_takes_none(stage: Stage, by: str) -> None:
    """Its text goes up, and the answer brings it back as an annotation."""
    data = INLINE_PDF if by == "value" else stage.files.url + "/paper.pdf"
    heard = stage.gateway.chat("acme/blind", messages=paper(data), headers=ASKS)
    assert heard.status == 200, heard.body
    sent = stage.sent["messages"][0]["content"][1]
    assert sent["type"] == "text"
    assert "The secret number is 4711" in sent["text"]
    assert sent["text"].startswith('<file name="paper.pdf">')
    (annotation,) = heard.json["choices"][0]["message"]["annotations"]
    assert annotation["type"] == "file"
    assert annotation["file"]["hash"] == sha256(PDF).hexdigest()
    assert "4711" in annotation["file"]["content"][0]["text"]
    assert pipeline(heard)["file-parser"]["data"] == {"files": 1, "pages": 1, "replayed": 0}


def test_file_parser_takes_an_annotation_instead_of_reading_again(stage: Stage) -> None:
    """What the caller sends back from the last answer is used as it is."""
    file = {"hash": sha256(PDF).hexdigest(), "name": "paper.pdf"}
    content = [{"type": "text", "text": "replayed words"}]
    earlier = {"type": "file", "file": {**file, "content": content}}
    messages = [
        *paper(INLINE_PDF),
        {"role": "assistant", "content": "4711", "annotations": [earlier]},
        {"role": "user", "content": "sure?"},
    ]
    heard = stage.gateway.chat("acme/blind", messages=messages, headers=ASKS)
    assert heard.status == 200, heard.body
    assert "replayed words" in stage.sent["messages"][0]["content"][1]["text"]
    assert "annotations" not in stage.sent["messages"][1]
    assert pipeline(heard)["file-parser"]["data"]["replayed"] == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("data:application/pdf;base64," + base64.b64encode(b"%PDF-1.4 rubbish").decode(), "PDF"),
        ("data:application/zip;base64,UEsDBA==", "only PDF and text"),
    ],
)
def test_file_parser_refuses_what_it_cannot_read(stage: Stage, data: str, said: str) -> None:
    """With the field and the reason, before any provider is asked."""
    asked = len(stage.upstream.asked)
    heard = stage.gateway.chat("acme/blind", messages=paper(data))
    assert heard.status in {400, 422}
    assert said in heard.error["message"]
    assert heard.error["param"] == "messages[0].content[1]"
    assert len(stage.upstream.asked) == asked


def test_file_parser_native_leaves_files_to_models_that_take_them(stage: Stage) -> None:
    """The engine "native" forbids reading here, and then nobody can serve."""
    plugin = {"id": "file-parser", "pdf": {"engine": "native"}}
    heard = stage.gateway.chat("acme/blind", messages=paper(INLINE_PDF), plugins=[plugin])
    assert heard.status == 404
    assert "does not take file" in heard.error["message"]


# ── web search ──────────────────────────────────────────────────────────────────────────────────

SEARCHES: Final[dict[str, Any]] = {
    "plugin": {"plugins": [{"id": "web", "max_results": 1}]},
    "online": {},
    "options": {"web_search_options": {"search_context_size": "low"}},
    "server tool": {"tools": [{"type": "openrouter:web_search"}]},
    "shorthand": {"tools": [{"type": "web_search", "max_results": 2}]},
}


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "unary"])
@pytest.mark.parametrize("way", SEARCHES)
def test_web_search_puts_results_in_and_cites_them(
    stage: Stage,
    way: str,
    stream: bool,  # noqa: FBT001 (a parameter)
) -> None:
    """However it is asked for: the results go up behind the question, and come back cited."""
    model = "acme/blind:online" if way == "online" else "acme/blind"
    heard = stage.gateway.chat(model, "search this", stream=stream, headers=ASKS, **SEARCHES[way])
    assert heard.status == 200, heard.body
    sent = stage.sent
    assert not {"plugins", "tools", "web_search_options"} & sent.keys()
    assert sent["messages"][-1]["content"][0]["text"] == "search this"
    assert "https://example.com/a" in sent["messages"][-1]["content"][1]["text"]
    assert stage.files.paths[-1] == "/search?q=search+this&format=json"
    if stream:
        deltas = [c["delta"] for event in heard.events for c in event["choices"]]
        found = [one for delta in deltas for one in delta.get("annotations") or ()]
        usage, metadata = heard.events[-1]["usage"], heard.events[-1]["openrouter_metadata"]
    else:
        found = heard.json["choices"][0]["message"]["annotations"]
        usage, metadata = heard.json["usage"], heard.json["openrouter_metadata"]
    first = found[0]["url_citation"]
    assert (first["url"], first["title"]) == ("https://example.com/a", "A")
    assert heard.text[first["start_index"] : first["end_index"]] == (
        "[example.com](https://example.com/a)"
    )
    assert usage["cost"] == pytest.approx(0.005 + 13e-6)
    assert usage["server_tool_use_details"] == {"web_search_requests": 1}
    (stage_told,) = metadata["pipeline"]
    assert (stage_told["name"], stage_told["cost_usd"]) == ("web", 0.005)
    record = stage.gateway.generation(heard.generation_id)
    assert record["web_search_engine"] == "searxng"
    assert record["total_cost"] == usage["cost"]


def test_web_search_by_an_engine_that_is_not_set_up_is_refused(stage: Stage) -> None:
    """It says which ones there are."""
    plugin = {"id": "web", "engine": "exa"}
    heard = stage.gateway.chat("acme/blind", "search", plugins=[plugin])
    assert heard.status == 400
    assert "searxng" in heard.error["message"]


def test_web_search_without_any_engine_names_the_setting(
    template: Template, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A clear no, and what would change it."""
    with scripted_upstream(chat) as upstream:
        config = f"""
[providers.vllm]
base_url = "{upstream.url}/v1"
[[providers.vllm.models]]
id = "acme/one"
"""
        with open_gateway(template, tmp_path_factory.mktemp("nosearch"), config) as gateway:
            heard = gateway.chat("acme/one:online", "news?")
    assert heard.status == 404
    assert "search.engine" in heard.error["message"]
    assert upstream.asked == []


# ── length, healing, unknown plugins ────────────────────────────────────────────────────────────


def long_messages() -> list[Any]:
    """Some 20,000 tokens in turns."""
    words = "many words about nothing in particular " * 60
    turns: list[Any] = [{"role": "system", "content": "Be brief."}]
    for n in range(30):
        turns.append({"role": "user", "content": f"question {n} {words}"})
        turns.append({"role": "assistant", "content": f"answer {n}"})
    return [*turns, {"role": "user", "content": "the last question"}]


def test_context_compression_shortens_for_a_small_model_in_the_middle(stage: Stage) -> None:
    """Instructions, the first turn and the last one stay; the metadata says what was left out."""
    heard = stage.gateway.chat("acme/small", messages=long_messages(), headers=ASKS)
    assert heard.status == 200, heard.body
    sent = [message["content"] for message in stage.sent["messages"]]
    assert sent[0] == "Be brief."
    assert sent[1].startswith("question 0 ")
    assert sent[-1] == "the last question"
    assert len(sent) < 62
    told = pipeline(heard)["context-compression"]
    assert told["type"] == "context_compression"
    assert told["data"]["left_out"] == 62 - len(sent)


def test_context_compression_can_be_refused(stage: Stage) -> None:
    """Then a conversation that is too long has no endpoint."""
    off = [{"id": "context-compression", "enabled": False}]
    heard = stage.gateway.chat("acme/small", messages=long_messages(), plugins=off)
    assert heard.status == 404
    assert heard.error["availability"]["excluded_by"] == ["context_length"]


@pytest.mark.parametrize("kind", ["json_object", "json_schema"])
def test_response_healing_mends_json(stage: Stage, kind: str) -> None:
    """Fences, bare names, single quotes and trailing commas are gone, and it is told."""
    shape: dict[str, Any] = {"type": kind}
    if kind == "json_schema":
        shape["json_schema"] = {"name": "x", "schema": {"type": "object"}}
    fields = {"plugins": [{"id": "response-healing"}], "response_format": shape}
    heard = stage.gateway.chat("acme/blind", "heal", headers=ASKS, **fields)
    assert heard.status == 200, heard.body
    assert json.loads(heard.text) == {"name": "x", "list": [1, 2]}
    assert pipeline(heard)["response-healing"]["type"] == "response_healing"
    assert "plugins" not in stage.sent


@pytest.mark.parametrize(
    "fields",
    [
        {"response_format": {"type": "json_object"}},
        {"plugins": [{"id": "response-healing"}]},
        {"plugins": [{"id": "response-healing"}], "stream": True,
         "response_format": {"type": "json_object"}},
    ],
    ids=["not asked", "no json", "streamed"],
)  # fmt: skip
def test_response_healing_touches_nothing_else(stage: Stage, fields: dict[str, Any]) -> None:
    """Only a whole answer that shall be JSON, and only when asked."""
    heard = stage.gateway.chat("acme/blind", "heal", **fields)
    assert heard.text == BROKEN_JSON


def test_plugins_that_nobody_knows_are_refused(stage: Stage) -> None:
    """With the place and those that are served."""
    heard = stage.gateway.chat("acme/blind", "x", plugins=[{"id": "teleport"}])
    assert heard.status == 400
    assert heard.error["param"] == "plugins[0].id"
    assert "file-parser" in heard.error["message"]


def test_plugins_of_the_contract_that_are_not_served_are_told(stage: Stage) -> None:
    """The request is served, and the answer says what nobody did."""
    heard = stage.gateway.chat("acme/blind", "x", plugins=[{"id": "fusion"}])
    assert heard.status == 200
    assert "plugins.fusion" in heard.headers["x-turnout-dropped"]


# ── honesty ─────────────────────────────────────────────────────────────────────────────────────


def test_metadata_says_what_became_of_each_parameter(stage: Stage) -> None:
    """Honoured and dropped, in the answer and in the record."""
    fields = {"temperature": 0.5, "logit_bias": {"1": 2}}
    heard = stage.gateway.chat("acme/blind", "x", headers=ASKS, **fields)
    parameters = heard.json["openrouter_metadata"]["parameters"]
    assert parameters["honoured"] == ["temperature"]
    assert parameters["dropped"] == ["logit_bias"]
    record = stage.gateway.generation(heard.generation_id)["turnout"]
    assert record["honoured_parameters"] == ["temperature"]
    assert record["dropped_parameters"] == ["logit_bias"]


@pytest.mark.parametrize("value", [None, "disabled", "yes"])
def test_metadata_is_for_those_who_ask(stage: Stage, value: str | None) -> None:
    """Any value but "enabled" is a no."""
    headers = {} if value is None else {"x-openrouter-metadata": value}
    assert "openrouter_metadata" not in stage.gateway.chat("acme/blind", headers=headers).json


def test_require_parameters_refuses_what_an_adapter_would_drop(stage: Stage) -> None:
    """The catalog says that the endpoint takes it, its dialect cannot say it: nobody is asked."""
    asked = len(stage.upstream.asked)
    wish = {"require_parameters": True}
    assert stage.gateway.chat("acme/claims", "x", provider=wish, temperature=1).status == 200
    heard = stage.gateway.chat("acme/claims", "x", provider=wish, logit_bias={"1": 2})
    assert heard.status == 404
    assert "logit_bias" in heard.error["message"]
    assert heard.error["availability"]["code"] == "constraint_filtered"
    assert len(stage.upstream.asked) == asked + 1
