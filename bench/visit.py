"""How long a person waits for the site: `python -m bench.visit` (`make bench-site`).

A real Chromium at a demo's gateway, an empty cache for each round. Told are, in milliseconds:

    list      from asking for /models to rows that can be clicked
    search    from a letter to the list that follows it
    model     from the click on a model to its page's facts
    tab       from the click on Providers to its table

Bars: the list within 1 s, a model's page within 0.5 s of the click.
"""

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Final

import msgspec
from playwright.sync_api import Browser, Page, sync_playwright

from bench.machine import Machine, busy_share, this_machine, versions
from bench.processes import child

BARS_MS: Final[Mapping[str, float]] = {"list": 1000.0, "model": 500.0}
ROUNDS: Final = 7
_UP_S: Final = 180.0
_ROWS: Final = "document.querySelector('a[data-row]')"
_MODEL: Final = "OpenAI: GPT-4o-mini"
# Asked at every frame, so that what is told is what could be seen.
_WHEN: Final = """(found) => new Promise((done) => {
  const look = () => (eval(found) ? done(performance.now()) : requestAnimationFrame(look));
  look();
})"""

_HEAR_CLICK: Final = """() => {
  const heard = () => { window.clicked = performance.now(); };
  addEventListener("click", heard, { once: true, capture: true });
}"""


class Wait(msgspec.Struct, frozen=True):
    """One thing that was waited for; all rounds, in milliseconds."""

    name: str
    rounds_ms: tuple[float, ...]
    bar_ms: float | None

    @property
    def holds(self) -> bool:
        """Whether the median is within the bar, if there is one."""
        return self.bar_ms is None or median(self.rounds_ms) <= self.bar_ms


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What a run tells."""

    machine: Machine
    versions: Mapping[str, str]
    busy: tuple[float, float]
    waits: tuple[Wait, ...]


def one_round(browser: Browser, url: str) -> dict[str, float]:
    """All waits of one visitor whose cache is empty."""
    context = browser.new_context(bypass_csp=True, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(f"{url}/models", wait_until="commit")
    listed = _until(page, _ROWS)
    count = "document.querySelector('[role=status]:not([aria-label])').innerText"
    before = page.evaluate(count)
    typed = _now(page)
    page.get_by_role("searchbox").fill("gpt-4o-mini")
    found = _until(page, f"{count} !== {before!r}")
    row = page.get_by_role("link", name=_MODEL, exact=True)
    clicked = _clicked(page, row.click)
    facts = _until(page, "document.querySelector('h1')?.innerText.includes('GPT-4o-mini')")
    tab = page.get_by_role("navigation", name="About this model").get_by_text("Providers")
    opened = _clicked(page, tab.click)
    table = _until(page, "document.querySelector('main table button')")
    context.close()
    return {
        "list": listed,
        "search": found - typed,
        "model": facts - clicked,
        "tab": table - opened,
    }


def _clicked(page: Page, click: Callable[[], None]) -> float:
    """The page's clock at a click, as the page heard it."""
    page.evaluate(_HEAR_CLICK)
    click()
    at: float = page.evaluate("window.clicked")
    return at


def _until(page: Page, found: str) -> float:
    at: float = page.evaluate(_WHEN, found)
    return at


def _now(page: Page) -> float:
    at: float = page.evaluate("performance.now()")
    return at


async def measured(folder: Path, port: int, weights: Path) -> tuple[Wait, ...]:
    """Starts a demo in a folder and visits it."""
    command = [sys.executable, "-m", "turnout", "demo", "--no-trickle", "--port", str(port)]
    command += ["--data-dir", str(folder / "demo-data"), "--models-dir", str(weights)]
    async with child(command, folder / "demo.log"):
        await asyncio.to_thread(_await_up, port)
        return await asyncio.to_thread(_visit, f"http://127.0.0.1:{port}")


def _await_up(port: int) -> None:
    until = time.monotonic() + _UP_S
    while time.monotonic() < until:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                time.sleep(5)  # its days are added up, its embedded model is up
                return
        except OSError:
            time.sleep(0.5)
        finally:
            connection.close()
    raise TimeoutError("the demo did not come up")


def _visit(url: str) -> tuple[Wait, ...]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        rounds = [one_round(browser, url) for _ in range(ROUNDS + 1)][1:]  # the first warms
        browser.close()
    return tuple(
        Wait(name, tuple(round(one[name], 1) for one in rounds), BARS_MS.get(name))
        for name in rounds[0]
    )


def _tell(waits: Sequence[Wait]) -> None:
    print(f"{'median':>8} {'worst':>8} {'bar':>6}  wait, ms")
    for wait in waits:
        bar = "" if wait.bar_ms is None else f"{wait.bar_ms:g}"
        mark = "" if wait.holds else "  ← over the bar"
        print(
            f"{median(wait.rounds_ms):8.0f} {max(wait.rounds_ms):8.0f} {bar:>6}  {wait.name}{mark}"
        )


def main() -> int:
    """Starts, visits, tells; 1 when a bar is missed."""
    parser = argparse.ArgumentParser(prog="bench.visit", description=__doc__)
    parser.add_argument("--port", type=int, default=8798)
    parser.add_argument("--weights", type=Path, default=Path("data"))
    parser.add_argument("--save", type=Path, help="write the result as JSON")
    asked = parser.parse_args()
    before = busy_share()
    with tempfile.TemporaryDirectory() as folder:
        waits = asyncio.run(measured(Path(folder), asked.port, asked.weights))
    _tell(waits)
    result = Result(
        machine=this_machine(),
        versions=versions(),
        busy=(round(before, 2), round(busy_share(), 2)),
        waits=waits,
    )
    if asked.save is not None:
        asked.save.write_bytes(msgspec.json.format(msgspec.json.encode(result), indent=1) + b"\n")
    return 0 if all(wait.holds for wait in waits) else 1


if __name__ == "__main__":
    sys.exit(main())
