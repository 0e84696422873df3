"""What an election is: who was chosen for a model's exacto mode, and on what evidence."""

from typing import Literal

import msgspec

Why = Literal["first", "better evidence", "below the floor", "gone"]


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What one endpoint's record of a day says. Shares in [0, 1], None without a sample.

    Attributes:
        quality: What is certain of the weighted mean, two standard deviations below it.
        samples: Judged answers that it rests on.
    """

    endpoint: str
    quality: float
    samples: int
    tool_success: float | None = None
    shape_success: float | None = None
    uptime: float | None = None


class Election(msgspec.Struct, frozen=True, kw_only=True):
    """Who was elected for a model, when, why, and on what evidence.

    Attributes:
        at_ms: Unix ms; 0 until the job stamps it.
        instead_of: Who held the seat before, None for the first.
        evidence: Of all candidates with enough samples, best first.
    """

    model: str
    endpoint: str
    at_ms: int = 0
    why: Why = "first"
    instead_of: str | None = None
    evidence: tuple[Evidence, ...] = ()
