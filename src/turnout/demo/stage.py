"""What a demo's simulator plays, and the turnout.toml whose providers all live there."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from turnout.catalog.index import Catalog
from turnout.demo.cast import Cast, Character
from turnout.demo.records import SPREAD
from turnout.dialects.provider import Provider

KEY_VARIABLE: Final = "SIMULATED_KEY"
"""What every provider's key is read from; its value is nobody's."""
_LOCAL: Final = "local"
_THOUGHT: Final = (
    "This thinking is simulated as well. The caller asks; a simulator answers with words that were "
    "fixed before, at the pace of the provider that it plays."
)
_PREFIXES: Final = {"OpenAIChat": "/v1", "AnthropicMessages": "/v1", "Gemini": "/v1beta"}
"""By adapter, what of a provider's address belongs to the simulator's routes; else nothing."""

_TEXT: Final = """\
**This answer is simulated.** It comes from a simulator that plays {name} on this machine; no \
model was asked, and nothing was sent anywhere.

What is real here:

- the **catalog**: models, providers, limits and list prices
- the **gateway**: this request was planned, sent, measured, charged and recorded as any other
- its **faults**: providers fail now and then, and a request that fails moves on to the next

```python
from openai import OpenAI

client = OpenAI(base_url="http://127.0.0.1:8787/api/v1", api_key="…")
```

Start `turnout serve` with a provider's key, and these words become a model's."""


def scenario(cast: Cast, catalog: Catalog, names: dict[str, str]) -> str:
    """TOML for `turnout simulate`: one provider for each character, under its own slug.

    Args:
        cast: Who plays.
        catalog: Which of their models think.
        names: Providers' display names by slug.
    """
    sections = ["# Made by `turnout demo`, and made anew at its next start.", "seed = 30", ""]
    for slug, character in cast.script.providers.items():
        if slug != _LOCAL:
            sections += _provider(slug, character, names[slug], _thinkers(cast, catalog, slug))
    return "\n".join(sections)


def configuration(slugs: Iterable[str], providers: dict[str, Provider], origin: str) -> str:
    """turnout.toml of the gateway; `origin` is the simulator's, without a slash."""
    lines = [
        "# Made by `turnout demo`, and made anew at its next start. Every provider is simulated.",
        "",
        "[probes]",
        "enabled = false",
    ]
    for slug in slugs:
        if slug != _LOCAL:
            prefix = _PREFIXES.get(type(providers[slug].adapter).__name__, "")
            lines += [
                "",
                f"[providers.{slug}]",
                f'base_url = "{origin}/{slug}{prefix}"',
                f'api_key = "env:{KEY_VARIABLE}"',
            ]
    return "\n".join(lines) + "\n"


def with_weights(configuration_text: str, weights: Path | None) -> str:
    """The configuration with the embedded model's file in it, where there is one."""
    return (
        configuration_text
        if weights is None
        else (f'{configuration_text}\n[local]\nmodel_file = "{weights.absolute().as_posix()}"\n')
    )


def _thinkers(cast: Cast, catalog: Catalog, provider: str) -> list[str]:
    """What a provider calls those of its models that think."""
    return sorted(
        {
            line.endpoint.upstream_model
            for part in cast.parts
            for line in part.lines
            if line.endpoint.provider == provider and catalog.models[part.slug].reasons
        }
    )


def _provider(slug: str, of: Character, name: str, thinkers: list[str]) -> list[str]:
    text = _TEXT.format(name=name).replace('"', '\\"').replace("\n", "\\n")
    rate = f"median = {of.speed_tps:g}, sigma = {SPREAD / 2}"
    pace = (
        f'ttft_ms = {{ kind = "lognormal", median = {of.ttft_ms:g}, sigma = {SPREAD} }}',
        f'token_rate_tps = {{ kind = "lognormal", {rate} }}',
    )
    lines = [
        f"[providers.{slug}]",
        "open = true",
        f"pace = {{ {', '.join(pace)} }}",
        f'answer = {{ text = "{text}", cached_tokens = {round(600 * of.cache)}, tool_calls = 1 }}',
        "faults = [",
        f'  {{ kind = "status", status = 429, retry_after_s = 1, probability = {of.limited:g} }},',
        f'  {{ kind = "status", status = 503, probability = {of.faults / 2:g} }},',
        f'  {{ kind = "status", status = 500, probability = {of.faults / 4:g} }},',
        f'  {{ kind = "cut-mid-frame", after_tokens = 0, probability = {of.faults / 4:g} }},',
        "]",
        "",
    ]
    for model in thinkers:
        lines += [
            f"[[providers.{slug}.models]]",
            f'id = "{model}"',
            f'answer = {{ text = "{text}", reasoning_text = "{_THOUGHT}", tool_calls = 1 }}',
            "",
        ]
    return lines
