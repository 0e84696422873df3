"""The whole answer a client reads: built here for the splice and for the translation alike."""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from turnout.dialects.adapter import Bill, Head, Tally
from turnout.dialects.events import (
    Annotations,
    Completion,
    Event,
    Failure,
    Finish,
    Identity,
    UsageReport,
)
from turnout.dialects.openai_chat.chunks import head_fields
from turnout.dialects.openai_chat.decoder import Choice, Reading, identity, is_set
from turnout.dialects.openai_chat.deltas import Json, merged, message, said, without
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.dialects.openai_chat.usage import (
    Reported,
    members,
    metadata_member,
    read_usage,
    write_usage,
)
from turnout.dialects.tiers import openai_tier

# Members that we speak for at the top of an answer; all others ride along.
_OURS: Final = frozenset(
    {"id", "provider", "model", "object", "created", "system_fingerprint", "choices", "usage"}
)
_REBUILT: Final = frozenset({"reasoning", "reasoning_details", "tool_calls"})
_CALLS: Final = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
_NULL: Final = msgspec.Raw(b"null")


def write_answer(completion: Completion, head: Head, bill: Bill) -> bytes:
    """An answer out of events."""
    choices: dict[int, list[Event]] = {}
    fingerprint, tier = None, None
    for event in completion.events:
        match event:
            case Identity():
                fingerprint, tier = event.system_fingerprint, openai_tier(event.service_tier)
            case UsageReport() | Failure():
                pass
            case _:
                choices.setdefault(event.choice, []).append(event)
    rest = members({"service_tier": tier}) if tier else b""
    written = [_choice(index, events) for index, events in sorted(choices.items())]
    return assemble(head, bill, msgspec.json.encode(fingerprint), written, rest)


def assemble(
    head: Head,
    bill: Bill,
    fingerprint: bytes | msgspec.Raw,
    choices: list[dict[str, Json]],
    rest: bytes,
    reported: Reported | None = None,
) -> bytes:
    """The body; `rest`: further members with a comma in front of each."""
    return b"".join(
        (
            b"{",
            head_fields(head, "chat.completion"),
            b'"system_fingerprint":',
            fingerprint,
            b',"choices":',
            msgspec.json.encode(choices),
            rest,
            b',"usage":',
            write_usage(bill, reported),
            metadata_member(bill),
            b"}",
        )
    )


def _choice(index: int, events: list[Event]) -> dict[str, Json]:
    what = message(events)
    choice: dict[str, Json] = {"index": index, "message": what.delta}
    if what.logprobs is not None:
        choice["logprobs"] = what.logprobs
    return _ended(choice, what.finish)


def _ended(choice: dict[str, Json], finish: Finish | None) -> dict[str, Json]:
    choice["finish_reason"] = finish.reason if finish else None
    choice["native_finish_reason"] = finish.native if finish else None
    return choice


class SplicedAnswer:
    """The upstream's own answer with model, ids, reasons, reasoning and usage made ours."""

    __slots__ = ("_choices", "_fields", "_head", "_reported", "tally")

    def __init__(
        self,
        fields: Mapping[str, msgspec.Raw],
        choices: list[dict[str, Json]],
        reported: Reported | None,
        head: Head,
        tally: Tally,
    ) -> None:
        self.tally = tally
        self._head = head
        self._fields = fields
        self._choices = choices
        self._reported = reported

    def render(self, bill: Bill) -> bytes:
        """See Answer."""
        fingerprint = self._fields.get("system_fingerprint", _NULL)
        rest = members(without(self._fields, _OURS))
        return assemble(self._head, bill, fingerprint, self._choices, rest, self._reported)


def spliced_answer(reading: Reading, head: Head, tally: Tally) -> SplicedAnswer:
    """Any answer."""
    choices = [_spliced(choice) for choice in reading.choices]
    return SplicedAnswer(reading.fields, choices, reading.usage, head, tally)


def plain_answer(body: bytes, head: Head, quirks: Quirks) -> SplicedAnswer | None:
    """The common answer, one choice of plain words, in few steps; None for every other.

    Equal to what `spliced_answer` makes of it: the message goes as it is, undecoded.
    """
    try:
        fields = _OBJECT.decode(body)
        (choice,) = _CHOICES.decode(fields["choices"])
        message = _OBJECT.decode(choice["message"])
        text, finish = bytes(message["content"]), _REASON.decode(choice["finish_reason"])
        reported = read_usage(fields["usage"], beside=quirks.reasoning_beside)
    except (msgspec.DecodeError, RecursionError, KeyError, ValueError):
        return None
    if (
        fields.keys() & _UNUSUAL
        or choice.keys() & _UNUSUAL
        or not message.keys() <= _WORDS
        or not message.keys() >= {"role", "content"}
        or choice.get("index") != _ZERO
        or text[:1] != b'"'
        or len(text) == 2
        or is_set(message, "refusal")
        or reported is None
        or quirks.sources
    ):
        return None
    ours: dict[str, Json] = {**choice, "finish_reason": finish, "native_finish_reason": finish}
    tally = Tally(
        content=True,
        spoken=bytearray(text[1:-1]),
        usage=reported.usage,
        finish=finish,
        native_finish=finish,
        ended=True,
        escaped=True,
    )
    told = identity(fields)
    tally.upstream_id, tally.service_tier = told.upstream_id, told.service_tier
    return SplicedAnswer(fields, [ours], reported, head, tally)


_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_CHOICES: Final = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
_REASON: Final = msgspec.json.Decoder(Literal["stop", "length"])
_ZERO: Final = msgspec.Raw(b"0")
_UNUSUAL: Final = frozenset({"error", "native_finish_reason"})
_WORDS: Final = frozenset({"role", "content", "refusal"})


def _spliced(choice: Choice) -> dict[str, Json]:
    fields: dict[str, Json] = {**choice.fields, "index": choice.index}
    finish = next((event for event in choice.events if isinstance(event, Finish)), None)
    fields["message"] = _spliced_message(choice.delta, choice.events)
    return _ended(fields, finish)


def _spliced_message(raw: Mapping[str, msgspec.Raw], events: list[Event]) -> dict[str, Json]:
    """Every field of the upstream's message; reasoning unified beside them, calls canonical."""
    fields: dict[str, Json] = {"role": "assistant", "content": None, **raw}
    written = bytes(raw["content"])[:1] in (b'"', b"n") if "content" in raw else True
    cited = any(isinstance(event, Annotations) for event in events)
    if raw.keys() <= _PLAIN and written and not cited:
        return fields
    ours = said(merged(events)).delta
    for name in ("reasoning", "reasoning_details", "annotations"):
        if name in ours and not is_set(raw, name):
            fields[name] = ours[name]
    calls = ours.get("tool_calls")
    if isinstance(calls, list):
        fields["tool_calls"] = _spliced_calls(raw, calls)
    elif "tool_calls" in raw:
        fields.pop("tool_calls")
    if not written:
        fields["content"] = ours.get("content")
    return fields


_PLAIN: Final = frozenset({"role", "content", "refusal", "annotations"})


def _spliced_calls(raw: Mapping[str, msgspec.Raw], calls: list[Json]) -> list[Json]:
    """Our calls over the upstream's own fields, one to one: each call is named once here."""
    theirs = _CALLS.decode(raw["tool_calls"]) if is_set(raw, "tool_calls") else []
    out: list[Json] = []
    for place, call in enumerate(calls):
        if isinstance(call, dict):
            call.pop("index", None)
            riders = theirs[place] if len(theirs) == len(calls) else {}
            out.append({**riders, **call})
    return out
