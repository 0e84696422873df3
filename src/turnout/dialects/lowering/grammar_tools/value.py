"""Where one JSON value ends, found while it is still arriving."""

from typing import Final

_PLAIN: Final = {
    '"': '"',
    "\\": "\\",
    "/": "/",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
}
_ENDS: Final = ",]} \t\r\n"


class ValueScan:
    """Reads one value, from its first letter on, out of text cut anywhere.

    Attributes:
        ended: The value is whole.
        seen: All of it so far, as it was written.
    """

    def __init__(self, *, decoded: bool = False) -> None:
        """`decoded`: a string is given without its quotes and escapes; other values as written."""
        self.ended = False
        self.seen = ""
        self._decoded = decoded
        self._depth = 0
        self._in_string = False
        self._escape = ""  # an escape that has begun
        self._high = ""  # the first half of a surrogate pair

    def feed(self, text: str) -> tuple[str, str]:
        """More text: what of it is the value's, and the rest after its end."""
        out: list[str] = []
        for place, letter in enumerate(text):
            if self._is_over(letter):
                return "".join(out), text[place:]
            self.seen += letter
            out.append(self._take(letter))
            if self.ended:
                return "".join(out), text[place + 1 :]
        return "".join(out), ""

    @property
    def _is_text(self) -> bool:
        return self._decoded and self.seen.startswith('"')

    def _is_over(self, letter: str) -> bool:
        """A number, true, false or null ends where something else begins."""
        bare = bool(self.seen) and not self._depth and not self._in_string
        self.ended = bare and letter in _ENDS
        return self.ended

    def _take(self, letter: str) -> str:
        if self._in_string:
            return self._in_text(letter)
        if letter == '"':
            self._in_string = True
            return "" if self._is_text else letter
        if letter in "{[":
            self._depth += 1
        elif letter in "}]":
            self._depth -= 1
            self.ended = self._depth <= 0
        return letter

    def _in_text(self, letter: str) -> str:
        if self._escape:
            return self._escaped(letter)
        if letter == "\\":
            self._escape = letter
            return "" if self._is_text else letter
        if letter == '"':
            self._in_string = False
            self.ended = not self._depth
            return self._lone() if self._is_text else letter
        return self._lone() + letter if self._is_text else letter

    def _escaped(self, letter: str) -> str:
        self._escape += letter
        if not self._is_text:
            self._escape = ""  # only a quote mattered, and this letter is none that counts
            return letter
        if self._escape[1] != "u":
            self._escape = ""
            return self._lone() + _PLAIN.get(letter, letter)
        if len(self._escape) < len("\\u0000"):
            return ""
        digits, self._escape = self._escape[2:], ""
        try:
            code = int(digits, 16)
        except ValueError:
            return "\N{REPLACEMENT CHARACTER}"
        return self._unit(code)

    def _unit(self, code: int) -> str:
        if 0xDC00 <= code < 0xE000 and self._high:
            high, self._high = ord(self._high), ""
            return chr(0x10000 + ((high - 0xD800) << 10) + code - 0xDC00)
        before = self._lone()
        if 0xD800 <= code < 0xDC00:
            self._high = chr(code)
            return before
        return before + (
            chr(code) if code < 0xD800 or code >= 0xE000 else "\N{REPLACEMENT CHARACTER}"
        )

    def _lone(self) -> str:
        """What a first half without its second becomes: no text has it."""
        lone, self._high = self._high, ""
        return "\N{REPLACEMENT CHARACTER}" if lone else ""
