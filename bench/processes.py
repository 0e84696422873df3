"""Children of the benchmark: pinned to a core, watched, and ended with it."""

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")


class Usage(msgspec.Struct, frozen=True):
    """Of a process and all its descendants."""

    rss_bytes: int
    cpu_s: float


def pinned(core: int | None, command: Sequence[str]) -> list[str]:
    """The command on one core; as it is when there is no `taskset` or no core to spare."""
    if core is None or shutil.which("taskset") is None:
        return list(command)
    return ["taskset", "-c", str(core), *command]


@asynccontextmanager
async def child(
    command: Sequence[str], log: Path, *, env: Mapping[str, str] | None = None
) -> AsyncGenerator[subprocess.Popen[bytes]]:
    """A process while the block runs; SIGTERM at its end, SIGKILL five seconds later.

    A session of its own: Ctrl-C reaches the benchmark, which then ends its children in order.
    """
    process = _start(command, log, env)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            await asyncio.to_thread(process.wait, 5)
        except subprocess.TimeoutExpired:
            process.kill()
            await asyncio.to_thread(process.wait)


def _start(
    command: Sequence[str], log: Path, env: Mapping[str, str] | None
) -> subprocess.Popen[bytes]:
    with log.open("wb") as out:
        return subprocess.Popen(
            command, stdout=out, stderr=subprocess.STDOUT, env=env, start_new_session=True
        )


def usage_of(pid: int) -> Usage:
    """Memory and CPU time of a process tree; zero when it is gone."""
    rss = 0
    ticks = 0
    for member in _tree(pid):
        try:
            fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
            rss += int(Path(f"/proc/{member}/statm").read_text().split()[1]) * PAGE
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return Usage(rss, ticks / TICKS)


def _tree(root: int) -> set[int]:
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(entry.name)] = int(fields[1])
    members = {root}
    while True:
        more = {pid for pid, parent in parents.items() if parent in members} - members
        if not more:
            return members
        members |= more
