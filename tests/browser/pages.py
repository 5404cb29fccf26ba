"""The product's pages as a person uses them: what can be done on each, and what can be read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.mailbox import Mailbox
from tests.people import Person

CODE = r"(?m)^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$"
LONG = 60_000
# The first use of a fresh engine may compile, and two cores may be busy with other tests.
expect.set_options(timeout=60_000)


def sign_up(page: Page, url: str, person: Person, mail: Mailbox) -> None:
    """From the log-in page to an empty Hub, with the code from the mail."""
    page.goto(f"{url}/account/signup/")
    page.get_by_label("E-mail address").fill(person.email)
    page.locator("input[name=password1]").fill(person.password)
    page.locator("input[name=password2]").fill(person.password)
    page.get_by_role("button", name="Sign Up").click()
    page.locator("input[name=code]").fill(mail.next_match(CODE))
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", name="Apps")).to_be_visible()


def log_in(page: Page, url: str, person: Person) -> None:
    page.goto(f"{url}/account/login/")
    page.get_by_label("E-mail address").fill(person.email)
    page.locator("input[name=password]").fill(person.password)
    page.locator("main").get_by_role("button", name="Sign In").click()
    expect(page.get_by_role("heading", name="Apps")).to_be_visible()


def log_out(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url(re.compile("/account/login/"))


def upload(page: Page, files: Sequence[Path]) -> None:
    """From the Hub to the preview of what the files hold."""
    page.get_by_test_id("choose-files").set_input_files([str(file) for file in files])
    expect(page.get_by_role("heading", name="This is what your files hold")).to_be_visible(timeout=LONG)


def create(page: Page, title: str) -> Workspace:
    page.get_by_label("Title of the app").fill(title)
    page.get_by_test_id("create").click()
    page.wait_for_url(re.compile("/app/"), timeout=LONG)
    return Workspace(page)


class Workspace:
    """The page of an open app."""

    def __init__(self, page: Page) -> None:
        self.page = page
        expect(page.get_by_test_id("edit-toggle")).to_be_enabled(timeout=LONG)

    def edit(self) -> None:
        toggle = self.page.get_by_test_id("edit-toggle")
        if toggle.get_attribute("aria-pressed") == "false":
            toggle.click()

    def done(self) -> None:
        """Leave edit mode once everything is saved."""
        toggle = self.page.get_by_test_id("edit-toggle")
        if toggle.get_attribute("aria-pressed") == "true":
            expect(self.page.get_by_test_id("save-state")).to_have_attribute("data-state", "saved", timeout=LONG)
            toggle.click()

    def add_sheet(self) -> None:
        empty = self.page.get_by_role("button", name="New sheet")
        (empty if empty.is_visible() else self.page.get_by_test_id("add-sheet")).click()

    def add_chart(
        self, kind: str, dimensions: Sequence[str] = (), measures: Sequence[str] = (), title: str = ""
    ) -> None:
        """Add a chart by the panel; a dimension is a field, a measure `Sum field` or an expression with brackets."""
        before = self.charts.count()
        page = self.page
        page.get_by_test_id("add-chart").click()
        page.get_by_test_id(f"kind-{kind}").click()
        for number, name in enumerate(dimensions):
            if number or not page.get_by_test_id("field-search").is_visible():
                page.get_by_test_id("add-dimension").click()
            self._choose(name)
        for expression in measures:
            page.get_by_test_id("add-measure").click()
            self._choose(expression)
        page.get_by_test_id("create-chart").click()
        expect(self.charts).to_have_count(before + 1)
        expect(page.get_by_test_id("chart-title")).to_be_visible()
        if title:
            page.get_by_test_id("chart-title").fill(title)
            page.get_by_test_id("chart-title").press("Tab")
        page.get_by_test_id("close-panel").click()
        expect(page.get_by_test_id("add-chart")).to_be_visible()
        self.wait_until_drawn()

    def _choose(self, what: str) -> None:
        page = self.page
        if "(" in what:
            page.get_by_test_id("write-expression").click()
            page.get_by_test_id("expression").fill(what)
            page.get_by_test_id("use-expression").click()
            return
        how, _, field = what.rpartition(" ")
        page.get_by_test_id("field-search").fill(field)
        page.get_by_test_id("field-option").filter(has=page.get_by_text(field, exact=True)).first.click()
        if how:
            page.get_by_test_id("aggregation").last.select_option(how)

    @property
    def charts(self) -> Locator:
        return self.page.get_by_test_id("chart-cell")

    def chart(self, kind: str) -> Locator:
        return self.page.locator(f'[data-testid="chart-cell"][data-type="{kind}"]')

    def wait_until_drawn(self) -> None:
        for number in range(self.charts.count()):
            expect(self.charts.nth(number)).to_have_attribute("data-state", "drawn", timeout=LONG)

    def open_sheet(self, title: str) -> None:
        self.page.get_by_test_id("sheet-tab").filter(has_text=title).click()
        self.wait_until_drawn()
