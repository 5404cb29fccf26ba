"""Cubes over random forests of tables equal a slow walk along the links, row by row."""

from __future__ import annotations

from collections import defaultdict
from itertools import product
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from engine.compute.aggregate import aggregate
from engine.compute.binding import bind_dimension
from engine.compute.context import Context
from engine.selection.state import Selections
from tests.engine.models import Rows, linked_tables, load
from tests.engine.selection.test_propagate import BruteForce

Value = int | None


class SlowCube:
    """Aggregates by the definition, over lists."""

    def __init__(self, tables: dict[str, Rows], truth: BruteForce, dimensions: list[str]) -> None:
        self.tables = tables
        self.truth = truth
        self.dimensions = dimensions

    def rows(self, table: str) -> list[int]:
        count = len(next(iter(self.tables[table].values())))
        return [row for row in range(count) if self.truth.is_possible(table, row)]

    def lies_behind(self, field: str, table: str, came_by: str) -> bool:
        if field in self.tables[table]:
            return True
        return any(
            self.lies_behind(field, other, key)
            for key in self.tables[table]
            if key != came_by
            for other in self.truth.holders(key)
            if other != table
        )

    def combinations(self, table: str, row: int, came_by: str, wanted: list[str]) -> set[tuple[tuple[str, Value], ...]]:
        """The values of the wanted fields that a row is linked to, as sorted (field, value) pairs."""
        own = {field: self.tables[table][field][row] for field in wanted if field in self.tables[table]}
        factors: list[set[tuple[tuple[str, Value], ...]]] = [{tuple(own.items())}]
        for key, values in self.tables[table].items():
            for other in self.truth.holders(key):
                behind = [f for f in wanted if f not in own and other != table and self.lies_behind(f, other, key)]
                if key == came_by or not behind:
                    continue
                for field in behind:
                    own[field] = None
                found: set[tuple[tuple[str, Value], ...]] = set()
                for partner in self.rows(other):
                    if values[row] is not None and self.tables[other][key][partner] == values[row]:
                        found |= self.combinations(other, partner, key, behind)
                factors.append(found or {tuple((field, None) for field in behind)})
        return {tuple(sorted(sum(parts, ()))) for parts in product(*factors)}

    def groups(self, table: str) -> dict[tuple[Value, ...], list[int]]:
        """Combination of dimension values -> the rows of `table` that are linked to it."""
        found: dict[tuple[Value, ...], list[int]] = defaultdict(list)
        for row in self.rows(table):
            for pairs in self.combinations(table, row, "", self.dimensions):
                values = dict(pairs)
                found[tuple(values.get(field) for field in self.dimensions)].append(row)
        return found

    def measures(self, measured: str) -> dict[tuple[Value, ...], tuple[Any, ...]]:
        holders = self.truth.holders(measured)
        base = max(holders, key=lambda name: len(self.tables[name][measured]))
        found = {table: self.values(table, measured) for table in holders}
        dimensions = {table for field in self.dimensions for table in self.truth.holders(field)}
        keys = {key for values in found.values() for key in values}
        keys |= {key for table in dimensions for key in self.groups(table)}
        return {
            key: _aggregates(
                found[base].get(key, []), {one for values in found.values() for one in values.get(key, [])}
            )
            for key in keys
        }

    def values(self, table: str, field: str) -> dict[tuple[Value, ...], list[int]]:
        """Combination of dimension values -> the values of a field in the rows of `table` that are linked to it."""
        values = self.tables[table][field]
        return {
            key: [value for row in rows if (value := values[row]) is not None]
            for key, rows in self.groups(table).items()
        }


def _aggregates(values: list[int], every: set[int]) -> tuple[Any, ...]:
    """values: in the longest table with the field; every: in all of its tables, each once."""
    return (
        sum(values),
        len(values),
        len(every),
        sum(every),
        min(every, default=None),
        max(every, default=None),
        next(iter(every)) if len(every) == 1 else None,
    )


MEASURES = ("Sum({0})", "Count({0})", "Count(DISTINCT {0})", "Sum(DISTINCT {0})", "Min({0})", "Max({0})", "Only({0})")


