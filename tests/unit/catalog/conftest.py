"""One catalog for all tests of it: built once, from the packages that are really installed."""

from datetime import date
from pathlib import Path

import pytest

from turnout.catalog.build import build
from turnout.catalog.index import Catalog
from turnout.catalog.listing import Lister

TODAY = date(2026, 11, 23)


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
