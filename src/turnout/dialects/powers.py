"""Rare powers and habits of adapters, found with `isinstance`; an adapter need not name them."""

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

import msgspec

from turnout.core.conversation import Conversation
from turnout.core.types import Endpoint, Modality
from turnout.dialects.adapter import Inbound, Outgoing, UpstreamRequest
from turnout.dialects.seam import Repeats


@runtime_checkable
class SearchesWeb(Protocol):
    """An adapter that writes `Conversation.web`, for upstreams that search the web themselves."""

    def searches_web(self, endpoint: Endpoint) -> bool:
        """Whether this endpoint can; where not, the gateway searches and puts the results in."""
        ...


@runtime_checkable
class Routes(Protocol):
    """An upstream that may be a router of the same contract: its server tools go up as they are."""

    @property
    def routes(self) -> bool:
        """Whether this one is."""
        ...


@runtime_checkable
class TakesUrls(Protocol):
    """An upstream that does not take every medium by reference.

    What it does not take so is fetched and comes to `encode` by value. An adapter without this
    takes all references, or refuses them itself.
    """

    takes_urls: frozenset[Modality]


@runtime_checkable
class TakesThoughts(Protocol):
    """An upstream that may want plain thinking of earlier turns back, beside what is sealed."""

    takes_thoughts: bool


@runtime_checkable
class FollowsAddresses(Protocol):
    """An upstream with stores of its own, whose addresses go up whatever `takes_urls` says."""

    def follows(self, url: str, modality: Modality) -> bool:
        """Whether it takes a medium by that very address."""
        ...


@runtime_checkable
class CountsTokens(Protocol):
    """An upstream that counts the tokens of a prompt without answering it."""

    def count_request(self, inbound: Inbound, endpoint: Endpoint) -> UpstreamRequest | None:
        """The question, None where this upstream has none; raises Refusal as `encode` does."""
        ...

    def decode_count(self, body: bytes) -> int:
        """Prompt tokens; raises UpstreamError (DECODE)."""
        ...


@runtime_checkable
class TakesHeaders(Protocol):
    """An adapter for which callers of other dialects may have headers too: Anthropic's betas."""

    def with_headers(self, sent: Outgoing, headers: tuple[tuple[str, str], ...]) -> Outgoing:
        """The request with what it knows of `Inbound.headers`."""
        ...


@runtime_checkable
class Rewrites(Protocol):
    """A client dialect that can say a changed conversation in its own words again."""

    def rewrite(self, inbound: Inbound, conversation: Conversation) -> Inbound:
        """The request with these messages and tools instead of its own; all else stays."""
        ...


class Prefill(msgspec.Struct, frozen=True, kw_only=True):
    """How an upstream is made to go on with a last turn of the assistant's. A provider's fact.

    Attributes:
        member: What that message says beside its content, as JSON.
        fields: What the request says, as JSON; its own fields of these names give way.
        path: Where such a request goes, None: where all go.
        repeats: Whether the answer begins with the words of that turn.
        calls: It goes on behind whole calls too, with the next one.
    """

    member: Mapping[str, msgspec.Raw] = {}
    fields: Mapping[str, msgspec.Raw] = {}
    path: str | None = None
    repeats: Repeats = "never"
    calls: bool = False


@runtime_checkable
class Prefills(Protocol):
    """An upstream that goes on with an answer that was begun elsewhere."""

    def prefill(self, endpoint: Endpoint) -> Prefill | None:
        """How; None for a model that does not."""
        ...

    def prefilled(self, sent: Outgoing, how: Prefill) -> Outgoing:
        """An encoded request, its last turn the assistant's, with what it needs for that."""
        ...
