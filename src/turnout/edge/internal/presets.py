"""`/presets` for the site: one body for each, in the words of chat."""

from typing import Annotated, Any

import msgspec

from turnout.dialects.openai_chat.client import CLIENT
from turnout.edge.ask import Ask, Reply, reply
from turnout.presets.read import preset_of_fields
from turnout.presets.store import CONFIG_BYTES, Preset


class PresetView(msgspec.Struct, frozen=True, kw_only=True):
    """One preset; `body` holds its request fields, `updated_at` is unix seconds."""

    slug: str
    name: str
    description: str | None
    body: dict[str, Any]
    system_prompt: str | None
    version: int
    updated_at: int


class PresetViews(msgspec.Struct, frozen=True):
    """Every preset, by slug."""

    presets: list[PresetView]


class PresetViewsAnswer(msgspec.Struct, frozen=True):
    """See `PresetViews`."""

    data: PresetViews


class PresetViewAnswer(msgspec.Struct, frozen=True):
    """See `PresetView`."""

    data: PresetView


class PresetBody(msgspec.Struct, frozen=True, kw_only=True):
    """Body of `PUT /presets/{slug}`; what is left out of name and description stays."""

    body: dict[str, msgspec.Raw]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] | None = None
    description: Annotated[str, msgspec.Meta(max_length=2000)] | None = None
    system_prompt: Annotated[str, msgspec.Meta(max_length=CONFIG_BYTES)] | None = None


async def preset_views(ask: Ask) -> Reply:
    """Every preset with its fields."""
    known = ask.gateway.presets.known
    return reply(PresetViewsAnswer(PresetViews([_view(known[slug]) for slug in sorted(known)])))


async def put_preset(ask: Ask) -> Reply:
    """Make a preset, or give it a new version."""
    said = await ask.body(PresetBody)
    change = msgspec.structs.replace(
        preset_of_fields(said.body, said.system_prompt, CLIENT),
        name=said.name,
        description=said.description,
        creator=ask.caller.hash,
    )
    return reply(PresetViewAnswer(_view(await ask.gateway.presets.put(ask.path("slug"), change))))


async def delete_preset(ask: Ask) -> Reply:
    """Forget a preset and all its versions; requests that name it are refused from then on."""
    await ask.gateway.presets.delete(ask.path("slug"))
    known = ask.gateway.presets.known
    return reply(PresetViewsAnswer(PresetViews([_view(known[slug]) for slug in sorted(known)])))


def _view(preset: Preset) -> PresetView:
    return PresetView(
        slug=preset.slug,
        name=preset.name,
        description=preset.description,
        body=dict(preset.config),
        system_prompt=preset.system_prompt,
        version=preset.version,
        updated_at=preset.updated_ms // 1000,
    )
