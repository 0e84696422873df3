"""turnout.toml and the environment become settings, or a list of every fault."""

from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from turnout.config.load import load
from turnout.config.secret import Secret
from turnout.config.settings import ModelSettings, Prices, Settings

SECRET = "sk-live-4f9a8c7b6d5e4f3a2b1c0d9e8f7a6b5c"


def loaded(tmp_path: Path, text: str, **environ: str) -> Settings:
    """The settings of a file with that text."""
    file = tmp_path / "turnout.toml"
    file.write_text(text)
    return load(file, environ)


def test_load_without_file_has_the_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No file, no environment: a gateway on loopback with the embedded model."""
    monkeypatch.chdir(tmp_path)
    settings = load(None, {})
    assert (settings.file, settings.data_dir) == (None, Path("data"))
    assert (settings.server.host, settings.server.port) == ("127.0.0.1", 8787)
    assert settings.server.body_limit_bytes == 32 * 1024 * 1024
    assert [slug for slug, switch in settings.switches.items() if switch.on] == ["local"]


def test_load_finds_the_file_of_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Order: the file that was named, TURNOUT_CONFIG, ./turnout.toml."""
    for name, port in (("turnout.toml", 1), ("b.toml", 2), ("c.toml", 3)):
        (tmp_path / name).write_text(f"server.port = {port}")
    monkeypatch.chdir(tmp_path)
    environ = {"TURNOUT_CONFIG": "b.toml"}
    assert load(None, {}).server.port == 1
    assert load(None, environ).server.port == 2
    assert load(Path("c.toml"), environ).server.port == 3


def test_load_lets_variables_win_over_the_file(tmp_path: Path) -> None:
    """TURNOUT_<SECTION>_<SETTING>; one that is set to nothing does not count."""
    settings = loaded(
        tmp_path,
        'data_dir = "d"\nserver.port = 1\nserver.host = "a"\n',
        TURNOUT_SERVER_PORT="2",
        TURNOUT_SERVER_HOST="",
        TURNOUT_DATA_DIR="e",
        TURNOUT_LOCAL_ENABLED="0",
        TURNOUT_TIMEOUTS_IDLE_S="1.5",
        TURNOUT_SERVER_CORS_ORIGINS="http://a, http://b",
    )
    assert (settings.server.port, settings.server.host) == (2, "a")
    assert settings.data_dir == Path("e")
    assert settings.local.enabled is False
    assert settings.timeouts.idle_s == 1.5
    assert settings.server.cors_origins == ("http://a", "http://b")


def test_load_reads_paths_beside_the_file(tmp_path: Path) -> None:
    """A path in a file is relative to that file, so that it may be started from anywhere."""
    settings = loaded(tmp_path, 'data_dir = "d"\nlocal.model_file = "m.gguf"\n')
    assert settings.data_dir == tmp_path / "d"
    assert settings.local.model_file == tmp_path / "m.gguf"


def test_load_turns_a_provider_on_by_its_usual_variable(tmp_path: Path) -> None:
    """One key, several separated by commas, and <NAME>_API_KEYS; no key twice."""
    settings = loaded(tmp_path, "", GROQ_API_KEY="k1, k2,", GROQ_API_KEYS="k2,k3")
    switch = settings.switches["groq"]
    assert switch.on
    assert switch.reason == "GROQ_API_KEY and GROQ_API_KEYS is set"
    assert [key.reveal() for key in switch.keys] == ["k1", "k2", "k3"]
    assert switch.base_url == "https://api.groq.com/openai/v1"
    off = settings.switches["openai"]
    assert (off.on, off.reason) == (False, "set OPENAI_API_KEY")


def test_load_lets_the_file_turn_a_provider_off(tmp_path: Path) -> None:
    """`enabled = false` wins over the environment."""
    switch = loaded(tmp_path, "[providers.groq]\nenabled = false\n", GROQ_API_KEY="k").switches[
        "groq"
    ]
    assert (switch.on, switch.reason) == (False, "enabled = false in the file")


