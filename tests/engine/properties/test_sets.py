"""Set expressions mean the records that the slow reference finds for them."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.engine.properties.drawn import App, aggregates, apps, selected, sets
from tests.engine.properties.test_cubes import approximately, assert_equal, bases_are_clear, cube_of, total_of
from tests.engine.reference import Expression


@given(st.data(), apps(most_tables=3))
def test_measures_in_sets_have_the_rows_and_values_of_the_reference(data: st.DataObject, app: App) -> None:
    chosen = data.draw(selected(app))
    dimensions = data.draw(st.lists(st.sampled_from(app.fields), max_size=2, unique=True))
    expressions: list[Expression] = [
        ("within", data.draw(sets(app)), data.draw(aggregates(app))) for _ in range(data.draw(st.integers(1, 2)))
    ]
    assume(bases_are_clear(app, expressions, dimensions))
    cube = cube_of(app, chosen, dimensions, expressions)
    assert_equal(cube, app.reference.cube(dimensions, expressions, chosen), len(dimensions))
    totals = [app.reference.total(one, dimensions, chosen) for one in expressions]
    assert [total_of(cell) for cell in cube.layout()["qGrandTotalRow"]] == [approximately(value) for value in totals]


@given(st.data(), apps(most_tables=3))
def test_union_and_intersection_add_up(data: st.DataObject, app: App) -> None:
    """What is in either set, and what is in both, is together what is in the one and what is in the other."""
    left, right = data.draw(sets(app)), data.draw(sets(app))
    measure: Expression = ("NullCount", False, ("field", data.draw(st.sampled_from(app.fields))))
    count: Expression = ("Count", *measure[1:])
    rows = [
        ("+", ("within", within, measure), ("within", within, count))
        for within in (left, right, ("+", left, right), ("*", left, right), ("/", left, right), ("-", left, right))
    ]
    cube = cube_of(app, data.draw(selected(app)), [], list(rows))
    one, other, union, both, either, first = [total_of(cell) for cell in cube.layout()["qGrandTotalRow"]]
    assert union + both == one + other
    assert either == union - both
    assert first == one - both
