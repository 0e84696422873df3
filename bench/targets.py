"""What is measured: the simulator itself, nginx in front of it, and the gateway in front of it."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from bench import provisions
from bench.load import Ask
from bench.processes import child, pinned

HOST = "127.0.0.1"
START_S = 20.0
MAX_OPEN_FILES = 8192


class Cores(msgspec.Struct, frozen=True):
    """Where things run; None leaves it to the kernel."""

    target: int | None
    load: int | None


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """Something that answers chat completions.

    Attributes:
        path: With "{provider}" where the simulated provider's name belongs.
        model: Likewise.
        pid: Root of its process tree, None when it is not ours to watch.
    """

    name: str
    port: int
    path: str
    model: str
    host: str = HOST
    headers: tuple[str, ...] = ()
    pid: int | None = None

    def ask(self, provider: str, body: Mapping[str, object]) -> Ask:
        """The bytes of a request for one of the simulated providers."""
        model = self.model.format(provider=provider)
        content = msgspec.json.encode({"model": model, **body})
        lines = [
            f"POST {self.path.format(provider=provider)} HTTP/1.1",
            f"Host: {self.host}:{self.port}",
            "Content-Type: application/json",
            f"Content-Length: {len(content)}",
            *self.headers,
        ]
        return Ask(self.host, self.port, ("\r\n".join(lines) + "\r\n\r\n").encode() + content)


class Fleet(msgspec.Struct, frozen=True):
    """Everything that runs for one benchmark; `targets` by name, "direct" first."""

    simulator: int
    targets: Mapping[str, Target]
    gateway: tuple[str, ...]
    folder: Path
    cores: Cores


@asynccontextmanager
async def fleet(
    folder: Path, cores: Cores, peers: Sequence[str], *, gateway: bool, simulator_port: int = 0
) -> AsyncGenerator[Fleet]:
    """Start all of it; `peers` are "name=http://host:port/path model [key]".

    Raises:
        RuntimeError: Something did not start; its log is quoted.
    """
    ports = free_ports(3)
    ports[0] = simulator_port or ports[0]
    targets: dict[str, Target] = {}
    async with AsyncExitStack() as stack:
        scenario = folder / "scenario.toml"
        scenario.write_text(provisions.scenario())
        script = (
            "import sys; from turnout.simulator.command import simulate; simulate(sys.argv[1:])"
        )
        command = [sys.executable, "-c", script, str(scenario), "--port", str(ports[0])]
        await stack.enter_async_context(
            child(pinned(cores.load, command), folder / "simulator.log")
        )
        await answering(ports[0], folder / "simulator.log")
        direct = "/{provider}/v1/chat/completions"
        targets["direct"] = Target(name="direct", port=ports[0], path=direct, model="{provider}")
        if shutil.which("nginx"):
            config = folder / "nginx.conf"
            config.write_text(provisions.nginx(ports[1], ports[0], folder))
            command = ["nginx", "-c", str(config), "-p", str(folder)]
            log = folder / "nginx.log"
            process = await stack.enter_async_context(child(pinned(cores.target, command), log))
            await answering(ports[1], log)
            targets["nginx"] = Target(
                name="nginx", port=ports[1], path=direct, model="{provider}", pid=process.pid
            )
        serve: list[str] = []
        if gateway:
            serve = gateway_command(folder, ports[2], ports[0])
            key = create_key(folder)
            log = folder / "gateway.log"
            process = await stack.enter_async_context(
                child(pinned(cores.target, serve), log, env=quiet_environment())
            )
            await answering(ports[2], log)
            targets["gateway"] = Target(
                name="gateway",
                port=ports[2],
                path="/api/v1/chat/completions",
                model="bench/{provider}",
                headers=(f"Authorization: Bearer {key}",),
                pid=process.pid,
            )
        for text in peers:
            peer = read_peer(text)
            targets[peer.name] = peer
        yield Fleet(ports[0], targets, tuple(serve), folder, cores)


def read_peer(text: str) -> Target:
    """A running server that someone else started: "name=http://host:port/path model [key]".

    Raises:
        ValueError: Not of that form.
    """
    name, _, rest = text.partition("=")
    url, _, more = rest.partition(" ")
    model, _, key = more.partition(" ")
    parts = urlsplit(url)
    if not (name and model and parts.hostname and parts.port):
        raise ValueError(f"a peer is 'name=http://host:port/path model [key]', got '{text}'")
    return Target(
        name=name,
        host=parts.hostname,
        port=parts.port,
        path=parts.path,
        model=model,
        headers=(f"Authorization: Bearer {key}",) if key else (),
    )


def gateway_command(folder: Path, port: int, simulator: int) -> list[str]:
    """`turnout serve` on a port, against the simulator; writes its configuration."""
    config = folder / "turnout.toml"
    config.write_text(provisions.gateway(f"http://{HOST}:{simulator}"))
    data = str(folder / "data")
    serve = ["serve", "--host", HOST, "--port", str(port), "--data-dir", data]
    return [sys.executable, "-m", "turnout", *serve, "--config", str(config)]


def create_key(folder: Path) -> str:
    """A key of the gateway's own making.

    Raises:
        RuntimeError: `turnout keys create` failed; its words are quoted.
    """
    data = str(folder / "data")
    create = ["keys", "create", "--name", "bench", "--data-dir", data, "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "turnout", *create],
        capture_output=True,
        check=False,
        env=quiet_environment(),
        timeout=60,
    )
    if done.returncode:
        raise RuntimeError(f"turnout keys create: {done.stderr.decode()[-600:]}")
    return msgspec.json.decode(done.stdout, type=dict[str, object])["key"].__str__()


def quiet_environment() -> dict[str, str]:
    """Ours without provider keys: the gateway must know only the simulated providers."""
    return {k: v for k, v in os.environ.items() if not k.endswith(("_API_KEY", "_TOKEN"))}


def free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind((HOST, 0))
    ports: list[int] = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


async def answering(port: int, log: Path, within_s: float = START_S) -> float:
    """Seconds until `/health` answers 200, asked every few milliseconds.

    Raises:
        RuntimeError: It never did; the end of the log is quoted.
    """
    began = time.perf_counter()
    while time.perf_counter() - began < within_s:
        if await _healthy(port):
            return time.perf_counter() - began
        await asyncio.sleep(0.005)
    said = _end_of(log)
    raise RuntimeError(f"nothing answered on port {port} in {within_s:g} s; {log.name}:\n{said}")


def _end_of(log: Path) -> str:
    return log.read_text(errors="replace")[-1500:]


async def _healthy(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection(HOST, port)
    except OSError:
        return False
    try:
        writer.write(b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        line = await asyncio.wait_for(reader.readline(), 2)
    except (OSError, TimeoutError):
        line = b""
    finally:
        writer.close()
    return b" 200 " in line
