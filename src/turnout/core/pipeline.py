"""What the gateway did to a request or its answer beside routing it, for people to read later."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

import msgspec

from turnout.core.money import Nusd

Figure: TypeAlias = str | int | bool | None

StageType = Literal[
    "guardrail", "plugin", "server_tools", "response_healing", "context_compression"
]
"""The contract's vocabulary, section 2.1."""


class Stage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that was done: the contract's item of `pipeline[]`.

    Attributes:
        name: What did it: a plugin's id, as a rule.
        summary: For a person, one sentence.
        cost_nusd: What it cost by itself, beside the model; None when nothing.
        data: Its figures.
    """

    name: str
    type: StageType
    summary: str | None = None
    cost_nusd: Nusd | None = None
    data: Mapping[str, Figure] = {}
