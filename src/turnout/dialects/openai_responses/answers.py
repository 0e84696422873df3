"""The `response` object that clients read, and the answer that is nothing else."""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from turnout.core.errors import ErrorType, UpstreamError
from turnout.dialects.adapter import Bill, Head
from turnout.dialects.events import Completion, Finish
from turnout.dialects.openai_chat.deltas import Json
from turnout.dialects.openai_chat.usage import metadata_member
from turnout.dialects.openai_responses.output import Output
from turnout.dialects.openai_responses.speaking import Lines
from turnout.dialects.openai_responses.telling import code_of
from turnout.dialects.openai_responses.usage import write_usage
from turnout.wire.openai_responses import ToolHead

ResponseStatus = Literal["completed", "incomplete", "failed", "in_progress"]

_NULL: Final = msgspec.Raw(b"null")
_TOOLS: Final = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
_HEADS: Final = msgspec.json.Decoder(list[ToolHead])
_FUNCTION: Final = msgspec.Raw(b'"function"')
_ECHOED: Final[Mapping[str, bytes]] = {
    "frequency_penalty": b"null",
    "instructions": b"null",
    "max_output_tokens": b"null",
    "max_tool_calls": b"null",
    "metadata": b"{}",
    "parallel_tool_calls": b"true",
    "presence_penalty": b"null",
    "prompt_cache_key": b"null",
    "reasoning": b'{"effort":null,"summary":null}',
    "safety_identifier": b"null",
    "temperature": b"null",
    "text": b'{"format":{"type":"text"}}',
    "tool_choice": b'"auto"',
    "tools": b"[]",
    "top_logprobs": b"0",
    "top_p": b"null",
    "truncation": b'"disabled"',
    "user": b"null",
}
"""Fields of the request that the answer repeats, and what an unsaid one is."""
_TOO_LONG: Final[frozenset[ErrorType]] = frozenset(
    {"context_length_exceeded", "max_tokens_exceeded", "token_limit_exceeded", "string_too_long"}
)
"""Errors that are the end of a long answer: contract section 5.4."""


def custom_names(asked: Mapping[str, msgspec.Raw]) -> frozenset[str]:
    """Names of the request's tools that take free text."""
    raw = asked.get("tools", _NULL)
    if b'"custom"' not in bytes(raw):
        return frozenset()
    return frozenset(tool.name or "" for tool in _HEADS.decode(raw) if tool.type == "custom")


class Frame:
    """What is the same in every `response` object of one answer."""

    __slots__ = ("_echo", "_head", "_tier")

    def __init__(self, head: Head) -> None:
        self._head = b'"id":%b,"object":"response","created_at":%d,"model":%b,' % (
            msgspec.json.encode(head.id),
            head.created_s,
            msgspec.json.encode(head.model),
        )
        asked = head.asked
        echo = {name: _echo(name, asked, usual) for name, usual in _ECHOED.items()}
        fixed: dict[str, Json] = {"background": False, "previous_response_id": None, "store": False}
        self._echo = msgspec.json.encode({**echo, **fixed})[1:-1]
        self._tier = asked.get("service_tier", _NULL)

    def object(
        self,
        status: ResponseStatus,
        output: bytes = b"[]",
        *,
        details: dict[str, Json] | None = None,
        error: dict[str, Json] | None = None,
        tier: str | None = None,
        rest: bytes = b',"usage":null',
    ) -> bytes:
        """The object; `rest`: its last members, a comma in front of each."""
        served = msgspec.json.encode(tier) if tier is not None else bytes(self._tier)
        return b"".join(
            (
                b"{",
                self._head,
                b'"status":"%b","completed_at":null,"error":%b,"incomplete_details":%b,"output":'
                % (status.encode(), msgspec.json.encode(error), msgspec.json.encode(details)),
                output,
                b',"service_tier":',
                served,
                b",",
                self._echo,
                rest,
                b"}",
            )
        )


def _echo(name: str, asked: Mapping[str, msgspec.Raw], usual: bytes) -> Json:
    raw = asked.get(name, _NULL)
    if raw == _NULL:
        return msgspec.Raw(usual)
    return _whole_tools(raw) if name == "tools" else raw


def _whole_tools(raw: msgspec.Raw) -> Json:
    """Functions with all the fields that the answer's form has."""
    empty: dict[str, Json] = {"parameters": None, "strict": None}
    return [
        {**empty, **tool} if tool.get("type") == _FUNCTION else dict(tool)
        for tool in _TOOLS.decode(raw)
    ]


def ended(output: Output, frame: Frame, bill: Bill) -> tuple[ResponseStatus, bytes]:
    """The last object of an answer that came to its end."""
    status, details, error = _outcome(output.finish)
    rest = b',"usage":' + write_usage(bill) + metadata_member(bill)
    if error is not None:
        rest += b',"error_type":"provider_unavailable"'
    body = frame.object(
        status,
        msgspec.json.encode(output.items),
        details=details,
        error=error,
        tier=output.tier,
        rest=rest,
    )
    return status, body


def _outcome(
    finish: Finish | None,
) -> tuple[ResponseStatus, dict[str, Json] | None, dict[str, Json] | None]:
    match finish:
        case Finish(reason="length"):
            return "incomplete", {"reason": "max_output_tokens"}, None
        case Finish(reason="content_filter"):
            return "incomplete", {"reason": "content_filter"}, None
        case Finish(reason="error"):
            message = f"The provider ended the answer with an error ({finish.native})."
            return "failed", None, {"code": "server_error", "message": message}
        case _:
            return "completed", None, None


def failed(
    output: bytes, frame: Frame, error: UpstreamError, bill: Bill | None
) -> tuple[ResponseStatus, bytes]:
    """The last object of an answer that broke; one that grew too long is merely incomplete."""
    kind = error.verdict.error_type
    rest = b',"usage":null'
    if bill is not None:
        rest = b',"usage":' + write_usage(bill) + metadata_member(bill)
    if kind in _TOO_LONG:
        details: dict[str, Json] = {"reason": "max_output_tokens"}
        return "incomplete", frame.object("incomplete", output, details=details, rest=rest)
    told: dict[str, Json] = {"code": code_of(kind), "message": error.message}
    rest += b',"error_type":' + msgspec.json.encode(kind)
    return "failed", frame.object("failed", output, error=told, rest=rest)


def write_answer(completion: Completion, head: Head, bill: Bill) -> bytes:
    """A whole answer out of events."""
    output = Output(head, Lines(), custom_names(head.asked))
    for event in completion.events:
        output.event(event)
    output.end("completed")
    return ended(output, Frame(head), bill)[1]
