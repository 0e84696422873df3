"""An HTTP answer as a client heard it: bytes, pieces with their times, events."""

import json
import time
from http.client import HTTPResponse, IncompleteRead
from typing import Any

import msgspec


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """An answer; `reads` are its pieces as the socket gave them, with seconds since the request."""

    status: int
    headers: dict[str, str]
    body: bytes
    reads: tuple[tuple[float, bytes], ...] = ()
    complete: bool = True

    @property
    def json(self) -> Any:
        """The body as one JSON value."""
        return json.loads(self.body)

    @property
    def error(self) -> Any:
        """The `error` object of a refusal."""
        return self.json["error"]

    @property
    def frames(self) -> list[bytes]:
        """The SSE frames, comments and `[DONE]` included."""
        return [frame for frame in self.body.split(b"\n\n") if frame]

    @property
    def comments(self) -> int:
        """How many frames are signs of life."""
        return sum(frame == b": TURNOUT PROCESSING" for frame in self.frames)

    @property
    def done(self) -> bool:
        """The stream ends with `[DONE]`, which is there once."""
        return self.frames[-1] == b"data: [DONE]" and self.body.count(b"[DONE]") == 1

    @property
    def events(self) -> list[Any]:
        """The JSON of every data frame but `[DONE]`."""
        rows = [frame[6:] for frame in self.frames if frame.startswith(b"data: ")]
        return [json.loads(row) for row in rows if row != b"[DONE]"]

    @property
    def text(self) -> str:
        """What the model said, streamed or not."""
        if self.headers["content-type"].startswith("application/json"):
            content: str = self.json["choices"][0]["message"]["content"]
            return content
        deltas = [c["delta"] for event in self.events for c in event.get("choices", ())]
        return "".join(delta.get("content") or "" for delta in deltas)

    @property
    def generation_id(self) -> str:
        """Of the X-Generation-Id header."""
        return self.headers["x-generation-id"]


def hear(response: HTTPResponse, began_s: float) -> Heard:
    """Reads an answer to its end, noting when each piece came."""
    reads: list[tuple[float, bytes]] = []
    complete = True
    try:
        while piece := response.read1(1 << 20):
            reads.append((time.monotonic() - began_s, piece))
    except IncompleteRead:
        complete = False
    return Heard(
        status=response.status,
        headers={name.lower(): value for name, value in response.getheaders()},
        body=b"".join(piece for _, piece in reads),
        reads=tuple(reads),
        complete=complete,
    )
