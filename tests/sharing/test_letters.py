"""The mails: what stands in them, that they are sent once, and what becomes of those that cannot be delivered (R19)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from celery import current_app
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from security.links import hash_token
from sharing import deeds, invitations, mail, outbox
from sharing.addressees import Addressee
from sharing.errors import TooMany
from sharing.models import Invitation, Letter
from sharing.states import State
from sharing.tasks import deliver_letters
from storage import library
from tests.mailbox import Mailbox, free_port
from tests.people import BOB, CHARLIE

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailbox(settings) -> Iterator[Mailbox]:
    """A real SMTP server, which the service is told to use."""
    box = Mailbox()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
    yield box
    box.stop()


def link_in(message) -> str:
    found = re.search(r"http://\S+token=(\S+)", message.get_body(("plain",)).get_content())
    assert found
    return found.group(1)


def be_due() -> None:
    """As if the pause before the next try were over."""
    Letter.objects.exclude(next_try=None).update(next_try=timezone.now())


def age(**time: float) -> None:
    """As if the letters had been posted so long ago."""
    be_due()
    Letter.objects.update(created=timezone.now() - timedelta(**time))


# -- sending


def test_a_letter_is_sent_once_with_a_link_that_points_at_the_invitation(invite, mailbox):
    invitation = invite()
    for _ in range(3):
        deliver_letters()
        be_due()
    (message,) = mailbox.mails
    assert message["To"] == BOB.email
    assert invitations.by_token(link_in(message)) == invitation


def test_t02_the_token_is_nowhere_but_in_the_mail(invite, mailbox):
    invite()
    deliver_letters()
    token = link_in(mailbox.mails[0])
    assert len(token) >= 43
    stored = Invitation.objects.get()
    assert stored.token_hash == hash_token(token)
    assert token not in str(list(Invitation.objects.values())) + str(list(Letter.objects.values()))


def test_t02_sending_again_makes_the_old_link_dead_at_once(invite, alice, mailbox):
    invitation = invite()
    deliver_letters()
    invitation.refresh_from_db()
    deed = invitations.resend(alice, invitation)
    old = link_in(mailbox.mails[0])
    assert invitations.by_token(old) is None
    deliver_letters()
    assert invitations.by_token(link_in(mailbox.mails[1])) == invitation
    assert invitations.by_token(old) is None
    with pytest.raises(Exception, match="changed"):
        deeds.undo(alice, deed.pk)


def test_t33_a_letter_is_not_sent_when_what_it_is_about_has_ended(invite, app, alice, mailbox):
    withdrawn, expired = invite(), invite(CHARLIE.email)
    invitations.end(alice, withdrawn)
    Invitation.objects.filter(pk=expired.pk).update(answer_until=timezone.now())
    deliver_letters()
    assert mailbox.mails == []
    invite("dora@example.org")
    library.delete_app(app, alice)
    deliver_letters()
    assert mailbox.mails == []


def test_a_letter_goes_out_after_all_when_its_withdrawal_is_undone(invite, alice, mailbox):
    invitation = invite()
    deed = invitations.end(alice, invitation)
    deliver_letters()
    deeds.undo(alice, deed.pk)
    be_due()
    deliver_letters()
    assert len(mailbox.mails) == 1


def test_t33_tasks_take_no_arguments(invite):
    for name in ("sharing.tasks.deliver_letters", "sharing.tasks.tidy_sharing"):
        assert current_app.tasks[name].run.__code__.co_argcount == 0


# -- what cannot be delivered


def test_r19_a_refused_address_is_undeliverable_and_the_others_get_their_mail(invite, mailbox):
    mailbox.refuse[BOB.email] = "550 5.1.1 no such mailbox <script>"
    refused, taken = invite(), invite(CHARLIE.email)
    deliver_letters()
    refused.refresh_from_db()
    taken.refresh_from_db()
    assert (refused.state, taken.state) == (State.UNDELIVERABLE, State.PENDING)
    assert [message["To"] for message in mailbox.mails] == [CHARLIE.email]
    assert Letter.objects.get(invitation=refused).failure == "the mail server refuses this address (550)"
    be_due()
    deliver_letters()
    assert len(mailbox.mails) == 1


def test_r19_who_is_undeliverable_can_still_accept_in_the_hub(invite, app, bob, mailbox):
    mailbox.refuse[BOB.email] = "550 no"
    invitation = invite()
    deliver_letters()
    invitation.refresh_from_db()
    invitations.accept(bob, invitation)
    assert Invitation.objects.get().state == State.ACCEPTED


@pytest.mark.parametrize("put_off", ["451 try later", "421 busy"])
def test_r19_a_mail_that_is_put_off_goes_later_once(invite, mailbox, put_off):
    mailbox.refuse[BOB.email] = put_off
    invitation = invite()
    deliver_letters()
    assert mailbox.mails == []
    deliver_letters()  # not due yet
    assert Letter.objects.get().tries == 1
    del mailbox.refuse[BOB.email]
    be_due()
    deliver_letters()
    deliver_letters()
    invitation.refresh_from_db()
    assert (len(mailbox.mails), invitation.state) == (1, State.PENDING)


def test_r19_a_mail_server_that_is_down_is_waited_for_and_given_up_after_a_day(invite, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    invitation = invite()
    deliver_letters()
    invitation.refresh_from_db()
    assert invitation.state == State.PENDING
    age(hours=25)
    deliver_letters()
    invitation.refresh_from_db()
    assert invitation.state == State.UNDELIVERABLE
    assert Letter.objects.get().failure == "the mail server does not answer"


def test_pauses_between_tries_grow_up_to_an_hour():
    pauses = [outbox._pause(tries) for tries in range(12)]
    assert pauses[0] == timedelta(seconds=30)
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(hours=1)


# -- what stands in it


class Loading(HTMLParser):
    """What a mail would load, and where its links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if name in {"src", "srcset", "background", "poster", "data"} or (
                name == "style" and "url(" in (value or "")
            ):
                self.loads.append(f"{tag} {value}")
            if name == "href":
                self.links.append(value or "")
        if tag in {"link", "script", "img", "iframe", "object"}:
            self.loads.append(tag)


