"""The files a run is provisioned with: the scenario, nginx's configuration, the gateway's."""

import os
from pathlib import Path

EVENTS = 100  # tokens in a flooded stream
PACED_TPS = 20
FAULT_SHARE = 0.01

_SENTENCE = "A switch points each train along the quickest free track to its station. "
UNARY_TEXT = (_SENTENCE * 9)[:610].rstrip()  # makes the whole JSON answer about 1 KB
_FLOOD_TEXT = "token " * EVENTS
_BIG_WORD = "x" * 4095
BIG_WORDS = 4096  # 16 MiB of text: no chain of socket buffers swallows it

PROVIDERS = ("unary", "flood", "drops", "paced", "big", "flaky", "steady")

TRANSLATED = {
    "anthropic": ("anthropic", "/v1"),
    "responses": ("openai-responses", "/v1"),
    "gemini": ("gemini", "/v1beta"),
    "bedrock": ("bedrock", ""),
    "cohere": ("cohere", ""),
    "ollama": ("ollama", ""),
}
"""The gateway speaks these dialects with "drops" too: the kind of server, and its path there."""


def scenario() -> str:
    """What the simulator plays."""
    big = " ".join([_BIG_WORD] * BIG_WORDS)
    return f"""
[providers.unary]
answer = {{ text = "{UNARY_TEXT}" }}

[providers.steady]
answer = {{ text = "{UNARY_TEXT}" }}

[providers.flaky]
answer = {{ text = "{UNARY_TEXT}" }}
faults = [{{ kind = "status", status = 500, probability = {FAULT_SHARE} }}]

[providers.flood]
answer = {{ text = "{_FLOOD_TEXT.rstrip()}" }}

[providers.drops]
answer = {{ text = "{_FLOOD_TEXT.rstrip()}" }}
pace = {{ events_per_write = 1 }}

[providers.paced]
answer = {{ tokens = 10000 }}
pace = {{ ttft_ms = 20, token_rate_tps = {PACED_TPS} }}

[providers.big]
answer = {{ text = "{big}" }}
"""


def nginx(port: int, upstream: int, folder: Path) -> str:
    """One worker that hands every read on at once and keeps its upstream connections."""
    user = "user root;" if os.geteuid() == 0 else ""
    temporary = " ".join(
        f"{kind}_temp_path {folder}/nginx-{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return f"""
{user} daemon off; master_process off; worker_processes 1; pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log warn;
events {{ worker_connections 4096; }}
http {{
  access_log off; {temporary}
  client_max_body_size 64m; client_body_buffer_size 1m;
  keepalive_requests 1000000000; keepalive_timeout 600s;
  upstream simulator {{
    server 127.0.0.1:{upstream}; keepalive 1024; keepalive_requests 1000000000;
  }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{
      proxy_pass http://simulator; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_buffering off; proxy_request_buffering off; proxy_read_timeout 600s;
    }}
  }}
}}
"""


def gateway(simulator: str) -> str:
    """Auth, plan, accounting, journal and measures as they are by default; no local model."""
    rows = ["[local]", "enabled = false", "", "[logging]", 'level = "warning"', ""]
    for name in PROVIDERS:
        model = "failover" if name in ("flaky", "steady") else name
        rows += _server(name, "openai-compatible", f"{simulator}/{name}/v1")
        rows += _model(name, model, name)
    for name, (kind, path) in TRANSLATED.items():
        rows += [*_server(name, kind, f"{simulator}/drops{path}"), 'api_keys = ["sk-bench"]']
        rows += _model(name, f"drops-{name}", "drops")
    return "\n".join(rows)


def _server(name: str, kind: str, url: str) -> list[str]:
    return [f"[providers.sim-{name}]", f'kind = "{kind}"', f'base_url = "{url}"']


def _model(name: str, model: str, upstream: str) -> list[str]:
    return [
        f"[[providers.sim-{name}.models]]",
        f'id = "bench/{model}"',
        f'upstream = "{upstream}"',
        "context = 8000000",
        "max_output = 1000000",
        'price = { prompt = "0.15", completion = "0.60" }',
        "",
    ]
