"""States, rows and cubes equal the slow reference however tables share fields: synthetic keys, nested ones, circles."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from engine.selection.propagate import propagate
from engine.selection.state import LETTERS
from tests.engine.associations import Associations
from tests.engine.properties.drawn import App, app_of, measures, selected, value_of
from tests.engine.properties.test_cubes import assert_equal, bases_are_clear, cube_of

SMALL = st.none() | st.integers(0, 2)


@st.composite
def tangled(draw: st.DrawFn) -> App:
    """Two to five tables, whose fields are drawn from a few names: any of them may be shared with any other table."""
    tables = {}
    for number in range(draw(st.integers(2, 5))):
        fields = draw(st.lists(st.sampled_from("abcde"), min_size=1, max_size=4, unique=True))
        rows = draw(st.integers(0, 4))
        tables[f"T{number}"] = {f: draw(st.lists(SMALL, min_size=rows, max_size=rows)) for f in fields}
    return with_associations(tables)


def with_associations(tables: dict[str, dict[str, list[int | None]]]) -> App:
    kinds = {field: "number" for columns in tables.values() for field in columns}
    return replace(app_of(tables, kinds), reference=Associations(tables))  # type: ignore[arg-type]


@given(st.data(), tangled())
def test_every_value_has_the_state_of_the_reference(data: st.DataObject, app: App) -> None:
    chosen = data.draw(selected(app))
    states = propagate(app.model, app.selections(chosen))
    for field in app.fields:
        symbols = app.model.symbols(field)
        letters = {value_of(symbols.dual(code)): LETTERS[state] for code, state in enumerate(states.letters(field))}
        assert letters == app.reference.states(field, chosen), field


@given(st.data(), tangled())
def test_every_row_is_as_possible_as_in_the_reference(data: st.DataObject, app: App) -> None:
    chosen = data.draw(selected(app))
    states = propagate(app.model, app.selections(chosen))
    for table in app.tables:
        rows = app.reference.rows_of[table]
        assert states.rows(table).tolist() == [app.reference.is_possible(table, row, chosen) for row in rows], table


@given(tangled())
def test_the_same_tables_are_loosened(app: App) -> None:
    assert isinstance(app.reference, Associations)
    assert set(app.model.loosened) & set(app.tables) == {table for table, _ in app.reference.loose} & set(app.tables)


@given(st.data(), tangled())
def test_hypercubes_have_the_rows_and_values_of_the_reference(data: st.DataObject, app: App) -> None:
    assume(not app.model.loosened)  # what circles do to hypercubes is shown by an example
    chosen = data.draw(selected(app, most_fields=2))
    dimensions = data.draw(st.lists(st.sampled_from(app.fields), max_size=2, unique=True))
    expressions = data.draw(st.lists(measures(app), min_size=1, max_size=2))
    assume(bases_are_clear(app, expressions, dimensions))
    cube = cube_of(app, chosen, dimensions, expressions)
    assert_equal(cube, app.reference.cube(dimensions, expressions, chosen), len(dimensions))
