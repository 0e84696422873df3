"""What a person sees when the gateway is up: where it is, a key once, and a call that works."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from turnout.flow.gateway import Snapshot
from turnout.providers import PROVIDERS

EXAMPLE_MODEL: Final = "huggingfacetb/smollm2-135m-instruct"
_FAVOURITES: Final = (EXAMPLE_MODEL, "openai/gpt-4o-mini", "deepseek/deepseek-chat")


class First(msgspec.Struct, frozen=True, kw_only=True):
    """What a first start makes and shows this once; None on every later start."""

    key: str | None = None
    password: str | None = None


def greeting(url: str, snapshot: Snapshot, first: First, data_dir: Path) -> str:
    """The lines to print on standard output.

    Args:
        url: The gateway's origin, "http://127.0.0.1:8787".
        first: What was just made.
        data_dir: Where further keys are to be made.
    """
    providers = ", ".join(sorted(snapshot.connections)) or "none"
    lines = [
        f"Turnout is up at {url}",
        f"  {len(snapshot.routable.endpoints)} models at: {providers}",
    ]
    secret = first.key
    if first.password is not None:
        lines += ["", f"  Sign in at {url} with, shown this once:  {first.password}"]
    if secret is not None:
        lines += ["", f"  Your first key, shown this once:  {secret}"]
    else:
        command = f"{sys.argv[0]} keys create --name NAME --data-dir {data_dir}"
        lines += ["", f"  Another key:  {command}"]
    model = example_model(snapshot)
    if model is None:
        return "\n".join([*lines, "", _no_provider()])
    return "\n".join(
        [*lines, "", "  Try it:", "", *_curl(url, model, secret or "$TURNOUT_KEY"), ""]
    )


def example_model(snapshot: Snapshot) -> str | None:
    """A model that can be asked right now, None when no provider is on."""
    reachable: Sequence[str] = [m for m in _FAVOURITES if m in snapshot.routable.endpoints]
    return next(iter([*reachable, *snapshot.routable.endpoints]), None)


def _curl(url: str, model: str, secret: str) -> list[str]:
    body = f'{{"model": "{model}", "messages": [{{"role": "user", "content": "Say hello."}}]}}'
    quote = "'" if secret.startswith("sk-") else '"'  # a shell variable needs double quotes
    return [
        f"  curl {url}/api/v1/chat/completions \\",
        f"    -H {quote}Authorization: Bearer {secret}{quote} \\",
        "    -H 'Content-Type: application/json' \\",
        f"    -d '{body}'",
    ]


def _no_provider() -> str:
    names = [p.api_key_env[0] for p in PROVIDERS.values() if p.api_key_env]
    return (
        "  No provider is on yet. Set a key such as OPENAI_API_KEY, or run `turnout fetch-model` "
        f"for the embedded model. {len(names)} providers wait for their key: `turnout providers`."
    )
