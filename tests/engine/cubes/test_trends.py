"""Trend lines: the formulas clients draw, over what a chart shows."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.compute.context import Context
from engine.compute.cube import Cube
from engine.data.build import build_model
from tests.engine.cubes.shop import cube, dimension, measure

ANY = [-5.0, 0.5, 1.0, 2.0, 3.0, 7.0]


def drawn(x: list[Any], y: list[Any], line: dict[str, Any], *, sort: int = 1, **more: Any) -> Any:
    """The trend lines of y by x."""
    model = build_model([("T", pa.table({"x": x, "y": y}))])
    return lines(cube(Context(model), [dimension("x", sort={"qSortByNumeric": sort})], [with_line(line)], **more))


def with_line(*given: dict[str, Any], text: str = "Sum(y)") -> dict[str, Any]:
    return measure(text, qTrendLines=list(given))


def lines(found: Cube, at: int = 0) -> Any:
    return found.layout()["qMeasureInfo"][at]["qTrendLines"]


def by_number(kind: str, **more: Any) -> dict[str, Any]:
    return {"qType": kind, "qContinuousXAxis": "Possible", "qCalcR2": True, **more}


FORMULAS: dict[str, Any] = {
    "AVERAGE": lambda x: np.full_like(x, 4.5),
    "LINEAR": lambda x: 3 - 2 * x,
    "POLYNOMIAL2": lambda x: 1 + x - 2 * x**2,
    "POLYNOMIAL3": lambda x: 1 + x - 2 * x**2 + 0.5 * x**3,
    "POLYNOMIAL4": lambda x: 2 - 0.5 * x**4,
    "EXPONENTIAL": lambda x: np.exp(0.5 + 0.25 * x),
    "LOG": lambda x: 2 + 3 * np.log(x),
    "POWER": lambda x: 10 ** (0.5 + 2 * np.log10(x)),
}
COEFFICIENTS = {
    "AVERAGE": [4.5],
    "LINEAR": [3, -2],
    "POLYNOMIAL2": [1, 1, -2],
    "POLYNOMIAL3": [1, 1, -2, 0.5],
    "POLYNOMIAL4": [2, 0, 0, 0, -0.5],
    "EXPONENTIAL": [0.5, 0.25],
    "LOG": [3, 2],
    "POWER": [0.5, 2],
}


@pytest.mark.parametrize("kind", FORMULAS)
def test_a_line_is_found_again_by_the_coefficients_of_its_formula(kind: str) -> None:
    x = np.array([one for one in ANY if one > 0] if kind in ("LOG", "POWER") else ANY)
    (line,) = drawn(x.tolist(), FORMULAS[kind](x).tolist(), by_number(kind))
    assert line["qType"] == kind
    assert line["qCoeff"] == pytest.approx(COEFFICIENTS[kind], abs=1e-8)
    assert line["qR2"] == pytest.approx(1)


def test_texts_say_what_the_formula_is() -> None:
    def text(kind: str, y: list[float]) -> str:
        return str(drawn([1, 2, 4], y, by_number(kind))[0]["qExpression"])

    assert text("AVERAGE", [1, 2, 6]) == "3"
    assert text("LINEAR", [1, 2, 4]).endswith("+ 1 * x")
    assert text("LOG", [3, 3 + math.log(2), 3 + math.log(4)]) == "3 + 1 * ln(x)"


def test_without_a_continuous_axis_places_in_the_chart_count() -> None:
    (line,) = drawn([10, 20, 40], [1, 2, 3], {"qType": "Linear"})
    assert line["qCoeff"] == pytest.approx([0, 1])
    (line,) = drawn([10, 20, 40], [1, 2, 3], {"qType": "Linear"}, sort=-1)
    assert line["qCoeff"] == pytest.approx([4, -1])


def test_an_axis_of_dates_counts_days_if_time_is_asked_for() -> None:
    days = pa.array([45_000, 45_001, 45_003], pa.int32()).cast(pa.date32())
    wanted = {"qType": "LINEAR", "qContinuousXAxis": "Time"}
    (line,) = drawn(days, [0, 1, 3], wanted)  # type: ignore[arg-type]
    assert line["qCoeff"][1] == pytest.approx(1)
    (line,) = drawn([10, 11, 13], [0, 1, 3], wanted)
    assert line["qCoeff"][1] == pytest.approx(1.5)


def test_points_a_formula_cannot_have_are_left_out() -> None:
    (line,) = drawn([-1, 0, 1, 2, 4], [9, 9, 3, 6, 12], by_number("POWER"))
    assert line["qCoeff"] == pytest.approx([math.log10(3), 1])
    (line,) = drawn([1, 2, 3], [1, None, 3], by_number("LINEAR"), qSuppressMissing=False)
    assert len(line["qCoeff"]) == 2


def test_the_fit_is_measured_if_asked_for() -> None:
    (line,) = drawn([1, 2, 3, 4], [1, 3, 2, 4], by_number("LINEAR"))
    assert line["qR2"] == pytest.approx(0.64)
    assert "qR2" not in drawn([1, 2], [1, 3], {"qType": "LINEAR"})[0]


def test_too_few_points_and_wrong_columns_are_errors_of_the_line() -> None:
    assert "more points" in drawn([1], [1], by_number("LINEAR"))[0]["qError"]["qExtendedMessage"]
    assert "x-axis" in drawn([1, 2], [1, 2], by_number("LINEAR", qXColIx=7))[0]["qError"]["qExtendedMessage"]
    assert "ODD" in drawn([1, 2], [1, 2], by_number("ODD"))[0]["qError"]["qExtendedMessage"]
    assert "too large" in drawn([1, 2], [-1e308, 1e308], by_number("LINEAR"))[0]["qError"]["qExtendedMessage"]


def test_the_axis_may_be_another_measure() -> None:
    model = build_model([("T", pa.table({"id": [1, 2, 3], "a": [1, 2, 4], "b": [3, 5, 9]}))])
    found = cube(Context(model), ["id"], ["Sum(a)", with_line({"qType": "LINEAR", "qXColIx": 1}, text="Sum(b)")])
    assert lines(found, 1)[0]["qCoeff"] == pytest.approx([1, 2])


def two_dimensions(line: dict[str, Any], **more: Any) -> Any:
    columns = {"x": [1, 2, 3, 1, 2, 3], "who": ["bob"] * 3 + ["ann"] * 3, "y": [1, 2, 3, 5, 5, 5]}
    model = build_model([("T", pa.table(columns))])
    by_value = dimension("x", sort={"qSortByNumeric": 1})
    return lines(
        cube(Context(model), [by_value, dimension("who", sort={"qSortByAscii": 1})], [with_line(line)], **more)
    )


def test_each_value_of_an_inner_dimension_has_its_line() -> None:
    ann, bob = two_dimensions({"qType": "LINEAR", "qMultiDimMode": "Multi"})
    assert (ann["qElemNo"], ann["qCoeff"]) == (1, pytest.approx([5, 0], abs=1e-9))
    assert (bob["qElemNo"], bob["qCoeff"]) == (0, pytest.approx([0, 1], abs=1e-9))


@pytest.mark.parametrize("mode", ["S", "K", "T"])
def test_or_one_line_for_the_sums(mode: str) -> None:
    (line,) = two_dimensions({"qType": "LINEAR", "qMultiDimMode": "TRENDLINE_SUM"}, qMode=mode)
    assert line["qCoeff"] == pytest.approx([5, 1])
    assert "qElemNo" not in line


def test_totals_are_no_points() -> None:
    model = build_model([("T", pa.table({"x": [1, 2], "y": [1, 2]}))])
    found = cube(Context(model), [dimension("x", qShowTotal=True)], [with_line({"qType": "LINEAR"})])
    assert found.height == 3
    assert lines(found)[0]["qCoeff"] == pytest.approx([0, 1])


def test_what_clients_add_to_a_line_stays_in_the_layout() -> None:
    line = drawn([1, 2], [1, 2], {"qType": "LINEAR", "style": {"dashed": True}})[0]
    assert line["style"] == {"dashed": True}


@given(
    st.lists(
        st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=2, max_size=30, unique_by=lambda one: one[0]
    )
)
def test_no_other_line_is_nearer_to_the_points(points: list[tuple[int, int]]) -> None:
    x, y = np.array(points, dtype=float).T
    (line,) = drawn(x.tolist(), y.tolist(), by_number("LINEAR"))
    slope, start = np.polyfit(x, y, 1)
    assert line["qCoeff"] == pytest.approx([start, slope], abs=1e-6)
