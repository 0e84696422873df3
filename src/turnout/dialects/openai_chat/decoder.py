"""Upstream chunks and answers as events; the one reading that both ways to the client share."""

from collections.abc import Mapping
from typing import Annotated, Final, TypeAlias

import msgspec
from msgspec import Meta

from turnout.core.conversation import Opaque
from turnout.core.errors import FailureKind, UpstreamError
from turnout.dialects.events import (
    Annotations,
    Completion,
    Event,
    Failure,
    Finish,
    Identity,
    Logprobs,
    MediaDelta,
    ReasoningDelta,
    RefusalDelta,
    TextDelta,
    ToolCallDelta,
    UsageReport,
)
from turnout.dialects.openai_chat.errors import error_inside
from turnout.dialects.openai_chat.finish import unify
from turnout.dialects.openai_chat.plain import plain
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.dialects.openai_chat.sources import sources
from turnout.dialects.openai_chat.tool_calls import ToolCalls, WireCall, WireFunction
from turnout.dialects.openai_chat.usage import Reported, read_object, read_usage
from turnout.wire.openai_chat import Detail

Fields: TypeAlias = Mapping[str, msgspec.Raw]

_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_CHOICES: Final = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
_ITEMS: Final = msgspec.json.Decoder(tuple[msgspec.Raw, ...])
_TEXT: Final = msgspec.json.Decoder(str)
_INDEX: Final = msgspec.json.Decoder(Annotated[int, Meta(ge=0, le=65_535)])
_CALLS: Final = msgspec.json.Decoder(list[WireCall])
_FUNCTION: Final = msgspec.json.Decoder(WireFunction)
_DETAILS: Final = msgspec.json.Decoder(list[Detail])
_NULL: Final = msgspec.Raw(b"null")
_PLAIN: Final = frozenset({"role", "content"})


class _MistralPart(msgspec.Struct):
    """Content as parts: Mistral's reasoning models think in parts of type "thinking"."""

    type: str = "text"
    text: str = ""
    reference_ids: list[msgspec.Raw] = []
    thinking: str | list["_MistralPart"] = ""


_PARTS: Final = msgspec.json.Decoder(list[_MistralPart])


class Choice(msgspec.Struct):
    """One choice of one chunk: its events, and its bytes for a splice that keeps what we skip."""

    index: int
    fields: dict[str, msgspec.Raw]
    delta: dict[str, msgspec.Raw]
    events: list[Event]


class Reading(msgspec.Struct):
    """One chunk or answer, read."""

    fields: dict[str, msgspec.Raw]
    choices: list[Choice]
    usage: Reported | None = None
    error: UpstreamError | None = None


