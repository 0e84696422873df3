"""`make conformance`: plays recordings through a gateway; docs/reference/conformance.md."""

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Final

from tests import recordings
from tests.conformance.drive import Drive
from tests.conformance.player import playing
from tests.conformance.report import page
from tests.conformance.rows import Row
from tests.conformance.scope import Way, way_of
from tests.conformance.setup import gateway_config
from tests.conformance.sides import Sides
from tests.gateway import make_template, open_gateway
from tests.recordings import Exchange

PAGE: Final = Path(__file__).parents[2] / "docs" / "reference" / "conformance.md"


def sort_out(
    exchanges: list[Exchange],
) -> tuple[list[tuple[Exchange, Way]], list[tuple[Exchange, str]]]:
    """Those that are asked with their way, and the others with the reason."""
    asked: list[tuple[Exchange, Way]] = []
    unasked: list[tuple[Exchange, str]] = []
    for exchange in exchanges:
        way = way_of(exchange)
        if isinstance(way, Way):
            asked.append((exchange, way))
        else:
            unasked.append((exchange, way))
    return asked, unasked


def play(asked: list[tuple[Exchange, Way]], folder: Path) -> list[Row]:
    """Every row of every exchange, through one gateway."""
    rows: list[Row] = []
    with playing() as player:
        template = make_template(folder)
        config = gateway_config(asked, player.url)
        with open_gateway(template, folder, config) as gateway:
            drive, sides = Drive(gateway, player), Sides(gateway, player)
            for place, (exchange, way) in enumerate(asked, 1):
                how = sides if way.side else drive
                rows += how.rows(exchange, way)
                if place % 200 == 0:
                    print(f"{place} of {len(asked)} exchanges", file=sys.stderr)  # noqa: T201 (a command)
    return rows


def main() -> int:
    """Exit status 1 below the bar of 99 % of exchanges."""
    parser = argparse.ArgumentParser(prog="make conformance", description=__doc__)
    parser.add_argument("--recordings", type=Path, default=recordings.FOLDER)
    parser.add_argument("--out", type=Path, default=PAGE)
    parser.add_argument("--api", default="", help="only apis that contain this text")
    parser.add_argument("--every", type=int, default=1, help="only each n-th exchange")
    options = parser.parse_args()
    exchanges = [e for e in recordings.read(options.recordings) if options.api in e.api]
    asked, unasked = sort_out(exchanges[:: options.every])
    with tempfile.TemporaryDirectory() as folder:
        rows = play(asked, Path(folder))
    options.out.write_text(page(rows, unasked), encoding="utf-8")
    outcomes = Counter(row.outcome for row in rows)
    failed = {row.exchange.id for row in rows if row.outcome == "failed"}
    share = 1 - len(failed) / max(1, len(asked))
    print(f"{len(asked)} exchanges, {dict(outcomes)}, {share:.2%} pass whole")  # noqa: T201 (a command)
    return 0 if share >= 0.99 else 1


if __name__ == "__main__":
    raise SystemExit(main())
