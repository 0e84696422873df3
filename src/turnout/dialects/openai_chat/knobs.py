"""The one reasoning knob: how clients turn it, and how each upstream wants it said."""

from collections.abc import Mapping
from typing import Final, Literal, assert_never

import msgspec

from turnout.core.conversation import ReasoningEffort, ReasoningWish
from turnout.dialects.openai_chat.deltas import Json
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.wire.openai_chat import ReasoningKnob

KNOBS: Final = frozenset({"reasoning", "reasoning_effort", "include_reasoning"})

_KNOB: Final = msgspec.json.Decoder(ReasoningKnob | None)
_EFFORT: Final = msgspec.json.Decoder(ReasoningEffort | None)
_BOOL: Final = msgspec.json.Decoder(bool | None)
_TEMPLATE: Final = "chat_template_kwargs"
_USUAL_OUTPUT_TOK: Final = 16_384

# Contract section 7: what part of the output limit an effort may think, largest first.
_RATIOS: Final[tuple[tuple[float, ReasoningEffort], ...]] = (
    (0.95, "xhigh"),
    (0.8, "high"),
    (0.5, "medium"),
    (0.2, "low"),
    (0.0, "minimal"),
)


class Said(msgspec.Struct, frozen=True):
    """Upstream fields, and what could not be said or was said otherwise."""

    fields: Mapping[str, Json]
    dropped: tuple[str, ...] = ()
    emulated: tuple[str, ...] = ()


def wish_of(fields: Mapping[str, msgspec.Raw]) -> ReasoningWish | None:
    """What a client of the contract asks of thinking; None when it asks nothing."""
    knob = _KNOB.decode(fields["reasoning"]) if "reasoning" in fields else None
    effort = _EFFORT.decode(fields["reasoning_effort"]) if "reasoning_effort" in fields else None
    shown = _BOOL.decode(fields["include_reasoning"]) if "include_reasoning" in fields else None
    if knob is None and effort is None and shown is None:
        return None
    knob = knob or ReasoningKnob()
    exclude = knob.exclude
    if exclude is None and shown is not None:
        exclude = not shown
    return ReasoningWish(
        effort=knob.effort or effort,
        max_tok=knob.max_tokens,
        exclude=exclude,
        enabled=knob.enabled,
        summary=knob.summary,
    )


def wish_fields(wish: ReasoningWish) -> dict[str, Json]:
    """A wish as the contract's own `reasoning` object."""
    knob: dict[str, Json] = {
        "effort": wish.effort,
        "max_tokens": wish.max_tok,
        "exclude": wish.exclude,
        "enabled": wish.enabled,
        "summary": wish.summary,
    }
    return {"reasoning": {name: value for name, value in knob.items() if value is not None}}


def say(
    wish: ReasoningWish,
    quirks: Quirks,
    limit_tok: int | None,
    template: msgspec.Raw | None,
) -> Said:
    """The wish in the upstream's words.

    Args:
        wish: What the client asked.
        quirks: `reasoning` says how.
        limit_tok: The output limit that a budget is compared with, None when unknown.
        template: The client's own `chat_template_kwargs`, kept beside ours.
    """
    way = quirks.reasoning
    if way == "object":
        return Said(wish_fields(wish))
    # Upstreams with one word for it show what they think or hide it as they like.
    dropped = ("reasoning.exclude",) if wish.exclude else ()
    if wish.summary is not None:
        dropped = (*dropped, "reasoning.summary")
    if wish.effort is None and wish.max_tok is None and wish.enabled is None:
        return Said({}, dropped)
    if way == "none":
        return Said({}, ("reasoning",))
    if way == "effort":
        emulated = () if wish.effort is not None else ("reasoning",)
        return Said({"reasoning_effort": effort_of(wish, limit_tok)}, dropped, emulated)
    return _switched(wish, way, dropped, template)


def _switched(
    wish: ReasoningWish,
    way: Literal["enable_thinking", "thinking", "template"],
    dropped: tuple[str, ...],
    template: msgspec.Raw | None,
) -> Said:
    """Upstreams that can only think or not; a finer effort becomes "think"."""
    on = thinks(wish)
    emulated = ("reasoning.effort",) if wish.effort not in {None, "none"} else ()
    budget = wish.max_tok if on else None
    if budget is not None and way != "enable_thinking":
        dropped = (*dropped, "reasoning.max_tokens")
    match way:
        case "enable_thinking":
            fields: dict[str, Json] = {"enable_thinking": on}
            if budget is not None:
                fields["thinking_budget"] = budget
        case "thinking":
            fields = {"thinking": {"type": "enabled" if on else "disabled"}}
        case "template":
            fields = {_TEMPLATE: _with_switch(template, on=on)}
        case _:
            assert_never(way)
    return Said(fields, dropped, emulated)


def thinks(wish: ReasoningWish) -> bool:
    """Whether the wish is for thinking at all."""
    return wish.effort != "none" and wish.enabled is not False


def effort_of(wish: ReasoningWish, limit_tok: int | None) -> ReasoningEffort:
    """The effort that is meant: said, switched off, derived from a budget, or the middle."""
    if wish.enabled is False:
        return "none"
    if wish.effort is not None:
        return wish.effort
    if wish.max_tok is None:
        return "medium"
    ratio = wish.max_tok / (limit_tok or _USUAL_OUTPUT_TOK)
    return next(effort for least, effort in _RATIOS if ratio >= least)


def _with_switch(template: msgspec.Raw | None, *, on: bool) -> dict[str, Json]:
    kept: dict[str, Json] = {}
    if template is not None and bytes(template).startswith(b"{"):
        kept.update(msgspec.json.decode(template, type=dict[str, msgspec.Raw]))
    return {"enable_thinking": on, **kept}
