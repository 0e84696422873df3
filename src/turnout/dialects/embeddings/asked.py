"""What is asked for: an embedding request as types, whoever is to serve it."""

from collections.abc import Mapping
from typing import Final, Literal, NoReturn

import msgspec

from turnout.core.errors import Refusal, invalid
from turnout.core.preferences import NO_PREFERENCES, Needs
from turnout.core.types import Modality
from turnout.dialects.adapter import Inbound
from turnout.dialects.openai_chat.refusals import malformed, wrong_shape
from turnout.wire.embeddings import EmbeddingRequest, Encoding

_FIELDS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_REQUEST: Final = msgspec.json.Decoder(EmbeddingRequest)
_BYTES_PER_TOK: Final = 4
_VECTORS: Final[frozenset[Modality]] = frozenset({"embeddings"})

InputKind = Literal["texts", "tokens", "media"]


class EmbeddingWish(msgspec.Struct, frozen=True, kw_only=True):
    """An embedding request.

    Attributes:
        texts: What to embed; () where it is not text.
        count: How many inputs there are.
        fields: The caller's own, for upstreams of the same shape.
    """

    kind: InputKind
    texts: tuple[str, ...]
    count: int
    fields: Mapping[str, msgspec.Raw]
    dimensions: int | None = None
    encoding: Encoding | None = None
    input_type: str | None = None


def wish_of(fields: Mapping[str, msgspec.Raw]) -> EmbeddingWish:
    """The request; its fields were checked by `read`."""
    request = _REQUEST.decode(msgspec.json.encode(fields))
    given = request.input
    kind, count = _kind(request), len(given) if isinstance(given, list) else 1
    texts = (given,) if isinstance(given, str) else ()
    if isinstance(given, list):
        texts = tuple(one for one in given if isinstance(one, str))
        count = 1 if given and isinstance(given[0], int) else count
    return EmbeddingWish(
        kind=kind,
        texts=texts,
        count=count,
        fields=fields,
        dimensions=request.dimensions,
        encoding=request.encoding_format,
        input_type=request.input_type,
    )


def texts_of(wish: EmbeddingWish, provider: str) -> tuple[str, ...]:
    """The texts, for a provider that takes nothing else.

    Raises:
        Refusal: The input is tokens or media.
    """
    if wish.kind != "texts":
        raise invalid("input", f"{provider} embeds texts only; got {wish.kind}.")
    return wish.texts


def bounded(wish: EmbeddingWish, most: int | None) -> None:
    """Refuses more inputs than one request may have; splitting is the caller's."""
    if most is not None and wish.count > most:
        raise invalid("input", f"at most {most} inputs go in one request here; got {wish.count}.")


def read(body: bytes) -> Inbound:
    """The request, checked; raises Refusal that names the field."""
    try:
        if not body.isascii():
            body.decode()
        fields, request = _FIELDS.decode(body), _REQUEST.decode(body)
    except msgspec.ValidationError as error:
        raise wrong_shape(error) from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise malformed(error) from error
    _kind(request)
    first = (request.model,) if request.model else ()
    size_b = len(bytes(fields["input"]))
    return Inbound(
        dialect="openai.embeddings",
        fields=fields,
        models=tuple(dict.fromkeys((*first, *(request.models or ())))),
        stream=False,
        conversation=_no_conversation,
        preferences=request.provider or NO_PREFERENCES,
        # Each input has the window to itself, so their sum is no bound: only one is looked at.
        needs=Needs(
            outputs=_VECTORS,
            compress=False,  # it is no conversation, and no input is ever cut
            prompt_tok=size_b // _BYTES_PER_TOK + 1 if isinstance(request.input, str) else 1,
        ),
        session_id=request.session_id,
        user=request.user,
    )


def _kind(request: EmbeddingRequest) -> InputKind:
    given = request.input
    if isinstance(given, str):
        if not given:
            raise invalid("input", "must not be empty.")
        return "texts"
    if not given:
        raise invalid("input", "at least one input is needed.")
    if len({type(one) for one in given}) > 1:
        raise invalid("input", "a list holds texts, tokens or lists of tokens, not a mix.")
    if isinstance(given[0], str):
        if not all(given):
            raise invalid("input", "no text in it may be empty.")
        return "texts"
    return "media" if isinstance(given[0], dict) else "tokens"


def _no_conversation() -> NoReturn:
    raise Refusal("invalid_request", "This provider does not serve embeddings here.")
