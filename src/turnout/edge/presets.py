"""`/presets`: the contract's shapes, section 2.7; made from ordinary inference requests."""

from typing import Annotated, Any, Final, Literal

import msgspec

from turnout.core.errors import invalid
from turnout.dialects.adapter import ClientDialect
from turnout.dialects.anthropic_messages.client import CLIENT as MESSAGES
from turnout.dialects.openai_chat.client import CLIENT as CHAT
from turnout.dialects.openai_responses.client import CLIENT as RESPONSES
from turnout.edge.ask import LARGEST_BODY, Ask, Reply, facts, reply
from turnout.edge.shapes import iso
from turnout.presets.read import preset_of
from turnout.presets.store import CONFIG_BYTES, Preset, Version, version_id

_NOBODY: Final = "operator"


class PageQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Query of lists."""

    offset: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 50


class PresetRow(msgspec.Struct, frozen=True, kw_only=True):
    """A preset as `/presets` lists it."""

    created_at: str
    creator_user_id: str | None
    description: str | None
    designated_version_id: str | None
    id: str
    name: str
    slug: str
    status: Literal["active"]
    status_updated_at: str | None
    updated_at: str
    workspace_id: str | None


class VersionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One version; `config` holds request fields in the words of chat."""

    config: dict[str, Any]
    created_at: str
    creator_id: str
    id: str
    preset_id: str
    system_prompt: str | None
    updated_at: str
    version: int


class PresetWithVersion(PresetRow, frozen=True, kw_only=True):
    """A preset with the version that requests get."""

    designated_version: VersionRow | None


class PresetList(msgspec.Struct, frozen=True):
    """A page of presets, by slug."""

    data: list[PresetRow]
    total_count: int


class PresetAnswer(msgspec.Struct, frozen=True):
    """One preset."""

    data: PresetWithVersion


class VersionList(msgspec.Struct, frozen=True):
    """A page of versions, newest first."""

    data: list[VersionRow]
    total_count: int


class VersionAnswer(msgspec.Struct, frozen=True):
    """One version."""

    data: VersionRow


async def list_presets(ask: Ask) -> Reply:
    """A page of presets, by slug."""
    query = ask.asked(PageQuery)
    known = ask.gateway.presets.known
    slugs = sorted(known)[query.offset : query.offset + query.limit]
    return reply(PresetList([_row(known[slug]) for slug in slugs], len(known)))


async def get_preset(ask: Ask) -> Reply:
    """One preset with the version that requests get."""
    return reply(PresetAnswer(_whole(ask.gateway.presets.get(ask.path("slug")))))


async def list_preset_versions(ask: Ask) -> Reply:
    """A page of a preset's versions, newest first."""
    query, presets = ask.asked(PageQuery), ask.gateway.presets
    preset = presets.get(ask.path("slug"))
    found, total = await presets.versions(preset.slug, query.offset, query.limit)
    return reply(VersionList([_version(one, preset) for one in found], total))


async def get_preset_version(ask: Ask) -> Reply:
    """One version of a preset."""
    number, presets = ask.path("version"), ask.gateway.presets
    preset = presets.get(ask.path("slug"))
    if not number.isdecimal() or len(number) > 9:
        raise invalid("version", "must be a whole number from 1")
    return reply(VersionAnswer(_version(await presets.version(preset.slug, int(number)), preset)))


async def create_preset_from_chat(ask: Ask) -> Reply:
    """Make a preset, or a new version of one, from a chat request."""
    return await _create(ask, CHAT)


async def create_preset_from_messages(ask: Ask) -> Reply:
    """Make a preset, or a new version of one, from a request to Messages."""
    return await _create(ask, MESSAGES)


async def create_preset_from_responses(ask: Ask) -> Reply:
    """Make a preset, or a new version of one, from a request to Responses."""
    return await _create(ask, RESPONSES)


async def _create(ask: Ask, dialect: ClientDialect) -> Reply:
    raw = await ask.request.body()
    if len(raw) > LARGEST_BODY:
        raise invalid("body", f"is over {LARGEST_BODY} bytes; a preset holds {CONFIG_BYTES}")
    change = msgspec.structs.replace(preset_of(raw, dialect), creator=ask.caller.hash)
    return reply(PresetAnswer(_whole(await ask.gateway.presets.put(ask.path("slug"), change))))


def _row(preset: Preset) -> PresetRow:
    return PresetRow(
        created_at=iso(preset.created_ms),
        creator_user_id=preset.creator,
        description=preset.description,
        designated_version_id=version_id(preset.id, preset.version),
        id=preset.id,
        name=preset.name,
        slug=preset.slug,
        status="active",
        status_updated_at=None,
        updated_at=iso(preset.updated_ms),
        workspace_id=None,
    )


def _whole(preset: Preset) -> PresetWithVersion:
    version = VersionRow(
        config=dict(preset.config),
        created_at=iso(preset.updated_ms),
        creator_id=preset.creator or _NOBODY,
        id=version_id(preset.id, preset.version),
        preset_id=preset.id,
        system_prompt=preset.system_prompt,
        updated_at=iso(preset.updated_ms),
        version=preset.version,
    )
    return PresetWithVersion(**facts(_row(preset)), designated_version=version)


def _version(version: Version, preset: Preset) -> VersionRow:
    return VersionRow(
        config=dict(version.config),
        created_at=iso(version.created_ms),
        creator_id=version.creator or _NOBODY,
        id=version.id,
        preset_id=preset.id,
        system_prompt=version.system_prompt,
        updated_at=iso(version.created_ms),
        version=version.version,
    )
