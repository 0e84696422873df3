"""What a supervisor does when its child cannot serve, and how long it waits between tries."""

import asyncio
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnout.local.backoff import LONGEST_S, SETTLED_S, Backoff
from turnout.local.settings import LocalModel
from turnout.local.supervisor import State, Supervisor


def test_backoff_doubles_to_its_limit() -> None:
    """Half a second, then double, never more than 30 s."""
    delays: list[float] = []
    backoff = Backoff()
    for _ in range(9):
        delays.append(backoff.delay_s)
        backoff = backoff.after(lived_s=0.0)
    assert delays == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]


@given(st.lists(st.floats(min_value=0, max_value=2 * SETTLED_S)))
def test_backoff_forgets_after_a_settled_life(lives_s: list[float]) -> None:
    """Whatever came before, a child that lasted a minute is restarted in half a second."""
    backoff = Backoff()
    for lived_s in lives_s:
        backoff = backoff.after(lived_s)
        assert Backoff().delay_s <= backoff.delay_s <= LONGEST_S
    assert backoff.after(SETTLED_S) == Backoff()


@pytest.mark.parametrize("content", [None, b"", b"GGUF but no model"])
def test_weights_that_cannot_load_are_reported_and_retried(
    tmp_path: Path, content: bytes | None
) -> None:
    """A missing or broken file is a reason to read and another try later, not a dead gateway."""
    weights = tmp_path / "broken.gguf"
    if content is not None:
        weights.write_bytes(content)
    heard: list[State] = []

    async def check() -> None:
        retried = asyncio.Event()

        def hear(state: State) -> None:
            heard.append(state)
            if heard.count("starting") == 2:
                retried.set()

        supervisor = Supervisor(LocalModel(weights=weights), on_change=hear)
        async with asyncio.TaskGroup() as owner:
            owner.create_task(supervisor.run())
            await asyncio.wait_for(retried.wait(), 20)
            assert supervisor.reason is not None
            assert "xllamacpp" in supervisor.reason or "broken.gguf" in supervisor.reason
            began = time.monotonic()
            await supervisor.stop()
            assert time.monotonic() - began < 3.0

    asyncio.run(check())
    assert heard == ["starting", "down", "starting", "down"]


def test_supervisor_that_never_ran_can_be_stopped() -> None:
    """A gateway that fails between building and running leaks no socket."""

    async def check() -> None:
        supervisor = Supervisor(LocalModel(weights=Path("nowhere.gguf")))
        await supervisor.stop()
        assert supervisor.state == "down"

    asyncio.run(check())
