"""Every page, light and wide, dark and narrow: accessible, whole, and within its origin."""

import pytest
from tests.browser.stage import NARROW, WIDE, Stage, axe, dress, sideways

MODEL = "/openai/gpt-4o-mini"
TABS = (
    "providers",
    "performance",
    "pricing",
    "benchmarks",
    "apps",
    "activity",
    "uptime",
    "quickstart",
    "api",
)
PUBLIC = (
    "/",
    "/models",
    "/models?fmt=cards&q=gpt",
    f"/compare?m=openai/gpt-4o,{MODEL[1:]}",
    "/rankings",
    "/apps",
    "/providers",
    "/provider/openai",
    "/status",
    "/pricing",
    "/docs",
    "/docs/api",
    "/sign-in",
    "/no/such/page/here",
    MODEL,
    *(f"{MODEL}/{tab}" for tab in TABS),
)
OPERATOR = (
    "/chat",
    "/activity",
    "/logs",
    "/keys",
    "/credits",
    "/presets",
    "/settings",
)
LOOKS = (("light", WIDE), ("dark", NARROW))
"""Both themes and both widths; axe takes seconds on a long page."""


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_of_the_demo_holds_in_every_look(demo: Stage, path: str) -> None:
    """Axe finds nothing, the page does not scroll to the side, and the demo is labelled as one."""
    held_in_every_look(demo, path)


@pytest.mark.parametrize("path", OPERATOR)
def test_an_operators_page_of_the_demo_holds_in_every_look(demo: Stage, path: str) -> None:
    """The same for who has signed in."""
    demo.sign_in()
    held_in_every_look(demo, path)


@pytest.mark.parametrize("path", ["/", "/models", "/rankings", "/apps", "/status", MODEL])
def test_a_page_of_the_first_day_holds_in_every_look(fresh: Stage, path: str) -> None:
    """An installation without traffic shows facts and says what comes with traffic."""
    page = fresh.open(path)
    for theme, width in LOOKS:
        dress(page, theme, width)
        assert not axe(page)
        assert sideways(page) <= 0
    assert page.get_by_label("Demo", exact=True).count() == 0


def held_in_every_look(stage: Stage, path: str) -> None:
    """Opens a page once and looks at it both ways."""
    page = stage.open(path)
    assert page.get_by_role("heading", level=1).count() == 1
    assert page.get_by_label("Demo", exact=True).inner_text().startswith("Demo:")
    for theme, width in LOOKS:
        dress(page, theme, width)
        assert not axe(page), (theme, width)
        assert sideways(page) <= 0, (theme, width)
