r"""The stream of an upstream that speaks the client's dialect, rewritten where it must be.

All plain events of one stream (only words, or only thoughts) are alike but for their text. The
first one is read in full; the bytes around its text become a `_Seam`, and what matches is spliced:

    data: {…upstream head…"content":"  Hello  "},…}\n\n
    data: {…our head……………"content":"  Hello  "},…}\n\n

Runs of such events go at once, however many a read brought; everything else is decoded by the
same reader as the translation's, with the fields nobody knows riding along.
"""

from typing import Final

import msgspec

from turnout.core.errors import UpstreamError
from turnout.dialects.adapter import Bill, Head, Tally
from turnout.dialects.bridge import gather, note, unsaid_finish
from turnout.dialects.events import Event, ReasoningDelta, TextDelta
from turnout.dialects.openai_chat.chunks import ChunkWriter, top_members
from turnout.dialects.openai_chat.decoder import (
    Choice,
    ChunkReader,
    Reading,
    identity,
    is_set,
    refuse_html,
    unframed,
)
from turnout.dialects.openai_chat.deltas import Json, said, without
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.dialects.openai_chat.usage import Reported, members
from turnout.wire.sse import Frames

_NULL: Final = msgspec.Raw(b"null")
_TOP: Final = frozenset(
    {"id", "object", "created", "model", "provider", "choices", "usage", "error"}
)
_NEVER_NULL: Final = frozenset({"system_fingerprint", "service_tier"})
_IN_CHOICE: Final = frozenset(
    {
        "index",
        "delta",
        "message",
        "finish_reason",
        "native_finish_reason",
        "logprobs",
        "usage",
        "error",
    }
)
_IN_DELTA: Final = frozenset(
    {"role", "content", "refusal", "tool_calls", "images", "audio", "annotations"}
)
_MAX_VAIN: Final = 16
"""Seams learned in a row without a match; then the stream is not of the kind that repeats."""


class _Seam(msgspec.Struct, frozen=True):
    """What surrounds the text of a plain event, theirs and ours.

    Soundness: JSON has one reading. If an event begins with `head`, ends with `tail` and holds no
    bare quote between, then its text is what is between, and all else equals the event that taught.

    Attributes:
        pieces: Our event with the text cut out: two for words, more for thoughts, which the
            contract says in several fields.
        thought: The text is thinking.
        first: `head` as it stands in the stream; `last` and `between` (two events) likewise.
        our_between: Our bytes between two texts; only used with two pieces.
    """

    head: bytes
    tail: bytes
    pieces: tuple[bytes, ...]
    thought: bool
    first: bytes
    last: bytes
    between: bytes
    our_between: bytes


