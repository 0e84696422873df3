"""turnout.toml and the environment become settings, or a list of every fault."""

from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from turnout.config.load import load
from turnout.config.problems import ConfigError
from turnout.config.secret import Secret
from turnout.config.settings import ModelSettings, Prices, Settings

SECRET = "sk-live-4f9a8c7b6d5e4f3a2b1c0d9e8f7a6b5c"


def loaded(tmp_path: Path, text: str, **environ: str) -> Settings:
    """The settings of a file with that text."""
    file = tmp_path / "turnout.toml"
    file.write_text(text)
    return load(file, environ)


def refusal(tmp_path: Path, text: str, **environ: str) -> list[str]:
    """What is wrong, one line each, the folder left out."""
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, text, **environ)
    return str(caught.value).replace(f"{tmp_path}/", "").splitlines()


# ── refused ─────────────────────────────────────────────────────────────────────────────────────

WRONG: dict[str, tuple[str, str]] = {
    "unknown section": (
        "[sever]\nport = 1\n",
        (
            'turnout.toml:1: sever: unknown key; did you mean "server"? Allowed: data_dir, server,'
            " logging, local, models, routing, timeouts, proxies, retention, journal,"
            " providers"
        ),
    ),
    "unknown key": (
        '[server]\n\nhots = "x"\n',
        (
            'turnout.toml:3: server.hots: unknown key; did you mean "host"? Allowed: host, port,'
            " body_limit_bytes, comment_period_s, cors_origins"
        ),
    ),
    "unknown key like none": (
        "[logging]\nzzz = 1\n",
        "turnout.toml:2: logging.zzz: unknown key. Allowed: level, format",
    ),
    "type": (
        '[server]\nport = "80"\n',
        'turnout.toml:2: server.port: expected a whole number from 0 to 65535, got "80"',
    ),
    "bool is no number": (
        "[server]\nport = true\n",
        "turnout.toml:2: server.port: expected a whole number from 0 to 65535, got true",
    ),
    "number is no bool": (
        "[local]\nenabled = 1\n",
        "turnout.toml:2: local.enabled: expected true or false, got 1",
    ),
    "range": (
        "server.port = 65536\n",
        "turnout.toml:1: server.port: expected a whole number from 0 to 65535, got 65536",
    ),
    "deadline": (
        "[timeouts]\nidle_s = 0\n",
        "turnout.toml:2: timeouts.idle_s: expected a number above 0 up to 86400, got 0",
    ),
    "not a number": (
        "[timeouts]\nidle_s = nan\n",
        "turnout.toml:2: timeouts.idle_s: expected a number above 0 up to 86400, got NaN",
    ),
    "choice": (
        '[logging]\nlevel = "warn"\n',
        (
            'turnout.toml:2: logging.level: expected one of "debug", "error", "info",'
            ' "warning", got'
            ' "warn"; did you mean "warning"?'
        ),
    ),
    "table for a value": (
        "[server.host]\nname = 1\n",
        "turnout.toml:1: server.host: expected a text that is not empty, got a table",
    ),
    "value for a table": (
        "server = 8080\n",
        "turnout.toml:1: server: expected a table, got 8080",
    ),
    "date": (
        "[server]\nhost = 2026-11-23\n",
        "turnout.toml:2: server.host: expected a text that is not empty, got a date or time",
    ),
    "item of a list": (
        '[server]\ncors_origins = [\n  "*",\n  7,\n]\n',
        "turnout.toml:4: server.cors_origins[1]: expected a text that is not empty, got 7",
    ),
    "origin": (
        '[server]\ncors_origins = ["chat.example.com"]\n',
        (
            'turnout.toml:2: server.cors_origins[0]: expected "*" or an origin such as'
            " https://chat.example.com"
        ),
    ),
    "default model": (
        '[models]\ndefault = "gpt-4o"\n',
        'turnout.toml:2: models.default: expected a model as "author/slug"',
    ),
    "unknown provider": (
        "[providers.opnai]\nenabled = true\n",
        (
            "turnout.toml:1: providers.opnai: not a provider that Turnout knows; did you mean"
            ' "openai"? A server of your own needs base_url'
        ),
    ),
    "alias": (
        '[providers.z-ai]\napi_key = "env:X"\n',
        "turnout.toml:1: providers.z-ai: this provider is configured as [providers.zai]",
    ),
    "provider name": (
        '[providers."My Server"]\nbase_url = "http://h/v1"\n',
        (
            'turnout.toml:1: providers."My Server": a provider\'s name has only lower-case letters,'
            " digits and hyphens"
        ),
    ),
    "kind of a known provider": (
        '[providers.openai]\nkind = "vllm"\nbase_url = "http://h/v1"\n',
        (
            "turnout.toml:2: providers.openai.kind: openai is a provider that Turnout knows; leave"
            " kind out"
        ),
    ),
    "embedded model as a provider": (
        '[providers.local]\nbase_url = "http://h/v1"\n',
        "turnout.toml:1: providers.local: the embedded model is set up in [local]",
    ),
    "address with a gap": (
        '[providers.cloudflare]\napi_key = "k"\n',
        (
            "turnout.toml:1: providers.cloudflare.base_url: is missing; an address such as"
            " http://host:8000/v1 is needed (or set CLOUDFLARE_ACCOUNT_ID)"
        ),
    ),
    "address": (
        '[providers.x]\nbase_url = "10.0.0.5:8000"\n',
        (
            "turnout.toml:2: providers.x.base_url: expected an address such as http://host:8000/v1;"
            " URL is not http(s)://host/…"
        ),
    ),
    "secret in an address": (
        f'[providers.x]\nbase_url = "https://me:{SECRET}@h/v1"\n',
        (
            "turnout.toml:2: providers.x.base_url: expected an address such as http://host:8000/v1;"
            " URL carries user info; keys go in headers"
        ),
    ),
    "query in an address": (
        '[providers.x]\nbase_url = "https://h/v1?key=1"\n',
        (
            "turnout.toml:2: providers.x.base_url: expected an address without ? and #, as"
            " paths are"
            " added to it"
        ),
    ),
    "variable of a key": (
        '[providers.openai]\napi_key = "env:MY_KEY"\n',
        "turnout.toml:2: providers.openai.api_key: the environment variable MY_KEY is not set",
    ),
    "key after env:": (
        f'[providers.openai]\napi_key = "env:{SECRET}"\n',
        (
            "turnout.toml:2: providers.openai.api_key: the environment variable that env: names is"
            " not set"
        ),
    ),
    "key of a wrong type": (
        "[providers.openai]\napi_key = 5\n",
        'turnout.toml:2: providers.openai.api_key: expected a secret text or "env:NAME", got 5',
    ),
    "key with a line break": (
        f'[providers.openai]\napi_key = "{SECRET}\\nX-Evil: 1"\n',
        (
            "turnout.toml:1: providers.openai: a key has only visible ASCII characters; this"
            " one has"
            " others"
        ),
    ),
    "header of ours": (
        '[providers.x]\nbase_url = "http://h/v1"\nheaders = { Host = "evil" }\n',
        "turnout.toml:3: providers.x.headers.Host: header host is the client's own to write",
    ),
    "header with a line break": (
        '[providers.x]\nbase_url = "http://h/v1"\nheaders.a = "b\\r\\nc: d"\n',
        "turnout.toml:3: providers.x.headers.a: header a has a control character in its value",
    ),
    "proxy": (
        '[proxies]\nhttps = "socks5://h"\n',
        (
            "turnout.toml:2: proxies.https: expected an address such as http://host:3128;"
            " URL is not"
            " http(s)://host/…"
        ),
    ),
    "models": (
        '[providers.x]\nbase_url = "http://h/v1"\nmodels = "all"\n',
        (
            'turnout.toml:3: providers.x.models: expected "discover" or a list, each a'
            ' table, got "all"'
        ),
    ),
    "model without id": (
        '[providers.x]\nbase_url = "http://h/v1"\n[[providers.x.models]]\nupstream = "m"\n',
        "turnout.toml:3: providers.x.models[0].id: is missing; a text that is not empty is needed",
    ),
    "model id": (
        '[[providers.openai.models]]\nid = "gpt"\n',
        (
            'turnout.toml:2: providers.openai.models[0].id: expected a model as "author/slug", for'
            ' example "meta-llama/llama-3.3-70b"'
        ),
    ),
    "model twice": (
        '[[providers.openai.models]]\nid = "a/b"\n[[providers.openai.models]]\nid = "a/b"\n',
        "turnout.toml:4: providers.openai.models[1].id: is listed twice for this provider",
    ),
    "price without completion": (
        '[[providers.openai.models]]\nid = "a/b"\nprice = { prompt = 1 }\n',
        (
            "turnout.toml:3: providers.openai.models[0].price.completion: is missing; an"
            " exact number,"
            " 0 or more (a number or a text) is needed"
        ),
    ),
    "price that is no number": (
        '[[providers.openai.models]]\nid = "a/b"\nprice.prompt = "free"\nprice.completion = 1\n',
        (
            "turnout.toml:3: providers.openai.models[0].price.prompt: expected an exact"
            " number, 0 or"
            ' more (a number or a text), got "free"'
        ),
    ),
    "price below zero": (
        '[[providers.openai.models]]\nid = "a/b"\nprice = { prompt = -1, completion = 1 }\n',
        (
            "turnout.toml:3: providers.openai.models[0].price.prompt: expected an exact"
            " number, 0 or"
            " more (a number or a text), got -1"
        ),
    ),
    "price too fine": (
        '[[providers.openai.models]]\nid = "a/b"\nprice = { prompt = 1e-13, completion = 1 }\n',
        (
            "turnout.toml:3: providers.openai.models[0].price.prompt: a price finer than 1e-18 USD"
            " cannot be held exactly; got 1E-19"
        ),
    ),
    "quantization": (
        '[[providers.openai.models]]\nid = "a/b"\nquantization = "fp9"\n',
        (
            "turnout.toml:3: providers.openai.models[0].quantization: expected one of"
            ' "bf16", "fp16",'
            ' "fp32", "fp4", "fp6", "fp8", "int4", "int8", "mxfp4", "mxfp8", "nvfp4",'
            ' "unknown", got'
            ' "fp9"; did you mean "fp8"?'
        ),
    ),
    "syntax": (
        "[server]\nport = = 1\n",
        "turnout.toml:2:8: not TOML: Invalid value",
    ),
    "syntax at the end": (
        "[server]\nport =",
        "turnout.toml:2:7: not TOML: Invalid value, at the end of the file",
    ),
    "table twice": (
        "[server]\n[server]\n",
        "turnout.toml:2:8: not TOML: Cannot declare ('server',) twice",
    ),
    "nesting": (
        "x = " + "[" * 5000 + "]" * 5000,
        "turnout.toml: nested too deeply",
    ),
}


