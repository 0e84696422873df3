"""Scenarios: what a TOML may say, and how a mistake is told."""

from decimal import Decimal
from pathlib import Path

import pytest

from turnout.config.load import load as load_settings
from turnout.simulator import ScenarioError, parse
from turnout.simulator.export import gateway_config
from turnout.simulator.scenario import Lognormal, Uniform

FULL = """
seed = 3

[providers.alpha]
keys = ["sk-one"]
pace = { ttft_ms = { kind = "lognormal", median = 300, sigma = 0.4 }, token_rate_tps = 80 }
answer = { tokens = 40, cached_tokens = 8 }

[[providers.alpha.models]]
id = "small"
price = { prompt = "0.15", completion = 0.6 }

[[providers.alpha.faults]]
kind = "status"
status = 429
retry_after_s = 2
every = 10

[providers.beta]
port = 0
pace.ttft_ms = { kind = "uniform", low = 1, high = 2 }
"""


def test_scenario_holds_what_the_file_says() -> None:
    """Constants, distributions, prices and scripts arrive typed."""
    scenario = parse(FULL)
    alpha, beta = scenario.providers["alpha"], scenario.providers["beta"]
    assert scenario.seed == 3
    assert alpha.pace.ttft_ms == Lognormal(median=300, sigma=0.4)
    assert alpha.pace.token_rate_tps == 80
    assert beta.pace.ttft_ms == Uniform(low=1, high=2)
    price = alpha.models[0].price
    assert price is not None
    assert (price.prompt, price.completion) == (Decimal("0.15"), Decimal("0.6"))
    assert alpha.faults[0].every == 10


MISTAKES = [
    ("[providers.a]\nrecrod = 3", "providers.a.recrod", 2, ["unknown field", "record", "pace"]),
    (
        "[providers.a]\n[providers.a.answer]\ntokens = 'many'",
        "providers.a.answer.tokens",
        3,
        ["int"],
    ),
    (
        "[[providers.a.faults]]\nkind = 'bang'",
        "providers.a.faults[0].kind",
        2,
        ["bang", "stall-head"],
    ),
    (
        "[[providers.a.faults]]\nkind='bom'\n[[providers.a.faults]]\nkind='status'\nstatus = 99",
        "providers.a.faults[1].status",
        5,
        ["200"],
    ),
    (
        "[[providers.a.faults]]\nkind='bom'\nprobability = 1.5",
        "providers.a.faults[0].probability",
        3,
        ["<= 1"],
    ),
    (
        "[providers.a.pace]\nttft_ms = { kind = 'gauss', low = 1 }",
        "providers.a.pace.ttft_ms.kind",
        2,
        ["gauss", "uniform", "lognormal"],
    ),
    (
        "[providers.a.pace]\nttft_ms = { kind = 'uniform', low = 3, high = 1 }",
        "providers.a.pace.ttft_ms",
        2,
        ["above"],
    ),
    (
        "[[providers.a.models]]\nid = 'x'\n[[providers.a.models]]\nid = 'x'",
        "providers.a.models[1].id",
        4,
        ["twice"],
    ),
    (
        "[[providers.a.models]]\nid = 'x'\nprice = { prompt = -1, completion = 1 }",
        "providers.a.models[0].price.prompt",
        3,
        ["0 or more"],
    ),
    ("[providers.a.answer]\nusage = 'maybe'", "providers.a.answer.usage", 2, ["asked", "never"]),
    ("sed = 1\n[providers.a]\n", "sed", 1, ["seed", "providers"]),
    ("seed = 1", "providers", None, ["at least one"]),
    ("[providers.'a b']", "providers.a b", None, ["URL path segment"]),
    ("seed = = 1", "", None, ["not TOML", "line 1"]),
]


@pytest.mark.parametrize(("text", "field", "line", "words"), MISTAKES)
def test_mistake_names_line_field_and_what_is_allowed(
    text: str, field: str, line: int | None, words: list[str]
) -> None:
    """Each error says where it is and what would be right."""
    with pytest.raises(ScenarioError) as caught:
        parse(text)
    assert (caught.value.field, caught.value.line) == (field, line)
    for word in words:
        assert word in str(caught.value)


def test_export_is_a_configuration_the_gateway_takes(tmp_path: Path) -> None:
    """Every provider is on, at its address, with its keys, models and prices."""
    path = tmp_path / "turnout.toml"
    path.write_text(gateway_config(parse(FULL), "http://127.0.0.1:8790"))
    switches = load_settings(path, {}).switches
    alpha, beta = switches["alpha"], switches["beta"]
    assert alpha.base_url == "http://127.0.0.1:8790/alpha/v1"
    assert (alpha.on, beta.on, len(alpha.keys)) == (True, True, 1)
    model = alpha.models[0]
    assert (model.id, model.upstream) == ("alpha/small", "small")
    assert model.price is not None
    assert (model.price.prompt, model.price.completion) == (Decimal("0.15"), Decimal("0.6"))