class ChunkReader:
    """Reads the chunks of one answer; knows which calls and ends it has seen."""

    __slots__ = ("_calls", "_cited", "_finished", "_quirks", "_seed", "_usage_key")

    def __init__(self, quirks: Quirks) -> None:
        self._quirks = quirks
        self._calls: dict[int, ToolCalls] = {}
        self._finished: set[int] = set()
        self._seed = ""
        self._cited = False
        self._usage_key = quirks.usage_key.encode() if quirks.usage_key is not None else None

    def words(self, body: bytes) -> TextDelta | None:
        """The common chunk in few steps, more words and nothing else; None for every other.

        What made ids of calls are made from must have come before.
        """
        key = self._usage_key
        if not self._seed or (key is not None and key in body):
            return None
        return plain(body)

    def read(self, body: bytes | msgspec.Raw) -> Reading:
        """One chunk (or a whole answer, whose `message` is read as a delta).

        Raises:
            UpstreamError: DECODE, when the bytes are not the dialect's.
        """
        try:
            fields = _OBJECT.decode(body)
            if is_set(fields, "error"):
                return Reading(fields, [], error=error_inside(fields["error"], fields))
            if not self._seed:
                self._seed = _seed(fields)
            raw = fields.get("choices")
            choices: list[Choice] = []
            if raw is not None and raw != _NULL:
                for place, choice in enumerate(_CHOICES.decode(raw)):
                    choices.append(self._choice(place, choice))
            if self._quirks.sources and not self._cited and choices:
                self._cite(fields, choices[0])
            usage = self._usage(fields, choices)
            return Reading(fields, choices, usage, _choice_error(choices))
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise undecodable(bytes(body)) from error

    def _cite(self, fields: Fields, choice: Choice) -> None:
        """What was read, told once and at the end: every chunk lists it anew."""
        ended = any(isinstance(event, Finish) for event in choice.events)
        if ended and (found := sources(fields)):
            self._cited = True
            choice.events.insert(len(choice.events) - 1, Annotations(found, choice.index))

    def _choice(self, place: int, fields: dict[str, msgspec.Raw]) -> Choice:
        index = _INDEX.decode(fields["index"]) if is_set(fields, "index") else place
        raw = fields.get("delta") or fields.get("message")
        delta = _OBJECT.decode(raw) if raw is not None and raw != _NULL else {}
        events = self.delta(index, delta, whole=not is_set(fields, "delta"))
        if is_set(fields, "logprobs"):
            events.append(Logprobs(fields["logprobs"], index))
        if is_set(fields, "finish_reason"):
            native = _TEXT.decode(fields["finish_reason"])
            if native and index not in self._finished:
                self._finished.add(index)
                called = bool(self._calls.get(index))
                reason = unify(native, self._quirks.native_finish, called=called)
                events.append(Finish(reason, native_word(fields, native), index))
        return Choice(index, fields, delta, events)

    def delta(self, index: int, delta: Fields, *, whole: bool = False) -> list[Event]:
        """The events of a delta or whole message as meant: thinking, words, media, calls."""
        events: list[Event] = []
        if "content" in delta and delta.keys() <= _PLAIN:
            _content(delta["content"], index, events)
            return events
        _reasoning(delta, index, events)
        if is_set(delta, "content"):
            _content(delta["content"], index, events)
        if is_set(delta, "refusal") and (refusal := _TEXT.decode(delta["refusal"])):
            events.append(RefusalDelta(refusal, index))
        if is_set(delta, "images"):
            images = _ITEMS.decode(delta["images"])
            events.extend(MediaDelta("image", image, index) for image in images)
        if is_set(delta, "audio"):
            events.append(MediaDelta("audio", delta["audio"], index))
        if is_set(delta, "annotations") and (items := _ITEMS.decode(delta["annotations"])):
            events.append(Annotations(items, index))
        if is_set(delta, "tool_calls"):
            calls = _CALLS.decode(delta["tool_calls"])
            events.extend(self._tool_calls(index, calls, whole=whole))
        elif is_set(delta, "function_call"):
            call = WireCall(0, function=_FUNCTION.decode(delta["function_call"]))
            events.extend(self._tool_calls(index, [call], whole=whole))
        return events

    def _tool_calls(self, index: int, wire: list[WireCall], *, whole: bool) -> list[ToolCallDelta]:
        calls = self._calls.get(index)
        if calls is None:
            calls = self._calls[index] = ToolCalls(index, self._seed)
        return [delta for item in wire if (delta := calls.read(item, whole=whole))]

    def _usage(self, fields: Fields, choices: list[Choice]) -> Reported | None:
        """Usage at the top, under the quirk's key, or on a choice (Moonshot)."""
        beside = self._quirks.reasoning_beside
        if is_set(fields, "usage"):
            return read_usage(fields["usage"], beside=beside)
        key = self._quirks.usage_key
        if key is not None and key in fields:
            inner = read_object(fields[key])
            if is_set(inner, "usage"):
                return read_usage(inner["usage"], beside=beside)
        for choice in choices:
            if is_set(choice.fields, "usage"):
                return read_usage(choice.fields["usage"], beside=beside)
        return None


def _choice_error(choices: list[Choice]) -> UpstreamError | None:
    """A router upstream puts the error that cut an answer on its choice."""
    for choice in choices:
        if is_set(choice.fields, "error"):
            return error_inside(choice.fields["error"], choice.fields)
    return None


def is_set(fields: Fields, name: str) -> bool:
    """There and not null."""
    raw = fields.get(name)
    return raw is not None and raw != _NULL


def native_word(fields: Fields, finish: str) -> str:
    """The native reason: a router upstream already tells it apart."""
    raw = fields.get("native_finish_reason")
    if raw is None or raw == _NULL:
        return finish
    return _TEXT.decode(raw) or finish


def identity(fields: Fields) -> Identity:
    """What the provider calls this answer."""
    return Identity(_word(fields, "id"), _word(fields, "system_fingerprint"), tier(fields))


def tier(fields: Fields) -> str | None:
    """The service tier that served, where told."""
    return _word(fields, "service_tier")


