"""The official SDKs' types of what clients read, one for each kind of body or event, strictly.

SDKs themselves read leniently, these do not.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, get_args

from anthropic.types.beta import BetaImageBlockParam, BetaMessage, BetaRawMessageStreamEvent
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import BaseModel, TypeAdapter, ValidationError
from tests.wire.heard import Fields, child, items


def _by_type(union: Any) -> Mapping[str, type[BaseModel]]:
    """The members of an SDK's union of events, by the word in their `type`."""
    members: Iterable[type[BaseModel]] = get_args(get_args(union)[0])
    return {
        word: member
        for member in members
        for word in get_args(member.model_fields["type"].annotation)
    }


_RESPONSES: Final = _by_type(ResponseStreamEvent)
_MESSAGES: Final = _by_type(BetaRawMessageStreamEvent)
_PICTURE: Final = TypeAdapter(BetaImageBlockParam)


class MisshapenError(ValueError):
    """Outside the official types; says where."""


def chat_shape(body: Fields, *, streamed: bool) -> None:
    """Raises MisshapenError for what is no chat completion, or no chunk of one.

    The contract goes beyond OpenAI's types: a finish for errors, any word for a tier, citations of
    files, sound without an id.
    """
    choices = [_plain_choice(choice) for choice in items(body, "choices")]
    rest = {name: value for name, value in body.items() if name != "service_tier"}
    _check(ChatCompletionChunk if streamed else ChatCompletion, {**rest, "choices": choices})


def _plain_choice(choice: Fields) -> Fields:
    reason = choice.get("finish_reason")
    plain = {**choice, "finish_reason": "stop" if reason == "error" else reason}
    if words := child(choice, "message"):
        cited = [one for one in items(words, "annotations") if one["type"] == "url_citation"]
        kept = {name: value for name, value in words.items() if name != "audio"}
        plain["message"] = {**kept, "annotations": cited}
    return plain


def responses_shape(body: Fields, *, streamed: bool) -> None:
    """Raises MisshapenError for what is no response, or no event of one."""
    _check(_RESPONSES.get(body["type"]) if streamed else Response, body)


def messages_shape(body: Fields, *, streamed: bool) -> None:
    """Raises MisshapenError for what is no message, or no event of one.

    A picture has no block in answers; it stands in the block that requests have for it.
    """
    if not streamed:
        content = [block for block in items(body, "content") if not _picture(block)]
        _check(BetaMessage, {**body, "content": content})
    elif body["type"] not in ("ping", "error") and not _picture(child(body, "content_block")):
        _check(_MESSAGES.get(body["type"]), body)


def _picture(block: Fields) -> bool:
    if block.get("type") != "image":
        return False
    _PICTURE.validate_python(block)
    return True


def _check(shape: type[BaseModel] | None, body: Fields) -> None:
    if shape is None:
        raise MisshapenError(f"nothing of the type {body.get('type')!r} is known")
    try:
        shape.model_validate(body)
    except ValidationError as error:
        first = min(error.errors(), key=lambda one: -len(one["loc"]))
        raise MisshapenError(
            f"{first['loc']}: {first['msg']}, not {str(first['input'])[:60]}"
        ) from error
