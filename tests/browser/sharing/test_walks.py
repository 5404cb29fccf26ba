"""Sharing as people meet it: two or three of them, each with a browser of his own, and a real mail server between."""

from __future__ import annotations

import re
import shutil
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.browser.accessible import serious
from tests.browser.pages import Workspace, log_in
from tests.browser.sharing.pages import Hub, WhoCanSee, fill_dialogue, link_in, sign_up_from_invitation
from tests.people import ALICE, BOB, CHARLIE, Person

pytestmark = pytest.mark.real

NEWCOMER = Person("newcomer@example.org", "heather in the wind of the moor")
DORA = Person("dora@example.org", "lavender rows behind the wall")


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attributes if name in {"href", "src"} and value]


def scan(mail: EmailMessage) -> int:
    """Follow every link of a mail, as its scanner does before the person sees it; how many there were."""
    html = mail.get_body(("html",))
    assert html is not None
    links = Links()
    links.feed(html.get_content())
    texts = re.findall(r"https?://\S+", str(mail.get_body(("plain",))))
    for link in (*links.found, *texts):
        for method in ("HEAD", "GET"):
            assert requests.request(method, link, timeout=20).status_code < 500
    return len(links.found)


def test_from_the_mail_to_the_app_and_out_again(who, visit, site, apps, post):
    alice = who("Walk")
    alice.page.get_by_role("link", name="Walk").click()
    owners = Workspace(alice.page)
    owners.add_sheet()
    owners.edit()
    owners.add_chart("barchart", ["flower"], ["Sum bees"])
    owners.done()
    alice.page.get_by_test_id("share-link").click()
    alice = WhoCanSee(alice.page)
    alice.invite(f"New Comer <{NEWCOMER.email}>", message="Have a look at http://evil.example/now")
    mail = post.newest_to(NEWCOMER.email)
    assert scan(mail) == 1
    alice.page.reload()
    alice.expect_state(NEWCOMER.email, "Invited")

    page = visit(None)
    page.goto(link_in(mail))
    expect(page).to_have_url(f"{site.url}/invitation/")
    expect(page.get_by_test_id("invitation-page")).not_to_contain_text("Walk")
    sign_up_from_invitation(page, NEWCOMER, post)
    expect(page.get_by_role("heading", name="Walk")).to_be_visible()
    expect(page.get_by_test_id("invitation-page")).to_contain_text(ALICE.email)
    alice.expect_state(NEWCOMER.email, "Seen")
    page.get_by_role("button", name="Accept and open").click()
    theirs = Workspace(page)
    theirs.wait_until_drawn()
    alice.expect_state(NEWCOMER.email, "Has access")
    expect(alice.person(NEWCOMER.email)).to_contain_text("last visit")

    expect(page.get_by_test_id("share-link")).to_have_count(0)
    page.get_by_test_id("edit-toggle").click()
    expect(page.get_by_test_id("chart-cover")).to_have_count(0)
    page.get_by_test_id("add-own-sheet").click()
    expect(theirs.charts).to_have_count(0)
    theirs.add_chart("piechart", ["flower"], ["Sum bees"])
    page.get_by_test_id("edit-toggle").click()
    page.get_by_test_id("bookmarks").click()
    page.get_by_test_id("bookmark-name").fill("All of it")
    page.get_by_test_id("keep-bookmark").click()
    expect(page.get_by_test_id("bookmark")).to_have_text("All of it")

    page.goto(f"{site.url}/app/{apps['Walk']}/")
    expect_own_things(page)
    owner = visit(ALICE)
    owner.goto(f"{site.url}/app/{apps['Walk']}/")
    Workspace(owner).wait_until_drawn()
    expect(owner.get_by_test_id("sheet-tab")).to_have_count(1)

    alice.act(NEWCOMER.email, "Remove")
    expect(page.get_by_test_id("connection-ended")).to_contain_text("no longer have access")
    page.goto(f"{site.url}/app/{apps['Walk']}/")
    expect(page.get_by_role("heading", name="Nothing here")).to_be_visible()
    alice.undo("no access any more")
    alice.expect_state(NEWCOMER.email, "Has access")
    page.goto(f"{site.url}/app/{apps['Walk']}/")
    expect_own_things(page)
    for words in ("invited", "accepted the invitation", "opened the app", "removed", "took back a removal"):
        assert words in alice.history()


