"""Holds the elections of the exacto mode, keeps them in the store, and takes them up at a start."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

import msgspec

from turnout.core.clock import Clock
from turnout.core.rules import Exacto
from turnout.core.types import Endpoint
from turnout.metrics.election import Election
from turnout.metrics.elections import elect
from turnout.metrics.health import Health
from turnout.store.database import Database, StoreUnavailable

FACT: Final = "elections"
MOST_KEPT: Final = 200
"""Elections that are remembered; of a model, at least the last one."""
_OUTAGE_S: Final = 30.0
_LIST: Final = msgspec.json.Decoder(tuple[Election, ...])

log: Final = logging.getLogger(__name__)

Reachable = Callable[[str], tuple[Endpoint, ...]]
"""The endpoints of a model that can be reached now."""


async def stored_elections(database: Database) -> tuple[Election, ...]:
    """What the store remembers, oldest first; nothing when it cannot be read as elections."""
    text = await database.get_fact(FACT)
    if text is None:
        return ()
    try:
        return _LIST.decode(text)
    except msgspec.DecodeError as error:
        log.warning("stored elections are not readable", extra={"why": str(error)})
        return ()


def hold(health: Health, clock: Clock, reachable: Reachable, rules: Exacto) -> list[Election]:
    """One round over every model that was tried; returns the new elections, already in force."""
    view = health.view(clock.now_s(), _OUTAGE_S)
    held: list[Election] = []
    for model in health.models():
        seated = health.elected.get(model)
        found = elect(model, reachable(model), view, seated, rules)
        if found is not None:
            held.append(msgspec.structs.replace(found, at_ms=clock.unix_ms()))
    if held:
        health.seat(bounded((*health.elections, *held)))
    return held


def bounded(elections: tuple[Election, ...]) -> tuple[Election, ...]:
    """The newest ones, and of every model its last."""
    last = {election.model: election for election in elections}
    recent = elections[-MOST_KEPT:]
    older = tuple(e for e in last.values() if e not in recent)
    return (*older, *recent)


async def elect_forever(
    health: Health,
    database: Database,
    clock: Clock,
    reachable: Reachable,
    rules: Callable[[], Exacto],
) -> None:
    """Takes up what is stored, then holds a round each period; `rules` is asked each time."""
    try:
        health.seat(await stored_elections(database))
    except StoreUnavailable as error:
        log.warning("elections not read", extra={"why": str(error)})
    while True:
        held = hold(health, clock, reachable, rules())
        for election in held:
            log.info("elected", extra={"model": election.model, "endpoint": election.endpoint})
        if held:
            try:
                await database.set_fact(FACT, msgspec.json.encode(health.elections).decode())
            except StoreUnavailable as error:
                log.warning("elections not saved", extra={"why": str(error)})
        await asyncio.sleep(rules().period_s)
