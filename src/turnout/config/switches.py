"""Which providers are on, with which keys, and why."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

import msgspec

from turnout.config.environment import provider_keys, variable_for
from turnout.config.positions import KeyPath
from turnout.config.problems import nearest
from turnout.config.secret import Secret
from turnout.config.settings import Local, ModelSettings, ProviderSettings, Switch
from turnout.core.types import DataPolicy
from turnout.dialects.adapter import Adapter
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE, SIMULATED
from turnout.dialects.openai_responses.adapter import OpenAIResponses
from turnout.dialects.openai_responses.quirks import UNKNOWN_SERVER
from turnout.dialects.openai_sides import OPEN_SIDES
from turnout.dialects.provider import Provider
from turnout.upstream.target import Ways, header_block, read_target

LOCAL: Final = "local"
_SLUG: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}\Z")
_PATTERN: Final[Mapping[str, str]] = {"gemini": "google-ai-studio", "bedrock": "amazon-bedrock"}
"""Kinds whose known provider, after which a server of one's own is made, has another name."""
_SIGNED: Final = ("aws-sigv4", "google-token", "none")
_REFERENCE: Final = "env:"
_UNSENDABLE: Final = "a key has only visible ASCII characters; this one has others"
_ADDRESS: Final = "an address such as http://host:8000/v1"

Report = Callable[[KeyPath, str], None]


class Sources(msgspec.Struct, frozen=True):
    """Where answers come from and where complaints go.

    Attributes:
        known: The providers that Turnout ships, by slug.
        refuse: Takes a setting's path and what is wrong with it.
        refuse_variable: Takes a variable's name and what is wrong with its value.
        warn: As `refuse`, for what is allowed and unwise.
    """

    environ: Mapping[str, str]
    known: Mapping[str, Provider]
    refuse: Report
    refuse_variable: Callable[[str, str], None]
    warn: Report


def switches(
    configured: Mapping[str, ProviderSettings], local: Local, sources: Sources
) -> Mapping[str, Switch]:
    """Every known provider and every configured one, known ones first."""
    found: dict[str, Switch] = {}
    for slug, provider in sources.known.items():
        if slug == LOCAL:
            found[slug] = _local(provider, local)
            continue
        found[slug] = _switch(provider, configured.get(slug), sources)
    for slug, settings in configured.items():
        if slug == LOCAL and LOCAL in sources.known:
            sources.refuse(("providers", slug), "the embedded model is set up in [local]")
        elif slug not in sources.known:
            provider = _own_server(slug, settings, sources)
            if provider is not None:
                found[slug] = _switch(provider, settings, sources)
        elif settings.kind is not None:
            text = f"{slug} is a provider that Turnout knows; leave kind out"
            sources.refuse(("providers", slug, "kind"), text)
    return found


def _local(provider: Provider, local: Local) -> Switch:
    reason = "the embedded model" if local.enabled else "local.enabled is false"
    return Switch(provider=provider, on=local.enabled, reason=reason)


def _own_server(slug: str, settings: ProviderSettings, sources: Sources) -> Provider | None:
    """A provider made of the file alone."""
    path = ("providers", slug)
    if not _SLUG.match(slug):
        sources.refuse(path, "a provider's name has only lower-case letters, digits and hyphens")
        return None
    owner = next((p.id for p in sources.known.values() if slug in p.aliases), None)
    if owner is not None:
        sources.refuse(path, f"this provider is configured as [providers.{owner}]")
        return None
    if settings.base_url is None:
        meant = nearest(slug, sources.known)
        hint = f'did you mean "{meant}"? ' if meant else ""
        text = f"not a provider that Turnout knows; {hint}A server of your own needs base_url"
        sources.refuse(path, text)
        return None
    kind = settings.kind or "openai-compatible"
    pattern = sources.known.get(_PATTERN.get(kind, kind))
    return Provider(
        id=slug,
        name=settings.name or slug,
        adapter=pattern.adapter if pattern else _ADAPTERS[kind],
        sides=pattern.sides if pattern else _SIDES.get(kind, ()),
        base_url=None,
        api_key_env=(variable_for(slug),),
        keyless=True,
        # Who signs its requests elsewhere takes a plain key from a server of one's own.
        auth="bearer" if pattern is None or pattern.auth in _SIGNED else pattern.auth,
        data_policy=pattern.data_policy if pattern else DataPolicy(),
        cancels=pattern.cancels if pattern else None,
    )


_ADAPTERS: Final[Mapping[str, Adapter]] = {
    "openai-compatible": OpenAIChat(COMPATIBLE),
    "openai-responses": OpenAIResponses(UNKNOWN_SERVER),
    "simulator": OpenAIChat(SIMULATED),
}
"""How a server is spoken with of which no more is known than its dialect."""

