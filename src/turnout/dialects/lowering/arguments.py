"""The arguments of earlier calls as the object that most dialects want; ours are JSON text."""

from typing import Final

import msgspec

from turnout.core.conversation import ToolCall
from turnout.dialects.lowering.losses import Losses

EMPTY: Final = msgspec.Raw(b"{}")
_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_TEXT: Final = msgspec.json.Decoder(str)


def as_object(call: ToolCall, losses: Losses) -> msgspec.Raw:
    """The arguments as the model wrote them, numbers and escapes untouched.

    No arguments are {}; an object that was encoded twice is decoded once. What a weak model wrote
    that is no object goes as the one member "arguments", so that it stays in the history.
    """
    text = call.arguments.strip()
    if not text or text == "null":
        return EMPTY
    for _ in range(2):
        if _is_object(text):
            return msgspec.Raw(text.encode())
        try:
            text = _TEXT.decode(text.encode())
        except (msgspec.DecodeError, UnicodeError):
            break
    losses.translate("messages.tool_calls.arguments")
    return msgspec.Raw(msgspec.json.encode({"arguments": call.arguments}))


def _is_object(text: str) -> bool:
    try:
        _OBJECT.decode(text.encode())
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return False
    return True
