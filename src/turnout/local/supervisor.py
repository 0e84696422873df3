"""Keeps the embedded model's process alive, and ends it with the gateway.

Order of a child's life, each step with a deadline:

    spawn ─▶ secret on stdin ─▶ report on stdout ─▶ GET /health 200 ─▶ up ─▶ exit ─▶ back off ─┐
      ▲                                                                                        │
      └────────────────────────────────────────────────────────────────────────────────────────┘

The gateway never waits for any of it. While no child is up, the kernel refuses connections to
`base_url` at once, so an attempt there fails in well under a millisecond.
"""

import asyncio
import contextlib
import logging
import os
import secrets
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from typing import Final, Literal

import msgspec

from turnout.core.clock import SYSTEM_CLOCK, Clock
from turnout.local.backoff import Backoff
from turnout.local.server import command_line
from turnout.local.settings import Failed, LocalModel, Ready, Report, Secret

State = Literal["starting", "up", "down"]
"""`down` before the first start, between a crash and the next start, and after the end."""

_HOST: Final = "127.0.0.1"
_START_S: Final = 60.0  # measured 0.8 s warm and 3.2 s from a cold disk; this is for slow machines
_PROBE_S: Final = 1.0
_PROBE_PERIOD_S: Final = 0.05
_TERMINATE_S: Final = 2.0

_log = logging.getLogger("turnout.local")


