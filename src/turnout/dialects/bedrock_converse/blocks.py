"""Content blocks as events: the one reading that whole answers and streams share.

What the provider did by itself (calls of its own tools and their results) is not the caller's to
answer, so it is left out.
"""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from hashlib import blake2s
from typing import Final

import msgspec

from turnout.core.conversation import Opaque
from turnout.core.errors import FailureKind, UpstreamError
from turnout.dialects.citing import Cited, annotation
from turnout.dialects.events import (
    Annotations,
    Event,
    MediaDelta,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
)
from turnout.wire.bedrock_converse import (
    Block,
    Citation,
    Delta,
    FileLocation,
    Image,
    Location,
    Start,
    ToolUse,
    ToolUseDelta,
)
from turnout.wire.bedrock_converse import ReasoningDelta as WireReasoning

CLAUDE_FORMAT: Final = "anthropic-claude-v1"
"""Signatures and sealed thinking come from Anthropic's models alone: recorded."""

UNKNOWN_FORMAT: Final = "unknown"
_LARGEST_IMAGE_B: Final = 64 * 1024 * 1024
_SERVER_TOOL: Final = "server_tool_use"
_CITATION: Final = msgspec.json.Decoder(Citation)


class _Open(msgspec.Struct):
    """A block that has begun.

    Attributes:
        call: Its number among the calls, where it is one.
        thought: Its number among the blocks of thinking.
        begins: How many characters of visible text stood before it.
        skipped: A call that the provider answers itself.
    """

    begins: int
    call: int | None = None
    thought: int | None = None
    arguments: bool = False
    skipped: bool = False
    citations: list[msgspec.Raw] = msgspec.field(default_factory=list[msgspec.Raw])
    image_format: str | None = None
    image: bytearray = msgspec.field(default_factory=bytearray)


class BlockReader:
    """The blocks of one answer, as they come."""

    __slots__ = ("_calls", "_chars", "_open", "_thoughts")

    def __init__(self) -> None:
        self._open: dict[int, _Open] = {}
        self._calls = 0
        self._thoughts = 0
        self._chars = 0

    @property
    def called(self) -> bool:
        """There was a call for the caller to answer."""
        return self._calls > 0

    def start(self, place: int, start: Start | None) -> list[Event]:
        """A block begins; text and thinking do so unannounced as well."""
        block = self._open[place] = _Open(begins=self._chars)
        if start is None:
            return []
        if start.image is not None:
            block.image_format = start.image.format
            return self._image(block, start.image)
        if start.tool_use is None:
            return []
        if start.tool_use.type == _SERVER_TOOL:
            block.skipped = True
            return []
        block.call, self._calls = self._calls, self._calls + 1
        wire = start.tool_use
        id_ = wire.tool_use_id or _made_up_id(wire, block.call)
        return [ToolCallDelta(block.call, id_, wire.name)]

    def delta(self, place: int, delta: Delta) -> list[Event]:
        """More of a block."""
        block = self._open.get(place)
        if block is None:
            block = self._open[place] = _Open(begins=self._chars)
        if delta.text:
            self._chars += len(delta.text)
            return [TextDelta(delta.text)]
        if delta.tool_use is not None:
            return _arguments(block, delta.tool_use)
        if delta.reasoning_content is not None:
            return self._thinking(block, delta.reasoning_content)
        if not isinstance(delta.citation, msgspec.UnsetType):
            block.citations.append(delta.citation)
        if delta.image is not None:
            return self._image(block, delta.image)
        return []

    def stop(self, place: int) -> list[Event]:
        """A block is whole; a call without arguments is a call with none."""
        block = self._open.pop(place, None)
        if block is None:
            return []
        if block.call is not None and not block.arguments:
            return [ToolCallDelta(block.call, arguments="{}")]
        if block.citations:
            items = [_annotation(one, block.begins, self._chars) for one in block.citations]
            return [Annotations(tuple(items))]
        if block.image:
            return [_picture(block)]
        return []

    def whole(self, place: int, block: Block) -> list[Event]:
        """A block that came at once, as its stream would have sent it."""
        start, deltas = _as_stream(block)
        events = self.start(place, start)
        for delta in deltas:
            events += self.delta(place, delta)
        return events + self.stop(place)

    def _thinking(self, block: _Open, wire: WireReasoning) -> list[Event]:
        if not (wire.text or wire.signature or wire.redacted_content):
            return []
        if block.thought is None:
            block.thought, self._thoughts = self._thoughts, self._thoughts + 1
        if wire.redacted_content:
            sealed = _unsealed(wire.redacted_content)
            return [ReasoningDelta("", "encrypted", sealed, block.thought)]
        opaque = Opaque(format=CLAUDE_FORMAT, signature=wire.signature) if wire.signature else None
        return [ReasoningDelta(wire.text or "", "text", opaque, block.thought)]

    def _image(self, block: _Open, wire: Image) -> list[Event]:
        """Pieces are base64 each by itself, so they are joined as bytes."""
        data = wire.source.bytes if wire.source else None
        if data:
            try:
                block.image += b64decode(data, validate=True)
            except (NotBase64, ValueError) as error:
                raise undecodable() from error
        if len(block.image) > _LARGEST_IMAGE_B:
            raise UpstreamError(FailureKind.DECODE, "A picture in the answer is too large.")
        return []


