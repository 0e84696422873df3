"""The bridge to an upstream that serves completions itself: bytes pass, facts become ours."""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from turnout.core.errors import UpstreamError, invalid
from turnout.core.types import Endpoint, FinishReason
from turnout.dialects.adapter import (
    Answer,
    Bill,
    Framing,
    Head,
    Inbound,
    Outgoing,
    StreamTranslator,
    Tally,
    UpstreamRequest,
)
from turnout.dialects.openai_chat.decoder import (
    identity,
    is_set,
    refuse_html,
    unframed,
)
from turnout.dialects.openai_chat.deltas import Json
from turnout.dialects.openai_chat.errors import error_inside
from turnout.dialects.openai_chat.finish import unify
from turnout.dialects.openai_chat.usage import members, read_usage
from turnout.dialects.openai_completions.writing import TextChunks, Voice, answer
from turnout.dialects.passing import PassingSide, passed, unreadable
from turnout.wire.sse import Frames

_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_CHOICES: Final = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
_WORD: Final = msgspec.json.Decoder(str | None)
_TRUE: Final = msgspec.Raw(b"true")
_NULL: Final = msgspec.Raw(b"null")
_ZERO: Final = msgspec.Raw(b"0")
_USAGE_OPTION: Final = msgspec.Raw(b'{"include_usage":true}')
_OURS: Final = frozenset(
    {"id", "provider", "model", "object", "created", "choices", "usage", "error"}
)
_NO_WORDS: Final[Mapping[str, FinishReason]] = {}


class CompletionQuirks(msgspec.Struct, frozen=True, kw_only=True):
    """Deviations of one upstream from OpenAI's own /completions.

    Attributes:
        stream_usage: "option": asked for by stream_options; "always": it reports unasked.
        ignored: Fields it takes and does nothing with, so that they are refused.
        echo: "ours": it does not repeat the prompt, so we do.
        logprobs: "chat": it writes them in chat's form, which we turn into this dialect's.
    """

    path: str = "/completions"
    drop: frozenset[str] = frozenset()
    rename: Mapping[str, str] = {}
    stream_usage: Literal["option", "always"] = "option"
    ignored: frozenset[str] = frozenset()
    echo: Literal["native", "ours"] = "native"
    logprobs: Literal["native", "chat"] = "native"


class NativeCompletions(msgspec.Struct, frozen=True):
    """Completions to completions."""

    quirks: CompletionQuirks

    @property
    def framing(self) -> Framing:
        """See Bridge."""
        return "sse"

    def request(self, inbound: Inbound, endpoint: Endpoint) -> Outgoing:
        """See Bridge; the inbound is read, never changed."""
        quirks = self.quirks
        for name in quirks.ignored & inbound.fields.keys():
            if inbound.fields[name] != _NULL:
                raise invalid(name, f"{endpoint.provider} cannot do it.")
        body, dropped = passed(inbound.fields, endpoint, rename=quirks.rename, drop=quirks.drop)
        body.pop("stream_options", None)
        if body.get("stream") == _TRUE and quirks.stream_usage == "option":
            body["stream_options"] = _USAGE_OPTION
        emulated = ()
        if quirks.echo == "ours" and body.pop("echo", None) == _TRUE:
            emulated = ("echo",)
        request = UpstreamRequest(path=quirks.path, body=msgspec.json.encode(body))
        return Outgoing(request=request, dropped=dropped, emulated=emulated)

    def answer(self, body: bytes, head: Head, sent: Outgoing) -> Answer:  # noqa: ARG002 (nothing to undo)
        """See Bridge."""
        tally = Tally(ended=True)
        fields, choices = _Reader(self.quirks, head, tally).read(body)
        if tally.error is not None:
            raise tally.error
        return _PassedAnswer(fields, choices, head, tally)

    def stream(self, head: Head, sent: Outgoing) -> StreamTranslator:  # noqa: ARG002 (nothing to undo)
        """See Bridge."""
        return _PassedStream(self.quirks, head)


class _PassedAnswer:
    def __init__(
        self, fields: Mapping[str, msgspec.Raw], choices: bytes, head: Head, tally: Tally
    ) -> None:
        self.tally = tally
        self._rest = members({n: raw for n, raw in fields.items() if n not in _OURS})
        self._choices = choices
        self._head = head

    def render(self, bill: Bill) -> bytes:
        return answer(self._head, bill, self._choices, self._rest)


