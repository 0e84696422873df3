"""The stages of this folder, each once for all tests that use it."""

from collections.abc import Generator

import pytest
from tests.flow import continuation_stage
from tests.flow.stage import Stage, open_stage
from tests.gateway import Template


@pytest.fixture(scope="session")
def stage(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Generator[Stage]:
    """One gateway with short deadlines; each row of the fault table has its own models there."""
    with open_stage(template, tmp_path_factory.mktemp("flow")) as opened:
        yield opened


@pytest.fixture(scope="session")
def continuing(
    template: Template, tmp_path_factory: pytest.TempPathFactory
) -> Generator[continuation_stage.Stage]:
    """One gateway and providers of every kind that goes on with what broke off."""
    with continuation_stage.open_stage(template, tmp_path_factory.mktemp("continuation")) as opened:
        yield opened
