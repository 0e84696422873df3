"""Swaps configuration and catalog while requests run: each keeps the snapshot it began with."""

import asyncio
import logging
from typing import Final

from turnout.app.services import Services
from turnout.catalog.cache import load as load_catalog
from turnout.config.discovery import Discovered, discover
from turnout.config.environment import environment
from turnout.config.problems import ConfigError
from turnout.config.reload import reload
from turnout.config.settings import Settings
from turnout.config.snapshot import snapshot
from turnout.core.errors import UpstreamError

DISCOVERY_PERIOD_S: Final = 600.0

log: Final = logging.getLogger(__name__)


class Reloader:
    """Reads the configuration again when woken, and asks servers what they list now and then."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._wake = asyncio.Event()
        self._discovered: Discovered = {}

    def wake(self) -> None:
        """The configuration should be read again, soon."""
        self._wake.set()

    async def run(self) -> None:
        """Discovers at once, then reloads whenever woken; ends by cancellation."""
        await self._swap(self._services.settings)
        while True:
            try:
                async with asyncio.timeout(DISCOVERY_PERIOD_S):
                    await self._wake.wait()
            except TimeoutError:
                await self._swap(self._services.settings)
                continue
            self._wake.clear()
            await self._reload()

    async def _reload(self) -> None:
        """All or nothing: a refused file leaves everything as it is."""
        services = self._services
        try:
            reloaded = await asyncio.to_thread(reload, services.settings, environment())
        except ConfigError as error:
            log.error("reload refused, the running configuration stays", extra={"why": str(error)})  # noqa: TRY400 (the traceback says nothing more)
            return
        folder = reloaded.settings.data_dir / "cache"
        services.catalog = await asyncio.to_thread(load_catalog, folder)
        await self._swap(reloaded.settings, changed=True)
        log.info("reloaded", extra={"waiting_for_restart": list(reloaded.waiting)})

    async def _swap(self, settings: Settings, *, changed: bool = False) -> None:
        services = self._services
        found = await self._discover(settings)
        if not changed and found == self._discovered:
            return
        self._discovered = found
        services.settings = settings
        services.gateway.health.rules = settings.routing.balanced
        services.gateway.snapshot = snapshot(
            settings,
            services.catalog,
            version=services.gateway.snapshot.version + 1,
            local=services.local,
            discovered=found,
            signers=services.signers.of(settings),
        )

    async def _discover(self, settings: Settings) -> Discovered:
        """What the servers list; one that does not answer keeps what it listed before."""
        asked = {slug: s for slug, s in settings.switches.items() if s.discover}
        if not asked:
            return {}
        found: dict[str, tuple[str, ...]] = {}
        for slug, answer in (await discover(asked, self._services.gateway.pool)).items():
            if isinstance(answer, UpstreamError):
                log.warning("no models discovered", extra={"provider": slug, "why": answer.message})
                found[slug] = self._discovered.get(slug, ())
            else:
                found[slug] = answer
        return found
