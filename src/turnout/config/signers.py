"""Who signs for the providers that want more than a key. A library comes in with its provider."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

import msgspec

from turnout.config.settings import Proxies, Settings, Switch
from turnout.dialects.provider import Auth
from turnout.upstream.credentials.absent import AbsentSigner
from turnout.upstream.credentials.signer import Signer


class _Held(msgspec.Struct, frozen=True):
    """A signer and what it was made of: it is made anew when that changes."""

    made_of: tuple[object, ...]
    signer: Signer


class Signers:
    """Keeps the signers over reloads, so that a token that is still good is not asked for again."""

    def __init__(self) -> None:
        self._held: dict[str, _Held] = {}

    def of(self, settings: Settings) -> Mapping[str, Signer]:
        """The signer of each provider that is on and signs, by slug."""
        held: dict[str, _Held] = {}
        for slug, switch in settings.switches.items():
            if not switch.on or switch.credentials is None:
                continue
            made_of = (switch.credentials, switch.base_url, settings.proxies)
            known = self._held.get(slug)
            if known is None or known.made_of != made_of:
                known = _Held(made_of, _made(switch, settings.proxies))
            held[slug] = known
        self._held = held
        return {slug: one.signer for slug, one in held.items()}


Maker: TypeAlias = Callable[[Mapping[str, str], Proxies], Signer]
"""Takes what the environment says of credentials (see `Switch.credentials`) and the way out."""


def _made(switch: Switch, proxies: Proxies) -> Signer:
    said = {name: value.reveal() for name, value in (switch.credentials or {}).items()}
    try:
        return MAKERS[switch.provider.auth](said, proxies)
    except ImportError:
        return AbsentSigner(EXTRAS[switch.provider.auth])


def _google(said: Mapping[str, str], proxies: Proxies) -> Signer:
    from turnout.upstream.credentials.google import GoogleTokens  # noqa: PLC0415 (big, and needed by few)

    proxy = proxies.https.reveal() if proxies.https is not None else None
    return GoogleTokens(said.get("GOOGLE_APPLICATION_CREDENTIALS"), proxy=proxy)


def _aws(said: Mapping[str, str], proxies: Proxies) -> Signer:
    from turnout.upstream.credentials.aws import AwsSigner, Keys  # noqa: PLC0415 (big, and needed by few)

    key, secret = said.get("AWS_ACCESS_KEY_ID"), said.get("AWS_SECRET_ACCESS_KEY")
    return AwsSigner(
        Keys(key, secret, said.get("AWS_SESSION_TOKEN")) if key and secret else None,
        profile=said.get("AWS_PROFILE"),
        region=said.get("AWS_REGION") or said.get("AWS_DEFAULT_REGION"),
        proxy=proxies.https.reveal() if proxies.https is not None else None,
    )


MAKERS: Final[Mapping[Auth, Maker]] = {"google-token": _google, "aws-sigv4": _aws}
"""By what a provider's `auth` says."""

EXTRAS: Final[Mapping[Auth, str]] = {"google-token": "google", "aws-sigv4": "aws"}
"""Which optional dependency brings the library."""
