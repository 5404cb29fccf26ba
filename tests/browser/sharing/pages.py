"""The pages of sharing as people use them."""

from __future__ import annotations

import re
from email.message import EmailMessage

from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import CODE
from tests.mailbox import Mailbox, found_in
from tests.people import Person

LINK = r"(http://\S+/invitation/\?token=\S+)"


def link_in(mail: EmailMessage) -> str:
    return found_in(mail, LINK)


def undo(page: Page, words: str) -> None:
    """Take back what the page says it has done."""
    page.locator(".toast").filter(has_text=words).get_by_role("button", name="Undo").click()


def fill_dialogue(
    page: Page, people: str = "", role: str = "", message: str = "", groups: tuple[str, ...] = ()
) -> None:
    """Type into the dialogue that is open, and share."""
    dialogue = page.get_by_test_id("share-dialog")
    dialogue.get_by_label("E-mail addresses").fill(people)
    if role:
        dialogue.get_by_label("Role").select_option(role)
    if message:
        dialogue.get_by_label("Message").fill(message)
    for group in groups:
        dialogue.get_by_label(group).check()
    dialogue.get_by_role("button", name="Share").click()


class WhoCanSee:
    """Alice's page about one app."""

    def __init__(self, page: Page) -> None:
        self.page = page
        expect(page.get_by_role("heading", name="Who can see")).to_be_visible()

    def invite(self, people: str, role: str = "", message: str = "", groups: tuple[str, ...] = ()) -> None:
        self.page.get_by_role("button", name="Invite people").click()
        fill_dialogue(self.page, people, role, message, groups)
        expect(self.page.get_by_test_id("share-dialog")).to_have_count(0)

    def person(self, address: str) -> Locator:
        return self.page.locator(f'[data-testid="person"][data-address="{address}"]')

    def expect_state(self, address: str, state: str) -> None:
        expect(self.person(address).get_by_test_id("state")).to_have_text(state)

    def act(self, address: str, button: str) -> None:
        self.person(address).get_by_role("button", name=re.compile(f"^{button}")).click()

    def undo(self, words: str) -> None:
        undo(self.page, words)

    def history(self) -> str:
        return self.page.get_by_test_id("history").inner_text()


class Hub:
    """Somebody's Hub."""

    def __init__(self, page: Page) -> None:
        self.page = page
        expect(page.get_by_role("heading", name="Apps")).to_be_visible()

    def waiting(self, title: str) -> Locator:
        return self.page.get_by_test_id("invitation").filter(has_text=title)

    def shared(self, title: str) -> Locator:
        return self.page.get_by_test_id("shared-card").filter(has_text=title)

    def answer(self, title: str, how: str) -> None:
        self.waiting(title).get_by_role("button", name=re.compile(f"^{how}")).click()

    def undo(self, words: str) -> None:
        undo(self.page, words)


def sign_up_from_invitation(page: Page, person: Person, mail: Mailbox) -> None:
    """From the invitation's page through the making of an account; the address stands there already."""
    page.get_by_role("link", name="Make an account").click()
    expect(page.get_by_label("E-mail address")).to_have_value(person.email)
    page.locator("input[name=password1]").fill(person.password)
    page.locator("input[name=password2]").fill(person.password)
    before = len([one for one in mail.mails if one["To"] == person.email])
    page.get_by_role("button", name="Sign Up").click()
    page.locator("input[name=code]").fill(found_in(mail.newest_to(person.email, before + 1), CODE))
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url(re.compile("/invitation/$"))
