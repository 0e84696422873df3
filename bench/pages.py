"""How long the site's pages wait for their data: `python -m bench.pages` (`make bench-pages`).

Builds a store of ten million generations, starts a gateway over it, and asks every GET route of
`/api/internal` and the data feeds of the public API, each with every range, view and group it
takes. The routes come from the gateway's own tables: one that nobody here knows how to ask is an
error and not a gap.

The bar is 100 ms at p95, warm; the first answer after the start is told beside it.
"""

import argparse
import asyncio
import itertools
import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Final, Literal, get_args, get_origin, get_type_hints
from urllib.parse import quote, urlencode

import msgspec

from bench.machine import Machine, busy_share, this_machine, versions
from bench.pages_store import APP, MODEL, build
from bench.processes import child
from turnout.catalog.cache import load as load_catalog
from turnout.core.ids import secret_key
from turnout.demo.cast import read_script
from turnout.demo.stage import KEY_VARIABLE, configuration
from turnout.edge.internal.routes import INTERNAL_PREFIX, INTERNAL_ROUTES
from turnout.edge.routes import ROUTES
from turnout.edge.table import Route
from turnout.providers import PROVIDERS
from turnout.store.database import DATABASE_NAME

BAR_MS: Final = 100.0
ROUNDS: Final = 15
_FEEDS: Final = ("/activity", "/datasets/", "/analytics/meta", "/benchmarks", "/generations")
_UP_S: Final = 120.0
_PATIENCE_S: Final = 120.0
_FOLDER: Final = Path("build/bench-pages")
_PATHS: Final = {"author": MODEL.split("/")[0], "slug": MODEL.split("/")[1]}
_SLUGS: Final = {"/providers/{slug}": "openai", "/docs/{slug:path}": "quickstart"}
_ASKED: Final[Mapping[str, Mapping[str, Sequence[str]]]] = {
    "/app": {"app": [APP]},
    "/generations": {
        "model": ["", MODEL],
        "provider": ["", "openai"],
        "app": ["", APP],
        "status": ["", "ok", "error", "cancelled"],
    },
}
"""Values of parameters that are no choice; "" leaves one out."""
_ANALYTICS: Final = {
    "metrics": ["request_count", "total_usage"],
    "dimensions": ["model"],
    "granularity": "day",
}


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One address: milliseconds from sending to the last byte, and the answer's size."""

    address: str
    first_ms: float
    median_ms: float
    p95_ms: float
    bytes: int
    status: int

    @property
    def holds(self) -> bool:
        """Answered, within the bar."""
        return self.status == 200 and self.p95_ms <= BAR_MS


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """All of it; busy: the share of all cores that others took before and after."""

    machine: Machine
    versions: Mapping[str, str]
    generations: int
    store_bytes: int
    built_s: float
    busy: tuple[float, float]
    bar_ms: float
    pages: tuple[Page, ...]


def addresses(generation: str) -> Iterator[str]:
    """Every address that is asked, from the tables of routes.

    Raises:
        ValueError: A route needs a parameter that nobody here knows.
    """
    for route in INTERNAL_ROUTES:
        if route.method == "GET":
            yield from _of(route, INTERNAL_PREFIX, generation)
    for route in ROUTES:
        if route.method == "GET" and route.path.startswith(_FEEDS):
            yield from _of(route, "/api/v1", generation)


def _of(route: Route, prefix: str, generation: str) -> Iterator[str]:
    parts = {**_PATHS, "id": generation}
    if route.path in _SLUGS:
        parts["slug"] = _SLUGS[route.path]
    try:
        path = prefix + route.path.replace(":path", "").format(**parts)
    except KeyError as error:
        raise ValueError(f"bench/pages.py does not know how to fill {route.path}") from error
    choices = dict(_choices(route))
    for picked in itertools.product(*choices.values()):
        told = {n: v for n, v in zip(choices, picked, strict=True) if v}
        yield f"{path}?{urlencode(told)}" if told else path


def _choices(route: Route) -> Iterator[tuple[str, Sequence[str]]]:
    """Each parameter that is asked for, with its values."""
    if route.query is None:
        return
    known = _ASKED.get(route.path, {})
    hints = get_type_hints(route.query)
    for field in msgspec.structs.fields(route.query):
        words = _words(hints[field.name])
        if field.name in known:
            yield field.name, known[field.name]
        elif words and field.name in ("range", "view", "group", "mode", "period"):
            yield field.name, words
        elif field.required:
            raise ValueError(f"bench/pages.py does not know {field.name} of {route.path}")


def _words(hint: object) -> list[str]:
    if get_origin(hint) is Literal:
        return [str(word) for word in get_args(hint)]
    return [word for inner in get_args(hint) for word in _words(inner)]


