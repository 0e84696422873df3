"""When a second endpoint is started beside a silent first one.

Pure: the caller owns the clock and the money. The live gateway and the policy lab ask the same
functions.
"""

from typing import Final

from turnout.core.rules import Hedging
from turnout.core.types import Endpoint, Unpriced
from turnout.core.usage import Usage, charge
from turnout.flow.allowance import Allowance
from turnout.metrics.figures import Figures
from turnout.metrics.health import HealthView

_LEAST_ANSWERS: Final = 20
_P95_BETWEEN: Final = 0.301
"""How far p95 lies between p90 and p99 on a tail that is straight on log scales: log10(2)."""
_PATIENCE: Final = 2.0
"""How many times the p95 is waited when nearly all of the allowance is spent."""


def hedge_after_s(
    endpoint: str, health: HealthView, allowance: Allowance, rules: Hedging
) -> float | None:
    """Seconds of silence after which a second endpoint should start; None for never.

    The endpoint's own p95 of the last five minutes, later as the allowance runs low, so that it is
    spent on the answers that are latest.
    """
    figures = health.figures(endpoint, 300)
    p95_ms = None if figures is None else _p95_ms(figures)
    used = allowance.used(rules)
    if p95_ms is None or used >= 1:
        return None
    wait_s = p95_ms / 1000 * (1 + (_PATIENCE - 1) * used)
    return max(rules.least_wait_s, wait_s)


def _p95_ms(figures: Figures) -> float | None:
    found = figures.ttft_ms
    if found is None or figures.served < _LEAST_ANSWERS or found.p90 <= 0:
        return None
    return found.p90 * (max(found.p99, found.p90) / found.p90) ** _P95_BETWEEN


def loser_nusd(endpoint: Endpoint, prompt_tok: int, answer_tok: int = 0) -> int | None:
    """What an attempt costs that is cancelled before it spoke; None where nobody states a price.

    Args:
        endpoint: That is left.
        prompt_tok: Which it has read by then.
        answer_tok: Which it will have written, where it goes on without a reader.
    """
    if isinstance(endpoint.price, Unpriced):
        return None
    return charge(endpoint.price, Usage(text_in=prompt_tok, text_out=answer_tok)).total
