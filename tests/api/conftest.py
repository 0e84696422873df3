"""Where the SDKs are tried: simulated providers, and the embedded model."""

from collections.abc import Generator
from pathlib import Path

import pytest
from tests.api.clients import Stage
from tests.gateway import Gateway, Template, open_gateway

from turnout.local.fetch import find_weights

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def simulated(gateway: Gateway) -> Stage:
    """Answers at once."""
    return Stage(gateway, "acme/echo", "alpha")


@pytest.fixture(scope="session")
def embedded(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Generator[Stage]:
    """SmolLM2 on this machine."""
    found = find_weights(ROOT / "data")
    if found is None:
        pytest.skip("local_model: the embedded model's weights are not here: run make setup")
    config = f'[local]\nmodel_file = "{found.path}"\nparallel = 2\n'
    with open_gateway(template, tmp_path_factory.mktemp("local"), config) as serving:
        yield Stage(serving, "huggingfacetb/smollm2-135m-instruct", "Local")


@pytest.fixture(params=["simulated", pytest.param("embedded", marks=pytest.mark.local_model)])
def stage(request: pytest.FixtureRequest) -> Stage:
    """Both, one after the other."""
    found: Stage = request.getfixturevalue(request.param)
    return found
