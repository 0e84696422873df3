"""Which fault a request meets, and what it does to the answer (to the socket: `replies`).

A fault edits the facts of the answer, its chunks, its frames, or replaces the whole reply. Faults
that have no meaning for a kind of answer (a missing `[DONE]` in a unary one) leave it as it is.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final, get_args

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from turnout.core.errors import TurnoutError
from turnout.simulator import answers
from turnout.simulator.answers import Answer, Ask, Body, Choice
from turnout.simulator.scenario import Fault, FaultKind, Provider

KINDS: Final[tuple[FaultKind, ...]] = get_args(FaultKind)
TOOL_KINDS: Final = frozenset(kind for kind in KINDS if kind.startswith("tool-"))

_IN_PROMPT = re.compile(rb"\[\[fault:([A-Za-z0-9._:/-]+)\]\]")
_BOM: Final = b"\xef\xbb\xbf"
_NUMBERED_STATUS = frozenset({"status", "error-in-200"})


class UnknownFaultError(TurnoutError):
    """A request asked for a fault by a name nobody has."""


def scripted(
    provider: Provider, number: int, at_s: float, chance: Callable[[int], float]
) -> Fault | None:
    """The first fault of the script that fires.

    Args:
        provider: Whose script.
        number: Which request of this provider, counted from 1.
        at_s: Seconds since the simulator started to serve.
        chance: A draw in (0, 1) for the fault at an index.
    """
    for at, fault in enumerate(provider.faults):
        if not fault.on_request and _fires(fault, number, at_s, chance(at)):
            return fault
    return None


def _fires(fault: Fault, number: int, at_s: float, chance: float) -> bool:
    return (
        (fault.every is None or number % fault.every == 0)
        and (fault.first is None or number <= fault.first)
        and (fault.from_s is None or at_s >= fault.from_s)
        and (fault.until_s is None or at_s < fault.until_s)
        and (fault.probability is None or chance < fault.probability)
    )


def named_in(body: bytes) -> tuple[str, ...]:
    """Every NAME of a `[[fault:NAME]]` in a request's body, in order."""
    if b"[[fault:" not in body:  # a memory scan: ten times cheaper than the regex on a large prompt
        return ()
    return tuple(name.decode() for name in _IN_PROMPT.findall(body))


def by_name(provider: Provider, slug: str, text: str) -> Fault | None:
    """The fault a request asks for, or None when it is meant for another provider.

    Args:
        provider: Who is asked.
        slug: Its name.
        text: `[provider/]NAME` of the script, or `[provider/]KIND[:N[:RETRY_AFTER_S]]`, where N is
            the status of `status` and `error-in-200`, else the tokens before the fault.

    Raises:
        UnknownFaultError: Neither a name of the script nor a kind, or N is no number.
    """
    target, _, name = text.rpartition("/")
    if target and target != slug:
        return None
    for fault in provider.faults:
        if fault.called == name:
            return fault
    kind, *numbers = name.split(":")
    try:
        fault = Fault(kind=_kind(kind))
        if numbers and kind in _NUMBERED_STATUS:
            fault = replace(fault, status=int(numbers[0]))
        elif numbers:
            fault = replace(fault, after_tokens=int(numbers[0]))
        if len(numbers) > 1:
            fault = replace(fault, retry_after_s=float(numbers[1]))
    except ValueError as error:
        allowed = sorted({*KINDS, *(fault.called for fault in provider.faults)})
        raise UnknownFaultError(f"no fault '{name}'; allowed: {', '.join(allowed)}") from error
    return fault


def _kind(text: str) -> FaultKind:
    for kind in KINDS:
        if kind == text:
            return kind
    raise ValueError(text)


# ---- edits of the facts -------------------------------------------------------------------------


def edit_answer(fault: Fault, made: Answer, ask: Ask) -> Answer:
    """The answer as this fault falsifies it; usage follows the edit."""
    match fault.kind:
        case "empty":
            edited = replace(made, tokens=(), reasoning=(), calls=(), finish="stop")
        case "split-utf8":
            edited = replace(made, tokens=(*made.tokens, " naïve", " 🙂"))
        case "giant-event":
            edited = replace(made, tokens=(*made.tokens, "x" * fault.size_bytes))
        case _ if fault.kind in TOOL_KINDS:
            edited = replace(made, tokens=(), calls=_calls(fault, made, ask), finish="tool_calls")
        case _:
            return made
    return answers.recount(edited)


def _calls(fault: Fault, made: Answer, ask: Ask) -> tuple[answers.Call, ...]:
    """At least two calls, for one alone cannot repeat an id or an index."""
    calls = answers.make_calls(max(2, len(made.calls)), made.id.encode(), ask)
    if fault.kind == "tool-id-empty":
        return tuple(replace(call, id="") for call in calls)
    if fault.kind == "tool-id-repeated":
        return tuple(replace(call, id=calls[0].id) for call in calls)
    return calls


# ---- edits of a whole answer and of chunks ------------------------------------------------------