@pytest.mark.parametrize(("text", "message"), WRONG.values(), ids=WRONG.keys())
def test_load_refuses_with_the_place_and_what_is_allowed(
    tmp_path: Path, text: str, message: str
) -> None:
    """File, line, field, what was wrong, what is allowed, and the nearest valid name."""
    assert refusal(tmp_path, text) == [message]
    assert SECRET not in message


def test_load_tells_all_faults_at_once(tmp_path: Path) -> None:
    """Faults of shape and of meaning, of the file and of the environment, in one go."""
    text = """\
data_dir = 7
[server]
prot = 1
[providers.opnai]
enabled = true
[[providers.openai.models]]
id = "gpt"
price = { prompt = "x" }
"""
    fields = [line.split(": ")[1] for line in refusal(tmp_path, text, TURNOUT_SERVER_PORT="x")]
    assert fields == [
        "data_dir",
        "server.prot",
        "TURNOUT_SERVER_PORT",
        "providers.openai.models[0].price.prompt",
        "providers.openai.models[0].price.completion",
        "providers.openai.models[0].id",
        "providers.opnai",
    ]


def test_load_refuses_a_named_file_that_is_not_there(tmp_path: Path) -> None:
    """A file that was asked for must exist; only the default one may be absent."""
    with pytest.raises(ConfigError, match="cannot be read: No such file or directory"):
        load(tmp_path / "none.toml", {})
    with pytest.raises(ConfigError, match="cannot be read"):
        load(None, {"TURNOUT_CONFIG": str(tmp_path)})