def expect_own_things(page: Page) -> None:
    """The sheet and the bookmark that the newcomer has kept for himself, beside Alice's sheet."""
    workspace = Workspace(page)
    expect(page.get_by_test_id("sheet-tab")).to_have_count(2)
    page.get_by_test_id("sheet-tab").filter(has_text="My sheet").click()
    expect(workspace.chart("piechart")).to_have_attribute("data-state", "drawn")
    page.get_by_test_id("bookmarks").click()
    expect(page.get_by_test_id("bookmark")).to_have_text("All of it")
    page.keyboard.press("Escape")


def test_t02_forwarded_link(who, visit, site, post):
    who("Forwarded").invite(BOB.email, message="canary message")
    link = link_in(post.newest_to(BOB.email, about="Forwarded"))
    page = visit(None)
    log_in(page, site.url, CHARLIE)  # a session of its own: he will log out
    page.goto(link)
    shown = page.get_by_test_id("invitation-page")
    expect(shown).to_contain_text(f"The invitation is for {BOB.email}")
    expect(shown).to_contain_text(f"logged in as {CHARLIE.email}")
    for secret in ("Forwarded", "canary", ALICE.email):
        expect(shown).not_to_contain_text(secret)
    page.get_by_role("button", name="and in as").click()
    expect(page.get_by_label("E-mail address")).to_have_value(BOB.email)
    page.locator("input[name=password]").fill(BOB.password)
    page.locator("main").get_by_role("button", name="Sign In").click()
    expect(page.get_by_role("heading", name="Forwarded")).to_be_visible()
    page.get_by_role("button", name="Accept and open").click()
    page.wait_for_url(re.compile("/app/"))
    other = visit(CHARLIE)
    other.goto(link)
    expect(other.get_by_role("heading", name="This link has been used")).to_be_visible()


def test_t03_an_address_taken_first_by_somebody_else(who, visit, site, post):
    """A thief signs up with the invited address and never verifies it: the mailbox's owner gets in, he does not."""
    thief = visit(None)
    thief.goto(f"{site.url}/account/signup/")
    thief.get_by_label("E-mail address").fill(DORA.email)
    for name in ("password1", "password2"):
        thief.locator(f"input[name={name}]").fill("the thief chose this one first")
    thief.get_by_role("button", name="Sign Up").click()
    post.newest_to(DORA.email)
    # Some minutes later: one address gets one code in three minutes.
    shutil.rmtree(Path(site.environment["HONEYGUIDE_VAR"]) / "cache")
    alice = who("Taken first")
    alice.invite(DORA.email)
    link = link_in(post.newest_to(DORA.email, 2))
    thief.goto(link)
    expect(thief.get_by_role("heading", name="You have been invited")).to_be_visible()
    page = visit(None)
    page.goto(link)
    sign_up_from_invitation(page, DORA, post)
    page.get_by_role("button", name="Accept and open").click()
    page.wait_for_url(re.compile("/app/"))
    alice.expect_state(DORA.email, "Has access")
    thief.goto(site.url)
    expect(thief.get_by_role("heading", name="Enter Email Verification Code")).to_be_visible()


def test_every_end_says_what_to_do(who, visit, site, post):
    alice = who("Ends")
    addresses = [f"{name}@example.org" for name in ("withdrawn", "expired")]
    alice.invite(", ".join([*addresses, BOB.email]))
    withdrawn, expired = (link_in(post.newest_to(address)) for address in addresses)
    page = visit(None)
    alice.act(addresses[0], "Withdraw")
    alice.expect_state(addresses[0], "Withdrawn")
    page.goto(withdrawn)
    expect(page.get_by_role("heading", name="not shared with you any more")).to_be_visible()

    site.manage("shell", "-v", "0", "-c", EXPIRE)
    page.goto(expired)
    expect(page.get_by_role("heading", name="This invitation has expired")).to_be_visible()
    alice.page.reload()
    alice.page.get_by_text("Had access, or were asked").click()
    alice.expect_state(addresses[1], "Expired")
    alice.act(addresses[1], "Send again")
    alice.expect_state(addresses[1], "Invited")
    newer = link_in(post.newest_to(addresses[1], 2))
    page.goto(expired)
    expect(page.get_by_role("heading", name="This link does not work")).to_be_visible()
    page.goto(newer)
    expect(page.get_by_role("heading", name="You have been invited")).to_be_visible()

    bob = visit(BOB)
    bob.goto(link_in(post.newest_to(BOB.email, about="Ends")))
    bob.get_by_role("button", name="Decline").click()
    expect(bob.get_by_text("You have declined the invitation.")).to_be_visible()
    alice.expect_state(BOB.email, "Declined")
    alice.invite(BOB.email)
    alice.expect_state(BOB.email, "Invited")


