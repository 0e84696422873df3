"""The bytes and pauses of one reply on the wire, as an iterator of steps.

A step is bytes to write, a float (not before so many seconds since the reply began), a flush or an
ending.
Nothing here touches a socket; the server plays the steps, minding back-pressure between them.
"""

from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Final, Literal, TypeAlias

import msgspec
from msgspec.structs import replace

from turnout.simulator import answers, faults
from turnout.simulator.answers import Ask
from turnout.simulator.scenario import Answering, Fault, FaultKind
from turnout.simulator.shapes.shape import Shape

Ending = Literal["stall", "close", "reset"]
"""stall: nothing more until the peer leaves; close: FIN; reset: RST. No ending: keep-alive."""

Flush = Literal["flush"]
"""What was written leaves before anything else is: the next step comes in the loop's next turn."""

Step: TypeAlias = bytes | float | Flush | Ending

BATCH_BYTES: Final = 65_536  # frames of an unlimited stream per write: one socket buffer's worth
SETTLE_S: Final = 0.02  # lets what was written leave before an ending throws the socket away
SPLIT_S: Final = 0.002  # enough for the peer to read the first half on its own

DONE: Final = b"data: [DONE]\n\n"
HTML: Final = b"<!doctype html><html><head><title>502</title></head><body>oops</body></html>\n"
_LAST_CHUNK: Final = b"0\r\n\r\n"
_ENCODER: Final = msgspec.json.Encoder()


class Timing(msgspec.Struct, frozen=True):
    """What a request drew: seconds to the first token and between tokens; `Pace` says the rest."""

    ttft_s: float = 0.0
    gap_s: float = 0.0
    events_per_write: int = 0


INSTANT: Final = Timing()


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """A reply before it is framed.

    Attributes:
        pieces: The one body of a unary reply, or a stream's frames.
        first: Index of the frame with the first token.
        last: Index after the frame with the last token.
        tokens: Tokens said, for the time a unary reply takes.
    """

    pieces: tuple[bytes, ...]
    status: int = 200
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    streamed: bool = False
    first: int = 0
    last: int = 0
    tokens: int = 0


def reply_to(
    how: Answering, ask: Ask, fault: Fault | None, seed: int, shape: Shape | None = None
) -> Reply:
    """The reply of a provider to a request under a fault, or under none; without shape: chat."""
    if fault is not None and (early := _instead(fault, shape)) is not None:
        return early
    made = answers.answer(how, ask, seed)
    if fault is not None:
        made = faults.edit_answer(fault, made, ask)
    if shape is not None:
        return _shaped(shape, made, ask, fault)
    wanted = ask.stream_options is not None and ask.stream_options.include_usage
    usage = how.usage == "always" or (how.usage == "asked" and (wanted or not ask.stream))
    if not ask.stream:
        whole = answers.whole(made, usage=usage)
        body = _ENCODER.encode(faults.edit_whole(fault, whole) if fault else whole)
        if fault is not None:
            body = faults.edit_bytes(fault, body, faults.error_body(fault, in_band=True))
        pieces = (body,)
        return Reply(
            pieces=pieces, content_type=_type(fault, "application/json"), tokens=len(made.tokens)
        )
    stream = answers.chunks(made, usage=usage)
    if fault is not None:
        stream = faults.edit_chunks(fault, stream, made)
    frames = (*(b"data: " + _ENCODER.encode(chunk) + b"\n\n" for chunk in stream), DONE)
    spoken = [i for i, chunk in enumerate(stream) if _speaks(chunk)]
    first, last = (spoken[0], spoken[-1] + 1) if spoken else (len(stream), len(stream))
    if fault is not None:
        frames = faults.edit_frames(fault, frames, first, faults.error_frame(fault))
    kind = _type(fault, "text/event-stream")
    return Reply(pieces=frames, content_type=kind, streamed=True, first=first, last=last)


