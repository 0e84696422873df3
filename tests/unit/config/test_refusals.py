"""What is wrong with a configuration is told whole: place, field, allowed values, nearest name."""

from pathlib import Path

import pytest

from turnout.config.load import load
from turnout.config.problems import ConfigError

SECRET = "sk-live-4f9a8c7b6d5e4f3a2b1c0d9e8f7a6b5c"


def refusal(tmp_path: Path, text: str, **environ: str) -> list[str]:
    """What is wrong, one line each, the folder left out."""
    with pytest.raises(ConfigError) as caught:
        load(_file(tmp_path, text), environ)
    return str(caught.value).replace(f"{tmp_path}/", "").splitlines()


def _file(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "turnout.toml"
    file.write_text(text)
    return file


WRONG: dict[str, tuple[str, str]] = {
    "unknown section": (
        "[sever]\nport = 1\n",
        (
            'turnout.toml:1: sever: unknown key; did you mean "server"? Allowed: data_dir, server,'
            " logging, local, models, routing, timeouts, proxies, retention, journal, media,"
            " documents, search, vault, metrics, telemetry, probes, site, operator, providers"
        ),
    ),
    "unknown key": (
        '[server]\n\nhots = "x"\n',
        (
            'turnout.toml:3: server.hots: unknown key; did you mean "host"? Allowed: host, port,'
            " body_limit_bytes, slow_request_s, comment_period_s, usage_with_choices,"
            " cors_origins"
        ),
    ),
    "unknown key like none": (
        "[logging]\nzzz = 1\n",
        "turnout.toml:2: logging.zzz: unknown key. Allowed: level, format, content",
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
    "address of a collector": (
        '[telemetry]\ntraces_url = "localhost:4318"\n',
        (
            "turnout.toml:2: telemetry.traces_url: expected an address such as"
            " http://host:8000/v1; URL is not http(s)://host/…"
        ),
    ),
    "header of a collector": (
        '[telemetry]\nheaders = { x-key = "env:NOT_SET" }\n',
        ("turnout.toml:2: telemetry.headers.x-key: the environment variable NOT_SET is not set"),
    ),
    "budget finer than money": (
        '[probes]\ndaily_usd = "0.0000000001"\n',
        "turnout.toml:2: probes.daily_usd: expected no more than nine decimals of a USD",
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


def test_load_never_repeats_a_secret_that_is_wrong(tmp_path: Path) -> None:
    """A key that was pasted into any field is not in what is told about it."""
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
