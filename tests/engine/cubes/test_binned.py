"""Binned data: a grid of counts while points are many, the points themselves once they are few."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.compute.context import Context
from engine.compute.cube import Cube
from engine.compute.plots import binned_pages
from engine.data.build import build_model
from engine.errors import InvalidParameters
from tests.engine.cubes.shop import cube

WHOLE = [{"qLeft": 0, "qTop": 0, "qWidth": 9, "qHeight": 5_000}]
UNIFORM, HEXAGONS = 2, 1


def scattered(x: list[Any], y: list[Any]) -> Cube:
    columns = {"id": list(range(len(x))), "x": pa.array(x, pa.float64()), "y": pa.array(y, pa.float64())}
    return cube(Context(build_model([("Points", pa.table(columns))])), ["id"], ["Only(x)", "Only(y)"])


def corners() -> Cube:
    """Three points in the lower left of a square from 0 to 8, one at each other corner."""
    return scattered([0, 0.5, 1, 8, 0, 8], [0, 0.5, 1, 0, 8, 8])


def bins(found: Cube, level: int, most: int = 5, areas: Any = (), method: int = UNIFORM) -> dict[Any, int]:
    """Rectangle (left, top, right, bottom) -> number of points in it."""
    (page,) = binned_pages(found, WHOLE, areas, most, level, method)
    head, *cells = [row[0] for row in page["qMatrix"]]
    assert head["qNum"] == max((cell["qNum"] for cell in cells), default=0)
    assert (head["qElemNumber"], head["qState"]) == (0, "L")
    assert len({cell["qElemNumber"] for cell in cells}) == len(cells)
    return {tuple(json.loads(cell["qText"])): cell["qNum"] for cell in cells}


def points(found: Cube, most: int, areas: Any = ()) -> list[str]:
    none, page = binned_pages(found, WHOLE, areas, most, 5, UNIFORM)
    assert none["qMatrix"] == []
    return [" ".join(cell["qText"] for cell in row) for row in page["qMatrix"]]


def test_many_points_are_counted_by_the_cells_of_a_grid() -> None:
    assert bins(corners(), 1) == {(0, 4, 4, 0): 3, (4, 4, 8, 0): 1, (0, 8, 4, 4): 1, (4, 8, 8, 4): 1}


def test_the_grid_is_finer_at_higher_levels_but_has_no_more_cells_than_asked_for() -> None:
    assert [len(bins(corners(), level)) for level in (0, 1, 20)] == [1, 4, 5]
    assert bins(corners(), 20, most=3) == {(0, 8, 8, 0): 6}


def test_the_grid_stays_where_it_is_while_a_part_of_it_is_looked_at() -> None:
    lower_left = [{"qLeft": 0, "qTop": 1, "qWidth": 1, "qHeight": 1}]
    assert bins(corners(), 3, most=2, areas=lower_left) == {(0, 1, 1, 0): 2, (1, 2, 2, 1): 1}


def test_few_points_come_as_rows() -> None:
    assert points(corners(), most=6) == ["0 0 0", "1 0.5 0.5", "2 1 1", "3 8 0", "4 0 8", "5 8 8"]
    assert points(corners(), 3, [{"qLeft": 7, "qTop": 9, "qWidth": 2, "qHeight": 9}]) == ["3 8 0", "5 8 8"]


def test_points_without_numbers_are_no_points() -> None:
    assert points(scattered([1, None, 3], [1, 2, None]), most=9) == ["0 1 1"]


def test_all_points_at_one_place_are_one_cell() -> None:
    assert list(bins(scattered([2.0] * 9, [2.0] * 9), 4).values()) == [9]


def test_the_cells_of_a_hexagonal_grid_hold_their_points() -> None:
    found = bins(corners(), 1, method=HEXAGONS)
    assert sum(found.values()) == 6
    assert any(left <= 0 <= right and bottom <= 0 <= top for left, top, right, bottom in found)


@given(st.integers(0, 6), st.sampled_from([UNIFORM, HEXAGONS]), st.integers(0, 2**16))
def test_every_point_is_in_one_cell_that_covers_it(level: int, method: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    x, y = (random.normal(size=60).round(2).tolist() for _ in range(2))
    found = bins(scattered(x, y), level, most=59, method=method)
    assert sum(found.values()) == 60
    for left, top, right, bottom in found:
        assert any(
            left - 1e-9 <= a <= right + 1e-9 and bottom - 1e-9 <= b <= top + 1e-9 for a, b in zip(x, y, strict=True)
        )


def test_a_grid_needs_two_measures() -> None:
    only_one = cube(Context(build_model([("T", pa.table({"id": [1]}))])), ["id"], ["Count(id)"])
    with pytest.raises(InvalidParameters, match="two measures"):
        binned_pages(only_one, WHOLE, [], 10, 1, UNIFORM)
