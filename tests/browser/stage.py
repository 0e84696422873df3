"""A real browser at a real gateway: what a page says, asks for and looks like is watched.

Every page that is opened through `Stage.open` is held to the house's rules when its test ends: no
request left the origin, nothing went wrong in the console.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request
from tests.gateway import PASSWORD, Origin

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = ROOT / "src" / "turnout" / "pages"
AXE: Final = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
OUTPUT: Final = ROOT / "tests" / "output"
CHROMIUM_FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
WIDE: Final = 1440
NARROW: Final = 390
HEIGHT: Final = 900
PATIENCE_MS: Final = 15_000


class Stage:
    """One test's browser context at one gateway."""

    def __init__(self, browser: Browser, origin: Origin, name: str) -> None:
        self.origin = origin
        self._name = re.sub(r"[^\w.-]+", "_", name)
        self._context = browser.new_context(
            viewport={"width": WIDE, "height": HEIGHT},
            base_url=origin.url,
            # A colour on its way to another has a contrast that nobody is meant to read.
            reduced_motion="reduce",
            # axe is put into the page by the test; the page's own policy is tested over sockets.
            bypass_csp=True,
        )
        self._context.set_default_timeout(PATIENCE_MS)
        self._troubles: list[str] = []
        self._pages: list[Page] = []

    def sign_in(self) -> None:
        """The operator's session, as the form makes it."""
        answer = self._context.request.post("/api/internal/session", data={"password": PASSWORD})
        assert answer.status == 200, answer.text()

    def open(self, path: str) -> Page:
        """A page at a path, loaded and quiet."""
        page = self._context.new_page()
        self._pages.append(page)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self._troubles.append(f"{page.url}: {error}"))
        page.on("request", self._asked)
        self.go(page, path)
        return page

    def go(self, page: Page, path: str) -> None:
        """Leads a page elsewhere and waits until it is quiet."""
        page.goto(path)
        settle(page)

    def expect_refusals(self) -> None:
        """Forgets what the console said of answers that the test asked for in vain."""
        self._troubles = [one for one in self._troubles if "Failed to load resource" not in one]

    def close(self, *, failed: bool) -> list[str]:
        """Ends the context; after a failure with a picture of each page. What went wrong."""
        if failed:
            OUTPUT.mkdir(exist_ok=True)
            for number, page in enumerate(self._pages):
                page.screenshot(path=OUTPUT / f"{self._name}-{number}.png", full_page=True)
        self._context.close()
        return self._troubles

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._troubles.append(f"console {message.type}: {message.text}")

    def _asked(self, request: Request) -> None:
        there = urlsplit(request.url)
        here = urlsplit(self.origin.url)
        if there.scheme in ("http", "https", "ws", "wss") and there.netloc != here.netloc:
            self._troubles.append(f"left the origin: {request.url}")


def settle(page: Page) -> None:
    """Waits until nothing is on its way and nothing says that it is loading."""
    page.wait_for_load_state("networkidle")
    page.wait_for_function("!document.querySelector('[role=status][aria-label=Loading]')")


def sideways(page: Page) -> int:
    """Pixels that the page, not a part of it, can be scrolled to the side."""
    overhang: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return overhang


def axe(page: Page) -> Sequence[str]:
    """What axe finds, by rule and first place."""
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=AXE)
    found: list[dict[str, Any]] = page.evaluate("axe.run().then(result => result.violations)")
    return [f"{one['id']} ({len(one['nodes'])}): {one['nodes'][0]['html'][:160]}" for one in found]


def dress(page: Page, theme: str, width: int) -> None:
    """Puts a page in a theme and a width, as if it had been opened so."""
    page.set_viewport_size({"width": width, "height": HEIGHT})
    if page.evaluate("document.documentElement.dataset.theme") != theme:
        page.evaluate(f"localStorage.setItem('turnout.theme', '{theme}')")
        page.reload()
    settle(page)
