"""A slow stream of real requests to the demo's own gateway, so that live numbers stay live."""

import asyncio
from collections.abc import Mapping
from random import Random
from typing import Final, Literal

import msgspec

from turnout.core.errors import UpstreamError
from turnout.demo.cast import Caller, Cast, Part
from turnout.upstream.pool import Pool

RATE_RPS: Final = 1.0
MOST_AT_ONCE: Final = 16
"""More than these are left out, not queued."""
_DEADLINE_S: Final = 120.0
_CONNECT_S: Final = 5.0
_MOST_BYTES: Final = 4 * 1024 * 1024
_WORD: Final = "simulated "
_PROMPT_TOK: Final = 900
_STREAMED: Final = 0.8

_TOOL: Final = {
    "type": "function",
    "function": {
        "name": "lookup",
        "parameters": {
            "type": "object",
            "properties": {"q": {"type": "string"}},
            "required": ["q"],
        },
    },
}


class _Message(msgspec.Struct, frozen=True):
    role: Literal["user"]
    content: str


class _Asking(msgspec.Struct, frozen=True, omit_defaults=True):
    model: str
    messages: tuple[_Message, ...]
    stream: bool
    max_tokens: int
    tools: tuple[object, ...] = ()


class Trickle:
    """Sends requests as the cast's callers would, one a second on average.

    Args:
        origin: The gateway's, without a slash.
        secrets: The callers' keys by name.
        seed: Of every draw.
    """

    def __init__(self, cast: Cast, origin: str, secrets: Mapping[str, str], seed: int) -> None:
        self._cast = cast
        self._url = f"{origin}/api/v1/chat/completions"
        self._secrets = secrets
        self._chance = Random(seed)  # noqa: S311 (made-up traffic, no secret)
        self._running = 0
        self.sent = 0

    async def run(self) -> None:
        """Until cancelled; what fails is left to the gateway's records."""
        pool = Pool(max_idle_per_origin=MOST_AT_ONCE, user_agent="turnout-demo")
        try:
            async with asyncio.TaskGroup() as tasks:
                while True:
                    await asyncio.sleep(self._chance.expovariate(RATE_RPS))
                    if self._running < MOST_AT_ONCE:
                        tasks.create_task(self._ask(pool))
        finally:
            await pool.aclose()

    async def _ask(self, pool: Pool) -> None:
        chance, parts = self._chance, self._cast.parts
        part = chance.choices(parts, [part.share for part in parts])[0]
        caller = chance.choices(self._cast.script.callers, part.callers)[0]
        self._running += 1
        self.sent += 1
        try:
            async with asyncio.timeout(_DEADLINE_S):
                exchange = await pool.send(
                    self._url,
                    headers=self._headers(caller),
                    body=self._body(part, caller),
                    connect_s=_CONNECT_S,
                )
                try:
                    await exchange.head(_DEADLINE_S)
                    await exchange.read_all(_MOST_BYTES, _DEADLINE_S)
                finally:
                    exchange.abort()
        except (UpstreamError, TimeoutError):
            pass  # a gateway that ends, or an answer that is too slow: the next one goes on
        finally:
            self._running -= 1

    def _headers(self, caller: Caller) -> tuple[tuple[str, str], ...]:
        headers = [
            ("authorization", f"Bearer {self._secrets[caller.key]}"),
            ("content-type", "application/json"),
        ]
        if caller.url is not None and caller.title is not None:
            headers += [("http-referer", caller.url), ("x-title", caller.title)]
        return tuple(headers)

    def _body(self, part: Part, caller: Caller) -> bytes:
        chance = self._chance
        words = round(min(part.role.prompt_tok, _PROMPT_TOK) * (0.4 + 1.2 * chance.random()))
        asking = _Asking(
            model=part.slug,
            messages=(
                _Message("user", f"{chance.getrandbits(40):x} " + _WORD * max(1, words // 3)),
            ),
            stream=chance.random() < _STREAMED,
            max_tokens=max(16, round(part.role.completion_tok * (0.3 + chance.random()))),
            tools=(_TOOL,) if chance.random() < caller.tools else (),
        )
        return msgspec.json.encode(asking)
