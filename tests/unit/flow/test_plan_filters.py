"""The quick look before the filters says nothing that they would not say."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.flow.routing import NOW_S, OUTAGE_S, endpoint

from turnout.core.preferences import NO_PREFERENCES, Needs
from turnout.core.types import Endpoint, Modality
from turnout.flow.plan.filters import House, all_pass, filters_for
from turnout.metrics.health import Health

MODALITIES: st.SearchStrategy[frozenset[Modality]] = st.frozensets(
    st.sampled_from(["text", "image", "file"])
)
LIMITS = st.none() | st.sampled_from([10, 900, 2_000])
NEEDS = st.builds(
    Needs,
    inputs=MODALITIES,
    outputs=MODALITIES,
    readable=MODALITIES,
    prompt_tok=st.sampled_from([1, 2_000, 4_000]),
    max_output_tok=LIMITS,
)
FACTS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "inputs": MODALITIES,
        "outputs": MODALITIES,
        "context_tok": st.sampled_from([0, 1_000, 8_000]),
        "max_output_tok": LIMITS,
        "tier": st.sampled_from([None, "flex"]),
    }
)


@st.composite
def endpoints_of_a_model(draw: st.DrawFn) -> list[Endpoint]:
    """A few, with facts that filters look at."""
    tags = draw(st.lists(st.sampled_from("abc"), max_size=3))
    return [endpoint(tag, **draw(FACTS)) for tag in tags]


HOUSES = st.builds(House, block_unpriced=st.booleans(), deny_training=st.booleans())


@given(endpoints_of_a_model(), NEEDS, HOUSES, st.sets(st.sampled_from("abc")), st.booleans())
def test_what_plainly_passes_passes_every_filter(
    endpoints: list[Endpoint],
    needs: Needs,
    house: House,
    cooling: set[str],
    capped: bool,  # noqa: FBT001 (drawn)
) -> None:
    """And of the common request, what every filter lets through plainly passes."""
    health = Health()
    for one in endpoints:
        if one.tag in cooling:
            health.cool(one.id, NOW_S, 5.0)
        elif capped:
            standing = health.window(one.id) and health.standings[one.id]
            standing.cap.rps, standing.cap.tokens = 0.1, -100.0
            standing.cap.limited_s = standing.cap.filled_s = NOW_S
    view = health.view(NOW_S, OUTAGE_S)
    filters = filters_for(
        NO_PREFERENCES, needs, view, tiers=frozenset(), names=str.lower, house=house
    )
    expected = all(look(one) is None for one in endpoints for _, look in filters)
    passes = all_pass(endpoints, NO_PREFERENCES, needs, view, house)
    if house.block_unpriced or house.deny_training:
        assert not passes
    else:
        assert passes == expected
