"""Every address of the product with what its verbs need, read from the URL configuration."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from django.urls import URLPattern, URLResolver

from config.urls import urlpatterns
from sharing.access import Level
from sharing.doors import ANYBODY, SIGNED_IN, Need

VERBS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")

ACCOUNTS: Mapping[str, Mapping[str, Need]] = {
    "api_keys": {"GET": SIGNED_IN},
    "api_key_create": {"GET": SIGNED_IN, "POST": SIGNED_IN},
    "api_key_revoke": {"POST": SIGNED_IN},
}
"""The room accounts stands below the rights of apps; its pages are about the signed-in person alone."""

BELONGS_TO = {
    "file_id": "owner",
    "draft_id": "owner",
    "group_id": "owner",
    "deed_id": "owner",
    "invitation_id": "invitee",
    "app_id": "owner",
    "key_id": "owner",
    "chart_id": "nobody",
}
"""Whose the things are that addresses for the signed-in name by id; the world of these tests has no chart."""

LEVELS = {"owner": Level.OWN, "editor": Level.EDIT, "viewer": Level.VIEW}


class Route(NamedTuple):
    name: str
    path: str
    """With the names of ids in braces."""
    needs: Mapping[str, Need]

    @property
    def ids(self) -> list[str]:
        return re.findall(r"\{(\w+)\}", self.path)

    @property
    def is_api(self) -> bool:
        return self.path.startswith("/api/")


def routes() -> list[Route]:
    """All of ours; the pages of allauth, which know nothing of apps, aside."""
    return list(_walk(urlpatterns, "/"))


def _walk(patterns: Iterable[URLPattern | URLResolver], before: str) -> Iterator[Route]:
    for pattern in patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if path != "/account/":
                yield from _walk(pattern.url_patterns, path)
            continue
        name = str(pattern.name)
        needs = ACCOUNTS.get(name) or getattr(pattern.callback, "needs", {})
        yield Route(name, re.sub(r"<\w+:(\w+)>", r"{\1}", path), needs)


class Answer(NamedTuple):
    """What the rights table promises: statuses, one of which has to come; and whether it must look like unknown."""

    statuses: frozenset[int]
    like_unknown: bool = False


LOG_IN = Answer(frozenset({302, 401, 403}))
UNKNOWN = Answer(frozenset({404, 409}), like_unknown=True)
UNKNOWN_PAGE = Answer(UNKNOWN.statuses | {302}, like_unknown=True)
"""Or first to where the password is asked for again."""
FORBIDDEN = Answer(frozenset({403}))
NO_SUCH_VERB = Answer(frozenset({405, 302}))
"""Or first to where the password is asked for again."""
NOBODY_S_VERB = Answer(LOG_IN.statuses | NO_SUCH_VERB.statuses)
ALLOWED = Answer(frozenset({200, 201, 202, 204, 302, 400, 409, 415, 429}))
ALLOWED_OR_UNKNOWN = Answer(ALLOWED.statuses | {404})


def expected(route: Route, verb: str, role: str | None) -> Answer:
    """The answer that the table promises to somebody at a door."""
    need = route.needs.get("GET" if verb == "HEAD" and route.is_api else verb)
    if need == ANYBODY:
        return ALLOWED if not route.ids else ALLOWED_OR_UNKNOWN
    if role is None:
        return LOG_IN if need is not None else NOBODY_S_VERB
    if need is None:
        return NO_SUCH_VERB
    if need == SIGNED_IN:
        owners = {BELONGS_TO[one] for one in route.ids if one in BELONGS_TO}
        if owners <= {role}:
            return ALLOWED
        return UNKNOWN if route.is_api else UNKNOWN_PAGE
    assert isinstance(need, Level)
    level = LEVELS.get(role)
    if level is None:
        return UNKNOWN
    return ALLOWED if level >= need else FORBIDDEN
