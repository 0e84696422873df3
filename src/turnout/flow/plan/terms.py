"""What a request and its operator say about routing."""

from collections.abc import Mapping
from typing import Final

import msgspec

from turnout.core.preferences import Needs, Preferences
from turnout.flow.plan.filters import House, Names
from turnout.flow.planned import Sticky

_NO_PINS: Final[Mapping[str, str]] = {}


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What a request says about its routing.

    Attributes:
        tools_hard: Endpoints without tools are no use to a request with tools.
        tools_first: Endpoints with a bad record of tool calls go behind, for requests with tools.
        pins: Model to tag: the operator's choice for the exacto mode.
        sticky: Where the dialogue's prompt cache is warm, None when it is nowhere.
        worth: As in `core.rules.Stickiness`.
    """

    preferences: Preferences
    needs: Needs
    names: Names
    house: House = House()
    tools_hard: bool = True
    tools_first: bool = True
    pins: Mapping[str, str] = _NO_PINS
    sticky: Sticky | None = None
    worth: float = 0.15
