"""Where dialogues were last served, and what of them the prompt cache there is believed to hold.

A dialogue is known by a hash; nothing of a prompt is kept. In memory only, bounded in number, each
for as long as a provider's cache would keep it.
"""

from collections import OrderedDict

import msgspec


class Dialogue(msgspec.Struct, frozen=True, kw_only=True):
    """One dialogue.

    Attributes:
        owner: Hash of the API key.
        endpoint: Id of the one that served it last.
        cached_tok: Prompt tokens that its cache is believed to hold.
        idle_s: For how long, when nobody asks.
        until_s: Monotonic second at which it is forgotten.
    """

    owner: str
    endpoint: str
    cached_tok: int
    idle_s: float
    until_s: float


class Dialogues:
    """The dialogues of all callers; the order is that of their last answers."""

    def __init__(self) -> None:
        self._kept: OrderedDict[bytes, Dialogue] = OrderedDict()
        self._owned: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def holds(self, owner: str) -> bool:
        """Whether any dialogue of that key is kept: a look that costs nothing."""
        return owner in self._owned

    def find(self, name: bytes, now_s: float) -> Dialogue | None:
        """The dialogue behind a hash, None when it is not known or forgotten by now."""
        found = self._kept.get(name)
        if found is not None and now_s >= found.until_s:
            self.forget(name)
            return None
        return found

    def keep(self, name: bytes, dialogue: Dialogue, most: int) -> None:
        """Takes in where a dialogue was served; beyond `most` the longest unserved one goes."""
        self.forget(name)
        self._kept[name] = dialogue
        self._owned[dialogue.owner] = self._owned.get(dialogue.owner, 0) + 1
        while len(self._kept) > most:
            self.forget(next(iter(self._kept)))

    def forget(self, name: bytes) -> None:
        """As if it had never been."""
        found = self._kept.pop(name, None)
        if found is None:
            return
        left = self._owned[found.owner] - 1
        if left:
            self._owned[found.owner] = left
        else:
            del self._owned[found.owner]
