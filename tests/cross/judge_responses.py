"""OpenAI's SDK speaking Responses: asks a case, hears the answer."""

import json
from typing import Any, Final

import openai
from tests.cross.cases import PARAMETERS, PDF, PNG, SCHEMA, TOOLS, Case, Got
from tests.gateway import Gateway

IMAGE: Final = {"type": "input_image", "image_url": f"data:image/png;base64,{PNG}"}
ERROR: Final = openai.APIError


def ask(gateway: Gateway, model: str, case: Case, *, stream: bool) -> Got:
    """What the SDK hears; raises ERROR for an error."""
    with openai.OpenAI(
        api_key=gateway.key, base_url=f"{gateway.url}/api/v1", max_retries=0
    ) as made:
        client: Any = made
        asked = {"model": model, **_request(case)}
        if not stream:
            return _got(client.responses.create(**asked))
        last: Any = None
        for event in client.responses.create(**asked, stream=True):
            if event.type in ("error", "response.failed"):
                raise ERROR(event.type, request=None, body=None)  # pyright: ignore[reportArgumentType]  (there is none here)
            if event.type in ("response.completed", "response.incomplete"):
                last = event.response
        return _got(last)


def _request(case: Case) -> dict[str, Any]:
    words = "Hi" if case.fault is None else f"Hi [[fault:{case.fault}]]"
    content: list[Any] = [{"type": "input_text", "text": words}]
    if case.image:
        content.append(IMAGE)
    if case.pdf:
        data = f"data:application/pdf;base64,{PDF}"
        content.append({"type": "input_file", "filename": "a.pdf", "file_data": data})
    fields: dict[str, Any] = {"input": [{"role": "user", "content": content}, *_earlier(case)]}
    if case.tools:
        fields["tools"] = [
            {"type": "function", "name": name, "parameters": PARAMETERS, "strict": False}
            for name in TOOLS
        ]
    if case.forced:
        fields["tool_choice"] = {"type": "function", "name": case.forced}
    if case.schema:
        shape = {"type": "json_schema", "name": "place", "schema": SCHEMA, "strict": True}
        fields["text"] = {"format": shape}
    if case.limit:
        fields["max_output_tokens"] = case.limit
    if case.effort:
        fields["reasoning"] = {"effort": case.effort}
    if case.stop:
        fields["extra_body"] = {"stop": [case.stop]}
    return fields


def _earlier(case: Case) -> list[dict[str, Any]]:
    if case.earlier is None:
        return []
    call = {"type": "function_call", "call_id": "call_earlier1", "name": "look"}
    output: Any = "seen it" if case.earlier == "text" else [IMAGE]
    result = {"type": "function_call_output", "call_id": "call_earlier1", "output": output}
    return [{**call, "arguments": '{"q":"x"}'}, result]


def _got(answer: Any) -> Got:
    calls = tuple(
        (item.name, json.loads(item.arguments)["q"])
        for item in answer.output
        if item.type == "function_call"
    )
    thoughts = [item for item in answer.output if item.type == "reasoning"]
    finish = "tool_calls" if calls else "stop"
    if answer.status == "incomplete":
        reason = answer.incomplete_details.reason
        finish = "content_filter" if reason == "content_filter" else "length"
    return Got(
        id=answer.id,
        text=answer.output_text,
        reasoning="".join(
            part.text for item in thoughts for part in [*(item.content or ()), *item.summary]
        ),
        calls=calls,
        finish=finish,
        prompt_tok=answer.usage.input_tokens,
        cached_tok=answer.usage.input_tokens_details.cached_tokens,
    )
