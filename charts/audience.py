"""Who may see a chart and where: sites as origins, readers as addresses in their stored form."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import idna

from accounts.people import verified_emails
from charts.models import PublishedChart

if TYPE_CHECKING:
    from accounts.models import User

Audience = PublishedChart.Audience
MAX_SITES = 50
MAX_READERS = 500
HOST_NAME = re.compile(r"^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$")


class BadSite(ValueError):
    """A site that cannot be named in a policy; the message is for the owner."""


def site_of(text: str) -> str:
    """The origin of a site as people write it: `example.org` is `https://example.org`. BadSite otherwise.

    http is for the machine's own names only; wildcards, paths and names with a user in them are refused, because the
    browser would take them for something else than the owner meant.
    """
    given = text.strip().lower()
    parts = urlsplit(given if "://" in given else f"https://{given}")
    try:
        host = (
            idna.encode(parts.hostname or "", uts46=True).decode()
            if not _is_address(parts.hostname)
            else str(parts.hostname)
        )
        port = parts.port
    except (idna.IDNAError, ValueError):
        raise BadSite(f"“{text.strip()}” is no site. Write it like https://www.example.org.") from None
    is_local = host == "localhost" or host.endswith(".localhost") or host.startswith("127.")
    if parts.scheme not in ("https", "http") or (parts.scheme == "http" and not is_local):
        raise BadSite(f"“{text.strip()}” must begin with https://.")
    if (
        "@" in parts.netloc
        or parts.path not in ("", "/")
        or parts.query
        or parts.fragment
        or not HOST_NAME.match(host)
        or not (is_local or "." in host)
    ):
        raise BadSite(f"“{text.strip()}” is no site. Write the host name only, like https://www.example.org.")
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


def may_see(chart: PublishedChart, user: User) -> bool:
    """Whether somebody who is signed in may see a chart of an audience that has to sign in."""
    if chart.state != PublishedChart.State.LIVE or chart.app is None or chart.app.deleted_at is not None:
        return False
    if chart.audience == Audience.MEMBERS or chart.owner_id == user.pk:
        return True
    if chart.audience != Audience.LIST:
        return False
    return chart.readers.filter(address__in=verified_emails(user)).exists()


def _is_address(host: str | None) -> bool:
    try:
        ipaddress.ip_address(host or "")
    except ValueError:
        return False
    return True
