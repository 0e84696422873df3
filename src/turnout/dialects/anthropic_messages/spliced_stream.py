r"""The stream of an upstream that speaks the client's dialect, changed only where it must be.

The head (ids, model) and the last words (the bill) are ours; every event between is passed as it
came. The common event, a delta of text, thought or arguments, is recognised by its bytes:

    event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{…}}\n\n

Everything else is read by the same reader as the translation's, and passed with its own bytes.
"""

import re
from typing import Final

import msgspec

from turnout.core.errors import UpstreamError
from turnout.core.usage import Usage
from turnout.dialects.adapter import Bill, Head, Tally
from turnout.dialects.anthropic_messages.decoder import (
    MessageReader,
    refuse_html,
    undecodable,
    unframed,
)
from turnout.dialects.anthropic_messages.stream import framed, last_words, message_start
from turnout.dialects.anthropic_messages.telling import error_event
from turnout.dialects.anthropic_messages.usage import members_of, usage_start
from turnout.dialects.anthropic_messages.vocabulary import stop_reason
from turnout.dialects.bridge import gather, note, unsaid_finish
from turnout.dialects.openai_chat.deltas import Json
from turnout.wire.sse import Frames

_DELTA: Final = re.compile(
    rb'event: content_block_delta\ndata: \{"type": ?"content_block_delta", ?"index": ?(\d{1,4}), ?'
    rb'"delta": ?\{"type": ?"(?:(text)_delta", ?"text"|(thinking)_delta", ?"thinking"'
    rb'|input_json_delta", ?"partial_json"): ?"((?:[^"\\\x00-\x1f]|\\["\\/bfnrtu])*)" *\} *\} *\n\n'
)
_OURS: Final = frozenset({"id", "model", "provider", "usage"})
_NULL: Final = msgspec.Raw(b"null")
_INDEX: Final = msgspec.json.Decoder(int)


