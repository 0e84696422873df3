"""The form of the table: what a client asks, what goes up, what comes back, what is heard."""

from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

from tests.wire.heard import Call, Counts, Voice

from turnout.core.errors import FailureKind

Fields: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """One request, both sides of the gateway.

    Attributes:
        request: The client's body without its model.
        sent: What an upstream that is just like OpenAI must receive, without the model. Providers
            that deviate have their changes as merge patches (RFC 7396) in `cases/providers/`.
    """

    id: str
    request: Fields
    sent: Fields


@dataclass(frozen=True)
class Answered:
    """One stream, both sides of the gateway.

    Attributes:
        frames: The upstream's bytes.
        voices: What the client must hear, by choice.
        usage: None when the provider told none.
        failure: The error inside the stream, if it has one.
    """

    id: str
    frames: bytes
    voices: dict[int, Voice] = field(default_factory=dict[int, Voice])
    usage: Counts | None = None
    failure: FailureKind | None = None
    ended: bool = True


@dataclass(frozen=True)
class Failed:
    """An answer that is an error by its status."""

    id: str
    status: int
    body: bytes
    kind: FailureKind
    headers: dict[str, str] = field(default_factory=dict[str, str])
    retry_after_s: float | None = None


def call(number: int, name: str, arguments: str) -> Call:
    """A tool call with an id made of its number."""
    return Call(f"call_{number}", name, arguments)


def patched(value: Fields, patch: Fields) -> Fields:
    """RFC 7396: null deletes, objects merge, everything else replaces."""
    merged = dict(value)
    for name, change in patch.items():
        if change is None:
            merged.pop(name, None)
        elif isinstance(change, dict) and isinstance(merged.get(name), dict):
            merged[name] = patched(merged[name], cast("Fields", change))
        else:
            merged[name] = change
    return merged
