"""Every transition of an invitation as people make it in their browsers; the cases are made from sharing.states."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable
from typing import NamedTuple

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from sharing.states import OPEN, TRANSITIONS, Event, Guard, State
from tests.browser.server import Server
from tests.browser.sharing.pages import Hub, WhoCanSee, link_in
from tests.browser.sharing.stages import CASES, GUARDED
from tests.mailbox import Mailbox
from tests.people import ALICE

STAGES = "tests.browser.sharing.stages"
pytestmark = pytest.mark.real

HEADINGS = {
    State.DECLINED: "This invitation was declined",
    State.WITHDRAWN: "This is not shared with you any more",
    State.REVOKED: "This is not shared with you any more",
    State.LEFT: "You have left this app",
    State.EXPIRED: "This invitation has expired",
    State.ACCEPTED: "You have accepted already",
}
"""What the link leads its own account to; in all other states, to the invitation."""

BUTTONS = {Event.RESEND: "Send again", Event.WITHDRAW: "Withdraw", Event.REVOKE: "Remove"}
"""The owner's, each there exactly where the table lets its event happen."""


class Case(NamedTuple):
    app: str
    title: str
    address: str
    invitation: str
    link: str
    session: str


class Two(NamedTuple):
    """An owner and an invitee, each in a browser of his own, and what is between them."""

    case: Case
    site: Server
    post: Mailbox
    owner: Page
    invitee: Page
    let_time_pass: Callable[[], object]
    """Once for all cases: it notes everything that is late."""

    def who(self) -> WhoCanSee:
        self.owner.goto(f"{self.site.url}/app/{self.case.app}/sharing/")
        past = self.owner.get_by_text("Had access, or were asked")
        if past.count():
            past.click()
        return WhoCanSee(self.owner)

    def hub(self) -> Hub:
        self.invitee.goto(self.site.url)
        return Hub(self.invitee)


@pytest.fixture(scope="module")
def stages(site, apps) -> dict[str, Case]:
    return {name: Case(**case) for name, case in json.loads(site.module(STAGES)).items()}


@pytest.fixture(scope="module")
def owner(browser, logged_in) -> Page:
    context: BrowserContext = browser.new_context(storage_state=logged_in(ALICE))
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def let_time_pass(site, stages) -> Callable[[], object]:
    return functools.cache(lambda: site.module(STAGES, "time"))


@pytest.fixture
def two(request, site, post, stages, owner, visit, let_time_pass) -> Two:
    case = stages[request.param]
    invitee = visit(None)
    invitee.context.add_cookies([{"name": "session", "value": case.session, "url": site.url}])
    return Two(case, site, post, owner, invitee, let_time_pass)


# -- what people do


def resend(two: Two) -> None:
    who = two.who()
    who.act(two.case.address, "Send again")
    expect(two.owner.locator(".toast")).to_contain_text("the old link is dead")
    two.post.newest_to(two.case.address)
    two.invitee.goto(two.case.link)
    expect(two.invitee.get_by_role("heading", name="This link does not work")).to_be_visible()


def refuse(two: Two) -> None:
    """Only the mail server can do that: the owner sends another mail, and it does not take it."""
    two.post.refuse[two.case.address] = "550 5.1.1 no such mailbox"
    two.who().act(two.case.address, "Send again")


def see(two: Two) -> None:
    with two.invitee.expect_response("**/api/invitations/seen/"):
        two.invitee.goto(two.case.link)


def accept(two: Two) -> None:
    two.invitee.goto(two.case.link)
    expect(two.invitee.get_by_role("heading", name=two.case.title)).to_be_visible()
    two.invitee.get_by_role("button", name="Accept and open").click()
    two.invitee.wait_for_url(re.compile("/app/"))


def decline(two: Two) -> None:
    hub = two.hub()
    hub.answer(two.case.title, "Decline")
    expect(hub.waiting(two.case.title)).to_have_count(0)


