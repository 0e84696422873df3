"""`make conformance`: plays recordings through a gateway; docs/reference/conformance.md."""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from tests import recordings
from tests.conformance.drive import Drive
from tests.conformance.player import playing
from tests.conformance.report import page, whole
from tests.conformance.rows import Row
from tests.conformance.scope import Way, way_of
from tests.conformance.setup import gateway_config
from tests.conformance.sides import Sides
from tests.gateway import make_template, open_gateway
from tests.recordings import Exchange

BAR: Final = 0.99
"""Of the exchanges in scope."""

PAGE: Final = Path(__file__).parents[2] / "docs" / "reference" / "conformance.md"


def sort_out(
    exchanges: Iterable[Exchange],
) -> tuple[list[tuple[Exchange, Way]], list[tuple[Exchange, str]]]:
    """Those that are asked with their way, and the others with the reason; each once."""
    asked: list[tuple[Exchange, Way]] = []
    unasked: list[tuple[Exchange, str]] = []
    for exchange in {exchange.id: exchange for exchange in exchanges}.values():
        way = way_of(exchange)
        if isinstance(way, Way):
            asked.append((exchange, way))
        else:
            unasked.append((exchange, way))
    return asked, unasked


def play(asked: Sequence[tuple[Exchange, Way]], folder: Path) -> Iterator[Row]:
    """Every row of every exchange, through one gateway."""
    with playing() as player:
        template = make_template(folder)
        config = gateway_config(asked, player.url)
        with open_gateway(template, folder, config) as gateway:
            drive, sides = Drive(gateway, player), Sides(gateway, player)
            for exchange, way in asked:
                yield from (sides if way.side else drive).rows(exchange, way)


def main() -> int:
    """Exit status 1 below the bar of 99 % of exchanges, 2 without recordings."""
    parser = argparse.ArgumentParser(prog="make conformance", description=__doc__)
    parser.add_argument("--recordings", type=Path, default=recordings.FOLDER)
    parser.add_argument("--out", type=Path, default=PAGE)
    parser.add_argument("--api", default="", help="only apis that contain this text")
    parser.add_argument("--every", type=int, default=1, help="only each n-th exchange")
    options = parser.parse_args()
    exchanges = [e for e in recordings.read(options.recordings) if options.api in e.api]
    asked, unasked = sort_out(exchanges[:: options.every])
    if not asked:
        print(f"no recordings to play in {options.recordings}", file=sys.stderr)  # noqa: T201 (a command)
        return 2
    began_s = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        rows = list(play(asked, Path(folder)))
    options.out.write_text(page(rows, unasked), encoding="utf-8")
    passed, judged = whole(rows)
    outcomes = Counter(row.outcome for row in rows)
    took_s = time.monotonic() - began_s
    print(f"{passed} of {judged} exchanges pass whole ({passed / judged:.2%}),")  # noqa: T201 (a command)
    print(f"checks {dict(outcomes)}, {took_s:.0f} s: {options.out}")  # noqa: T201 (a command)
    return 0 if passed >= BAR * judged else 1


if __name__ == "__main__":
    raise SystemExit(main())
