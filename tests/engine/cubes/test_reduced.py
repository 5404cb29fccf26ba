"""Reduced data: fewer rows that show the same shape, by every reduction mode."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from engine.compute.context import Context
from engine.compute.cube import Cube
from engine.compute.plots import reduced_pages
from engine.data.build import build_model
from engine.errors import InvalidParameters
from tests.engine.cubes.shop import cube, dimension

BY_NUMBER = {"qSortByNumeric": 1}


def curve(heights: list[float], **more: Any) -> Cube:
    """A bar for each height, in this order."""
    return over({"x": list(range(len(heights))), "y": heights}, ["x"], ["Sum(y)"], **more)


def over(columns: dict[str, list[Any]], dimensions: list[str], measures: list[str], **more: Any) -> Cube:
    model = build_model([("Points", pa.table(columns))])
    return cube(Context(model), [dimension(one, sort=BY_NUMBER) for one in dimensions], measures, **more)


def fetched(found: Cube, mode: object, zoom: int, height: int = 4, width: int = 9) -> list[str]:
    """The rows of one page, and at the end whether it says that it is reduced."""
    area = {"qLeft": 0, "qTop": 0, "qWidth": width, "qHeight": height}
    (page,) = reduced_pages(found, [area], zoom, mode)
    return [" ".join(cell["qText"] for cell in row) for row in page["qMatrix"]] + ["reduced"] * page["qIsReduced"]


WAVE = [3.0, 9.0, 4.0, 1.0, 2.0, 2.0, 8.0, 5.0]


def test_each_stretch_of_a_curve_keeps_its_lowest_and_its_highest_point() -> None:
    assert fetched(curve(WAVE), "D1", 1, height=5) == ["1 9", "3 1", "4 2", "6 8", "reduced"]
    assert fetched(curve(WAVE), "D1", 2) == ["1 9", "3 1", "reduced"]
    assert fetched(curve(WAVE), "D1", 60) == ["1 9", "3 1", "reduced"]


def test_the_engine_leaves_as_much_as_fits_the_page() -> None:
    assert fetched(curve(WAVE), "D1", -1, height=5) == ["1 9", "3 1", "4 2", "6 8", "reduced"]
    assert fetched(curve(WAVE), "D1", -1, height=3) == ["1 9", "3 1", "reduced"]


def test_a_curve_that_fits_the_page_or_is_not_to_be_zoomed_is_not_reduced() -> None:
    assert len(fetched(curve(WAVE), "D1", 2, height=8)) == 8
    assert fetched(curve(WAVE), "D1", 0, height=2) == ["0 3", "1 9"]
    assert fetched(curve(WAVE), "N", 3, height=2) == ["0 3", "1 9"]


@pytest.mark.parametrize("mode", ["D1", "EQ_D1", "DATA_REDUCTION_ONEDIM", 1])
def test_modes_have_short_names_long_names_and_numbers(mode: object) -> None:
    assert fetched(curve(WAVE), mode, 2) == ["1 9", "3 1", "reduced"]


def test_unknown_modes_are_refused() -> None:
    with pytest.raises(InvalidParameters, match="reduction mode Z"):
        fetched(curve(WAVE), "Z", 1)


def test_missing_values_count_as_zero_and_numbers_far_apart_stay() -> None:
    found = over({"x": [1, 2, 3, 4], "y": [1e300, None, 5.0, -1.0]}, ["x"], ["Sum(y)"])
    assert fetched(found, "D1", 1, height=3) == ["1 1e+300", "4 -1", "reduced"]


@pytest.mark.parametrize("mode", ["D1", "ST"])
def test_whole_groups_of_the_first_dimension_stay(mode: str) -> None:
    stacked = over(
        {"x": [1, 1, 2, 2, 3, 3, 4, 4], "part": [1, 2] * 4, "y": [1, 2, 5, 5, 2, 2, 3, 3]}, ["x", "part"], ["Sum(y)"]
    )
    assert fetched(stacked, mode, -1) == ["1 1 1", "1 2 2", "2 1 5", "2 2 5", "reduced"]


def test_points_are_thinned_as_on_a_coarser_screen() -> None:
    near = {"id": [1, 2, 3, 4], "x": [0.0, 0.1, 9.0, 10.0], "y": [0.0, 0.1, 5.0, 10.0]}
    found = over(near, ["id"], ["Sum(x)", "Sum(y)"])
    assert fetched(found, "S", 8) == ["1 0 0", "3 9 5", "4 10 10", "reduced"]
    assert fetched(found, "S", 9) == ["1 0 0", "3 9 5", "reduced"]
    assert fetched(found, "S", -1, height=2) == ["1 0 0", "3 9 5", "reduced"]
    assert fetched(found, "S", -1, height=4)[-1] == "4 10 10"


def test_points_are_put_into_as_many_clusters_as_asked_for() -> None:
    groups = np.random.default_rng(5)
    centres = [(0, 0), (100, 0), (0, 100)]
    points = [(x + groups.normal(), y + groups.normal()) for x, y in centres for _ in range(40)]
    columns = {"id": list(range(120)), "x": [x for x, _ in points], "y": [y for _, y in points]}
    found = over(columns, ["id"], ["Sum(x)", "Sum(y)"])
    kept = fetched(found, "C", 3, height=50)
    assert kept.pop() == "reduced"
    assert sorted(int(row.split()[0]) // 40 for row in kept) == [0, 1, 2]
    assert len(fetched(found, "C", -1, height=7)) == 8
    assert fetched(found, "C", 3, height=50) == [*kept, "reduced"]


def test_points_without_numbers_are_no_points() -> None:
    found = over({"id": [1, 2, 3], "x": [1.0, None, 3.0], "y": [1.0, 2.0, 3.0]}, ["id"], ["Only(x)", "Only(y)"])
    assert fetched(found, "S", 1) == ["1 1 1", "3 3 3", "reduced"]


STACKS = {"x": [0, 0, 1, 1, 2, 2], "part": ["a", "b", "a", "b", "a", "b"], "y": [3.0, 4.0, -1.0, 5.0, -2.0, -3.0]}


def test_stacked_bars_come_as_wholes_with_what_is_above_and_below_zero() -> None:
    found = over(STACKS, ["x", "part"], ["Sum(y)"], qMode="K")
    assert fetched(found, "D1", -1) == ["0 7 0", "1 5 -1", "2 0 -5", "reduced"]
    assert fetched(found, "D1", 1, height=2) == ["0 7 0", "2 0 -5", "reduced"]


def test_a_page_of_stacked_bars_begins_with_their_dimension_wherever_it_lies() -> None:
    found = over(STACKS, ["x", "part"], ["Sum(y)"], qMode="K")
    (page,) = reduced_pages(found, [{"qLeft": 1, "qTop": 1, "qWidth": 4, "qHeight": 2}], -1, "D1")
    assert page["qArea"] == {"qLeft": 1, "qTop": 1, "qWidth": 3, "qHeight": 2}
    assert [row[0]["qElemNumber"] for row in page["qMatrix"]] == [1, 2]


def test_totals_are_no_stacks_of_their_own_and_several_measures_are_stacked_together() -> None:
    total = {"qOtherTotalSpec": {"qTotalMode": "TOTAL_EXPR"}}
    dimensions = [dimension("x", sort=BY_NUMBER, **total), dimension("part", **total)]
    model = build_model([("Points", pa.table(STACKS))])
    found = cube(Context(model), dimensions, ["Sum(y)", "Count(y)"], qMode="K")
    assert fetched(found, "D1", -1) == ["0 9 0", "1 7 -1", "2 2 -5", "reduced"]
