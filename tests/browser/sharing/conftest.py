"""A server that tries mails again after a second and undoes for minutes, Alice's apps, people with their browsers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.pages import LONG, log_in
from tests.browser.server import Server
from tests.browser.sharing.pages import Hub, WhoCanSee
from tests.mailbox import Mailbox
from tests.people import ALICE, Person

TITLES = (
    "Walk", "Forwarded", "Taken first", "Ends", "Refused", "Live", "By group", "Stopped", "Looked at", "Elsewhere",
    "Hostile", "Unsent",
)  # fmt: skip
"""Alice's apps: one a test."""

Visit = Callable[[Person | None], Page]


@pytest.fixture(scope="package")
def post() -> Iterator[Mailbox]:
    box = Mailbox()
    yield box
    box.stop()


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory, post: Mailbox) -> Iterator[Server]:
    settings = {"MAIL_RETRY_SECONDS": 1, "INVITATION_MAILS_TO_ONE_A_DAY": 500, "UNDO_SECONDS": 120}
    running = Server(tmp_path_factory.mktemp("sharing"), post, **settings).start()
    yield running
    running.stop()


@pytest.fixture(scope="package")
def apps(site: Server) -> dict[str, str]:
    """Ids of Alice's apps by title."""
    made: dict[str, str] = json.loads(site.module("tests.browser.sharing.world", *TITLES))
    return made


@pytest.fixture(scope="package")
def logged_in(site: Server, apps: dict[str, str], browser: Browser) -> Callable[[Person], Any]:
    """What a browser keeps of a person who has logged in; each does so once."""
    kept: dict[Person, Any] = {}

    def state(person: Person) -> Any:
        if person not in kept:
            context = browser.new_context()
            log_in(context.new_page(), site.url, person)
            kept[person] = context.storage_state()
            context.close()
        return kept[person]

    return state


@pytest.fixture
def visit(browser: Browser, logged_in: Callable[[Person], Any]) -> Iterator[Visit]:
    """A new browser of a person, or of nobody. Pages must have no errors of their own."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_browser(person: Person | None) -> Page:
        state = logged_in(person) if person else None
        context = browser.new_context(viewport={"width": 1440, "height": 900}, storage_state=state)
        context.set_default_timeout(LONG)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield open_browser
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def who(site: Server, apps: dict[str, str], visit: Visit) -> Callable[[str], WhoCanSee]:
    """Alice's page about who can see one of her apps."""

    def open_page(title: str) -> WhoCanSee:
        page = visit(ALICE)
        page.goto(f"{site.url}/app/{apps[title]}/sharing/")
        return WhoCanSee(page)

    return open_page


@pytest.fixture
def hub(site: Server, visit: Visit) -> Callable[[Person], Hub]:
    def open_page(person: Person) -> Hub:
        page = visit(person)
        page.goto(site.url)
        return Hub(page)

    return open_page
