"""A client's body as an `Inbound`: strict on what we know, lossless on what we do not."""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final, Literal, cast

import msgspec

from turnout.core.conversation import Conversation
from turnout.core.errors import invalid
from turnout.core.preferences import NO_PREFERENCES, Needs
from turnout.core.types import Headers, Modality
from turnout.dialects.adapter import Inbound
from turnout.dialects.anthropic_messages.history import conversation_of
from turnout.dialects.anthropic_messages.models import slug_of
from turnout.dialects.anthropic_messages.refusals import wrong_shape
from turnout.dialects.anthropic_messages.settings import SLOTS
from turnout.dialects.anthropic_messages.writing import fields_of
from turnout.dialects.openai_chat.refusals import malformed
from turnout.wire.anthropic_messages import MessagesRequest

_FIELDS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_REQUEST: Final = msgspec.json.Decoder(MessagesRequest)
_NULL: Final = msgspec.Raw(b"null")
_INLINE: Final = re.compile(rb'(?<="data":)\s*"[^"]*"')
_HEADER: Final = re.compile(r"[\x21-\x7e][\x20-\x7e]{0,1023}")
_BYTES_PER_TOK: Final = 4

_PARAMETERS: Final[Mapping[str, str]] = {
    "max_tokens": "max_tokens",
    "temperature": "temperature",
    "top_p": "top_p",
    "top_k": "top_k",
    "stop_sequences": "stop",
    "tools": "tools",
    "tool_choice": "tool_choice",
}
"""Fields that are parameters of the contract, by their name there."""

_TIERS: Final[Mapping[str, Literal["flex", "priority", "default"]]] = {
    "standard_only": "default",
    "default": "default",
    "flex": "flex",
    "priority": "priority",
}


def read(body: bytes, headers: Headers) -> Inbound:
    """The request, checked; raises Refusal."""
    fields, request = _decode(body)
    _check(request)
    said = {name: raw for name, raw in fields.items() if raw != _NULL}
    user = request.user or (request.metadata.user_id if request.metadata else None)
    return Inbound(
        dialect="anthropic.messages",
        fields=said,
        models=_models(request),
        stream=request.stream or False,
        conversation=partial(conversation_of, said),
        preferences=request.provider or NO_PREFERENCES,
        needs=_needs(said, request),
        session_id=request.session_id,
        user=user,
        headers=_forwarded(headers),
    )


def rewritten(inbound: Inbound, conversation: Conversation) -> Inbound:
    """The request with another conversation's messages and tools.

    Its other fields stay, but for those without a slot that the conversation no longer carries.
    """
    said = fields_of(conversation)
    kept = (SLOTS | conversation.extra.keys()) - {"system", "tools"}
    fields = {name: raw for name, raw in inbound.fields.items() if name in kept}
    if "tools" not in said:
        fields.pop("tool_choice", None)
    for name in ("system", "messages", "tools"):
        if name in said:
            fields[name] = msgspec.Raw(msgspec.json.encode(said[name]))
    return msgspec.structs.replace(inbound, fields=fields, conversation=lambda: conversation)


def _decode(body: bytes) -> tuple[dict[str, msgspec.Raw], MessagesRequest]:
    try:
        if not body.isascii():
            body.decode()  # what the codec skips it does not check, and it goes upstream as it is
        return _FIELDS.decode(body), _REQUEST.decode(body)
    except msgspec.ValidationError as error:
        raise wrong_shape(error) from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise malformed(error) from error


def _check(request: MessagesRequest) -> None:
    """Fields that are right alone and wrong together."""
    if not request.messages:
        raise invalid("messages", "at least one message is needed.")
    if request.models and request.fallbacks:
        raise invalid("fallbacks", "goes not with models; send one of them.")
    if request.thinking is not None and request.thinking.type == "enabled":
        _check_budget(request.thinking.budget_tokens, request.max_tokens)
    for place, tool in enumerate(request.tools or ()):
        if tool.type in (None, "custom") and not tool.name:
            raise invalid(f"tools[{place}].name", "a tool of your own needs a name.")
    choice = request.tool_choice
    if choice is not None and choice.type == "tool" and not choice.name:
        raise invalid("tool_choice.name", 'is required with type "tool".')
    for place, stop in enumerate(request.stop_sequences or ()):
        if not stop.strip():
            raise invalid(f"stop_sequences[{place}]", "must hold more than whitespace.")


def _check_budget(budget: int | None, limit: int | None) -> None:
    if budget is None:
        raise invalid("thinking.budget_tokens", 'is required with type "enabled" (1024 or more).')
    if limit is not None and budget >= limit:
        raise invalid("thinking.budget_tokens", "must be less than max_tokens.")


def _models(request: MessagesRequest) -> tuple[str, ...]:
    """What to try in order; () when the caller leaves it to the installation's default."""
    others = request.models or [one.model for one in request.fallbacks or ()]
    named = (*((request.model,) if request.model else ()), *others)
    return tuple(dict.fromkeys(slug_of(name) for name in named))


def _forwarded(headers: Headers) -> tuple[tuple[str, str], ...]:
    """The caller's betas, from both names they come under, and its version."""
    betas = [headers.get(name, "").strip() for name in ("anthropic-beta", "x-anthropic-beta")]
    found = {
        "anthropic-version": headers.get("anthropic-version", "").strip(),
        "anthropic-beta": ",".join(beta for beta in betas if beta),
    }
    return tuple((name, text) for name, text in found.items() if _HEADER.fullmatch(text))


def _needs(fields: Mapping[str, msgspec.Raw], request: MessagesRequest) -> Needs:
    prompt = [bytes(fields[name]) for name in ("messages", "system", "tools") if name in fields]
    size = sum(len(raw) for raw in prompt)
    inputs: set[Modality] = {"text"}
    if b'"image"' in prompt[0] or b'"document"' in prompt[0]:
        inputs.update(_modalities(msgspec.json.decode(prompt[0])))
        size -= sum(found.end() - found.start() for found in _INLINE.finditer(prompt[0]))
    sent = {word for name, word in _PARAMETERS.items() if name in fields}
    config, thinking, choice = request.output_config, request.thinking, request.tool_choice
    if (thinking and thinking.type != "disabled") or (config and config.effort):
        sent.add("reasoning")
    if request.output_format or (config and config.format):
        sent |= {"response_format", "structured_outputs"}
    if choice and choice.disable_parallel_tool_use:
        sent.add("parallel_tool_calls")
    return Needs(
        inputs=frozenset(inputs),
        parameters=frozenset(sent),
        prompt_tok=size // _BYTES_PER_TOK + 1,
        max_output_tok=request.max_tokens,
        tier=_TIERS.get(request.service_tier or ""),
    )


def _modalities(node: object) -> Iterator[Modality]:
    """Of pictures and files anywhere in the messages; a document of plain text is text."""
    if isinstance(node, list):
        for item in cast("list[Any]", node):
            yield from _modalities(item)
    elif isinstance(node, dict):
        fields = cast("dict[str, Any]", node)
        source: Any = fields.get("source")
        kind: Any = cast("dict[str, Any]", source).get("type") if isinstance(source, dict) else None
        if fields.get("type") == "image":
            yield "image"
        elif fields.get("type") == "document" and kind not in ("text", "content"):
            yield "file"
        yield from _modalities(fields.get("content"))
