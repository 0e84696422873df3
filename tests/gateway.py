"""A real gateway and real simulated providers, each a process of its own.

    with open_simulator(folder, SCENARIO) as simulator:
        config = provider_table("a", simulator, ["acme/echo"])
        with open_gateway(template, folder, config) as gateway:
            heard = gateway.chat("acme/echo", "hello", stream=True)

The fixtures `template`, `live` and `folder` are in tests/conftest.py. A template is a data folder
with a catalog and keys in it; each gateway gets a copy, so a start costs no build.
"""

import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from itertools import count
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from tests.answers import Heard, hear

from turnout.catalog.cache import load as load_catalog

PATIENCE_S: Final = 20.0
PASSWORD: Final = "correct horse battery"
"""The operator's, in every template."""
CHAT: Final = "/api/v1/chat/completions"
PRICE: Final = '{ prompt = "1", completion = "2" }'
"""USD per million tokens."""

_FRESH = count()


class Origin:
    """A server at "http://host:port" and a process behind it."""

    def __init__(self, url: str, process: subprocess.Popen[str]) -> None:
        self.url = url
        self.process = process
        place = urlsplit(url)
        self.host = place.hostname or ""
        self.port = place.port or 0

    def connect(self) -> HTTPConnection:
        """A fresh connection; the caller closes it."""
        return HTTPConnection(self.host, self.port, timeout=PATIENCE_S)

    def request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Heard:
        """One request on a connection of its own, its answer read to the end."""
        connection = self.connect()
        began_s = time.monotonic()
        try:
            connection.request(method, path, body=body, headers=dict(headers or {}))
            return hear(connection.getresponse(), began_s)
        finally:
            connection.close()


class Simulator(Origin):
    """`turnout simulate` as a process."""

    def stats(self, provider: str) -> Any:
        """One provider's counts."""
        return self.request("GET", "/_simulator/stats").json["providers"][provider]

    def requests(self, provider: str) -> Any:
        """The last requests of a provider that records."""
        return self.request("GET", f"/_simulator/requests?provider={provider}").json

    def reset(self) -> None:
        """All counts to zero."""
        self.request("POST", "/_simulator/reset")


class Gateway(Origin):
    """`turnout serve` as a process, with one key of each kind."""

    def __init__(
        self, url: str, process: subprocess.Popen[str], folder: Path, keys: "Template"
    ) -> None:
        super().__init__(url, process)
        self.base_url = url + "/api/v1"
        self.folder = folder
        self.data_dir = folder / "data"
        self.config_file = folder / "turnout.toml"
        self.key = keys.key
        self.management_key = keys.management_key

    def log(self) -> str:
        """Everything it has written to standard error."""
        return (self.folder / "gateway.log").read_text()

    def reload(self, config: str) -> None:
        """Writes another configuration and tells the gateway; it takes a moment."""
        fresh = self.config_file.with_suffix(".new")
        fresh.write_text(_whole(config))
        fresh.replace(self.config_file)  # whole, for an earlier reload may be reading it
        self.process.send_signal(signal.SIGHUP)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Heard:
        """A request with the inference key, or another; `body` becomes JSON unless it is bytes."""
        sent = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        return self.request(method, path, sent, self.headers(key) | dict(headers or {}))

    def headers(self, key: str | None = None) -> dict[str, str]:
        """What an inference request carries."""
        return {"authorization": f"Bearer {key or self.key}", "content-type": "application/json"}

    def chat(
        self,
        model: str,
        content: str = "hello",
        *,
        headers: Mapping[str, str] | None = None,
        **fields: Any,
    ) -> Heard:
        """A chat completion, read to its end."""
        return self.call("POST", CHAT, chat_body(model, content, **fields), headers=headers)

    @contextmanager
    def asking(self, model: str, content: str = "hello", **fields: Any) -> Generator["Asking"]:
        """A chat completion that has been sent and not read; leaving the block hangs up."""
        connection = self.connect()
        began_s = time.monotonic()
        try:
            body = json.dumps(chat_body(model, content, **fields)).encode()
            connection.request("POST", CHAT, body=body, headers=self.headers())
            yield Asking(connection, began_s)
        finally:
            connection.close()

    def records(self, model: str) -> list[Any]:
        """All generations of a requested model that are in the store by now, oldest first."""
        store = sqlite3.connect(f"file:{self.data_dir / 'turnout.sqlite'}?mode=ro", uri=True)
        try:
            rows = store.execute("SELECT body FROM generations ORDER BY created_ms, id").fetchall()
        finally:
            store.close()
        found = [json.loads(body) for (body,) in rows]
        return [record for record in found if record["requested"] == model]

    def generation(self, generation_id: str) -> Any:
        """The record of a generation."""
        heard = self.call("GET", f"/api/v1/generation?id={generation_id}")
        assert heard.status == 200, heard.body
        return heard.json["data"]


class Asking:
    """A request in flight."""

    def __init__(self, connection: HTTPConnection, began_s: float) -> None:
        self.connection = connection
        self.began_s = began_s

    def response(self) -> HTTPResponse:
        """Waits for the head; the body is read with `read1` as it comes."""
        return self.connection.getresponse()

    def hang_up(self) -> None:
        """Leaves at once."""
        self.connection.close()


def chat_body(model: str, content: str = "hello", **fields: Any) -> dict[str, Any]:
    """A chat completion request."""
    return {"model": model, "messages": [{"role": "user", "content": content}], **fields}


class Template(msgspec.Struct, frozen=True):
    """A data folder to copy: a built catalog, two keys and the operator's password."""

    data_dir: Path
    key: str
    management_key: str


