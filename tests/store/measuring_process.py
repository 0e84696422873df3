"""A process that measures until it is killed, and says what it has saved; for the window tests.

    measuring_process.py FOLDER

Prints "taken N" when it has taken up the windows of its predecessor, with their attempts of a day;
then "saved N" after each saving.
"""

import asyncio
import os
import sys
from pathlib import Path

from turnout.core.clock import SYSTEM_CLOCK
from turnout.core.types import Outcome
from turnout.metrics.cells import ATTEMPTS
from turnout.metrics.health import Health
from turnout.metrics.keeping import Keeper
from turnout.store.database import Database

WHO = "acme/one@a"


def attempts(health: Health) -> int:
    """Of a day, without the lag of figures."""
    return health.window(WHO).vector(86400, SYSTEM_CLOCK.now_s() + health.epoch_s)[ATTEMPTS]


async def measure_forever(folder: Path) -> None:
    """Never returns."""
    clock = SYSTEM_CLOCK
    health = Health(epoch_s=clock.unix_ms() / 1000 - clock.now_s())
    keeper = Keeper(health, Database.open(folder, clock), clock)
    keeper.restore()
    os.write(1, f"taken {attempts(health)}\n".encode())
    while True:
        for number in range(20):
            health.record(
                Outcome(endpoint=WHO, at_s=clock.now_s(), latency_ms=100 + number, ttft_ms=50)
            )
        await keeper.save()
        os.write(1, f"saved {attempts(health)}\n".encode())
        await asyncio.sleep(0.01)


if __name__ == "__main__":
    asyncio.run(measure_forever(Path(sys.argv[1])))