def _shaped(shape: Shape, made: answers.Answer, ask: Ask, fault: Fault | None) -> Reply:
    """A reply in another dialect; faults of chat's own chunks leave it as it is."""
    if not ask.stream:
        body = shape.whole(made)
        if fault is not None:
            body = faults.edit_bytes(fault, body, shape.error(fault.status, fault.message))
        return Reply(
            pieces=(body,), content_type=_type(fault, "application/json"), tokens=len(made.tokens)
        )
    stream = shape.frames(made)
    frames = stream.pieces
    if fault is not None:
        error = shape.error_frame(fault.status, fault.message)
        frames = faults.edit_frames(fault, frames, stream.first, error)
    kind = _type(fault, shape.stream_type)
    return Reply(
        pieces=frames, content_type=kind, streamed=True, first=stream.first, last=stream.last
    )


def _speaks(chunk: answers.Body) -> bool:
    if not chunk.choices or chunk.choices[0].finish_reason is not None:
        return False
    delta = chunk.choices[0].delta
    return isinstance(delta, answers.Delta) and delta.role is msgspec.UNSET and delta.content != ""


def _type(fault: Fault | None, usual: str) -> str:
    return "text/plain" if fault is not None and fault.kind == "wrong-content-type" else usual


def _instead(fault: Fault, shape: Shape | None) -> Reply | None:
    """The replies that have nothing to do with the answer."""
    match fault.kind:
        case "status":
            return failure(fault, shape)
        case "html-200" | "html-502":
            status = 200 if fault.kind == "html-200" else 502
            return Reply(pieces=(HTML,), status=status, content_type="text/html; charset=utf-8")
        case "redirect":
            status = fault.status if 300 <= fault.status < 400 else 302
            return Reply(pieces=(b"",), status=status, headers=(("Location", fault.location),))
        case _:
            return None


def failure(fault: Fault, shape: Shape | None = None) -> Reply:
    """An error status with the dialect's body and the waits the fault asks for."""
    headers: list[tuple[str, str]] = []
    if fault.retry_after_s is not None:
        headers.append(("Retry-After", f"{fault.retry_after_s:g}"))
    if fault.retry_after_ms is not None:
        headers.append(("retry-after-ms", str(fault.retry_after_ms)))
    body = faults.error_body(fault, in_band=False)
    if shape is not None:
        body = shape.error(fault.status, fault.message)
    return Reply(pieces=(body,), status=fault.status, headers=tuple(headers))


def error_reply(status: int, message: str, *, code: str | None = None) -> Reply:
    """The simulator's own no, in OpenAI's shape."""
    return Reply(pieces=(faults.error_object(status, message, code=code),), status=status)


# ---- on the wire --------------------------------------------------------------------------------


def steps(reply: Reply, fault: Fault | None = None, timing: Timing = INSTANT) -> Iterator[Step]:
    """The steps of a reply; without fault and pauses they are bytes alone."""
    if fault is not None and fault.kind in _PLAYS:
        return _PLAYS[fault.kind](reply, fault, timing)
    return _whole(reply, timing)


