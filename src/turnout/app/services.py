"""Opens what a gateway needs, in order, and closes it in the opposite one."""

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import msgspec

from turnout.app.telemetry import Listeners, tracing
from turnout.catalog.cache import load as load_catalog
from turnout.catalog.index import Catalog
from turnout.config.outbound import pool_for
from turnout.config.settings import Settings
from turnout.config.signers import Signers
from turnout.config.snapshot import LocalAddress, snapshot
from turnout.core.clock import SYSTEM_CLOCK
from turnout.documents.pdf import PdfReader
from turnout.edge.measured import Measured
from turnout.edge.scrape import Scraper
from turnout.flow.allowance import DAY_MS, Allowance
from turnout.flow.gateway import Gateway
from turnout.identity.keyring import Keyring
from turnout.identity.limits import Spending
from turnout.identity.operator import Operator
from turnout.ledger.contents import Contents
from turnout.ledger.estimate import Estimator
from turnout.ledger.ledger import Ledger, Options
from turnout.ledger.today import spent_on
from turnout.local.fetch import find_weights
from turnout.local.settings import LocalModel
from turnout.local.supervisor import Supervisor
from turnout.metrics.health import Health
from turnout.metrics.keeping import Keeper
from turnout.presets.store import Presets
from turnout.store.database import Database, StoreUnavailable
from turnout.upstream.media.fetch import Fetcher
from turnout.vault.vault import Vault

log: Final = logging.getLogger(__name__)


class Services(msgspec.Struct, kw_only=True):
    """A gateway and what it runs on.

    Attributes:
        settings: In force; replaced on reload.
        signers: Of the providers whose requests are signed; they outlive a reload.
        supervisor: Of the embedded model, None when that is off or not fetched.
        keeper: Of the live windows.
        measured: What the catalog shows of them.
        scraper: What Prometheus is shown.
    """

    settings: Settings
    catalog: Catalog
    gateway: Gateway
    signers: Signers
    supervisor: Supervisor | None
    keeper: Keeper
    measured: Measured
    scraper: Scraper

    @property
    def database(self) -> Database:
        """The store."""
        return self.gateway.ledger.database

    @property
    def local(self) -> LocalAddress | None:
        """Where the embedded model answers, None without one."""
        return local_address(self.supervisor)


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncGenerator[Services, None]:
    """Everything open, the embedded model not yet started.

    Raises:
        TurnoutError: The data folder is in use, cannot be used, or is of a newer program.
    """
    clock = SYSTEM_CLOCK
    database = Database.open(settings.data_dir, clock)
    try:
        spending = Spending()
        listeners = Listeners(spending.add)
        options = Options(fsync=settings.journal.fsync)
        ledger = Ledger.open(database, clock, on_settle=listeners, options=options)
        try:
            keyring = Keyring.open(database, clock, spending)
            catalog = load_catalog(settings.data_dir / "cache")
            supervisor = _supervisor(settings)
            signers = Signers()
            health = Health(clock.unix_ms() / 1000 - clock.now_s(), settings.routing.balanced)
            keeper = Keeper(health, database, clock)
            keeper.restore()
            local = local_address(supervisor)
            gateway = Gateway(
                snapshot=snapshot(settings, catalog, 1, local=local, signers=signers.of(settings)),
                clock=clock,
                pool=pool_for(settings),
                keyring=keyring,
                operator=Operator(database, clock, keyring),
                presets=Presets.open(database, clock),
                ledger=ledger,
                contents=Contents(database, on=settings.logging.content),
                health=health,
                estimator=Estimator(),
                vault=Vault(clock, settings.vault),
                fetcher=Fetcher(settings.media),
                pdf_reader=PdfReader(settings.documents),
                allowance=_allowance(database, clock.unix_ms() // DAY_MS),
            )
            listeners.add(gateway.allowance.settled)
            services = _services(settings, catalog, gateway, signers, supervisor, keeper)
            listeners.add(services.scraper.settled)
            try:
                async with tracing(settings.telemetry, listeners):
                    yield services
            finally:
                await _close(gateway, supervisor, keeper)
        finally:
            await ledger.close()
    finally:
        database.close()


def _allowance(database: Database, day: int) -> Allowance:
    """What hedges may cost, with the day so far."""
    today = spent_on(database, day)
    return Allowance(day, today.nusd, today.hedge_nusd, today.requests)


async def _close(gateway: Gateway, supervisor: Supervisor | None, keeper: Keeper) -> None:
    """Ends what a gateway reaches out with, then keeps what only memory has."""
    gateway.estimator.close()
    await gateway.fetcher.aclose()
    await gateway.pool.aclose()
    if supervisor is not None:
        await supervisor.stop()
    await _save(keeper, gateway.contents)


def _services(
    settings: Settings,
    catalog: Catalog,
    gateway: Gateway,
    signers: Signers,
    supervisor: Supervisor | None,
    keeper: Keeper,
) -> Services:
    measured = Measured(gateway)
    services = Services(
        settings=settings,
        catalog=catalog,
        gateway=gateway,
        signers=signers,
        supervisor=supervisor,
        keeper=keeper,
        measured=measured,
        scraper=Scraper(gateway, measured, lambda: services.settings.metrics),
    )
    return services


async def _save(keeper: Keeper, contents: Contents) -> None:
    try:
        await keeper.save()
        await contents.flush()
    except StoreUnavailable as error:
        log.warning("live windows not saved", extra={"why": str(error)})


def local_address(supervisor: Supervisor | None) -> LocalAddress | None:
    """The way to the embedded model; the same over all restarts of its process."""
    return None if supervisor is None else LocalAddress(supervisor.base_url, supervisor.api_key)


def _supervisor(settings: Settings) -> Supervisor | None:
    weights = model_file(settings)
    if weights is None:
        return None
    local = settings.local
    return Supervisor(
        LocalModel(
            weights=weights,
            parallel=local.parallel,
            context_tok=local.context_tok,
            threads=local.threads,
            embeddings=local.embeddings,
        )
    )


def model_file(settings: Settings) -> Path | None:
    """The embedded model's weights, None when it is off or not fetched."""
    if not settings.local.enabled:
        return None
    if settings.local.model_file is not None:
        return settings.local.model_file
    found = find_weights(settings.data_dir)
    return None if found is None else found.path
