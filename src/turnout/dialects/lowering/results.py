"""What came of a call as plain words, for dialects whose results are only text."""

from turnout.core.conversation import Audio, Document, Image, Text, ToolResult, Video
from turnout.dialects.lowering.losses import Losses

_FAILED = "Error: "


def words_of(result: ToolResult, losses: Losses) -> str:
    """The words of a result; that it is an error is said in front of them."""
    text = "\n".join(part.text for part in result.parts if isinstance(part, Text))
    if not result.is_error or text.lower().startswith("error"):
        return text
    losses.translate("messages.is_error")
    return _FAILED + text


def media_of(result: ToolResult) -> tuple[Image | Document | Audio | Video, ...]:
    """What of a result is no text."""
    return tuple(part for part in result.parts if not isinstance(part, Text))
