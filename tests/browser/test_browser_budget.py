"""What a page weighs: budgets on the built files, as they cross the wire."""

import gzip
import re

import pytest
from tests.browser.stage import PAGES

FIRST_LOAD_BYTES = 180_000
CHUNK_BYTES = 120_000


def weight(name: str) -> int:
    """Bytes of a built file, gzipped."""
    return len(gzip.compress((PAGES / "assets" / name).read_bytes(), 9))


@pytest.fixture(scope="module")
def scripts() -> set[str]:
    """Names of all scripts."""
    if not (PAGES / "index.html").exists():
        pytest.skip("browser: the pages are not built: run make site")
    return {path.name for path in (PAGES / "assets").glob("*.js")}


def first(scripts: set[str]) -> set[str]:
    """What index.html names, with what that imports outright."""
    named = set(re.findall(r"assets/([\w.-]+\.js)", (PAGES / "index.html").read_text()))
    found: set[str] = set()
    while named - found:
        name = (named - found).pop()
        found.add(name)
        text = (PAGES / "assets" / name).read_text()
        outright = re.findall(r"(?:from|import)\s*\"\./([\w.-]+\.js)\"", text)
        named |= set(outright) & scripts
    return found


def test_the_first_load_is_light(scripts: set[str]) -> None:
    """All scripts before the first page's own are 180 kB at most."""
    assert sum(map(weight, first(scripts))) <= FIRST_LOAD_BYTES


def test_no_chunk_that_is_loaded_later_is_heavy(scripts: set[str]) -> None:
    """Each is 120 kB at most."""
    heavy = {name: weight(name) for name in scripts - first(scripts)}
    assert {name: size for name, size in heavy.items() if size > CHUNK_BYTES} == {}