def test_load_refuses_bytes_that_are_not_utf8(tmp_path: Path) -> None:
    """With the line of the first such byte."""
    file = tmp_path / "turnout.toml"
    file.write_bytes(b"# ok\n# \xff\n")
    with pytest.raises(ConfigError, match=r"turnout\.toml:2: not UTF-8"):
        load(file, {})


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("TURNOUT_LOCAL_ENABLED", "maybe", 'expected true or false, got "maybe"'),
        ("TURNOUT_SERVER_PORT", "-1", "expected a whole number from 0 to 65535, got -1"),
        (
            "TURNOUT_SERVER_CORS_ORIGINS",
            "*, x",
            'expected "*" or an origin such as https://chat.example.com',
        ),
        ("HTTPS_PROXY", "h:1", "expected an address such as http://host:3128; URL is not http"),
        ("OPENAI_API_KEY", "sk 1", "a key has only visible ASCII characters; this one has others"),
    ],
)
def test_load_names_the_variable_that_is_wrong(
    tmp_path: Path, name: str, text: str, message: str
) -> None:
    """A fault of the environment is told by the variable's name."""
    (line,) = refusal(tmp_path, "", **{name: text})
    assert line.startswith(f"environment: {name}: {message}")


# ── accepted ────────────────────────────────────────────────────────────────────────────────────


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


