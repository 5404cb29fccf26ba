"""A person's level on an app, said in the engine's words."""

from __future__ import annotations

from engine import Rights
from sharing.access import Level

RIGHTS = {Level.VIEW: Rights("viewer"), Level.EDIT: Rights("editor"), Level.OWN: Rights("owner")}
