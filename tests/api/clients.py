"""The official SDKs, unmodified, pointed at a gateway; and where the tests point them."""

from collections.abc import Generator
from contextlib import contextmanager

import msgspec
from anthropic import Anthropic
from openai import OpenAI
from openrouter import OpenRouter
from openrouter.utils import BackoffStrategy, RetryConfig
from tests.gateway import Gateway

PATIENCE_S = 60.0
"""The embedded model shares two cores with everything else."""

NEVER_AGAIN = RetryConfig("none", BackoffStrategy(1, 1, 1.0, 1), retry_connection_errors=False)
"""An error is to be seen, not to be tried again for an hour."""


class Stage(msgspec.Struct, frozen=True):
    """A gateway, and a model it serves."""

    gateway: Gateway
    model: str
    provider: str  # its display name


@contextmanager
def openai_sdk(gateway: Gateway, *, key: str | None = None) -> Generator[OpenAI]:
    """OpenAI's client as its users make it."""
    base_url = f"{gateway.url}/v1"
    with OpenAI(
        api_key=key or gateway.key, base_url=base_url, timeout=PATIENCE_S, max_retries=0
    ) as client:
        yield client


@contextmanager
def anthropic_sdk(gateway: Gateway, *, key: str | None = None) -> Generator[Anthropic]:
    """Anthropic's client as its users make it: it adds /v1 to the address by itself."""
    with Anthropic(
        api_key=key or gateway.key,
        base_url=f"{gateway.url}/api",
        timeout=PATIENCE_S,
        max_retries=0,
    ) as client:
        yield client


@contextmanager
def openrouter_sdk(
    gateway: Gateway,
    *,
    key: str | None = None,
    title: str | None = None,
    referer: str | None = None,
) -> Generator[OpenRouter]:
    """OpenRouter's client as its users make it, but for the address and the retries."""
    with OpenRouter(
        api_key=key or gateway.key,
        server_url=gateway.base_url,
        http_referer=referer,
        x_open_router_title=title,
        retry_config=NEVER_AGAIN,
        timeout_ms=int(PATIENCE_S * 1000),
    ) as client:
        yield client
