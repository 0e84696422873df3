"""Asks a search engine over the gateway's own pool, within a deadline."""

import asyncio
from typing import Final

from turnout.core.conversation import WebSearch
from turnout.core.errors import UpstreamError
from turnout.upstream.pool import Pool
from turnout.upstream.search.engines import Found, SearchEngine, ask, results

_LARGEST_B: Final = 4 * 1024 * 1024


class SearchError(Exception):
    """The engine did not answer; `message` names neither its address nor its key."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


async def search(
    pool: Pool, engine: SearchEngine, query: str, wish: WebSearch, within_s: float
) -> tuple[Found, ...]:
    """What the engine finds, best first.

    Args:
        within_s: Bound beside the engine's own.

    Raises:
        SearchError: It refused, failed or was late.
    """
    limit_s = min(within_s, engine.timeout_s)
    try:
        async with asyncio.timeout(limit_s):
            body = await _body(pool, engine, query, wish, limit_s)
        return results(engine, wish, body)
    except TimeoutError as error:
        raise SearchError(f"The search engine {engine.name} took too long.") from error
    except UpstreamError as error:
        raise SearchError(f"The search engine {engine.name} cannot be reached.") from error
    except ValueError as error:
        raise SearchError(f"The search engine {engine.name} gave no answer of its kind.") from error


async def _body(
    pool: Pool, engine: SearchEngine, query: str, wish: WebSearch, limit_s: float
) -> bytes:
    question = ask(engine, query, wish)
    exchange = await pool.send(
        question.url,
        headers=question.headers,
        body=question.body,
        method=question.method,
        connect_s=limit_s,
    )
    try:
        await exchange.head(limit_s)
        if exchange.status != 200:
            raise SearchError(f"The search engine {engine.name} answered {exchange.status}.")
        parts: list[bytes] = []
        size_b = 0
        while data := await exchange.read(limit_s):
            parts.append(data)
            size_b += len(data)
            if size_b > _LARGEST_B:
                raise SearchError(f"The search engine {engine.name} said too much.")
        return b"".join(parts)
    finally:
        exchange.abort()
