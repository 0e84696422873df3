"""Vertex from socket to socket: a service account's token, the project's path, seals over a loop.

Token server and Vertex are one HTTP server on loopback; the judge is OpenAI's own SDK.
"""

import json
import subprocess
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import pytest
from openai import OpenAI
from tests.gateway import CHAT, Gateway, Template, open_gateway
from typing_extensions import override

MODEL: Final = "google/gemini-3-flash-preview"
PLACE: Final = "/v1beta1/projects/p/locations/europe-west4"
SEAL: Final = "c2VhbA=="
CALL: Final[dict[str, Any]] = {
    "functionCall": {"name": "look_up", "args": {"city": "Zürich"}},
    "thoughtSignature": SEAL,
}
USAGE: Final = {
    "promptTokenCount": 10,
    "candidatesTokenCount": 4,
    "thoughtsTokenCount": 3,
    "totalTokenCount": 17,
}


class Google(ThreadingHTTPServer):
    """Hands out tokens, calls a tool at first and answers with words once there is a result.

    Attributes:
        asked: Path, token and body of each request to Vertex.
        tokens: How many were handed out.
        refusing: The token server refuses.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.tokens = 0
        self.refusing = False

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Google  # pyright: ignore[reportIncompatibleVariableOverride] (the base has no parameter for it)

    def do_GET(self) -> None:
        """The metadata server of a machine at Google's."""
        if self.headers.get("metadata-flavor") != "Google":
            self._say(403, "text/plain", "")
        elif self.path.endswith("/token") or "/token?" in self.path:
            self.server.tokens += 1
            granted = {"access_token": "machine", "expires_in": 3600, "token_type": "Bearer"}
            self._say(200, "application/json", json.dumps(granted))
        elif "service-accounts" in self.path:
            account: dict[str, Any] = {"email": "m@p.example", "scopes": [], "aliases": []}
            self._say(200, "application/json", json.dumps(account))
        else:
            self._say(200, "text/plain", "p")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.path == "/token":
            self.server.tokens += 1
            granted = {"access_token": f"t{self.server.tokens}", "expires_in": 3600}
            refused = {"error": "invalid_grant"}
            status = 400 if self.server.refusing else 200
            self._say(status, "application/json", json.dumps(refused if status == 400 else granted))
            return
        asked = json.loads(body)
        self.server.asked.append((self.path, self.headers.get("authorization", ""), asked))
        answered = "functionResponse" in json.dumps(asked)
        said = [{"text": "It "}, {"text": "rains."}] if answered else [CALL]
        pieces: list[Any] = [{"candidates": [{"content": {"parts": [part]}}]} for part in said]
        pieces.append({"candidates": [{"finishReason": "STOP"}], "usageMetadata": USAGE})
        if "stream" in self.path:
            text = "".join(f"data: {json.dumps(piece)}\r\n\r\n" for piece in pieces)
            self._say(200, "text/event-stream", text)
        else:
            whole = {"content": {"parts": said}, "finishReason": "STOP"}
            self._say(
                200, "application/json", json.dumps({"candidates": [whole], "usageMetadata": USAGE})
            )

    def _say(self, status: int, kind: str, text: str) -> None:
        data = text.encode()
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("metadata-flavor", "Google")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@contextmanager
def google() -> Generator[Google]:
    """The server while the block runs."""
    server = Google()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def account(folder: Path, server: Google) -> str:
    """A service account of that token server, with a key made for this test."""
    key = folder / "key.pem"
    command = ["openssl", "genpkey", "-algorithm", "RSA", "-out", str(key)]
    subprocess.run(command, check=True, capture_output=True, timeout=30)
    info = {
        "type": "service_account",
        "private_key": key.read_text(),
        "client_email": "gateway@p.iam.gserviceaccount.com",
        "token_uri": f"{server.url}/token",
    }
    file = folder / "account.json"
    file.write_text(json.dumps(info))
    return str(file)


@pytest.fixture
def vertex(template: Template, tmp_path: Path) -> Generator[tuple[Gateway, Google]]:
    """A gateway whose Vertex is on loopback."""
    with google() as server:
        config = f'[providers.google-vertex]\nbase_url = "{server.url}{PLACE}"\n'
        file = account(tmp_path, server)
        environ = {"GOOGLE_APPLICATION_CREDENTIALS": file}
        with open_gateway(template, tmp_path, config, **environ) as gateway:
            yield gateway, server


TOOLS: Final[list[Any]] = [
    {
        "type": "function",
        "function": {
            "name": "look_up",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
        },
    }
]


def test_tool_loop_keeps_its_seal_and_one_token(vertex: tuple[Gateway, Google]) -> None:
    """Call, result, words: the seal goes back on its call; one token serves both requests."""
    gateway, server = vertex
    client = OpenAI(base_url=f"{gateway.url}/api/v1", api_key=gateway.key, max_retries=0)
    messages: list[Any] = [{"role": "user", "content": "Weather in Zürich?"}]
    first = client.chat.completions.create(model=MODEL, messages=messages, tools=TOOLS)
    choice = first.choices[0]
    assert choice.finish_reason == "tool_calls"
    assert choice.message.tool_calls is not None
    call = choice.message.tool_calls[0]
    assert call.type == "function"
    assert json.loads(call.function.arguments) == {"city": "Zürich"}
    messages.append(choice.message.model_dump(exclude_none=True))
    messages.append({"role": "tool", "tool_call_id": call.id, "content": "rain"})
    with client.chat.completions.create(
        model=MODEL, messages=messages, tools=TOOLS, stream=True
    ) as stream:
        chunks = list(stream)
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert text == "It rains."
    usage = next(chunk.usage for chunk in chunks if chunk.usage is not None)
    assert (usage.prompt_tokens, usage.completion_tokens) == (10, 7)
    (path, token, _), (stream_path, stream_token, asked) = server.asked
    model = f"{PLACE}/publishers/google/models/gemini-3-flash-preview"
    assert (path, stream_path) == (
        f"{model}:generateContent",
        f"{model}:streamGenerateContent?alt=sse",
    )
    assert {token, stream_token} == {"Bearer t1"}
    assert server.tokens == 1
    assert asked["contents"][1]["parts"] == [
        {
            "functionCall": {"name": "look_up", "args": {"city": "Zürich"}, "id": call.id},
            "thoughtSignature": SEAL,
        }
    ]


def test_refused_credentials_are_never_the_callers_401(vertex: tuple[Gateway, Google]) -> None:
    """The caller's key is fine; it is the gateway that may not."""
    gateway, server = vertex
    server.refusing = True
    request = {"model": MODEL, "messages": [{"role": "user", "content": "hi"}]}
    heard = gateway.call("POST", CHAT, request)
    assert heard.status >= 500
    assert b"gserviceaccount" not in heard.body
    assert server.asked == []


def test_machines_own_account_is_found(template: Template, tmp_path: Path) -> None:
    """A table in the file is enough: the metadata server of the machine hands out the token."""
    with google() as server:
        host = server.url.removeprefix("http://")
        config = f'[providers.google-vertex]\nbase_url = "{server.url}{PLACE}"\n'
        environ = {"GCE_METADATA_HOST": host, "GCE_METADATA_IP": host, "HOME": str(tmp_path)}
        with open_gateway(template, tmp_path, config, **environ) as gateway:
            request = {"model": MODEL, "messages": [{"role": "user", "content": "hi"}]}
            assert gateway.call("POST", CHAT, request).status == 200
        assert [token for _, token, _ in server.asked] == ["Bearer machine"]
