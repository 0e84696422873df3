"""A process that settles records until it is killed, and says so after each; for the crash tests.

    settling_process.py FOLDER

Prints "open" when it has recovered, "begun ID" and "settled ID" as it goes; every fifth request is
begun and left open. Small segments and little memory, so that rotation and spilling are in play.
"""

import asyncio
import os
import sys
from pathlib import Path

from turnout.core.clock import SYSTEM_CLOCK
from turnout.core.ids import generation_id
from turnout.core.types import Attempt, Generation
from turnout.core.usage import Usage
from turnout.ledger.ledger import Ledger, Options
from turnout.store.database import Database


def say(word: str, generation: str) -> None:
    """One line in one write, so that no kill leaves half of it."""
    os.write(1, f"{word} {generation}\n".encode())


async def settle_forever(folder: Path) -> None:
    """Never returns."""
    database = Database.open(folder, SYSTEM_CLOCK)
    ledger = Ledger.open(
        database,
        SYSTEM_CLOCK,
        on_settle=lambda _: None,
        options=Options(segment_bytes=30_000, pending_max=60),
    )
    say("open", "-")
    number = 0
    while True:
        now_ms = SYSTEM_CLOCK.unix_ms()
        begun = Generation(
            id=generation_id(now_ms), key_hash="k", created_ms=now_ms, state="interrupted"
        )
        ledger.begin(begun)
        say("begun", begun.id)
        number += 1
        if number % 5:
            ledger.settle(
                Generation(
                    id=begun.id,
                    key_hash="k",
                    created_ms=now_ms,
                    state="succeeded",
                    model="acme/one",
                    provider="a",
                    endpoint="acme/one@a",
                    usage=Usage(text_in=3, text_out=2),
                    cost_nusd=7,
                    app_url="https://app.example",
                    attempts=(
                        Attempt(
                            endpoint="acme/one@a",
                            provider="a",
                            model="acme/one",
                            outcome="served",
                            started_ms=now_ms,
                            latency_ms=20,
                            ttft_ms=10,
                        ),
                    ),
                )
            )
            say("settled", begun.id)
        if number % 50 == 0:
            await asyncio.sleep(0)


if __name__ == "__main__":
    asyncio.run(settle_forever(Path(sys.argv[1])))
