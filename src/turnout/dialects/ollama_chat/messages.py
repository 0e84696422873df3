"""Messages as Ollama's: words, pictures as bare base64, calls with arguments as an object."""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Sequence

from turnout.core.conversation import (
    Audio,
    Conversation,
    Document,
    Image,
    Inline,
    Message,
    Part,
    Reasoning,
    Refused,
    Text,
    ToolCall,
    ToolResult,
    Video,
)
from turnout.core.errors import invalid
from turnout.dialects.lowering.arguments import as_object
from turnout.dialects.lowering.losses import Losses
from turnout.dialects.lowering.results import media_of, words_of
from turnout.dialects.openai_chat.deltas import Json


class Writer:
    """Writes the messages of one request."""

    def __init__(self, losses: Losses) -> None:
        self._losses = losses
        self._called: dict[str, str] = {}

    def messages(self, conversation: Conversation) -> list[Json]:
        """`messages`, one for one, and one more for pictures that came of calls."""
        written: list[Json] = []
        for message in conversation.messages:
            for part in message.parts:
                self._note(part)
            written += self._message(message)
        return written

    def _note(self, part: Part) -> None:
        if isinstance(part, ToolCall):
            self._called[part.id] = part.name
        elif not isinstance(part, Reasoning | Refused) and part.cache is not None:
            self._losses.drop("messages.cache_control")  # Ollama caches by itself

    def _message(self, message: Message) -> list[Json]:
        if message.name is not None:
            self._losses.drop("messages.name")
        if message.role == "tool":
            results = [part for part in message.parts if isinstance(part, ToolResult)]
            return [said for result in results for said in self._result(result)]
        results = [part for part in message.parts if isinstance(part, ToolResult)]
        before = [said for result in results for said in self._result(result)]
        others = [part for part in message.parts if not isinstance(part, ToolResult)]
        role = "system" if message.role == "developer" else message.role
        if before and not others:
            return before
        return [*before, self._said(role, others)]

    def _said(self, role: str, parts: Sequence[Part]) -> Json:
        words: list[str] = []
        images: list[Json] = []
        calls: list[Json] = []
        thinking = ""
        for part in parts:
            match part:
                case Text() | Refused():
                    words.append(part.text)
                case Image():
                    images.append(self._image(part))
                case ToolCall():
                    calls.append(self._call(part))
                case Reasoning():
                    thinking += self._thought(part)
                case _:
                    words.append(self._file(part))
        said: dict[str, Json] = {"role": role, "content": "\n".join(words)}
        more: dict[str, Json] = {"thinking": thinking, "images": images, "tool_calls": calls}
        said.update({name: value for name, value in more.items() if value})
        return said

    def _thought(self, part: Reasoning) -> str:
        if part.kind == "encrypted" or not part.text:
            self._losses.drop("messages.reasoning")
            return ""
        return part.text

    def _call(self, part: ToolCall) -> Json:
        function: dict[str, Json] = {
            "name": part.name,
            "arguments": as_object(part, self._losses),
        }
        return {"id": part.id, "function": function}

    def _result(self, part: ToolResult) -> list[Json]:
        result: dict[str, Json] = {"role": "tool", "content": words_of(part, self._losses)}
        name = self._called.get(part.call_id)
        if name is not None:
            result["tool_name"] = name
        result["tool_call_id"] = part.call_id
        media = media_of(part)
        if not media:
            return [result]
        self._losses.translate("messages.tool")
        return [result, self._said("user", media)]

    def _image(self, part: Image) -> str:
        if part.detail is not None:
            self._losses.drop("messages.image_url.detail")
        if not isinstance(part.source, Inline):
            raise invalid("messages.image_url", "this provider takes pictures by value only.")
        return part.source.data

    def _file(self, part: Part) -> str:
        """A file that is text, as text: Ollama takes no files."""
        match part:
            case Document(source=Inline(data=data)) if (text := _text(data)) is not None:
                self._losses.translate("messages.file")
                return f"{part.filename}:\n{text}" if part.filename else text
            case Document():
                raise invalid("messages.file", "this provider takes only files that are text.")
            case Audio() | Video() | _:
                raise invalid("messages.content", "this provider takes text and pictures only.")


def _text(data: str) -> str | None:
    try:
        return b64decode(data, validate=True).decode()
    except (NotBase64, ValueError):
        return None