def leave(two: Two) -> None:
    hub = two.hub()
    hub.shared(two.case.title).get_by_role("button", name="Leave").click()
    expect(hub.shared(two.case.title)).to_have_count(0)


def withdraw(two: Two) -> None:
    two.who().act(two.case.address, "Withdraw")
    expect(two.owner.locator(".toast")).to_contain_text("is withdrawn")


def revoke(two: Two) -> None:
    two.who().act(two.case.address, "Remove")
    expect(two.owner.locator(".toast")).to_contain_text("no access any more")


ACTS: dict[Event, Callable[[Two], None]] = {
    Event.RESEND: resend,
    Event.REFUSE: refuse,
    Event.SEE: see,
    Event.ACCEPT: accept,
    Event.DECLINE: decline,
    Event.LEAVE: leave,
    Event.WITHDRAW: withdraw,
    Event.REVOKE: revoke,
    Event.LAPSE: lambda two: two.let_time_pass(),
    Event.END: lambda two: two.let_time_pass(),
}


# -- what everybody sees then


def expect_owner_to_see(two: Two, state: State) -> None:
    """The state, and the ways on that the table has from it."""
    who = two.who()
    who.expect_state(two.case.address, state.label)
    for event, words in BUTTONS.items():
        button = who.person(two.case.address).get_by_role("button", name=re.compile(f"^{words}"))
        expect(button).to_have_count(int(state in TRANSITIONS[event].sources))


def expect_invitee_to_see(two: Two, state: State, link: str) -> None:
    """The link's page, the Hub, and the app's door all say the same."""
    page = two.invitee
    page.goto(link)
    expect(page.get_by_role("heading", name=HEADINGS.get(state, two.case.title))).to_be_visible()
    for words in ("Accept and open", "Decline"):
        expect(page.get_by_role("button", name=words)).to_have_count(int(state in OPEN))
    hub = two.hub()
    expect(hub.waiting(two.case.title)).to_have_count(int(state in OPEN))
    expect(hub.shared(two.case.title)).to_have_count(int(state == State.ACCEPTED))
    opened = page.request.get(f"{two.site.url}/app/{two.case.app}/")
    assert opened.status == (200 if state == State.ACCEPTED else 404)


@pytest.mark.parametrize(("two", "event"), [(name, event) for name, (event, _) in CASES.items()], indirect=["two"])
def test_every_transition_in_browsers(two, event):
    target = TRANSITIONS[event].target
    ACTS[event](two)
    expect_owner_to_see(two, target)
    link = link_in(two.post.newest_to(two.case.address)) if event == Event.RESEND else two.case.link
    if event != Event.REFUSE:  # the link went with the mail
        expect_invitee_to_see(two, target, link)


REFUSED = {
    Guard.ADDRESS_VERIFIED: "This needs another account",
    Guard.IN_TIME: "This invitation has expired",
    Guard.SHARED: "This is not shared with you any more",
    Guard.AHEAD: "This is not shared with you any more",
}
"""Where accepting leads when the guard has failed since the page was opened."""


@pytest.mark.parametrize(("two", "guard"), list(GUARDED.items()), indirect=["two"])
def test_who_accepts_too_late_is_told_why_and_gets_nothing(two, guard):
    """The invitation is open before him when what it needs goes away."""
    page = two.invitee
    page.goto(two.case.link)
    expect(page.get_by_role("heading", name=two.case.title)).to_be_visible()
    two.site.module(STAGES, guard.name, two.case.invitation)
    page.get_by_role("button", name="Accept and open").click()
    expect(page.get_by_role("heading", name=REFUSED[guard])).to_be_visible()
    assert page.request.get(f"{two.site.url}/app/{two.case.app}/").status == 404
    expect(two.hub().shared(two.case.title)).to_have_count(0)


def test_the_cases_are_all_of_the_table():
    assert {event for event, _ in CASES.values()} == set(Event) == set(ACTS)
    assert {TRANSITIONS[event].target for event, _ in CASES.values()} == set(State)
    assert set(GUARDED.values()) == set(REFUSED)