def make_template(folder: Path) -> Template:
    """Builds the catalog and makes the keys, by the commands that people use."""
    data_dir = folder / "data"
    secrets: list[str] = []
    for words in ((), ("--management",)):
        command = ["keys", "create", "--name", "tests", *words, "--data-dir", str(data_dir)]
        made = subprocess.run(
            [sys.executable, "-m", "turnout", *command, "--json"],
            cwd=folder,
            env=_environ(folder),
            capture_output=True,
            check=True,
            timeout=PATIENCE_S,
        )
        secrets.append(json.loads(made.stdout)["key"])
    subprocess.run(
        [sys.executable, "-m", "turnout", "password", "--stdin", "--data-dir", str(data_dir)],
        cwd=folder,
        env=_environ(folder),
        input=f"{PASSWORD}\n".encode(),
        capture_output=True,
        check=True,
        timeout=PATIENCE_S,
    )
    load_catalog(data_dir / "cache")
    return Template(data_dir, *secrets)


@contextmanager
def open_simulator(folder: Path, scenario: str, port: int = 0) -> Generator[Simulator]:
    """Plays a scenario (TOML) while the block runs, on a free port or on one that was free.

    The block may end the process as it likes.
    """
    where = _fresh(folder, "simulator")
    (where / "scenario.toml").write_text(scenario)
    words = ["simulate", "scenario.toml", "--port", str(port)]
    with _process(words, where, "simulator.log", r"simulating on (http://\S+)") as (url, process):
        yield Simulator(url, process)


@contextmanager
def open_demo(folder: Path, weights_in: Path) -> Generator[Origin]:
    """`turnout demo` on a free port, its month of history made; the operator has PASSWORD.

    Args:
        folder: Where its own folder is made.
        weights_in: The data folder that has the embedded model.
    """
    where = _fresh(folder, "demo")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    data = ["--data-dir", "demo-data"]
    words = ["demo", "--no-trickle", "--port", port, *data, "--models-dir", str(weights_in)]
    with _process(words, where, "demo.log", r"Turnout is up at (http://\S+)") as (url, process):
        subprocess.run(
            [sys.executable, "-m", "turnout", "password", "--stdin", *data],
            cwd=where,
            env=_environ(where),
            input=f"{PASSWORD}\n".encode(),
            capture_output=True,
            check=True,
            timeout=PATIENCE_S,
        )
        yield Origin(url, process)


@contextmanager
def open_gateway(
    template: Template, folder: Path, config: str, **environ: str
) -> Generator[Gateway]:
    """Serves with a copy of the template on a free port while the block runs.

    Args:
        template: The data folder to begin with.
        folder: Where its own folder is made.
        config: turnout.toml; the embedded model is off unless it has a `[local]` table.
        environ: Variables on top of a bare environment.
    """
    where = gateway_folder(template, folder, config)
    with serve_in(where, template, **environ) as serving:
        yield serving


def gateway_folder(template: Template, folder: Path, config: str) -> Path:
    """A fresh folder to serve in, with its own data and turnout.toml."""
    where = _fresh(folder, "gateway")
    shutil.copytree(template.data_dir, where / "data")
    (where / "turnout.toml").write_text(_whole(config))
    return where


@contextmanager
def serve_in(where: Path, template: Template, **environ: str) -> Generator[Gateway]:
    """Serves in a folder while the block runs; again, if it has served there before.

    The block may end the process as it likes.
    """
    words = ["serve", "--port", "0", "--data-dir", "data", "--config", "turnout.toml"]
    ready = r"Turnout is up at (http://\S+)"
    with _process(words, where, "gateway.log", ready, **environ) as (url, process):
        yield Gateway(url, process, where, template)


def provider_table(
    name: str,
    simulator: Simulator,
    models: Sequence[str],
    *,
    keys: Sequence[str] = (),
    price: str | None = PRICE,
    model_facts: str = "",
) -> str:
    """TOML that makes a gateway route models to one provider of a simulator.

    Args:
        name: Of the provider, there and here.
        simulator: Who plays it.
        models: As clients ask for them, "author/slug".
        keys: Its API keys.
        price: TOML of the price of each, None for unpriced ones.
        model_facts: More lines for each model's table.
    """
    rows = [f'[providers.{name}]\nkind = "openai-compatible"']
    rows += [f'base_url = "{simulator.url}/{name}/v1"', f"api_keys = {json.dumps(list(keys))}"]
    for model in models:
        rows += [f'[[providers.{name}.models]]\nid = "{model}"\ncontext = 128000', model_facts]
        if price is not None:
            rows.append(f"price = {price}")
    return "\n".join([*rows, ""])


def _whole(config: str) -> str:
    return config if "[local]" in config else f"{config}\n[local]\nenabled = false\n"


def _fresh(folder: Path, kind: str) -> Path:
    where = folder / f"{kind}-{next(_FRESH)}"
    where.mkdir(parents=True)
    return where


def _environ(home: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8"}


@contextmanager
def _process(
    words: Sequence[str], folder: Path, log: str, ready: str, **environ: str
) -> Generator[tuple[str, subprocess.Popen[str]]]:
    """A turnout command that goes on; yields what its line that says it is ready matched."""
    with (
        (folder / log).open("w") as said,
        subprocess.Popen(
            [sys.executable, "-m", "turnout", *words],
            cwd=folder,
            env=_environ(folder) | environ,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        try:
            found = None
            for line in process.stdout:
                if found := re.search(ready, line):
                    break
            assert found is not None, (folder / log).read_text()
            yield found[1], process
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