class Supervisor:
    """Owns the embedded model's process from `run` to its cancellation or `stop`.

    The address and the key stay the same over all restarts of one supervisor, so they can be
    written into a snapshot before the child is up. Construction reserves the port: call `run` or
    `stop` afterwards, else the reservation leaks.
    """

    def __init__(
        self,
        model: LocalModel,
        *,
        clock: Clock = SYSTEM_CLOCK,
        on_change: Callable[[State], None] | None = None,
    ) -> None:
        """Reserve a port and make a key; start nothing.

        Args:
            model: What to serve.
            clock: Tells how long a child lived.
            on_change: Called in the event loop with each new state; must not block or raise.
        """
        self._model = model
        self._clock = clock
        self._on_change = on_change
        self._reservation = _reserve_port()
        self._port: int = self._reservation.getsockname()[1]
        self._api_key = secrets.token_urlsafe(32)
        self._state: State = "down"
        self._up = asyncio.Event()
        self._reason: str | None = None
        self._pid: int | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def state(self) -> State:
        """Whether the child can answer."""
        return self._state

    @property
    def base_url(self) -> str:
        """Where the child answers when it is up; ends in /v1 and never changes."""
        return f"http://{_HOST}:{self._port}/v1"

    @property
    def api_key(self) -> str:
        """The secret that only this gateway and its child know."""
        return self._api_key

    @property
    def pid(self) -> int | None:
        """The child's process id, None while there is none."""
        return self._pid

    @property
    def reason(self) -> str | None:
        """Why the last child ended or could not start; None once one is up."""
        return self._reason

    async def run(self) -> None:
        """Start the child, restart it when it dies; ends only by cancellation or `stop`.

        However it ends, the child is gone when it returns: SIGTERM, and SIGKILL 2 s later.
        """
        self._task = asyncio.current_task()
        backoff: Backoff | None = None
        try:
            while True:
                up_at_s = await self._run_child()
                lived_s = 0.0 if up_at_s is None else self._clock.now_s() - up_at_s
                backoff = Backoff() if backoff is None else backoff.after(lived_s)
                self._become("down")
                _log.warning(
                    "local_model.down",
                    extra={"reason": self._reason, "retry_in_s": backoff.delay_s},
                )
                await asyncio.sleep(backoff.delay_s)
        finally:
            self._reservation.close()
            self._become("down")

    async def stop(self) -> None:
        """End the child and `run`; returns when both have ended, within 3 s."""
        self._reservation.close()
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=_TERMINATE_S + 1.0)

    async def wait_until_up(self, deadline_s: float) -> bool:
        """Whether the child is up within `deadline_s` seconds; returns as soon as it is."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(deadline_s):
                await self._up.wait()
        return self._up.is_set()

    async def _run_child(self) -> float | None:
        """See one child through to its end; returns the monotonic second at which it came up."""
        self._become("starting")
        try:
            child = await self._spawn()
        except OSError as error:  # no memory, no process slots: as good as a crash
            self._reason = f"cannot start a process: {error.strerror}"
            return None
        try:
            self._pid = child.pid
            failure = await self._wait_ready(child)
            if failure is not None:
                self._reason = failure
                return None
            self._reason = None
            up_at_s = self._clock.now_s()
            _log.info("local_model.up", extra={"pid": child.pid, "port": self._port})
            self._become("up")
            code = await child.wait()
            self._reason = f"the child ended with code {code}"
            return up_at_s
        finally:
            self._pid = None
            await _end(child)

    async def _spawn(self) -> Process:
        # stdin stays open for the child's whole life: its end, when we are gone, ends the child.
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *command_line(self._model, port=self._port, parent=os.getpid()),
            stdin=PIPE,
            stdout=PIPE,
        )

    async def _wait_ready(self, child: Process) -> str | None:
        """None once the child answers /health, else why it does not."""
        try:
            async with asyncio.timeout(_START_S):
                report = await self._exchange(child)
                if report is None:
                    return f"the child ended with code {await child.wait()} while loading"
                if isinstance(report, Failed):
                    return report.reason
                return await _first_health(report.port, child)
        except TimeoutError:
            return f"not ready within {_START_S:.0f} s"
        except ValueError:  # a line too long, or no JSON: someone wrote to the report's descriptor
            return "the child did not report as expected"

    async def _exchange(self, child: Process) -> Report | None:
        """Hand over the key, read the report; None when the child dies first."""
        if child.stdin is None or child.stdout is None:
            raise RuntimeError("the child was spawned without pipes")
        child.stdin.write(msgspec.json.encode(Secret(self._api_key)) + b"\n")
        with contextlib.suppress(ConnectionError):
            await child.stdin.drain()
        line = await child.stdout.readline()
        return msgspec.json.decode(line, type=Ready | Failed) if line else None

    def _become(self, state: State) -> None:
        if state == self._state:
            return
        self._state = state
        if state == "up":
            self._up.set()
        else:
            self._up.clear()
        if self._on_change is not None:
            self._on_change(state)


def _reserve_port() -> socket.socket:
    """A free port, kept for us: bound but not listening, it takes no connection.

    The child binds the same port beside it, which the kernel allows to the same user when both set
    SO_REUSEPORT, and to nobody else; so no other program can take the port between two children.
    """
    reservation = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    reservation.bind((_HOST, 0))
    return reservation


async def _first_health(port: int, child: Process) -> str | None:
    """None at the first 200 of /health; the caller sets the deadline."""
    while not await _is_healthy(port):
        if child.returncode is not None:
            return f"the child ended with code {child.returncode} while starting"
        await asyncio.sleep(_PROBE_PERIOD_S)
    return None


async def _is_healthy(port: int) -> bool:
    try:
        async with asyncio.timeout(_PROBE_S):
            reader, writer = await asyncio.open_connection(_HOST, port)
            try:
                writer.write(b"GET /health HTTP/1.1\r\nhost: local\r\nconnection: close\r\n\r\n")
                head = await reader.readline()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False
    return b" 200 " in head


async def _end(child: Process) -> None:
    """Leave no child behind: SIGTERM, 2 s, SIGKILL; a second cancellation skips the courtesy.

    The 2 s are a timer, not `asyncio.timeout`: we run in a task that is being cancelled, where that
    one raises CancelledError at its end on Python before 3.11.5.
    """
    courtesy = asyncio.get_running_loop().call_later(_TERMINATE_S, _send, child, signal.SIGKILL)
    try:
        _send(child, signal.SIGTERM)
        await child.wait()
    finally:
        courtesy.cancel()
        _send(child, signal.SIGKILL)
        if child.stdin is not None:
            child.stdin.close()


def _send(child: Process, number: signal.Signals) -> None:
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            child.send_signal(number)
