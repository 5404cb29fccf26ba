"""Limited dimensions: nothing is lost in the others, and what is shown is what would be shown without limits."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.engine.properties.drawn import App, apps, selected
from tests.engine.properties.test_cubes import cube_of, rows_of
from tests.engine.reference import Expression, Value

MODES = ["OTHER_COUNTED", "OTHER_ABS_LIMITED", "OTHER_REL_LIMITED", "OTHER_ABS_ACC_TARGET", "OTHER_REL_ACC_TARGET"]
LIMIT_MODES = ["OTHER_GE_LIMIT", "OTHER_GT_LIMIT", "OTHER_LE_LIMIT", "OTHER_LT_LIMIT"]
OTHERS = "(others)"


@st.composite
def limits(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "qOtherMode": draw(st.sampled_from(MODES)),
        "qOtherCounted": str(draw(st.integers(-2, 3))),
        "qOtherLimit": draw(st.sampled_from(["0", "1", "3", "0.5"])),
        "qOtherLimitMode": draw(st.sampled_from(LIMIT_MODES)),
        "qOtherSortMode": draw(
            st.sampled_from(["OTHER_SORT_DESCENDING", "OTHER_SORT_ASCENDING", "OTHER_SORT_DEFAULT"])
        ),
        "qGlobalOtherGrouping": draw(st.booleans()),
        "qOtherCollapseInnerDimensions": draw(st.booleans()),
    }


def limited(fields: list[str], specs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"qDef": {"qFieldDefs": [f"[{field}]"]}, "qOtherTotalSpec": spec, "qOtherLabel": OTHERS}
        for field, spec in zip(fields, specs, strict=True)
    ]


@given(st.data(), apps(most_tables=1, most_rows=10))
def test_values_and_others_add_up_to_the_total(data: st.DataObject, app: App) -> None:
    numeric = [field for field in app.fields if app.kinds[field] == "number"]
    assume(numeric)
    chosen = data.draw(selected(app))
    fields = data.draw(st.lists(st.sampled_from(app.fields), min_size=1, max_size=2, unique=True))
    specs = [data.draw(limits()) for _ in fields]
    expression: Expression = ("Sum", False, ("field", data.draw(st.sampled_from(numeric))))
    cube = cube_of(app, chosen, fields, [expression], qDimensions=limited(fields, specs))
    rows = rows_of(cube, len(fields))
    assert sum(number(values[0]) for _, values in rows) == pytest.approx(
        number(app.reference.total(expression, [], chosen))
    )


@given(st.data(), apps(most_tables=1, most_rows=10))
def test_an_inner_limit_counts_within_each_outer_value(data: st.DataObject, app: App) -> None:
    numeric = [field for field in app.fields if app.kinds[field] == "number"]
    fields = (
        data.draw(st.lists(st.sampled_from(app.fields), min_size=2, max_size=2, unique=True))
        if len(app.fields) > 1
        else []
    )
    assume(numeric and fields)
    count = data.draw(st.integers(0, 3))
    expression: Expression = ("Sum", False, ("field", data.draw(st.sampled_from(numeric))))
    inner = {"qOtherMode": "OTHER_COUNTED", "qOtherCounted": str(count)}
    cube = cube_of(app, {}, fields, [expression], qDimensions=limited(fields, [{}, inner]))
    whole = app.reference.cube(fields, [expression], {})
    found: dict[Value, dict[Value, Value]] = {}
    for (outer, value), values in rows_of(cube, 2):
        found.setdefault(outer, {})[value] = values[0]
    assert set(found) == {outer for outer, _ in whole}
    for outer, shown in found.items():
        inside = {value: number(values[0]) for (one, value), values in whole.items() if one == outer}
        ranked = sorted(inside.values(), reverse=True)
        kept = {value: one for value, one in shown.items() if value != OTHERS}
        assert sorted(map(number, kept.values()), reverse=True) == ranked[:count]
        assert all(inside[value] == number(one) for value, one in kept.items())
        if OTHERS in shown:
            assert number(shown[OTHERS]) == pytest.approx(sum(ranked[count:]))
        else:
            assert not ranked[count:]


def number(value: Value) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