def test_load_takes_proxies_from_file_or_environment(tmp_path: Path) -> None:
    """The variables every client knows, in either case, unless the file says otherwise."""
    environ = {"https_proxy": "http://u:p@env:1", "NO_PROXY": "a, .b"}
    settings = loaded(tmp_path, "", **environ)
    assert settings.proxies.https == Secret("http://u:p@env:1")
    assert settings.proxies.no_proxy == ("a", ".b")
    settings = loaded(tmp_path, '[proxies]\nhttps = "http://file:2"\n', **environ)
    assert settings.proxies.https == Secret("http://file:2")


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
    places = (
        "[logging]\nlevel = {}\n",
        "[server]\nport = {}\n",
        "[providers.openai]\nmodels = {}\n",
        "[providers.openai]\nkind = {}\n",
        "[providers.openai]\nbase_url = {}\n",
        "[providers.openai]\napi_keys = {}\n",
        "[proxies]\nhttps = {}\n",
        "[[providers.openai.models]]\nid = {}\nprice = {{ prompt = {}, completion = {} }}\n",
        "providers = {}\n",
        "[providers.openai]\napi_key = {} oops\n",
    )
    for place in places:
        lines = refusal(tmp_path, place.replace("{}", f'"{SECRET}"'))
        assert lines
        assert not any(SECRET in line for line in lines)


def test_secret_is_hidden_and_equal_by_value() -> None:
    """Only `reveal` shows it; msgspec refuses to write it."""
    secret = Secret(SECRET)
    assert f"{secret!r} {secret!s} {[secret]}".count("***") == 3
    assert secret == Secret(SECRET)
    assert len({secret, Secret(SECRET)}) == 1
    with pytest.raises(TypeError):
        msgspec.json.encode(secret)