EXPIRE = """
from django.utils import timezone
from sharing.models import Invitation
Invitation.objects.filter(address="expired@example.org").update(answer_until=timezone.now())
"""


def test_r19_who_cannot_be_reached_is_shown_to_the_owner(who, post):
    post.refuse["nowhere@example.org"] = "550 5.1.1 no such mailbox"
    post.refuse["later@example.org"] = "451 busy"
    alice = who("Refused")
    alice.invite("nowhere@example.org, later@example.org")
    alice.expect_state("nowhere@example.org", "Undeliverable")
    expect(alice.person("nowhere@example.org")).to_contain_text("The mail server refuses this address (550)")
    alice.expect_state("later@example.org", "Invited")
    del post.refuse["later@example.org"]
    post.newest_to("later@example.org")
    assert [mail["To"] for mail in post.mails].count("later@example.org") == 1


def test_r19_while_the_mail_server_is_down_invitations_wait_in_the_hub(who, hub, post, site):
    post.stop()
    try:
        alice = who("Unsent")
        alice.invite(f"{BOB.email}, nobody.home@example.org")
        alice.expect_state("nobody.home@example.org", "Invited")
        expect(hub(BOB).waiting("Unsent")).to_contain_text(f"{ALICE.email} invites you to explore it")
        site.module("tests.browser.sharing.stages", "day")
        alice.expect_state("nobody.home@example.org", "Undeliverable")
        expect(alice.person("nobody.home@example.org")).to_contain_text("The mail server does not answer")
    finally:
        post.start()
    alice.act("nobody.home@example.org", "Send again")
    alice.expect_state("nobody.home@example.org", "Invited")
    post.newest_to("nobody.home@example.org")


def test_the_hub_follows_what_others_do(who, hub):
    charlie: Hub = hub(CHARLIE)
    alice = who("Live")
    alice.invite(CHARLIE.email, role="editor")
    expect(charlie.waiting("Live")).to_contain_text(f"{ALICE.email} invites you to open and edit it")
    expect(charlie.page).to_have_title(re.compile(r"^\(\d+\) Apps"))
    alice.expect_state(CHARLIE.email, "Seen")
    charlie.answer("Live", "Decline")
    expect(charlie.waiting("Live")).to_have_count(0)
    charlie.undo("Declined")
    charlie.answer("Live", "Accept")
    workspace = Workspace(charlie.page)
    expect(charlie.page.get_by_test_id("edit-toggle")).to_have_text("Edit")
    charlie = hub(CHARLIE)
    expect(charlie.shared("Live")).to_contain_text(ALICE.email)
    expect(charlie.shared("Live")).to_contain_text("you may edit")
    charlie.shared("Live").get_by_role("button", name="Leave").click()
    expect(charlie.shared("Live")).to_have_count(0)
    expect(workspace.page.get_by_test_id("connection-ended")).to_be_visible()
    alice.page.get_by_text("Had access, or were asked").click()
    alice.expect_state(CHARLIE.email, "Left")
    charlie.undo("You have left")
    expect(charlie.shared("Live")).to_be_visible()
    alice.expect_state(CHARLIE.email, "Has access")
    alice.act(CHARLIE.email, "Remove")
    expect(charlie.shared("Live")).to_have_count(0)


def test_groups(who, hub, visit, site):
    page = visit(ALICE)
    page.goto(f"{site.url}/groups/")
    page.get_by_role("button", name="New group").click()
    page.get_by_label("Name").fill("Bees")
    page.get_by_label("E-mail addresses").fill(f"Bob <{BOB.email}>\nqueen@example.org")
    page.get_by_role("button", name="Make the group").click()
    expect(page.get_by_test_id("group")).to_contain_text("Bob, queen@example.org")
    alice = who("By group")
    alice.invite("", groups=("Bees (2)",))
    expect(alice.page.get_by_test_id("group-share")).to_contain_text("Bees")
    alice.expect_state("queen@example.org", "Invited")
    bob: Hub = hub(BOB)
    bob.answer("By group", "Accept")
    bob.page.wait_for_url(re.compile("/app/"))
    page.get_by_role("button", name="Edit Bees").click()
    page.get_by_label("E-mail addresses").fill(f"Bob <{BOB.email}>\n{CHARLIE.email}")
    page.get_by_role("button", name="Keep").click()
    alice.expect_state(CHARLIE.email, "Invited")
    alice.expect_state(BOB.email, "Has access")
    alice.page.get_by_role("button", name="End sharing with Bees").click()
    expect(alice.page.get_by_test_id("nobody")).to_be_visible()
    expect(bob.page.get_by_test_id("connection-ended")).to_be_visible()
    alice.undo("not shared with the group")
    alice.expect_state(BOB.email, "Has access")


