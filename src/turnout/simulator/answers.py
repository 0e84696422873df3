"""A request to its answer: deterministic facts, then the OpenAI chat shapes that carry them.

The shapes are written as Structs, so that a fault edits a typed chunk and not a text. Same request,
same bytes: ids and times derive from the prompt, never from the clock.

Source of the shapes: the contract, sections 2.1 and 4.1.
"""

import re
from collections.abc import Iterable
from hashlib import blake2b

import msgspec
from msgspec import UNSET, UnsetType

from turnout.simulator.draws import words
from turnout.simulator.prefill import Begun, parted, rest_of
from turnout.simulator.scenario import Answering

CREATED = 1_767_225_600  # 2026-01-01 UTC: a constant, or two equal requests would differ

_TOKENS = re.compile(r"\s*\S+|\s+\Z")
_BYTES_PER_TOKEN = 4  # the usual rule of thumb for English; only counts depend on it


class StreamOptions(msgspec.Struct, frozen=True):
    """`stream_options` of a request."""

    include_usage: bool = False


class OfferedFunction(msgspec.Struct, frozen=True):
    """The part of a tool we use."""

    name: str = ""


class OfferedTool(msgspec.Struct, frozen=True):
    """A tool the request offers."""

    function: OfferedFunction = OfferedFunction()


class Ask(msgspec.Struct, frozen=True):
    """What the simulator reads of a request; the rest is not looked at.

    Attributes:
        tool_choice: In chat's words, whatever the dialect.
        continue_final_message: The last message is the beginning of the answer.
        begun: That beginning, for dialects in which it goes without saying; it is not among the
            messages then.
        answered: The last word is a tool's result, so the model should speak; None: not looked.
    """

    model: str
    messages: msgspec.Raw
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    n: int | None = None
    tools: list[OfferedTool] | None = None
    tool_choice: msgspec.Raw = msgspec.Raw(b"null")
    continue_final_message: bool = False
    begun: Begun | None = None
    answered: bool | None = None


class _Named(msgspec.Struct, frozen=True):
    """`tool_choice` as an object."""

    function: OfferedFunction


class _Speaker(msgspec.Struct, frozen=True):
    """A message, as far as who speaks."""

    role: str = ""


_FORCED = msgspec.json.Decoder(str | _Named | None)
_SPEAKERS = msgspec.json.Decoder(list[_Speaker])


class Function(msgspec.Struct, frozen=True):
    """A call's function, whole or a delta."""

    name: str | UnsetType = UNSET
    arguments: str = ""


class Call(msgspec.Struct, frozen=True):
    """A tool call, whole (no index) or a delta of one."""

    index: int | UnsetType = UNSET
    id: str | UnsetType = UNSET
    type: str | UnsetType = UNSET
    function: Function = Function()


class Delta(msgspec.Struct, frozen=True):
    """What a chunk adds; also a whole message, which has the same fields."""

    role: str | UnsetType = UNSET
    content: str | UnsetType | None = UNSET
    reasoning: str | UnsetType = UNSET
    reasoning_content: str | UnsetType = UNSET
    tool_calls: tuple[Call, ...] | UnsetType = UNSET


class Choice(msgspec.Struct, frozen=True):
    """One choice: `delta` in a chunk, `message` in a whole answer."""

    index: int = 0
    message: Delta | UnsetType = UNSET
    delta: Delta | UnsetType = UNSET
    finish_reason: str | UnsetType | None = None


class PromptDetails(msgspec.Struct, frozen=True):
    """Part of `usage`."""

    cached_tokens: int = 0


class CompletionDetails(msgspec.Struct, frozen=True):
    """Part of `usage`."""

    reasoning_tokens: int = 0