def test_load_overrides_an_address_and_takes_keys_of_the_file(tmp_path: Path) -> None:
    """Any base_url; keys by reference or literal, and a literal one draws a warning."""
    text = """\
[providers.openai]
base_url = "https://proxy.example.com/openai/v1/"
api_keys = ["env:TEAM_KEYS", "sk-literal"]
headers = { X-Org = "env:ORG", x-plain = "1" }
timeouts = { connect_s = 1 }
"""
    settings = loaded(tmp_path, text, TEAM_KEYS="a,b", ORG="acme", OPENAI_API_KEY="unused")
    switch = settings.switches["openai"]
    assert switch.base_url == "https://proxy.example.com/openai/v1"
    assert switch.keys == (Secret("a"), Secret("b"), Secret("sk-literal"))
    assert switch.headers == (("x-org", Secret("acme")), ("x-plain", Secret("1")))
    assert switch.timeouts is not None
    assert (switch.timeouts.connect_s, switch.timeouts.idle_s) == (1.0, 60.0)
    (warning,) = settings.warnings
    assert (warning.line, warning.field) == (3, "providers.openai.api_keys[1]")
    assert warning.message == 'a secret is written in the file; "env:NAME" keeps it out'


def test_load_warns_of_a_provider_that_is_configured_without_key(tmp_path: Path) -> None:
    """It stays off, and the warning says which variable is missing."""
    settings = loaded(tmp_path, '[providers.openai]\nname = "Ours"\n')
    assert not settings.switches["openai"].on
    assert [warning.message for warning in settings.warnings] == [
        "is configured and has no key: set OPENAI_API_KEY"
    ]


def test_load_warns_of_a_misspelt_variable(tmp_path: Path) -> None:
    """Close misses are told; names that container platforms invent are left alone."""
    settings = loaded(tmp_path, "", TURNOUT_SERVER_PROT="1", TURNOUT_PORT_8787_TCP_ADDR="10.0.0.1")
    assert [str(warning) for warning in settings.warnings] == [
        "environment: TURNOUT_SERVER_PROT: is no setting; did you mean TURNOUT_SERVER_PORT?"
    ]


def test_load_adds_a_server_in_four_lines(tmp_path: Path) -> None:
    """Its models are discovered, it needs no key, and takes one by its own variable."""
    text = """\
[providers.my-vllm]
base_url = "http://10.0.0.5:8000/v1"
kind = "vllm"
models = "discover"
"""
    switch = loaded(tmp_path, text).switches["my-vllm"]
    assert (switch.on, switch.discover, switch.keys) == (True, True, ())
    assert (switch.provider.id, switch.provider.name) == ("my-vllm", "my-vllm")
    switch = loaded(tmp_path, text, MY_VLLM_API_KEY="k").switches["my-vllm"]
    assert switch.keys == (Secret("k"),)


@pytest.mark.parametrize(
    ("kind", "dialect"),
    [
        ("vllm", "openai.chat"),
        ("openai-compatible", "openai.chat"),
        ("ollama", "ollama.chat"),
        ("bedrock", "bedrock.converse"),
        ("cohere", "cohere.chat"),
    ],
)
def test_load_speaks_the_dialect_of_a_servers_kind(tmp_path: Path, kind: str, dialect: str) -> None:
    """By the provider of that name or alias."""
    text = f'[providers.mine]\nbase_url = "http://10.0.0.5:8000"\nkind = "{kind}"\n'
    assert loaded(tmp_path, text).switches["mine"].provider.adapter.dialect == dialect


def test_load_keeps_prices_exact(tmp_path: Path) -> None:
    """Numbers and texts alike: the digits that were written, never a binary fraction."""
    text = """\
[providers.x]
base_url = "http://h/v1"
[[providers.x.models]]
id = "meta-llama/llama-3.3-70b-instruct"
upstream = "llama"
price = { prompt = 0.1, completion = "0.300000000001", request = 1e-3 }
context = 131_072
max_output = 8192
inputs = ["text", "image"]
parameters = ["tools", "seed"]
quantization = "fp8"
data_policy = { trains = false, retains = false }
"""
    switch = loaded(tmp_path, text).switches["x"]
    (model,) = switch.models
    assert isinstance(model, ModelSettings)
    assert isinstance(model.price, Prices)
    assert model.price.prompt == Decimal("0.1")
    assert str(model.price.completion) == "0.300000000001"
    assert model.price.request == Decimal("0.001")
    assert (model.context_tok, model.inputs) == (131072, ("text", "image"))
    assert model.data_policy is not None
    assert model.data_policy.zero_retention
    assert not switch.discover