_SIDES: Final = {"openai-compatible": OPEN_SIDES}


def _switch(provider: Provider, settings: ProviderSettings | None, sources: Sources) -> Switch:
    if settings is not None and settings.name is not None:
        provider = msgspec.structs.replace(provider, name=settings.name)
    if settings is not None and not settings.enabled:
        return Switch(provider=provider, on=False, reason="enabled = false in the file")
    keys, reason = _keys(provider, settings, sources)
    path = ("providers", provider.id)
    if settings is None:
        return _by_environment(provider, keys, reason, sources)
    base_url = _address(settings, provider, sources, keyed=bool(keys))
    signed = provider.signs and not keys
    if not keys and not provider.keyless and not signed and settings.base_url is None:
        sources.warn(path, f"is configured and has no key: {how_to_turn_on(provider)}")
        return Switch(provider=provider, on=False, reason=how_to_turn_on(provider))
    headers = resolved_headers(path, settings.headers, sources)
    return Switch(
        provider=provider,
        on=base_url is not None,
        reason=reason or ("configured, and signs" if signed else "configured, without a key"),
        base_url=base_url,
        keys=keys,
        headers=headers,
        credentials=found_credentials(provider, sources.environ) if signed else None,
        timeouts=settings.timeouts,
        discover=settings.models == "discover" or (settings.models is None and provider.keyless),
        models=_listed(settings, provider, sources),
        data_policy=settings.data_policy,
    )


def _listed(
    settings: ProviderSettings, provider: Provider, sources: Sources
) -> tuple[ModelSettings, ...]:
    """The models that the file names, each asked in a dialect that its provider speaks."""
    listed = settings.models if isinstance(settings.models, tuple) else ()
    for index, row in enumerate(listed):
        if row.dialect is not None and row.dialect not in provider.dialects:
            path = ("providers", provider.id, "models", index, "dialect")
            spoken = " or ".join(f'"{one}"' for one in sorted(provider.dialects))
            sources.refuse(path, f'{provider.id} does not speak "{row.dialect}"; expected {spoken}')
    return listed


def _by_environment(
    provider: Provider, keys: tuple[Secret, ...], reason: str, sources: Sources
) -> Switch:
    """A provider of which the file says nothing."""
    credentials = None
    if not keys and provider.signs and (names := _credentials_set(provider, sources.environ)):
        credentials = found_credentials(provider, sources.environ)
        reason = f"{' and '.join(names)} {'are' if len(names) > 1 else 'is'} set"
    if provider.keyless or not (keys or credentials is not None):
        return Switch(provider=provider, on=False, reason=how_to_turn_on(provider))
    base_url = _usual_address(provider, sources.environ, keyed=bool(keys))
    if base_url is None:
        need = " and ".join(provider.unset(sources.environ))
        need = need or f"base_url in [providers.{provider.id}]"
        return Switch(provider=provider, on=False, reason=f"{reason}; set {need} as well")
    fault = address_fault(base_url)
    if fault is not None:
        sources.refuse_variable(_gap_variables(provider), fault)
    return Switch(
        provider=provider,
        on=True,
        reason=reason,
        base_url=base_url,
        keys=keys,
        credentials=credentials,
    )


def _usual_address(provider: Provider, environ: Mapping[str, str], *, keyed: bool) -> str | None:
    if keyed and provider.keyed_base_url is not None:
        return provider.keyed_base_url
    return provider.address(environ)


def _gap_variables(provider: Provider) -> str:
    more = (name for gap in provider.gaps.values() for name in gap.variables[:1])
    return " and ".join(dict.fromkeys((*provider.base_url_env, *more)))


def _credentials_set(provider: Provider, environ: Mapping[str, str]) -> tuple[str, ...]:
    """The first set of variables that is whole, () for none."""
    sets = provider.credentials_env
    return next((names for names in sets if all(environ.get(name) for name in names)), ())


def found_credentials(provider: Provider, environ: Mapping[str, str]) -> Mapping[str, Secret]:
    """What a signer is told: every variable of credentials and gaps that is set."""
    names = [name for names in provider.credentials_env for name in names]
    names += [name for gap in provider.gaps.values() for name in gap.variables]
    return {name: Secret(environ[name]) for name in dict.fromkeys(names) if environ.get(name)}


