"""`/settings`: the configuration in force, each value with who said it; secrets never."""

import msgspec

from turnout.config.settings import Switch
from turnout.config.shown import SectionRow, shown
from turnout.edge.ask import Ask, Reply, reply


class ProviderSwitch(msgspec.Struct, frozen=True, kw_only=True):
    """One provider: on, or what would turn it on.

    Attributes:
        reason: Why it is on or off; names variables, never values.
        env: Variables that its key may come from.
        missing: Those of them that would have to be set; empty while it is on.
    """

    slug: str
    name: str
    on: bool
    reason: str
    env: list[str]
    missing: list[str]


class SettingsView(msgspec.Struct, frozen=True, kw_only=True):
    """The configuration; `file` is where it was read, null without one."""

    sections: list[SectionRow]
    providers: list[ProviderSwitch]
    file: str | None
    warnings: list[str]


class SettingsAnswer(msgspec.Struct, frozen=True):
    """See `SettingsView`."""

    data: SettingsView


async def get_settings(ask: Ask) -> Reply:
    """The configuration in force: every setting, who said it, and which providers are on."""
    settings = ask.settings
    switches = sorted(settings.switches.values(), key=lambda s: (not s.on, s.provider.name.lower()))
    view = SettingsView(
        sections=shown(settings),
        providers=[_provider(switch) for switch in switches],
        file=None if settings.file is None else str(settings.file),
        warnings=[str(warning) for warning in settings.warnings],
    )
    return reply(SettingsAnswer(view))


def _provider(switch: Switch) -> ProviderSwitch:
    provider = switch.provider
    names = dict.fromkeys(
        (*provider.api_key_env, *(n for names in provider.credentials_env for n in names))
    )
    return ProviderSwitch(
        slug=provider.id,
        name=provider.name,
        on=switch.on,
        reason=switch.reason,
        env=list(names),
        missing=[] if switch.on else list(names),
    )
