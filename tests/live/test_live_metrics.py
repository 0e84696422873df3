"""`GET /metrics` and spans, as Prometheus and a collector would see them."""

import gzip
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from prometheus_client.parser import text_string_to_metric_families
from tests.gateway import Simulator, Template, open_gateway, open_simulator, provider_table
from tests.live.test_live_measures import eventually
from typing_extensions import override

SCENARIO: Final = """
[providers.good]
answer = { text = "some words", cached_tokens = 2 }
[providers.bad]
[[providers.bad.faults]]
kind = "status"
status = 500
"""
MODEL: Final = "acme/duo"
CHEAP: Final = '{ prompt = "0.001", completion = "0.001" }'
SECRET_WORDS: Final = "my-secret-prompt"


@pytest.fixture(scope="module")
def playing(tmp_path_factory: pytest.TempPathFactory) -> Generator[Simulator]:
    """One that answers, one that fails."""
    with open_simulator(tmp_path_factory.mktemp("metrics"), SCENARIO) as simulator:
        yield simulator


def config(playing: Simulator, more: str = "") -> str:
    """Both providers; the failing one is cheaper, so it is mostly asked first."""
    tables = [
        provider_table("good", playing, [MODEL, "acme/sole"]),
        provider_table("bad", playing, [MODEL], price=CHEAP),
    ]
    return "\n".join([*tables, more])


