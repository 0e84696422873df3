"""What `[routing]` may say of the measured mode and of pins."""

from pathlib import Path

import pytest

from turnout.config.load import load
from turnout.config.problems import ConfigError


def said(tmp_path: Path, text: str) -> Path:
    """A configuration."""
    file = tmp_path / "turnout.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_routing_constants_and_pins_are_read(tmp_path: Path) -> None:
    """Each block by itself, the rest by default."""
    file = said(
        tmp_path,
        "[routing.balanced]\nsharpness = 5\nenabled = false\n"
        '[routing.exacto.pins]\n"acme/one" = "alpha"\n',
    )
    routing = load(file, {}).routing
    assert (routing.balanced.sharpness, routing.balanced.enabled) == (5.0, False)
    assert routing.balanced.good_trials == 3
    assert routing.exacto.pins == {"acme/one": "alpha"}
    file = said(
        tmp_path, '[routing.auto]\nallowed = ["anthropic/*"]\n[routing.sticky]\nenabled = false'
    )
    routing = load(file, {}).routing
    assert (routing.auto.allowed, routing.auto.cost_quality_tradeoff) == (("anthropic/*",), 7)
    assert not routing.sticky.enabled


@pytest.mark.parametrize(
    ("text", "field", "word"),
    [
        ("[routing.balanced]\nsharpnes = 5", "routing.balanced.sharpnes", "sharpness"),
        ("[routing.balanced]\nexplore_share = 2", "routing.balanced.explore_share", "1"),
        ("[routing.balanced]\nramp_s = 0", "routing.balanced.ramp_s", "0"),
        ('[routing.exacto.pins]\none = "alpha"', "routing.exacto.pins.one", "author/slug"),
        ("[routing.auto]\ncost_quality_tradeoff = 11", "routing.auto.cost_quality_tradeoff", "10"),
        ("[routing.sticky]\nidle_s = 0", "routing.sticky.idle_s", "0"),
        ("[routing.hedging]\nenabled = 3", "routing.hedging.enabled", "true"),
    ],
)
def test_routing_settings_that_make_no_sense_are_refused(
    tmp_path: Path, text: str, field: str, word: str
) -> None:
    """By name, with what is allowed."""
    with pytest.raises(ConfigError) as caught:
        load(said(tmp_path, text), {})
    [problem] = caught.value.problems
    assert problem.field == field
    assert word in problem.message
