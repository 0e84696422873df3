"""A sample of `make conformance` with every run of the tests: some of every api, by a stride."""

from pathlib import Path
from typing import Final

import pytest
from tests import recordings
from tests.conformance.__main__ import BAR, play, sort_out
from tests.conformance.report import whole
from tests.recordings import Exchange

pytestmark = [pytest.mark.recordings, pytest.mark.timeout(240)]

STRIDE: Final = 16


def sample(exchanges: list[Exchange]) -> list[Exchange]:
    """Each sixteenth, and the first of each api."""
    first = {exchange.api: exchange for exchange in reversed(exchanges)}
    chosen = {exchange.id: exchange for exchange in (*first.values(), *exchanges[::STRIDE])}
    return list(chosen.values())


def test_sampled_recordings_pass_through_a_gateway(tmp_path: Path) -> None:
    """Of the sampled exchanges at least 99 % pass whole: requests, answers and cut streams."""
    exchanges = list(recordings.read(recordings.FOLDER))
    if not exchanges:
        pytest.skip(f"no recordings in {recordings.FOLDER.name}")
    asked, _ = sort_out(sample(exchanges))
    rows = list(play(asked, tmp_path))
    failed = [
        f"{row.exchange.name} {row.client} {row.part}: {row.why}"
        for row in rows
        if row.outcome == "failed"
    ]
    passed, judged = whole(rows)
    assert judged > 0
    assert passed >= BAR * judged, "\n".join(failed)
