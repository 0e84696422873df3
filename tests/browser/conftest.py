"""Tests of the pages want Debian's Chromium, built pages and, for the demo, the embedded model."""

import shutil
from collections.abc import Generator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from tests.browser.stage import AXE, CHROMIUM_FLAGS, PAGES, ROOT, Stage
from tests.gateway import Gateway, Origin, Template, open_demo, open_gateway

from turnout.local.fetch import find_weights

HERE = Path(__file__).parent
DEMO_S = 240
"""The first test waits for the demo's month of history."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of the pages have longer than others, and come last.

    Playwright's loop runs in this thread until the browser is closed; no other could beside it.
    """
    items.sort(key=lambda item: item.path.is_relative_to(HERE))
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.timeout(DEMO_S))


@pytest.fixture(scope="session")
def browser() -> Generator[Browser]:
    """Chromium without a screen."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("browser: chromium is not here (Debian: apt-get install chromium)")
    if not (PAGES / "index.html").exists() or not AXE.exists():
        pytest.skip("browser: the pages are not built: run make site")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_FLAGS))
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def demo_gateway(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Generator[Origin]:
    """A month of history over simulated providers, the embedded model beside them."""
    assert browser.is_connected()
    if find_weights(ROOT / "data") is None:
        pytest.skip("local_model: the embedded model's weights are not here: run make setup")
    with open_demo(tmp_path_factory.mktemp("demo"), ROOT / "data") as origin:
        yield origin


@pytest.fixture(scope="session")
def fresh_gateway(
    browser: Browser, template: Template, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Gateway]:
    """An installation on its first day: no provider's key, no request yet."""
    assert browser.is_connected()
    with open_gateway(template, tmp_path_factory.mktemp("fresh"), "") as gateway:
        yield gateway


@pytest.fixture
def demo(
    browser: Browser, demo_gateway: Origin, request: pytest.FixtureRequest
) -> Generator[Stage]:
    """A visitor of the demo."""
    yield from _staged(browser, demo_gateway, request)


@pytest.fixture
def fresh(
    browser: Browser, fresh_gateway: Gateway, request: pytest.FixtureRequest
) -> Generator[Stage]:
    """A visitor of the first day."""
    yield from _staged(browser, fresh_gateway, request)


def _staged(browser: Browser, origin: Origin, request: pytest.FixtureRequest) -> Generator[Stage]:
    stage = Stage(browser, origin, request.node.name)
    before = request.session.testsfailed
    yield stage
    troubles = stage.close(failed=request.session.testsfailed > before)
    assert not troubles
