"""The reference of settings is complete and fresh."""

import tomllib
from pathlib import Path

import msgspec
import pytest

from turnout.config.load import load
from turnout.config.reference import attributes, render
from turnout.config.settings import (
    JournalSettings,
    Local,
    Logging,
    Models,
    ModelSettings,
    Prices,
    ProviderSettings,
    Proxies,
    Retention,
    Sections,
    Server,
)
from turnout.flow.gateway import Policy, Timeouts

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "settings.md"

STRUCTS: tuple[type[msgspec.Struct], ...] = (
    Sections,
    Server,
    Logging,
    Local,
    Models,
    Proxies,
    Retention,
    JournalSettings,
    Prices,
    ModelSettings,
    ProviderSettings,
    Policy,
    Timeouts,
)


def test_reference_is_fresh() -> None:
    """The page in docs/ is what the Structs say now; `make gen` writes it."""
    assert PAGE.read_text(encoding="utf-8") == render()


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda struct: struct.__name__)
def test_every_setting_is_documented(struct: type[msgspec.Struct]) -> None:
    """Each field has its line in the docstring, and no line is of a field that is gone."""
    fields = {field.encode_name for field in msgspec.structs.fields(struct)}
    assert set(attributes(struct)) == fields


def test_reference_shows_a_file_that_loads(tmp_path: Path) -> None:
    """The example on the page is a configuration."""
    example = render().split("```toml\n")[1].split("```")[0]
    assert tomllib.loads(example)
    file = tmp_path / "turnout.toml"
    file.write_text(example)
    settings = load(file, {"WORK_KEY": "k", "GROQ_API_KEY": "k"})
    assert {slug for slug, switch in settings.switches.items() if switch.on} == {
        "openai",
        "groq",
        "local",
        "my-vllm",
    }
