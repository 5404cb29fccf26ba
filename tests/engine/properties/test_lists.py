"""List objects show every value of a field as the slow reference has it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.compute.listobject import evaluate_list
from tests.engine.properties.drawn import App, apps, selected
from tests.engine.reference import sorted_values

WHOLE = [{"qLeft": 0, "qTop": 0, "qWidth": 1, "qHeight": 500}]


@given(st.data(), apps())
def test_a_list_object_shows_all_values_with_state_and_frequency(data: st.DataObject, app: App) -> None:
    field = data.draw(st.sampled_from(app.fields))
    chosen = data.draw(selected(app))
    definition = {
        "qDef": {"qFieldDefs": [f"[{field}]"], "qSortCriterias": [{"qSortByState": 1, "qSortByLoadOrder": -1}]},
        "qShowAlternatives": True,
        "qFrequencyMode": "V",
    }
    (page,) = evaluate_list(app.context(chosen), definition).pages(WHOLE)
    found = [(row[0]["qText"], row[0]["qState"], row[0]["qFrequency"]) for row in page["qMatrix"]]
    states, counts = app.reference.states(field, chosen), app.reference.frequencies(field, chosen)
    load = {value: at for at, value in enumerate(app.reference.values(field))}
    facts = {"state": states, "load": load}
    ordered = sorted_values(list(states), [("state", 1), ("load", -1)], facts)
    assert found == [(str(value), states[value], str(counts[value])) for value in ordered]
