"""What a result was measured on. Rates of different machines are never compared."""

import os
import platform
import shutil
import subprocess
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec

PACKAGES = ("turnout", "uvicorn", "uvloop", "httptools", "msgspec", "starlette")


class Machine(msgspec.Struct, frozen=True):
    """Everything that must be equal before two results may be compared."""

    name: str
    cpu: str
    cores: int
    memory_gib: int
    kernel: str


def this_machine() -> Machine:
    """The machine we run on; Linux knows it all, elsewhere fields say "unknown"."""
    return Machine(
        name=platform.node(),
        cpu=_field(Path("/proc/cpuinfo"), "model name") or platform.processor() or "unknown",
        cores=len(usable_cores()),
        memory_gib=round(
            int((_field(Path("/proc/meminfo"), "MemTotal") or "0 kB").split()[0]) / 2**20
        ),
        kernel=platform.release(),
    )


def usable_cores() -> list[int]:
    """The cores this process may run on."""
    return sorted(os.sched_getaffinity(0))


def busy_share(seconds: float = 1.0) -> float:
    """How much of all cores other processes take while we wait; 0 where nobody tells."""
    before = _cpu_times()
    time.sleep(seconds)
    after = _cpu_times()
    spent = [late - early for early, late in zip(before, after, strict=True)]
    total = sum(spent)
    return 1 - (spent[3] + spent[4]) / total if total else 0.0


def _cpu_times() -> list[int]:
    """Ticks of user, nice, system, idle, iowait … since boot."""
    path = Path("/proc/stat")
    return [int(n) for n in path.read_text().split("\n")[0].split()[1:9]] if path.exists() else []


def versions() -> dict[str, str]:
    """Of Python, what the gateway runs on, nginx and wrk."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    for tool, flag in (("nginx", "-v"), ("wrk", "-v")):
        found[tool] = _first_line([tool, flag]) if shutil.which(tool) else "not installed"
    return found


def commit() -> str:
    """The commit of the working tree, with "+changes" when files differ from it."""
    root = str(Path(__file__).parent)
    head = _first_line(["git", "-C", root, "rev-parse", "--short=12", "HEAD"])
    status = ["git", "-C", root, "status", "--porcelain", "--untracked-files=no"]
    return head + ("+changes" if _first_line(status) else "")


def _field(path: Path, name: str) -> str | None:
    if not path.exists():
        return None
    for line in path.read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return None


def _first_line(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)
    except OSError:
        return ""
    lines = (done.stdout + done.stderr).strip().splitlines()
    return lines[0] if lines else ""
