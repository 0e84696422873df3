"""Events as text completions: the client's half of a translation.

{"id","provider","model","object":"text_completion","created","choices":[{text, index, …}]}
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from turnout.core.errors import UpstreamError
from turnout.dialects.adapter import Bill, Head
from turnout.dialects.events import (
    Completion,
    Event,
    Finish,
    Identity,
    Logprobs,
    ReasoningDelta,
    RefusalDelta,
    TextDelta,
)
from turnout.dialects.openai_chat.chunks import DONE, head_fields
from turnout.dialects.openai_chat.deltas import Json
from turnout.dialects.openai_chat.usage import members, metadata_member, write_usage
from turnout.dialects.openai_completions.errors import error_members
from turnout.wire.openai_completions import ChatLogprobs

KIND: Final = "text_completion"
_LOGPROBS: Final = msgspec.json.Decoder(ChatLogprobs | None)
_TRUE: Final = msgspec.Raw(b"true")
_NULL: Final = msgspec.Raw(b"null")
_NO_PROMPT: Final = msgspec.Raw(b'""')


class Voice:
    """One choice so far: where its next token stands in the text, and what precedes it."""

    def __init__(self, head: Head, index: int) -> None:
        self._index = index
        prompt = prompt_of(head, index)
        self._offset = len(prompt)
        self._echo = prompt if head.asked.get("echo") == _TRUE else ""

    def choice(self, events: Iterable[Event]) -> dict[str, Json]:
        """The members of a choice that these events add up to; {} when they say nothing."""
        text, thought, logprobs, finish = "", "", None, None
        for event in events:
            match event:
                case TextDelta(text=more) | RefusalDelta(text=more):
                    text += more
                case ReasoningDelta(text=more):
                    thought += more
                case Logprobs(payload=payload):
                    logprobs = self.logprobs(payload)
                case Finish():
                    finish = event
                case _:
                    pass
        if not (text or thought or logprobs or finish):
            return {}
        choice: dict[str, Json] = {"text": self.echo() + text, "index": self._index}
        if thought:
            choice["reasoning"] = thought
        choice["logprobs"] = logprobs
        choice["finish_reason"] = finish.reason if finish else None
        choice["native_finish_reason"] = finish.native if finish else None
        return choice

    def echo(self) -> str:
        """The prompt, the first time, where the caller wants it repeated."""
        echo, self._echo = self._echo, ""
        return echo

    def logprobs(self, payload: msgspec.Raw) -> Json:
        """Chat's form as four lists; offsets count from the beginning of the prompt."""
        try:
            told = _LOGPROBS.decode(payload)
        except msgspec.DecodeError:
            return None
        if told is None or told.content is None:
            return None
        offsets: list[Json] = []
        for one in told.content:
            offsets.append(self._offset)
            self._offset += len(one.token)
        return {
            "tokens": [one.token for one in told.content],
            "token_logprobs": [_raw(one.logprob) for one in told.content],
            "top_logprobs": [
                {top.token: _raw(top.logprob) for top in one.top_logprobs} for one in told.content
            ],
            "text_offset": offsets,
        }


def _raw(value: float) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))


def prompt_of(head: Head, index: int) -> str:
    """The text that a choice continues: choices of one prompt follow each other; "" for tokens."""
    given = msgspec.json.decode(head.asked.get("prompt", _NO_PROMPT))
    each = msgspec.json.decode(head.asked.get("n", _NULL), type=int | None) or 1
    if isinstance(given, list):
        listed: list[object] = given  # pyright: ignore[reportUnknownVariableType] (any JSON)
        given = listed[index // each] if index // each < len(listed) else ""
    return given if isinstance(given, str) else ""


def write_answer(completion: Completion, head: Head, bill: Bill) -> bytes:
    """The whole answer."""
    by_choice: dict[int, list[Event]] = {}
    for event in completion.events:
        if isinstance(event, TextDelta | RefusalDelta | ReasoningDelta | Logprobs | Finish):
            by_choice.setdefault(event.choice, []).append(event)
    choices = [Voice(head, index).choice(events) for index, events in sorted(by_choice.items())]
    return answer(head, bill, msgspec.json.encode([choice for choice in choices if choice]))


def answer(head: Head, bill: Bill, choices: bytes, rest: bytes = b"") -> bytes:
    """The body; `choices` is their JSON, `rest` further members with a comma in front of each."""
    return b"".join(
        (
            b"{",
            head_fields(head, KIND),
            b'"choices":',
            choices,
            rest,
            b',"usage":',
            write_usage(bill),
            metadata_member(bill),
            b"}",
        )
    )


class TextChunks:
    """The chunks of one stream; the splice and the translation write alike."""

    def __init__(self, head: Head) -> None:
        self._before = b"data: {" + head_fields(head, KIND) + b'"choices":'

    def chunk(self, choices: bytes, rest: bytes = b"") -> bytes:
        """One chunk; see `answer`."""
        return b"".join((self._before, choices, rest, b"}\n\n"))

    def close(self, bill: Bill) -> bytes:
        """The usage chunk and the end mark."""
        rest = b',"usage":' + write_usage(bill) + metadata_member(bill)
        return self.chunk(b"[]", rest) + DONE

    def fail(self, error: UpstreamError, bill: Bill | None) -> bytes:
        """The error chunk, the usage where it is charged, the end mark."""
        choice: dict[str, Json] = {
            "text": "",
            "index": 0,
            "logprobs": None,
            "finish_reason": "error",
            "native_finish_reason": None,
        }
        out = self.chunk(msgspec.json.encode([choice]), error_members(error))
        return out + (self.close(bill) if bill is not None else DONE)


class TextEncoder:
    """Events to chunks, one per stream."""

    def __init__(self, head: Head) -> None:
        self._head = head
        self._chunks = TextChunks(head)
        self._voices: dict[int, Voice] = {}
        self._top = b""

    def encode(self, event: Event) -> bytes:
        """See StreamEncoder."""
        if isinstance(event, Identity):
            known = {"system_fingerprint": event.system_fingerprint}
            self._top = members({n: v for n, v in known.items() if v is not None})
            return b""
        if not isinstance(event, TextDelta | RefusalDelta | ReasoningDelta | Logprobs | Finish):
            return b""
        if event.choice not in self._voices:
            self._voices[event.choice] = Voice(self._head, event.choice)
        choice = self._voices[event.choice].choice((event,))
        if not choice:
            return b""
        return self._chunks.chunk(msgspec.json.encode([choice]), self._top)

    def close(self, bill: Bill) -> bytes:
        """See StreamEncoder."""
        return self._chunks.close(bill)

    def fail(self, error: UpstreamError, bill: Bill | None) -> bytes:
        """See StreamEncoder."""
        return self._chunks.fail(error, bill)
