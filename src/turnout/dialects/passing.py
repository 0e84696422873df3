"""Sides of a provider that only clients of the same dialect reach: no conversation goes through.

Legacy completions, embeddings and rerank have requests and answers of their own. Such a side is an
adapter whose one power is its passthrough; asked for a conversation it says where to go instead.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Final, NoReturn

import msgspec

from turnout.core.conversation import Conversation
from turnout.core.errors import FailureKind, Refusal, UpstreamError
from turnout.core.types import Dialect, Endpoint, Headers
from turnout.dialects.adapter import Bridge, Framing, Outgoing, StreamDecoder
from turnout.dialects.events import Completion, Event
from turnout.dialects.openai_chat.errors import decode_error

ROUTES: Final[Mapping[Dialect, str]] = {
    "openai.completions": "/completions",
    "openai.embeddings": "/embeddings",
    "rerank": "/rerank",
}
_GATEWAY: Final = frozenset(
    {
        "models",
        "route",
        "preset",
        "debug",
        "provider",
        "plugins",
        "transforms",
        "usage",
        "session_id",
        "trace",
    }
)
_WORK: Final = frozenset({"plugins", "transforms"})
_NOTHING: Final = (msgspec.Raw(b"[]"), msgspec.Raw(b"{}"), msgspec.Raw(b"null"))
_NULL: Final = msgspec.Raw(b"null")
_TEXT: Final = msgspec.json.Decoder(str)


class PassingSide:
    """An adapter that is its bridge; immutable."""

    def __init__(self, dialect: Dialect, passing: Bridge) -> None:
        self._dialect: Dialect = dialect
        self._passing = passing

    @property
    def dialect(self) -> Dialect:
        """What its clients speak."""
        return self._dialect

    @property
    def framing(self) -> Framing:
        """How its streams are cut."""
        return self._passing.framing

    def passthrough(self) -> Bridge:
        """The only way through it."""
        return self._passing

    def encode(self, conversation: Conversation, endpoint: Endpoint) -> Outgoing:  # noqa: ARG002 (it takes none)
        """Refuses: see the class."""
        raise Refusal(
            "invalid_request", f"This model is served at {ROUTES[self._dialect]} and not here."
        )

    def decode(self, body: bytes) -> Completion:  # noqa: ARG002 (no conversation was sent)
        """Refuses: no conversation was ever sent to it."""
        _no_conversation()

    def decoder(self) -> StreamDecoder:
        """A decoder that refuses."""
        return _NoDecoder()

    def decode_error(self, status: int, headers: Headers, body: bytes) -> UpstreamError:
        """What a non-2xx answer means; never raises, whatever the bytes."""
        return decode_error(status, headers, body)


def unreadable(dialect: str) -> UpstreamError:
    """DECODE: a 200 whose body is not what the provider promises."""
    return UpstreamError(
        FailureKind.DECODE, f"The provider's answer is not one of {dialect}.", status=200
    )


class _NoDecoder:
    ended = False

    def feed(self, data: bytes) -> list[Event]:  # noqa: ARG002 (no conversation was sent)
        _no_conversation()

    def end(self) -> list[Event]:
        return []


def _no_conversation() -> NoReturn:
    raise UpstreamError(FailureKind.DECODE, "This side of the provider has no conversations.")


def passed(
    fields: Mapping[str, msgspec.Raw],
    endpoint: Endpoint,
    *,
    rename: Mapping[str, str] = {},
    drop: frozenset[str] = frozenset(),
) -> tuple[dict[str, msgspec.Raw], tuple[str, ...]]:
    """The caller's fields as they go up, and which were dropped.

    The model is the endpoint's own, the user's id a hash (contract section 7), fields between the
    caller and this gateway stay here, and null means unsaid.
    """
    body = {"model": msgspec.Raw(msgspec.json.encode(endpoint.upstream_model))}
    dropped: list[str] = []
    for name, raw in fields.items():
        if name in _GATEWAY:
            if name in _WORK and raw not in _NOTHING:
                dropped.append(name)
        elif name == "model" or raw == _NULL:
            continue
        elif name in drop:
            dropped.append(name)
        elif name == "user":
            hashed = sha256(_TEXT.decode(raw).encode()).hexdigest()
            body[rename.get(name, name)] = msgspec.Raw(msgspec.json.encode(hashed))
        else:
            body[rename.get(name, name)] = raw
    return body, tuple(dropped)
