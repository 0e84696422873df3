"""What is asked for: a rerank request as types."""

from collections.abc import Mapping
from typing import Final, NoReturn

import msgspec

from turnout.core.errors import Refusal, invalid
from turnout.core.preferences import NO_PREFERENCES, Needs
from turnout.core.types import Modality
from turnout.dialects.adapter import Inbound
from turnout.dialects.openai_chat.refusals import malformed, wrong_shape
from turnout.wire.rerank import Document, RerankRequest

_FIELDS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_REQUEST: Final = msgspec.json.Decoder(RerankRequest)
_SCORES: Final[frozenset[Modality]] = frozenset({"rerank"})


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
    for place, document in enumerate(request.documents):
        if isinstance(document, Document) and document.text is None and document.image is None:
            raise invalid(f"documents[{place}]", "needs a text or an image.")
    first = (request.model,) if request.model else ()
    return Inbound(
        dialect="rerank",
        fields=fields,
        models=tuple(dict.fromkeys((*first, *(request.models or ())))),
        stream=False,
        conversation=_no_conversation,
        preferences=request.provider or NO_PREFERENCES,
        needs=Needs(outputs=_SCORES, compress=False),
        session_id=request.session_id,
        user=request.user,
    )


def request_of(fields: Mapping[str, msgspec.Raw]) -> RerankRequest:
    """The request as types; its fields were checked by `read`."""
    return _REQUEST.decode(msgspec.json.encode(fields))


def texts_of(request: RerankRequest, provider: str) -> list[str]:
    """The documents' texts, for upstreams that take nothing else.

    Raises:
        Refusal: A document has a picture.
    """
    texts: list[str] = []
    for place, document in enumerate(request.documents):
        if isinstance(document, str):
            texts.append(document)
        elif document.image is not None or document.text is None:
            raise invalid(f"documents[{place}].image", f"{provider} ranks texts only.")
        else:
            texts.append(document.text)
    return texts


def _no_conversation() -> NoReturn:
    raise Refusal("invalid_request", "This provider does not serve rerank here.")
