"""Providers that sign instead of sending a key: what turns them on, where they are, who signs."""

import asyncio
import sys
from collections.abc import Mapping

import msgspec
import pytest

from turnout.config.load import load
from turnout.config.positions import KeyPath
from turnout.config.secret import Secret
from turnout.config.settings import Local, ProviderSettings, Proxies, Settings, Switch
from turnout.config.signers import Signers
from turnout.config.switches import Sources, switches
from turnout.core.errors import FailureKind, UpstreamError
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.provider import Gap, Provider
from turnout.flow.attempt import auth_header
from turnout.upstream.credentials.signer import Unsigned

CLOUD = Provider(
    id="cloud",
    name="Cloud",
    adapter=OpenAIChat(),
    base_url="https://{HOST}/projects/{PROJECT}",
    gaps={
        "HOST": Gap(
            variables=("PLACE",),
            default="global",
            forms=(("global", "api.example.com"), (".*", "{}.api.example.com")),
        ),
        "PROJECT": Gap(variables=("PROJECT", "OLD_PROJECT")),
    },
    keyed_base_url="https://keyed.example.com",
    api_key_env=("CLOUD_API_KEY",),
    credentials_env=(("CLOUD_FILE",), ("PROJECT", "PLACE")),
    auth="google-token",
)


def switched(
    environ: Mapping[str, str], settings: ProviderSettings | None = None
) -> tuple[Switch, list[str]]:
    """The provider after file and environment have spoken, and what was refused."""
    refused: list[str] = []

    def refuse(_: KeyPath, message: str) -> None:
        refused.append(message)

    def refuse_variable(name: str, message: str) -> None:
        refused.append(f"{name} {message}")

    sources = Sources(environ, {"cloud": CLOUD}, refuse, refuse_variable, refuse)
    configured = {} if settings is None else {"cloud": settings}
    return switches(configured, Local(), sources)["cloud"], refused


@pytest.mark.parametrize(
    ("environ", "address"),
    [
        ({"CLOUD_FILE": "f", "PROJECT": "p"}, "https://api.example.com/projects/p"),
        ({"CLOUD_FILE": "f", "OLD_PROJECT": "o"}, "https://api.example.com/projects/o"),
        ({"PROJECT": "p", "PLACE": "eu"}, "https://eu.api.example.com/projects/p"),
        ({"PROJECT": "p", "PLACE": "global"}, "https://api.example.com/projects/p"),
    ],
)
def test_whole_set_of_variables_turns_it_on(environ: dict[str, str], address: str) -> None:
    """Any of the sets does; gaps take the first variable that is set, else their default."""
    switch, refused = switched(environ)
    assert (switch.on, switch.base_url, refused) == (True, address, [])
    assert switch.credentials == {name: Secret(value) for name, value in environ.items()}
    assert "set" in switch.reason


@pytest.mark.parametrize("environ", [{}, {"PROJECT": "p"}, {"PLACE": "eu"}])
def test_half_a_set_leaves_it_off_and_says_what_to_do(environ: dict[str, str]) -> None:
    """A project alone is on many machines, and no wish."""
    switch, _ = switched(environ)
    assert (switch.on, switch.credentials) == (False, None)
    assert switch.reason == "set CLOUD_API_KEY, or CLOUD_FILE, or PROJECT and PLACE"


def test_credentials_without_an_address_name_the_variable() -> None:
    """As for every provider with a gap."""
    switch, _ = switched({"CLOUD_FILE": "f"})
    assert (switch.on, switch.reason) == (False, "CLOUD_FILE is set; set PROJECT as well")


def test_key_wins_and_has_its_own_address() -> None:
    """An express key needs no project; its header is the house's own."""
    switch, _ = switched({"CLOUD_API_KEY": "k", "CLOUD_FILE": "f", "PROJECT": "p"})
    assert (switch.on, switch.base_url) == (True, "https://keyed.example.com")
    assert (switch.keys, switch.credentials) == ((Secret("k"),), None)
    assert auth_header(CLOUD, "k") == ("x-goog-api-key", "k")


def test_file_turns_it_on_with_the_machines_own_credentials() -> None:
    """A table is a wish, so no variable for credentials is needed."""
    switch, refused = switched({"PROJECT": "p"}, ProviderSettings())
    assert (switch.on, switch.reason, refused) == (True, "configured, and signs", [])
    assert switch.credentials == {"PROJECT": Secret("p")}


def test_address_that_is_none_is_refused_without_repeating_it() -> None:
    """A variable that holds nonsense is named, its value is not."""
    _, refused = switched({"CLOUD_FILE": "f", "PROJECT": "p?secret"})
    (message,) = refused
    assert message.startswith("PROJECT and PLACE expected")
    assert "secret" not in message


def test_missing_library_leaves_the_provider_to_fail_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is optional; without it the gateway starts, and says what is missing."""
    monkeypatch.delitem(sys.modules, "turnout.upstream.credentials.google", raising=False)
    monkeypatch.setitem(sys.modules, "google.auth", None)
    switch = switched({"CLOUD_FILE": "f", "PROJECT": "p"})[0]
    settings = msgspec.structs.replace(load(None, {}), switches={"cloud": switch})
    signer = Signers().of(settings)["cloud"]
    request = Unsigned(method="POST", url="https://a.example", headers=(), body=b"")
    with pytest.raises(UpstreamError, match=r"turnout\[google\]") as raised:
        asyncio.run(signer.sign(request, 1))
    assert raised.value.kind is FailureKind.AUTH


def test_signer_outlives_a_reload_that_changes_nothing_for_it() -> None:
    """A token that is still good is not fetched again; other credentials get another signer."""
    base = load(None, {})
    held = Signers()

    def of(environ: dict[str, str], proxies: Proxies = base.proxies) -> object:
        settings: Settings = msgspec.structs.replace(
            base, switches={"cloud": switched(environ)[0]}, proxies=proxies
        )
        return held.of(settings).get("cloud")

    first = of({"CLOUD_FILE": "f", "PROJECT": "p"})
    assert first is not None
    assert of({"CLOUD_FILE": "f", "PROJECT": "p"}) is first
    assert of({"CLOUD_FILE": "g", "PROJECT": "p"}) is not first
    assert of({}) is None
