"""`turnout demo`: a gateway, a simulator behind it, and a month of history, all made up."""

import asyncio
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import click

from turnout.catalog.cache import load as load_catalog
from turnout.catalog.index import Catalog
from turnout.config.environment import environment
from turnout.core.clock import SYSTEM_CLOCK
from turnout.core.errors import TurnoutError
from turnout.demo.cast import Cast, assemble
from turnout.demo.fill import Filled, fill
from turnout.demo.stage import KEY_VARIABLE, configuration, scenario, with_weights
from turnout.demo.trickle import Trickle
from turnout.local.fetch import find_weights
from turnout.providers import PROVIDERS

_UP_S: Final = 60.0
_END_S: Final = 10.0
_KEPT: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TERM", "TMPDIR", "NO_COLOR", "VIRTUAL_ENV")
"""Of the environment: no provider's key may reach a gateway that is to ask simulators alone."""
_PROMISE: Final = b"simulating on "


class DemoError(TurnoutError):
    """A part of the demo did not start or did not stay."""


@click.command
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(1, 65_535), default=8787, show_default=True, help="Port."
)
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("demo-data"),
    show_default=True,
    help="Where the made-up history goes; never a folder with real records.",
)
@click.option(
    "--models-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("data"),
    show_default=True,
    help="The data folder that has the embedded model's weights.",
)
@click.option("--trickle/--no-trickle", default=True, help="Whether requests go on being made.")
def demo(host: str, port: int, data_dir: Path, models_dir: Path, *, trickle: bool) -> None:
    """Start a gateway over simulated providers and 30 days of made-up history.

    Nothing leaves the machine, whatever keys are set. The history is made anew when it is older
    than a day.
    """
    catalog = load_catalog(data_dir / "cache")
    click.echo(f"Making 30 days of history in {data_dir} …")
    began_s = SYSTEM_CLOCK.now_s()
    filled = fill(data_dir, catalog, SYSTEM_CLOCK)
    taken_s = SYSTEM_CLOCK.now_s() - began_s
    what = "made" if filled.made else "topped up"
    click.echo(f"  {what} in {taken_s:.1f} s, with {filled.records:,} new records")
    stage = _Stage(data_dir, catalog, models_dir)
    raise SystemExit(asyncio.run(stage.play(host, port, filled, trickle=trickle)))


class _Stage:
    """The processes of a demo; both end with it."""

    def __init__(self, data_dir: Path, catalog: Catalog, models_dir: Path) -> None:
        self._folder = data_dir.absolute()
        self._catalog = catalog
        self._cast: Cast = assemble(catalog)
        weights = find_weights(models_dir)
        self._weights = None if weights is None else weights.path
        kept = {name: value for name, value in environment().items() if name in _KEPT}
        self._environ = {**kept, KEY_VARIABLE: "simulated"}

    async def play(self, host: str, port: int, filled: Filled, *, trickle: bool) -> int:
        """Until it is interrupted or a part of it ends; the gateway's exit code."""
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        async with (
            self._simulator() as (simulator, origin),
            self._gateway(host, port, origin) as gateway,
        ):
            await _until_up(host, port, gateway)
            _say_keys(filled, host, port)
            async with asyncio.TaskGroup() as tasks:
                running = [
                    tasks.create_task(stop.wait()),
                    tasks.create_task(_ended(simulator)),
                    tasks.create_task(_ended(gateway)),
                ]
                beside: list[asyncio.Task[None]] = []
                if trickle:
                    seed = SYSTEM_CLOCK.unix_ms()
                    callers = filled.secrets.callers
                    flow = Trickle(self._cast, _origin(host, port), callers, seed)
                    beside.append(tasks.create_task(flow.run()))
                await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for task in (*running, *beside):
                    task.cancel()
            if simulator.returncode is not None and not stop.is_set():
                raise DemoError("the simulator ended by itself")
        return 0 if stop.is_set() else gateway.returncode or 1

    @asynccontextmanager
    async def _simulator(self) -> AsyncGenerator[tuple[asyncio.subprocess.Process, str], None]:
        path = self._folder / "providers.toml"
        names = {slug: provider.name for slug, provider in PROVIDERS.items()}
        path.write_text(scenario(self._cast, self._catalog, names), encoding="utf-8")
        words = ("simulate", str(path), "--port", "0")
        async with self._child(*words, stdout=asyncio.subprocess.PIPE) as child:
            async with asyncio.timeout(_UP_S):
                line = await child.stdout.readline() if child.stdout is not None else b""
            if not line.startswith(_PROMISE):
                raise DemoError("the simulator did not start")
            yield child, line.removeprefix(_PROMISE).decode().strip()

    @asynccontextmanager
    async def _gateway(
        self, host: str, port: int, simulator: str
    ) -> AsyncGenerator[asyncio.subprocess.Process, None]:
        path = self._folder / "turnout.toml"
        text = configuration(self._cast.script.providers, dict(PROVIDERS), simulator)
        path.write_text(with_weights(text, self._weights), encoding="utf-8")
        where = ("--host", host, "--port", str(port))
        words = ("serve", *where, "--data-dir", str(self._folder), "--config", str(path))
        async with self._child(*words) as child:
            yield child

    @asynccontextmanager
    async def _child(
        self, *words: str, stdout: int | None = None
    ) -> AsyncGenerator[asyncio.subprocess.Process, None]:
        """One of our own commands as a process that ends with the block."""
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "turnout", *words), stdout=stdout, env=self._environ
        )
        try:
            yield child
        finally:
            if child.returncode is None:
                child.terminate()
                try:
                    await asyncio.wait_for(child.wait(), _END_S)
                except TimeoutError:
                    child.kill()
                    await child.wait()


async def _ended(child: asyncio.subprocess.Process) -> None:
    """When a process has ended, whatever it still says is read and dropped."""
    if child.stdout is not None:
        while await child.stdout.readline():
            pass
    await child.wait()


async def _until_up(host: str, port: int, gateway: asyncio.subprocess.Process) -> None:
    """Returns when the gateway takes connections."""
    deadline_s = SYSTEM_CLOCK.now_s() + _UP_S
    while SYSTEM_CLOCK.now_s() < deadline_s:
        if gateway.returncode is not None:
            raise DemoError("the gateway did not start; what it said stands above")
        try:
            _, writer = await asyncio.open_connection(host, port)
        except OSError:
            await asyncio.sleep(0.1)
            continue
        writer.close()
        await writer.wait_closed()
        return
    raise DemoError("the gateway did not start in time")


def _origin(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _say_keys(filled: Filled, host: str, port: int) -> None:
    click.echo(
        "\n".join(
            [
                "DEMO: every provider is simulated, and the history is made up.",
                f"  Look around:  {_origin(host, port)}/openai/gpt-4o-mini",
                f"  A key for models:        {filled.secrets.inference}",
                f"  A key to sign in with:   {filled.secrets.management}",
                "",
            ]
        )
    )
