"""The stage of streams that break off: providers of every kind that goes on with them.

The simulator's answer is a function of the prompt, so the uncut answer is known: the same request
is asked of an endpoint that does not break off.
"""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
from tests.answers import Heard
from tests.gateway import (
    Gateway,
    Simulator,
    Template,
    open_gateway,
    open_simulator,
)

MODEL: Final = "acme/one"
KINDS: Final = {
    "cut": "simulator",
    "again": "simulator",
    "spare": "simulator",
    "mistral": None,
    "vllm": None,
    "claude": "anthropic",
    "sonnet": "anthropic",
    "plain": "openai-compatible",
}
"""Each provider is there twice: as it speaks, and as it calls, thinks or bills."""

MANNERS: Final = {
    "": "tokens = 40",
    "caller": "tool_calls = 3",
    "thinker": "tokens = 40, reasoning_tokens = 10",
}


def scenario() -> str:
    """All providers, each with one model for each manner."""
    rows: list[str] = []
    for name in KINDS:
        repeats = ', prefill = "repeats"' if name == "mistral" else ""
        rows += [f"[providers.{name}]", "record = 50"]
        for manner, how in MANNERS.items():
            rows += [
                f'[[providers.{name}.models]]\nid = "one{manner}"',
                f"answer = {{ {how}{repeats} }}",
            ]
    return "\n".join(rows)


def config(simulator: Simulator) -> str:
    """Every provider serves the same models; the second of a pair is ten times as dear."""
    rows = ["[timeouts]\nidle_s = 0.4"]
    for name, kind in KINDS.items():
        rows += [
            f'[providers.{name}]\nbase_url = "{simulator.url}/{name}/v1"\napi_key = "env:KEY"',
            *([f'kind = "{kind}"'] if kind else []),
        ]
        price = '"10", completion = "20"' if name == "spare" else '"1", completion = "2"'
        for manner in MANNERS:
            rows += [
                f'[[providers.{name}.models]]\nid = "{MODEL}{manner}"\ncontext = 128000',
                f"price = {{ prompt = {price} }}",
            ]
    return "\n".join(rows)


class Stage(msgspec.Struct, frozen=True):
    """A gateway and the providers it routes to."""

    gateway: Gateway
    simulator: Simulator

    def ask(
        self, *order: str, content: str = "hello", on: bool | None = True, **fields: Any
    ) -> Heard:
        """A chat stream from the first provider, and from the others if it breaks off."""
        provider = routed(order, on=on)
        model = fields.pop("model", MODEL)
        return self.gateway.chat(model, content, stream=True, provider=provider, **fields)

    def both(self, *order: str, content: str = "hello", **fields: Any) -> tuple[Heard, Heard]:
        """The same request uncut by the last provider, and cut by the first."""
        uncut = self.ask(order[-1], content=content, **fields)
        return uncut, self.ask(*order, content=content, **fields)


def routed(order: Sequence[str], *, on: bool | None = True) -> dict[str, Any]:
    """Preferences that fix who is asked, in which order."""
    fixed: dict[str, Any] = {"order": order, "only": order}
    return fixed if on is None else fixed | {"continuation": on}


@contextmanager
def open_stage(template: Template, folder: Path) -> Generator[Stage]:
    """The stage while the block runs."""
    with (
        open_simulator(folder, scenario()) as simulator,
        open_gateway(template, folder, config(simulator), KEY="secret") as gateway,
    ):
        yield Stage(gateway, simulator)


def fault(name: str, *providers: str, text: str = "hello") -> str:
    """A prompt that makes these providers break off."""
    return " ".join([text, *(f"[[fault:{provider}/{name}]]" for provider in providers)])
