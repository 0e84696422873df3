"""A client's body as an `Inbound`, and as a conversation of one user message."""

from collections.abc import Mapping
from functools import partial
from typing import Final

import msgspec

from turnout.core.conversation import Conversation, Message, Sampling, Text
from turnout.core.errors import Refusal, invalid
from turnout.core.preferences import NO_PREFERENCES, Needs
from turnout.dialects.adapter import Inbound
from turnout.dialects.openai_chat.knobs import KNOBS, wish_of
from turnout.dialects.openai_chat.reading import PARAMETERS
from turnout.dialects.openai_chat.refusals import malformed, wrong_shape
from turnout.wire.openai_completions import CompletionRequest

_FIELDS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_REQUEST: Final = msgspec.json.Decoder(CompletionRequest)
_NULL: Final = msgspec.Raw(b"null")
_BYTES_PER_TOK: Final = 4
_NATIVE: Final = "needs a provider that serves completions natively; send it to such a model"
_SLOTS: Final = (
    frozenset(Sampling.__struct_fields__)
    | KNOBS
    | {"prompt", "model", "max_tokens", "best_of", "echo", "suffix", "user", "stream"}
)


def read(body: bytes) -> Inbound:
    """The request, checked; raises Refusal."""
    try:
        if not body.isascii():
            body.decode()
        fields, request = _FIELDS.decode(body), _REQUEST.decode(body)
    except msgspec.ValidationError as error:
        raise wrong_shape(error) from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise malformed(error) from error
    _check(request)
    first = (request.model,) if request.model else ()
    sent = {name for name in fields.keys() & PARAMETERS if fields[name] != _NULL}
    return Inbound(
        dialect="openai.completions",
        fields=fields,
        models=tuple(dict.fromkeys((*first, *(request.models or ())))),
        stream=request.stream or False,
        conversation=partial(conversation_of, fields, request),
        preferences=request.provider or NO_PREFERENCES,
        needs=Needs(
            parameters=frozenset(sent),
            prompt_tok=len(bytes(fields["prompt"])) // _BYTES_PER_TOK + 1,
            max_output_tok=request.max_tokens,
            compress=False,  # a prompt is no conversation
        ),
        session_id=request.session_id,
        user=request.user,
    )


def _check(request: CompletionRequest) -> None:
    prompt = request.prompt
    if isinstance(prompt, list):
        if not prompt:
            raise invalid("prompt", "at least one prompt is needed.")
        if len({type(one) for one in prompt}) > 1:
            raise invalid("prompt", "a list holds texts, tokens or lists of tokens, not a mix.")
    best, n = request.best_of, request.n or 1
    if best is not None and best < n:
        raise invalid("best_of", f"must be at least n, which is {n}; got {best}.")
    if best is not None and best > 1 and request.stream:
        raise invalid("best_of", "cannot be streamed, because the best is known only at the end.")


def conversation_of(fields: Mapping[str, msgspec.Raw], request: CompletionRequest) -> Conversation:
    """One user message with the prompt, for providers that only chat.

    Raises:
        Refusal: The request says what no chat can: tokens, several prompts, a suffix, best_of.
    """
    stop = (request.stop,) if isinstance(request.stop, str) else tuple(request.stop or ())
    sampling = Sampling(
        temperature=request.temperature,
        top_p=request.top_p,
        top_k=request.top_k,
        min_p=request.min_p,
        top_a=request.top_a,
        frequency_penalty=request.frequency_penalty,
        presence_penalty=request.presence_penalty,
        repetition_penalty=request.repetition_penalty,
        seed=request.seed,
        stop=stop,
        logit_bias=request.logit_bias,
        logprobs=True if request.logprobs is not None else None,
        top_logprobs=request.logprobs or None,
        n=request.n,
    )
    return Conversation(
        dialect="openai.completions",
        messages=(Message(role="user", parts=(Text(text=_only_prompt(request)),)),),
        max_output_tok=request.max_tokens,
        sampling=sampling,
        reasoning=wish_of(fields),
        user=request.user,
        stream=request.stream or False,
        extra={n: raw for n, raw in fields.items() if n not in _SLOTS and raw != _NULL},
    )


def _only_prompt(request: CompletionRequest) -> str:
    if request.suffix:
        raise _beyond_chat("suffix")
    if request.best_of is not None and request.best_of > (request.n or 1):
        raise _beyond_chat("best_of")
    if request.echo and request.logprobs is not None:
        raise _beyond_chat("echo with logprobs")
    match request.prompt:
        case str(text) | [str(text)]:
            return text
        case _:
            raise _beyond_chat("prompt as tokens or of several prompts")


def _beyond_chat(field: str) -> Refusal:
    return Refusal("invalid_request", f"{field}: {_NATIVE}.", param=field.partition(" ")[0])