def test_stop_for_all_and_share_again(who, hub, visit, site, apps, post):
    alice = who("Stopped")
    alice.invite(f"{BOB.email}, {CHARLIE.email}, late.comer@example.org")
    pages = []
    for person in (BOB, CHARLIE):
        theirs: Hub = hub(person)
        theirs.answer("Stopped", "Accept")
        theirs.page.wait_for_url(re.compile("/app/"))
        Workspace(theirs.page)
        pages.append(theirs.page)
    link = link_in(post.newest_to("late.comer@example.org"))
    alice.act(CHARLIE.email, "Remove")
    expect(pages[1].get_by_test_id("connection-ended")).to_be_visible()
    alice.page.get_by_role("button", name="Stop sharing for all").click()
    expect(alice.page.get_by_test_id("stopped")).to_be_visible()
    alice.expect_state(BOB.email, "Paused")
    expect(pages[0].get_by_test_id("connection-ended")).to_be_visible()
    alice.page.get_by_role("button", name="Share again").click()
    alice.expect_state(BOB.email, "Has access")
    pages[0].goto(f"{site.url}/app/{apps['Stopped']}/")
    Workspace(pages[0])
    pages[1].goto(f"{site.url}/app/{apps['Stopped']}/")
    expect(pages[1].get_by_role("heading", name="Nothing here")).to_be_visible()
    dead = visit(None)
    dead.goto(link)
    expect(dead.get_by_role("heading", name="not shared with you any more")).to_be_visible()


EVIL = """<!doctype html><title>evil</title>
<form method="post" action="{site}/invitation/"><input name="answer" value="accept"><button>Win</button></form>
<script>
(async () => {{
  const json = {{"Content-Type": "application/json"}};
  const tries = [
    fetch("{site}/api/invitations/{invitation}/accept/", {{method: "POST", credentials: "include", mode: "no-cors"}}),
    fetch("{site}/api/invitations/", {{credentials: "include"}}),
    fetch("{site}/api/groups/", {{method: "POST", credentials: "include", headers: json, body: "{{}}"}}),
  ];
  const outcomes = (await Promise.allSettled(tries)).map(({{status, value}}) => value?.type ?? status);
  const socket = new WebSocket("{socket}/app/{app}");
  const texts = [];
  socket.onmessage = ({{data}}) => texts.push(data);
  socket.onclose = () => {{
    document.body.dataset.outcomes = [...outcomes, texts.length].join();
  }};
}})();
</script>"""


def test_t11_another_site_makes_nobody_accept_share_or_listen(who, visit, site, apps, post):
    """Bob is logged in and looks at a page of somebody else's, which tries every way to act in his name."""
    alice = who("Elsewhere")
    alice.invite(BOB.email)
    bob = visit(BOB)
    bob.goto(link_in(post.newest_to(BOB.email, about="Elsewhere")))
    invitation = alice.person(BOB.email).get_attribute("data-invitation")
    page = EVIL.format(
        site=site.url, socket=site.url.replace("http", "ws"), app=apps["Elsewhere"], invitation=invitation
    )
    bob.route("http://evil.example/**", lambda route: route.fulfill(body=page, content_type="text/html"))
    bob.goto("http://evil.example/")
    expect(bob.locator("body")).to_have_attribute("data-outcomes", "rejected,rejected,rejected,0")
    with bob.expect_response(f"{site.url}/invitation/") as answer:
        bob.get_by_role("button", name="Win").click()
    assert answer.value.status == 403
    bob.goto(site.url)
    expect(Hub(bob).waiting("Elsewhere")).to_be_visible()
    assert bob.request.get(f"{site.url}/app/{apps['Elsewhere']}/").status == 404


HOSTILE = """<img src=x onerror="window.reached=1"><script>window.reached=1</script>'">"""