def how_to_turn_on(provider: Provider) -> str:
    """What an operator would do, in words that name variables and sections."""
    if provider.keyless:
        return f"add [providers.{provider.id}] to turnout.toml"
    ways = list(provider.api_key_env or (variable_for(provider.id),))
    ways += (" and ".join(names) for names in provider.credentials_env)
    return f"set {', or '.join(ways) if provider.credentials_env else ' or '.join(ways)}"


def _address(
    settings: ProviderSettings, provider: Provider, sources: Sources, *, keyed: bool
) -> str | None:
    path = ("providers", provider.id, "base_url")
    address = settings.base_url or _usual_address(provider, sources.environ, keyed=keyed)
    if address is None:
        unset = provider.unset(sources.environ)
        instead = f" (or set {' and '.join(unset)})" if unset else ""
        sources.refuse(path, f"is missing; {_ADDRESS} is needed{instead}")
        return None
    fault = address_fault(address)
    if fault is not None:
        sources.refuse(path, fault)
        return None
    return address.rstrip("/")


def address_fault(address: str) -> str | None:
    """Why a text is no base address, or None; repeats nothing of it, as it may hold a secret."""
    try:
        read_target(address, Ways({}, ""))
    except ValueError as error:
        return f"expected {_ADDRESS}; {error}"
    if "?" in address or "#" in address:
        return "expected an address without ? and #, as paths are added to it"
    return None


# ── secrets ─────────────────────────────────────────────────────────────────────────────────────


def _keys(
    provider: Provider, settings: ProviderSettings | None, sources: Sources
) -> tuple[tuple[Secret, ...], str]:
    """The keys and, in words, where they are from; ("", no words) without a key."""
    path = ("providers", provider.id)
    written: list[tuple[KeyPath, Secret]] = []
    if settings is not None:
        if settings.api_key is not None:
            written.append(((*path, "api_key"), settings.api_key))
        written += [
            ((*path, "api_keys", index), key) for index, key in enumerate(settings.api_keys)
        ]
    if written:
        keys = [key for place, secret in written for key in _resolve(place, secret, sources)]
        if not _sendable(keys):
            sources.refuse(path, _UNSENDABLE)
        return _distinct(keys), "key in the file" if len(keys) == 1 else "keys in the file"
    usual = provider.api_key_env or (variable_for(provider.id),)
    found = provider_keys(provider.id, usual, sources.environ)
    names = " and ".join(dict.fromkeys(found.values()))
    keys = [Secret(key) for key in found]
    if not _sendable(keys):
        sources.refuse_variable(names, _UNSENDABLE)
    return _distinct(keys), f"{names} is set" if names else ""


def _sendable(keys: Iterable[Secret]) -> bool:
    """A key goes into a header, so it has no spaces, line breaks or letters beyond ASCII."""
    return all(re.fullmatch(r"[\x21-\x7e]+", key.reveal()) for key in keys)


def _resolve(path: KeyPath, secret: Secret, sources: Sources) -> tuple[Secret, ...]:
    """The secrets that a text of the file stands for; "env:NAME" may hold several."""
    name = referred_variable(secret)
    if name is None:
        sources.warn(path, 'a secret is written in the file; "env:NAME" keeps it out')
        return (secret,)
    value = sources.environ.get(name, "")
    found = tuple(Secret(key.strip()) for key in value.split(",") if key.strip())
    if not found:
        sources.refuse(path, unset_variable(name))
    return found


def referred_variable(secret: Secret) -> str | None:
    """The variable that "env:NAME" names, None for a literal."""
    text = secret.reveal()
    return text.removeprefix(_REFERENCE) if text.startswith(_REFERENCE) else None


def unset_variable(name: str) -> str:
    """Names the variable when it looks like one: a key pasted after "env:" is not repeated."""
    shown = name if re.fullmatch(r"[A-Z][A-Z0-9_]{0,63}", name) else "that env: names"
    return f"the environment variable {shown} is not set"


def resolved_headers(
    path: KeyPath, written: Mapping[str, Secret], sources: Sources
) -> tuple[tuple[str, Secret], ...]:
    """Extra request headers with what "env:NAME" stands for; refuses those that cannot be sent."""
    headers: list[tuple[str, Secret]] = []
    for name, secret in written.items():
        place = (*path, "headers", name)
        value = secret
        variable = referred_variable(secret)
        if variable is not None:
            value = Secret(sources.environ.get(variable, ""))
            if not value.reveal():
                sources.refuse(place, unset_variable(variable))
        try:
            header_block([(name, value.reveal())])
        except ValueError as error:
            sources.refuse(place, str(error))
        headers.append((name.lower(), value))
    return tuple(headers)


def _distinct(keys: Iterable[Secret]) -> tuple[Secret, ...]:
    return tuple(dict.fromkeys(keys))
