"""From files to tables: reading data files safely, looking at what they hold, correcting it before loading.

read_tables runs a reader in a process of its own; profile_tables describes tables and how they
would link; apply_plan renames and leaves out fields. The latter are loaded when first asked for:
the reading process imports this package, too, and does not need them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from engine.script.launch import ReaderFailed, read_tables
from engine.script.tables import Limits, NamedTable, ReadFile, unique_names

if TYPE_CHECKING:
    from engine.script.plan import apply_plan, plan_of
    from engine.script.profile import profile as profile_tables

__all__ = [
    "Limits",
    "NamedTable",
    "ReadFile",
    "ReaderFailed",
    "apply_plan",
    "plan_of",
    "profile_tables",
    "read_tables",
    "unique_names",
]

_HOMES = {
    "apply_plan": ("engine.script.plan", "apply_plan"),
    "plan_of": ("engine.script.plan", "plan_of"),
    "profile_tables": ("engine.script.profile", "profile"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'engine.script' has no attribute {name!r}")
    module, attribute = _HOMES[name]
    return getattr(import_module(module), attribute)
