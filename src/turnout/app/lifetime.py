"""Start, serve, end: one TaskGroup owns everything that runs."""

import asyncio
import gc
import signal
import socket
from typing import Final

import click
import msgspec
import uvloop

from turnout.app.greeting import EXAMPLE_MODEL, First, example_model, greeting
from turnout.app.logs import start_logging
from turnout.app.probing import prober
from turnout.app.reload import Reloader
from turnout.app.server import Server, listen, make_server
from turnout.app.services import Services, open_services
from turnout.config.settings import Settings
from turnout.core.errors import TurnoutError
from turnout.edge.ask import Views
from turnout.edge.inference import Limits
from turnout.edge.listers import Listers
from turnout.edge.site import build_site
from turnout.identity.keys import NewKey
from turnout.jobs.elect import elect_forever
from turnout.jobs.keep import keep_forever
from turnout.jobs.prune import prune_forever

FIRST_KEY: Final = "first key"
DEMO_FACT: Final = "demo"
"""Set in a data folder whose history is made up."""
RECORDS_S: Final = 1.0
"""How long cancelled requests have to write their records."""
LOCAL_START_S: Final = 20.0
"""How long the greeting waits for the embedded model, so that the printed call works at once."""


def serve(settings: Settings) -> int:
    """Runs a gateway until it is interrupted; returns the exit code."""
    start_logging(settings.logging.level, settings.logging.format)
    try:
        listening = listen(settings.server.host, settings.server.port)
    except OSError as error:
        where = f"{settings.server.host}:{settings.server.port}"
        click.echo(f"Error: cannot listen on {where}: {error.strerror}", err=True)
        return 1
    try:
        uvloop.run(_live(settings, listening))
    except TurnoutError as error:
        click.echo(f"Error: {error}", err=True)
        return 1
    finally:
        listening.close()
    return 0


async def _live(settings: Settings, listening: socket.socket) -> None:
    async with open_services(settings) as services:
        limits = Limits(
            body_bytes=settings.server.body_limit_bytes,
            cors_origins=settings.server.cors_origins,
        )
        views = Views(
            listers=Listers(services.measured),
            scraper=services.scraper,
            measured=services.measured,
            settings=lambda: services.settings,
            demo=await services.database.get_fact(DEMO_FACT) is not None,
        )
        site = build_site(services.gateway, limits, views)
        password = settings.operator.password
        if password is not None:
            await services.gateway.operator.configure(password.reveal())
        server = make_server(site, settings.server.slow_request_s)
        reloader = Reloader(services)
        _take_signals(server, reloader, services)
        try:
            await _run_all(services, server, reloader, listening)
        finally:
            await server.drain(RECORDS_S)


async def _run_all(
    services: Services, server: Server, reloader: Reloader, listening: socket.socket
) -> None:
    """Serves until told to stop; then everything else is cancelled and awaited."""
    gateway, supervisor = services.gateway, services.supervisor
    async with asyncio.TaskGroup() as tasks:
        beside = [
            tasks.create_task(gateway.keyring.watch()),
            tasks.create_task(
                prune_forever(
                    gateway.ledger,
                    gateway.contents,
                    gateway.clock,
                    lambda: services.settings.retention,
                )
            ),
            tasks.create_task(reloader.run()),
            tasks.create_task(
                elect_forever(
                    gateway.health,
                    services.database,
                    gateway.clock,
                    lambda model: services.gateway.snapshot.routable.endpoints_for(model),  # noqa: PLW0108 (the snapshot is another after a reload)
                    lambda: gateway.snapshot.policy.exacto,
                )
            ),
            tasks.create_task(keep_forever(services.keeper)),
            tasks.create_task(gateway.contents.flush_forever()),
            tasks.create_task(services.measured.total_forever()),
            tasks.create_task(prober(services).run()),
        ]
        if supervisor is not None:
            beside.append(tasks.create_task(supervisor.run()))
        serving = tasks.create_task(server.serve(sockets=[listening]))
        beside.append(tasks.create_task(_greet(services, server, listening)))
        try:
            await serving
        finally:
            for task in beside:
                task.cancel()


async def _greet(services: Services, server: Server, listening: socket.socket) -> None:
    """Prints how to use the gateway, and on the first start its first key."""
    await server.up.wait()
    _settle_memory()
    keyring, snapshot = services.gateway.keyring, services.gateway.snapshot
    first = First(password=await services.gateway.operator.first_password())
    if not await keyring.page(include_disabled=True, include_expired=True):
        secret, _ = await keyring.create(NewKey(name=FIRST_KEY))
        first = msgspec.structs.replace(first, key=secret)
    model = example_model(snapshot)
    if services.supervisor is not None and model == EXAMPLE_MODEL:
        await services.supervisor.wait_until_up(LOCAL_START_S)
    settings = services.settings
    url = _origin(settings.server.host, listening)
    click.echo(greeting(url, snapshot, first, settings.data_dir))


def _settle_memory() -> None:
    """Takes what start-up made (catalog, types, code) out of the collector's sight.

    A full collection would walk some hundred thousand objects that live until the end, between two
    tokens of somebody's stream. What requests make is freed by reference counts; the collector
    only looks for cycles, and need not look often.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)


def _origin(host: str, listening: socket.socket) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{listening.getsockname()[1]}"


def _take_signals(server: Server, reloader: Reloader, services: Services) -> None:
    """Ctrl-C ends it, a second one at once; SIGHUP reads the configuration again."""
    loop = asyncio.get_running_loop()

    def end() -> None:
        services.gateway.estimator.close()  # from here on a rough count will do
        server.force_exit = server.should_exit
        server.should_exit = True

    loop.add_signal_handler(signal.SIGINT, end)
    loop.add_signal_handler(signal.SIGTERM, end)
    loop.add_signal_handler(signal.SIGHUP, reloader.wake)
