"""What a person may do over a socket: a level, and the needs it covers. Deny by default.

Every method names one need in engine.qix.catalogue. Three needs depend on what the method is aimed at; they
are listed in RELIEFS with the need that is left when the condition holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

INFORM = "inform"  # says nothing about any app
SEE = "see"  # within what the person may open
VIEW = "view"  # selections, states, definitions
VALUES = "values"  # values of the data leave
DETAIL = "detail"  # rows as they were loaded leave
PRIVATE = "private"  # concerns this session only
OWN = "own"  # an edit; private if aimed at an object of this session only
SOFT = "soft"  # the same, and private for soft patches, which live in this session only
EDIT = "edit"  # changes what everybody sees
TAKE = "take"  # takes away or copies
DATA = "data"  # script, connections, files
APPS = "apps"  # makes or deletes apps
NEVER = "never"  # not over a socket, whoever asks

VIEWER = frozenset({INFORM, SEE, VIEW, VALUES, PRIVATE})
EDITOR = VIEWER | {DETAIL, EDIT, OWN, SOFT}
OWNER = EDITOR | {TAKE, DATA, APPS}

LEVELS: Mapping[str, frozenset[str]] = {"viewer": VIEWER, "editor": EDITOR, "owner": OWNER}

RELIEFS: Mapping[str, str] = {OWN: PRIVATE, SOFT: PRIVATE}
"""What is left of a need when the target, or the patch, belongs to the session alone."""

_PRIVILEGES: Mapping[str, tuple[str, ...]] = {
    "viewer": ("read",),
    "editor": ("read", "create", "update", "delete"),
    "owner": ("read", "create", "update", "delete", "exportdata", "publish", "duplicate"),
}


@dataclass(frozen=True, slots=True)
class Rights:
    """The rights of one person on one app. `level` is one of viewer, editor, owner."""

    level: str

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise ValueError(f"no level of rights: {self.level}")

    def covers(self, need: str) -> bool:
        return need in LEVELS[self.level]

    @property
    def privileges(self) -> list[str]:
        """What clients read in qMeta.privileges to know what they may try."""
        return list(_PRIVILEGES[self.level])
