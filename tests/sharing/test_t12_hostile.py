"""T12: what people write in sharing stays text, on every page and in every mail: 300 hostile texts in each place.

A page with them must be built exactly as the same page with harmless words: the same elements with the same attributes
in the same order, the same addresses to go to; and what was written must stand in it, letter by letter.
"""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from security.links import make_token
from sharing.addressees import read_addressees
from sharing.errors import BadRequest
from sharing.invitations import clean_message
from sharing.mail import invitation_mail
from sharing.models import Group, GroupMember, GroupShare, Invitation, Role
from sharing.states import State
from storage.library import BadName, clean_name
from storage.models import App
from tests.hostile import HOSTILE, packed
from tests.people import ALICE, BOB
from tests.sharing.conftest import quick_app

pytestmark = pytest.mark.django_db

LEADS = {"href", "src", "action", "formaction", "srcset", "data", "style", "content"}
"""Attributes by which a page leads elsewhere or loads something."""


class Built(HTMLParser):
    """How a page is built, and what can be read in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[tuple[str, ...]] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.parts.append((tag, *(f"{name}={value}" if name in LEADS else name for name, value in attributes)))
        self.texts += [value or "" for _, value in attributes]

    def handle_endtag(self, tag: str) -> None:
        self.parts.append(("/", tag))

    def handle_comment(self, data: str) -> None:
        self.parts.append(("comment",))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def shows(self, text: str) -> bool:
        return any(text in one for one in self.texts)


def names() -> list[str]:
    """All that can be a name, as names are kept; as many in one as have room."""
    kept = []
    for text in packed(HOSTILE):
        try:
            kept.append(clean_name(text))
        except BadName:
            continue
    return kept


def test_there_are_three_hundred():
    assert len(set(HOSTILE)) >= 300
    within = " ".join(names())
    too_long = [text for text in HOSTILE if len(text) > 200]
    assert [text for text in HOSTILE if text.isprintable() and text not in within] == too_long


PLACES = 24
"""Of each kind on a page; what does not find room comes in the next round."""

Rows = list[tuple[Model, str]]
"""Each with the name of the field that others see."""


@pytest.fixture
def everywhere(alice, bob, charlie, app) -> list[Rows]:
    """Places for texts that others see."""
    later = timezone.now() + timedelta(days=1)
    found = []
    for number in range(PLACES):
        one = quick_app(alice, f"App {number}")
        address = f"bee{number}@example.org"
        asked = Invitation(app=one, address=bob.email, state=State.SEEN)
        within = Invitation(app=one, address=charlie.email, state=State.ACCEPTED, taken_by=charlie)
        named = Invitation(app=app, address=address)
        for invitation in (asked, within, named):
            invitation.tenant_id, invitation.role, invitation.answer_until = alice.tenant_id, Role.VIEWER, later
            invitation.save(force_insert=True)
        group = Group(tenant_id=alice.tenant_id, owner=alice)
        group.save(force_insert=True)
        member = GroupMember(group=group, address=address)
        member.save(force_insert=True)
        GroupShare.objects.create(group=group, app=app, role=Role.VIEWER)
        found.append([(one, "title"), (asked, "message"), (named, "name"), (group, "name"), (member, "name")])
    return found


def write(everywhere: list[Rows], texts: list[str]) -> None:
    for rows, text in zip(everywhere, texts, strict=True):
        for row, field in rows:
            setattr(row, field, text)
            row.save()


def page(client: Client, path: str) -> Built:
    answer = client.get(path)
    assert answer.status_code == 200
    return Built(answer.content.decode())


def test_t12_hostile_strings_on_every_page_of_sharing(everywhere, alice, bob, charlie, app, signed_in):
    owner, asked, within = (signed_in(person) for person in (alice, bob, charlie))
    pages = [(asked, "/"), (within, "/"), (owner, f"/app/{app.pk}/sharing/"), (owner, "/groups/")]
    texts = names()
    write(everywhere, ["x"] * PLACES)
    plain = [page(client, path).parts for client, path in pages]
    for first in range(0, len(texts), PLACES):
        some = texts[first : first + PLACES]
        write(everywhere, [*some, *["x"] * (PLACES - len(some))])
        for (client, path), expected in zip(pages, plain, strict=True):
            found = page(client, path)
            assert found.parts == expected, path
            assert [text for text in some if not found.shows(text)] == [], path
        listed = owner.get("/api/groups/")
        assert listed["Content-Type"] == "application/json"
        assert {one["name"] for one in listed.json()} >= set(some)


def test_t12_hostile_strings_behind_a_link_and_on_the_pages_of_one_app(invite, alice, bob, app, signed_in):
    token, token_hash = make_token()
    invitation = invite()
    invitation.token_hash = token_hash
    asked, owner = signed_in(bob), signed_in(alice)
    asked.get(f"/invitation/?token={token}")
    built = []
    for title in ["x", *names()]:
        app.title, invitation.message = title, clean_message(title)
        app.save()
        invitation.save()
        built.append([page(asked, reverse("invitation")), page(owner, f"/app/{app.pk}/")])
        for plain, found in zip(built[0], built[-1], strict=True):
            assert found.parts == plain.parts, title
            assert found.shows(title)


def links(text: str) -> list[str]:
    return re.findall(r"https?://[^\s\"<]+|www\.\S+|mailto:\S+", text)


def test_t12_hostile_strings_in_the_mail(invite, app):
    invitation = invite()
    for title in names():
        mails = []
        for text in ("x", title):
            app.title, invitation.message = text, clean_message(text)
            invitation.app = app
            mails.append(invitation_mail(invitation, "tok"))
        plain, found = mails
        assert Built(str(found.alternatives[0][0])).parts == Built(str(plain.alternatives[0][0])).parts, title
        assert links(str(found.body)) == links(str(plain.body)), title
        assert [name for name, _ in found.message().items()] == [name for name, _ in plain.message().items()]
        assert found.recipients() == [BOB.email]
        assert found.subject.isprintable()


@pytest.mark.parametrize("place", ["{}", '"{}" <bob@example.org>', "{}@example.org", '"{}"@example.org', "bob@{}"])
def test_t12_hostile_strings_as_addresses(place):
    """Each is read as an address that can be nothing else, or refused with a sentence."""
    for text in HOSTILE:
        try:
            people = read_addressees(place.format(text))
        except BadRequest:
            continue
        for person in people:
            assert person.address.isascii()
            assert person.address.isprintable()
            assert not set(person.address) & set(' "<>()\r\n,;:'), person.address
            assert person.name.isprintable()


def test_t12_hostile_bodies_are_answered_with_a_sentence(owner, app):
    for text in packed(HOSTILE):
        for body in ({"people": text}, {"people": BOB.email, "role": text}, {"people": BOB.email, "until": text}):
            answer = owner.post(f"/api/apps/{app.pk}/invitations/", body, content_type="application/json")
            assert answer.status_code in {201, 400, 409, 429}, (body, answer.content)
            assert answer["Content-Type"] == "application/json"


@pytest.fixture
def owner(alice: User) -> Client:
    """Alice, who has just logged in."""
    client = Client()
    client.post("/account/login/", {"login": ALICE.email, "password": ALICE.password})
    return client


def test_t12_an_app_s_title_is_taken_and_kept_by_the_api(owner, app):
    for text in packed(HOSTILE):
        answer = owner.patch(f"/api/apps/{app.pk}/", {"title": text}, content_type="application/json")
        assert answer.status_code in {200, 400}, text
        if answer.status_code == 200:
            assert App.objects.get(pk=app.pk).title == clean_name(text)
