"""Selections by ranges of numbers: which values of a list, which rows of a hypercube lie in them."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.compute.hypercube import Cube
from engine.data.dual import Bools, Floats
from engine.errors import InvalidParameters


def in_ranges(numbers: Floats, ranges: list[Any]) -> Bools:
    """Whether each number lies in one of the ranges {qMin, qMax, qMinInclEq, qMaxInclEq}."""
    inside = np.zeros(len(numbers), dtype=np.bool_)
    for one in ranges:
        inside |= _in_range(numbers, one)
    return inside


def rows_in_ranges(cube: Cube, group: Any, *, or_mode: bool) -> dict[int, list[int]]:
    """Dimension number -> element numbers in the rows whose measures lie in the group's ranges.

    The group is {qRanges: [{qRange, qMeasureIx}], qColumnsToSelect: dimension numbers; none: all}.
    With `or_mode` one range is enough, else all have to be met.
    """
    wanted = group.get("qColumnsToSelect") or [] if isinstance(group, dict) else None
    if not isinstance(group, dict) or not isinstance(group.get("qRanges"), list) or not isinstance(wanted, list):
        raise InvalidParameters("Ranges are lists of {qRange, qMeasureIx}.", "qRanges")
    keys, measures = cube.rows.keys, cube.ranged
    met = np.zeros((max(len(group["qRanges"]), 1), len(keys)), dtype=np.bool_)
    for at, one in enumerate(group["qRanges"]):
        number = one.get("qMeasureIx", 0) if isinstance(one, dict) else None
        if not isinstance(number, int) or not 0 <= number < len(measures):
            raise InvalidParameters("There is no measure of that number.", "qMeasureIx")
        met[at] = _in_range(cube.rows.vector(measures[number]).numbers, one.get("qRange"))
    rows = met.any(axis=0) if or_mode else met.all(axis=0)
    visible = [number for number, column in enumerate(cube.columns) if not column.is_hidden]
    return {
        number: np.unique(keys[rows, place]).tolist()
        for place, number in enumerate(visible)
        if not wanted or number in wanted
    }


def _in_range(numbers: Floats, one: Any) -> Bools:
    if not isinstance(one, dict):
        raise InvalidParameters("A range is {qMin, qMax, qMinInclEq, qMaxInclEq}.", "qRange")
    low, high = _limit(one.get("qMin"), -np.inf), _limit(one.get("qMax"), np.inf)
    above = numbers >= low if one.get("qMinInclEq") else numbers > low
    below = numbers <= high if one.get("qMaxInclEq") else numbers < high
    return above & below


def _limit(value: Any, missing: float) -> float:
    return float(value) if isinstance(value, int | float) else missing
