"""What the tests of the embedded model share: its weights, and the event loops to run on."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
import uvloop

from turnout.local.fetch import find_weights

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def weights() -> Path:
    """The gguf file that `make setup` brings."""
    found = find_weights(ROOT / "data")
    if found is None:
        pytest.skip("the embedded model's weights are not here: run make setup")
    return found.path


@pytest.fixture(params=["asyncio", "uvloop"])
def run_on(request: pytest.FixtureRequest) -> Callable[[Coroutine[Any, Any, None]], None]:
    """Run a coroutine on the standard library's loop, then on the one that the gateway uses."""
    return uvloop.run if request.param == "uvloop" else asyncio.run
