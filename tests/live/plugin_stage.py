"""A gateway, a provider and a file server for tests of what the gateway itself does."""

import io
import json
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

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


@contextmanager
def open_stage(template: Template, folder: Path) -> Generator[Stage]:
    """The stage while the block runs.

    `ollama-cloud` takes no addresses and no files, `vllm` takes pictures by address.
    """
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
[providers.ollama-cloud]
api_keys = ["k"]
base_url = "{upstream.url}/v1"
[[providers.ollama-cloud.models]]
id = "acme/blind"
inputs = ["text", "image"]
price = {{ prompt = "1", completion = "1" }}
[[providers.ollama-cloud.models]]
id = "acme/claims"
parameters = ["temperature", "logit_bias"]
[[providers.ollama-cloud.models]]
id = "acme/small"
context = 4096
[providers.vllm]
base_url = "{upstream.url}/v1"
[[providers.vllm.models]]
id = "acme/seeing"
inputs = ["text", "image"]
"""
        with open_gateway(template, folder, config) as gateway:
            yield Stage(gateway, upstream, server)


def pipeline(heard: Heard) -> dict[str, Any]:
    """The stages of an answer's metadata by name."""
    stages = heard.json["openrouter_metadata"].get("pipeline", [])
    return {stage["name"]: stage for stage in stages}
