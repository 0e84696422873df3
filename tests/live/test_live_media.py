"""Media by address and files as text, from socket to socket."""

import base64
from collections.abc import Generator
from hashlib import sha256
from typing import Any, Final

import pytest
from tests.gateway import Template
from tests.live.plugin_stage import ASKS, PDF, PNG, Stage, open_stage, pipeline


@pytest.fixture(scope="module")
def stage(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Generator[Stage]:
    """The gateway, its provider and a file server."""
    with open_stage(template, tmp_path_factory.mktemp("media")) as opened:
        yield opened


def picture(url: str) -> list[Any]:
    """A message with one picture."""
    parts = [{"type": "text", "text": "what?"}, {"type": "image_url", "image_url": {"url": url}}]
    return [{"role": "user", "content": parts}]


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
