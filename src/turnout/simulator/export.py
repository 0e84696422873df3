"""A section of turnout.toml that makes a gateway route to the simulated providers."""

from decimal import Decimal

from turnout.core.money import plain
from turnout.simulator.scenario import Price, Provider, Scenario


def gateway_config(scenario: Scenario, origin: str) -> str:
    """TOML for every provider of a scenario; `origin` is "http://host:port" without a slash."""
    sections = [_provider(name, row, origin) for name, row in scenario.providers.items()]
    return "\n".join(sections)


def _provider(name: str, provider: Provider, origin: str) -> str:
    lines = [
        f"[providers.{name}]",
        'kind = "openai-compatible"',
        f'base_url = "{origin}/{name}/v1"',
    ]
    if provider.keys:
        quoted = ", ".join(f'"{key}"' for key in provider.keys)
        lines.append(f"api_keys = [{quoted}]")
    for model in provider.models:
        lines += [
            "",
            f"[[providers.{name}.models]]",
            f'id = "{model.id if "/" in model.id else f"{name}/{model.id}"}"',
            f'upstream = "{model.id}"',
            f"context = {model.context_tok}",
            f"max_output = {model.max_output_tok}",
        ]
        if model.price is not None:
            lines.append(f"price = {{ {_price(model.price)} }}")
    return "\n".join(lines) + "\n"


def _price(price: Price) -> str:
    rows: list[tuple[str, Decimal | None]] = [
        ("prompt", price.prompt),
        ("completion", price.completion),
        ("cache_read", price.cache_read),
    ]
    return ", ".join(f'{name} = "{plain(value)}"' for name, value in rows if value is not None)
