"""Providers are killed, stall and cut while 200 streams run: whole answers or typed errors.

And what clients were told is what is on record.
"""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.gateway import Template, open_gateway
from tests.live.breakdown import (
    Note,
    ask_all,
    config,
    killing,
    mortals,
    records_of,
    seed_of_day,
    streams,
    uncut,
)

CUT = frozenset({"network", "idle_timeout", "decode", "server"})


def broke_off(record: Any) -> bool:
    """Some attempt of it broke off after its first content."""
    parts = [one for one in record["attempts"] if one.get("ttft_ms") is not None]
    return any(one["outcome"] in CUT for one in parts)


def agree(notes: list[Note], records: dict[str, Any]) -> None:
    """One story: the same generations, each ended for the client as it did on record."""
    assert [note.trouble for note in notes if note.trouble] == []
    assert {note.id for note in notes} == set(records)
    for note in notes:
        record = records[note.id]
        assert record["state"] == ("succeeded" if note.whole else "failed"), record
        assert note.whole or note.error_type == record["error_type"]
    by_client = Counter("succeeded" if note.whole else "failed" for note in notes)
    assert by_client == Counter(record["state"] for record in records.values())


@pytest.mark.timeout(180)
@pytest.mark.parametrize("continuation", ["false", "true"])
def test_streams_survive_their_providers(
    template: Template, tmp_path: Path, continuation: str
) -> None:
    """Off: each is whole or ends with a typed error. On: what broke off is whole, to the byte."""
    seed, count = seed_of_day(), streams()
    prompts = [f"question {seed} {number}" for number in range(count)]
    answers = dict(zip(prompts, uncut(tmp_path, prompts), strict=True))
    with (
        mortals(tmp_path) as living,
        open_gateway(template, tmp_path, config(living, continuation)) as gateway,
    ):
        with killing(living, seed) as killed:
            notes = ask_all(gateway, prompts)
        records = records_of(gateway, count)
    agree(notes, records)
    assert all(note.text == answers[note.prompt] for note in notes if note.whole)
    assert all(answers[note.prompt].startswith(note.text) for note in notes)
    cut = [note for note in notes if broke_off(records[note.id])]
    whole = sum(note.whole for note in cut)
    print(  # noqa: T201 (the figures are what this test shows)
        f"\n{count} streams, seed {seed}, killed {dict(killed)}: {len(cut)} broke off, "
        f"{whole} of them ended whole; {sum(note.whole for note in notes)} whole in all"
    )
    assert killed.total() >= 2
    assert len(cut) >= count // 4
    if continuation == "false":
        assert whole == 0
    else:
        assert whole >= 0.99 * len(cut)
