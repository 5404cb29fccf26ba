"""What a person may do over a socket: a level, and the needs it covers. Deny by default.

Every method names one need in engine.qix.catalogue. Two needs depend on what the method is aimed at; they are
listed in RELIEFS with the need that is left when the condition holds. What a person may make without editing the
app goes to a layer of his own (PRIVATE_KINDS), where nobody else sees it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.document.objects import BOOKMARK, OBJECT

INFORM = "inform"  # says nothing about any app
SEE = "see"  # within what the person may open
VIEW = "view"  # selections, states, definitions
VALUES = "values"  # values of the data leave
DETAIL = "detail"  # rows as they were loaded leave
PRIVATE = "private"  # concerns this session, or this person, only
KEEP = "keep"  # makes something: in the app for those who may edit it, else in the person's own layer
OWN = "own"  # an edit; private if aimed at an object of this session or person only
SOFT = "soft"  # the same, and private for soft patches, which live in this session only
EDIT = "edit"  # changes what everybody sees
TAKE = "take"  # takes away or copies
DATA = "data"  # script, connections, files
APPS = "apps"  # makes or deletes apps
NEVER = "never"  # not over a socket, whoever asks

VIEWER = frozenset({INFORM, SEE, VIEW, VALUES, PRIVATE, KEEP})
EDITOR = VIEWER | {DETAIL, EDIT, OWN, SOFT}
OWNER = EDITOR | {TAKE, DATA, APPS}

LEVELS: Mapping[str, frozenset[str]] = {"viewer": VIEWER, "editor": EDITOR, "owner": OWNER}

RELIEFS: Mapping[str, str] = {OWN: PRIVATE, SOFT: PRIVATE}
"""What is left of a need when the target, or the patch, belongs to the session or the person alone."""

PRIVATE_KINDS: Mapping[str, frozenset[str]] = {
    "viewer": frozenset({OBJECT, BOOKMARK}),
    "editor": frozenset({BOOKMARK}),
    "owner": frozenset(),
}
"""Kinds of things that a level makes for itself alone."""

PRIVILEGES: Mapping[str, str] = {
    "read": VIEW,
    "create": EDIT,
    "update": EDIT,
    "delete": EDIT,
    "exportdata": TAKE,
    "publish": APPS,
    "duplicate": TAKE,
}
"""The words of qMeta.privileges, and the need that stands behind each."""


@dataclass(frozen=True, slots=True)
class Rights:
    """The rights of one person on one app. `level` is one of viewer, editor, owner."""

    level: str

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise ValueError(f"no level of rights: {self.level}")

    def covers(self, need: str) -> bool:
        return need in LEVELS[self.level]

    def makes_privately(self, kind: str) -> bool:
        """Whether a new thing of this kind goes to the person's own layer instead of into the app."""
        return kind in PRIVATE_KINDS[self.level]

    @property
    def privileges(self) -> list[str]:
        """What clients read in qMeta.privileges to know what they may try."""
        return [word for word, need in PRIVILEGES.items() if self.covers(need)]
