"""Which tools an answer may call: as `tool_choice` says, and where it leaves it open, a cheap rule.

Small models held to "a call or words" nearly always call. So with `auto` only those tools are
offered that the last user message touches in some word and that have not been called since; where
none is left the model answers in words. A loop over tools therefore always ends in an answer.
"""

import re
from collections.abc import Iterable
from typing import Final, Literal

import msgspec

from turnout.core.conversation import Conversation, Message, Text, Tool, ToolCall
from turnout.core.errors import invalid

Mode = Literal["auto", "none", "required"]

_WORD: Final = re.compile(r"[A-Z]?[a-z]{2,}|[A-Z]{3,}|[^\W\d_a-zA-Z]{2,}")
_LIKE: Final = 5
_COMMON: Final = frozenset(
    {
        "about", "all", "and", "any", "are", "array", "boolean", "but", "call", "can",
        "description", "does", "for", "from", "function", "get", "give", "given", "has", "have",
        "how", "integer", "into", "its", "let", "name", "not", "number", "object", "one",
        "optional", "out", "please", "properties", "required", "return", "say", "some", "string",
        "tell", "that", "the", "then", "there", "this", "tool", "type", "use", "used", "using",
        "value", "was", "what", "when", "where", "which", "who", "why", "will", "with", "you",
        "your",
    }
)  # fmt: skip
"""Words that say nothing of what a message or a tool is about."""
_COUNTS: Final = (b'"number"', b'"integer"')


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """What one answer may be.

    Attributes:
        tools: What may be called; () for an answer in words.
        must_call: Words are no answer.
        several: The caller asked for parallel calls, so that calls come as a list.
    """

    tools: tuple[Tool, ...]
    must_call: bool = False
    several: bool = False

    @property
    def names(self) -> frozenset[str]:
        """Of the tools."""
        return frozenset(tool.name for tool in self.tools)


class _AllowedName(msgspec.Struct):
    name: str


class _AllowedTool(msgspec.Struct):
    function: _AllowedName | None = None
    name: str | None = None


class _Allowed(msgspec.Struct):
    mode: Literal["auto", "required"] = "auto"
    tools: list[_AllowedTool] = []


class _Choice(msgspec.Struct):
    type: str
    allowed_tools: _Allowed | None = None
    mode: Literal["auto", "required"] | None = None
    tools: list[_AllowedTool] = []


_CHOICE: Final = msgspec.json.Decoder(_Choice)


def offered(conversation: Conversation) -> Offer:
    """The offer for the next answer.

    Raises:
        Refusal: `tool_choice` names a tool that is not in `tools`.
    """
    mode, tools = _chosen(conversation)
    several = conversation.parallel_tool_calls is True
    if mode == "none" or not tools:
        return Offer(tools=())
    if mode == "required":
        return Offer(tools=tools, must_call=True, several=several)
    question, done = _turn(conversation.messages)
    words, counts = _words(question), any(letter.isdigit() for letter in question)
    fitting = tuple(
        tool for tool in tools if tool.name not in done and _fits(tool, words, counts=counts)
    )
    return Offer(tools=fitting, several=several)


def _chosen(conversation: Conversation) -> tuple[Mode, tuple[Tool, ...]]:
    choice, tools = conversation.tool_choice, conversation.tools
    if choice is None:
        return _allowed(conversation)
    if choice.mode != "named":
        return choice.mode, tools
    return "required", _named(tools, [choice.name or ""])


def _allowed(conversation: Conversation) -> tuple[Mode, tuple[Tool, ...]]:
    """OpenAI's choice by a list: `{"type": "allowed_tools", "allowed_tools": {mode, tools}}`."""
    raw = conversation.extra.get("tool_choice")
    if raw is None:
        return "auto", conversation.tools
    try:
        choice = _CHOICE.decode(raw)
    except msgspec.ValidationError as error:
        raise invalid("tool_choice", f"cannot be read: {error}") from error
    if choice.type != "allowed_tools":
        raise invalid("tool_choice.type", f'"{choice.type}" is not served here; use "function".')
    allowed = choice.allowed_tools or _Allowed(choice.mode or "auto", choice.tools)
    names = [(one.function.name if one.function else one.name) or "" for one in allowed.tools]
    return allowed.mode, _named(conversation.tools, names)


def _named(tools: tuple[Tool, ...], names: Iterable[str]) -> tuple[Tool, ...]:
    known = {tool.name: tool for tool in tools}
    wanted = list(dict.fromkeys(names))
    for name in wanted:
        if name not in known:
            there = ", ".join(sorted(known)) or "none"
            raise invalid("tool_choice", f'names "{name}", which is not in tools; there: {there}.')
    return tuple(known[name] for name in wanted)


def _turn(messages: tuple[Message, ...]) -> tuple[str, set[str]]:
    """What the user said last, and what has been called since."""
    done: set[str] = set()
    for message in reversed(messages):
        if message.role == "user":
            texts = [part.text for part in message.parts if isinstance(part, Text)]
            return "\n".join(texts), done
        done |= {part.name for part in message.parts if isinstance(part, ToolCall)}
    return "", done


def _fits(tool: Tool, words: frozenset[str], *, counts: bool) -> bool:
    schema = bytes(tool.parameters or b"")
    if counts and any(kind in schema for kind in _COUNTS):
        return True
    about = _words(f"{tool.name} {tool.description or ''} {schema.decode(errors='replace')}")
    return not words.isdisjoint(about)


def _words(text: str) -> frozenset[str]:
    """The telling words; of a long one its beginning, so that "calculate" meets "calculator"."""
    found = (word.lower() for word in _WORD.findall(text))
    return frozenset(
        word.removesuffix("s")[:_LIKE]
        for word in found
        if word not in _COMMON and word.removesuffix("s") not in _COMMON
    )
