"""What a model says, as events: the internal form of answers, whole or streamed."""

from typing import Literal, TypeAlias

import msgspec

from turnout.core.conversation import Opaque
from turnout.core.errors import UpstreamError
from turnout.core.types import FinishReason
from turnout.core.usage import Usage


class TextDelta(msgspec.Struct, frozen=True):
    """More visible text of one choice."""

    text: str
    choice: int = 0


class ReasoningDelta(msgspec.Struct, frozen=True):
    """More thinking; `index` groups deltas of one block, a signature arrives in `opaque`."""

    text: str = ""
    kind: Literal["text", "summary", "encrypted"] = "text"
    opaque: Opaque | None = None
    index: int | None = None
    choice: int = 0


class ToolCallDelta(msgspec.Struct, frozen=True):
    """More of a tool call. `call` is dense and 0-based; id and name come once, arguments after."""

    call: int
    id: str | None = None
    name: str | None = None
    arguments: str = ""
    opaque: Opaque | None = None
    choice: int = 0


class RefusalDelta(msgspec.Struct, frozen=True):
    """More of a refusal in the model's own words."""

    text: str
    choice: int = 0


class MediaDelta(msgspec.Struct, frozen=True):
    """A picture or sound in the answer, as the contract's `images[]` item or `audio` object."""

    kind: Literal["image", "audio"]
    payload: msgspec.Raw
    choice: int = 0


class Annotations(msgspec.Struct, frozen=True):
    """Citations, in the contract's `annotations[]` form."""

    items: tuple[msgspec.Raw, ...]
    choice: int = 0


class Logprobs(msgspec.Struct, frozen=True):
    """Token probabilities, in OpenAI's form."""

    payload: msgspec.Raw
    choice: int = 0


class UsageReport(msgspec.Struct, frozen=True):
    """The counts so far, cumulative: the last one wins."""

    usage: Usage


class Finish(msgspec.Struct, frozen=True):
    """One choice ended."""

    reason: FinishReason
    native: str | None
    choice: int = 0


class Failure(msgspec.Struct, frozen=True):
    """The provider reported an error inside its answer."""

    error: UpstreamError


class Identity(msgspec.Struct, frozen=True):
    """What the provider calls this answer; sent at most once."""

    upstream_id: str | None
    system_fingerprint: str | None = None
    service_tier: str | None = None


Event: TypeAlias = (
    TextDelta
    | ReasoningDelta
    | ToolCallDelta
    | RefusalDelta
    | MediaDelta
    | Annotations
    | Logprobs
    | UsageReport
    | Finish
    | Failure
    | Identity
)


def broken_off(said: list[Event], error: UpstreamError) -> list[Event]:
    """What one read said before its broken event, the failure behind it.

    Raises:
        UpstreamError: The error itself, when the read said nothing before it.
    """
    if not said:
        raise error
    return [*said, Failure(error)]


class Completion(msgspec.Struct, frozen=True, kw_only=True):
    """A whole answer in order: exactly the events a stream of it would have sent."""

    events: tuple[Event, ...]