def samples(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Every sample by its name and labels, read by Prometheus's own parser."""
    families = text_string_to_metric_families(text)
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def at(provider: str, **more: str) -> frozenset[tuple[str, str]]:
    """Labels of an endpoint of the model."""
    return frozenset({"model": MODEL, "provider": provider, "endpoint": provider, **more}.items())


def test_metrics_count_what_was_done(
    template: Template, playing: Simulator, tmp_path: Path
) -> None:
    """Attempts by outcome, tokens, money, histograms; no label names a key."""
    with open_gateway(template, tmp_path, config(playing)) as gateway:
        for _ in range(5):
            assert gateway.chat(MODEL, SECRET_WORDS, stream=True).status == 200
        heard = gateway.request("GET", "/metrics")
        assert heard.status == 200
        assert heard.headers["content-type"].startswith("text/plain")
        text = heard.body.decode()
        found = samples(text)
    assert found["turnout_generations_total", frozenset({("state", "succeeded")})] == 5
    assert found["turnout_attempts_total", at("good", outcome="served")] == 5
    assert found["turnout_attempts_total", at("bad", outcome="server")] >= 1
    assert found["turnout_faults_total", at("bad")] >= 1
    assert found["turnout_completion_tokens_total", at("good")] == 10
    assert found["turnout_cache_read_tokens_total", at("good")] == 10
    assert found["turnout_cost_usd_total", at("good")] > 0
    assert found["turnout_ttft_seconds_count", at("good")] == 5
    assert found["turnout_ttft_seconds_bucket", at("good", le="+Inf")] == 5
    assert found["turnout_endpoint_uptime_ratio", at("good")] == 1.0
    assert found["turnout_endpoint_uptime_ratio", at("bad")] == 0.0
    assert found["process_resident_memory_bytes", frozenset()] > 1e6
    assert SECRET_WORDS not in text
    assert gateway.key not in text
    assert {dict(labels).get("model") for _, labels in found} == {None, MODEL}


@pytest.mark.parametrize(
    ("access", "headers", "key", "status"),
    [
        ("loopback", {}, None, 200),
        ("loopback", {"x-forwarded-for": "203.0.113.9"}, None, 401),
        ("loopback", {"x-forwarded-for": "203.0.113.9"}, "management", 200),
        ("key", {}, None, 401),
        ("key", {}, "inference", 403),
        ("key", {}, "management", 200),
        ("open", {"x-forwarded-for": "203.0.113.9"}, None, 200),
        ("off", {}, "management", 404),
    ],
)
def test_metrics_are_read_by_whom_the_settings_say(
    template: Template,
    playing: Simulator,
    tmp_path: Path,
    *,
    access: str,
    headers: dict[str, str],
    key: str | None,
    status: int,
) -> None:
    """A proxy on this machine does not make the world local."""
    keys = {"management": template.management_key, "inference": template.key}
    if key is not None:
        headers = headers | {"authorization": f"Bearer {keys[key]}"}
    with open_gateway(template, tmp_path, config(playing, f'[metrics]\naccess = "{access}"')) as up:
        assert up.request("GET", "/metrics", headers=headers).status == status


def test_metrics_sum_up_the_endpoints_over_the_cap(
    template: Template, playing: Simulator, tmp_path: Path
) -> None:
    """The number of series is bounded, and no attempt is lost from the sums."""
    with open_gateway(template, tmp_path, config(playing, "[metrics]\nendpoints = 1")) as gateway:
        for model in (MODEL, MODEL, "acme/sole"):
            gateway.chat(model)
        found = samples(gateway.request("GET", "/metrics").body.decode())
    served = {
        dict(labels)["model"]: value
        for (name, labels), value in found.items()
        if name == "turnout_attempts_total" and ("outcome", "served") in labels
    }
    assert len(served) == 2
    assert "other" in served
    assert sum(served.values()) == 3


# ── spans ───────────────────────────────────────────────────────────────────────────────────────


class Collector(ThreadingHTTPServer):
    """A local OTLP/HTTP receiver that keeps what it was sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.spans: list[Any] = []
        self.resources: list[dict[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.bodies: list[bytes] = []

    @property
    def url(self) -> str:
        """Where traces go."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1/traces"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        """One export."""
        collector = self.server
        assert isinstance(collector, Collector)
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        sent = ExportTraceServiceRequest.FromString(body)
        collector.bodies.append(body)
        collector.headers.append({k.lower(): v for k, v in self.headers.items()})
        for part in sent.resource_spans:
            facts = {a.key: a.value.string_value for a in part.resource.attributes}
            collector.resources.append(facts)
            for scope in part.scope_spans:
                collector.spans.extend(scope.spans)
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@contextmanager
def collecting() -> Generator[Collector]:
    """A collector while the block runs."""
    collector = Collector()
    thread = threading.Thread(target=collector.serve_forever, daemon=True)
    thread.start()
    try:
        yield collector
    finally:
        collector.shutdown()
        collector.server_close()
        thread.join()


def facts(span: Any) -> dict[str, Any]:
    """A span's attributes."""
    found: dict[str, Any] = {}
    for attribute in span.attributes:
        value = attribute.value
        kind = value.WhichOneof("value")
        if kind == "array_value":
            found[attribute.key] = [item.string_value for item in value.array_value.values]
        else:
            found[attribute.key] = getattr(value, kind)
    return found


def test_spans_tell_of_a_generation_and_its_attempts(
    template: Template, playing: Simulator, tmp_path: Path
) -> None:
    """One span with a child for each attempt, in the words of the GenAI conventions; no prompt."""
    with collecting() as collector:
        more = (
            f'[telemetry]\ntraces_url = "{collector.url}"\nservice_name = "router-7"\n'
            'headers = { x-token = "env:TOKEN" }'
        )
        whole = config(playing, more)
        with open_gateway(template, tmp_path, whole, TOKEN="t0k3n") as gateway:
            heard = gateway.chat(MODEL, SECRET_WORDS, stream=True)
            for _ in range(3):
                heard = gateway.chat(MODEL, SECRET_WORDS, stream=True)
                assert heard.status == 200
            record = gateway.generation(heard.headers["x-generation-id"])
            eventually(
                lambda: [s for s in collector.spans if not s.parent_span_id],
                lambda roots: len(roots) == 4,
            )
        roots = {facts(s)["gen_ai.response.id"]: s for s in collector.spans if not s.parent_span_id}
        root = roots[record["id"]]
        children = [s for s in collector.spans if s.parent_span_id == root.span_id]
        told = facts(root)
        assert root.name == f"chat {MODEL}"
        assert told["gen_ai.operation.name"] == "chat"
        assert told["gen_ai.provider.name"] == "good"
        assert told["gen_ai.usage.output_tokens"] == record["tokens_completion"]
        assert told["gen_ai.response.finish_reasons"] == ["stop"]
        assert told["turnout.cost_usd"] == pytest.approx(record["total_cost"])
        assert len(children) == told["turnout.attempts"]
        assert facts(children[-1])["turnout.outcome"] == "served"
        all_facts = [facts(span) for span in collector.spans]
        failed = [f for f in all_facts if f.get("turnout.outcome") == "server"]
        assert failed
        assert {f["error.type"] for f in failed} == {"server"}
        assert all(root.start_time_unix_nano <= c.start_time_unix_nano + 10**7 for c in children)
        assert collector.resources[0]["service.name"] == "router-7"
        assert collector.headers[0]["x-token"] == "t0k3n"
        everything = b"".join(collector.bodies)
        assert SECRET_WORDS.encode() not in everything
        assert gateway.key.encode() not in everything


def test_collector_that_is_gone_costs_no_answer(
    template: Template, playing: Simulator, tmp_path: Path
) -> None:
    """Spans are dropped; requests and the end of the process are not held up."""
    with collecting() as collector:
        gone = collector.url
    more = f'[telemetry]\ntraces_url = "{gone}"'
    with open_gateway(template, tmp_path, config(playing, more)) as gateway:
        for _ in range(3):
            assert gateway.chat(MODEL).status == 200
        gateway.process.terminate()
        gateway.process.wait(15)
        assert gateway.process.returncode == 0
