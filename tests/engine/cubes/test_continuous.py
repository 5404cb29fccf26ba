"""Lines over a continuous axis: the points that are kept, and the ticks of a time axis."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.compute import continuous
from engine.compute.context import Context
from engine.compute.cube import Cube
from engine.compute.plots import continuous_pages
from engine.compute.ticks import time_axes
from engine.data.build import build_model
from engine.data.locale import DEFAULT_LOCALE
from engine.errors import PagesTooLarge
from tests.engine.cubes.shop import cube, measure


def line(heights: list[float | None], **more: Any) -> Cube:
    """One line over 0, 1, 2 ..."""
    columns = {"x": [float(at) for at in range(len(heights))], "y": heights}
    return cube(Context(build_model([("T", pa.table(columns))])), ["x"], ["Only(y)"], **more)


def two_lines() -> Cube:
    columns = {"x": [1, 2, 3, 1, 2, 3], "who": ["bob"] * 3 + ["ann"] * 3, "y": [1, 2, 3, 10, 20, 30]}
    return cube(Context(build_model([("T", pa.table(columns))])), ["x", "who"], ["Sum(y)"])


def shown(found: Cube, *, reverse: bool = False, **options: Any) -> list[str]:
    (page,), _ = continuous_pages(found, options, reverse=reverse)
    return [" ".join(cell["qText"] for cell in row) for row in page["qMatrix"]]


def test_every_point_stays_while_there_are_enough_bins() -> None:
    assert shown(line([3, 1, 2])) == ["0 3", "1 1", "2 2"]
    assert shown(line([3, 1, 2]), qNbrPoints=100, reverse=True) == ["2 2", "1 1", "0 3"]


def test_each_bin_keeps_its_first_last_lowest_and_highest_point() -> None:
    heights: list[float | None] = [5, 9, 4, 4, 1, 6, 7, 7, 0, 7]
    assert shown(line(heights), qNbrPoints=2) == ["0 5", "1 9", "4 1", "5 6", "8 0", "9 7"]
    assert shown(line(heights), qNbrPoints=1) == ["0 5", "1 9", "8 0", "9 7"]


def test_a_bin_keeps_the_extremes_of_every_measure() -> None:
    columns = {"x": [0, 1, 2, 3, 4], "a": [0, 5, 0, 0, 0], "b": [0, 0, 0, -5, 0]}
    found = cube(Context(build_model([("T", pa.table(columns))])), ["x"], [measure("Sum(a)"), measure("Sum(b)")])
    assert shown(found, qNbrPoints=1) == ["0 0 0", "1 5 0", "3 0 -5", "4 0 0"]


def test_lines_go_on_beyond_the_part_that_is_looked_at() -> None:
    assert shown(line([0, 1, 2, 3, 4, 5]), qStart=1.5, qEnd=3.5) == ["1 1", "2 2", "3 3", "4 4"]
    assert shown(two_lines(), qStart=2, qEnd=2) == ["1 ann 10", "1 bob 1", "2 ann 20", "2 bob 2", "3 ann 30", "3 bob 3"]


def test_as_many_lines_come_as_are_asked_for() -> None:
    assert shown(two_lines(), qMaxNumberLines=1) == ["1 ann 10", "2 ann 20", "3 ann 30"]


def test_missing_values_are_gaps_and_missing_places_nowhere() -> None:
    assert shown(line([1, None, 3]), qNbrPoints=9) == ["0 1", "1 -", "2 3"]
    columns = {"x": [1.0, None], "y": [1, 2]}
    assert shown(cube(Context(build_model([("T", pa.table(columns))])), ["x"], ["Sum(y)"])) == ["1 1"]


def test_points_beyond_the_limit_are_put_into_fewer_bins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(continuous, "MAX_ROWS", 5)
    assert shown(line([1, 2, 3, 4, 5, 6, 7]), qNbrPoints=100) == ["0 1", "6 7"]
    monkeypatch.setattr(continuous, "MAX_ROWS", 3)
    with pytest.raises(PagesTooLarge, match="fewer lines"):
        shown(two_lines())


@given(st.lists(st.one_of(st.none(), st.integers(-9, 9)), min_size=1, max_size=60), st.integers(1, 8))
def test_a_reduced_line_reaches_as_far_in_each_direction(heights: list[Any], bins: int) -> None:
    every, kept = shown(line(heights)), shown(line(heights), qNbrPoints=bins)
    assert set(kept) <= set(every)
    assert len(kept) <= 4 * bins
    assert (kept[0], kept[-1]) == (every[0], every[-1])
    extent = [height for height in heights if height is not None]
    if extent:
        found = [int(row.split()[1]) for row in kept if row.split()[1] != "-"]
        assert (min(found), max(found)) == (min(extent), max(extent))


def test_a_view_without_width_is_one_place() -> None:
    assert shown(line([7]), qStart=0, qEnd=0, qNbrPoints=5) == ["0 7"]
    assert shown(line([7, 8]), qStart=9, qEnd=3) == ["1 8"]


# -- the axis


def days(first: date, last: date) -> Cube:
    every = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    columns = {"day": pa.array(every, pa.date32()), "y": np.arange(len(every))}
    return cube(Context(build_model([("T", pa.table(columns))])), ["day"], ["Sum(y)"])


def axes(found: Cube, **options: Any) -> dict[str, list[str]]:
    _, levels = continuous_pages(found, options, reverse=False)
    return {level["qName"]: [tick["qText"] for tick in level["qTicks"]] for level in levels}


def test_a_time_axis_has_every_level_that_is_not_too_fine() -> None:
    found = axes(days(date(2023, 11, 20), date(2024, 2, 10)), qMaxNbrTicks=4)
    assert found == {
        "Year": ["2023", "2024"],
        "Quarter": ["Q4", "Q1"],
        "YearQuarter": ["2023-Q4", "2024-Q1"],
        "Month": ["Nov", "Dec", "Jan", "Feb"],
        "YearMonth": ["2023-Nov", "2023-Dec", "2024-Jan", "2024-Feb"],
    }


def test_days_hours_and_minutes_have_a_short_text_and_a_whole_one() -> None:
    ticks = {level["qName"]: level for level in time_axes(45_290.5, 45_290.5 + 61 / 1440, 300, DEFAULT_LOCALE)}
    texts = {name: [tick["qText"] for tick in level["qTicks"]][-1] for name, level in ticks.items()}
    assert (texts["Day"], texts["Date"]) == ("30", "2023-12-30")
    assert (texts["Hour"], texts["DateHour"]) == ("13:00", "2023-12-30 13:00")
    assert (texts["Minute"], texts["DateMinute"]) == ("13:01", "2023-12-30 13:01")
    assert "$qualified" in ticks["DateHour"]["qTags"]
    assert "$qualified" not in ticks["Hour"]["qTags"]


def test_ticks_follow_each_other_without_gaps() -> None:
    for level in time_axes(-400.25, 800.75, 2_000, DEFAULT_LOCALE):
        ticks = level["qTicks"]
        assert all(one["qEnd"] == other["qStart"] for one, other in pairwise(ticks))
        assert ticks[0]["qStart"] <= -400.25 < ticks[0]["qEnd"]
        assert ticks[-1]["qStart"] <= 800.75 < ticks[-1]["qEnd"]


@pytest.mark.parametrize(("start", "end"), [(-1e15, 1e15), (float("nan"), 1.0), (1e12, 1e13), (5.0, 1.0)])
def test_views_beyond_the_calendar_do_no_harm(start: float, end: float) -> None:
    assert all(len(level["qTicks"]) <= 300 for level in time_axes(start, end, 300, DEFAULT_LOCALE))


def test_an_axis_of_plain_numbers_has_no_levels() -> None:
    assert axes(line([1, 2])) == {}
