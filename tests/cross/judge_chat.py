"""OpenAI's SDK speaking Chat Completions: asks a case, hears the answer."""

import json
from typing import Any, Final

import openai
from tests.cross.cases import PARAMETERS, PDF, PNG, SCHEMA, TOOLS, Case, Got
from tests.gateway import Gateway

IMAGE: Final = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}}
ERROR: Final = openai.APIError


def ask(gateway: Gateway, model: str, case: Case, *, stream: bool) -> Got:
    """What the SDK hears; raises ERROR for an error."""
    with openai.OpenAI(
        api_key=gateway.key, base_url=f"{gateway.url}/api/v1", max_retries=0
    ) as made:
        client: Any = made
        asked = {"model": model, **_request(case)}
        if not stream:
            return _got(client.chat.completions.create(**asked))
        return _streamed(client.chat.completions.create(**asked, stream=True))


def _streamed(chunks: Any) -> Got:
    """A stream by hand: the SDK's own reading raises for a filter and for a limit."""
    text, thought, finish, last = "", "", None, None
    calls: dict[int, list[str]] = {}
    for chunk in chunks:
        last = chunk
        for choice in chunk.choices:
            text += choice.delta.content or ""
            thought += getattr(choice.delta, "reasoning", None) or ""
            finish = choice.finish_reason or finish
            for call in choice.delta.tool_calls or ():
                said = calls.setdefault(call.index, ["", ""])
                said[0] += call.function.name or ""
                said[1] += call.function.arguments or ""
    assert last is not None
    return Got(
        id=last.id,
        text=text,
        reasoning=thought,
        calls=tuple((calls[at][0], json.loads(calls[at][1])["q"]) for at in sorted(calls)),
        finish=finish,
        prompt_tok=last.usage.prompt_tokens,
        cached_tok=last.usage.prompt_tokens_details.cached_tokens,
    )


def _request(case: Case) -> dict[str, Any]:
    words = "Hi" if case.fault is None else f"Hi [[fault:{case.fault}]]"
    content: Any = words
    if case.image:
        content = [{"type": "text", "text": words}, IMAGE]
    if case.pdf:
        file = {"filename": "a.pdf", "file_data": f"data:application/pdf;base64,{PDF}"}
        content = [{"type": "text", "text": words}, {"type": "file", "file": file}]
    fields: dict[str, Any] = {"messages": [{"role": "user", "content": content}, *_earlier(case)]}
    if case.tools:
        functions = [{"name": name, "parameters": PARAMETERS} for name in TOOLS]
        fields["tools"] = [{"type": "function", "function": one} for one in functions]
    if case.forced:
        fields["tool_choice"] = {"type": "function", "function": {"name": case.forced}}
    if case.schema:
        shape = {"name": "place", "schema": SCHEMA, "strict": True}
        fields["response_format"] = {"type": "json_schema", "json_schema": shape}
    said = {"stop": case.stop, "max_tokens": case.limit, "reasoning_effort": case.effort}
    return fields | {name: value for name, value in said.items() if value is not None}


def _earlier(case: Case) -> list[dict[str, Any]]:
    if case.earlier is None:
        return []
    function = {"name": "look", "arguments": '{"q":"x"}'}
    call = {"id": "call_earlier1", "type": "function", "function": function}
    result: Any = "seen it" if case.earlier == "text" else [IMAGE]
    return [
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_earlier1", "content": result},
    ]


def _got(answer: Any) -> Got:
    choice = answer.choices[0]
    message = choice.message
    details = answer.usage.prompt_tokens_details
    return Got(
        id=answer.id,
        text=message.content or "",
        reasoning=getattr(message, "reasoning", None) or "",
        calls=tuple(
            (call.function.name, json.loads(call.function.arguments)["q"])
            for call in message.tool_calls or ()
        ),
        finish=choice.finish_reason,
        prompt_tok=answer.usage.prompt_tokens,
        cached_tok=details.cached_tokens if details else 0,
    )
