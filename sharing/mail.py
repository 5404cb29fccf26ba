"""The mail of an invitation: text and HTML, the one link of ours, nothing to load from anywhere.

What people wrote (title, message) is plain text in it; whatever could be read as a link is broken up, since the mail
comes from us and not from them (T25).
"""

from __future__ import annotations

import re
import smtplib
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from sharing.models import Invitation, Role

MAX_TITLE = 80
_BREAK = "\u200b"
# Mail programs make links of addresses with a scheme and of bare host names alike.
_LINKLIKE = re.compile(r"(?<=[^\s])([.:/@])(?=[^\s])")


class Refused(Exception):
    """The mail server has refused the mail for good; the text says why, in our words."""


class Unreachable(Exception):
    """The mail server does not answer, or asks to try again."""


def send_invitation(invitation: Invitation, token: str) -> None:
    """Send the mail with a fresh link. Raises Refused or Unreachable."""
    message = invitation_mail(invitation, token)
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        raise _judged(code, "the mail server refuses this address") from None
    except smtplib.SMTPResponseException as error:
        raise _judged(error.smtp_code, "the mail server refuses the mail") from None
    except (smtplib.SMTPException, OSError):
        raise Unreachable("the mail server does not answer") from None


def _judged(code: int, reason: str) -> Exception:
    """5xx is for good, everything else for now (RFC 5321, 4.2.1)."""
    return Refused(f"{reason} ({code})") if 500 <= code < 600 else Unreachable(f"{reason} for now ({code})")


def invitation_mail(invitation: Invitation, token: str) -> EmailMultiAlternatives:
    title = one_line(invitation.app.title)
    context: dict[str, Any] = {
        "product_name": settings.PRODUCT_NAME,
        "site_url": settings.SITE_URL,
        "owner": invitation.app.owner.email,
        "title": unlinked(title),
        "message": unlinked(invitation.message),
        "address": invitation.address,
        "can_edit": invitation.role == Role.EDITOR,
        "answer_until": invitation.answer_until,
        "until": invitation.until,
        "link": f"{settings.SITE_URL}{reverse('invitation')}?{urlencode({'token': token})}",
    }
    mail = EmailMultiAlternatives(
        subject=f"{context['owner']} shares “{title}” with you",
        body=render_to_string("emails/invitation.txt", context),
        to=[invitation.address],
        headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
    )
    mail.attach_alternative(render_to_string("emails/invitation.html", context), "text/html")
    return mail


def one_line(text: str) -> str:
    """A title for a subject line: printable, short."""
    plain = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    return plain if len(plain) <= MAX_TITLE else plain[: MAX_TITLE - 1] + "…"


def unlinked(text: str) -> str:
    """The text with an invisible gap wherever a mail program could see a link in it."""
    return _LINKLIKE.sub(lambda sign: f"{_BREAK}{sign.group()}{_BREAK}", text)
