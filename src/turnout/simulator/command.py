"""`turnout simulate`: play a scenario from the command line."""

import asyncio
import signal
import sys
from importlib.util import find_spec
from pathlib import Path

import click

from turnout.simulator.export import gateway_config
from turnout.simulator.loading import ScenarioError, load
from turnout.simulator.scenario import Scenario
from turnout.simulator.server import serve


@click.command()
@click.argument("scenario", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8790, show_default=True, help="Shared port; 0 picks a free one.")
@click.option("--export", is_flag=True, help="Print turnout.toml for these providers and exit.")
@click.option("--check", is_flag=True, help="Read the scenario, report mistakes and exit.")
def simulate(scenario: Path, host: str, port: int, *, export: bool, check: bool) -> None:
    """Play the providers of SCENARIO (a TOML file), faults included."""
    try:
        played = load(scenario)
    except ScenarioError as error:
        raise click.ClickException(f"{scenario}: {error}") from error
    if export:
        click.echo(gateway_config(played, f"http://{host}:{port}"), nl=False)
    elif check:
        click.echo(f"{scenario}: {len(played.providers)} providers, no mistakes")
    else:
        _serve(played, host, port)


def _serve(scenario: Scenario, host: str, port: int) -> None:
    def ready(bound: int) -> None:
        click.echo(f"simulating on http://{host}:{bound}")
        for name in scenario.providers:
            click.echo(f"  http://{host}:{bound}/{name}/v1")
        sys.stdout.flush()

    async def main() -> None:
        """Serve until SIGINT or SIGTERM."""
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        serving = asyncio.ensure_future(serve(scenario, host, port, ready))
        stopping = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            serving.cancel()
            ended = await asyncio.gather(serving, stopping, return_exceptions=True)
        if isinstance(ended[0], OSError):
            raise click.ClickException(str(ended[0]))

    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(main())


def _loop_factory() -> type[asyncio.AbstractEventLoop] | None:
    """Uvloop's loop when it is installed: twice the requests of the standard one."""
    if find_spec("uvloop") is None:
        return None
    import uvloop  # noqa: PLC0415 (optional at run time)

    return uvloop.Loop