class Client:
    """One kept connection with a management key."""

    def __init__(self, port: int, secret: str) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_S)
        self._headers = {"authorization": f"Bearer {secret}"}

    def ask(self, address: str, body: object = None) -> tuple[int, bytes, float]:
        """Status, body, and the milliseconds that took."""
        sent = None if body is None else msgspec.json.encode(body)
        began = time.perf_counter()
        method = "GET" if sent is None else "POST"
        headers = self._headers if sent is None else self._headers | _JSON
        self._connection.request(method, address, sent, headers)
        answer = self._connection.getresponse()
        data = answer.read()
        return answer.status, data, (time.perf_counter() - began) * 1000


_JSON: Final = {"content-type": "application/json"}


def timed(client: Client, address: str, body: object = None) -> Page:
    """One address, first and warm."""
    status, data, first_ms = client.ask(address, body)
    warm = sorted(client.ask(address, body)[2] for _ in range(ROUNDS))
    return Page(
        address=address,
        first_ms=round(first_ms, 1),
        median_ms=round(median(warm), 1),
        p95_ms=round(warm[int(0.95 * (len(warm) - 1))], 1),
        bytes=len(data),
        status=status,
    )


async def measure(folder: Path, secret: str, port: int) -> tuple[Page, ...]:
    """Starts a gateway over the store and asks it everything."""
    config = folder / "turnout.toml"
    text = configuration(read_script().providers, dict(PROVIDERS), "http://127.0.0.1:9")
    config.write_text(f"{text}\n[local]\nenabled = false\n", encoding="utf-8")
    words = ("serve", "--port", str(port), "--data-dir", str(folder), "--config", str(config))
    command = [sys.executable, "-m", "turnout", *words]
    environ = {KEY_VARIABLE: "none", "PATH": "/usr/bin:/bin", "HOME": str(folder)}
    async with child(command, folder / "gateway.log", env=environ):
        return await asyncio.to_thread(_ask_all, secret, port)


def _ask_all(secret: str, port: int) -> tuple[Page, ...]:
    client = _client(secret, port)
    status, data, _ = client.ask(f"{INTERNAL_PREFIX}/generations?limit=1")
    if status != 200:
        raise ValueError(f"the log of records answers {status}")
    rows = msgspec.json.decode(data)["data"]["generations"]
    pages = [timed(client, address) for address in addresses(quote(rows[0]["id"]))]
    pages.append(timed(client, "/api/v1/analytics/query", _ANALYTICS))
    return tuple(pages)


def _client(secret: str, port: int) -> Client:
    until = time.monotonic() + _UP_S
    while True:
        client = Client(port, secret)
        try:
            client.ask("/health")
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return client


def main() -> int:
    """Builds, asks, tells, and removes the store; 1 when a page does not hold the bar."""
    parser = argparse.ArgumentParser(prog="bench.pages", description=__doc__)
    parser.add_argument("--generations", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path, default=_FOLDER, help="where the store is made")
    parser.add_argument("--keep", action="store_true", help="leave the store, or use one that is")
    parser.add_argument("--port", type=int, default=8799)
    parser.add_argument("--save", type=Path, help="write the result as JSON")
    asked = parser.parse_args()
    folder: Path = asked.folder
    before, began = busy_share(), time.perf_counter()
    secret, count = _store(folder, asked.generations)
    built_s = time.perf_counter() - began
    size = (folder / DATABASE_NAME).stat().st_size
    print(f"{count:,} generations, {size / 1e9:.1f} GB, made in {built_s:.0f} s", flush=True)
    try:
        pages = asyncio.run(measure(folder, secret, asked.port))
    finally:
        if not asked.keep:
            shutil.rmtree(folder)
    _tell(pages)
    result = Result(
        machine=this_machine(),
        versions=versions(),
        generations=count,
        store_bytes=size,
        built_s=round(built_s, 1),
        busy=(round(before, 2), round(busy_share(), 2)),
        bar_ms=BAR_MS,
        pages=pages,
    )
    if asked.save is not None:
        asked.save.write_bytes(msgspec.json.format(msgspec.json.encode(result), indent=1) + b"\n")
    return 0 if all(page.holds for page in pages) else 1


def _store(folder: Path, generations: int) -> tuple[str, int]:
    """The store's management key and how many records it has; made where it is not there."""
    note = folder / "made.json"
    if note.exists():
        return msgspec.json.decode(note.read_bytes(), type=tuple[str, int])
    folder.mkdir(parents=True, exist_ok=True)
    secret = secret_key()
    count = build(folder, load_catalog(folder / "cache"), generations, secret)
    note.write_bytes(msgspec.json.encode((secret, count)))
    return secret, count


def _tell(pages: Sequence[Page]) -> None:
    print(f"{'first':>8} {'median':>8} {'p95':>8} {'KB':>7}  address")
    for page in sorted(pages, key=lambda page: -page.p95_ms):
        mark = "" if page.holds else f"  ← {page.status}, over the bar of {BAR_MS:g} ms"
        numbers = f"{page.first_ms:8.1f} {page.median_ms:8.1f} {page.p95_ms:8.1f}"
        print(f"{numbers} {page.bytes / 1000:7.1f}  {page.address}{mark}")


if __name__ == "__main__":
    sys.exit(main())
