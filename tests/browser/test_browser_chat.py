"""A person chats: with two models at once, with the embedded one, and stops it."""

import re

from playwright.sync_api import Page, expect
from tests.browser.stage import Stage

EMBEDDED = "huggingfacetb/smollm2-135m-instruct"
PAIR = "openai/gpt-4o-mini,anthropic/claude-haiku-4.5"


def ask(page: Page, text: str) -> None:
    """Writes a message and sends it."""
    page.get_by_role("textbox", name="Message").fill(text)
    page.keyboard.press("Enter")


def test_two_models_answer_side_by_side_with_their_figures(demo: Stage) -> None:
    """Each column streams its own answer and tells provider, tokens, cost, TTFT and speed."""
    demo.sign_in()
    page = demo.open(f"/chat?m={PAIR}")
    ask(page, "Say hello.")
    replies = page.get_by_role("article")
    expect(replies).to_have_count(2)
    for number in range(2):
        expect(replies.nth(number)).to_have_attribute("aria-busy", "false")
        expect(replies.nth(number)).to_contain_text(re.compile(r"\d+ out.*\$.*TTFT.*tok/s"))
    boxes = [replies.nth(number).bounding_box() for number in range(2)]
    assert boxes[0]
    assert boxes[1]
    assert boxes[0]["x"] < boxes[1]["x"]


def test_the_embedded_model_streams_and_is_stopped(demo: Stage) -> None:
    """A long answer grows on the page; Stop ends it and keeps what was said."""
    demo.sign_in()
    page = demo.open(f"/chat?m={EMBEDDED}")
    ask(page, "Write a long story about a lighthouse keeper and the sea, in many paragraphs.")
    reply = page.get_by_role("article")
    expect(reply).to_have_attribute("aria-busy", "true")
    expect(reply).to_contain_text(re.compile(r"\w+ \w+ \w+"))
    page.get_by_role("button", name="Stop").click()
    expect(reply).to_have_attribute("aria-busy", "false")
    expect(reply).to_contain_text("Stopped.")


def test_a_reply_is_retried_and_a_message_edited_into_a_branch(demo: Stage) -> None:
    """Retries and versions pile up and can be gone back to."""
    demo.sign_in()
    page = demo.open("/chat?m=openai/gpt-4o-mini")
    ask(page, "First words.")
    reply = page.get_by_role("article")
    expect(reply).to_have_attribute("aria-busy", "false")
    reply.get_by_role("button", name="Retry").click()
    expect(reply).to_contain_text("2/2")
    expect(reply).to_have_attribute("aria-busy", "false")
    page.get_by_role("button", name="Edit").click()
    page.get_by_role("textbox", name="Edit message").fill("Other words.")
    page.get_by_role("button", name="Ask again").click()
    expect(page.get_by_text("Other words.", exact=True)).to_be_visible()
    expect(reply).to_have_attribute("aria-busy", "false")
    page.get_by_role("button", name="Earlier version").click()
    expect(page.get_by_text("First words.", exact=True)).to_be_visible()


def test_a_chat_is_there_after_the_page_is_opened_again(demo: Stage) -> None:
    """Conversations stay in the browser."""
    demo.sign_in()
    page = demo.open("/chat?m=openai/gpt-4o-mini")
    ask(page, "Remember this line.")
    expect(page.get_by_role("article")).to_have_attribute("aria-busy", "false")
    again = demo.open("/chat")
    expect(again.get_by_role("button", name=re.compile("^Remember this line"))).to_be_visible()
    expect(again.get_by_role("article")).to_have_count(1)


def test_chats_are_exported(demo: Stage) -> None:
    """The file holds what was said."""
    demo.sign_in()
    page = demo.open("/chat?m=openai/gpt-4o-mini")
    ask(page, "Take this along.")
    expect(page.get_by_role("article")).to_have_attribute("aria-busy", "false")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Export").click()
    assert "Take this along." in saved.value.path().read_text()


def test_an_image_goes_with_the_message(demo: Stage) -> None:
    """A picture put in is shown in the message and reaches the model's endpoint."""
    demo.sign_in()
    page = demo.open("/chat?m=openai/gpt-4o-mini")
    picture = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00!\xf9\x04\x01"
    picture += b"\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
    page.get_by_label("Files", exact=True).set_input_files(
        {"name": "dot.gif", "mimeType": "image/gif", "buffer": picture}
    )
    ask(page, "What is this?")
    expect(page.get_by_role("img", name="dot.gif")).to_be_visible()
    expect(page.get_by_role("article")).to_contain_text(re.compile(r"\d+ out"))


def test_who_is_signed_out_is_shown_where_to_sign_in(demo: Stage) -> None:
    """Chatting costs money, so it needs the operator."""
    page = demo.open("/chat")
    page.get_by_role("main").get_by_role("link", name="Sign in").click()
    expect(page).to_have_url(re.compile(r"/sign-in\?back=/chat"))
