"""Any query string and any name give bytes or a refusal, never another error."""

from collections.abc import Callable
from datetime import date
from functools import cache
from urllib.parse import urlencode

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from turnout.catalog.build import build
from turnout.catalog.listing import Lister, Listing
from turnout.catalog.query import CATEGORIES, INPUTS, OUTPUTS, SORTS
from turnout.catalog.variants import MODES, STATIC, parse_slug
from turnout.core.errors import Refusal

PARAMETERS = (
    "all use_rss offset limit category supported_parameters output_modalities input_modalities "
    "sort q context min_price max_price min_output_price max_output_price arch model_authors "
    "providers distillable zdr region min_age_days max_age_days min_intelligence_index "
    "max_coding_index min_agentic_index max_tool_success_rate unknown"
)
NAMES = PARAMETERS.split()
VALUES = st.one_of(
    st.sampled_from([*SORTS, *CATEGORIES, *INPUTS, *OUTPUTS, "true", "false", "all", "null", "eu"]),
    st.integers().map(str),
    st.floats().map(str),
    st.decimals().map(str),
    st.text(max_size=30),
)


@cache
def _lister() -> Lister:
    catalog = build(date(2026, 11, 23))
    return Lister(catalog.routable(frozenset({"openai", "groq", "local"})))


def _asked(ask: Callable[[str], Listing], text: str) -> Listing | Refusal:
    try:
        return ask(text)
    except Refusal as refusal:
        return refusal


def _holds(query: str) -> None:
    answer, counted = _asked(_lister().models, query), _asked(_lister().count, query)
    if isinstance(answer, Refusal) or isinstance(counted, Refusal):
        assert isinstance(answer, Refusal)
        assert isinstance(counted, Refusal)
        assert answer.error_type == "invalid_request"
        assert answer.message
        return
    assert answer.body
    if answer.content_type == "application/json":
        body = msgspec.json.decode(answer.body)
        assert len(body["data"]) <= body["total_count"]
        assert msgspec.json.decode(counted.body)["data"]["count"] == body["total_count"]


@given(st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=5))
def test_listing_answers_or_refuses_any_known_parameter(pairs: list[tuple[str, str]]) -> None:
    """Well-formed queries with any values."""
    _holds(urlencode(pairs, errors="surrogatepass"))


@given(st.text(max_size=200))
def test_listing_answers_or_refuses_any_text(text: str) -> None:
    """A query string is what a client sent, not what it should have sent."""
    _holds(text)


@given(st.text(max_size=60))
def test_names_of_models_resolve_or_are_refused(name: str) -> None:
    """Also names that are none."""
    for ask in (_lister().model, _lister().endpoints):
        answer = _asked(ask, name)
        if isinstance(answer, Refusal):
            assert answer.error_type == "not_found"
        else:
            assert answer.body


@given(
    st.from_regex(r"~?[a-z0-9-]{1,8}/[a-z0-9.-]{1,8}", fullmatch=True),
    st.lists(st.sampled_from([*STATIC, *MODES]), max_size=5),
)
def test_suffixes_come_apart_and_go_together(base: str, suffixes: list[str]) -> None:
    """Nothing of a name is lost but repetition and order between the two kinds."""
    parsed = parse_slug(":".join([base, *suffixes]))
    assert parsed is not None
    assert parsed.base == base
    assert set(parsed.static) | set(parsed.modes) == set(suffixes)
    assert parse_slug(parsed.model) is not None