def _word(fields: Fields, name: str) -> str | None:
    raw = fields.get(name)
    if raw is None or not bytes(raw).startswith(b'"'):
        return None
    try:
        return _TEXT.decode(raw) or None
    except msgspec.DecodeError:
        return None


def _seed(fields: Fields) -> str:
    return "/".join(bytes(fields[name]).decode() for name in ("id", "created") if name in fields)


def undecodable(body: bytes) -> UpstreamError:
    """DECODE, saying what it looks like and nothing of what is in it."""
    looks = "HTML" if body.lstrip()[:1] == b"<" else "not an OpenAI chat answer"
    return UpstreamError(FailureKind.DECODE, f"The provider's answer is {looks}.")


def _content(raw: msgspec.Raw, index: int, events: list[Event]) -> None:
    if raw == _NULL:
        return
    if not bytes(raw).startswith(b"["):
        # Cloudflare answers a JSON schema with the object itself.
        text = _TEXT.decode(raw) if bytes(raw).startswith(b'"') else bytes(raw).decode()
        if text:
            events.append(TextDelta(text, index))
        return
    for part in _PARTS.decode(raw):
        if thought := _thinking(part.thinking):
            events.append(ReasoningDelta(thought, choice=index))
        if part.text:
            events.append(TextDelta(part.text, index))
        if part.reference_ids:
            events.append(_reference(part.reference_ids, index))


def _reference(ids: list[msgspec.Raw], index: int) -> Annotations:
    """Mistral's chunk that points at what was read; only its own numbers are known."""
    told = {"type": "reference", "reference_ids": ids}
    return Annotations((msgspec.Raw(msgspec.json.encode(told)),), index)


def _thinking(thinking: str | list[_MistralPart]) -> str:
    if isinstance(thinking, str):
        return thinking
    return "".join(part.text for part in thinking)


def _reasoning(delta: Fields, index: int, events: list[Event]) -> None:
    """`reasoning_details` where they are, else the plain text under whichever name it comes."""
    said = False
    if is_set(delta, "reasoning_details"):
        for detail in _DETAILS.decode(delta["reasoning_details"]):
            event = _detail(detail, index)
            if event is not None:
                said = said or bool(event.text)
                events.append(event)
    if said:
        return
    for name in ("reasoning", "reasoning_content"):
        if is_set(delta, name) and (text := _TEXT.decode(delta[name])):
            events.append(ReasoningDelta(text, choice=index))
            return


def _detail(detail: Detail, index: int) -> ReasoningDelta | None:
    sealed = detail.signature or detail.data
    opaque = None
    if (
        sealed
        or detail.id
        or (detail.format not in (None, "unknown") and (detail.text or detail.summary))
    ):
        opaque = Opaque(
            format=detail.format or "unknown",
            signature=detail.signature,
            data=detail.data,
            id=detail.id,
        )
    text = detail.text or detail.summary or ""
    if not text and not sealed:
        return None
    match detail.type:
        case "reasoning.text":
            return ReasoningDelta(text, "text", opaque, detail.index, index)
        case "reasoning.summary":
            return ReasoningDelta(text, "summary", opaque, detail.index, index)
        case "reasoning.encrypted":
            return ReasoningDelta(text, "encrypted", opaque, detail.index, index)
        case _:
            return None


def flatten(reading: Reading) -> list[Event]:
    """All events of a reading in order: the choices, the usage, the error."""
    events: list[Event] = []
    for choice in reading.choices:
        events.extend(choice.events)
    if reading.usage is not None:
        events.append(UsageReport(reading.usage.usage))
    if reading.error is not None:
        events.append(Failure(reading.error))
    return events


def refuse_html(stray: bytes) -> None:
    """Raises DECODE as soon as a stream turns out to be a page."""
    if stray and stray.lstrip()[:1] == b"<":
        raise undecodable(stray)


def unframed(stray: bytes) -> UpstreamError | None:
    """What a body without a single event was: an error as bare JSON, or nothing we know."""
    if not stray:
        return None
    fields = read_object(stray)
    if is_set(fields, "error"):
        return error_inside(fields["error"], fields)
    return undecodable(stray)


def completion_of(reading: Reading) -> Completion:
    """A whole answer as the events a stream of it would have sent."""
    return Completion(events=(identity(reading.fields), *flatten(reading)))
