"""How tables hang together: synthetic keys, the forest of links, circles and their loosening.

Everything here works on names and row counts alone; `build` makes the data that follows from it.

Rules:
* Tables that share a field are linked by it.
* Tables that share several fields are linked by one synthetic key over the combinations, kept
  in a table of its own. There the fields take part in the association; the tables keep their
  columns for reading.
* No circles: if links close one, the longest table in it (the first of equals) is loosely coupled. Its links on the
  circle become one-way: what is selected elsewhere restricts its rows, but nothing passes from
  it or through it to the others. A synthetic table is loosened only if there is no other; then it is the first made,
  since how long they become is not known yet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

Edge = tuple[str, str]
"""A table and a field of it that takes part in the association."""


@dataclass(frozen=True)
class Synthetic:
    """A synthetic key: `name` is the key field, `table` holds the combinations of `fields`."""

    name: str
    table: str
    fields: tuple[str, ...]
    tables: tuple[str, ...]


@dataclass(frozen=True)
class LinkGraph:
    """The forest: tables and fields are its nodes, `edges` say which table holds which field.

    Every field is in it, not only the keys; a field with one table is a leaf. `loose` edges are
    the one-way ones of loosely coupled tables and no part of the forest.
    """

    edges: tuple[Edge, ...]
    loose: tuple[Edge, ...] = ()

    @cached_property
    def tables_of(self) -> Mapping[str, tuple[str, ...]]:
        """Field -> the tables through which it takes part."""
        return _grouped((field, table) for table, field in self.edges)

    @cached_property
    def fields_of(self) -> Mapping[str, tuple[str, ...]]:
        """Table -> its fields that take part."""
        return _grouped(self.edges)

    @cached_property
    def loose_fields_of(self) -> Mapping[str, tuple[str, ...]]:
        return _grouped(self.loose)

    @cached_property
    def leaves_of(self) -> Mapping[str, frozenset[str]]:
        """Table -> its fields that are no keys."""
        return {t: frozenset(held) - frozenset(self.keys_of.get(t, ())) for t, held in self.fields_of.items()}

    @cached_property
    def leaf_of(self) -> Mapping[str, str]:
        """Field that is no key -> the table through which it takes part."""
        return {field: table for table, fields in self.leaves_of.items() for field in fields}

    @cached_property
    def loosely_heard(self) -> frozenset[str]:
        """The fields over which loosely coupled tables hear of the others."""
        return frozenset(field for _, field in self.loose)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Fields that link two tables or more."""
        return tuple(field for field, tables in self.tables_of.items() if len(tables) > 1)

    @cached_property
    def keys_of(self) -> Mapping[str, tuple[str, ...]]:
        """Table -> the key fields that link it to others, by one-way links, too."""
        heard = {field for _, field in self.loose}
        return _grouped((t, f) for t, f in self.edges if len(self.tables_of[f]) > 1 or f in heard)

    @cached_property
    def component_of(self) -> Mapping[str, int]:
        """Table -> number of the tree it stands in."""
        found: dict[str, int] = {}
        for start in dict.fromkeys(table for table, _ in (*self.edges, *self.loose)):
            if start not in found:
                number = len(set(found.values()))
                found.update((table, number) for table in self.reach(start))
        return found

    def reach(self, start: str) -> Mapping[str, str | None]:
        """All tables linked to `start`, nearest first -> the key field by which each is entered."""
        if start not in self._reached:
            self._reached[start] = self._reach(start)
        return self._reached[start]

    @cached_property
    def _reached(self) -> dict[str, dict[str, str | None]]:
        return {}

    def _reach(self, start: str) -> dict[str, str | None]:
        entered: dict[str, str | None] = {start: None}
        queue = [start]
        for table in queue:
            for key in self.keys_of.get(table, ()):
                for other in self.tables_of[key]:
                    if other not in entered:
                        entered[other] = key
                        queue.append(other)
        return entered

    def path(self, start: str, end: str) -> list[str] | None:
        """table, key, table, ..., table from `start` to `end`; None if nothing links them."""
        if (start, end) not in self._paths:
            self._paths[start, end] = _path(self.edges, start, end)
        return self._paths[start, end]

    @cached_property
    def _paths(self) -> dict[tuple[str, str], list[str] | None]:
        return {}


@dataclass(frozen=True)
class LinkPlan:
    """What `plan_links` decides: synthetic keys in the order they are to be made, and the graph."""

    synthetics: tuple[Synthetic, ...]
    graph: LinkGraph
    loosened: tuple[str, ...]
    notes: tuple[str, ...]


