"""The form of Gemini's table: what clients ask in OpenAI's words, and what Gemini must receive."""

from dataclasses import dataclass
from typing import Any, Final

Fields = dict[str, Any]

LATEST: Final = "gemini-3.5-flash"
BUDGET: Final = "gemini-2.5-flash"
OLD: Final = "gemini-2.0-flash"
SHOWN: Final[Fields] = {"generationConfig": {"thinkingConfig": {"includeThoughts": True}}}
HI: Final[Fields] = {"messages": [{"role": "user", "content": "hi"}]}
HI_SENT: Final[Fields] = {"contents": [{"role": "user", "parts": [{"text": "hi"}]}]}


@dataclass(frozen=True)
class Case:
    """One request, both sides.

    Attributes:
        request: The client's body without its model.
        sent: The whole body that goes up.
        model: The upstream's name of it.
        urls: The house fetches media of the open web.
    """

    id: str
    request: Fields
    sent: Fields
    model: str = OLD
    dropped: tuple[str, ...] = ()
    translated: tuple[str, ...] = ()
    emulated: tuple[str, ...] = ()
    urls: bool = False


def user(*content: Any) -> Fields:
    """One user message of parts."""
    return {"messages": [{"role": "user", "content": list(content)}]}


def parts(*sent: Fields) -> Fields:
    """One user turn."""
    return {"contents": [{"role": "user", "parts": list(sent)}]}


def called(id_: str, name: str, arguments: str = "{}", **more: Any) -> Fields:
    """A call of an earlier turn."""
    function = {"name": name, "arguments": arguments}
    return {"id": id_, "type": "function", "function": function, **more}


def result(id_: str, content: Any) -> Fields:
    """Its result."""
    return {"role": "tool", "tool_call_id": id_, "content": content}


def tool(name: str, parameters: Fields | None = None, **more: Any) -> Fields:
    """A function."""
    function = {"name": name, **more}
    return {
        "type": "function",
        "function": function | ({"parameters": parameters} if parameters else {}),
    }


def config(**said: Any) -> Fields:
    """The plain question with that generationConfig."""
    return {**HI_SENT, "generationConfig": said}


SIMPLE: Final[Fields] = {
    "type": "object",
    "properties": {"x": {"type": "integer"}},
    "required": ["x"],
}
PNG: Final = "data:image/png;base64,iVBORw0KGgo="
SEAL: Final = "c2VhbA=="


def history(call: Fields, **more: Any) -> Fields:
    """A question, a call, its result."""
    assistant = {"role": "assistant", "content": None, "tool_calls": [call], **more}
    return {"messages": [{"role": "user", "content": "hi"}, assistant, result(call["id"], "7")]}


def history_sent(call: Fields, response: Fields | None = None, **more: Any) -> Fields:
    """The same at Gemini."""
    answer = {"name": call["name"], "response": response or {"output": "7"}, "id": call["id"]}
    return {
        "contents": [
            {"role": "user", "parts": [{"text": "hi"}]},
            {"role": "model", "parts": [{"functionCall": call, **more}]},
            {"role": "user", "parts": [{"functionResponse": answer}]},
        ]
    }


CALL: Final[Fields] = {"name": "f", "args": {}, "id": "c1"}
