"""What client dialects without words share: they have one answer, never a stream of it."""

from turnout.core.errors import FailureKind, Refusal, UpstreamError
from turnout.dialects.adapter import Bill, Head, StreamEncoder
from turnout.dialects.events import Completion
from turnout.dialects.openai_chat.telling import tell
from turnout.dialects.openai_completions.errors import tell_in_stream


class WordlessClient:
    """Errors in chat's shape. Words never come: such requests are no conversations."""

    __slots__ = ()

    @property
    def pulse(self) -> bytes:
        """A comment, which every SSE reader skips; no stream of this dialect is ever open."""
        return b": TURNOUT PROCESSING\n\n"

    def write(self, completion: Completion, head: Head, bill: Bill) -> bytes:  # noqa: ARG002 (no words to write)
        """Refuses: an answer in words is none of this dialect's."""
        raise _words()

    def encoder(self, head: Head) -> StreamEncoder:  # noqa: ARG002 (no words to write)
        """Refuses: see `write`."""
        raise _words()

    def tell(self, refusal: Refusal, status: int, generation_id: str) -> bytes:  # noqa: ARG002 (its errors carry none)
        """See ClientDialect."""
        return tell(refusal, status)

    def tell_in_stream(
        self, refusal: Refusal, status: int, generation_id: str, now_s: int
    ) -> bytes:
        """See ClientDialect."""
        return tell_in_stream(refusal, status, generation_id, now_s)


def _words() -> UpstreamError:
    return UpstreamError(FailureKind.DECODE, "The provider answered in words.", status=200)