def test_t12_what_people_write_in_sharing_stays_text(who, visit, site, apps, post):
    """Title, names and message, on every page where others read them, in toasts and dialogues too."""
    alice = who("Hostile")
    pages = [alice.page, visit(ALICE), visit(BOB), visit(BOB)]
    violations: list[str] = []
    for page in pages:
        page.on("console", lambda message: violations.append(message.text) if message.type == "error" else None)
    (token,) = [one["value"] for one in alice.page.context.cookies() if one["name"] == "csrftoken"]
    renamed = alice.page.request.patch(
        f"{site.url}/api/apps/{apps['Hostile']}/",
        data={"title": HOSTILE},
        headers={"X-CSRFToken": token, "Referer": site.url},
    )
    assert renamed.ok
    groups = pages[1]
    groups.goto(f"{site.url}/groups/")
    groups.get_by_role("button", name="New group").click()
    groups.get_by_label("Name").fill(HOSTILE)
    groups.get_by_label("E-mail addresses").fill("bee@example.org")
    groups.get_by_role("button", name="Make the group").click()
    group = groups.get_by_test_id("group").filter(has_text=HOSTILE)
    expect(group).to_be_visible()
    alice.page.reload()
    name = HOSTILE.replace("<", "(").replace(">", ")").replace('"', "")
    alice.invite(f'"{name}" <{BOB.email}>', message=HOSTILE, groups=(f"{HOSTILE} (1)",))
    expect(alice.page.get_by_test_id("group-share")).to_contain_text(HOSTILE)
    expect(alice.page.get_by_role("heading", name="Who can see")).to_contain_text(HOSTILE)
    pages[2].goto(site.url)
    expect(Hub(pages[2]).waiting(HOSTILE)).to_contain_text(HOSTILE)
    pages[3].goto(link_in(post.newest_to(BOB.email, about="onerror")))
    expect(pages[3].get_by_role("heading", name=HOSTILE)).to_be_visible()
    Hub(pages[2]).answer(HOSTILE, "Decline")
    expect(Hub(pages[2]).waiting(HOSTILE)).to_have_count(0)
    group.get_by_role("button", name=re.compile("^Delete")).click()
    expect(groups.locator(".toast").filter(has_text=HOSTILE)).to_be_visible()
    assert [page.evaluate("window.reached ?? 0") for page in pages] == [0, 0, 0, 0]
    assert violations == []


def test_axe_finds_nothing_serious_and_nothing_overflows(who, hub, visit, site, apps, post):
    """Every page of sharing, light and dark, wide and narrow."""
    alice = who("Looked at")
    alice.invite(f"{BOB.email}, {CHARLIE.email}, eve@example.org", message="Have a look")
    bob: Hub = hub(BOB)
    expect(bob.waiting("Looked at")).to_be_visible()
    charlie: Hub = hub(CHARLIE)
    charlie.answer("Looked at", "Accept")
    charlie.page.wait_for_url(re.compile("/app/"))
    Workspace(charlie.page)
    charlie.page.get_by_test_id("edit-toggle").click()
    charlie.page.get_by_test_id("bookmarks").click()
    wrong, nobody, over = visit(CHARLIE), visit(None), visit(None)
    eves = link_in(post.newest_to("eve@example.org"))
    wrong.goto(eves)
    nobody.goto(eves)
    over.goto(f"{site.url}/invitation/?token=unknown")
    right = visit(BOB)
    right.goto(link_in(post.newest_to(BOB.email, about="Looked at")))
    shared: Hub = hub(CHARLIE)
    expect(shared.shared("Looked at")).to_be_visible()
    dialogue = visit(ALICE)
    dialogue.goto(f"{site.url}/app/{apps['Looked at']}/sharing/")
    dialogue.get_by_role("button", name="Invite people").click()
    fill_dialogue(dialogue, "nobody")
    expect(dialogue.get_by_role("alert")).to_be_visible()
    groups = visit(ALICE)
    groups.goto(f"{site.url}/groups/")
    groups.get_by_role("button", name="New group").click()
    pages = [alice.page, bob.page, shared.page, charlie.page, wrong, nobody, over, right, dialogue, groups]
    problems = []
    for page in pages:
        for width, theme in ((1440, "light"), (390, "dark")):
            page.set_viewport_size({"width": width, "height": 900})
            page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
            problems += serious(page)
            wide = page.evaluate("document.documentElement.scrollWidth")
            problems += [f"{page.url} is {wide} wide on {width}"] if wide > width else []
    assert not problems, "\n".join(problems)
