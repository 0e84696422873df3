"""`turnout demo` as a person starts it: processes, keys, an answer, an end."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from turnout.simulator.loading import parse

START_S: Final = 120.0
TOTALLED_S: Final = 10.0


class Demo:
    """A demo that is up."""

    def __init__(self, folder: Path, port: int, process: subprocess.Popen[bytes]) -> None:
        self.folder = folder
        self.port = port
        self.process = process
        self.secrets: Any = json.loads((folder / "demo-keys.json").read_bytes())

    def call(self, method: str, path: str, body: Any = None, key: str = "") -> tuple[int, Any]:
        """Status and JSON of a request."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"content-type": "application/json"}
        if key:
            headers["authorization"] = f"Bearer {key}"
        connection.request(method, path, msgspec.json.encode(body) if body else None, headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, json.loads(text)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Generator[Demo]:
    """Started with a provider's real-looking key around, which it must not use."""
    where = tmp_path_factory.mktemp("demo")
    folder, port = where / "demo-data", free_port()
    words = ("demo", "--port", str(port), "--data-dir", str(folder), "--models-dir", str(where))
    environ = {"PATH": os.environ["PATH"], "HOME": str(where), "OPENROUTER_API_KEY": "sk-real"}
    with (where / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "turnout", *words],
            cwd=where,
            env=environ,
            stdout=log,
            stderr=log,
        )
    try:
        until = time.monotonic() + START_S
        while b"A key to sign in with" not in (where / "log").read_bytes():
            assert process.poll() is None, (where / "log").read_text()
            assert time.monotonic() < until
            time.sleep(0.2)
        yield Demo(folder, port, process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@pytest.mark.timeout(180)
def test_demo_says_that_it_is_one_and_its_pages_are_filled(demo: Demo) -> None:
    """The session says demo, and the issue's model has numbers on every tab."""
    assert demo.call("GET", "/api/internal/session")[1]["data"]["demo"] is True
    page = "/api/internal/models/openai/gpt-4o-mini"
    until = time.monotonic() + TOTALLED_S
    while True:  # a gateway that has just come up is still adding up its days
        status, model = demo.call("GET", page)
        assert status == 200
        if model["data"]["weekly_tokens"] or time.monotonic() > until:
            break
        time.sleep(0.2)
    assert len([row for row in model["data"]["endpoints"] if row["on"]]) >= 3
    assert model["data"]["weekly_tokens"] > 0
    for tab, part in (
        ("performance?range=1h", "points"),
        ("performance?range=1d", "points"),
        ("performance?range=1w", "points"),
        ("performance?range=30d", "points"),
        ("pricing?range=30d", "days"),
        ("apps?range=30d", "apps"),
        ("activity?range=30d", "days"),
        ("benchmarks", "scores"),
    ):
        status, told = demo.call("GET", f"{page}/{tab}")
        assert (status, bool(told["data"][part])) == (200, True), tab
    hours = demo.call("GET", f"{page}/uptime")[1]["data"]["hours"]
    assert sum(hour["with_routing"] is not None for hour in hours) > 60


@pytest.mark.timeout(180)
def test_a_chat_is_answered_by_the_simulator_and_says_so(demo: Demo) -> None:
    """Models of different makers answer through the gateway, by their own providers' dialects."""
    for model in ("openai/gpt-4o-mini", "anthropic/claude-sonnet-4.5", "google/gemini-2.5-flash"):
        body = {"model": model, "messages": [{"role": "user", "content": "Hello"}]}
        path, key = "/api/v1/chat/completions", demo.secrets["inference"]
        status, answer = demo.call("POST", path, body, key)
        assert status == 200, answer
        assert "simulated" in answer["choices"][0]["message"]["content"]
        assert answer["usage"]["cost"] > 0


@pytest.mark.timeout(180)
def test_a_demo_asks_nobody_but_its_simulator(demo: Demo) -> None:
    """Keys of the environment turn nothing on; every provider's address is this machine's."""
    config = (demo.folder / "turnout.toml").read_text()
    hosts = set(re.findall(r'base_url = "http://([^/:]+)', config))
    assert hosts == {"127.0.0.1"}
    assert "https://" not in config
    on = demo.call("GET", "/health")[1]["providers"]
    assert "openrouter" not in on
    assert {"openai", "azure", "anthropic"} <= set(on)
    played = parse((demo.folder / "providers.toml").read_text()).providers
    assert set(on) - {"local"} <= set(played)


@pytest.mark.timeout(180)
def test_management_key_signs_in(demo: Demo) -> None:
    """The second key that is printed is one for the site."""
    key = {"key": demo.secrets["management"]}
    status, session = demo.call("POST", "/api/internal/session", key)
    assert (status, session["data"]["signed_in"]) == (200, True)


@pytest.mark.timeout(180)
def test_requests_trickle_on(demo: Demo) -> None:
    """Real requests go on arriving at the gateway."""

    def newest() -> int:
        path = "/api/internal/generations?limit=1"
        rows = demo.call("GET", path, key=demo.secrets["management"])[1]["data"]["generations"]
        at: int = rows[0]["created_at"]
        return at

    before, until = newest(), time.monotonic() + 60
    while newest() <= before:
        assert time.monotonic() < until
        time.sleep(0.5)


@pytest.mark.timeout(180)
def test_demo_ends_with_its_processes(demo: Demo) -> None:
    """Told to stop, it leaves neither gateway nor simulator behind, and ends well."""
    children = Path(f"/proc/{demo.process.pid}/task/{demo.process.pid}/children").read_text()
    assert len(children.split()) == 2
    demo.process.send_signal(signal.SIGINT)
    assert demo.process.wait(60) == 0
    assert [child for child in children.split() if Path(f"/proc/{child}").exists()] == []
