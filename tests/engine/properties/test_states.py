"""The state of every value equals the slow reference, whatever the tables, links and selections."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.selection.propagate import propagate
from engine.selection.state import LETTERS, State
from tests.engine.properties.drawn import App, apps, selected, value_of


@given(st.data(), apps())
def test_values_stand_in_load_order(data: st.DataObject, app: App) -> None:
    for field in app.fields:
        symbols = app.model.symbols(field)
        assert [value_of(symbols.dual(code)) for code in range(symbols.size)] == app.reference.values(field)


@given(st.data(), apps())
def test_every_value_has_the_state_of_the_reference(data: st.DataObject, app: App) -> None:
    chosen = data.draw(selected(app))
    locked = frozenset(data.draw(st.sets(st.sampled_from(sorted(chosen))))) if chosen else frozenset()
    states = propagate(app.model, app.selections(chosen, locked))
    for field in app.fields:
        symbols = app.model.symbols(field)
        letters = {value_of(symbols.dual(code)): LETTERS[state] for code, state in enumerate(states.letters(field))}
        assert letters == app.reference.states(field, chosen, locked), field


@given(st.data(), apps())
def test_frequencies_count_the_possible_rows_of_the_reference(data: st.DataObject, app: App) -> None:
    chosen = data.draw(selected(app))
    states = propagate(app.model, app.selections(chosen))
    for field in app.fields:
        symbols = app.model.symbols(field)
        counts = {value_of(symbols.dual(code)): int(n) for code, n in enumerate(states.frequency(field))}
        assert counts == app.reference.frequencies(field, chosen), field


@given(st.data(), apps())
def test_no_possible_value_is_excluded(data: st.DataObject, app: App) -> None:
    states = propagate(app.model, app.selections(data.draw(selected(app))))
    for field in app.fields:
        letters = states.letters(field)[states.possible(field)]
        assert set(letters.tolist()) <= {State.SELECTED, State.LOCKED, State.OPTIONAL, State.ALTERNATIVE}
