"""OpenTelemetry spans of generations, for whoever runs a collector; loaded only when one is named.

A span for each generation and a child for each attempt, made from the terminal record: nothing of
this is on a request's way but one call, and spans leave in batches from a thread, over a bounded
queue. Names and attributes are those of the GenAI semantic conventions (opentelemetry.io, 1.38); no
prompt, answer, key or user is among them.
"""

from collections.abc import Iterator, Mapping
from typing import Final, Protocol

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import TraceIdRatioBased
from opentelemetry.trace import SpanKind, Status, StatusCode, set_span_in_context
from opentelemetry.util.types import AttributeValue

from turnout.core.types import Attempt, Dialect, Generation

EXPORT_S: Final = 5.0
_DELAY_MS: Final = 2000
_BATCH: Final = 512
_NS_PER_MS: Final = 1_000_000
_NANO_USD: Final = 1e-9

_OPERATIONS: Final[Mapping[Dialect, str]] = {"openai.completions": "text_completion"}
"""Every other dialect is a chat."""


class Rules(Protocol):
    """What the operator says of spans; see `config.settings.Telemetry`."""

    @property
    def service_name(self) -> str:
        """Of this gateway."""
        ...

    @property
    def sample(self) -> float:
        """Share of generations."""
        ...

    @property
    def queue(self) -> int:
        """Spans that may wait."""
        ...


class Spans:
    """Turns records into spans. One per gateway; `close` sends what waits."""

    def __init__(self, url: str, headers: Mapping[str, str], rules: Rules, version: str) -> None:
        exporter = OTLPSpanExporter(endpoint=url, headers=dict(headers), timeout=EXPORT_S)
        self._provider = TracerProvider(
            resource=Resource.create(
                {"service.name": rules.service_name, "service.version": version}
            ),
            sampler=TraceIdRatioBased(rules.sample),
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(
            BatchSpanProcessor(
                exporter,
                max_queue_size=rules.queue,
                schedule_delay_millis=_DELAY_MS,
                max_export_batch_size=min(_BATCH, rules.queue),
            )
        )
        self._tracer = self._provider.get_tracer("turnout", version)

    def add(self, generation: Generation) -> None:
        """The spans of a record; called for every one."""
        begun_ns = generation.created_ms * _NS_PER_MS
        operation = _OPERATIONS.get(generation.dialect, "chat")
        span = self._tracer.start_span(
            f"{operation} {generation.model or generation.requested}".strip(),
            kind=SpanKind.SERVER,
            start_time=begun_ns,
            attributes=dict(_of_generation(generation, operation)),
        )
        if span.is_recording():
            inside = set_span_in_context(span)
            for attempt in generation.attempts:
                child = self._tracer.start_span(
                    f"{operation} {attempt.model}",
                    context=inside,
                    kind=SpanKind.CLIENT,
                    start_time=attempt.started_ms * _NS_PER_MS,
                    attributes=dict(_of_attempt(attempt, operation, generation)),
                )
                if attempt.outcome not in ("served", "cancelled", "outpaced"):
                    child.set_status(Status(StatusCode.ERROR, attempt.outcome))
                child.end((attempt.started_ms + attempt.latency_ms) * _NS_PER_MS)
            if generation.state in ("failed", "interrupted"):
                span.set_status(Status(StatusCode.ERROR, generation.error_type))
        span.end(begun_ns + generation.latency_ms * _NS_PER_MS)

    def close(self) -> None:
        """Sends what waits and ends the thread; blocks for the time of one export at most."""
        self._provider.shutdown()


def _of_generation(generation: Generation, operation: str) -> Iterator[tuple[str, AttributeValue]]:
    yield "gen_ai.operation.name", operation
    yield "gen_ai.request.model", generation.requested
    yield "gen_ai.response.id", generation.id
    yield "turnout.state", generation.state
    yield "turnout.attempts", len(generation.attempts)
    yield "turnout.streamed", generation.streamed
    if generation.model:
        yield "gen_ai.response.model", generation.model
        yield "gen_ai.provider.name", generation.provider
        yield "turnout.endpoint", generation.endpoint
        yield from _of_use(generation)
    if generation.finish_reason is not None:
        yield "gen_ai.response.finish_reasons", [generation.finish_reason]
    if generation.session_id is not None:
        yield "gen_ai.conversation.id", generation.session_id
    if generation.ttft_ms is not None:
        yield "turnout.ttft_ms", generation.ttft_ms
    if generation.error_type is not None:
        yield "error.type", generation.error_type


def _of_use(generation: Generation) -> Iterator[tuple[str, AttributeValue]]:
    usage = generation.usage
    yield "gen_ai.usage.input_tokens", usage.prompt_tok
    yield "gen_ai.usage.output_tokens", usage.completion_tok
    if usage.cache_read:
        yield "gen_ai.usage.cache_read.input_tokens", usage.cache_read
    if not generation.unpriced:
        yield "turnout.cost_usd", generation.cost_nusd * _NANO_USD


def _of_attempt(
    attempt: Attempt, operation: str, generation: Generation
) -> Iterator[tuple[str, AttributeValue]]:
    yield "gen_ai.operation.name", operation
    yield "gen_ai.provider.name", attempt.provider
    yield "gen_ai.request.model", attempt.model
    yield "turnout.endpoint", attempt.endpoint
    yield "turnout.outcome", attempt.outcome
    yield "turnout.purpose", attempt.purpose
    if attempt.status is not None:
        yield "http.response.status_code", attempt.status
    if attempt.ttft_ms is not None:
        yield "turnout.ttft_ms", attempt.ttft_ms
    if attempt.upstream_id is not None:
        yield "gen_ai.response.id", attempt.upstream_id
    usage = attempt.usage
    if usage is None and attempt.outcome == "served" and attempt.endpoint == generation.endpoint:
        usage = generation.usage
    if usage is not None:
        yield "gen_ai.usage.input_tokens", usage.prompt_tok
        yield "gen_ai.usage.output_tokens", usage.completion_tok
    if attempt.outcome not in ("served", "cancelled", "outpaced"):
        yield "error.type", attempt.outcome
