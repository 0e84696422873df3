"""How many tokens a prompt is, asked without an answer: by the endpoint that would serve it.

Costs nothing and leaves no record. Where that endpoint cannot count, or does not in time, the count
is the gateway's own estimate and says so.
"""

from typing import Final

import msgspec

from turnout.core.errors import Refusal, UpstreamError
from turnout.core.types import Endpoint
from turnout.dialects.adapter import ClientDialect, Inbound
from turnout.dialects.powers import CountsTokens
from turnout.dialects.provider import Side
from turnout.flow.account import prompt_of
from turnout.flow.attempt import auth_header
from turnout.flow.authenticate import authenticate
from turnout.flow.gateway import Connection, Gateway
from turnout.flow.generation import Call, Client
from turnout.flow.parse import parse
from turnout.flow.plan import plan_for
from turnout.upstream.credentials.signer import Unsigned

LONGEST_S: Final = 10.0
_LARGEST_ANSWER: Final = 64 * 1024


class TokenCount(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The answer.

    Attributes:
        estimated: The count is the gateway's, not the endpoint's.
    """

    input_tokens: int
    estimated: bool = False


async def count_tokens(
    gateway: Gateway, dialect: ClientDialect, call: Call, client: Client
) -> None:
    """Answers one question.

    Raises:
        Refusal: As `flow.run.run` does before any endpoint is asked.
    """
    await authenticate(gateway, call.headers)
    snapshot = gateway.snapshot
    inbound = await parse(dialect, call, snapshot, gateway.presets.known)
    health = gateway.health.view(gateway.clock.now_s(), snapshot.policy.outage_window_s)
    endpoint = plan_for(inbound, snapshot, health, 0).steps[0].endpoint
    connection = snapshot.connections[endpoint.provider]
    side = connection.provider.speaks(endpoint.upstream_model, dialect.dialect, endpoint.dialect)
    counted = await _asked(gateway, connection, side, inbound, endpoint)
    if counted is None:
        tokens = await gateway.estimator.count([prompt_of(inbound)])
        counted = TokenCount(input_tokens=tokens[0], estimated=True)
    await client.answer(msgspec.json.encode(counted))


async def _asked(
    gateway: Gateway, connection: Connection, side: Side, inbound: Inbound, endpoint: Endpoint
) -> TokenCount | None:
    """The endpoint's own count, None where it has none or fails to give it."""
    adapter = side.adapter
    if not isinstance(adapter, CountsTokens):
        return None
    try:
        request = adapter.count_request(inbound, endpoint)
    except Refusal:
        return None
    if request is None:
        return None
    url = side.address(connection.base_url) + request.path
    headers = [("content-type", "application/json"), *request.headers, *connection.headers]
    try:
        headers += await _authority(gateway, connection, url, tuple(headers), request.body)
        exchange = await gateway.pool.send(
            url, headers=headers, body=request.body, method=request.method, connect_s=LONGEST_S
        )
        try:
            await exchange.head(LONGEST_S)
            body = await exchange.read_all(_LARGEST_ANSWER, LONGEST_S)
        finally:
            exchange.abort()
        if exchange.status != 200:
            return None
        return TokenCount(input_tokens=adapter.decode_count(body))
    except (UpstreamError, TimeoutError):
        return None


async def _authority(
    gateway: Gateway,
    connection: Connection,
    url: str,
    headers: tuple[tuple[str, str], ...],
    body: bytes,
) -> list[tuple[str, str]]:
    if connection.signer is not None:
        unsigned = Unsigned(method="POST", url=url, headers=headers, body=body)
        return list(await connection.signer.sign(unsigned, LONGEST_S))
    keys = connection.keys
    if not keys:
        return []
    index = gateway.health.next_key(connection.provider.id, len(keys), gateway.clock.now_s())
    return [auth_header(connection.provider, keys[index or 0])]
