"""How a gateway ends, what it refuses to start on, and keys that come and go while it serves."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from tests.api.turnout_command import Turnout
from tests.gateway import (
    Gateway,
    Template,
    gateway_folder,
    open_gateway,
    open_simulator,
    provider_table,
    serve_in,
)
from tests.live.load import eventually, loading

SCENARIO = """
[providers.quick]
[providers.endless]
answer = { tokens = 3000 }
pace = { token_rate_tps = 50 }
[providers.silent]
faults = [{ kind = "stall-head" }]
"""


def ended(process: subprocess.Popen[str], signal_: int) -> tuple[int, float]:
    """The exit code after a signal, and the seconds it took."""
    began_s = time.monotonic()
    process.send_signal(signal_)
    return process.wait(10), time.monotonic() - began_s


@pytest.mark.parametrize("signal_", [signal.SIGINT, signal.SIGTERM])
def test_end_under_way_is_quick_and_on_record(
    template: Template, tmp_path: Path, signal_: int
) -> None:
    """Ctrl-C with streams and waiting calls open ends within 3 s; every one has its record."""
    with open_simulator(tmp_path, SCENARIO) as simulator:
        names = ("quick", "endless", "silent")
        tables = [provider_table(name, simulator, [f"acme/{name}"]) for name in names]
        where = gateway_folder(template, tmp_path, "\n".join(tables))
        with (
            serve_in(where, template) as gateway,
            gateway.asking("acme/endless", stream=True) as streaming,
            gateway.asking("acme/silent") as waiting,
            loading(gateway, ["acme/quick"], clients=4) as load,
        ):
            response = streaming.response()
            assert response.read1(10_000)
            eventually(lambda: gateway.call("GET", "/health").json["in_flight"] >= 2)
            code, took_s = ended(gateway.process, signal_)
            said = response.read()
            refused = waiting.response()
            error: Any = refused.read()
        assert code == 0
        assert took_s < 3
        assert b'"error"' in said
        assert b"data: [DONE]" in said
        assert refused.status == 503
        assert b"ending" in error
        with serve_in(where, template) as gateway:
            streamed = gateway.generation(response.headers["x-generation-id"])
            assert streamed["turnout"]["state"] == "cancelled"
            assert streamed["native_tokens_completion"] > 0
            assert streamed["total_cost"] > 0
            never = gateway.generation(refused.headers["x-generation-id"])
            assert never["turnout"]["state"] == "cancelled"
            for note in load.notes:
                if note.whole and note.status == 200:
                    assert gateway.generation(note.id)["turnout"]["state"] == "succeeded"


def test_second_gateway_on_a_folder_is_refused(template: Template, tmp_path: Path) -> None:
    """One data folder, one gateway: the second says so and which process it is; the first stays."""
    with open_gateway(template, tmp_path, "") as gateway:
        done = Turnout(gateway.folder)("serve", "--port", "0", "--data-dir", "data")
        assert done.code == 1
        assert "Error:" in done.err
        assert "data" in done.err
        assert str(gateway.process.pid) in done.err
        assert "Traceback" not in done.err
        assert gateway.call("GET", "/health").status == 200


def test_port_in_use_is_told(tmp_path: Path) -> None:
    """Which address it was, and no traceback."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = Turnout(tmp_path)("serve", "--port", port, "--data-dir", "data")
    assert done.code == 1
    assert f"cannot listen on 127.0.0.1:{port}" in done.err
    assert "in use" in done.err.lower()
    assert "Traceback" not in done.err


def test_keys_of_the_command_line_count_at_once(template: Template, tmp_path: Path) -> None:
    """A key made while the gateway serves works within a second, and a revoked one no longer."""
    with open_simulator(tmp_path, SCENARIO) as simulator:
        config = provider_table("quick", simulator, ["acme/quick"])
        with open_gateway(template, tmp_path, config) as gateway:
            turnout = Turnout(gateway.folder)
            made = turnout("keys", "create", "--name", "new", "--data-dir", "data", "--json").json

            def status() -> int:
                return gateway.call("GET", "/api/v1/key", key=made["key"]).status

            eventually(lambda: status() == 200, 1.0)
            turnout("keys", "revoke", made["hash"], "--data-dir", "data", "--json")
            eventually(lambda: status() == 401, 1.5)


def alive(pid: int) -> bool:
    """Whether a process is there and not just unburied."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:1]


def child_of(gateway: Gateway, at: int = 0) -> int:
    """The process id of the embedded model: its first one, or a later one."""
    found = [line for line in gateway.log().splitlines() if "local_model.up" in line]
    return int(found[at].split("pid=")[1].split()[0])


LOCAL = "huggingfacetb/smollm2-135m-instruct"


@pytest.mark.local_model
@pytest.mark.timeout(120)
def test_local_model_dies_and_returns(template: Template, tmp_path: Path, weights: Path) -> None:
    """SIGKILL of the child: its endpoint is down, the gateway is not, and soon both are up."""
    with open_gateway(template, tmp_path, f'[local]\nmodel_file = "{weights}"\n') as gateway:
        assert gateway.chat(LOCAL, max_tokens=3).status == 200
        child = child_of(gateway)
        os.kill(child, signal.SIGKILL)
        began_s = time.monotonic()
        heard = gateway.chat(LOCAL, max_tokens=3)
        assert time.monotonic() - began_s < 2
        assert heard.status == heard.error["code"] == 503
        assert heard.error["availability"]["retryable"] is True
        assert gateway.call("GET", "/health").status == 200

        def back() -> bool:
            again = gateway.chat(LOCAL, max_tokens=3)
            assert again.status in {200, 503}
            return again.status == 200

        eventually(back, 30)
        assert gateway.log().count("local_model.up") == 2
        assert child_of(gateway, 1) != child


@pytest.mark.local_model
@pytest.mark.timeout(120)
def test_local_model_ends_with_the_gateway(
    template: Template, tmp_path: Path, weights: Path
) -> None:
    """A second start takes less than 3 s; Ctrl-C in a stream ends both within 3 s."""
    where = gateway_folder(template, tmp_path, f'[local]\nmodel_file = "{weights}"\n')
    with serve_in(where, template) as gateway:
        ended(gateway.process, signal.SIGINT)
    began_s = time.monotonic()
    with serve_in(where, template) as gateway:
        start_s = time.monotonic() - began_s
        child = child_of(gateway)
        assert alive(child)
        with gateway.asking(LOCAL, "Tell a long story.", stream=True, max_tokens=2000) as asked:
            assert asked.response().read1(10_000)
            code, took_s = ended(gateway.process, signal.SIGINT)
    print(f"\nsecond start {start_s:.2f} s, end {took_s:.2f} s")  # noqa: T201 (a figure to read)
    assert start_s < 3
    assert code == 0
    assert took_s < 3
    assert not alive(child)
