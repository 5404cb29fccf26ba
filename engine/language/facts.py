"""What expressions may know besides data: who asks, of which app, when and where. Never anything of the host."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@dataclass(frozen=True, slots=True)
class Facts:
    """user: the person's id; client: the browser's description; title, document_id, author: of the app.

    reloaded, opened: moments, None when unknown. time_zone: a name such as Europe/Rome, in which Now() and Today()
    tell the time. user_attributes and system_attributes: pairs of a name and a text.
    """

    user: str = ""
    client: str = ""
    title: str = ""
    document_id: str = ""
    author: str = ""
    version: str = ""
    model_hash: str = ""
    reloaded: datetime | None = None
    opened: datetime | None = None
    time_zone: str = "UTC"
    user_attributes: tuple[tuple[str, str], ...] = ()
    system_attributes: tuple[tuple[str, str], ...] = ()


NO_FACTS = Facts()


@lru_cache(maxsize=1024)
def zone(name: str) -> tzinfo | None:
    """The time zone of that name, or None."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def local(moment: datetime, name: str) -> datetime:
    """The moment as clocks in that zone show it; one without a zone of its own is UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(zone(name) or UTC)