class _PassedStream:
    def __init__(self, quirks: CompletionQuirks, head: Head) -> None:
        self.tally = Tally()
        self._reader = _Reader(quirks, head, self.tally)
        self._frames = Frames()
        self._chunks = TextChunks(head)
        self._seen = False

    def feed(self, data: bytes) -> bytes:
        out: list[bytes] = []
        try:
            for payload in self._frames.feed(data):
                out.append(self._event(payload))  # noqa: PERF401 (what came before a broken one counts)
            refuse_html(self._frames.stray)
        except UpstreamError as error:
            if not out:
                raise
            self.tally.error = error
        return b"".join(out)

    def end(self) -> bytes:
        out = b"".join([self._event(payload) for payload in self._frames.end()])
        if not self._seen:
            self.tally.error = unframed(self._frames.stray)
        return out

    def close(self, bill: Bill) -> bytes:
        return self._chunks.close(bill)

    def fail(self, error: UpstreamError, bill: Bill | None) -> bytes:
        return self._chunks.fail(error, bill)

    def _event(self, payload: bytes) -> bytes:
        if self.tally.error is not None or self.tally.ended:
            return b""
        self._seen = True
        if payload == b"[DONE]":
            self.tally.ended = True
            return b""
        fields, choices = self._reader.read(payload)
        if choices == b"[]" or self.tally.error is not None:
            return b""
        return self._chunks.chunk(
            choices, members({n: raw for n, raw in fields.items() if n not in _OURS})
        )


class _Reader:
    """Reads the bodies of one answer, a whole one or chunk by chunk."""

    def __init__(self, quirks: CompletionQuirks, head: Head, tally: Tally) -> None:
        self._quirks = quirks
        self._head = head
        self._tally = tally
        self._voices: dict[int, Voice] = {}

    def read(self, body: bytes) -> tuple[dict[str, msgspec.Raw], bytes]:
        """The fields and the choices as we pass them on; what they say is noted in the tally.

        Raises:
            UpstreamError: DECODE, for bytes that are not the dialect's.
        """
        tally = self._tally
        try:
            fields = _OBJECT.decode(body)
            if is_set(fields, "error"):
                tally.error = error_inside(fields["error"], fields)
                return fields, b"[]"
            told = identity(fields)
            tally.upstream_id = tally.upstream_id or told.upstream_id
            usage = read_usage(fields["usage"]) if is_set(fields, "usage") else None
            if usage is not None:
                tally.usage = usage.usage
            choices = _CHOICES.decode(fields.get("choices", msgspec.Raw(b"[]")))
            return fields, msgspec.json.encode([self._choice(choice) for choice in choices])
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise unreadable("completions") from error

    def _choice(self, choice: dict[str, msgspec.Raw]) -> dict[str, Json]:
        """A choice with its reason unified, the provider's own beside it."""
        tally = self._tally
        text = bytes(choice.get("text", _NULL))
        if text[:1] == b'"' and len(text) > len('""'):
            tally.content = True
            tally.spoken += text[1:-1]
        native = _WORD.decode(choice.get("finish_reason", _NULL))
        reason = unify(native, _NO_WORDS, called=False) if native else None
        if reason is not None:
            tally.finish, tally.native_finish = reason, native
        ours: dict[str, Json] = {"logprobs": None, **choice}
        if self._quirks.echo == "ours" or self._quirks.logprobs == "chat":
            self._lent(choice, ours)
        return {**ours, "finish_reason": reason, "native_finish_reason": native}

    def _lent(self, choice: dict[str, msgspec.Raw], ours: dict[str, Json]) -> None:
        """What the upstream leaves to us."""
        index = msgspec.json.decode(choice.get("index", _ZERO), type=int)
        if index not in self._voices:
            self._voices[index] = Voice(self._head, index)
        voice = self._voices[index]
        if self._quirks.echo == "ours" and (echo := voice.echo()):
            ours["text"] = echo + (_WORD.decode(choice.get("text", _NULL)) or "")
        if self._quirks.logprobs == "chat" and is_set(choice, "logprobs"):
            ours["logprobs"] = voice.logprobs(choice["logprobs"])


def completions(quirks: CompletionQuirks | None = None) -> PassingSide:
    """The side of a provider that serves completions itself."""
    return PassingSide("openai.completions", NativeCompletions(quirks or CompletionQuirks()))
