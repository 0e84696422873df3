"""Upstreams that take OpenAI's embedding request, with their deviations as data."""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from turnout.core.errors import invalid
from turnout.core.types import Endpoint
from turnout.core.usage import Usage
from turnout.dialects.adapter import Outgoing, UpstreamRequest
from turnout.dialects.embeddings.asked import EmbeddingWish, bounded, texts_of
from turnout.dialects.embeddings.vectors import Vectors
from turnout.dialects.openai_chat.decoder import is_set
from turnout.dialects.openai_chat.errors import error_inside
from turnout.dialects.openai_chat.usage import read_object, read_usage
from turnout.dialects.passing import passed
from turnout.wire.embeddings import Counted, OpenAIVectors

_ANSWER: Final = msgspec.json.Decoder(OpenAIVectors)


class EmbeddingQuirks(msgspec.Struct, frozen=True, kw_only=True):
    """Deviations of one upstream; the defaults are those of a server of which nothing is known.

    Attributes:
        drop: Request fields it refuses and that only tune; left out and reported as dropped.
        dimensions: Its name for `dimensions`; None: its vectors have one length, else a refusal.
        input_type: Its name for `input_type`; None: left out and reported as dropped.
        input_types: The contract's words for `input_type` to its own; other words go as they are.
        encoding: Which `encoding_format` it takes; we write the other form ourselves.
        tokens: It takes tokens as input.
        defaults: Fields that every request to it needs, as JSON; what the caller said wins.
        max_inputs: In one request, None when unknown.
    """

    path: str = "/embeddings"
    drop: frozenset[str] = frozenset()
    dimensions: str | None = "dimensions"
    input_type: str | None = "input_type"
    input_types: Mapping[str, str] = {}
    encoding: Literal["both", "base64", "none"] = "both"
    tokens: bool = True
    defaults: Mapping[str, msgspec.Raw] = {}
    max_inputs: int | None = None


class OpenAIEmbedder(msgspec.Struct, frozen=True):
    """See Embedder."""

    quirks: EmbeddingQuirks = EmbeddingQuirks()

    def write(self, wish: EmbeddingWish, endpoint: Endpoint) -> Outgoing:
        """See Embedder."""
        quirks = self.quirks
        bounded(wish, quirks.max_inputs)
        if not quirks.tokens:
            texts_of(wish, endpoint.provider)
        if wish.dimensions is not None and quirks.dimensions is None:
            raise invalid("dimensions", f"{endpoint.provider} gives this model's one length only.")
        drop = quirks.drop if quirks.input_type else quirks.drop | {"input_type"}
        rename = {
            ours: theirs
            for ours, theirs in (
                ("dimensions", quirks.dimensions),
                ("input_type", quirks.input_type),
            )
            if theirs is not None
        }
        body, dropped = passed(wish.fields, endpoint, rename=rename, drop=drop)
        translated = [ours for ours, theirs in rename.items() if ours != theirs and theirs in body]
        own = quirks.input_types.get(wish.input_type or "")
        if own is not None and quirks.input_type in body:
            body[quirks.input_type] = msgspec.Raw(msgspec.json.encode(own))
            translated = list(dict.fromkeys([*translated, "input_type"]))
        emulated = self._encoding(wish, body)
        body = {**quirks.defaults, **body}
        request = UpstreamRequest(path=quirks.path, body=msgspec.json.encode(body))
        return Outgoing(
            request=request, dropped=dropped, translated=tuple(translated), emulated=emulated
        )

    def _encoding(self, wish: EmbeddingWish, body: dict[str, msgspec.Raw]) -> tuple[str, ...]:
        if self.quirks.encoding == "both" or wish.encoding is None:
            return ()
        if self.quirks.encoding == wish.encoding:
            return ()
        body.pop("encoding_format", None)
        return ("encoding_format",) if wish.encoding == "base64" else ()

    def read(self, body: bytes) -> Vectors:
        """See Embedder."""
        fields = read_object(body)
        if is_set(fields, "error"):
            raise error_inside(fields["error"], fields)
        answer = _ANSWER.decode(body)
        placed = enumerate(answer.data)
        rows = sorted(placed, key=lambda one: one[0] if one[1].index is None else one[1].index)
        return Vectors(
            rows=[row.embedding for _, row in rows],
            usage=_usage(fields, answer.usage),
            upstream_id=answer.id,
        )


def _usage(fields: Mapping[str, msgspec.Raw], usage: Counted | None) -> Usage | None:
    """All tokens of such a request went in; Voyage and Jina tell only the total."""
    if usage is None:
        return None
    reported = read_usage(fields["usage"])
    if reported is not None:
        went_in = reported.usage
        # Mistral's models are billed for what went in; one that counts an output means the same.
        return msgspec.structs.replace(went_in, text_out=0, reasoning=0)
    tokens = usage.prompt_tokens if usage.prompt_tokens is not None else usage.total_tokens
    return None if tokens is None or tokens < 0 else Usage(text_in=tokens)