def edit_whole(fault: Fault, body: Body) -> Body:
    """A unary answer's falsified body."""
    match fault.kind:
        case "no-usage":
            return replace(body, usage=UNSET)
        case "no-finish":
            unfinished = tuple(replace(c, finish_reason=None) for c in body.choices)
            return replace(body, choices=unfinished)
        case "no-role":
            return replace(body, choices=tuple(_roleless(choice) for choice in body.choices))
        case _:
            return body


def edit_chunks(fault: Fault, stream: tuple[Body, ...], made: Answer) -> tuple[Body, ...]:
    """A stream's falsified chunks."""
    match fault.kind:
        case "no-usage":
            edited = (chunk for chunk in stream if chunk.choices)
        case "no-finish":
            edited = (c for c in stream if not c.choices or c.choices[0].finish_reason is None)
        case "no-role":
            edited = (replace(c, choices=tuple(map(_roleless, c.choices))) for c in stream)
        case "tool-index-missing":
            edited = (_reindexed(chunk, UNSET) for chunk in stream)
        case "tool-index-duplicate":
            edited = (_reindexed(chunk, 0) for chunk in stream)
        case "usage-every-chunk":
            edited = _running_usage(stream, made)
        case _:
            return stream
    return tuple(edited)


def _roleless(choice: Choice) -> Choice:
    if isinstance(choice.delta, answers.Delta):
        return replace(choice, delta=replace(choice.delta, role=UNSET))
    if isinstance(choice.message, answers.Delta):
        return replace(choice, message=replace(choice.message, role=UNSET))
    return choice


def _reindexed(chunk: Body, index: int | msgspec.UnsetType) -> Body:
    if not chunk.choices:
        return chunk
    choice = chunk.choices[0]
    if not isinstance(choice.delta, answers.Delta) or choice.delta.tool_calls is UNSET:
        return chunk
    calls = tuple(replace(call, index=index) for call in choice.delta.tool_calls)
    return replace(chunk, choices=(replace(choice, delta=replace(choice.delta, tool_calls=calls)),))


def _running_usage(stream: tuple[Body, ...], made: Answer) -> tuple[Body, ...]:
    """Cumulative counts in every chunk, as vLLM's `continuous_usage_stats` sends them."""
    total = made.usage
    cached = total.prompt_tokens_details.cached_tokens
    edited: list[Body] = []
    for at, chunk in enumerate(chunk for chunk in stream if chunk.choices):
        done = min(at, total.completion_tokens)
        running = answers.counts(total.prompt_tokens, cached, done, 0)
        edited.append(replace(chunk, usage=running))
    edited[-1] = replace(edited[-1], usage=total)
    return tuple(edited)


# ---- edits of frames ----------------------------------------------------------------------------


def edit_frames(
    fault: Fault, frames: tuple[bytes, ...], first: int, error: bytes
) -> tuple[bytes, ...]:
    """A stream's falsified frames.

    Args:
        first: Index of the first token's frame.
        error: The frame in which the dialect tells an error.
    """
    at = min(first + (1 if fault.after_tokens is None else fault.after_tokens), len(frames) - 1)
    match fault.kind:
        case "no-done":
            edited = frames[:-1]
        case "crlf":
            edited = tuple(frame.replace(b"\n", b"\r\n") for frame in frames)
        case "bom":
            edited = (_BOM + frames[0], *frames[1:])
        case "comments":
            edited = tuple(b": keep-alive\n\n: inside\n" + frame for frame in frames)
        case "truncated-json":
            cut = frames[at][: len(frames[at]) // 2] + b"\n\n"
            edited = (*frames[:at], cut, *frames[at + 1 :])
        case "error-event":
            edited = (*frames[:at], error)
        case "error-in-200":
            edited = (error, frames[-1])
        case _:
            edited = frames
    return edited


def error_frame(fault: Fault) -> bytes:
    """Chat's way of telling an error in a stream."""
    return b"data: " + error_body(fault, in_band=True) + b"\n\n"


def edit_bytes(fault: Fault, body: bytes, error: bytes) -> bytes:
    """A unary answer's falsified bytes; `error` is how the dialect tells one in a success."""
    match fault.kind:
        case "truncated-json":
            return body[: len(body) // 2]
        case "bom":
            return _BOM + body
        case "error-in-200" | "error-event":
            return error
        case _:
            return body


_TYPES: Final[Mapping[int, str]] = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
    402: "insufficient_quota",
    529: "overloaded_error",
}


def error_body(fault: Fault, *, in_band: bool) -> bytes:
    """OpenAI's error object; in band the status stands inside as `code`."""
    return error_object(fault.status, fault.message, code=fault.status if in_band else None)


def error_object(status: int, message: str, *, code: int | str | None = None) -> bytes:
    """`{"error": {message, type, param, code}}` for a status."""
    default = "server_error" if status >= 500 else "invalid_request_error"
    kind = _TYPES.get(status, default)
    error = {"message": message, "type": kind, "param": None, "code": code}
    return msgspec.json.encode({"error": error})
