"""OpenAI's Responses as providers sent them, read by the official SDK's types."""

import json
from typing import Any, Final, cast

from openai._models import construct_type
from openai.types.responses import Response, ResponseStreamEvent
from tests.conformance.heard_responses import custom_call, responses_counts, responses_finish
from tests.recordings import Exchange
from tests.wire.heard import Call, Fields, Heard, Voice, payloads

_LAST: Final = {"response.completed", "response.incomplete", "response.failed"}


def told_responses(exchange: Exchange) -> Heard:
    """A whole answer or a stream; of a stream, what its last event holds."""
    if not exchange.streamed:
        body: Fields = json.loads(exchange.body)
        if "output" not in body and body.get("error"):
            return Heard(error=True)
        return _told(construct_type(type_=Response, value=body))
    heard, spoken = Heard(), Voice()
    for payload in payloads(exchange.response_body):
        if payload.strip() == "[DONE]":
            continue
        event = cast("Any", construct_type(type_=ResponseStreamEvent, value=json.loads(payload)))
        if event.type in _LAST:
            heard = _told(event.response)
        elif event.type == "response.output_text.delta":
            spoken.text += event.delta
        elif event.type == "error":
            heard.error = True
    said = "".join(voice.text for voice in heard.choices.values())
    if heard.choices and spoken.text and said != spoken.text:
        raise ValueError("its deltas are not its text: the recording leaves some out")
    if not heard.choices:
        heard.choices[0] = spoken
        heard.ended = False
    return heard


def _told(response: Any) -> Heard:
    voice = Voice()
    for item in response.output:
        match item.type:
            case "message":
                for part in item.content:
                    voice.text += getattr(part, "text", None) or ""
                    voice.refusal += getattr(part, "refusal", None) or ""
            case "reasoning":
                told = [*(item.content or ()), *(item.summary or ())]
                voice.reasoning += "".join(part.text for part in told)
            case "function_call":
                voice.calls.append(Call(item.call_id, item.name, item.arguments))
            case "custom_tool_call":
                voice.calls.append(custom_call(item.call_id, item.name, item.input))
            case _:
                pass
    fields = response.to_dict(warnings=False)
    voice.finish = responses_finish(fields, voice)
    usage = fields.get("usage")
    return Heard(
        choices={0: voice},
        usage=responses_counts(usage) if usage else None,
        ended=True,
        error=response.status == "failed",
    )
