"""Loads OpenTelemetry when a collector is named, and only then."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Final, Protocol, cast

from turnout import __version__
from turnout.config.observing import Telemetry
from turnout.core.errors import TurnoutError
from turnout.core.types import Generation

log: Final = logging.getLogger(__name__)


class Tracing(Protocol):
    """Takes every record."""

    def add(self, generation: Generation) -> None:
        """Makes spans of a record."""
        ...

    def close(self) -> None:
        """Sends what waits; blocks for some seconds at most."""
        ...


def _open(telemetry: Telemetry) -> Tracing | None:
    """Spans for the collector that the settings name, None without one.

    Raises:
        TurnoutError: The packages are not installed.
    """
    url = telemetry.traces_url
    if url is None:
        return None
    try:
        spans = import_module("turnout.metrics.spans")  # 30 MB and 0.3 s: only here
    except ImportError as error:
        raise TurnoutError(
            "[telemetry] traces_url is set, and OpenTelemetry is not installed: "
            "pip install 'turnout[telemetry]'"
        ) from error
    make = cast("Callable[..., Tracing]", spans.Spans)
    headers = {name: value.reveal() for name, value in telemetry.headers.items()}
    return make(url, headers, telemetry, __version__)


class Listeners:
    """Whoever wants to hear of every record, in order; what `Ledger.open` is given."""

    def __init__(self, *listeners: Callable[[Generation], None]) -> None:
        self._listeners = list(listeners)

    def add(self, listener: Callable[[Generation], None]) -> None:
        """One more; it must neither block nor fail."""
        self._listeners.append(listener)

    def __call__(self, generation: Generation) -> None:
        """Tells them all."""
        for listener in self._listeners:
            listener(generation)


@asynccontextmanager
async def tracing(telemetry: Telemetry, listeners: Listeners) -> AsyncGenerator[None, None]:
    """Every record becomes spans while the block runs, when the settings name a collector.

    Raises:
        TurnoutError: The packages are not installed.
    """
    made = _open(telemetry)
    if made is None:
        yield
        return

    def add(generation: Generation) -> None:
        try:
            made.add(generation)
        except Exception:  # a span is not worth an answer
            log.exception("no span was made of a record")

    listeners.add(add)
    try:
        yield
    finally:
        await asyncio.to_thread(made.close)
