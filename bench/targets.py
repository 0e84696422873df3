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
STRAIGHT = "/{provider}/v1/chat/completions"


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
    folder: Path
    cores: Cores


@asynccontextmanager
async def fleet(
    folder: Path, cores: Cores, peers: Sequence[str], *, gateway: bool, simulator_port: int = 0
) -> AsyncGenerator[Fleet]:
    """Start all of it; `peers` are "name=http://host:port/path model [key]".

    Raises:
        RuntimeError: Something did not start; its log is quoted.
        ValueError: A peer is not of that form.
    """
    ports = free_ports(3)
    ports[0] = simulator_port or ports[0]
    async with AsyncExitStack() as stack:
        found = [await _simulator(stack, folder, cores, ports[0])]
        if shutil.which("nginx"):
            found.append(await _nginx(stack, folder, cores, ports))
        if gateway:
            found.append(await _gateway(stack, folder, cores, ports))
        found += [read_peer(text) for text in peers]
        yield Fleet(ports[0], {target.name: target for target in found}, folder, cores)


async def _simulator(stack: AsyncExitStack, folder: Path, cores: Cores, port: int) -> Target:
    scenario = folder / "scenario.toml"
    scenario.write_text(provisions.scenario())
    script = "import sys; from turnout.simulator.command import simulate; simulate(sys.argv[1:])"
    command = pinned(cores.load, [sys.executable, "-c", script, str(scenario), "--port", str(port)])
    await started(stack, command, port, folder / "simulator.log")
    return Target(name="direct", port=port, path=STRAIGHT, model="{provider}")


async def _nginx(stack: AsyncExitStack, folder: Path, cores: Cores, ports: Sequence[int]) -> Target:
    config = folder / "nginx.conf"
    config.write_text(provisions.nginx(ports[1], ports[0], folder))
    command = pinned(cores.target, ["nginx", "-c", str(config), "-p", str(folder)])
    pid, _ = await started(stack, command, ports[1], folder / "nginx.log")
    return Target(name="nginx", port=ports[1], path=STRAIGHT, model="{provider}", pid=pid)


async def _gateway(
    stack: AsyncExitStack, folder: Path, cores: Cores, ports: Sequence[int]
) -> Target:
    command = pinned(cores.target, gateway_command(folder, ports[2], ports[0]))
    key = create_key(folder)
    pid, _ = await started(stack, command, ports[2], folder / "gateway.log")
    return Target(
        name="gateway",
        port=ports[2],
        path="/api/v1/chat/completions",
        model="bench/{provider}",
        headers=(f"Authorization: Bearer {key}",),
        pid=pid,
    )


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


async def started(
    stack: AsyncExitStack, command: Sequence[str], port: int, log: Path
) -> tuple[int, float]:
    """Start a server that lives as long as the stack: its pid, and seconds to a healthy answer.

    Raises:
        RuntimeError: It died or never answered; the end of its log is quoted.
    """
    began = time.perf_counter()
    process = await stack.enter_async_context(child(command, log, env=quiet_environment()))
    while time.perf_counter() - began < START_S and process.poll() is None:
        if await _healthy(port):
            return process.pid, time.perf_counter() - began
        await asyncio.sleep(0.005)
    raise RuntimeError(f"{command}: nothing answers on port {port}\n{_end_of(log)}")


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
