"""The inference routes: plain ASGI, because a framework here would cost as much as all the rest."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
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
        cors_origin: Value of Access-Control-Allow-Origin, "" to send none.
    """

    body_bytes: int = 32 * 1024 * 1024
    cors_origin: str = "*"


def inference_route(gateway: Gateway, dialect: ClientDialect, limits: Limits) -> Route:
    """The route that serves one client dialect."""
    cors: tuple[tuple[bytes, bytes], ...] = ()
    if limits.cors_origin:
        cors = (
            (b"access-control-allow-origin", limits.cors_origin.encode()),
            (b"access-control-expose-headers", b"x-generation-id, retry-after"),
        )

    async def route(scope: Scope, receive: Receive, send: Send) -> None:
        client = AsgiClient(send, cors)
        scope[TASK] = asyncio.current_task()
        try:
            await run(gateway, dialect, AsgiCall(scope, receive, limits.body_bytes), client)
        except TurnoutError as error:
            await _tell(gateway, client, error)
        except asyncio.CancelledError:
            # The client has left: nobody is there to tell. A shutdown is no different.
            log.debug("request cancelled", extra={"generation": client.generation_id})
        except Exception:
            log.exception("request failed", extra={"generation": client.generation_id})
            await _tell(gateway, client, Refusal("server", "Internal error."))

    return route


async def _tell(gateway: Gateway, client: AsgiClient, error: TurnoutError) -> None:
    if client.streaming:
        now_s = gateway.clock.unix_ms() // 1000
        await client.write(tell_in_stream(error, client.generation_id, "", now_s), last=True)
    elif not client.started:
        told = tell(error)
        await client.reply(told.status, told.body, told.headers)
