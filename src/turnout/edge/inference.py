"""The inference routes: no framework, because it would cost as much as all the rest."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeAlias

import msgspec
from starlette.types import Receive, Scope, Send

from turnout.core.errors import Refusal, TurnoutError
from turnout.dialects.adapter import ClientDialect
from turnout.edge.connection import CYCLE, TASK, TO_CANCEL, HttpCall, HttpClient
from turnout.edge.errors import tell, tell_in_stream
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


def inference_route(gateway: Gateway, dialect: ClientDialect, limits: Limits) -> Route:
    """The route that serves one client dialect."""

    async def route(scope: Scope, _receive: Receive, _send: Send) -> None:
        cycle = scope[CYCLE]
        scope[TO_CANCEL] = scope[TASK]
        call = HttpCall(cycle, limits.body_bytes)
        origin = call.headers.get("origin")
        client = HttpClient(cycle, cors_headers(origin, limits.cors_origins) if origin else ())
        try:
            await run(gateway, dialect, call, client)
        except TurnoutError as error:
            await _tell(gateway, dialect, client, error)
        except asyncio.CancelledError:
            # The client has left, and this goes nowhere; or the gateway is ending, and it is told.
            ending = Refusal("server", "The gateway is ending.", status=503)
            await _tell(gateway, dialect, client, ending)
        except Exception:
            log.exception("request failed", extra={"generation": client.generation_id})
            await _tell(gateway, dialect, client, Refusal("server", "Internal error."))

    return route


def cors_headers(origin: str, allowed: Sequence[str]) -> tuple[tuple[bytes, bytes], ...]:
    """What a browser needs to see the answer; nothing for other callers and other origins."""
    if "*" not in allowed and origin not in allowed:
        return ()
    return (
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-expose-headers", b"x-generation-id, retry-after"),
        (b"vary", b"origin"),
    )


async def _tell(
    gateway: Gateway, dialect: ClientDialect, client: HttpClient, error: TurnoutError
) -> None:
    if client.streaming:
        now_s = gateway.clock.unix_ms() // 1000
        last = tell_in_stream(error, dialect, client.generation_id, now_s)
        await client.write(last, last=True)
    elif not client.started:
        told = tell(error, dialect, client.generation_id)
        await client.reply(told.status, told.body, told.headers)
