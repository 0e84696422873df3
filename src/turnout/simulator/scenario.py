"""The nouns of a scenario: what the simulator plays. `loading` reads them from TOML."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

Positive: TypeAlias = Annotated[float, Meta(ge=0)]
Count: TypeAlias = Annotated[int, Meta(ge=0, le=10_000_000)]
OneUp: TypeAlias = Annotated[int, Meta(ge=1)]
Share: TypeAlias = Annotated[float, Meta(ge=0, le=1)]
StatusCode: TypeAlias = Annotated[int, Meta(ge=200, le=599)]
PortNumber: TypeAlias = Annotated[int, Meta(ge=0, le=65_535)]
UsdPerMillion: TypeAlias = Decimal


class _Noun(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Immutable, keyword-only, and strict: a misspelt field is an error, not a silence."""


class Uniform(_Noun, frozen=True, tag_field="kind", tag="uniform"):
    """Any value between the two, equally likely."""

    low: Positive
    high: Positive


class Lognormal(_Noun, frozen=True, tag_field="kind", tag="lognormal"):
    """Half the values below `median`; `sigma` is the spread of the logarithm (0.3 is tame)."""

    median: Positive
    sigma: Positive


Distribution: TypeAlias = Positive | Uniform | Lognormal
"""A bare number is a constant."""


class Pace(_Noun, frozen=True):
    """How fast a provider is; each request draws once.

    Attributes:
        ttft_ms: From the end of the request to the first token.
        token_rate_tps: Tokens per second after it; 0 is as fast as the socket takes them.
        events_per_write: At rate 0, how many events leave in one write; 0 is as many as fit. A real
            provider writes each token by itself, so 1 floods as they do.
    """

    ttft_ms: Distribution = 0.0
    token_rate_tps: Distribution = 0.0
    events_per_write: Count = 0


class Answering(_Noun, frozen=True):
    """What a provider says.

    Attributes:
        text: Fixed text, one token per word; None derives words from the prompt, always the same
            ones for the same prompt.
        tokens: How many words to derive; ignored with `text`.
        reasoning_tokens: Thinking before the text.
        reasoning_text: Fixed thoughts, one token per word, instead of `reasoning_tokens`.
        reasoning_field: Where the thinking stands in a message.
        tool_calls: Calls made when the request offers tools and brings no results of earlier ones.
        finish: Why a whole text ends: by itself, or by a filter.
        cached_tokens: Prompt tokens reported as read from a cache, at most the whole prompt.
        prefill: What becomes of a last turn of the assistant's that is to be gone on with: the
            answer's rest follows, or the whole answer ("repeats"), or it counts as any turn
            ("ignored"). Words that the answer does not begin with count as any turn too.
        usage: In streams: when asked for by `stream_options.include_usage`, always, or never.
            "never" also leaves it out of unary answers.
    """

    text: str | None = None
    tokens: Count = 16
    reasoning_tokens: Count = 0
    reasoning_text: str | None = None
    reasoning_field: Literal["reasoning", "reasoning_content"] = "reasoning"
    tool_calls: Annotated[int, Meta(ge=0, le=128)] = 0
    finish: Literal["stop", "content_filter"] = "stop"
    cached_tokens: Count = 0
    prefill: Literal["rest", "repeats", "ignored"] = "rest"
    usage: Literal["asked", "always", "never"] = "asked"


class Price(_Noun, frozen=True):
    """USD per million tokens; carried for the gateway's configuration, never charged here."""

    prompt: UsdPerMillion
    completion: UsdPerMillion
    cache_read: UsdPerMillion | None = None


class Model(_Noun, frozen=True):
    """A model at this provider, by the provider's own id; `answer` overrides the provider's."""

    id: str
    context_tok: OneUp = 128_000
    max_output_tok: OneUp = 16_384
    price: Price | None = None
    answer: Answering | None = None


FaultKind = Literal[
    "status",
    "error-in-200",
    "html-200",
    "html-502",
    "stall-head",
    "stall-first-token",
    "stall-after-tokens",
    "cut-mid-frame",
    "reset",
    "close",
    "truncated-json",
    "empty",
    "no-usage",
    "no-done",
    "no-finish",
    "no-role",
    "drip",
    "crlf",
    "bom",
    "comments",
    "split-utf8",
    "wrong-content-type",
    "redirect",
    "tool-index-missing",
    "tool-index-duplicate",
    "tool-id-repeated",
    "tool-id-empty",
    "error-event",
    "usage-every-chunk",
    "giant-event",
    "early-1xx",
    "http10",
]


class Fault(_Noun, frozen=True):
    """One line of a fault script. All conditions given must hold; with none it always fires.

    Attributes:
        kind: What goes wrong; docs/reference/simulator.md describes each.
        name: How a request asks for it; the kind when empty.
        status: HTTP status of `status` (also the code inside `error-in-200` and `error-event`).
        retry_after_s: Sent as Retry-After.
        retry_after_ms: Sent as retry-after-ms.
        message: The provider's words inside an error body.
        after_tokens: Tokens sent before the fault, where it happens mid-stream. For `reset` and
            `close` None means before any answer.
        gap_ms: Between two bytes of a drip.
        location: Target of a redirect.
        size_bytes: Text in the giant event.
        probability: Chance per request.
        every: Each n-th request of the provider, counted from 1.
        first: Only the first n requests.
        from_s: Only after so many seconds of serving.
        until_s: Only before so many seconds of serving.
        on_request: Only when a request names it.
    """

    kind: FaultKind
    name: str = ""
    status: StatusCode = 500
    retry_after_s: Positive | None = None
    retry_after_ms: Count | None = None
    message: str = "simulated failure"
    after_tokens: Count | None = None
    gap_ms: Positive = 1.0
    location: str = "https://example.invalid/moved"
    size_bytes: Count = 1_048_576
    probability: Share | None = None
    every: OneUp | None = None
    first: OneUp | None = None
    from_s: Positive | None = None
    until_s: Positive | None = None
    on_request: bool = False

    @property
    def called(self) -> str:
        """The name a request uses."""
        return self.name or self.kind


class Provider(_Noun, frozen=True):
    """One simulated provider under `/<name>/v1`.

    Attributes:
        models: Others get a 404; an empty list takes any model.
        open: Takes any model, also beside a list.
        keys: Keys accepted, as a bearer or in a header of their own; empty accepts all.
        port: A port of its own besides the shared one (0 picks a free one).
        record: How many of the last requests are kept for `/_simulator/requests`.
        faults: In order; the first that fires wins.
    """

    models: tuple[Model, ...] = ()
    open: bool = False
    answer: Answering = Answering()
    pace: Pace = Pace()
    keys: tuple[str, ...] = ()
    port: PortNumber | None = None
    record: Annotated[int, Meta(ge=0, le=10_000)] = 0
    faults: tuple[Fault, ...] = ()

    def answering(self, model: str) -> Answering:
        """How this provider answers for a model."""
        for row in self.models:
            if row.id == model and row.answer is not None:
                return row.answer
        return self.answer


class Scenario(_Noun, frozen=True):
    """Everything one simulator plays. `seed` decides every draw; names are URL path segments."""

    providers: Mapping[str, Provider]
    seed: int = 0
