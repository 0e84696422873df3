"""What a shape is, and the few things that all of them do."""

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Protocol, TypeAlias, cast

import msgspec

from turnout.simulator.answers import Answer, Ask, OfferedFunction, OfferedTool

Fields: TypeAlias = Mapping[str, Any]

FREE: Final = msgspec.Raw(b"null")
"""A choice that forces no tool, in chat's words."""

_OBJECT: Final = msgspec.json.Decoder(dict[str, Any])


class Frames(msgspec.Struct, frozen=True):
    """A stream: what is written one by one, and which of it are tokens (`first` to `last`)."""

    pieces: tuple[bytes, ...]
    first: int
    last: int


class Shape(Protocol):
    """One dialect, both ways."""

    @property
    def stream_type(self) -> str:
        """Content type of a stream."""
        ...

    def ask(self, route: str, body: bytes) -> Ask:
        """The request's facts.

        Raises:
            msgspec.DecodeError: No request of the dialect.
        """
        ...

    def whole(self, made: Answer) -> bytes:
        """The answer in one piece."""
        ...

    def frames(self, made: Answer) -> Frames:
        """The answer as a stream."""
        ...

    def error(self, status: int, message: str) -> bytes:
        """The body of an error answer."""
        ...

    def error_frame(self, status: int, message: str) -> bytes:
        """An error inside a stream."""
        ...


def fields_of(body: bytes) -> Fields:
    """A request's fields; raises msgspec.DecodeError."""
    return _OBJECT.decode(body)


def child(fields: Fields, name: str) -> Fields:
    """The object of that name; {} for null and absence."""
    return cast("Fields", fields.get(name) or {})


def rows(fields: Fields, name: str) -> Sequence[Fields]:
    """The list of that name; [] for null and absence."""
    return cast("Sequence[Fields]", fields.get(name) or [])


def model_of(fields: Fields) -> str:
    """The model a request names; raises msgspec.ValidationError."""
    return msgspec.convert(fields.get("model"), str)


def offered(names: Iterable[str]) -> list[OfferedTool] | None:
    """Tools of these names, None of none."""
    return [OfferedTool(OfferedFunction(name)) for name in names] or None


def required(name: str | None = None) -> msgspec.Raw:
    """A choice that forces some tool, or the one of that name, in chat's words."""
    if name is None:
        return msgspec.Raw(b'"required"')
    return msgspec.Raw(msgspec.json.encode({"type": "function", "function": {"name": name}}))


def prompt_of(value: object) -> msgspec.Raw:
    """What an answer is derived from, as bytes."""
    return msgspec.Raw(msgspec.json.encode(value))


def encoded(value: object) -> bytes:
    """JSON."""
    return msgspec.json.encode(value)


def event(name: str, value: object) -> bytes:
    """A named server-sent event."""
    return b"event: %b\ndata: %b\n\n" % (name.encode(), msgspec.json.encode(value))


def data(value: object) -> bytes:
    """A server-sent event without a name."""
    return b"data: %b\n\n" % msgspec.json.encode(value)


def halves(text: str) -> tuple[str, str]:
    """A text in two pieces, as arguments are streamed."""
    return text[: len(text) // 2], text[len(text) // 2 :]


def arguments(text: str) -> object:
    """A call's arguments as the object they are."""
    return msgspec.json.decode(text)


def seal(made: Answer) -> str:
    """The proof over an answer's thoughts, as base64: the same for the same answer."""
    return b64encode(b"sealed-" + made.id.removeprefix("chatcmpl-").encode()).decode()
