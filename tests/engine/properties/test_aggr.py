"""Aggr() gives the rows and values of the slow reference, and aggregates over it count them as tables are counted."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.engine.properties.drawn import SIMPLE, App, aggregates, apps, selected
from tests.engine.properties.test_cubes import approximately, assert_equal, bases_are_clear, cube_of, total_of
from tests.engine.reference import Expression, fields_in


@st.composite
def over_aggr(draw: st.DrawFn, app: App) -> Expression:
    """An aggregate of Aggr(), or of Aggr() and a field beside it."""
    fields = draw(st.lists(st.sampled_from(app.fields), min_size=1, max_size=2, unique=True))
    aggr: Expression = ("aggr", draw(aggregates(app)), tuple(fields))
    way = draw(st.sampled_from(["alone", "alone", "dimension", "beside"]))
    if way == "beside":
        other = draw(st.sampled_from(app.fields))
        return (draw(st.sampled_from(SIMPLE)), False, ("if", ("<>", ("field", other), ("number", 1)), aggr, aggr))
    if way == "dimension":
        aggr = ("+", aggr, ("field", fields[0]))
    return (draw(st.sampled_from((*SIMPLE, "Median", "Mode"))), draw(st.booleans()), aggr)


@given(st.data(), apps(most_tables=3, most_rows=4))
def test_aggregates_over_aggr_have_the_values_of_the_reference(data: st.DataObject, app: App) -> None:
    chosen = data.draw(selected(app))
    dimensions = data.draw(st.lists(st.sampled_from(app.fields), max_size=2, unique=True))
    expression = data.draw(over_aggr(app))
    inner = [part[1] for part in _aggrs(expression)]
    assume(bases_are_clear(app, inner, dimensions) and bases_are_clear(app, [expression], dimensions))
    cube = cube_of(app, chosen, dimensions, [expression])
    assert_equal(cube, app.reference.cube(dimensions, [expression], chosen), len(dimensions))
    total = app.reference.total(expression, dimensions, chosen)
    assert total_of(cube.layout()["qGrandTotalRow"][0]) == approximately(total)


def _aggrs(node: Expression) -> list[Expression]:
    if node[0] == "aggr":
        return [node]
    return [found for part in node[1:] if isinstance(part, tuple) for found in _aggrs(part)]


@given(st.data(), apps(most_tables=3))
def test_the_sum_over_the_finest_rows_is_the_sum(data: st.DataObject, app: App) -> None:
    """Each row of one table alone, put together by its own fields, adds up to the whole."""
    table = data.draw(st.sampled_from(list(app.tables)))
    numeric = [field for field in app.tables[table] if app.kinds[field] == "number"]
    assume(numeric and all(app.reference.holders(field) == [table] for field in app.tables[table]))
    measure: Expression = ("Sum", False, ("field", data.draw(st.sampled_from(numeric))))
    outer: Expression = ("Sum", False, ("aggr", measure, tuple(app.tables[table])))
    assert fields_in(outer)
    cube = cube_of(app, data.draw(selected(app)), [], [measure, outer])
    one, other = [total_of(cell) for cell in cube.layout()["qGrandTotalRow"]]
    assert other == approximately(one)
