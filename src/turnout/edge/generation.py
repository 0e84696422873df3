"""`GET /generation`: one record in the contract's shape, readable once the answer is there."""

from typing import Any

import msgspec

from turnout.core.errors import Refusal
from turnout.core.types import Attempt, Generation
from turnout.edge.ask import Ask, Reply, reply
from turnout.edge.shapes import dollars, iso
from turnout.flow.plan.choose import ROUTER_STAGES
from turnout.ledger.contents import Content

_API_TYPES = {"openai.chat": "completions", "openai.completions": "completions"}


class GenerationQuery(msgspec.Struct, frozen=True):
    """Query of `GET /generation`."""

    id: str


async def get_generation(ask: Ask) -> Reply:
    """The record of a generation, for the key that made it or a management key."""
    record = await ask.gateway.ledger.get(ask.asked(GenerationQuery).id)
    if record is None or not _may_see(ask, record):
        raise Refusal("not_found", "No generation has this id.", param="id")
    return reply({"data": shown(record, ask)})


async def get_generation_content(ask: Ask) -> Reply:
    """What was asked and answered, where the operator keeps that."""
    record = await ask.gateway.ledger.get(ask.asked(GenerationQuery).id)
    if record is None or not _may_see(ask, record):
        raise Refusal("not_found", "No generation has this id.", param="id")
    content = await ask.gateway.contents.get(record.id)
    if content is None:
        text = "The content of this generation is not kept ([logging] content is off, or was)."
        raise Refusal("not_found", text, param="id")
    output = {"completion": content.completion or None, "reasoning": content.reasoning or None}
    data = {"error": _error(record), "input": _input(content), "output": output}
    return reply({"data": data})


def _error(record: Generation) -> dict[str, Any] | None:
    if record.error_type is None:
        return None
    failed = [a for a in record.attempts if a.outcome not in {"served", "cancelled"}]
    return {
        "message": record.error_message,
        "previous_errors": [
            {
                "code": attempt.status or 502,
                "message": attempt.message or attempt.outcome,
                "provider_name": attempt.provider,
                "raw": None,
            }
            for attempt in failed
        ],
        "provider_name": record.provider or None,
        "raw": None,
        "status": failed[-1].status if failed else None,
    }


def _input(content: Content) -> dict[str, Any]:
    """The messages where there are any, else the prompt as text."""
    try:
        fields = msgspec.json.decode(content.prompt, type=dict[str, msgspec.Raw])
    except msgspec.DecodeError:
        return {"prompt": content.prompt.decode(errors="replace")}
    if "messages" in fields:
        return {"messages": fields["messages"]}
    return {"prompt": content.prompt.decode(errors="replace")}


def _may_see(ask: Ask, record: Generation) -> bool:
    return ask.caller.management or ask.caller.hash == record.key_hash


def shown(record: Generation, ask: Ask) -> dict[str, Any]:
    """Every key of contract section 2.3, null where unknown, and ours beside them."""
    usage = record.usage
    cost = dollars(record.cost_nusd)
    connection = ask.gateway.snapshot.connections.get(record.provider)
    return _CONTRACT_NULLS | {
        "id": record.id,
        "request_id": record.request_id,
        "upstream_id": record.upstream_id,
        "session_id": record.session_id,
        "api_type": _API_TYPES.get(record.dialect, "completions"),
        "created_at": iso(record.created_ms),
        "model": record.model or record.requested,
        "provider_name": connection.provider.name if connection else record.provider or None,
        "streamed": record.streamed,
        "cancelled": record.state == "cancelled",
        "finish_reason": record.finish_reason,
        "native_finish_reason": record.native_finish_reason,
        "latency": record.ttft_ms if record.ttft_ms is not None else record.latency_ms,
        "generation_time": record.generation_ms,
        "tokens_prompt": usage.prompt_tok,
        "tokens_completion": usage.completion_tok,
        "native_tokens_prompt": usage.prompt_tok,
        "native_tokens_completion": usage.completion_tok,
        "native_tokens_reasoning": usage.reasoning,
        "native_tokens_cached": usage.cache_read,
        "native_tokens_completion_images": usage.image_out,
        "total_cost": cost,
        "usage": cost,
        "upstream_inference_cost": cost,
        "cache_discount": dollars(record.cache_discount_nusd) if usage.cache_read else None,
        "http_referer": record.app_url,
        "origin": record.app_url or "",
        "user_agent": record.user_agent,
        "service_tier": record.service_tier,
        **_searched(record),
        **_routed(record),
        "provider_responses": [_attempt(attempt) for attempt in record.attempts],
        "turnout": _ours(record),
    }


def _searched(record: Generation) -> dict[str, Any]:
    for stage in record.pipeline:
        if stage.name == "web":
            found = stage.data.get("results")
            return {"web_search_engine": stage.data.get("engine"), "num_search_results": found}
    return {}


def _routed(record: Generation) -> dict[str, Any]:
    routed = any(stage.name in ROUTER_STAGES for stage in record.pipeline)
    return {"router": record.requested} if routed else {}


def _attempt(attempt: Attempt) -> dict[str, Any]:
    return {
        "endpoint_id": attempt.endpoint,
        "id": attempt.upstream_id or "",
        "is_byok": False,
        "latency": attempt.latency_ms,
        "model_permaslug": attempt.model,
        "provider_name": attempt.provider,
        "status": attempt.status,
        "outcome": attempt.outcome,
        "message": attempt.message,
        "ttft": attempt.ttft_ms,
        "purpose": attempt.purpose,
        **_line(attempt),
    }


def _line(attempt: Attempt) -> dict[str, Any]:
    """The attempt's line on the bill, where more than one is on it."""
    usage = attempt.usage
    line: dict[str, Any] = {}
    if attempt.cost_nusd is not None:
        line["cost"] = dollars(attempt.cost_nusd)
    if usage is not None:
        line["tokens_prompt"] = usage.prompt_tok
        line["tokens_completion"] = usage.completion_tok
        line["estimated_usage"] = usage.estimated
    return line


def _ours(record: Generation) -> dict[str, Any]:
    return {
        "state": record.state,
        "requested": record.requested,
        "endpoint": record.endpoint,
        "estimated_usage": record.usage.estimated,
        "unpriced": record.unpriced,
        "latency_ms": record.latency_ms,
        "ttft_ms": record.ttft_ms,
        "honoured_parameters": record.honoured,
        "translated_parameters": record.translated,
        "dropped_parameters": record.dropped,
        "emulated_parameters": record.emulated,
        "error_type": record.error_type,
        "error_message": record.error_message,
        "app_title": record.app_title,
        "app_categories": record.app_categories,
        "pipeline": record.pipeline,
        "seed": str(record.seed),
        "decision": record.decision,
        "hedge_cost": dollars(record.hedge_nusd),
        "continued": record.continued,
    }


_CONTRACT_NULLS: dict[str, Any] = {
    "app_id": None,
    "data_region": "global",
    "external_user": None,
    "is_byok": False,
    "moderation_latency": None,
    "num_fetches": None,
    "num_input_audio_prompt": None,
    "num_media_completion": None,
    "num_media_prompt": None,
    "num_search_results": None,
    "preset_id": None,
    "response_cache_source_id": None,
    "router": None,
    "web_search_engine": None,
    "workspace_id": None,
}
"""Keys the contract's clients require, of features that this gateway does not have."""
