"""The embedded model in a real child process: served, restarted, and never left behind."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Callable, Coroutine
from pathlib import Path
from typing import Any

import openai
import pytest

from turnout.local.settings import LocalModel
from turnout.local.supervisor import State, Supervisor

pytestmark = [
    pytest.mark.local_model,
    pytest.mark.skipif(sys.platform != "linux", reason="reads the state of processes in /proc"),
]

RunOn = Callable[[Coroutine[Any, Any, None]], None]
UP_S = 45.0


@contextlib.asynccontextmanager
async def running(
    weights: Path, on_change: Callable[[State], None] | None = None
) -> AsyncGenerator[Supervisor]:
    """A supervisor whose child is up, ended by `stop` at the latest."""
    supervisor = Supervisor(LocalModel(weights=weights), on_change=on_change)
    async with asyncio.TaskGroup() as owner:
        owner.create_task(supervisor.run())
        try:
            assert await supervisor.wait_until_up(UP_S), supervisor.reason
            yield supervisor
        finally:
            await supervisor.stop()


def client(supervisor: Supervisor, api_key: str | None = None) -> openai.AsyncOpenAI:
    """The official SDK, pointed at the child."""
    key = supervisor.api_key if api_key is None else api_key
    return openai.AsyncOpenAI(base_url=supervisor.base_url, api_key=key, max_retries=0, timeout=30)


async def start_long_stream(sdk: openai.AsyncOpenAI) -> openai.AsyncStream[Any]:
    """A stream that would run for ten seconds and more, of which one chunk has been read."""
    stream = await sdk.chat.completions.create(
        model="smollm2-135m-instruct",
        messages=[{"role": "user", "content": "Tell me a long story."}],
        max_tokens=1900,
        logit_bias={"2": -100},  # <|im_end|>: it may not end by itself
        stream=True,
    )
    await anext(aiter(stream))
    return stream


def state_of(pid: int) -> str:
    """The kernel's letter for a process: S sleeps, T is stopped, Z is dead; empty when gone."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    return ""


def is_alive(pid: int) -> bool:
    """Whether the process runs; a zombie nobody has waited for does not."""
    return state_of(pid) not in {"", "Z", "X"}


def wait_for(condition: Callable[[], bool], deadline_s: float) -> bool:
    """Whether it came true in time."""
    end = time.monotonic() + deadline_s
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def test_child_answers_a_chat(weights: Path, run_on: RunOn) -> None:
    """A real model answers, names itself and counts its tokens."""

    async def check() -> None:
        async with running(weights) as supervisor, client(supervisor) as sdk:
            answer = await sdk.chat.completions.create(
                model="smollm2-135m-instruct",
                messages=[{"role": "user", "content": "What is the capital of France?"}],
                max_tokens=16,
                temperature=0,
            )
            assert answer.choices[0].message.content
            assert answer.model == "smollm2-135m-instruct"
            assert answer.usage is not None
            assert 1 <= answer.usage.completion_tokens <= 16

    run_on(check())


def test_child_streams_and_embeds(weights: Path) -> None:
    """The same child streams with usage in the last chunk, and embeds into 576 dimensions."""

    async def check() -> None:
        async with running(weights) as supervisor, client(supervisor) as sdk:
            stream = await sdk.chat.completions.create(
                model="smollm2-135m-instruct",
                messages=[{"role": "user", "content": "Count to five."}],
                max_tokens=12,
                stream=True,
                stream_options={"include_usage": True},
            )
            chunks = [chunk async for chunk in stream]
            assert sum(1 for chunk in chunks if chunk.choices) >= 3
            assert chunks[-1].usage is not None
            vectors = await sdk.embeddings.create(
                model="smollm2-135m-instruct", input="a word", encoding_format="float"
            )
            assert len(vectors.data[0].embedding) == 576

    asyncio.run(check())


def test_child_refuses_another_key(weights: Path) -> None:
    """Other users of the machine can reach the port, so the child wants the supervisor's key."""

    async def check() -> None:
        async with running(weights) as supervisor, client(supervisor, "wrong") as sdk:
            with pytest.raises(openai.AuthenticationError):
                await sdk.models.list()

    asyncio.run(check())


