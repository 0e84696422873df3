"""Plays policies over scenarios, in as many processes as there are cores."""

import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed

from turnout.lab.engine import Engine
from turnout.lab.policies import POLICIES, PolicyName
from turnout.lab.report import Row, row_of
from turnout.lab.scenario import Scenario
from turnout.lab.world import World


def play(scenario: Scenario, policy: PolicyName) -> Row:
    """One policy in one scenario."""
    return play_world(World(scenario), policy)


def play_world(world: World, policy: PolicyName) -> Row:
    """One policy in a world, which is as it was afterwards."""
    began_s = time.process_time()
    trace = Engine(world.afresh(), POLICIES[policy]).run()
    return row_of(trace, policy, time.process_time() - began_s)


def play_all(
    scenarios: Sequence[Scenario], policies: Sequence[PolicyName], workers: int | None = None
) -> Iterator[Row]:
    """All of them, as they are done."""
    jobs: list[tuple[Scenario, PolicyName]] = [
        (scenario, policy) for scenario in scenarios for policy in policies
    ]
    count = min(workers or os.cpu_count() or 1, len(jobs))
    if count <= 1:
        for scenario, policy in jobs:
            yield play(scenario, policy)
        return
    with ProcessPoolExecutor(count) as pool:
        running = [pool.submit(play, scenario, policy) for scenario, policy in jobs]
        for future in as_completed(running):
            yield future.result()