class SplicedStream:
    """One stream. Its tally holds text as JSON-escaped bytes, which are free to collect."""

    __slots__ = (
        "_frames",
        "_identified",
        "_reader",
        "_reported",
        "_seam",
        "_usage_key",
        "_vain",
        "_writer",
        "tally",
    )

    def __init__(self, quirks: Quirks, head: Head) -> None:
        self.tally = Tally(escaped=True)
        self._frames = Frames()
        self._reader = ChunkReader(quirks)
        self._writer = ChunkWriter(head)
        self._usage_key = quirks.usage_key
        self._reported: Reported | None = None
        self._seam: _Seam | None = None
        self._vain = 0
        self._identified = False

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
        if not self._identified and (error := unframed(self._frames.stray)) is not None:
            self.tally.error = error
        return b"".join(out)

    def close(self, bill: Bill) -> bytes:
        """See StreamTranslator."""
        return self._writer.close(bill, self._reported)

    def fail(self, error: UpstreamError, bill: Bill | None) -> bytes:
        """See StreamTranslator."""
        return self._writer.fail(error, bill, self._reported)

    # ── the fast way ────────────────────────────────────────────────────────────────────────────

    def _by_runs(self, data: bytes, out: list[bytes]) -> None:
        """One read: runs of plain events at once, every other event by itself, the rest held."""
        at, whole = 0, data.rfind(b"\n\n") + 2 if b"\n\n" in data else 0
        while at < whole:
            seam = self._seam
            if seam is not None and data.startswith(seam.first, at):
                run = self._run(seam, data[at + len(seam.first) : whole])
                if run is not None:
                    out.append(run[0])
                    at = whole - run[1]
                    continue
            end = data.find(b"\n\n", at) + 2
            self._one_by_one(data[at:end], out)
            at = end
        if at < len(data):
            self._frames.feed(data[at:])

    def _run(self, seam: _Seam, data: bytes) -> tuple[bytes, int] | None:
        """Ours for as many plain events as follow each other, and how many bytes are left.

        Args:
            data: Begins behind the head of the first and ends with a whole event.
        """
        texts = data.split(seam.between)
        end = texts[-1].find(seam.last)
        if end < 0:  # the last of them begins alike and is another kind of event
            left = len(seam.first) + len(texts.pop())
        else:
            left = len(texts[-1]) - end - len(seam.last)
            texts[-1] = texts[-1][:end]
        if not texts or not _plain(b" ".join(texts)):
            return None
        if len(seam.pieces) == 2:
            out = seam.our_between.join(texts).join(seam.pieces)
        else:
            out = b"".join([one.join(seam.pieces) for one in texts])
        self._heard(seam, b"".join(texts))
        return out, left

    def _heard(self, seam: _Seam, text: bytes) -> None:
        self._vain = 0
        if text:
            tally = self.tally
            tally.content = True
            if seam.thought:
                tally.thought += text
                gather(tally).add_escaped(text)
            else:
                tally.spoken += text

    # ── event by event ──────────────────────────────────────────────────────────────────────────

    def _one_by_one(self, data: bytes, out: list[bytes]) -> None:
        for payload in self._frames.feed(data):
            out.append(self._event(payload))  # noqa: PERF401 (what came before a broken one counts)

    def _event(self, payload: bytes) -> bytes:
        if self.tally.error is not None or self.tally.ended:
            return b""
        seam = self._seam
        if seam is not None and payload.startswith(seam.head) and payload.endswith(seam.tail):
            text = payload[len(seam.head) : len(payload) - len(seam.tail)]
            if len(payload) >= len(seam.head) + len(seam.tail) and _plain(text):
                self._heard(seam, text)
                return text.join(seam.pieces)
        if payload == b"[DONE]":
            self.tally.ended = True
            unsaid = unsaid_finish(self.tally)
            return b"" if unsaid is None else self._writer.chunk(0, {}, (unsaid.reason, None))
        reading = self._reader.read(payload)
        top = self._top(reading)
        out = [self._choice(choice, top) for choice in reading.choices]
        if reading.usage is not None:
            self._reported = reading.usage
            self.tally.usage = reading.usage.usage
        elif len(reading.choices) == 1 and self._vain < _MAX_VAIN:
            self._learn(payload, reading.choices[0], out[0])
        if reading.error is not None:
            self.tally.error = reading.error
        return b"".join(out)

    def _top(self, reading: Reading) -> bytes:
        if not self._identified:
            self._identified = True
            note(self.tally, identity(reading.fields))
        riders = {
            name: raw
            for name, raw in reading.fields.items()
            if name not in _TOP
            and name != self._usage_key
            and not (name in _NEVER_NULL and raw == _NULL)
        }
        return top_members(riders)

    def _choice(self, choice: Choice, top: bytes) -> bytes:
        """One client chunk for one upstream choice, b"" when it says nothing."""
        what = said(choice.events)
        for event in choice.events:
            self._note(event, choice)
        delta: dict[str, Json] = what.delta
        text = choice.delta.get("content")
        if "content" in delta and text is not None and bytes(text).startswith(b'"'):
            delta["content"] = text  # not written anew: escapes stay as the upstream chose them
        riders = without(choice.delta, _IN_DELTA)
        rest = without(choice.fields, _IN_CHOICE)
        if not (choice.events or _telling(riders) or _telling(rest)):
            return b""
        for name, raw in riders.items():
            # Their `reasoning_details` go as they are; a null must not hide what we unified.
            if raw != _NULL or name not in delta:
                delta[name] = raw
        finish = (what.finish.reason, what.finish.native) if what.finish else None
        tail = members(rest)
        if is_set(choice.fields, "logprobs"):
            tail += b',"logprobs":' + bytes(choice.fields["logprobs"])
        return self._writer.chunk(choice.index, delta, finish, rest=tail, top=top)

    def _note(self, event: Event, choice: Choice) -> None:
        if isinstance(event, TextDelta) and bytes(choice.delta["content"]).startswith(b'"'):
            self.tally.content = True
            self.tally.spoken += bytes(choice.delta["content"])[1:-1]
        else:
            note(self.tally, event)

    def _learn(self, payload: bytes, choice: Choice, ours: bytes) -> None:
        """Takes a plain event as the pattern of those that follow."""
        name = _plain_field(choice)
        if name is None:
            return
        text = bytes(choice.delta[name])
        at = _only(payload, name, text)
        cut = ours.split(text)
        if at is None or len(cut) != _PIECES[name] or b'"role"' in ours:
            return
        head, tail = payload[: at + 1], payload[at + len(text) - 1 :]
        middle = [b'"' + piece + b'"' for piece in cut[1:-1]]
        pieces = (cut[0] + b'"', *middle, b'"' + cut[-1])
        first, last = b"data: " + head, tail + b"\n\n"
        self._seam = _Seam(
            head,
            tail,
            pieces,
            name != "content",
            first,
            last,
            last + first,
            pieces[-1] + pieces[0],
        )
        self._vain += 1


# How many pieces our event falls into without its text, which stands in `content`; or in
# `reasoning` and `reasoning_details`; or in these and the upstream's own `reasoning_content`. Text
# that happens to stand in the event once more gives other counts and teaches nothing.
_PIECES: Final = {"content": 2, "reasoning": 3, "reasoning_content": 4}


def _plain_field(choice: Choice) -> str | None:
    """The field that alone holds the one text of an event; None when there is more to it."""
    if len(choice.events) != 1:
        return None
    match choice.events[0]:
        case TextDelta():
            return "content" if bytes(choice.delta["content"]).startswith(b'"') else None
        case ReasoningDelta(opaque=None, kind="text") if not is_set(
            choice.delta, "reasoning_details"
        ):
            said = [name for name in ("reasoning", "reasoning_content") if name in choice.delta]
            return said[0] if len(said) == 1 else None
        case _:
            return None


def _plain(text: bytes) -> bool:
    """The inside of one JSON string (or several, blanks between): no bare quote, valid UTF-8.

    Every quote must follow a backslash. Could one of them close the string all the same, behind an
    escaped backslash? Then the next quote would open a string, outside of which no backslash may
    stand, and the counts would differ.
    """
    if b'"' in text and text.count(b'"') != text.count(b'\\"'):
        return False
    if b"\n" in text or b"\r" in text:
        return False
    if not text.isascii():
        try:
            text.decode()
        except UnicodeDecodeError:
            return False
    return True


def _telling(riders: dict[str, msgspec.Raw]) -> bool:
    return any(raw != _NULL for raw in riders.values()) if riders else False


def _only(data: bytes, name: str, text: bytes) -> int | None:
    """Where the text of that field stands, None unless exactly one member could be it."""
    for key in (f'"{name}":'.encode(), f'"{name}": '.encode()):
        if data.count(key + text) == 1:
            return data.find(key + text) + len(key)
    return None