@given(tables=linked_tables(), data=st.data())
def test_cubes_equal_a_slow_walk_along_the_links(tables: dict[str, Rows], data: st.DataObject) -> None:
    model = load(tables)
    fields = sorted(model.fields)
    selections, chosen = Selections(), {}
    for field in data.draw(st.lists(st.sampled_from(fields), max_size=2, unique=True)):
        size = model.symbols(field).size
        if size:
            codes = data.draw(st.sets(st.integers(0, size - 1), min_size=1))
            selections = selections.with_values(field, codes)
            chosen[field] = frozenset(int(model.symbols(field).numbers[code]) for code in codes)
    measured = data.draw(st.sampled_from(fields))
    start = data.draw(st.sampled_from(fields))
    component = model.links.component_of
    near = [
        field
        for field in fields
        if component[model.field(field).tables[0]] == component[model.field(measured).tables[0]]
    ]
    start = start if start in near else near[0]
    dimensions = list(dict.fromkeys([start, *data.draw(st.lists(st.sampled_from(near), max_size=2))]))

    context = Context(model, {"$": selections})
    bound = [bind_dimension(context, field) for field in dimensions]
    groups = aggregate(context, bound, [text.format(measured) for text in MEASURES])
    assert groups.errors == [None] * len(MEASURES)
    found = {
        tuple(_value(d.symbols.dual(code)) for d, code in zip(bound, key, strict=True)): tuple(
            _value(vector.dual(row)) for vector in groups.measures
        )
        for row, key in enumerate(groups.keys.tolist())
    }
    slow = SlowCube(tables, BruteForce(tables, chosen), dimensions)
    assert found == slow.measures(measured)
    nothing = SlowCube(tables, BruteForce(tables, chosen), []).measures(measured)
    totals = tuple(_value(total) for total in groups.totals)
    assert totals == nothing.get((), _aggregates([], set()))


def _value(dual: Any) -> Value:
    return None if dual.number is None else int(dual.number)


def chains(slow: SlowCube, path: list[str]) -> list[dict[str, int]]:
    """All ways along table, key, table ...: a possible row of each table, linked to the next."""
    found = [{path[0]: row} for row in slow.rows(path[0])]
    for before, key, table in zip(path[:-2:2], path[1::2], path[2::2], strict=True):
        found = [
            {**chain, table: row}
            for chain in found
            for row in slow.rows(table)
            if slow.tables[before][key][chain[before]] == slow.tables[table][key][row] is not None
        ]
    return found


@given(tables=linked_tables(), data=st.data())
def test_products_over_two_tables_equal_a_slow_join(tables: dict[str, Rows], data: st.DataObject) -> None:
    model = load(tables)
    leaves = [name for name, field in model.fields.items() if not field.is_key]
    pairs = [
        (x, y, path)
        for x in leaves
        for y in leaves
        if x != y and (path := model.links.path(model.field(x).tables[0], model.field(y).tables[0]))
    ]
    assume(pairs)
    x, y, path = data.draw(st.sampled_from(sorted(pairs, key=lambda pair: -len(pair[2]))))
    near = [f for f in model.fields if model.links.path(path[0], model.field(f).tables[0]) is not None]
    dimension = data.draw(st.sampled_from(near))
    field = data.draw(st.sampled_from(sorted(model.fields)))
    size = model.symbols(field).size
    chosen = {field: frozenset({int(model.symbols(field).numbers[0])})} if size else {}
    selections = Selections().with_values(field, [0] if size else [])

    context = Context(model, {"$": selections})
    bound = [bind_dimension(context, dimension)]
    groups = aggregate(context, bound, [f"Sum({x}*{y})", f"Count({x}*{y})"])
    slow = SlowCube(tables, BruteForce(tables, chosen), [dimension])
    owner = next((t for t in path[::2] if dimension in tables[t]), None)
    owner = owner or next(t for t in path[::2] if _is_off(model.links.path(t, model.field(dimension).tables[0]), path))
    products: dict[Value, set[tuple[int, int]]] = defaultdict(set)
    for chain in chains(slow, path):
        for combination in slow.combinations(owner, chain[owner], "", [dimension]):
            products[combination[0][1]].add((chain[path[0]], chain[path[-1]]))
    values = {
        key: [_times(tables[path[0]][x][a], tables[path[-1]][y][b]) for a, b in rows] for key, rows in products.items()
    }
    expected = {key: [v for v in held if v is not None] for key, held in values.items()}
    found = {
        _value(bound[0].symbols.dual(key)): (groups.measures[0].numbers[row], groups.measures[1].numbers[row])
        for row, (key,) in enumerate(groups.keys.tolist())
    }
    assert {key: pair for key, pair in found.items() if pair[1]} == {
        key: (sum(held), len(held)) for key, held in expected.items() if held
    }


def _is_off(way: list[str] | None, path: list[str]) -> bool:
    """Whether a way from one of the path's tables leaves the path at once."""
    return way is not None and not set(way[2::2]) & set(path[::2])


def _times(one: Value, other: Value) -> Value:
    return None if one is None or other is None else one * other
