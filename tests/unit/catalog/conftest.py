"""One catalog for all tests of it: built once, from the packages that are really installed."""

from datetime import date
from pathlib import Path

import pytest
from tests.unit.catalog.figures import Figures

from turnout.catalog.build import build
from turnout.catalog.index import Catalog
from turnout.catalog.listing import Lister
from turnout.catalog.measures import EndpointMeasures, ModelMeasures
from turnout.core.clock import Clock
from turnout.core.histogram import Percentiles

TODAY = date(2026, 11, 23)
MINI, FULL = "openai/gpt-4o-mini", "openai/gpt-4o"


class Noon:
    """A clock that stands at noon of `TODAY`."""

    def unix_ms(self) -> int:
        """2026-11-23T12:00:00Z."""
        return 1_795_435_200_000

    def now_s(self) -> float:
        """Nothing here measures durations."""
        return 0.0


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The whole catalog as of `TODAY`."""
    return build(TODAY)


@pytest.fixture(scope="session")
def lister(catalog: Catalog) -> Lister:
    """An installation with the embedded model and keys for OpenAI and Groq."""
    return Lister(catalog.routable(frozenset({"local", "openai", "groq"})), clock=Noon())


@pytest.fixture
def noon() -> Noon:
    """The clock of these tests."""
    return Noon()


@pytest.fixture(scope="session")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder that earlier tests may have filled."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def figures(catalog: Catalog) -> Figures:
    """gpt-4o-mini is fast and popular, gpt-4o is clever."""
    found = Figures()
    found.models[catalog.models[MINI].canonical_slug] = ModelMeasures(
        weekly_tok=900,
        requests=90,
        tool_success_rate=0.8,
        intelligence_index=10,
        coding_index=11,
        agentic_index=12,
        design_arena_elo=1000,
        categories=frozenset({"programming"}),
    )
    found.models[catalog.models[FULL].canonical_slug] = ModelMeasures(
        weekly_tok=100,
        requests=10,
        tool_success_rate=0.95,
        intelligence_index=30,
        coding_index=31,
        agentic_index=32,
        design_arena_elo=1200,
    )
    found.endpoints[f"{MINI}@openai"] = EndpointMeasures(
        latency_last_30m=Percentiles(200, 300, 400, 900),
        throughput_last_30m=Percentiles(90, 70, 60, 20),
        uptime_last_5m=100.0,
        uptime_last_30m=99.5,
        uptime_last_1d=99.9,
        status=-1,
    )
    found.endpoints[f"{FULL}@openai"] = EndpointMeasures(
        latency_last_30m=Percentiles(500, 600, 700, 1900),
        throughput_last_30m=Percentiles(40, 30, 20, 10),
    )
    return found


@pytest.fixture
def measured(catalog: Catalog, figures: Figures, noon: Clock) -> Lister:
    """The same installation with measures."""
    return Lister(catalog.routable(frozenset({"openai"})), figures, noon)