def test_load_fills_the_gaps_of_an_address(tmp_path: Path) -> None:
    """An address that needs an account's id is off until the variable is set."""
    settings = loaded(tmp_path, "", CLOUDFLARE_API_TOKEN="t", CLOUDFLARE_API_KEY="t")
    switch = settings.switches["cloudflare"]
    assert not switch.on
    assert "CLOUDFLARE_ACCOUNT_ID" in switch.reason
    settings = loaded(
        tmp_path, "", CLOUDFLARE_API_TOKEN="t", CLOUDFLARE_API_KEY="t", CLOUDFLARE_ACCOUNT_ID="acc"
    )
    switch = settings.switches["cloudflare"]
    assert switch.on
    assert switch.base_url is not None
    assert "/acc/" in switch.base_url


def test_load_takes_azure_from_what_its_portal_shows(tmp_path: Path) -> None:
    """Key and endpoint are two variables, and the endpoint ends in a slash there."""
    endpoint = "https://mine.openai.azure.com/"
    settings = loaded(tmp_path, "", AZURE_OPENAI_API_KEY="k", AZURE_OPENAI_ENDPOINT=endpoint)
    switch = settings.switches["azure"]
    assert switch.on
    assert switch.base_url == "https://mine.openai.azure.com/openai/v1"
    assert switch.provider.auth == "api-key"
    assert not settings.switches["azure-classic"].on


def test_load_lets_azure_be_asked_with_a_token_in_a_header(tmp_path: Path) -> None:
    """A token of Entra goes as a configured header, without a key."""
    config = (
        '[providers.azure]\nbase_url = "https://mine.openai.azure.com/openai/v1"\n'
        'headers = { authorization = "env:AZURE_TOKEN" }\n'
        '[[providers.azure.models]]\nid = "openai/gpt-4o"\nupstream = "my-gpt"\n'
    )
    switch = loaded(tmp_path, config, AZURE_TOKEN="Bearer t").switches["azure"]
    assert switch.on
    assert switch.keys == ()
    assert switch.headers == (("authorization", Secret("Bearer t")),)
    assert switch.models[0].upstream == "my-gpt"


def test_load_makes_a_server_of_ones_own_speak_responses(tmp_path: Path) -> None:
    """`kind` says the dialect, whatever the server is called."""
    config = '[providers.mine]\nkind = "openai-responses"\nbase_url = "http://127.0.0.1:1/v1"\n'
    adapter = loaded(tmp_path, config).switches["mine"].provider.adapter
    assert adapter.dialect == "openai.responses"


def test_load_takes_proxies_from_file_or_environment(tmp_path: Path) -> None:
    """The variables every client knows, in either case, unless the file says otherwise."""
    environ = {"https_proxy": "http://u:p@env:1", "NO_PROXY": "a, .b"}
    settings = loaded(tmp_path, "", **environ)
    assert settings.proxies.https == Secret("http://u:p@env:1")
    assert settings.proxies.no_proxy == ("a", ".b")
    settings = loaded(tmp_path, '[proxies]\nhttps = "http://file:2"\n', **environ)
    assert settings.proxies.https == Secret("http://file:2")
    settings = loaded(tmp_path, '[proxies]\nhttps = "env:https_proxy"\n', **environ)
    assert settings.proxies.https == Secret("http://u:p@env:1")


def test_load_never_shows_a_secret(tmp_path: Path) -> None:
    """Neither the settings' repr nor any warning or fault holds a key, wherever it was put."""
    text = f"""\
[providers.openai]
api_key = "{SECRET}"
headers.x = "{SECRET}"
[proxies]
https = "http://u:{SECRET}@h:1"
"""
    settings = loaded(tmp_path, text, GROQ_API_KEY=SECRET)
    assert SECRET not in repr(settings)
    assert not any(SECRET in str(warning) for warning in settings.warnings)


def test_secret_is_hidden_and_equal_by_value() -> None:
    """Only `reveal` shows it; msgspec refuses to write it."""
    secret = Secret(SECRET)
    assert f"{secret!r} {secret!s} {[secret]}".count("***") == 3
    assert secret == Secret(SECRET)
    assert len({secret, Secret(SECRET)}) == 1
    with pytest.raises(TypeError):
        msgspec.json.encode(secret)
