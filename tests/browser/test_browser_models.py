"""What a person does who looks for a model: searches, filters, sorts, follows, compares, reads."""

import re

from playwright.sync_api import expect
from tests.browser.stage import Stage, settle

SEARCH = "Search by name, slug or description"
MODEL = "/openai/gpt-4o-mini"


def test_typing_narrows_the_list_and_the_address_keeps_it(demo: Stage) -> None:
    """The list follows each letter; the page can be opened again as it was left."""
    page = demo.open("/models")
    page.get_by_role("searchbox", name=SEARCH).fill("gpt-4o mini")
    rows = page.get_by_role("link", name=re.compile("GPT-4o-mini"))
    expect(rows.first).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?q=gpt-4o\+mini$"))
    again = demo.open(page.url.removeprefix(demo.origin.url))
    expect(again.get_by_role("searchbox", name=SEARCH)).to_have_value("gpt-4o mini")
    expect(again.get_by_role("status").first).to_have_text(re.compile(r"^\d+ of \d+ models$"))


def test_conditions_are_joined_and_cleared_at_once(demo: Stage) -> None:
    """Each condition leaves fewer models; clearing brings all back."""
    page = demo.open("/models")
    count = page.get_by_role("status").first
    everything = count.inner_text()
    filters = page.get_by_role("complementary", name="Filters")
    filters.get_by_label("Can be called now").check()
    filters.get_by_role("group", name="Input").get_by_label("image").check()
    expect(count).to_have_text(re.compile(r" of "))
    filters.get_by_role("button", name="Clear 2").click()
    expect(count).to_have_text(everything)


def test_the_list_is_ordered_by_what_is_asked(demo: Stage) -> None:
    """By name each row comes after the one before it; the choice is in the address."""
    page = demo.open("/models")
    page.get_by_label("Order").select_option("name")
    expect(page).to_have_url(re.compile("order=name"))
    page.wait_for_function(
        """() => {
          const names = [...document.querySelectorAll("a[data-row]")].map((a) => a.innerText);
          return names.every((name, at) => at === 0 || names[at - 1].localeCompare(name) <= 0);
        }"""
    )


def test_arrow_keys_go_from_model_to_model(demo: Stage) -> None:
    """From a row the next is one key away, and Enter opens it."""
    page = demo.open("/models")
    rows = page.locator("a[data-row]")
    rows.first.focus()
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    name = rows.nth(1).inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def test_slash_opens_a_search_that_enter_follows(demo: Stage) -> None:
    """From any page to a model by keyboard alone."""
    page = demo.open("/status")
    page.keyboard.press("/")
    page.get_by_role("combobox").fill("gpt-4o-mini")
    expect(page.get_by_role("option").first).to_contain_text("GPT-4o-mini")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/openai/gpt-4o-mini"))


def test_chosen_models_are_compared(demo: Stage) -> None:
    """Two rows chosen in the list are two columns of the comparison; one can be taken out."""
    page = demo.open("/models?q=gpt-4o")
    page.get_by_role("checkbox", name="Compare OpenAI: GPT-4o-mini", exact=True).check()
    page.get_by_role("checkbox", name="Compare OpenAI: GPT-4o", exact=True).check()
    page.get_by_role("link", name="Compare", exact=True).last.click()
    heads = page.get_by_role("columnheader")
    expect(heads.filter(has_text="openai/gpt-4o-mini")).to_be_visible()
    prices = page.get_by_role("row", name=re.compile("^Input"))
    expect(prices).to_contain_text("$0.15")
    expect(prices).to_contain_text("$2.50")
    page.get_by_role("button", name="Take OpenAI: GPT-4o out", exact=True).click()
    expect(prices).not_to_contain_text("$2.50")


def test_gpt_4o_mini_shows_its_facts(demo: Stage) -> None:
    """Price, context, release, cutoff and modalities as they are published."""
    page = demo.open(MODEL)
    facts = page.locator("dl").first
    for fact in ("$0.15 / $0.60", "128K", "Jul 18, 2024", "Oct 2023"):
        expect(facts).to_contain_text(fact)
    expect(page.get_by_text("#multimodal")).to_be_visible()
    expect(page.get_by_label(re.compile("text, image", re.IGNORECASE)).first).to_be_visible()


def test_every_tab_of_gpt_4o_mini_is_filled(demo: Stage) -> None:
    """Each tab has its own address and shows figures or charts, none an empty state."""
    page = demo.open(MODEL)
    tabs = page.get_by_role("navigation", name="About this model").get_by_role("link")
    for name in [text for text in tabs.all_inner_texts() if text != "Overview"]:
        tabs.filter(has_text=re.compile(f"^{name}$")).click()
        settle(page)
        slug = name.lower().replace(" ", "")
        expect(page).to_have_url(re.compile(f"{MODEL}/{slug}"))
        main = page.get_by_role("main")
        expect(main.locator("table, figure, pre").first).to_be_visible()
        expect(main.get_by_text(re.compile("no (traffic|data) yet", re.IGNORECASE))).to_have_count(
            0
        )


def test_the_providers_table_is_sorted_and_explains_each_mode(demo: Stage) -> None:
    """A click on a head sorts by it; each mode names who it would take and why."""
    page = demo.open(f"{MODEL}/providers")
    table = page.get_by_role("table").first
    table.get_by_role("button", name="In", exact=True).click()
    expect(table.get_by_role("columnheader", name="In", exact=True)).to_have_attribute(
        "aria-sort", "ascending"
    )
    for mode in ("Balanced", "Nitro", "Exacto", "Floor"):
        expect(page.get_by_role("main").get_by_text(mode, exact=True).first).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text(re.compile(r"First in \d+(\.\d+)?% of draws"))
    page.get_by_text("Floor", exact=True).first.click()
    expect(page).to_have_url(re.compile("mode=floor"))
    expect(page.get_by_role("heading", name="Providers, in the order of Floor")).to_be_visible()


def test_a_charts_numbers_can_be_read_as_a_table(demo: Stage) -> None:
    """What a chart draws is one press away as text."""
    page = demo.open("/rankings")
    chart = page.get_by_role("figure", name="Tokens by model")
    chart.get_by_role("button", name="Table").click()
    expect(chart.get_by_role("row")).not_to_have_count(0)
    expect(chart.get_by_role("columnheader", name="When")).to_be_visible()
