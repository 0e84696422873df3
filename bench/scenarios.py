"""What is measured, one function each, in rounds that go through all targets in turn."""

import asyncio
import socket
import time
from collections.abc import Awaitable, Sequence
from contextlib import AsyncExitStack, ExitStack
from http.client import HTTPResponse

import msgspec

from bench import provisions
from bench import translating as translation
from bench.board import Board, Effort
from bench.load import (
    Ask,
    Tally,
    Wire,
    closed_loop,
    has_wrk,
    hold_streams,
    open_loop,
    wrk,
    wrk_script,
)
from bench.micro import measure
from bench.processes import pinned, usage_of
from bench.targets import (
    HOST,
    Fleet,
    Target,
    create_key,
    free_ports,
    gateway_command,
    started,
)
from turnout.simulator.stats import Snapshot, Totals

CONNECTIONS = 64
FLOOD_CLIENTS = 32
ARRIVALS_PER_S = 100
SMALL_BUFFER = 65_536
STOPPED = 8
POLL_S = 0.02
LEAVERS = 5

PROMPT: dict[str, object] = {"messages": [{"role": "user", "content": "Which track is free?"}]}
STREAM: dict[str, object] = {**PROMPT, "stream": True}


async def exact_answers(fleet: Fleet, _effort: Effort, _board: Board) -> None:
    """Every target gives the simulator's very words, whole and streamed.

    Raises:
        RuntimeError: One does not; nothing measured after that would mean anything.
    """
    for target in fleet.targets.values():
        status, body = await fetch(target.ask("unary", PROMPT))
        said = _whole_text(body) if status == 200 else body.decode(errors="replace")
        if said != provisions.UNARY_TEXT:
            raise RuntimeError(f"{target.name} answers {status} with other words: {said[:300]}")
        for provider in ("flood", "drops"):
            status, body = await fetch(target.ask(provider, STREAM))
            said, tokens = _streamed_text(body)
            if said.split() != ["token"] * provisions.EVENTS or tokens < provisions.EVENTS:
                raise RuntimeError(f"{target.name} streams {tokens} events: {body[:600]!r}")


async def cold_start(fleet: Fleet, effort: Effort, board: Board) -> None:
    """From the start of the process to its first `/health` that says 200."""
    if "gateway" not in fleet.targets:
        return
    folder = fleet.folder / "cold"
    folder.mkdir()
    port = free_ports(1)[0]
    command = pinned(fleet.cores.target, gateway_command(folder, port, fleet.simulator))
    create_key(folder)
    for _ in range(max(3, effort.rounds)):
        async with AsyncExitStack() as stack:
            _, seconds = await started(stack, command, port, folder / "gateway.log")
        board.add("cold start", "s", "gateway", seconds)


async def unary(fleet: Fleet, effort: Effort, board: Board) -> None:
    """1 KB answers as fast as each target gives them: closed loop, 64 connections."""
    for _ in range(effort.rounds):
        for target in fleet.targets.values():
            ask = target.ask("unary", PROMPT)
            if has_wrk():
                script = fleet.folder / "ask.lua"
                script.write_text(wrk_script(ask.request))
                load = wrk(ask, str(script), CONNECTIONS, effort.load_s, fleet.cores.load)
            else:
                load = closed_loop(ask, CONNECTIONS, effort.load_s)
            await _full_load(board, target, "unary", load)


async def flood(fleet: Fleet, effort: Effort, board: Board) -> None:
    """Streams of 100 tokens at full speed, 32 clients. An event is a token that arrived.

    Once with an upstream that writes each event by itself, as providers do, and once with one that
    writes a whole stream at a time, which costs a proxy a fraction of the reads. The first is
    compared by CPU per event: writing and reading event by event, the load side is the slower one.
    """
    for provider, name in (("drops", "flood"), ("flood", "flood in bulk")):
        for _ in range(effort.rounds):
            for target in fleet.targets.values():
                ask = target.ask(provider, STREAM)
                load = closed_loop(ask, FLOOD_CLIENTS, effort.load_s)
                await _full_load(board, target, name, load, events=provisions.EVENTS)


async def _full_load(
    board: Board, target: Target, name: str, load: Awaitable[Tally], *, events: int = 0
) -> None:
    """A load's rate, and the CPU of the target for each answer (or each event of it)."""
    what = "event" if events else "request"
    before_s = usage_of(target.pid).cpu_s if target.pid else 0.0
    tally = await load
    count = tally.answers * (events or 1)
    board.errors(target.name, tally)
    rate = count / tally.seconds
    board.add(name, f"{what}s/s", target.name, rate, higher_is_better=True)
    if target.pid and count:
        spent_s = usage_of(target.pid).cpu_s - before_s
        board.add(f"{name} CPU", f"µs/{what}", target.name, spent_s * 1e6 / count)


