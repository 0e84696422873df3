"""A client's body as an `Inbound`: strict on what we know, lossless on what we do not.

Two passes over the bytes whatever their size: one finds the top-level fields, one checks what we
know of them. Messages are looked into only when their bytes hint at media.
"""

import re
from collections.abc import Mapping
from functools import partial
from typing import Final, Literal

import msgspec

from turnout.core.conversation import Conversation
from turnout.core.errors import invalid
from turnout.core.preferences import NO_PREFERENCES, Needs
from turnout.core.types import Modality
from turnout.dialects.adapter import Inbound
from turnout.dialects.openai_chat.history import conversation_of
from turnout.dialects.openai_chat.refusals import malformed, wrong_shape
from turnout.dialects.openai_chat.writing import fields_of
from turnout.wire.openai_chat import (
    MODALITY_OF_PART,
    ChatRequest,
    MessageParts,
    Spoken,
)

PARAMETERS: Final = frozenset(
    {
        "temperature", "top_p", "top_k", "min_p", "top_a", "frequency_penalty",
        "presence_penalty", "repetition_penalty", "max_tokens", "max_completion_tokens",
        "logit_bias", "logprobs", "top_logprobs", "prediction", "seed", "response_format",
        "structured_outputs", "stop", "tools", "tool_choice", "parallel_tool_calls",
        "include_reasoning", "reasoning", "reasoning_effort", "web_search_options", "verbosity",
    }
)  # fmt: skip
"""The contract's `Parameter` vocabulary, section 2."""

_FIELDS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_REQUEST: Final = msgspec.json.Decoder(ChatRequest)
_PARTS: Final = msgspec.json.Decoder(list[MessageParts])
_NULL: Final = msgspec.Raw(b"null")
_MEDIA: Final = tuple((f'"{name}"'.encode(), name) for name in MODALITY_OF_PART)
_INLINE: Final = re.compile(rb'"data:[^"]*"|(?<="data":)\s*"[^"]*"')
_BYTES_PER_TOK: Final = 4
_TEXT_ONLY: Final[frozenset[Modality]] = frozenset({"text"})
_NOT_SENT: Final = frozenset[str]()

Tier = Literal["flex", "priority", "ultrafast", "default"]
_TIERS: Final[Mapping[str, Tier]] = {
    "default": "default",
    "flex": "flex",
    "priority": "priority",
    "fast": "priority",  # contract section 3.5: fast is priority by another name
    "ultrafast": "ultrafast",
}


def read(body: bytes) -> Inbound:
    """The request, checked; raises Refusal."""
    fields, request = _decode(body)
    if request.messages is None:
        fields, request.messages = _with_prompt(fields, request)
    if not request.messages:
        raise invalid("messages", "at least one message is needed.")
    _check_together(request)
    return Inbound(
        dialect="openai.chat",
        fields=fields,
        models=_models(request),
        stream=request.stream or False,
        conversation=partial(conversation_of, fields),
        preferences=request.provider or NO_PREFERENCES,
        needs=_needs(fields, request),
        session_id=request.session_id,
        user=request.user,
    )


def rewritten(inbound: Inbound, conversation: Conversation) -> Inbound:
    """The request with another conversation's messages and tools; its other fields stay."""
    said = fields_of(conversation)
    fields = {**inbound.fields, "messages": said["messages"]}
    if "tools" in said:
        fields["tools"] = said["tools"]
    return msgspec.structs.replace(inbound, fields=fields, conversation=lambda: conversation)


def _decode(body: bytes) -> tuple[dict[str, msgspec.Raw], ChatRequest]:
    try:
        if not body.isascii():
            body.decode()  # what the codec skips it does not check, and it goes upstream as it is
        return _FIELDS.decode(body), _REQUEST.decode(body)
    except msgspec.ValidationError as error:
        raise wrong_shape(error) from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise malformed(error) from error


