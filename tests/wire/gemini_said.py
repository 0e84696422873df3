"""Gemini's responses made by hand, and the events that they become."""

import json
from typing import Any, Final

from turnout.core.usage import Usage
from turnout.dialects.adapter import Bill, Head, Outgoing, UpstreamRequest
from turnout.dialects.events import (
    Event,
    ToolCallDelta,
)
from turnout.dialects.gemini.adapter import Gemini

Fields = dict[str, Any]
SENT: Final = Outgoing(request=UpstreamRequest(path="", body=b""))
HEAD: Final = Head("gen-1", 1, "a/m", "P")
BILL: Final = Bill(usage=Usage(), charge=None)
SEAL: Final = "c2VhbA=="


def response(*parts: Fields, finish: str | int | None = "STOP", **more: Any) -> Fields:
    """One response with one candidate; `more` stands beside the content."""
    candidate: Fields = {"content": {"role": "model", "parts": list(parts)}, **more}
    if finish is not None:
        candidate["finishReason"] = finish
    return {"candidates": [candidate], "responseId": "r1", "modelVersion": "gemini-3-flash"}


def decoded(body: Fields) -> tuple[Event, ...]:
    """The events of a whole answer."""
    return Gemini().decode(json.dumps(body).encode()).events


def streamed(*bodies: Fields, form: str = "events") -> list[Event]:
    """The events of a stream, fed byte by byte."""
    decoder = Gemini().decoder()
    if form == "events":
        data = b"".join(b"data: " + json.dumps(body).encode() + b"\r\n\r\n" for body in bodies)
    else:
        data = json.dumps(bodies, indent=2).encode()
    events = [event for byte in data for event in decoder.feed(bytes([byte]))]
    return [*events, *decoder.end()]


def only(events: Any, kind: type) -> list[Any]:
    """The events of one kind."""
    return [event for event in events if isinstance(event, kind)]


def calls(events: Any) -> list[tuple[str | None, str | None, str]]:
    """Id, name and arguments as they came."""
    return [(e.id, e.name, e.arguments) for e in only(events, ToolCallDelta)]