def head(reply: Reply, *, http10: bool = False) -> bytes:
    """Status line and headers."""
    lines = [f"HTTP/1.{0 if http10 else 1} {reply.status} {_reason(reply.status)}"]
    lines.append(f"Content-Type: {reply.content_type}")
    lines += [f"{name}: {value}" for name, value in reply.headers]
    if http10:
        lines.append("Connection: close")
    elif reply.streamed:
        lines += ["Cache-Control: no-cache", "Transfer-Encoding: chunked"]
    else:
        lines.append(f"Content-Length: {sum(map(len, reply.pieces))}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Overloaded" if status == 529 else "Status"


def chunk(piece: bytes) -> bytes:
    """One HTTP chunk."""
    return b"%x\r\n%b\r\n" % (len(piece), piece)


def _whole(reply: Reply, timing: Timing) -> Iterator[Step]:
    yield from _opened(reply, timing, len(reply.pieces))
    if reply.streamed:
        yield _LAST_CHUNK


def _opened(reply: Reply, timing: Timing, count: int) -> Iterator[Step]:
    """Head and the first pieces, each when it is due; no end mark."""
    if not reply.streamed:
        yield timing.ttft_s + timing.gap_s * reply.tokens
        yield head(reply) + reply.pieces[0]
        return
    most = timing.events_per_write or len(reply.pieces)
    batch, held = head(reply), 0
    for at, piece in enumerate(reply.pieces[:count]):
        due_s = _due_s(reply, timing, at)
        if due_s > 0:
            if batch:
                yield batch
                batch, held = b"", 0
            yield due_s
            yield chunk(piece)
            continue
        batch += chunk(piece)
        held += 1
        if held >= most or len(batch) >= BATCH_BYTES:
            yield batch
            batch, held = b"", 0
            if timing.events_per_write:
                yield "flush"
    if batch:
        yield batch


def _due_s(reply: Reply, timing: Timing, at: int) -> float:
    """Role with the first token; finish and usage with the last."""
    token = min(max(at - reply.first, 0), max(reply.last - reply.first - 1, 0))
    return timing.ttft_s + timing.gap_s * token


def _broken(reply: Reply, fault: Fault, timing: Timing) -> Iterator[Step]:
    """Some of the answer, then an ending."""
    if fault.kind in ("reset", "close") and fault.after_tokens is None:
        yield fault.kind
        return
    tokens = 1 if fault.after_tokens is None else fault.after_tokens
    if fault.kind == "stall-first-token":
        tokens = 0
    count = reply.first + tokens
    if reply.streamed:
        yield from _opened(reply, timing, count)
        if fault.kind == "cut-mid-frame":
            cut = chunk(reply.pieces[min(count, len(reply.pieces) - 1)])
            yield cut[: len(cut) // 2]
    else:
        yield timing.ttft_s
        body = reply.pieces[0]
        yield head(reply) + (body[: len(body) // 2] if tokens else b"")
    if fault.kind in ("reset", "close"):
        yield timing.ttft_s + timing.gap_s * tokens + SETTLE_S
        yield fault.kind
    else:
        yield "close" if fault.kind == "cut-mid-frame" else "stall"


def _dripped(reply: Reply, fault: Fault, timing: Timing) -> Iterator[Step]:
    gap_s = fault.gap_ms / 1000
    at_s = timing.ttft_s
    for step in _whole(reply, INSTANT):
        if isinstance(step, bytes):
            for byte in step:
                at_s += gap_s
                yield at_s
                yield bytes((byte,))


def _split(reply: Reply, _: Fault, timing: Timing) -> Iterator[Step]:
    """Every frame with a character beyond ASCII leaves in two writes, cut inside that character."""
    at_s = timing.ttft_s
    yield at_s
    yield head(reply)
    for piece in reply.pieces:
        cut = next((i for i, byte in enumerate(piece) if byte >= 0xC2), -1) + 1
        for part in (piece[:cut], piece[cut:]) if cut else (piece,):
            yield chunk(part) if reply.streamed else part
            if cut:
                at_s += SPLIT_S
                yield at_s
    if reply.streamed:
        yield _LAST_CHUNK


def _announced(reply: Reply, _: Fault, timing: Timing) -> Iterator[Step]:
    yield b"HTTP/1.1 100 Continue\r\n\r\n"
    yield b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
    yield from _whole(reply, replace(timing, ttft_s=timing.ttft_s + SPLIT_S))


def _old(reply: Reply, _: Fault, timing: Timing) -> Iterator[Step]:
    """HTTP/1.0: no length and no chunks; the end of the connection is the end of the body."""
    yield timing.ttft_s
    yield head(reply, http10=True)
    for at, piece in enumerate(reply.pieces):
        yield _due_s(reply, timing, at)
        yield piece
    yield "close"


def _silent(_reply: Reply, _fault: Fault, _timing: Timing) -> Iterator[Step]:
    yield "stall"


_PLAYS: Final[Mapping[FaultKind, Callable[[Reply, Fault, Timing], Iterator[Step]]]] = {
    "stall-head": _silent,
    "stall-first-token": _broken,
    "stall-after-tokens": _broken,
    "cut-mid-frame": _broken,
    "reset": _broken,
    "close": _broken,
    "drip": _dripped,
    "split-utf8": _split,
    "early-1xx": _announced,
    "http10": _old,
}