def _with_prompt(
    fields: dict[str, msgspec.Raw], request: ChatRequest
) -> tuple[dict[str, msgspec.Raw], list[Spoken]]:
    """The legacy `prompt` as one user message."""
    raw = request.prompt
    if raw is msgspec.UNSET or raw == _NULL:
        raise invalid("messages", "this field is required: a list of messages.")
    if not bytes(raw).startswith(b'"'):
        raise invalid("prompt", "Expected a string here; lists are for /completions.")
    message = b'[{"role":"user","content":' + bytes(raw) + b"}]"
    kept = {name: value for name, value in fields.items() if name not in {"prompt", "messages"}}
    return {**kept, "messages": msgspec.Raw(message)}, [Spoken("user")]


def _models(request: ChatRequest) -> tuple[str, ...]:
    """What to try in order; () when the caller leaves it to the installation's default."""
    first = (request.model,) if request.model else ()
    if not request.models:
        return first
    return tuple(dict.fromkeys((*first, *request.models)))


def _check_together(request: ChatRequest) -> None:
    """Fields that are right alone and wrong together."""
    effort = request.reasoning.effort if request.reasoning else None
    if request.reasoning_effort and effort and request.reasoning_effort != effort:
        raise invalid(
            "reasoning_effort",
            f'"{request.reasoning_effort}" contradicts reasoning.effort "{effort}"; send one.',
        )
    if request.top_logprobs and request.logprobs is not True:
        raise invalid("top_logprobs", "needs logprobs: true.")
    shape = request.response_format
    if shape is not None and shape.type == "json_schema" and shape.json_schema is None:
        raise invalid("response_format.json_schema", "type json_schema needs a json_schema object.")
    if shape is not None and shape.type == "grammar" and shape.grammar is None:
        raise invalid("response_format.grammar", "type grammar needs a grammar string.")
    for place, tool in enumerate(request.tools or ()):
        if tool.type == "function" and tool.function is None:
            raise invalid(f"tools[{place}].function", "a function tool needs a function object.")
    choice = request.tool_choice
    if (
        choice is not None
        and not isinstance(choice, str)
        and choice.type == "function"
        and choice.function is None
    ):
        raise invalid("tool_choice.function", "a named choice needs function.name.")


def _needs(fields: dict[str, msgspec.Raw], request: ChatRequest) -> Needs:
    messages = bytes(fields["messages"])
    size = len(messages)
    inputs = _TEXT_ONLY
    if any(hint in messages for hint, _ in _MEDIA):
        inputs, size = _media(messages)
    if "tools" in fields:
        size += len(bytes(fields["tools"]))
    shape = request.response_format
    sent = fields.keys() & PARAMETERS
    if sent:
        sent = {name for name in sent if fields[name] != _NULL}
    if shape is not None and shape.type == "json_schema":
        sent.add("structured_outputs")
    outputs = frozenset[Modality](request.modalities) if request.modalities else _TEXT_ONLY
    return Needs(
        inputs=inputs,
        outputs=outputs,
        parameters=frozenset(sent) if sent else _NOT_SENT,
        prompt_tok=size // _BYTES_PER_TOK + 1,
        max_output_tok=request.max_completion_tokens or request.max_tokens,
        tier=_TIERS.get(request.service_tier) if request.service_tier else None,
    )


def _media(messages: bytes) -> tuple[frozenset[Modality], int]:
    """The modalities of the parts, and the size without media by value (base64 is no text)."""
    inputs: set[Modality] = {"text"}
    try:
        parsed = _PARTS.decode(messages)
    except msgspec.ValidationError as error:
        raise wrong_shape(error, "messages") from error
    for message in parsed:
        if isinstance(message.content, list):
            for part in message.content:
                if part.type in MODALITY_OF_PART:
                    inputs.add(MODALITY_OF_PART[part.type])
    return frozenset(inputs), len(messages) - _inline_b(messages)


def _inline_b(messages: bytes) -> int:
    """Bytes of media by value: data URLs and the bare base64 of `input_audio`."""
    return sum(found.end() - found.start() for found in _INLINE.finditer(messages))
