"""Text that must not be shown."""

from typing import Final, final

from typing_extensions import override

HIDDEN: Final = "***"


@final
class Secret:
    """A secret text: equal by value, hidden in every rendering, shown only by `reveal`."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the wire."""
        return self._text

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    @override
    def __hash__(self) -> int:
        return hash(self._text)

    @override
    def __repr__(self) -> str:
        return HIDDEN
