"""The rows of every hypercube equal the slow reference: groups, measures, totals and their order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.compute.hypercube import Cube, evaluate_cube
from tests.engine.properties.drawn import App, apps, measures, row_expressions, selected
from tests.engine.reference import Expression, Key, Value, aggregates_in, evaluate, fields_in, printed, sorted_values

EVERYTHING = [{"qLeft": 0, "qTop": 0, "qWidth": 8, "qHeight": 1_250}]
MISSING = {"-": None}


def cube_of(
    app: App, chosen: dict[str, set[Any]], dimensions: list[str], expressions: list[Expression], **more: Any
) -> Cube:
    definition = {
        "qDimensions": [{"qDef": {"qFieldDefs": [f"[{field}]"]}} for field in dimensions],
        "qMeasures": [{"qDef": {"qDef": printed(one)}} for one in expressions],
        **more,
    }
    return evaluate_cube(app.context(chosen), definition)


def rows_of(cube: Cube, dimensions: int) -> list[tuple[Key, list[Value]]]:
    """The rows as the reference writes them."""
    (page,) = cube.pages(EVERYTHING)
    return [
        (tuple(shown(cell) for cell in row[:dimensions]), [shown(cell) for cell in row[dimensions:]])
        for row in page["qMatrix"]
    ]


def shown(cell: dict[str, Any]) -> Value:
    if cell.get("qIsNull"):
        return None
    return cell["qText"] if cell["qNum"] == "NaN" else cell["qNum"]


def approximately(value: Value) -> Any:
    return pytest.approx(value, rel=1e-9, abs=1e-12) if isinstance(value, float) else value


def assert_equal(cube: Cube, expected: Mapping[Key, list[Value]], dimensions: int) -> None:
    """The rows and values of a cube are those of the reference, in whatever order."""
    found = dict(rows_of(cube, dimensions))
    assert set(found) == set(expected)
    for key, values in expected.items():
        assert found[key] == [approximately(value) for value in values], key


def bases_are_clear(app: App, expressions: list[Expression], dimensions: list[str]) -> bool:
    """Whether each aggregate has one table to run over (N:M expressions have examples of their own)."""
    parts = [part for one in expressions for part in aggregates_in(one)]
    return all(not fields_in(part) or app.reference.base_of(fields_in(part), dimensions) for part in parts)


@given(st.data(), apps())
def test_hypercubes_have_the_rows_and_values_of_the_reference(data: st.DataObject, app: App) -> None:
    chosen = data.draw(selected(app))
    dimensions = data.draw(st.lists(st.sampled_from(app.fields), max_size=3, unique=True))
    expressions = data.draw(st.lists(measures(app), min_size=1, max_size=3))
    assume(bases_are_clear(app, expressions, dimensions))
    cube = cube_of(app, chosen, dimensions, expressions)
    assert_equal(cube, app.reference.cube(dimensions, expressions, chosen), len(dimensions))


@given(st.data(), apps(most_tables=3))
def test_a_calculated_dimension_is_a_field_more(data: st.DataObject, app: App) -> None:
    table = data.draw(st.sampled_from(list(app.tables)))
    formula = data.draw(row_expressions(app, list(app.tables[table])))
    used = fields_in(formula)
    assume(used and any(app.reference.holders(field) == [table] for field in used))
    assume(evaluate(formula, dict.fromkeys(used)) is None)  # else no row and a row of NULLs are not the same
    chosen = data.draw(selected(app))
    other = data.draw(st.lists(st.sampled_from(app.fields), max_size=1))
    expression = data.draw(measures(app))
    assume(bases_are_clear(app, [expression], other or used))
    definition = [{"qDef": {"qFieldDefs": [f"={printed(formula)}"]}}, *({"qDef": {"qFieldDefs": [f]}} for f in other)]
    found = rows_of(cube_of(app, chosen, [], [expression], qDimensions=definition), 1 + len(other))
    assume(fields_in(expression))
    expected = app.reference.with_column(table, "calculated", formula).cube(
        ["calculated", *other], [expression], chosen
    )
    assert {key_of(key): values for key, values in found} == {
        key_of(key): [approximately(value) for value in values] for key, values in expected.items()
    }


def key_of(key: Key) -> Key:
    """Quotients need not come out the same to the last digit."""
    return tuple(round(value, 9) if isinstance(value, float) else value for value in key)


@given(st.data(), apps())
def test_the_grand_total_counts_every_possible_row_once(data: st.DataObject, app: App) -> None:
    chosen = data.draw(selected(app))
    dimensions = data.draw(st.lists(st.sampled_from(app.fields), max_size=2, unique=True))
    expressions = data.draw(st.lists(measures(app), min_size=1, max_size=3))
    assume(bases_are_clear(app, expressions, dimensions))
    totals = cube_of(app, chosen, dimensions, expressions).layout()["qGrandTotalRow"]
    expected = [app.reference.total(one, dimensions, chosen) for one in expressions]
    assert [total_of(cell) for cell in totals] == [approximately(value) for value in expected]


def total_of(cell: dict[str, Any]) -> Value:
    if cell["qNum"] != "NaN":
        return cell["qNum"]
    return MISSING.get(cell["qText"], cell["qText"])


@given(st.data(), apps())
def test_suppressing_null_leaves_out_its_group_and_nothing_else(data: st.DataObject, app: App) -> None:
    field = data.draw(st.sampled_from(app.fields))
    expression = data.draw(measures(app))
    chosen = data.draw(selected(app))
    whole = rows_of(cube_of(app, chosen, [field], [expression]), 1)
    definition = [{"qDef": {"qFieldDefs": [f"[{field}]"]}, "qNullSuppression": True}]
    narrowed = rows_of(cube_of(app, chosen, [field], [expression], qDimensions=definition), 1)
    assert narrowed == [row for row in whole if row[0] != (None,)]


CRITERIA = {
    "state": "qSortByState",
    "frequency": "qSortByFrequency",
    "number": "qSortByNumeric",
    "text": "qSortByAscii",
    "load": "qSortByLoadOrder",
}
"""The criteria in the order in which they apply."""


@given(st.data(), apps(most_tables=2, most_rows=8))
def test_rows_stand_in_the_order_of_the_reference(data: st.DataObject, app: App) -> None:
    field = data.draw(st.sampled_from(app.fields))
    chosen = data.draw(selected(app))
    signs = {name: data.draw(st.sampled_from([0, 0, 1, -1])) for name in CRITERIA}
    criteria = {CRITERIA[name]: sign for name, sign in signs.items()}
    definition = [{"qDef": {"qFieldDefs": [f"[{field}]"], "qSortCriterias": [criteria]}}]
    found = [key[0] for key, _ in rows_of(cube_of(app, chosen, [field], [], qDimensions=definition), 1)]
    facts = {
        "state": app.reference.states(field, chosen),
        "frequency": app.reference.frequencies(field, chosen),
        "load": {value: at for at, value in enumerate(app.reference.values(field))},
    }
    used = [(name, sign) for name, sign in signs.items() if sign]
    assert found == sorted_values([key[0] for key in app.reference.keys([field], [], chosen)], used, facts)


@given(st.data(), apps(most_tables=1, most_rows=10))
def test_in_one_table_the_groups_add_up_to_the_total(data: st.DataObject, app: App) -> None:
    chosen = data.draw(selected(app))
    numeric = [field for field in app.fields if app.kinds[field] == "number"]
    assume(numeric)
    expression: Expression = ("Sum", False, ("field", data.draw(st.sampled_from(numeric))))
    cube = cube_of(app, chosen, [data.draw(st.sampled_from(app.fields))], [expression])
    total = cube.layout()["qGrandTotalRow"][0]["qNum"]
    assert sum(values[0] for _, values in rows_of(cube, 1)) == pytest.approx(total)
