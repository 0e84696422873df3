"""Anthropic's SDK speaking Messages: asks a case, hears the answer."""

from typing import Any, Final

import anthropic
from tests.cross.cases import PARAMETERS, PDF, PNG, SCHEMA, TOOLS, Case, Got
from tests.gateway import Gateway

IMAGE: Final = {
    "type": "image",
    "source": {"type": "base64", "media_type": "image/png", "data": PNG},
}
ERROR: Final = anthropic.APIError
_FINISH: Final = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}


def ask(gateway: Gateway, model: str, case: Case, *, stream: bool) -> Got:
    """What the SDK hears; raises ERROR for an error."""
    with anthropic.Anthropic(
        api_key=gateway.key, base_url=f"{gateway.url}/api", max_retries=0
    ) as made:
        client: Any = made
        asked = {"model": model, **_request(case)}
        if not stream:
            return _got(client.messages.create(**asked))
        with client.messages.stream(**asked) as events:
            return _got(events.get_final_message())


def _request(case: Case) -> dict[str, Any]:
    words = "Hi" if case.fault is None else f"Hi [[fault:{case.fault}]]"
    content: list[Any] = [{"type": "text", "text": words}]
    if case.image:
        content.append(IMAGE)
    if case.pdf:
        source = {"type": "base64", "media_type": "application/pdf", "data": PDF}
        content.append({"type": "document", "source": source})
    fields: dict[str, Any] = {
        "messages": [{"role": "user", "content": content}, *_earlier(case)],
        "max_tokens": case.limit or 4096,
    }
    if case.tools:
        fields["tools"] = [{"name": name, "input_schema": PARAMETERS} for name in TOOLS]
    if case.forced:
        fields["tool_choice"] = {"type": "tool", "name": case.forced}
    if case.schema:
        fields["output_config"] = {"format": {"type": "json_schema", "schema": SCHEMA}}
    if case.stop:
        fields["stop_sequences"] = [case.stop]
    if case.effort:
        fields["thinking"] = {"type": "enabled", "budget_tokens": 1024}
    return fields


def _earlier(case: Case) -> list[dict[str, Any]]:
    if case.earlier is None:
        return []
    use = {"type": "tool_use", "id": "toolu_earlier1", "name": "look", "input": {"q": "x"}}
    content: Any = "seen it" if case.earlier == "text" else [IMAGE]
    result = {"type": "tool_result", "tool_use_id": "toolu_earlier1", "content": content}
    return [{"role": "assistant", "content": [use]}, {"role": "user", "content": [result]}]


def _got(answer: Any) -> Got:
    usage = answer.usage
    cached = usage.cache_read_input_tokens or 0
    return Got(
        id=answer.id,
        text="".join(block.text for block in answer.content if block.type == "text"),
        reasoning="".join(b.thinking for b in answer.content if b.type == "thinking"),
        calls=tuple((b.name, b.input["q"]) for b in answer.content if b.type == "tool_use"),
        finish=_FINISH[answer.stop_reason],
        prompt_tok=usage.input_tokens + cached + (usage.cache_creation_input_tokens or 0),
        cached_tok=cached,
    )
