"""`turnout simulate` as a process."""

import re
import signal
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

from click.testing import CliRunner

from turnout.simulator.command import simulate

SCENARIO = "[providers.a]\n[[providers.a.models]]\nid = 'm'\n"
RUN = "from turnout.simulator.command import simulate; simulate()"


def test_command_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    """Prints where it listens, answers there, and leaves with status 0 on SIGTERM."""
    path = tmp_path / "scenario.toml"
    path.write_text(SCENARIO)
    arguments = [sys.executable, "-c", RUN, str(path), "--port", "0"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:(\d+)", process.stdout.readline())
        assert found is not None
        connection = HTTPConnection("127.0.0.1", int(found.group(1)), timeout=5)
        connection.request("GET", "/a/v1/models")
        assert b'"m"' in connection.getresponse().read()
        connection.close()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=5) == 0


def test_command_tells_a_mistake_with_its_line(tmp_path: Path) -> None:
    """A wrong scenario is refused before anything listens."""
    path = tmp_path / "scenario.toml"
    path.write_text("[providers.a]\nport = 'x'\n")
    result = CliRunner().invoke(simulate, [str(path)])
    assert result.exit_code == 1
    assert "line 2: providers.a.port" in result.output


def test_command_exports_the_gateways_configuration(tmp_path: Path) -> None:
    """--export prints and exits; --check only reads."""
    path = tmp_path / "scenario.toml"
    path.write_text(SCENARIO)
    exported = CliRunner().invoke(simulate, [str(path), "--export", "--port", "9"])
    assert 'base_url = "http://127.0.0.1:9/a/v1"' in exported.output
    checked = CliRunner().invoke(simulate, [str(path), "--check"])
    assert (checked.exit_code, "no mistakes" in checked.output) == (0, True)
