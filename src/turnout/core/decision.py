"""Why a request went where it went: small enough to be kept in its record.

Rows are JSON arrays in the order of their fields; both lists are bounded.
"""

from typing import Final

import msgspec

MOST_ROWS: Final = 16


class Weight(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One endpoint that was kept, in the plan's order. Numbers are None where unmeasured.

    Attributes:
        endpoint: Its id.
        state: Of its health.
        why: What gave it its place: "edge", "near", "explored", "newcomer", "trial", "open", or ""
            for an order that is not balanced.
        held_back: What moved it behind that place, "" for nothing.
        share: Of first tries.
        price_nusd: Of the model's typical request; adjusted_nusd: with penalties on top.
        fault_share: Of the last seconds' attempts; limited_share: refused with 429.
        cap_rps: Requests a second it was learned to take.
        figure: What a sort compares.
    """

    endpoint: str
    state: str
    why: str = ""
    held_back: str = ""
    share: float | None = None
    price_nusd: int | None = None
    adjusted_nusd: int | None = None
    ttft_ms: int | None = None
    speed_tps: float | None = None
    fault_share: float | None = None
    limited_share: float | None = None
    cap_rps: float | None = None
    figure: float | None = None


class Out(msgspec.Struct, frozen=True, array_like=True):
    """One endpoint that was dropped, and the filter that did it."""

    endpoint: str
    filter: str


class Decision(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The plan of one request as it is kept.

    Attributes:
        basis: What the order was by.
        stuck: The dialogue's own endpoint was put first.
        warm: That endpoint, whether it was put first or not, "" where none was known.
        warm_tok: Prompt tokens that its cache was believed to hold.
        kept, dropped: At most MOST_ROWS each; more: endpoints beyond those.
    """

    basis: str
    stuck: bool = False
    warm: str = ""
    warm_tok: int = 0
    kept: tuple[Weight, ...] = ()
    dropped: tuple[Out, ...] = ()
    more: int = 0
