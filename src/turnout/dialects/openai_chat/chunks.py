"""The chunks a client reads: built here for the splice and for the translation alike.

    data: {"id","provider","model","object","created", … ,"choices":[{index, delta, finish_reason}]}

Source: contract section 4.1 and 4.2.
"""

from collections.abc import Mapping
from typing import Final, TypeAlias

import msgspec

from turnout.core.errors import ErrorType, UpstreamError
from turnout.core.types import FinishReason
from turnout.dialects.adapter import Bill, Head
from turnout.dialects.events import (
    Annotations,
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
from turnout.dialects.openai_chat.deltas import Json, said
from turnout.dialects.openai_chat.usage import Reported, members, metadata_member, write_usage
from turnout.dialects.tiers import openai_tier

DONE: Final = b"data: [DONE]\n\n"
_END: Final = b"}\n\n"
_ENCODE: Final = msgspec.json.Encoder().encode
_OfChoice: TypeAlias = (
    TextDelta
    | ReasoningDelta
    | ToolCallDelta
    | RefusalDelta
    | MediaDelta
    | Annotations
    | Logprobs
    | Finish
)
OPEN_END: Final = b',"finish_reason":null,"native_finish_reason":null'

# The integer that the contract's error chunk carries; the HTTP status of such a stream stays 200.
_CODE_OF: Final[Mapping[ErrorType, int]] = {
    "rate_limit_exceeded": 429,
    "provider_overloaded": 503,
    "timeout": 504,
    "invalid_request": 400,
    "context_length_exceeded": 400,
    "content_policy_violation": 400,
    "not_found": 404,
    "payload_too_large": 413,
}
_BAD_GATEWAY: Final = 502


def head_fields(head: Head, kind: str) -> bytes:
    """The members every answer begins with, comma at the end."""
    return b'"id":%b,"provider":%b,"model":%b,"object":"%b","created":%d,' % (
        msgspec.json.encode(head.id),
        msgspec.json.encode(head.provider),
        msgspec.json.encode(head.model),
        kind.encode(),
        head.created_s,
    )


class ChunkWriter:
    """The chunks of one stream. Remembers who has spoken, so that the role comes first and once.

    `top` everywhere: further members of the chunk, each with its comma behind it.
    """

    __slots__ = ("_before", "_late", "_spoken", "_withheld")

    def __init__(self, head: Head) -> None:
        self._before = b"data: {" + head_fields(head, "chat.completion.chunk")
        self._spoken: set[int] = set()
        self._late = head.usage_with_choices
        self._withheld: bytes | None = None

    def chunk(
        self,
        index: int,
        delta: Mapping[str, Json],
        finish: tuple[FinishReason, str | None] | None = None,
        *,
        rest: bytes = b"",
        top: bytes = b"",
    ) -> bytes:
        """One chunk of one choice; `rest`: further members of the choice, comma in front."""
        if index not in self._spoken:
            self._spoken.add(index)
            delta = {"role": "assistant", "content": "", **delta}
        end = OPEN_END if finish is None else finish_members(*finish)
        choice = b'{"index":%d,"delta":%b%b%b}' % (
            index,
            msgspec.json.encode(delta),
            end,
            rest,
        )
        if finish is not None and self._late and index == 0:
            self._withheld = choice
            return b""
        return self._with(choice, top)

    def around_words(self, index: int, top: bytes) -> tuple[bytes, bytes] | None:
        """What stands before and behind the words of a chunk that says nothing else.

        None while that choice has not spoken: its first chunk has a role too.
        """
        if index not in self._spoken:
            return None
        before = b'%b%b"choices":[{"index":%d,"delta":{"content":' % (self._before, top, index)
        return before, b"}" + OPEN_END + b"}]" + _END

    def close(self, bill: Bill, reported: Reported | None = None) -> bytes:
        """The one usage chunk and the end mark."""
        choice, self._withheld = self._withheld or b"", None
        rest = b',"usage":' + write_usage(bill, reported) + metadata_member(bill)
        return self._with(choice, rest=rest) + DONE

    def fail(
        self, error: UpstreamError, bill: Bill | None, reported: Reported | None = None
    ) -> bytes:
        """The error chunk, the usage where it is charged, the end mark."""
        error_type = error.verdict.error_type
        metadata: dict[str, Json] = {"error_type": error_type}
        if error.code is not None:
            metadata["provider_code"] = error.code
        described: dict[str, Json] = {
            "code": _CODE_OF.get(error_type, _BAD_GATEWAY),
            "message": error.message,
            "metadata": metadata,
        }
        choice = b'{"index":0,"delta":{"content":""},' + finish_members("error", None)[1:] + b"}"
        self._withheld = None
        out = self._with(choice, rest=b',"error":' + msgspec.json.encode(described))
        return out + (self.close(bill, reported) if bill is not None else DONE)

    def _with(self, choice: bytes, top: bytes = b"", rest: bytes = b"") -> bytes:
        return b"".join((self._before, top, b'"choices":[', choice, b"]", rest, _END))


def finish_members(reason: FinishReason, native: str | None) -> bytes:
    """The unified reason beside the provider's own, comma in front."""
    return b',"finish_reason":"%b","native_finish_reason":%b' % (
        reason.encode(),
        msgspec.json.encode(native),
    )


def top_members(fields: Mapping[str, object]) -> bytes:
    """The fields as `"name":value,` each."""
    return members(fields)[1:] + b"," if fields else b""


class ChunkEncoder:
    """Events to chunks, one per stream; the client's half of a translation."""

    __slots__ = ("_around", "_top", "_writer")

    def __init__(self, head: Head) -> None:
        self._writer = ChunkWriter(head)
        self._top = b""
        self._around: tuple[bytes, bytes] | None = None

    def encode(self, event: Event) -> bytes:
        """See StreamEncoder; the common event, more words of the first choice, is written at once.

        Its bytes are those that the writer would give, which a test holds.
        """
        if type(event) is TextDelta and event.choice == 0:
            around = self._around
            if around is not None:
                return around[0] + _ENCODE(event.text) + around[1]
            out = self._chunk(event)
            self._around = self._writer.around_words(0, self._top)
            return out
        match event:
            case Identity(system_fingerprint=fingerprint, service_tier=tier):
                known = {"system_fingerprint": fingerprint, "service_tier": openai_tier(tier)}
                self._top = top_members({name: v for name, v in known.items() if v is not None})
                self._around = None
                return b""
            case UsageReport() | Failure():
                return b""
            case _:
                return self._chunk(event)

    def _chunk(self, event: _OfChoice) -> bytes:
        what = said((event,))
        finish = (what.finish.reason, what.finish.native) if what.finish else None
        rest = b',"logprobs":' + bytes(what.logprobs) if what.logprobs is not None else b""
        return self._writer.chunk(event.choice, what.delta, finish, rest=rest, top=self._top)

    def close(self, bill: Bill) -> bytes:
        """See StreamEncoder."""
        return self._writer.close(bill)

    def fail(self, error: UpstreamError, bill: Bill | None) -> bytes:
        """See StreamEncoder."""
        return self._writer.fail(error, bill)
