"""A client's body as an `Inbound`: strict on what we know, lossless on what we do not.

The API is stateless here: what asks for something to be kept or fetched is refused by name.
"""

import re
from collections.abc import Mapping
from functools import partial
from typing import Final

import msgspec

from turnout.core.conversation import Conversation
from turnout.core.errors import invalid
from turnout.core.preferences import NO_PREFERENCES, Needs
from turnout.core.types import Modality
from turnout.dialects.adapter import Inbound
from turnout.dialects.openai_chat.reading import TIERS
from turnout.dialects.openai_chat.refusals import malformed, wrong_shape
from turnout.dialects.openai_responses.input_reading import messages_of, system_message
from turnout.dialects.openai_responses.part_reading import MODALITY_OF_PART
from turnout.dialects.openai_responses.settings import settings_of
from turnout.dialects.openai_responses.writing import LOGPROBS, fields_of
from turnout.wire.openai_responses import Choice, ItemHead, ResponsesRequest

_FIELDS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_REQUEST: Final = msgspec.json.Decoder(ResponsesRequest)
_NULL: Final = msgspec.Raw(b"null")
_FALSE: Final = msgspec.Raw(b"false")
_INLINE: Final = re.compile(rb'"data:[^"]*"|(?<="data":)\s*"[^"]*"')
_MEDIA: Final[tuple[tuple[bytes, Modality], ...]] = tuple(
    (f'"{name}"'.encode(), kind) for name, kind in MODALITY_OF_PART.items()
)
_BYTES_PER_TOK: Final = 4
_TEXT_ONLY: Final[frozenset[Modality]] = frozenset({"text"})

_STATEFUL: Final[Mapping[str, str]] = {
    "previous_response_id": "send the earlier items in `input`",
    "conversation": "send the earlier items in `input`",
    "prompt": "send the prompt itself in `instructions` and `input`",
}
"""Fields that name something stored, and what to do instead."""
_PARAMETERS: Final[Mapping[str, str]] = {
    "temperature": "temperature",
    "top_p": "top_p",
    "top_k": "top_k",
    "frequency_penalty": "frequency_penalty",
    "presence_penalty": "presence_penalty",
    "stop": "stop",
    "seed": "seed",
    "max_output_tokens": "max_tokens",
    "tools": "tools",
    "tool_choice": "tool_choice",
    "parallel_tool_calls": "parallel_tool_calls",
    "reasoning": "reasoning",
}
"""Fields to the contract's `Parameter` vocabulary, section 2."""


def read(body: bytes) -> Inbound:
    """The request, checked; raises Refusal."""
    fields, request = _decode(body)
    _check_stateless(fields)
    if not request.input and not request.instructions:
        raise invalid("input", "this field is required: a string, or a list with an item in it.")
    _check_items(request.input)
    _check_tools(request)
    return Inbound(
        dialect="openai.responses",
        fields=fields,
        models=_models(request),
        stream=request.stream or False,
        conversation=partial(conversation_of, fields),
        preferences=request.provider or NO_PREFERENCES,
        needs=_needs(fields, request),
        session_id=request.session_id,
        user=request.user or request.safety_identifier,
    )


def conversation_of(fields: Mapping[str, msgspec.Raw]) -> Conversation:
    """The request in the internal form; raises Refusal for what has no meaning in it."""
    raw, said = fields.get("input", _NULL), fields.get("instructions", _NULL)
    messages = messages_of(raw) if raw != _NULL else ()
    if said != _NULL and (text := msgspec.json.decode(said, type=str)):
        messages = (system_message(text), *messages)
    return settings_of(fields, messages)


def rewritten(inbound: Inbound, conversation: Conversation) -> Inbound:
    """The request with another conversation's messages and tools; its other fields stay."""
    said = fields_of(conversation)
    fields = {n: raw for n, raw in inbound.fields.items() if n not in {"instructions", "tools"}}
    fields |= {name: said[name] for name in ("instructions", "input", "tools") if name in said}
    return msgspec.structs.replace(inbound, fields=fields, conversation=lambda: conversation)


