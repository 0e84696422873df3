"""Media by address, fetched where the endpoint takes them only by value."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

import msgspec

from turnout.core.conversation import (
    Audio,
    Conversation,
    Document,
    Image,
    Inline,
    Message,
    Part,
    ToolResult,
    Url,
    Video,
)
from turnout.core.errors import Refusal, invalid
from turnout.core.types import Modality
from turnout.dialects.adapter import Adapter
from turnout.dialects.powers import FollowsAddresses, TakesUrls
from turnout.flow.prepare.work import Work
from turnout.upstream.media.fetch import FetchError, Medium

AnyMedium: TypeAlias = Image | Document | Audio | Video

MODALITIES: Final[dict[type[AnyMedium], Modality]] = {
    Image: "image",
    Document: "file",
    Audio: "audio",
    Video: "video",
}
_ALL: Final[frozenset[Modality]] = frozenset(MODALITIES.values())
_SHORT: Final = {"audio/mpeg": "mp3", "audio/wav": "wav", "audio/mp4": "m4a"}


class Wanted(msgspec.Struct, frozen=True):
    """One medium to fetch, and where the request names it."""

    url: str
    modality: Modality
    path: str


async def fetch_media(work: Work, *, files_too: bool) -> None:
    """Puts values where addresses were.

    Args:
        files_too: Documents are needed by value whatever the endpoint takes: they are read here.

    Raises:
        Refusal: One of them cannot be had; names the field.
    """
    adapter = work.this.side.adapter
    takes = adapter.takes_urls if isinstance(adapter, TakesUrls) else _ALL
    fetched: set[Modality] = set(_ALL - takes)
    if files_too:
        fetched.add("file")
    wanted = [
        Wanted(one.source.url, MODALITIES[type(one)], path)
        for path, one in media_of(work.conversation)
        if isinstance(one.source, Url)
        and MODALITIES[type(one)] in fetched
        and not _follows(adapter, one.source.url, MODALITIES[type(one)])
    ]
    if not wanted:
        return
    inline = await _all(work, wanted)

    def change(part: AnyMedium) -> Part:
        source = part.source
        known = isinstance(source, Url) and source.url in inline
        return _by_value(part, inline) if known and MODALITIES[type(part)] in fetched else part

    work.conversation = mapped(work.conversation, change)


def _follows(adapter: Adapter, url: str, modality: Modality) -> bool:
    """It is an address of the upstream's own."""
    return isinstance(adapter, FollowsAddresses) and adapter.follows(url, modality)


def media_of(conversation: Conversation) -> Iterator[tuple[str, AnyMedium]]:
    """Every medium, in tool results too, with its place in the words of the client's dialect."""
    field = "input" if conversation.dialect == "openai.responses" else "messages"
    for place, message in enumerate(conversation.messages):
        for at, part in enumerate(message.parts):
            for one in part.parts if isinstance(part, ToolResult) else (part,):
                if isinstance(one, AnyMedium):
                    yield f"{field}[{place}].content[{at}]", one


async def _all(work: Work, wanted: list[Wanted]) -> dict[str, Inline]:
    """Every medium once, all at the same time; what an earlier attempt fetched is still there."""
    this = work.this
    fetcher, got = this.gateway.fetcher, this.making.media
    missing = {one.url: one for one in wanted if one.url not in got}
    if len(got) + len(missing) > fetcher.rules.max_count:
        field = wanted[0].path.partition("[")[0]
        raise invalid(
            field, f"more media to fetch than media.max_count, {fetcher.rules.max_count}."
        )
    within_s = this.deadlines.total_at_s - this.gateway.clock.now_s()

    async def one(what: Wanted) -> None:
        try:
            medium = await fetcher.fetch(what.url, what.modality, within_s)
        except FetchError as error:
            raise Refusal(error.why, f"{what.path}: {error.message}", param=what.path) from error
        got[what.url] = await _inline(medium)

    async with asyncio.TaskGroup() as group:
        for what in missing.values():
            group.create_task(one(what))
    return got


async def _inline(medium: Medium) -> Inline:
    if len(medium.data) > 1 << 20:  # a megabyte takes the loop a millisecond
        return await asyncio.to_thread(_encoded, medium)
    return _encoded(medium)


def _encoded(medium: Medium) -> Inline:
    data = msgspec.json.encode(medium.data)[1:-1].decode()  # the codec writes bytes as base64
    return Inline(media_type=medium.media_type, data=data)


def _by_value(part: AnyMedium, inline: dict[str, Inline]) -> AnyMedium:
    if not isinstance(part.source, Url):
        return part
    source = inline[part.source.url]
    if isinstance(part, Audio):
        kind = source.media_type
        short = _SHORT.get(kind, kind.partition("/")[2])
        return msgspec.structs.replace(part, source=source, format=short)
    return msgspec.structs.replace(part, source=source)


def mapped(conversation: Conversation, change: Callable[[AnyMedium], Part]) -> Conversation:
    """The conversation with each medium as `change` wants it, in tool results too."""
    messages = tuple(_message(message, change) for message in conversation.messages)
    return msgspec.structs.replace(conversation, messages=messages)


def _message(message: Message, change: Callable[[AnyMedium], Part]) -> Message:
    parts: list[Part] = []
    for part in message.parts:
        if isinstance(part, ToolResult):
            inner = [change(one) if isinstance(one, AnyMedium) else one for one in part.parts]
            parts.append(msgspec.structs.replace(part, parts=tuple(inner)))
        else:
            parts.append(change(part) if isinstance(part, AnyMedium) else part)
    return msgspec.structs.replace(message, parts=tuple(parts))
