"""What a client of OpenAI's Responses hears, read by the official SDK's types.

Strict on the grammar of the stream: numbers without gaps, items added before they speak and done
after, and deltas that add up to what the last event holds.
"""

import json
from typing import Final

from tests.conformance.shapes import responses_shape
from tests.wire.heard import Call, Counts, Fields, Heard, Voice, child, count, items, payloads, text

_REQUIRED: Final = {
    "completed_at", "created_at", "error", "frequency_penalty", "id", "incomplete_details",
    "instructions", "metadata", "model", "object", "output", "parallel_tool_calls",
    "presence_penalty", "status", "temperature", "tool_choice", "tools", "top_p",
}  # fmt: skip
_DELTAS: Final = {
    "response.output_text.delta": "text",
    "response.refusal.delta": "refusal",
    "response.reasoning_text.delta": "reasoning",
    "response.reasoning_summary_text.delta": "reasoning",
    "response.function_call_arguments.delta": "arguments",
}


def from_responses(body: bytes, *, streamed: bool, strict: bool = True, raw: bool = False) -> Heard:
    """A whole answer or a stream, as a client reads it.

    Args:
        body: Of the answer.
        streamed: It is a stream.
        strict: It is held to the official types and the grammar.
        raw: It comes from a provider, which may leave out what the contract requires.
    """
    if not streamed:
        whole = _complete(json.loads(body), raw=raw)
        if strict:
            responses_shape(_uncounted(whole) if raw else whole, streamed=False)
        return _heard(whole)
    ear = _Ear(strict=strict, raw=raw)
    for payload in payloads(body.decode()):
        ear.take(payload)
    return ear.heard()


class _Ear:
    """One stream."""

    def __init__(self, *, strict: bool, raw: bool) -> None:
        self._strict = strict
        self._raw = raw
        self._number = -1
        self._ended = self._failed = False
        self._last: Fields | None = None
        self._spoken: dict[tuple[str, int], str] = {}
        self._opened: set[int] = set()
        self._done: set[int] = set()

    def take(self, payload: str) -> None:
        assert not self._ended, "something follows [DONE]"
        if payload == "[DONE]":
            assert self._last is not None or self._failed
            self._ended = True
            return
        event: Fields = json.loads(payload)
        if self._strict:
            assert event["sequence_number"] == self._number + 1, "sequence numbers have gaps"
        self._number += 1
        if event["type"] in ("error", "response.failed"):
            self._failed = True
            return
        if self._strict:
            responses_shape(_uncounted(event) if self._raw else event, streamed=True)
        self._take(event["type"], event)

    def _take(self, kind: str, event: Fields) -> None:
        if not self._strict:
            if kind in ("response.completed", "response.incomplete"):
                self._last = _complete(event["response"], raw=self._raw)
            return
        speaking = self._opened - self._done
        if kind == "response.output_item.added":
            assert event["output_index"] not in self._opened, "an item opens twice"
            self._opened.add(event["output_index"])
        elif kind == "response.output_item.done":
            assert event["output_index"] in speaking, "an item ends that was not open"
            self._done.add(event["output_index"])
        elif kind in ("response.completed", "response.incomplete"):
            assert self._opened == self._done, "an item was left open"
            self._last = _complete(event["response"], raw=self._raw)
        elif kind in _DELTAS:
            assert event["output_index"] in speaking
            place = (_DELTAS[kind], event["output_index"])
            self._spoken[place] = self._spoken.get(place, "") + event["delta"]

    def heard(self) -> Heard:
        if self._last is None:
            assert self._failed
            return Heard(choices={0: Voice(text=self._said("text"))}, ended=self._ended, error=True)
        told = _heard(self._last)
        voice = told.choices[0]
        if self._strict:
            assert self._said("text") == voice.text, "the deltas of text do not add up"
            assert self._said("reasoning") == voice.reasoning, "the deltas of thoughts do not"
        told.ended, told.error = self._ended, self._failed
        return told

    def _said(self, kind: str) -> str:
        return "".join(
            text for (k, _), text in sorted(self._spoken.items(), key=_place) if k == kind
        )


def _place(one: tuple[tuple[str, int], str]) -> int:
    return one[0][1]


def _uncounted(body: Fields) -> Fields:
    """Without the counts, which a gateway writes anew."""
    kept = {name: value for name, value in body.items() if name != "usage"}
    return {**kept, "response": _uncounted(body["response"])} if "response" in body else kept


def _complete(response: Fields, *, raw: bool) -> Fields:
    assert raw or set(response) >= _REQUIRED, f"missing: {_REQUIRED - set(response)}"
    return response


def _heard(response: Fields) -> Heard:
    voice = Voice()
    for item in items(response, "output"):
        match item["type"]:
            case "message":
                for part in items(item, "content"):
                    voice.text += text(part, "text")
                    voice.refusal += text(part, "refusal")
            case "reasoning":
                told = [*items(item, "content"), *items(item, "summary")]
                voice.reasoning += "".join(text(part, "text") for part in told)
            case "function_call":
                assert item["call_id"]
                voice.calls.append(Call(item["call_id"], item["name"], item["arguments"]))
            case "custom_tool_call":
                voice.calls.append(custom_call(item["call_id"], item["name"], item["input"]))
            case _:
                pass
    voice.finish = responses_finish(response, voice)
    heard = Heard(choices={0: voice}, ended=True)
    if usage := child(response, "usage"):
        heard.usage = responses_counts(usage)
    return heard


def custom_call(call_id: str, name: str, said: str) -> Call:
    """A call of a tool that takes free text, as the function of one string that chat has for it."""
    return Call(call_id, name, json.dumps({"input": said}))


def responses_finish(response: Fields, voice: Voice) -> str:
    """The unified reason of a response."""
    if response["status"] == "failed":
        return "error"
    reason = text(child(response, "incomplete_details"), "reason")
    if response["status"] == "incomplete":
        return "content_filter" if reason == "content_filter" else "length"
    return "tool_calls" if voice.calls else "stop"


def responses_counts(usage: Fields) -> Counts:
    """The dialect's counts."""
    return Counts(
        count(usage, "input_tokens"),
        count(usage, "output_tokens"),
        count(child(usage, "input_tokens_details"), "cached_tokens"),
        count(child(usage, "output_tokens_details"), "reasoning_tokens"),
    )