class SplicedStream:
    """One stream. Its tally holds text as JSON-escaped bytes, which are free to collect."""

    __slots__ = (
        "_begun",
        "_blocks",
        "_frames",
        "_head",
        "_last",
        "_reader",
        "_seen",
        "_shift",
        "_usage",
        "tally",
    )

    def __init__(self, head: Head) -> None:
        self.tally = Tally(escaped=True)
        self._frames = Frames()
        self._reader = MessageReader()
        self._head = head
        self._seen = False
        self._begun = False
        self._blocks = 0
        self._shift = 0
        self._usage: dict[str, msgspec.Raw] = {}
        self._last: dict[str, msgspec.Raw] = {}

    def feed(self, data: bytes) -> bytes:
        """See StreamTranslator; one joined write for each read."""
        tally = self.tally
        if tally.ended or tally.error is not None:
            return b""
        out: list[bytes] = []
        try:
            if b"\r" not in data and (held := self._frames.take_pending()) is not None:
                self._by_runs(held + data if held else data, out)
            else:
                self._one_by_one(data, out)
            if self._frames.stray:
                refuse_html(self._frames.stray)
        except UpstreamError as error:
            if not out:
                raise
            tally.error = error
        return b"".join(out)

    def end(self) -> bytes:
        """See StreamTranslator; a frame that was cut in the middle says nothing."""
        if self.tally.error is not None or self.tally.ended:
            return b""
        out: list[bytes] = []
        for payload in self._frames.end():
            try:
                out.append(self._event(payload))
            except UpstreamError:
                break
        if not self._seen and (error := unframed(self._frames.stray)) is not None:
            self.tally.error = error
        return b"".join(out)

    def close(self, bill: Bill) -> bytes:
        """See StreamTranslator."""
        told = members_of(self._last.pop("delta", None))
        reason = stop_reason(self.tally.finish, self.tally.native_finish)
        delta: dict[str, Json] = {"stop_reason": reason, "stop_sequence": None, **told}
        if delta["stop_reason"] == _NULL:
            delta["stop_reason"] = reason
        return last_words(delta, bill, self._usage, "standard", self._last)

    def fail(self, error: UpstreamError, bill: Bill | None) -> bytes:  # noqa: ARG002 (an error event has no usage)
        """See StreamTranslator."""
        return error_event(error, self._head.id)

    # ── the fast way ────────────────────────────────────────────────────────────────────────────

    def _by_runs(self, data: bytes, out: list[bytes]) -> None:
        """One read: runs of deltas at once, every other event by itself, the rest held."""
        at, whole = 0, data.rfind(b"\n\n") + 2 if b"\n\n" in data else 0
        while at < whole:
            end = self._run(data, at)
            if end > at:
                out.append(data[at:end])
                at = end
                continue
            end = data.find(b"\n\n", at) + 2
            self._one_by_one(data[at:end], out)
            at = end
        if at < len(data):
            self._frames.feed(data[at:])

    def _run(self, data: bytes, at: int) -> int:
        """Where the deltas that begin at `at` end; `at` itself when none does."""
        tally = self.tally
        if tally.ended or tally.error is not None or not self._seen or self._shift:
            return at
        spoken: list[bytes] = []
        thought: list[bytes] = []
        start, place = at, 0
        while (found := _DELTA.match(data, at)) is not None and self._reader.passes(
            int(found[1]), (found[2] or found[3] or b"").decode()
        ):
            if found[3]:
                thought.append(found[4])
                place = int(found[1])
            else:
                spoken.append(found[4])
            at = found.end()
        if at == start:
            return at
        if not data.isascii():
            try:
                data[start:at].decode()
            except UnicodeDecodeError as error:
                good = data.rfind(b"\n\n", start, start + error.start) + 2
                if good <= start:
                    raise undecodable(b"") from error
                return self._run(data[:good], start)
        said, minded = b"".join(spoken), b"".join(thought)
        tally.spoken += said
        tally.thought += minded
        if minded:
            gather(tally).add_escaped(minded, self._reader.thought_at(place))
        tally.content = tally.content or bool(said or minded)
        return at

    # ── event by event ──────────────────────────────────────────────────────────────────────────

    def _one_by_one(self, data: bytes, out: list[bytes]) -> None:
        for payload in self._frames.feed(data):
            out.append(self._event(payload))  # noqa: PERF401 (what came before a broken one counts)

    def _event(self, payload: bytes) -> bytes:  # noqa: PLR0911 (one arm for each kind of event)
        tally = self.tally
        if tally.error is not None or tally.ended:
            return b""
        if payload == b"[DONE]":
            return self._ended()
        kind, events = self._reader.event(payload)
        self._seen = True
        for event in events:
            note(tally, event)
        match kind:
            case "error" | "":
                return b""
            case "message_start":
                return self._begin(payload)
            case "message_delta":
                return self._hold(payload)
            case "message_stop":
                return self._ended()
            case _:
                return self._passed(kind, payload)

    def _passed(self, kind: str, payload: bytes) -> bytes:
        """The event with its own bytes, but for its number behind a second beginning."""
        if kind == "content_block_start":
            self._blocks += 1
            # Work of the upstream's own tools shows too; a client that waits may see it.
            self.tally.content = self.tally.content or self._reader.working
        if self._shift and kind.startswith("content_block_"):
            fields: dict[str, Json] = dict(members_of(msgspec.Raw(payload)))
            index = fields.get("index")
            at = _INDEX.decode(index) if isinstance(index, msgspec.Raw) else 0
            payload = msgspec.json.encode({**fields, "index": at + self._shift})
        return framed(kind, payload)

    def _begin(self, payload: bytes) -> bytes:
        message = members_of(members_of(msgspec.Raw(payload)).get("message"))
        again = self._begun
        self._begun = True
        self._usage = members_of(message.get("usage"))
        if again:  # a proxy before it tried once more: what follows goes behind what was said
            self._shift = self._blocks
            return b""
        rest = {name: raw for name, raw in message.items() if name not in _OURS}
        usage = bytes(message["usage"]) if self._usage else usage_start(Usage())
        return message_start(self._head, usage, rest)

    def _hold(self, payload: bytes) -> bytes:
        """The end waits for the bill; what an upstream says in two of them adds up."""
        fields = members_of(msgspec.Raw(payload))
        more = members_of(fields.pop("usage", None))
        self._usage |= {name: raw for name, raw in more.items() if raw != _NULL}
        fields.pop("type", None)
        before = members_of(self._last.get("delta"))
        after = {**before, **members_of(fields.pop("delta", None))}
        self._last |= {**fields, "delta": msgspec.Raw(msgspec.json.encode(after))}
        return b""

    def _ended(self) -> bytes:
        self.tally.ended = True
        unsaid_finish(self.tally)
        return b""
