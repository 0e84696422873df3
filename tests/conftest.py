"""What all tests share: `tests.…` can be imported, and recordings that are absent skip by name."""

import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

# A deadline per example would measure the machine; `make test-all` asks for the deep profile.
settings.register_profile("turnout", deadline=None)
settings.register_profile("deep", deadline=None, max_examples=2_000)
settings.load_profile("turnout")

from tests.gateway import (  # noqa: E402 (the path is set above)
    Gateway,
    Simulator,
    Template,
    make_template,
    open_gateway,
    open_simulator,
    provider_table,
)

RECORDINGS = ROOT.parent / "shared" / "recordings"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests marked `recordings` need recorded traffic that is not part of this repository."""
    if RECORDINGS.is_dir():
        return
    absent = pytest.mark.skip(reason="recordings: ../shared/recordings is not here")
    for item in items:
        if item.get_closest_marker("recordings") is not None:
            item.add_marker(absent)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """A data folder with a catalog and keys, for gateways to begin with."""
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Generator[Simulator]:
    """Two providers that answer at once, `alpha` with the key sk-alpha-1234, and a slow one."""
    scenario = """
[providers.alpha]
keys = ["sk-alpha-1234"]
record = 20
[providers.beta]
answer = { text = "beta says hello", tool_calls = 1, reasoning_tokens = 3 }
[providers.slow]
answer = { tokens = 100 }
pace = { ttft_ms = 20, token_rate_tps = 50 }
[providers.embeddings-down]
faults = [{ kind = "status", status = 503 }]
[providers.embeddings-up]
record = 20
[providers.rerank-down]
faults = [{ kind = "status", status = 503 }]
[providers.rerank-up]
record = 20
"""
    with open_simulator(tmp_path_factory.mktemp("live"), scenario) as playing:
        yield playing


@pytest.fixture(scope="session")
def gateway(
    template: Template, simulator: Simulator, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Gateway]:
    """One gateway for all tests that leave it as they found it.

    `acme/echo` is at alpha alone, `acme/duo` at both, `acme/beta` and `acme/slow` where they say;
    `acme/vectors` embeds and `acme/ranks` ranks, each at two providers of which the first is down.
    It keeps prompts and answers.
    """
    config = "\n".join(
        [
            "[logging]\ncontent = true",
            provider_table("alpha", simulator, ["acme/echo", "acme/duo"], keys=["sk-alpha-1234"]),
            provider_table("beta", simulator, ["acme/beta", "acme/duo"]),
            provider_table("slow", simulator, ["acme/slow"]),
            *(
                provider_table(name, simulator, [model], model_facts=f'outputs = ["{made}"]')
                for made, model in (("embeddings", "acme/vectors"), ("rerank", "acme/ranks"))
                for name in (f"{made}-down", f"{made}-up")
            ),
        ]
    )
    with open_gateway(template, tmp_path_factory.mktemp("live"), config) as serving:
        yield serving
