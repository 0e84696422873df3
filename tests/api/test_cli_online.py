"""Commands beside real servers: a running gateway, and providers played by the simulator."""

import re
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest
from turnout_command import SECRET, Turnout

DEADLINE_S: Final = 10.0

SCENARIO = f"""\
[providers.open]
[[providers.open.models]]
id = "acme/one"
[[providers.open.models]]
id = "acme/two"
[providers.closed]
keys = ["{SECRET}"]
[[providers.closed.models]]
id = "acme/one"
"""


@pytest.fixture
def turnout(tmp_path: Path) -> Turnout:
    """A command with an empty folder of its own."""
    return Turnout(tmp_path)


@contextmanager
def process(turnout: Turnout, *words: str, ready: str, **environ: str) -> Generator[re.Match[str]]:
    """A command that goes on; yields what the line that says it is ready matched."""
    command = [sys.executable, "-m", "turnout", *words]
    with subprocess.Popen(
        command,
        cwd=turnout.folder,
        env=turnout.environ | environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as running:
        assert running.stdout is not None
        try:
            found = None
            for line in running.stdout:
                found = re.search(ready, line)
                if found is not None:
                    break
            assert found is not None, "it ended before it was ready"
            yield found
        finally:
            running.terminate()
            running.wait(DEADLINE_S)


def status(url: str, key: str) -> int:
    """The HTTP status of a GET."""
    place = urlsplit(url)
    connection = HTTPConnection(place.netloc, timeout=DEADLINE_S)
    try:
        connection.request("GET", place.path, headers={"authorization": f"Bearer {key}"})
        return connection.getresponse().status
    finally:
        connection.close()


def eventually(look: Callable[[], bool]) -> bool:
    """Whether it becomes true within two seconds."""
    until = time.monotonic() + 2.0
    while time.monotonic() < until:
        if look():
            return True
        time.sleep(0.05)
    return False


def test_keys_take_effect_in_a_running_gateway(turnout: Turnout) -> None:
    """Made beside it, a key works at once; revoked, it is refused within a second or so."""
    environ = {"TURNOUT_LOCAL_ENABLED": "0", "TURNOUT_SERVER_PORT": "0"}
    with process(turnout, "serve", ready=r"up at (http://\S+)", **environ) as found:
        url = f"{found[1]}/api/v1/key"
        made = turnout("keys", "create", "--name", "ci", "--json").json
        assert status(url, made["key"]) == 200
        assert turnout("keys", "revoke", made["hash"]).code == 0
        assert eventually(lambda: status(url, made["key"]) == 401)


def test_reload_swaps_the_configuration_of_a_running_gateway(turnout: Turnout) -> None:
    """A model that the file adds can be asked about; a wrong file changes nothing."""
    turnout.write("server.port = 0\nlocal.enabled = false\n")
    model = '[providers.h]\nbase_url = "http://127.0.0.1:9/v1"\n[[providers.h.models]]\nid = "{}"\n'
    with process(turnout, "serve", ready=r"up at (http://\S+)") as found:
        key: str = turnout("keys", "create", "--name", "ci", "--json").json["key"]

        def known(slug: str) -> bool:
            return status(f"{found[1]}/api/v1/models/{slug}/endpoints", key) == 200

        assert not known("acme/one")
        turnout.write("server.port = 0\nlocal.enabled = false\n" + model.format("acme/one"))
        assert turnout("config", "reload").code == 0
        assert eventually(lambda: known("acme/one"))
        turnout.write("oops = 1\n" + model.format("acme/two"))
        assert turnout("config", "reload", "--data-dir", "data").code == 0
        assert not eventually(lambda: known("acme/two") or not known("acme/one"))


def test_doctor_online_asks_the_providers(turnout: Turnout) -> None:
    """One answers, one refuses the key, one is not there; no key is in what is told."""
    (turnout.folder / "scenario.toml").write_text(SCENARIO)
    words = ("simulate", "scenario.toml", "--port", "0")
    with process(turnout, *words, ready=r"simulating on (http://\S+)") as found:
        turnout.write(
            f"""\
server.port = 0
local.enabled = false
[providers.mine]
base_url = "{found[1]}/open/v1"
[providers.other]
base_url = "{found[1]}/closed/v1"
api_key = "env:WRONG"
[providers.gone]
base_url = "http://127.0.0.1:9/v1"
"""
        )
        done = turnout("doctor", "--online", "--json", WRONG=f"{SECRET}-wrong")
    findings = {row["name"]: row for row in done.json["findings"]}
    assert done.code == 1
    assert findings["reach mine"]["state"] == "ok"
    assert findings["reach mine"]["detail"] == "answers, and lists 2 models"
    assert findings["reach other"]["state"] == "fail"
    assert findings["reach other"]["detail"].startswith("HTTP 401, auth: ")
    assert findings["reach gone"]["state"] == "fail"
    assert SECRET not in done.out + done.err
