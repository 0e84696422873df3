"""OpenAI's Chat Completions as clients speak it: reads requests, writes answers."""

import re
from typing import Final

import msgspec

from turnout.core.conversation import Conversation
from turnout.core.errors import Refusal
from turnout.core.types import Dialect, Headers
from turnout.dialects.adapter import Bill, Head, Inbound, StreamEncoder
from turnout.dialects.events import Completion
from turnout.dialects.openai_chat.answers import write_answer
from turnout.dialects.openai_chat.chunks import ChunkEncoder
from turnout.dialects.openai_chat.reading import read, rewritten
from turnout.dialects.openai_chat.telling import tell, tell_in_stream

_BETAS: Final = re.compile(r"[\w.-]{1,80}(?: *, *[\w.-]{1,80}){0,19}", re.ASCII)


class OpenAIChatClient:
    """The client side of the dialect; stateless."""

    __slots__ = ()

    @property
    def dialect(self) -> Dialect:
        """Its name."""
        return "openai.chat"

    @property
    def pulse(self) -> bytes:
        """A comment, which every SSE reader skips. Source: contract section 4.1."""
        return b": TURNOUT PROCESSING\n\n"

    def read(self, body: bytes, headers: Headers) -> Inbound:
        """The request; raises Refusal that names the field, what was wrong and what is allowed.

        `models` is () when the caller named none: the installation's default model is meant.
        Betas of Anthropic's may come along for its models. Source: contract section 6.
        """
        inbound = read(body)
        betas = headers.get("x-anthropic-beta", "").strip()
        if not betas or not _BETAS.fullmatch(betas):
            return inbound
        return msgspec.structs.replace(inbound, headers=(("anthropic-beta", betas),))

    def write(self, completion: Completion, head: Head, bill: Bill) -> bytes:
        """The whole answer."""
        return write_answer(completion, head, bill)

    def encoder(self, head: Head) -> StreamEncoder:
        """One per stream."""
        return ChunkEncoder(head)

    def tell(self, refusal: Refusal, status: int, generation_id: str) -> bytes:  # noqa: ARG002 (its errors carry none)
        """See ClientDialect."""
        return tell(refusal, status)

    def tell_in_stream(
        self, refusal: Refusal, status: int, generation_id: str, now_s: int
    ) -> bytes:
        """See ClientDialect."""
        return tell_in_stream(refusal, status, generation_id, now_s)

    def rewrite(self, inbound: Inbound, conversation: Conversation) -> Inbound:
        """See Rewrites."""
        return rewritten(inbound, conversation)


CLIENT: Final = OpenAIChatClient()
