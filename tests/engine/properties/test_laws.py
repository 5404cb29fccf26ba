"""Laws of selecting: what every user relies on without thinking of it."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from engine.selection.history import History
from engine.selection.propagate import propagate
from engine.selection.state import Selections
from tests.engine.properties.drawn import App, apps, selected


def all_states(app: App, selections: Selections) -> dict[str, list[int]]:
    states = propagate(app.model, selections)
    return {field: states.letters(field).tolist() for field in app.fields}


@given(st.data(), apps())
def test_selecting_and_clearing_leads_back_to_the_start(data: st.DataObject, app: App) -> None:
    selections = app.selections(data.draw(selected(app)))
    assert all_states(app, selections.clear()) == all_states(app, Selections())


@given(st.data(), apps())
def test_the_order_of_selections_does_not_matter(data: st.DataObject, app: App) -> None:
    chosen = data.draw(selected(app))
    backwards = dict(reversed(list(chosen.items())))
    assert all_states(app, app.selections(chosen)) == all_states(app, app.selections(backwards))


@given(st.data(), apps())
def test_back_and_forward_lead_to_the_same_states(data: st.DataObject, app: App) -> None:
    history = History({"$": Selections()})
    steps: list[dict[str, Any]] = [{"$": Selections()}]
    for _ in range(data.draw(st.integers(1, 4))):
        step = {"$": app.selections(data.draw(selected(app)))}
        if step != steps[-1]:
            history.push(step)
            steps.append(step)
    went_back = [history.back() for _ in steps[1:]]
    assert [dict(step or {}) for step in went_back] == steps[-2::-1]
    went_forward = [history.forward() for _ in steps[1:]]
    assert [dict(step or {}) for step in went_forward] == steps[1:]


@given(st.data(), apps())
def test_selecting_more_values_of_a_field_makes_no_value_elsewhere_impossible(data: st.DataObject, app: App) -> None:
    chosen = data.draw(selected(app))
    more = {field: values | set(app.reference.values(field)[:1]) for field, values in chosen.items()}
    fewer_states, more_states = (propagate(app.model, app.selections(one)) for one in (chosen, more))
    for field in app.fields:
        assert not (fewer_states.possible(field) & ~more_states.possible(field)).any()