class Counts(msgspec.Struct, frozen=True):
    """`usage` in OpenAI's overlapping counts."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    prompt_tokens_details: PromptDetails
    completion_tokens_details: CompletionDetails


class Body(msgspec.Struct, frozen=True):
    """A whole answer or one chunk, by `object`."""

    id: str
    object: str
    created: int
    model: str
    choices: tuple[Choice, ...]
    usage: Counts | UnsetType = UNSET


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The facts of one answer, before any shape.

    Attributes:
        tokens: Visible text, one item per token.
        reasoning: Thoughts, one item per token.
        calls: Whole tool calls, without index.
        finish: Native finish reason.
    """

    id: str
    model: str
    tokens: tuple[str, ...]
    reasoning: tuple[str, ...]
    reasoning_field: str
    calls: tuple[Call, ...]
    finish: str
    usage: Counts
    n: int


def answer(how: Answering, ask: Ask, seed: int) -> Answer:
    """The answer of a provider to a request; the same for equal messages, model and seed."""
    size = len(bytes(ask.messages))
    prompt, begun = parted(bytes(ask.messages), open_ended=ask.continue_final_message)
    ask = msgspec.structs.replace(ask, messages=msgspec.Raw(prompt), begun=ask.begun or begun)
    digest = blake2b(prompt, digest_size=12, salt=str(seed).encode()[:16]).digest()
    if how.text is not None:
        tokens = tuple(_TOKENS.findall(how.text))
    else:
        tokens = words(digest + ask.model.encode(), how.tokens)
    if how.reasoning_text is not None:
        reasoning = tuple(_TOKENS.findall(how.reasoning_text))
    else:
        reasoning = words(b"reasoning" + digest, how.reasoning_tokens)
    calls = _called(how, digest, ask) if ask.tools else ()
    finish = "tool_calls" if calls else how.finish
    if ask.begun is not None and how.prefill != "ignored":
        reasoning, tokens, calls = _gone_on(how, ask.begun, reasoning, tokens, calls)
    limit = ask.max_completion_tokens or ask.max_tokens
    if limit is not None and limit < len(reasoning) + len(tokens):
        reasoning = reasoning[:limit]
        tokens = tokens[: limit - len(reasoning)]
        calls, finish = (), "length"
    made = Answer(
        id=f"chatcmpl-{digest.hex()}",
        model=ask.model,
        tokens=() if calls or finish == "tool_calls" else tokens,
        reasoning=reasoning,
        reasoning_field=how.reasoning_field,
        calls=calls,
        finish=finish,
        usage=counts(size // _BYTES_PER_TOKEN + 1, 0, 0, 0),
        n=max(1, ask.n or 1),
    )
    return recount(made, how.cached_tokens)


def _gone_on(
    how: Answering,
    begun: Begun,
    reasoning: tuple[str, ...],
    tokens: tuple[str, ...],
    calls: tuple[Call, ...],
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[Call, ...]]:
    """What is still to be said of an answer, or all of it where its beginning is another."""
    if calls:
        return (), (), calls[begun.calls :]
    rest = rest_of(tokens, begun.text)
    if rest is None:
        return reasoning, tokens, calls
    return (), ((begun.text, *rest) if how.prefill == "repeats" else rest), ()


def _called(how: Answering, digest: bytes, ask: Ask) -> tuple[Call, ...]:
    """The calls of an answer: as many as this provider makes, one where the request forces one.

    A forced call takes a fixed text that is an object as its arguments: so a model fills in a form.
    """
    forced = _FORCED.decode(ask.tool_choice)
    if isinstance(forced, _Named):
        ask = msgspec.structs.replace(ask, tools=[OfferedTool(forced.function)])
    if forced in (None, "auto", "none") and (forced == "none" or _has_result(ask)):
        return ()
    must = isinstance(forced, _Named) or forced == "required"
    calls = make_calls(max(how.tool_calls, 1 if must else 0), digest, ask)
    if not must or how.text is None or not how.text.startswith("{"):
        return calls
    filled = Function(calls[0].function.name, how.text)
    return (msgspec.structs.replace(calls[0], function=filled), *calls[1:])


def _has_result(ask: Ask) -> bool:
    if ask.answered is not None:
        return ask.answered
    return results_last(one.role for one in _SPEAKERS.decode(ask.messages))


def results_last(speakers: Iterable[object]) -> bool:
    """Whether a tool has spoken since the assistant last did."""
    since: set[object] = set()
    for role in speakers:
        since = set() if role == "assistant" else since | {role}
    return "tool" in since


def make_calls(count: int, digest: bytes, ask: Ask) -> tuple[Call, ...]:
    """Whole calls of the offered tools in turn, or of "lookup" when none is offered."""
    names = [tool.function.name for tool in ask.tools or ()] or ["lookup"]
    made: list[Call] = []
    for at in range(count):
        argument = " ".join(words(digest + bytes([at]), 3)).strip()
        function = Function(names[at % len(names)], msgspec.json.encode({"q": argument}).decode())
        made.append(Call(id=f"call_{digest.hex()[:16]}_{at}", type="function", function=function))
    return tuple(made)


def recount(made: Answer, cached: int | None = None) -> Answer:
    """The answer with usage counted from its parts; needed after a fault has edited them."""
    before = made.usage
    spent = sum(len(c.function.arguments) // _BYTES_PER_TOKEN + 1 for c in made.calls)
    said = (len(made.tokens) + len(made.reasoning) + spent) * made.n
    if cached is None:
        cached = before.prompt_tokens_details.cached_tokens
    prompt = before.prompt_tokens
    usage = counts(prompt, min(cached, prompt), said, len(made.reasoning) * made.n)
    return msgspec.structs.replace(made, usage=usage)


def counts(prompt: int, cached: int, completion: int, reasoning: int) -> Counts:
    """`usage` from its numbers; cached and reasoning tokens are parts of the other two."""
    return Counts(
        prompt_tokens=prompt,
        completion_tokens=completion,
        total_tokens=prompt + completion,
        prompt_tokens_details=PromptDetails(cached),
        completion_tokens_details=CompletionDetails(reasoning),
    )


def whole(made: Answer, *, usage: bool) -> Body:
    """The unary answer."""
    message = Delta(
        role="assistant",
        content="".join(made.tokens) if made.tokens or not made.calls else None,
        tool_calls=made.calls or UNSET,
    )
    if made.reasoning:
        message = _thinking(message, made.reasoning_field, "".join(made.reasoning))
    choices = tuple(Choice(i, message=message, finish_reason=made.finish) for i in range(made.n))
    return _body(made, "chat.completion", choices, made.usage if usage else UNSET)


def chunks(made: Answer, *, usage: bool) -> tuple[Body, ...]:
    """The streamed answer: role, thoughts, text, calls, finish, and usage on its own at the end."""
    deltas: list[Delta] = [Delta(role="assistant", content="")]
    deltas += [_thinking(Delta(), made.reasoning_field, word) for word in made.reasoning]
    deltas += [Delta(content=word) for word in made.tokens]
    for at, call in enumerate(made.calls):
        deltas += [Delta(tool_calls=(part,)) for part in _call_deltas(at, call)]
    rows = [Choice(i, delta=delta) for delta in deltas for i in range(made.n)]
    rows += [Choice(i, delta=Delta(), finish_reason=made.finish) for i in range(made.n)]
    stream = [_body(made, "chat.completion.chunk", (row,), UNSET) for row in rows]
    if usage:
        stream.append(_body(made, "chat.completion.chunk", (), made.usage))
    return tuple(stream)


def _call_deltas(at: int, call: Call) -> tuple[Call, ...]:
    """Name first, then the arguments in two pieces, as OpenAI streams them."""
    arguments = call.function.arguments
    half = len(arguments) // 2
    name = Function(call.function.name, "")
    return (
        Call(at, call.id, "function", name),
        Call(at, function=Function(arguments=arguments[:half])),
        Call(at, function=Function(arguments=arguments[half:])),
    )


def _thinking(message: Delta, field: str, text: str) -> Delta:
    if field == "reasoning_content":
        return msgspec.structs.replace(message, reasoning_content=text)
    return msgspec.structs.replace(message, reasoning=text)


def _body(made: Answer, kind: str, choices: tuple[Choice, ...], usage: Counts | UnsetType) -> Body:
    return Body(made.id, kind, CREATED, made.model, choices, usage)
