"""The rights table of pages and REST: every address says beside its route what each verb needs. Deny by default.

`door` puts the needs on the view, `app_for` reads them there when the view asks for its app: what stands in the table
is what is enforced. A verb without a need is refused; a test walks all addresses and fails for one that says nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.urls import URLPattern, path
from rest_framework.request import Request

from accounts.models import User
from sharing.access import Level, NoAccess, TooLittle, access_app
from storage.models import App

SIGNED_IN = "signed in"
"""Whoever is signed in, about what is his own."""
ANYBODY = "anybody"

Need = Level | str

LEAST_WORDS = {Level.EDIT: "Only those who may edit this app can do this.", Level.OWN: "Only the owner can do this."}


def door(route: str, view: Callable[..., Any], name: str, **needs: Need) -> URLPattern:
    """An address whose verbs need what is said here."""
    view.needs = needs  # type: ignore[attr-defined]
    return path(route, view, name=name)


def need_of(request: HttpRequest | Request) -> Level:
    """The level that this request's verb needs; Http404 where the table has none."""
    match = request.resolver_match
    needs: Mapping[str, Need] = getattr(match.func, "needs", {}) if match else {}
    need = needs.get("GET" if request.method == "HEAD" else str(request.method))
    if not isinstance(need, Level):
        raise Http404
    return need


def app_for(request: HttpRequest | Request, app_id: uuid.UUID) -> tuple[App, Level]:
    """The app that the request is about, if the person's level is what the table asks for; 404 or 403 otherwise."""
    need = need_of(request)
    try:
        return access_app(person(request), app_id, need)
    except TooLittle:
        raise PermissionDenied(LEAST_WORDS[need]) from None
    except NoAccess:
        raise Http404 from None


def person(request: HttpRequest | Request) -> User:
    return cast(User, request.user)
