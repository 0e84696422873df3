"""What live tests of the embedded model need: its weights."""

from pathlib import Path

import pytest

from turnout.local.fetch import find_weights

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def weights() -> Path:
    """The gguf file that `make setup` brings."""
    found = find_weights(ROOT / "data")
    if found is None:
        pytest.skip("local_model: the embedded model's weights are not here: run make setup")
    return found.path
