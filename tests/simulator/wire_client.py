"""A raw client for the simulator's tests: sends bytes, keeps every byte and how it ended."""

import asyncio
from typing import Any, Literal

import msgspec
import uvloop

from turnout.simulator import Scenario, parse
from turnout.simulator.server import Simulator, running

Loop = type[asyncio.AbstractEventLoop]
LOOPS: tuple[Loop, ...] = (asyncio.SelectorEventLoop, uvloop.Loop)

QUIET_S = 0.15
HEAD_END = b"\r\n\r\n"


class Heard(msgspec.Struct):
    """What came back; `reads` are the pieces as the socket gave them."""

    raw: bytes
    ending: Literal["eof", "reset", "quiet"]
    reads: list[bytes]

    @property
    def status(self) -> int:
        """Of the first status line."""
        return int(self.raw.split(b" ", 2)[1])

    @property
    def headers(self) -> dict[str, str]:
        """In lower case."""
        lines = self.raw.split(HEAD_END, 1)[0].decode().split("\r\n")[1:]
        return {n.lower(): v.strip() for n, v in (line.split(":", 1) for line in lines)}

    @property
    def body(self) -> bytes:
        """Without chunk framing; a cut chunk counts as far as it came."""
        rest = self.raw.split(HEAD_END, 1)[1]
        return b"".join(dechunk(rest)) if "transfer-encoding" in self.headers else rest

    @property
    def chunks(self) -> list[bytes]:
        """The HTTP chunks."""
        return dechunk(self.raw.split(HEAD_END, 1)[1])

    @property
    def complete(self) -> bool:
        """The chunked body has its last chunk."""
        return self.raw.endswith(b"0\r\n\r\n")

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return msgspec.json.decode(self.body)

    @property
    def events(self) -> list[Any]:
        """The JSON of every `data:` line but `[DONE]`."""
        lines = self.body.replace(b"\r\n", b"\n").split(b"\n")
        rows = [line[6:] for line in lines if line.startswith(b"data: ")]
        return [msgspec.json.decode(row) for row in rows if row != b"[DONE]"]

    @property
    def text(self) -> str:
        """All streamed content."""
        deltas = [c["delta"] for event in self.events for c in event.get("choices", ())]
        return "".join(delta.get("content") or "" for delta in deltas)


def dechunk(rest: bytes) -> list[bytes]:
    """The chunks of a chunked body, the last of them possibly cut."""
    found: list[bytes] = []
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        length = int(size, 16)
        if length == 0:
            break
        found.append(rest[:length])
        rest = rest[length + 2 :]
    return found


def ask(
    content: str = "hello", *, path: str = "/a/v1/chat/completions", head: str = "", **more: Any
) -> bytes:
    """A chat request that closes its connection."""
    body = msgspec.json.encode(
        {"model": "m", "messages": [{"role": "user", "content": content}], **more}
    )
    lines = f"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{head}"
    return lines.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body


def get(path: str) -> bytes:
    """A GET that closes its connection."""
    return f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()


async def talk(port: int, request: bytes, quiet_s: float = QUIET_S) -> Heard:
    """Send bytes, read until the end, a reset, or `quiet_s` without a byte."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    reads: list[bytes] = []
    ending: Literal["eof", "reset", "quiet"] = "eof"
    try:
        writer.write(request)
        while True:
            piece = await asyncio.wait_for(reader.read(1 << 20), quiet_s)
            if not piece:
                break
            reads.append(piece)
    except TimeoutError:
        ending = "quiet"
    except ConnectionResetError:
        ending = "reset"
    finally:
        writer.close()
        try:
            await writer.wait_closed()
        except ConnectionResetError:
            ending = "reset"
    return Heard(b"".join(reads), ending, reads)


def hear(
    scenario: Scenario | str, *requests: bytes, quiet_s: float = QUIET_S, loop: Loop = LOOPS[0]
) -> list[Heard]:
    """One simulator, the requests one after another on connections of their own."""

    async def main() -> list[Heard]:
        async with running(_scenario(scenario)) as simulator:
            return [await talk(simulator.port, request, quiet_s) for request in requests]

    with asyncio.Runner(loop_factory=loop) as runner:
        return runner.run(main())


def _scenario(scenario: Scenario | str) -> Scenario:
    return parse(scenario) if isinstance(scenario, str) else scenario


async def stats(simulator: Simulator) -> Any:
    """`/_simulator/stats` over the socket."""
    return (await talk(simulator.port, get("/_simulator/stats"))).json
