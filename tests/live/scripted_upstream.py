"""A provider on a loopback socket whose answers a test computes from the requests."""

import json
import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec
from typing_extensions import override


class Said(msgspec.Struct, frozen=True):
    """One answer; JSON, or SSE when `events` are there (`None` as data means [DONE])."""

    body: Any = None
    status: int = 200
    events: Sequence[tuple[str | None, Any]] = ()
    content_type: str = "application/json"
    headers: Mapping[str, str] = {}

    @property
    def payload(self) -> bytes:
        """What goes over the socket."""
        if not self.events:
            return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        out: list[str] = []
        for name, data in self.events:
            head = f"event: {name}\n" if name else ""
            out.append(f"{head}data: {'[DONE]' if data is None else json.dumps(data)}\n\n")
        return "".join(out).encode()


Script = Callable[[str, Any], Said]
"""Path and JSON body (None for GET) to what to say."""


class ScriptedUpstream:
    """Where it listens, and every body it got, oldest first."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.asked: list[Any] = []
        self.paths: list[str] = []
        self.headers: list[dict[str, str]] = []


@contextmanager
def scripted_upstream(script: Script) -> Generator[ScriptedUpstream]:
    """Plays a script on a free port while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self, body: Any) -> None:
            upstream.paths.append(self.path)
            upstream.headers.append({name.lower(): value for name, value in self.headers.items()})
            said = script(self.path, body)
            payload = said.payload
            self.send_response(said.status)
            kind = "text/event-stream" if said.events else said.content_type
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(payload)))
            for name, value in said.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(payload)

        def do_GET(self) -> None:
            self._answer(None)

        def do_POST(self) -> None:
            size = int(self.headers.get("content-length", "0"))
            body = json.loads(self.rfile.read(size))
            upstream.asked.append(body)
            self._answer(body)

        @override
        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    upstream = ScriptedUpstream(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield upstream
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
