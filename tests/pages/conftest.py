"""One gateway with known traffic for all tests of pages, which leave it as it is."""

from collections.abc import Generator

import pytest
from tests.gateway import Template
from tests.pages.traffic import Traffic, open_traffic


@pytest.fixture(scope="session")
def traffic(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Generator[Traffic]:
    """Sixteen requests, of which two failed."""
    with open_traffic(template, tmp_path_factory.mktemp("pages")) as found:
        yield found