def plan_links(fields_of: Mapping[str, Iterable[str]], rows_of: Mapping[str, int]) -> LinkPlan:
    """Decide how the tables (name -> field names; name -> row count; load order) are linked."""
    holds = {table: list(fields) for table, fields in fields_of.items()}
    synthetics = tuple(_make_synthetics(holds))
    edges = [(table, field) for table, fields in holds.items() for field in fields]
    notes = [
        f"{_listed(s.tables)} share the fields {_listed(s.fields)}; "
        f"they are linked by the combinations of these ({s.name})."
        for s in synthetics
    ]
    loose: list[Edge] = []
    loosened: list[str] = []
    made = {s.table for s in synthetics}
    while circle := _find_circle(edges):
        on_it = [name for name in holds if name in circle[::2]]
        table = max(on_it, key=lambda name: (name not in made, rows_of.get(name, 0)))
        cut = _edges_on_circles(edges, table)
        edges = [edge for edge in edges if edge not in cut]
        loose += cut
        loosened.append(table)
        notes.append(
            f"The links {' – '.join([*circle, circle[0]])} go in a circle. {table} is loosely coupled: "
            f"selections made elsewhere reach it by {_listed([field for _, field in cut])}, "
            "but nothing passes through it."
        )
    return LinkPlan(synthetics, LinkGraph(tuple(edges), tuple(loose)), tuple(loosened), tuple(notes))


def _make_synthetics(holds: dict[str, list[str]]) -> Iterator[Synthetic]:
    """Replace what tables share beyond one field by a synthetic key, the largest share first.

    Ends: each round removes the pairs with the largest share and only adds pairs with smaller ones.
    """
    number = 0
    while True:
        shared = [[field for field in holds[a] if field in holds[b]] for a, b in combinations(list(holds), 2)]
        fields = max(shared, key=len, default=[])
        if len(fields) < 2:
            return
        number += 1
        name, table = f"$Syn {number}", f"$Syn {number} Table"
        members = [t for t, held in holds.items() if set(fields) <= set(held)]
        for member in members:
            holds[member] = [field for field in holds[member] if field not in fields] + [name]
        holds[table] = [name, *fields]
        yield Synthetic(name, table, tuple(fields), tuple(members))


def _find_circle(edges: Iterable[Edge]) -> list[str] | None:
    """table, field, table, ..., field of the first circle that the edges close; None without one."""
    parent: dict[tuple[str, str], tuple[str, str]] = {}

    def root(node: tuple[str, str]) -> tuple[str, str]:
        while parent.setdefault(node, node) != node:
            parent[node] = node = parent[parent[node]]
        return node

    forest: list[Edge] = []
    for table, field in edges:
        one, other = root(("table", table)), root(("field", field))
        if one == other:
            ways = [way for holder, f in forest if f == field and (way := _path(forest, table, holder))]
            return [*min(ways, key=len), field]  # the longer ways pass through the field
        parent[one] = other
        forest.append((table, field))
    return None


def _edges_on_circles(edges: list[Edge], table: str) -> list[Edge]:
    """The edges of `table` that lie on a circle: without it, their fields still hang together."""
    others = LinkGraph(tuple(edge for edge in edges if edge[0] != table))
    by_component: dict[object, list[Edge]] = defaultdict(list)
    for edge in edges:
        if edge[0] == table:
            holders = others.tables_of.get(edge[1])
            by_component[others.component_of[holders[0]] if holders else edge].append(edge)
    return [edge for group in by_component.values() if len(group) > 1 for edge in group]


def _path(edges: Iterable[Edge], start: str, end: str) -> list[str] | None:
    fields_of, tables_of = _grouped(edges), _grouped((f, t) for t, f in edges)
    came: dict[str, tuple[str, str]] = {}
    queue = [start]
    for table in queue:
        if table == end:
            break
        for field in fields_of.get(table, ()):
            for other in tables_of[field]:
                if other != start and other not in came:
                    came[other] = (table, field)
                    queue.append(other)
    else:
        return None
    steps = [end]
    while steps[-1] != start:
        table, field = came[steps[-1]]
        steps += [field, table]
    return steps[::-1]


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return {key: tuple(values) for key, values in groups.items()}


def _listed(names: Iterable[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    *front, last = list(names)
    return f"{', '.join(front)} and {last}" if front else last
