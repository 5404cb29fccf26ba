"""The slow reference for tables that share fields in any way: synthetic keys, nested and overlapping, and circles.

From the semantics again, in plain Python. Tables are first rewritten so that each link is by one field:

* While two tables share several fields, the largest such set (the first among equals) becomes a key of its own: every
  table that has all of these fields gets a field with the combination of its row, and loses the fields from its links;
  one more table holds the combinations with their fields. A combination with a NULL in it is a table's own; one of
  NULLs only is NULL.
* While the links close a circle, the longest table in it (the first of equals; tables of combinations last, and
  among them the first) is loosened: its links on circles become one-way. Its rows hear what is possible elsewhere,
  and nobody hears them.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from tests.engine.reference import Link, Reference, Row, Selections, Value


class Associations(Reference):
    """linking: the fields by which a table takes part. loose: pairs (table, field) of one-way links."""

    def __init__(self, tables: Mapping[str, Mapping[str, Sequence[Value]]]) -> None:
        super().__init__(tables)
        self.real = list(tables)
        self.linking = {table: list(fields) for table, fields in self.fields_of.items()}
        self.made: list[str] = []
        self.loose: list[tuple[str, str]] = []
        while self._share_combinations():
            pass
        while self._loosen():
            pass

    # -- synthetic keys

    def _share_combinations(self) -> bool:
        pairs = itertools.combinations(self.linking, 2)
        shared = [[f for f in self.linking[a] if f in self.linking[b]] for a, b in pairs]
        fields = max(shared, key=len, default=[])
        if len(fields) < 2:
            return False
        key = f"key {len(self.made)}"
        rows: dict[Any, Row] = {}
        for table in [t for t, held in self.linking.items() if set(fields) <= set(held)]:
            self.linking[table] = [f for f in self.linking[table] if f not in fields] + [key]
            self.fields_of[table].append(key)
            for row in self.rows_of[table]:
                values = tuple(row[field] for field in fields)
                row[key] = self._combination(values, table)
                if row[key] is not None:
                    rows[row[key]] = {key: row[key], **dict(zip(fields, values, strict=True))}
        self.made.append(key)
        self.linking[key] = [key, *fields]
        self.fields_of[key] = [key, *fields]
        self.rows_of[key] = list(rows.values())
        return True

    @staticmethod
    def _combination(values: tuple[Value, ...], table: str) -> Any:
        if all(value is None for value in values):
            return None
        return (values, table) if None in values else values

    # -- circles

    def _loosen(self) -> bool:
        circle = self._circle()
        if not circle:
            return False
        on_it = [name for name in self.linking if name in circle]
        table = max(on_it, key=lambda name: (name in self.real, len(self.rows_of[name]) if name in self.real else 0))
        cut = [field for field in self.linking[table] if self._is_on_circle(table, field)]
        self.linking[table] = [field for field in self.linking[table] if field not in cut]
        self.loose += [(table, field) for field in cut]
        return True

    def _circle(self) -> list[str]:
        """The tables of the first circle that is closed when the links are made one after the other."""
        edges: list[tuple[str, str]] = []
        for table, fields in self.linking.items():
            for field in fields:
                way = self._way(edges, table, field)
                if way:
                    return way
                edges.append((table, field))
        return []

    @staticmethod
    def _way(edges: Sequence[tuple[str, str]], table: str, field: str) -> list[str]:
        """The tables from `table` to one that holds `field`, over the edges."""
        ways = [[table]]
        for way in ways:
            if (way[-1], field) in edges:
                return way
            nexts = [t for f in (f for t, f in edges if t == way[-1]) for t, other in edges if other == f]
            ways += [[*way, one] for one in dict.fromkeys(nexts) if not any(one in known for known in ways)]
        return []

    def _is_on_circle(self, table: str, field: str) -> bool:
        """Whether another field of the table hangs together with this one elsewhere."""
        others = {t: fields for t, fields in self.linking.items() if t != table}
        together = {field}
        while grown := {f for fs in others.values() if together & set(fs) for f in fs} - together:
            together |= grown
        return any(other in together for other in self.linking[table] if other != field)

    # -- what the links are then

    def links(self, table: str) -> list[tuple[Link, str]]:
        pairs = [
            (f, t) for f in self.linking[table] for t, fields in self.linking.items() if t != table and f in fields
        ]
        return [((field,), other) for field, other in pairs]

    def holders(self, field: str) -> list[str]:
        return [table for table in super().holders(field) if table in self.real or field in self.made]

    def _speakers(self, field: str) -> list[str]:
        """The tables that say which values of a field are possible."""
        return [table for table, fields in self.linking.items() if field in fields]

    # -- what is possible

    def is_possible(self, table: str, row: Row, selections: Selections, came: Link = ()) -> bool:
        return super().is_possible(table, row, selections, came) and all(
            row[field] in self.possible_values(field, selections)
            for name, field in self.loose
            if name == table and self._is_heard(field, selections)
        )

    def is_selected_on(self, side: Sequence[str], link: Link, selections: Selections) -> bool:
        own = any(f in selections for table in side for f in self.linking[table] if f not in link)
        return own or any(self._is_heard(field, selections) for table, field in self.loose if table in side)

    def _is_heard(self, field: str, selections: Selections) -> bool:
        """Whether something is selected that reaches a field of a one-way link."""
        return field in selections or any(
            self.is_selected_on(self.side(table, (field,)), (field,), selections) for table in self._speakers(field)
        )

    def possible_values(self, field: str, selections: Selections) -> set[Value]:
        """Values that are selected, if any are, and stand in a possible row on every side where something is."""
        sides = [
            {row[field] for row in self.rows_of[table] if self.is_possible(table, row, selections, (field,))}
            for table in self._speakers(field)
            if self.is_selected_on(self.side(table, (field,)), (field,), selections)
        ]
        return set(self.values(field)).intersection(selections.get(field, self.values(field)), *sides)

    # -- hypercubes

    def base_of(self, fields: Sequence[str], dimensions: Sequence[str]) -> str | None:
        """Aggregates run over real tables."""
        if not fields:
            return self.longest(self.holders(dimensions[0])) if dimensions else None
        holding = [t for t in self.real if all(field in self.fields_of[t] for field in fields)]
        leading = [t for t in self.real if set(fields) & set(self.fields_of[t]) and self.leads_to(t, fields)]
        found = holding or leading
        return self.longest(found) if found else None
