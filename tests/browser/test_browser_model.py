"""What a person does on a model's page: reads, reckons, copies code, and tries it."""

import re

from playwright.sync_api import Page, expect
from tests.browser.stage import Stage, settle

MODEL = "/openai/gpt-4o-mini"
MANY = "/openai/gpt-oss-120b"


def code(page: Page) -> str:
    """The sample that is shown."""
    return page.get_by_role("main").locator("pre").first.inner_text()


def status(page: Page) -> str:
    """The line below what a sample that runs has said."""
    return page.get_by_role("main").locator("p[role=status]").inner_text()


def test_a_first_look_takes_two_answers(demo: Stage) -> None:
    """Everything above the measured cards is drawn from the session and the model alone."""
    page = demo.open("/status")
    page.route(
        re.compile(r"/api/internal/models/.+/(uptime|benchmarks|activity|apps)"),
        lambda _: None,  # never answered
    )
    page.goto(MODEL)
    expect(page.get_by_role("heading", level=1)).to_have_text("OpenAI: GPT-4o-mini")
    expect(page.get_by_role("row", name=re.compile("^OpenAI")).first).to_contain_text("$0.15")
    expect(page.get_by_role("main").locator("pre")).to_contain_text("/chat/completions")


def test_pointing_at_a_tab_asks_for_its_data(demo: Stage) -> None:
    """What a tab opens with is on its way before the click, and not asked for again by it."""
    page = demo.open(MODEL)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    tab = page.get_by_role("navigation", name="About this model").get_by_role(
        "link", name="Pricing"
    )
    tab.hover()
    settle(page)
    assert [url for url in asked if "/gpt-4o-mini/pricing" in url]
    asked.clear()
    tab.click()
    expect(page.get_by_role("figure", name=re.compile("Effective prompt price"))).to_be_visible()
    assert [url for url in asked if "/gpt-4o-mini/pricing" in url] == []


def test_a_mode_follows_to_the_ranking_and_to_the_code(demo: Stage) -> None:
    """Chosen once, it is in the address, heads the ranking, and is in the sample's slug."""
    page = demo.open(f"{MODEL}/quickstart")
    assert '"openai/gpt-4o-mini"' in code(page)
    page.get_by_role("group", name="Routing mode").get_by_text("Floor").click()
    expect(page).to_have_url(re.compile(r"\?mode=floor$"))
    assert '"openai/gpt-4o-mini:floor"' in code(page)
    page.get_by_label("Mode as provider.sort").check()
    assert '"provider": {"sort": "price"}' in code(page)
    page.get_by_role("navigation", name="About this model").get_by_role(
        "link", name="Providers"
    ).click()
    expect(page.get_by_role("heading", name="Providers, in the order of Floor")).to_be_visible()
    expect(page.get_by_role("button", name="Floor", pressed=True)).to_be_visible()


def test_a_provider_that_is_off_says_what_would_turn_it_on(demo: Stage) -> None:
    """It stands below those that may serve, without a rank."""
    page = demo.open(f"{MANY}/providers")
    rows = page.get_by_role("table").first.get_by_role("row")
    expect(rows.nth(1)).to_have_text(re.compile("^1"))
    off = rows.filter(has_text=re.compile(r"Set \w+_API_KEY"))
    expect(off.first).to_have_text(re.compile(r"^\W"))


def test_supported_parameters_unfold_in_their_row(demo: Stage) -> None:
    """The count opens the names."""
    page = demo.open(f"{MODEL}/providers")
    row = page.get_by_role("table").first.get_by_role("row").nth(1)
    expect(row.get_by_text("temperature")).not_to_be_visible()
    row.get_by_text(re.compile(r"^\d+ supported$")).click()
    expect(row.get_by_text("temperature")).to_be_visible()


def test_the_calculator_reckons_a_month_to_the_digit(demo: Stage) -> None:
    """A million requests of 1,000 and 200 tokens at $0.15 / $0.60, then half of them cached."""
    page = demo.open(f"{MODEL}/pricing?in=1000&out=200&n=1000000")
    costs = page.get_by_role("region", name=re.compile("^Cost of 1,000,000 requests"))
    row = costs.get_by_role("row", name=re.compile("^OpenAI")).first
    expect(row).to_contain_text("$270.00")
    page.get_by_label("Cached, %").fill("50")
    expect(row).to_contain_text("$232.50")
    expect(page).to_have_url(re.compile("cached=50"))


def test_percentile_and_range_change_what_is_drawn(demo: Stage) -> None:
    """Both are in the address; the charts say which percentile they are of."""
    page = demo.open(f"{MODEL}/performance")
    page.get_by_role("group", name="Percentile").get_by_text("p90").click()
    page.get_by_role("group", name="Range").get_by_text("30d").click()
    expect(page).to_have_url(re.compile(r"p=p90.*range=30d"))
    expect(page.get_by_role("figure", name="TTFT, p90")).to_contain_text("Best:")


def test_a_sample_is_tried_and_stopped_in_the_page(demo: Stage) -> None:
    """It streams the answer with its figures; stopping ends it and keeps what was said."""
    demo.sign_in()
    page = demo.open(f"{MODEL}/quickstart")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("main").locator("p[role=status]")).to_have_text(
        re.compile(r"Done · served by .+ · TTFT .+ tokens"), timeout=30_000
    )
    page.get_by_label("Prompt").fill("Say more.")
    page.get_by_role("button", name="Run").click()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("main").locator("p[role=status]")).to_have_text(re.compile("^Stopped"))
    expect(page.get_by_role("button", name="Run")).to_be_enabled()
    assert status(page).startswith("Stopped")


def test_who_is_signed_out_is_told_how_to_try_it(demo: Stage) -> None:
    """Running a sample costs tokens; the way to sign in comes back here."""
    page = demo.open(f"{MODEL}/quickstart")
    page.get_by_role("link", name="Sign in to run it").click()
    expect(page).to_have_url(re.compile(r"/sign-in\?back="))


def test_a_model_that_is_not_there_is_said_so(demo: Stage) -> None:
    """An unknown slug and an unknown tab each say what is wrong and lead on."""
    page = demo.open("/openai/no-such-model")
    expect(page.get_by_role("main")).to_contain_text("There is no model of this name")
    demo.expect_refusals()
    demo.go(page, f"{MODEL}/secrets")
    expect(page.get_by_role("main")).to_contain_text("no tab that is called “secrets”")
    expect(page.get_by_role("link", name="Search models")).to_be_visible()


def test_a_first_day_says_which_numbers_come_with_traffic(fresh: Stage) -> None:
    """The catalog's facts are there; what is measured says that it is not yet."""
    page = fresh.open(MODEL)
    expect(page.locator("dl").first).to_contain_text("$0.15 / $0.60")
    expect(page.get_by_role("main")).to_contain_text("speed comes with traffic")
    fresh.go(page, f"{MODEL}/providers")
    expect(page.get_by_role("main")).to_contain_text(re.compile("Set OPENAI_API_KEY"))