def undecodable() -> UpstreamError:
    """DECODE, saying nothing of what is in it."""
    return UpstreamError(FailureKind.DECODE, "The provider's answer is not a Converse answer.")


def _arguments(block: _Open, wire: ToolUseDelta) -> list[Event]:
    if block.skipped or not wire.input:
        return []
    if block.call is None:
        raise undecodable()  # arguments of a call that never began
    block.arguments = True
    return [ToolCallDelta(block.call, arguments=wire.input)]


def _as_stream(block: Block) -> tuple[Start | None, list[Delta]]:
    if block.tool_use is not None:
        raw = block.tool_use.input
        text = "" if raw is msgspec.UNSET else bytes(raw).decode()
        return Start(tool_use=block.tool_use), [Delta(tool_use=ToolUseDelta(text))]
    if block.image is not None:
        return Start(image=block.image), []
    if block.citations_content is not None:
        cited = block.citations_content
        words = [Delta(text=one.text) for one in cited.content or ()]
        return None, words + [Delta(citation=one) for one in cited.citations or ()]
    if block.reasoning_content is not None:
        thought, sealed = block.reasoning_content.reasoning_text, block.reasoning_content
        said = WireReasoning(redacted_content=sealed.redacted_content)
        if thought is not None:
            said = WireReasoning(thought.text, thought.signature)
        return None, [Delta(reasoning_content=said)]
    return None, [Delta(text=block.text)] if block.text else []


def _made_up_id(wire: ToolUse, call: int) -> str:
    return "tooluse_" + blake2s(f"{wire.name}/{call}".encode(), digest_size=11).hexdigest()


def _unsealed(blob: str) -> Opaque:
    """Anthropic's own sealed text, which Bedrock wraps in base64 once more; else the blob as is."""
    try:
        text = b64decode(blob, validate=True).decode("ascii")
        b64decode(text, validate=True)
    except (NotBase64, ValueError):
        return Opaque(format=UNKNOWN_FORMAT, data=blob)
    return Opaque(format=CLAUDE_FORMAT, data=text)


def sealed_again(opaque: Opaque) -> str | None:
    """The blob that Bedrock wants back, None for a seal of somebody else's."""
    if opaque.data is None:
        return None
    if opaque.format == CLAUDE_FORMAT:
        return b64encode(opaque.data.encode()).decode()
    return opaque.data if opaque.format == UNKNOWN_FORMAT else None


def _picture(block: _Open) -> MediaDelta:
    data = b64encode(block.image).decode()
    url = f"data:image/{block.image_format or 'png'};base64,{data}"
    item = {"type": "image_url", "image_url": {"url": url}}
    return MediaDelta("image", msgspec.Raw(msgspec.json.encode(item)))


def _annotation(own: msgspec.Raw, begins: int, ends: int) -> msgspec.Raw:
    wire = _CITATION.decode(own)
    place = wire.location or Location()
    file = place.document_char or place.document_page or place.document_chunk
    file = file or place.search_result_location or FileLocation()
    cited = Cited(
        url=(place.web.url if place.web else None) or wire.source or "",
        title=wire.title or (place.web.domain if place.web else None) or "",
        quote="".join(words.text for words in wire.source_content or ()),
        index=file.document_index or file.search_result_index or 0,
    )
    return annotation(cited, begins, ends, own)
