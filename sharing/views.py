"""The page behind an invitation's link, and the page of groups.

The link brings a token. The first GET moves it from the address into a cookie for this page alone, so that it stays
in no history and no log; it changes nothing, since mail scanners follow links. What opens is never the token but the
signed-in account that has the invited address verified; whoever else comes learns which address is needed, and no more.
"""

from __future__ import annotations

import re
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import SignedInRequest
from accounts.people import verified_emails
from sharing import groups, invitations
from sharing.errors import NotPossible
from sharing.models import Invitation
from sharing.states import OPEN, Event, State

COOKIE = "invitation"
COOKIE_SECONDS = 24 * 3600
TOKEN = re.compile(r"[\w-]{1,100}", re.ASCII)


@never_cache
@ensure_csrf_cookie
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest) -> HttpResponse:
    if request.method == "GET" and "token" in request.GET:
        response = redirect("invitation")
        token = request.GET["token"]
        response.set_cookie(
            COOKIE,
            token if TOKEN.fullmatch(token) else "",
            max_age=COOKIE_SECONDS,
            path=request.path,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
        return response
    found = invitations.by_token(request.COOKIES.get(COOKIE, ""))
    if request.method == "POST":
        return _answer(request, found)
    template, context = _page(request, found)
    return render(request, f"sharing/{template}.html", context)


def _answer(request: HttpRequest, found: Invitation | None) -> HttpResponse:
    """Accept or decline, as the page's form says; whatever does not fit leads back to the page, which says why."""
    if found is None or not request.user.is_authenticated:
        return redirect("invitation")
    try:
        if request.POST.get("answer") == "accept":
            invitations.accept(request.user, found)
            response = redirect("workspace", app_id=found.app_id)
        else:
            invitations.decline(request.user, found)
            messages.info(request, "You have declined the invitation.")
            response = redirect("lobby")
    except NotPossible as error:
        messages.error(request, error.message)
        return redirect("invitation")
    response.delete_cookie(COOKIE, path=request.path)
    return response


def _page(request: HttpRequest, found: Invitation | None) -> tuple[str, dict[str, Any]]:
    """Which page the visitor sees, and what stands on it. What is about the app is for the right account alone."""
    if found is None:
        return "link_over", {"why": "unknown"}
    now = timezone.now()
    user = request.user if request.user.is_authenticated else None
    is_his = user is not None and found.address in verified_emails(user)
    if found.state == State.ACCEPTED and user is not None and found.taken_by_id == user.pk:
        return "link_over", {"why": "yours", "app_id": found.app_id}
    if found.state not in OPEN or found.answer_until <= now:
        return "link_over", {"why": _why_over(found)}
    if user is None:
        return "link_enter", _ways_in(found.address)
    if not is_his:
        is_added = EmailAddress.objects.filter(user=user, email=found.address).exists()
        return "link_other", {**_ways_in(found.address), "address": found.address, "is_added": is_added}
    if invitations.may(found, Event.ACCEPT, user, now):
        return "link_over", {"why": "stopped"}
    return "link_accept", {"invitation": found, "title": found.app.title, "owner": found.app.owner.email}


def _why_over(found: Invitation) -> str:
    return "expired" if found.state in OPEN or found.state == State.EXPIRED else str(found.state)


def _ways_in(address: str) -> dict[str, str]:
    """Log-in and sign-up with the address filled in, and back here afterwards."""
    query = urlencode({"email": address, "next": "/invitation/"})
    return {"address": address, "query": query}


@login_required
@ensure_csrf_cookie
@never_cache
@require_GET
def groups_page(request: SignedInRequest) -> HttpResponse:
    return render(request, "sharing/groups.html", {"groups": groups.groups_of(request.user)})
