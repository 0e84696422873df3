"""Turns as the messages of Cohere's v2 chat."""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterable

from turnout.core.conversation import (
    Audio,
    Conversation,
    Document,
    Image,
    Inline,
    Part,
    Reasoning,
    Refused,
    Text,
    ToolCall,
    ToolResult,
    Url,
    Video,
)
from turnout.core.errors import invalid
from turnout.dialects.lowering.losses import Losses
from turnout.dialects.lowering.results import media_of, words_of
from turnout.dialects.lowering.turns import Turn, alternating
from turnout.dialects.openai_chat.deltas import Json


class Writer:
    """Writes the messages; files that are text become documents that can be cited."""

    def __init__(self, losses: Losses) -> None:
        self._losses = losses
        self.documents: list[Json] = []

    def messages(self, conversation: Conversation) -> list[Json]:
        """`messages`: instructions, then turns, the results of calls one message each."""
        turns = alternating(conversation)
        self._losses.translate(*turns.changed)
        written: list[Json] = []
        words = [part.text for part in turns.system if isinstance(part, Text)]
        self._note_marks(turns.system)
        if len(words) != len(turns.system):
            self._losses.drop("messages.system")
        if words:
            written.append({"role": "system", "content": "\n\n".join(words)})
        for turn in turns.turns:
            self._note_marks(turn.parts)
            written += self._assistant(turn) if turn.role == "assistant" else self._user(turn)
        return written

    def _note_marks(self, parts: Iterable[Part]) -> None:
        """Cohere caches by itself."""
        for part in parts:
            if not isinstance(part, Reasoning | ToolCall | Refused) and part.cache is not None:
                self._losses.drop("messages.cache_control")

    def _assistant(self, turn: Turn) -> list[Json]:
        """A summary of thinking, or text, beside calls is their plan; thinking stays thinking."""
        calls: list[Json] = [_call(part) for part in turn.parts if isinstance(part, ToolCall)]
        content: list[Json] = []
        text = plan = ""
        for part in turn.parts:
            match part:
                case Reasoning(kind="summary") if part.text and calls:
                    plan += part.text
                case Reasoning() if part.text:
                    content.append({"type": "thinking", "thinking": part.text})
                case Text() | Refused():
                    text += part.text
                case ToolCall():
                    pass
                case _:  # sealed thinking of others; media, which nobody sends in this role
                    self._losses.drop("messages.assistant")
        message: dict[str, Json] = {"role": "assistant"}
        if text and not calls:
            content.append({"type": "text", "text": text})
        if content:
            message["content"] = content
        if calls:
            message["tool_calls"] = calls
            if plan or text:
                message["tool_plan"] = plan + text
        return [message] if len(message) > 1 else []

    def _user(self, turn: Turn) -> list[Json]:
        written: list[Json] = []
        content: list[Json] = []
        for part in turn.parts:
            if isinstance(part, ToolResult):
                words = words_of(part, self._losses)
                written.append({"role": "tool", "tool_call_id": part.call_id, "content": words})
                for medium in media_of(part):
                    self._losses.translate("messages.tool")
                    content += self._part(medium)
            else:
                content += self._part(part)
        if content:
            written.append({"role": "user", "content": _plain(content)})
        return written

    def _part(self, part: Part) -> list[Json]:
        match part:
            case Text() | Refused():
                return [{"type": "text", "text": part.text}]
            case Image():
                return [{"type": "image_url", "image_url": _image(part)}]
            case Document():
                self.documents.append(self._document(part))
                return []
            case Audio() | Video():
                raise invalid(
                    "messages.content", "this provider takes text, pictures and text files."
                )
            case _:
                self._losses.drop("messages.reasoning")
                return []

    def _document(self, part: Document) -> Json:
        text = _text_of(part)
        if text is None:
            raise invalid("messages.file", "this provider takes only files that are text.")
        self._losses.translate("messages.file")
        data: dict[str, Json] = {"text": text}
        if part.filename is not None:
            data["title"] = part.filename
        return {"id": f"file-{len(self.documents)}", "data": data}


def _call(part: ToolCall) -> Json:
    function: dict[str, Json] = {"name": part.name, "arguments": part.arguments.strip() or "{}"}
    return {"id": part.id, "type": "function", "function": function}


def _plain(content: list[Json]) -> Json:
    """One text as a string, which is how most are sent."""
    only = content[0] if len(content) == 1 else None
    if isinstance(only, dict) and only.get("type") == "text":
        return only["text"]
    return content


def _image(part: Image) -> dict[str, Json]:
    match part.source:
        case Url(url=url):
            pass
        case Inline(media_type=media_type, data=data):
            url = f"data:{media_type};base64,{data}"
        case _:
            raise invalid("messages.image_url", "this provider takes pictures by value or address.")
    image: dict[str, Json] = {"url": url}
    if part.detail is not None:
        image["detail"] = part.detail
    return image


def _text_of(part: Document) -> str | None:
    if not isinstance(part.source, Inline) or part.source.media_type == "application/pdf":
        return None
    try:
        return b64decode(part.source.data, validate=True).decode()
    except (NotBase64, ValueError):
        return None
