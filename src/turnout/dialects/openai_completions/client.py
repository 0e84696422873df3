"""OpenAI's legacy Completions as clients speak them."""

from typing import Final

import msgspec

from turnout.core.errors import Refusal
from turnout.core.types import Dialect, Headers
from turnout.dialects.adapter import Bill, Head, Inbound, Outgoing, StreamEncoder
from turnout.dialects.events import Completion
from turnout.dialects.openai_chat.telling import tell
from turnout.dialects.openai_completions.errors import tell_in_stream
from turnout.dialects.openai_completions.reading import read
from turnout.dialects.openai_completions.writing import TextEncoder, write_answer

_TRUE: Final = msgspec.Raw(b"true")


class OpenAICompletionsClient:
    """The client side of the dialect; stateless."""

    __slots__ = ()

    @property
    def dialect(self) -> Dialect:
        """Its name."""
        return "openai.completions"

    @property
    def pulse(self) -> bytes:
        """A comment, which every SSE reader skips. Source: contract section 4.1."""
        return b": TURNOUT PROCESSING\n\n"

    def read(self, body: bytes, headers: Headers) -> Inbound:  # noqa: ARG002 (it uses none)
        """The request; raises Refusal that names the field, what was wrong and what is allowed."""
        return read(body)

    def recast(self, inbound: Inbound, sent: Outgoing) -> Outgoing:
        """See Recasts: the prompt became a message, and the echo is ours."""
        emulated = ("echo",) if inbound.fields.get("echo") == _TRUE else ()
        return msgspec.structs.replace(
            sent,
            translated=("prompt", *sent.translated),
            emulated=(*emulated, *sent.emulated),
        )

    def write(self, completion: Completion, head: Head, bill: Bill) -> bytes:
        """The whole answer."""
        return write_answer(completion, head, bill)

    def encoder(self, head: Head) -> StreamEncoder:
        """One per stream."""
        return TextEncoder(head)

    def tell(self, refusal: Refusal, status: int, generation_id: str) -> bytes:  # noqa: ARG002 (its errors carry none)
        """See ClientDialect."""
        return tell(refusal, status)

    def tell_in_stream(
        self, refusal: Refusal, status: int, generation_id: str, now_s: int
    ) -> bytes:
        """See ClientDialect."""
        return tell_in_stream(refusal, status, generation_id, now_s)


CLIENT: Final = OpenAICompletionsClient()
