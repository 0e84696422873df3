"""The inference routes: plain ASGI, because a framework here would cost as much as all the rest."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeAlias

import msgspec
from starlette.types import Receive, Scope, Send

from turnout.core.errors import Refusal, TurnoutError
from turnout.dialects.adapter import ClientDialect
from turnout.edge.asgi import AsgiCall, AsgiClient
from turnout.edge.errors import tell, tell_in_stream
from turnout.edge.protocol import TASK
from turnout.flow.gateway import Gateway
from turnout.flow.run import run

Route: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

log: Final = logging.getLogger(__name__)


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What the edge lets in, and what it tells browsers.

    Attributes:
        body_bytes: Largest request body.
        cors_origins: Web origins that browsers may call from; "*" means every one.
    """

    body_bytes: int = 32 * 1024 * 1024
    cors_origins: tuple[str, ...] = ()


class InFlight:
    """The inference requests being served: an end of the gateway waits for their records."""

    def __init__(self) -> None:
        self.tasks: set[asyncio.Task[None]] = set()

    async def drain(self, within_s: float) -> None:
        """Cancels what still runs and waits for it, for that long at most."""
        running = set(self.tasks)
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running, timeout=within_s)


def inference_route(
    gateway: Gateway, dialect: ClientDialect, limits: Limits, in_flight: InFlight
) -> Route:
    """The route that serves one client dialect."""

    async def route(scope: Scope, receive: Receive, send: Send) -> None:
        call = AsgiCall(scope, receive, limits.body_bytes)
        client = AsgiClient(send, cors_headers(call.headers.get("origin"), limits.cors_origins))
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 (the server runs every request in a task of its own)
        scope[TASK] = task
        in_flight.tasks.add(task)
        try:
            await run(gateway, dialect, call, client)
        except TurnoutError as error:
            await _tell(gateway, client, error)
        except asyncio.CancelledError:
            # The client has left, and this goes nowhere; or the gateway is ending, and it is told.
            await _tell(gateway, client, Refusal("server", "The gateway is ending.", status=503))
        except Exception:
            log.exception("request failed", extra={"generation": client.generation_id})
            await _tell(gateway, client, Refusal("server", "Internal error."))
        finally:
            in_flight.tasks.discard(task)

    return route


def cors_headers(origin: str | None, allowed: Sequence[str]) -> tuple[tuple[bytes, bytes], ...]:
    """What a browser needs to see the answer; nothing for other callers and other origins."""
    if origin is None or not ("*" in allowed or origin in allowed):
        return ()
    return (
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-expose-headers", b"x-generation-id, retry-after"),
        (b"vary", b"origin"),
    )


async def _tell(gateway: Gateway, client: AsgiClient, error: TurnoutError) -> None:
    if client.streaming:
        now_s = gateway.clock.unix_ms() // 1000
        await client.write(tell_in_stream(error, client.generation_id, "", now_s), last=True)
    elif not client.started:
        told = tell(error)
        await client.reply(told.status, told.body, told.headers)
