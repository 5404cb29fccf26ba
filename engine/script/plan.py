"""What a person wants changed before loading: fields renamed or left out, tables left out.

A plan is JSON: {table: {field: new name, or null to leave the field out}}, and {table: null} to
leave a table out. What it does not mention stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from engine.errors import InvalidParameters
from engine.script.tables import NamedTable

Plan = Mapping[str, Mapping[str, str | None] | None]


def apply_plan(tables: Sequence[NamedTable], plan: Plan) -> list[NamedTable]:
    """The tables as the plan wants them. Raises InvalidParameters for names that are not there or come twice."""
    unknown = set(plan) - {table.name for table in tables}
    if unknown:
        raise InvalidParameters(f"There is no table called {min(unknown)}.", min(unknown))
    return [
        NamedTable(table.name, _change(table, changes))
        for table in tables
        if (changes := plan.get(table.name, {})) is not None
    ]


def _change(table: NamedTable, changes: Mapping[str, str | None]) -> Any:
    present = table.data.column_names
    unknown = set(changes) - set(present)
    if unknown:
        raise InvalidParameters(f"Table {table.name} has no field called {min(unknown)}.", min(unknown))
    kept = [(name, changes.get(name, name)) for name in present]
    names = [new for _, new in kept if new is not None]
    for name in names:
        if not name.strip():
            raise InvalidParameters(f"A field of table {table.name} needs a name.", table.name)
        if names.count(name) > 1:
            raise InvalidParameters(f"Table {table.name} would have two fields called {name}.", name)
    if not names:
        raise InvalidParameters(f"Table {table.name} would have no fields: leave the table out instead.", table.name)
    return table.data.select([old for old, new in kept if new is not None]).rename_columns(names)


def plan_of(remedies: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, str | None]]:
    """The plan that carries out remedies of a profile (see engine.script.advice)."""
    plan: dict[str, dict[str, str | None]] = {}
    for remedy in remedies:
        new = remedy["to"] if remedy["action"] == "rename" else None
        plan.setdefault(remedy["table"], {})[remedy["field"]] = new
    return plan
