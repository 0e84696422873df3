"""Whether a dialogue stays where its prompt cache is warm: as long as that is worth it."""

import msgspec

from turnout.core.types import Endpoint, Unpriced
from turnout.flow.plan.balanced import Board
from turnout.flow.plan.prices import request_price
from turnout.flow.plan.terms import Terms
from turnout.flow.planned import Place, Sticky


def stuck_first(places: list[Place], terms: Terms, board: Board | None) -> tuple[list[Place], bool]:
    """The places with the dialogue's own endpoint first, if that is worth it; and whether.

    Source: contract section 3.8. `provider.order` turns it off.
    """
    sticky = terms.sticky
    if sticky is None or terms.preferences.order:
        return places, False
    own = next((place for place in places if place.endpoint.id == sticky.endpoint), None)
    if own is None or own.state in ("open", "cooling"):
        return places, False
    if not sticky.hard and (own.held_back or not is_worth(own.endpoint, sticky, terms, board)):
        return places, False
    return [own, *[place for place in places if place is not own]], True


def is_worth(endpoint: Endpoint, sticky: Sticky, terms: Terms, board: Board | None) -> bool:
    """Whether reading the warm cache there beats the best endpoint with a cold one."""
    price = endpoint.price
    if isinstance(price, Unpriced):
        return False
    rates = price.rates
    if rates.cache_read is None or rates.cache_read >= rates.prompt:
        return False
    if board is None:
        return True
    row = board.rows.get(endpoint.id)
    if row is None:
        return False
    # The request's own prompt: a long conversation gains more than a typical request.
    prompt_tok = float(max(terms.needs.prompt_tok, sticky.cached_tok, 1))
    mix = msgspec.structs.replace(board.mix, prompt_tok=prompt_tok)
    warm_share = min(1.0, sticky.cached_tok / prompt_tok)
    cold = request_price(endpoint, 0.0, mix) or 0.0
    warm = request_price(endpoint, warm_share, mix) or 0.0
    nearest = min(other.distance for other in board.rows.values())
    return row.distance - (cold - warm) / board.units[0] <= nearest + terms.worth