def _decode(body: bytes) -> tuple[dict[str, msgspec.Raw], ResponsesRequest]:
    try:
        if not body.isascii():
            body.decode()  # what the codec skips it does not check, and it goes upstream as it is
        return _FIELDS.decode(body), _REQUEST.decode(body)
    except msgspec.ValidationError as error:
        raise wrong_shape(error) from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise malformed(error) from error


def _check_stateless(fields: Mapping[str, msgspec.Raw]) -> None:
    for name, instead in _STATEFUL.items():
        if fields.get(name, _NULL) != _NULL:
            raise invalid(name, f"nothing is stored here; {instead}. Allowed: null.")
    if fields.get("store", _NULL) not in (_NULL, _FALSE):
        raise invalid("store", "responses are not stored here. Allowed: false.")
    if fields.get("background", _NULL) not in (_NULL, _FALSE):
        raise invalid(
            "background", "an answer comes on the connection that asked for it. Allowed: false."
        )


def _check_items(items: str | list[ItemHead] | None) -> None:
    for place, item in enumerate(items if isinstance(items, list) else ()):
        if item.type == "item_reference":
            raise invalid(
                f"input[{place}]", "nothing is stored here: send the item itself, not its id."
            )
        if item.type == "message" and item.role is None:
            raise invalid(
                f"input[{place}].role", "a message has one of: user, assistant, system, developer."
            )


def _check_tools(request: ResponsesRequest) -> None:
    for place, tool in enumerate(request.tools or ()):
        if tool.type in ("function", "custom") and tool.name is None:
            raise invalid(f"tools[{place}].name", f"a {tool.type} tool needs a name.")
    choice = request.tool_choice
    if isinstance(choice, Choice) and choice.type in ("function", "custom") and not choice.name:
        raise invalid("tool_choice.name", "a named choice needs a name.")
    form = request.text.format if request.text else None
    if form is not None and form.type == "json_schema" and form.name is None:
        raise invalid("text.format.name", "type json_schema needs a name and a schema.")


def _models(request: ResponsesRequest) -> tuple[str, ...]:
    """What to try in order; () when the caller leaves it to the installation's default."""
    first = (request.model,) if request.model else ()
    return tuple(dict.fromkeys((*first, *(request.models or ()))))


def _needs(fields: Mapping[str, msgspec.Raw], request: ResponsesRequest) -> Needs:
    raw = bytes(fields.get("input", b""))
    seen: set[Modality] = {"text"}
    seen.update(kind for hint, kind in _MEDIA if hint in raw)
    inputs = frozenset(seen)
    size = len(raw) + sum(len(bytes(fields[n])) for n in ("tools", "instructions") if n in fields)
    if inputs != _TEXT_ONLY:
        size -= sum(found.end() - found.start() for found in _INLINE.finditer(raw))
    outputs = frozenset[Modality](request.modalities) if request.modalities else _TEXT_ONLY
    return Needs(
        inputs=inputs,
        outputs=outputs,
        parameters=_parameters(fields, request),
        prompt_tok=size // _BYTES_PER_TOK + 1,
        max_output_tok=request.max_output_tokens,
        tier=TIERS.get(request.service_tier) if request.service_tier else None,
    )


def _parameters(fields: Mapping[str, msgspec.Raw], request: ResponsesRequest) -> frozenset[str]:
    sent = {ours for theirs, ours in _PARAMETERS.items() if fields.get(theirs, _NULL) != _NULL}
    text = request.text
    if text is not None and text.verbosity is not None:
        sent.add("verbosity")
    if text is not None and text.format is not None and text.format.type != "text":
        sent.add("response_format")
        if text.format.type == "json_schema":
            sent.add("structured_outputs")
    if request.top_logprobs or LOGPROBS in (request.include or ()):
        sent |= {"logprobs", "top_logprobs"} if request.top_logprobs else {"logprobs"}
    return frozenset(sent)
