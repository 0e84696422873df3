"""One candidate of an answer, read piece by piece into events."""

from collections.abc import Iterator
from typing import Final

import msgspec

from turnout.core.conversation import Opaque
from turnout.dialects.events import (
    Annotations,
    Event,
    Finish,
    Logprobs,
    MediaDelta,
    ReasoningDelta,
    TextDelta,
)
from turnout.dialects.gemini.calls import GOOGLE_FORMAT, Calls, seal_of
from turnout.dialects.gemini.citations import Source, citations_of, grounding_of
from turnout.dialects.gemini.finish import unify, word
from turnout.wire.gemini import Blob, Candidate, LogprobsCandidate, LogprobsResult, Part

_LOGPROBS: Final = msgspec.json.Decoder(LogprobsResult)
_NULL: Final = msgspec.Raw(b"null")
_MOST_CITED_B: Final = 4 * 1024 * 1024
"""Of an answer's text that is held to find cited stretches in; offsets beyond it are not told."""


class Choice:
    """One candidate so far.

    Attributes:
        finished: Its finish reason has come.
        said: Something that a client would see has come.
        queries: The web searches that its answer rests on, each once.
    """

    __slots__ = (
        "_block",
        "_calls",
        "_cited",
        "_index",
        "_text_b",
        "_texts",
        "_thinking",
        "finished",
        "queries",
        "said",
    )

    def __init__(self, index: int, seed: str) -> None:
        self._index = index
        self._calls = Calls(index, seed)
        self._block = 0
        self._thinking = False
        self._texts: list[str] = []
        self._text_b = 0
        self._cited: set[Source] = set()
        self.queries: dict[str, None] = {}
        self.finished = False
        self.said = False

    def read(self, wire: Candidate, *, whole: bool) -> Iterator[Event]:
        """The events of one piece; `whole`: it is all of the answer."""
        for part in (wire.content.parts if wire.content else None) or ():
            for event in self._part(part):
                self.said = True
                yield event
        if (items := self._sources(wire, whole=whole)) is not None:
            yield items
        if wire.logprobs_result != _NULL and (told := _logprobs(wire.logprobs_result)) is not None:
            yield Logprobs(told, self._index)
        if wire.finish_reason is not None and not self.finished:
            yield from self._calls.close()
            self.finished = True
            native = word(wire.finish_reason)
            yield Finish(unify(native, called=bool(self._calls)), native, self._index)

    def words(self, text: str) -> TextDelta:
        """Visible words; not empty."""
        self.said = True
        self._hold(text)
        return TextDelta(text, self._index)

    def unsaid_finish(self) -> Finish:
        """For a whole answer that names no reason."""
        reason = "tool_calls" if self._calls else "stop"
        return Finish(reason, None, self._index)

    def _part(self, part: Part) -> Iterator[Event]:
        signature = part.thought_signature
        if part.thought:
            if part.text or signature:
                yield self._thought(part.text or "", signature)
            return
        if part.function_call is not None:
            yield from self._call(part)
            return
        if part.text is not None:
            if part.text:
                yield self.words(part.text)
            if signature:
                yield self._sealed(signature, None)
        elif part.inline_data is not None:
            if (media := _media(part.inline_data, self._index)) is not None:
                yield media
        elif (ran := _ran(part)) is not None:
            yield self._thought(ran, None)

    def _call(self, part: Part) -> Iterator[Event]:
        assert part.function_call is not None  # noqa: S101 (asked by the caller)
        seal = seal_of(part.thought_signature)
        deltas = self._calls.read(part.function_call, seal)
        if seal is not None and seal.signature and len(self._calls):
            yield self._sealed(seal.signature, self._calls.last_id)
        yield from deltas

    def _thought(self, text: str, signature: str | None) -> ReasoningDelta:
        if not self._thinking:
            self._thinking = True
            self._block += 1
        made = Opaque(format=GOOGLE_FORMAT, signature=signature or None)
        thought = ReasoningDelta(text, "text", made, self._block - 1, self._index)
        self._thinking = signature is None
        return thought

    def _sealed(self, signature: str, call_id: str | None) -> ReasoningDelta:
        """A signature over a visible part, as the contract's clients carry it; see `contents`."""
        self._block += 1
        self._thinking = False
        sealed = Opaque(format=GOOGLE_FORMAT, data=signature, id=call_id)
        return ReasoningDelta("", "encrypted", sealed, self._block - 1, self._index)

    def _hold(self, text: str) -> None:
        self._thinking = False
        self._text_b += len(text)
        if self._text_b <= _MOST_CITED_B:
            self._texts.append(text)

    def _sources(self, wire: Candidate, *, whole: bool) -> Annotations | None:
        """What was not cited before."""
        if wire.grounding_metadata == _NULL and wire.citation_metadata == _NULL:
            return None
        parts = tuple(self._texts) if whole else ("".join(self._texts),)
        grounding = grounding_of(wire.grounding_metadata, parts)
        self.queries.update(dict.fromkeys(grounding.queries))
        sources = (*grounding.sources, *citations_of(wire.citation_metadata, parts))
        fresh = [source for source in sources if source not in self._cited]
        self._cited.update(fresh)
        items = tuple(source.item() for source in fresh)
        return Annotations(items, self._index) if items else None


def _media(blob: Blob, index: int) -> MediaDelta | None:
    """A picture as the contract's `images[]` item, sound as its `audio` object."""
    kind = blob.mime_type.partition("/")[0]
    if kind == "image":
        url = f"data:{blob.mime_type};base64,{blob.data}"
        item: dict[str, object] = {"type": "image_url", "image_url": {"url": url}}
        return MediaDelta("image", msgspec.Raw(msgspec.json.encode(item)), index)
    if kind == "audio":
        sound = {"data": blob.data, "format": blob.mime_type.partition("/")[2]}
        return MediaDelta("audio", msgspec.Raw(msgspec.json.encode(sound)), index)
    return None


def _ran(part: Part) -> str | None:
    """A program that Google ran, or its output: work on the way to the answer, so told as such."""
    if part.executable_code is not None:
        return f"\n```python\n{part.executable_code.code}\n```\n"
    if part.code_execution_result is not None:
        return f"\n```\n{part.code_execution_result.output}\n```\n"
    return None


def _logprobs(raw: msgspec.Raw) -> msgspec.Raw | None:
    """In OpenAI's form; None for what is not of the known shape."""
    try:
        told = _LOGPROBS.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return None
    tops = [top.candidates or [] for top in told.top_candidates or ()]
    content: list[dict[str, object]] = []
    for place, chosen in enumerate(told.chosen_candidates or ()):
        others = tops[place] if place < len(tops) else []
        content.append({**_token(chosen), "top_logprobs": [_token(one) for one in others]})
    return msgspec.Raw(msgspec.json.encode({"content": content, "refusal": None}))


def _token(one: LogprobsCandidate) -> dict[str, object]:
    data = list(one.token.encode(errors="replace"))
    return {"token": one.token, "logprob": one.log_probability, "bytes": data}
