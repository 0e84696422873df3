"""Asking a provider's /models what it serves."""

import asyncio
from collections.abc import Mapping
from typing import Final, TypeAlias

from turnout.config.settings import Switch
from turnout.core.errors import FailureKind, UpstreamError
from turnout.dialects.adapter import ListsModels
from turnout.flow.attempt import auth_header
from turnout.upstream.pool import Pool

DISCOVERY_S: Final = 5.0
_LIST_BYTES: Final = 4 * 1024 * 1024

Discovered: TypeAlias = Mapping[str, tuple[str, ...]]
"""Provider slug to what the provider calls its models."""


async def discover(
    switches: Mapping[str, Switch], pool: Pool, within_s: float = DISCOVERY_S
) -> Mapping[str, tuple[str, ...] | UpstreamError]:
    """What each of these providers lists, or how asking it failed; all are asked at once.

    Args:
        switches: Only those that are on are asked.
        pool: Dials as all requests do, proxies included.
        within_s: For each provider, from dialling to the end of its list.
    """
    asked = [switch for switch in switches.values() if switch.on and switch.base_url is not None]
    answers = await asyncio.gather(*(_ask(switch, pool, within_s) for switch in asked))
    return {switch.provider.id: answer for switch, answer in zip(asked, answers, strict=True)}


async def _ask(switch: Switch, pool: Pool, within_s: float) -> tuple[str, ...] | UpstreamError:
    try:
        async with asyncio.timeout(within_s):
            return await models_of(switch, pool, within_s)
    except UpstreamError as error:
        return error
    except TimeoutError:
        return UpstreamError(FailureKind.TOTAL_TIMEOUT, f"no list of models within {within_s:g} s")


async def models_of(switch: Switch, pool: Pool, within_s: float) -> tuple[str, ...]:
    """What one provider lists.

    Raises:
        UpstreamError: It does not list models, cannot be reached, or refuses.
        TimeoutError: It did not answer within that time.
    """
    adapter = switch.provider.adapter
    if not isinstance(adapter, ListsModels) or not adapter.models_path:
        raise UpstreamError(FailureKind.MODEL_NOT_FOUND, "it does not list its models")
    headers = [(name, value.reveal()) for name, value in switch.headers]
    if switch.keys:
        headers.append(auth_header(switch.provider, switch.keys[0].reveal()))
    exchange = await pool.send(
        f"{switch.base_url}{adapter.models_path}",
        headers=tuple(headers),
        body=b"",
        method="GET",
        connect_s=within_s,
    )
    try:
        await exchange.head(within_s)
        body = await exchange.read_all(_LIST_BYTES, within_s)
        if exchange.status != 200:
            raise adapter.decode_error(exchange.status, exchange.headers, body)
        return adapter.decode_models(body)
    finally:
        exchange.abort()