def test_killed_child_is_restarted_at_the_same_address(weights: Path, run_on: RunOn) -> None:
    """A crash is a moment of refused connections; then the same URL and key work again."""

    async def check() -> None:
        down = asyncio.Event()

        def hear(state: State) -> None:
            if state == "down":
                down.set()

        async with running(weights, hear) as supervisor, client(supervisor) as sdk:
            before, first_pid = (supervisor.base_url, supervisor.api_key), supervisor.pid
            assert first_pid is not None
            os.kill(first_pid, signal.SIGKILL)
            await asyncio.wait_for(down.wait(), 1)
            with pytest.raises(openai.APIConnectionError):
                await sdk.models.list()
            assert supervisor.reason == "the child ended with code -9"
            assert await supervisor.wait_until_up(UP_S)
            assert (supervisor.base_url, supervisor.api_key) == before
            assert supervisor.pid != first_pid
            assert (await sdk.models.list()).data

    run_on(check())


def test_states_follow_the_child(weights: Path) -> None:
    """Who listens hears of every state once, in order, the end included."""
    heard: list[State] = []

    async def check() -> None:
        supervisor = Supervisor(LocalModel(weights=weights), on_change=heard.append)
        assert supervisor.state == "down"
        async with asyncio.TaskGroup() as owner:
            owner.create_task(supervisor.run())
            assert await supervisor.wait_until_up(UP_S)
            await supervisor.stop()

    asyncio.run(check())
    assert heard == ["starting", "up", "down"]


@pytest.mark.parametrize("way", ["stop", "cancel"])
def test_end_does_not_wait_for_a_running_stream(weights: Path, run_on: RunOn, way: str) -> None:
    """Stop, or cancellation by the owner, ends child and stream together in under 3 s."""

    async def check() -> None:
        supervisor = Supervisor(LocalModel(weights=weights))
        async with asyncio.TaskGroup() as owner, client(supervisor) as sdk:
            task = owner.create_task(supervisor.run())
            assert await supervisor.wait_until_up(UP_S)
            pid = supervisor.pid
            assert pid is not None
            stream = await start_long_stream(sdk)
            began = time.monotonic()
            if way == "stop":
                await supervisor.stop()
            else:
                task.cancel()
                await asyncio.wait({task})
            assert time.monotonic() - began < 3.0
            assert not is_alive(pid)
            with pytest.raises(Exception, match=r".") as broken:
                async for _ in stream:
                    pass
            assert not isinstance(broken.value, TimeoutError)
            await stream.close()

    run_on(check())


def test_frozen_child_is_killed(weights: Path) -> None:
    """A child that cannot even take SIGTERM is gone after the 2 s of courtesy."""

    async def check() -> None:
        async with running(weights) as supervisor:
            pid = supervisor.pid
            assert pid is not None
            os.kill(pid, signal.SIGSTOP)  # takes effect a moment later, thread by thread
            assert wait_for(lambda: state_of(pid) == "T", 2.0)
            began = time.monotonic()
            await supervisor.stop()
            assert 1.9 < time.monotonic() - began < 3.0
            assert not is_alive(pid)

    asyncio.run(check())


def test_child_leaves_an_interrupt_to_its_parent(weights: Path) -> None:
    """Ctrl-C reaches the whole process group; streams may end before the parent ends the child."""

    async def check() -> None:
        async with running(weights) as supervisor, client(supervisor) as sdk:
            assert supervisor.pid is not None
            os.kill(supervisor.pid, signal.SIGINT)
            await asyncio.sleep(0.2)
            assert supervisor.state == "up"
            assert (await sdk.models.list()).data

    asyncio.run(check())


PARENT = """
import asyncio, sys
from pathlib import Path
from turnout.local.settings import LocalModel
from turnout.local.supervisor import Supervisor

async def main(weights, until):
    supervisor = Supervisor(LocalModel(weights=Path(weights)))
    async with asyncio.TaskGroup() as owner:
        owner.create_task(supervisor.run())
        if until == "up":
            assert await supervisor.wait_until_up(45)
        while supervisor.pid is None:
            await asyncio.sleep(0.001)
        print(supervisor.pid, flush=True)

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.parametrize("moment", ["up", "loading"])
def test_child_dies_with_a_killed_parent(weights: Path, moment: str) -> None:
    """Kill -9 of the gateway leaves no orphan behind, not even one that is still loading."""
    command = [sys.executable, "-c", PARENT, str(weights), moment]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert is_alive(child)
        parent.kill()
        assert wait_for(lambda: not is_alive(child), 2.0)