async def latency(fleet: Fleet, effort: Effort, board: Board) -> None:
    """What a caller waits at 100 requests a second, open loop, from outside."""
    for _ in range(effort.rounds):
        for target in fleet.targets.values():
            ask = target.ask("unary", PROMPT)
            await open_loop(ask, ARRIVALS_PER_S, 0.5)
            tally = await open_loop(ask, ARRIVALS_PER_S, effort.latency_s)
            board.errors(target.name, tally)
            board.add("latency p50", "ms", target.name, tally.percentile(0.5))
            board.add("latency p99", "ms", target.name, tally.percentile(0.99))


async def prompts(fleet: Fleet, effort: Effort, board: Board) -> None:
    """Requests of 100 KB and 10 MB."""
    for label, size, connections in (
        ("100 KB prompt", 100_000, 8),
        ("10 MB prompt", 10_000_000, 2),
    ):
        words = "Which track is free? " * (size // 21)
        body: dict[str, object] = {"messages": [{"role": "user", "content": words}]}
        for _ in range(effort.rounds):
            for target in fleet.targets.values():
                load = closed_loop(target.ask("unary", body), connections, effort.load_s / 2)
                await _full_load(board, target, label, load)


async def paced(fleet: Fleet, effort: Effort, board: Board) -> None:
    """500 streams held open at a model's pace: memory, CPU, and what happens when all hang up."""
    for target in fleet.targets.values():
        if target.pid is None:
            continue
        board.add("rss, idle", "MB", target.name, usage_of(target.pid).rss_bytes / 1e6)
        tally, wires = await hold_streams(target.ask("paced", STREAM), effort.streams)
        try:
            await _until_open(fleet, "paced", effort.streams)
            await asyncio.sleep(1)
            before = usage_of(target.pid)
            await asyncio.sleep(effort.hold_s)
            after = usage_of(target.pid)
            for _ in range(LEAVERS):
                board.add("cancel", "ms", target.name, await _cancelled_ms(fleet, [wires.pop()]))
        finally:
            all_ms = await _cancelled_ms(fleet, wires)
        board.errors(target.name, tally)
        events = effort.streams * provisions.PACED_TPS * effort.hold_s
        spent = (after.cpu_s - before.cpu_s) * 1e6 / events
        board.add("paced CPU", "µs/event", target.name, spent)
        board.add(f"rss, {effort.streams} streams", "MB", target.name, after.rss_bytes / 1e6)
        board.add("cancel all", "ms", target.name, all_ms)
        board.add("left open", "streams", target.name, (await stats(fleet, "paced")).open)
        await _reset(fleet)


async def _cancelled_ms(fleet: Fleet, wires: Sequence[Wire]) -> float:
    """Hang up; how long until the simulator saw the last of them go."""
    still_open = (await stats(fleet, "paced")).open
    left_at_ms = time.time() * 1000
    for wire in wires:
        wire.abandon()
    await _until_open(fleet, "paced", still_open - len(wires))
    slowest = max((h.at_ms for h in (await stats(fleet, "paced")).hangups), default=left_at_ms)
    return max(0.0, slowest - left_at_ms)


async def stopped_reader(fleet: Fleet, _effort: Effort, board: Board) -> None:
    """Clients that stop reading a large stream: what the target holds for each of them.

    "held" is the growth of the target's memory. "sent ahead" is what the upstream got rid of beyond
    what was read; most of it lies in socket buffers of the kernel, on the direct way too.
    """
    for target in fleet.targets.values():
        await _reset(fleet)
        ask = target.ask("big", STREAM)
        with ExitStack() as stack:
            # The first two pay for what is allocated once.
            await asyncio.to_thread(_stop_reading, ask, stack, 2)
            sent = await _settled(fleet, "big")
            before = usage_of(target.pid).rss_bytes if target.pid else 0
            await asyncio.to_thread(_stop_reading, ask, stack, STOPPED)
            sent = await _settled(fleet, "big") - sent
            held = (usage_of(target.pid).rss_bytes if target.pid else 0) - before
        board.add("sent ahead", "MiB", target.name, sent / STOPPED / 2**20)
        if target.pid:
            board.add("held", "MiB", target.name, max(0, held) / STOPPED / 2**20)
        await _until_open(fleet, "big", 0)


def _stop_reading(ask: Ask, stack: ExitStack, count: int) -> None:
    for _ in range(count):
        sock = stack.enter_context(socket.socket())
        # Fixed before connecting, or the kernel would grow it to many MiB by itself.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
        sock.connect((ask.host, ask.port))
        sock.sendall(ask.request)
        sock.recv(1024)


async def failover(fleet: Fleet, effort: Effort, board: Board) -> None:
    """1 % of the first endpoint's answers are 500; the client must not notice."""
    target = fleet.targets.get("gateway")
    if target is None:
        return
    await _reset(fleet)
    body = {**PROMPT, "provider": {"order": ["sim-flaky", "sim-steady"]}}
    tally = await closed_loop(target.ask("failover", body), 16, effort.load_s)
    failed = (await stats(fleet, "flaky")).faults.get("status", 0)
    rate = tally.answers / tally.seconds
    board.add("failover", "requests/s", "gateway", rate, higher_is_better=True)
    board.add("failover p99", "ms", "gateway", tally.percentile(0.99))
    board.add("failover errors", "seen", "gateway", tally.errors)
    board.add("failover upstream errors", "hidden", "gateway", failed, higher_is_better=True)
    if not failed:
        board.notes.append("The failover load met no upstream error; its verdict says nothing.")


async def planning(_fleet: Fleet, effort: Effort, board: Board) -> None:
    """What a plan costs at 10 and at 50 endpoints, without a gateway around it."""
    costs = await asyncio.to_thread(measure, max(effort.rounds, 3))
    for cost in costs:
        count = cost.endpoints
        board.add(f"plan, {count} endpoints", "µs", "gateway", cost.warm_us)
        board.add(f"plan, {count} endpoints, cold", "µs", "gateway", cost.cold_us)


async def translating(fleet: Fleet, effort: Effort, board: Board) -> None:
    """The same stream of an upstream of another dialect, against one whose bytes pass.

    First through the gateway, from chat; then every pair of dialects without a gateway around it:
    an event a read, as providers send them, and all there is in sixteen, where passing is cheapest.
    """
    if "gateway" in fleet.targets:
        target = fleet.targets["gateway"]
        names = {"drops": "chat"} | {f"drops-{name}": name for name in provisions.TRANSLATED}
        for _ in range(effort.rounds):
            for provider, name in names.items():
                load = closed_loop(target.ask(provider, STREAM), FLOOD_CLIENTS, effort.load_s / 2)
                what = f"flood from {name}"
                await _full_load(board, target, what, load, events=provisions.EVENTS)
    for events, how in ((1, "an event a read"), (16, "16 events a read")):
        costs = await asyncio.to_thread(translation.measure, max(effort.rounds, 3) * 4, events)
        for cost in costs:
            name = f"{cost.client} from {cost.upstream}, {how}"
            board.add(name, "µs/event", "gateway", cost.us)
            board.add(name, "µs/event", "passed", cost.passed_us)
        worst = max(cost.ratio for cost in costs)
        board.add(f"translating, {how}", "times passing", "gateway", worst)


SCENARIOS = {
    "exact": exact_answers,
    "cold": cold_start,
    "paced": paced,  # before the heavy loads, whose high water would be taken for it
    "unary": unary,
    "flood": flood,
    "latency": latency,
    "prompts": prompts,
    "stopped": stopped_reader,
    "failover": failover,
    "planning": planning,
    "translating": translating,
}


# ---- small readers ------------------------------------------------------------------------------


async def fetch(ask: Ask) -> tuple[int, bytes]:
    """Status and body of one request on a connection of its own."""

    def blocking() -> tuple[int, bytes]:
        with socket.create_connection((ask.host, ask.port), timeout=30) as sock:
            sock.sendall(ask.request)
            response = HTTPResponse(sock)
            response.begin()
            return response.status, response.read()

    return await asyncio.to_thread(blocking)


async def stats(fleet: Fleet, provider: str) -> Snapshot:
    """What the simulator counted for a provider."""
    request = b"GET /_simulator/stats HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    _, body = await fetch(Ask(HOST, fleet.simulator, request))
    return msgspec.json.decode(body, type=Totals).providers[provider]


async def _reset(fleet: Fleet) -> None:
    request = b"POST /_simulator/reset HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    await fetch(Ask(HOST, fleet.simulator, request))


async def _until_open(fleet: Fleet, provider: str, count: int, within_s: float = 10.0) -> None:
    """Wait for a number of open replies; whoever must have it checks again."""
    for _ in range(int(within_s / POLL_S)):
        if (await stats(fleet, provider)).open == count:
            break
        await asyncio.sleep(POLL_S)


async def _settled(fleet: Fleet, provider: str) -> int:
    """Bytes the simulator got rid of once that number stands still for a moment."""
    before = -1
    for _ in range(40):
        sent = (await stats(fleet, provider)).bytes_out
        if sent == before:
            break
        before = sent
        await asyncio.sleep(0.3)
    return before


def _whole_text(body: bytes) -> str:
    return msgspec.json.decode(body)["choices"][0]["message"]["content"]


def _streamed_text(body: bytes) -> tuple[str, int]:
    """All content, and in how many events it came."""
    rows = [line[6:] for line in body.split(b"\n") if line.startswith(b"data: {")]
    choices = [choice for row in rows for choice in msgspec.json.decode(row)["choices"]]
    words = [choice["delta"].get("content") or "" for choice in choices]
    return "".join(words), len([word for word in words if word])
