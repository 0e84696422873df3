"""Events as the stream that clients read, one per stream."""

from typing import Final

import msgspec

from turnout.core.errors import UpstreamError
from turnout.dialects.adapter import Bill, Head
from turnout.dialects.events import Event
from turnout.dialects.openai_responses.answers import Frame, custom_names, ended, failed
from turnout.dialects.openai_responses.output import Output
from turnout.dialects.openai_responses.speaking import Lines

DONE: Final = b"data: [DONE]\n\n"


class ResponseEncoder:
    """The client's half of a translation: frames the items, numbers the events."""

    __slots__ = ("_begun", "_frame", "_lines", "_output")

    def __init__(self, head: Head) -> None:
        self._lines = Lines()
        self._frame = Frame(head)
        self._output = Output(head, self._lines, custom_names(head.asked))
        self._begun = False

    def encode(self, event: Event) -> bytes:
        """See StreamEncoder."""
        begun = b"" if self._begun else self._begin()
        return begun + self._output.event(event)

    def close(self, bill: Bill) -> bytes:
        """See StreamEncoder."""
        begun = b"" if self._begun else self._begin()
        left = self._output.end("completed")
        status, body = ended(self._output, self._frame, bill)
        return begun + left + self._lines.raw(f"response.{status}", b'"response":' + body) + DONE

    def fail(self, error: UpstreamError, bill: Bill | None) -> bytes:
        """See StreamEncoder."""
        begun = b"" if self._begun else self._begin()
        left = self._output.end("incomplete")
        output = msgspec.json.encode(self._output.items)
        status, body = failed(output, self._frame, error, bill)
        return begun + left + self._lines.raw(f"response.{status}", b'"response":' + body) + DONE

    def _begin(self) -> bytes:
        self._begun = True
        body = b'"response":' + self._frame.object("in_progress")
        first = self._lines.raw("response.created", body)
        return first + self._lines.raw("response.in_progress", body)