def parts(message: EmailMultiAlternatives) -> tuple[str, str]:
    return str(message.body), str(message.alternatives[0][0])


def test_the_mail_loads_nothing_and_has_one_link(invite, settings):
    text, html = parts(mail.invitation_mail(invite(message="Have a look"), "tok"))
    seen = Loading()
    seen.feed(html)
    link = f"{settings.SITE_URL}/invitation/?token=tok"
    assert (seen.loads, seen.links) == ([], [link])
    assert link in text
    for part in (text, html):
        assert "alice@example.org" in part
        assert "Flowers" in part
        assert "Have a look" in part
        assert BOB.email in part


HOSTILE = ["Win at http://evil.example/x", "www.evil.example", "evil.example/login", "mailto:x@evil.example",
           "<a href='http://evil.example'>click</a>", "[x](http://evil.example)"]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_t25_what_people_write_makes_no_link(alice, app, text):
    library.rename_app(app, text)
    _, (invitation,) = invitations.invite(alice, app, [Addressee(BOB.email)], message=text)
    message = mail.invitation_mail(invitation, "tok")
    for part in parts(message):
        assert "evil.example" not in part
    assert "<a href='" not in parts(message)[1]


@pytest.mark.parametrize(
    "title", ["Flowers\r\nBcc: eve@example.org", "Flowers\nContent-Type: text/html\n\n<b>", "a\x00b\u2028c"]
)
def test_t25_header_injection(app, invite, mailbox, title):
    app.title = title
    app.save()
    invite()
    deliver_letters()
    (message,) = mailbox.mails
    assert message["Bcc"] is None
    assert message.get_content_type() == "multipart/alternative"
    assert not set(str(message["Subject"])) & set("\r\n\x00\u2028")


def test_a_long_title_is_cut_in_the_subject(app, invite):
    app.title = "Flowers " * 25
    app.save()
    assert len(mail.invitation_mail(invite(), "tok").subject) < 130


# -- limits


def test_t25_mail_limit_of_a_tenant(alice, app, settings):
    settings.INVITATION_MAILS_A_DAY = 3
    invitations.invite(alice, app, [Addressee(f"bee{n}@example.org") for n in range(2)])
    with pytest.raises(TooMany, match="1 are left"):
        invitations.invite(alice, app, [Addressee(f"wasp{n}@example.org") for n in range(2)])
    assert Invitation.objects.count() == 2
    Letter.objects.update(created=timezone.now() - timedelta(days=1, seconds=1))
    invitations.invite(alice, app, [Addressee(f"wasp{n}@example.org") for n in range(2)])


def test_t25_mail_limit_of_one_address_over_all_tenants(alice, app, charlie, invite, settings):
    from tests.sharing.conftest import quick_app

    settings.INVITATION_MAILS_TO_ONE_A_DAY = 2
    invitation = invite()
    invitations.invite(charlie, quick_app(charlie), [Addressee(BOB.email)])
    with pytest.raises(TooMany, match=BOB.email):
        invitations.resend(alice, invitation)
    with pytest.raises(TooMany, match=BOB.email):
        invitations.invite(alice, quick_app(alice, "Another"), [Addressee(BOB.email), Addressee(CHARLIE.email)])
    assert not Invitation.objects.filter(address=CHARLIE.email).exists()
