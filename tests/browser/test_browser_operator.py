"""What the operator does: signs in, makes a key and uses it, reads logs, grants, presets."""

import json
import re

from playwright.sync_api import expect
from tests.browser.stage import Stage
from tests.gateway import CHAT, PASSWORD, chat_body


def test_the_operator_signs_in_and_out_by_the_form(demo: Stage) -> None:
    """A wrong password is told; the right one leads back to where it was asked for."""
    page = demo.open("/sign-in?back=/keys")
    field = page.get_by_label("Operator password")
    field.fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("not the operator's password")
    demo.expect_refusals()
    field.fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(r":\d+/keys$"))
    demo.go(page, "/settings")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()


def test_a_key_is_made_shown_once_used_and_disabled(demo: Stage) -> None:
    """The key of the dialog calls a model; disabled it is refused."""
    demo.sign_in()
    page = demo.open("/keys")
    page.get_by_role("button", name="New key").click()
    page.get_by_label("Name").fill("Made by a test")
    page.get_by_label("Limit, USD").fill("2.5")
    page.get_by_role("button", name="Create key").click()
    key = page.get_by_role("region", name="key", exact=True).inner_text().strip()
    assert key.startswith("sk-or-v1-")
    page.get_by_role("button", name="I have kept it").click()
    expect(page.get_by_text(key)).to_have_count(0)
    row = page.get_by_role("row", name=re.compile("Made by a test"))
    expect(row).to_contain_text("$2.50")
    assert _status(demo, key) == 200
    row.get_by_role("button", name="Disable").click()
    expect(row).to_contain_text("disabled")
    assert _status(demo, key) == 401


def _status(stage: Stage, key: str) -> int:
    body = json.dumps(chat_body("openai/gpt-4o-mini")).encode()
    own = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    return stage.origin.request("POST", CHAT, body, own).status


def test_a_generation_is_found_and_opened(demo: Stage) -> None:
    """Logs are narrowed by outcome; a row leads to attempts, decision and bill."""
    demo.sign_in()
    page = demo.open("/logs?status=ok")
    rows = page.get_by_role("row")
    expect(rows.nth(5)).to_be_visible()
    rows.nth(1).get_by_role("link").first.click()
    for part in ("Attempts", "Decision", "Bill", "Parameters", "Content"):
        expect(page.get_by_role("heading", name=part, exact=True)).to_be_visible()


def test_credits_are_granted(demo: Stage) -> None:
    """A grant is an entry with its reason at once."""
    demo.sign_in()
    page = demo.open("/credits")
    page.get_by_label("Amount, USD").fill("12.50")
    page.get_by_label("Reason").fill("For the test")
    page.get_by_role("button", name="Grant", exact=True).click()
    row = page.get_by_role("row", name=re.compile("For the test"))
    expect(row).to_contain_text("$12.50")


def test_a_preset_is_kept_and_names_itself(demo: Stage) -> None:
    """What is saved is listed with the name that requests use."""
    demo.sign_in()
    page = demo.open("/presets")
    page.get_by_role("button", name="New preset").click()
    page.get_by_label("Name").fill("Short answers")
    page.get_by_label("Request fields").fill('{"model": "openai/gpt-4o-mini", "max_tokens": 40}')
    page.get_by_role("button", name="Save").click()
    row = page.get_by_role("row", name=re.compile("Short answers"))
    expect(row).to_contain_text("@preset/short-answers")
    expect(row).to_contain_text("openai/gpt-4o-mini")


def test_activity_is_grouped_and_saved(demo: Stage) -> None:
    """By key as by model, and as a file."""
    demo.sign_in()
    page = demo.open("/activity")
    page.get_by_text("Key", exact=True).click()
    expect(page.get_by_role("figure", name="Spend by key")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("link", name="CSV").click()
    head = saved.value.path().read_text().splitlines()[0]
    assert "spend" in head


def test_the_sample_of_a_models_page_runs_in_the_page(demo: Stage) -> None:
    """Try it asks the gateway as the operator and shows what came."""
    demo.sign_in()
    page = demo.open("/openai/gpt-4o-mini/quickstart")
    page.get_by_role("button", name=re.compile("^(Run|Try)")).first.click()
    expect(page.get_by_role("main")).to_contain_text(re.compile("TTFT"))


def test_the_theme_is_kept(demo: Stage) -> None:
    """Dark once chosen is dark on the next page."""
    page = demo.open("/")
    page.get_by_role("button", name="Switch to dark theme").click()
    again = demo.open("/models")
    assert again.evaluate("document.documentElement.dataset.theme") == "dark"
