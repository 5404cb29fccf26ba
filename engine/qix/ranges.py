"""Selections by ranges of numbers: which values of a list, which rows of a hypercube lie in them."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.compute.hypercube import Cube
from engine.data.dual import Bools, Floats
from engine.errors import InvalidParameters


def in_continuous_ranges(numbers: Floats, ranges: list[Any]) -> Bools:
    """Whether each number lies in one of the ranges {qMin, qMax, qMinInclEq, qMaxInclEq}.

    Ranges on a continuous axis hold both their edges if either of the flags is set.
    """
    inside = np.zeros(len(numbers), dtype=np.bool_)
    for one in ranges:
        if isinstance(one, dict) and (one.get("qMinInclEq") or one.get("qMaxInclEq")):
            one = {**one, "qMinInclEq": True, "qMaxInclEq": True}
        inside |= _in_range(numbers, one)
    return inside


def values_in_ranges(cube: Cube, ranges: list[Any]) -> dict[int, list[int]]:
    """Dimension number -> its element numbers in the cube that lie in one of its ranges {qRange, qDimIx}."""
    found: dict[int, list[Any]] = {}
    for one in ranges:
        number = one.get("qDimIx", 0) if isinstance(one, dict) else None
        if not isinstance(number, int) or number not in cube.bound.visible:
            raise InvalidParameters("Ranges are lists of {qRange, qDimIx}.", "qRanges")
        found.setdefault(number, []).append(one.get("qRange"))
    elements = {}
    for number, mine in found.items():
        codes, numbers = cube.shown_values(number)
        elements[number] = codes[in_continuous_ranges(numbers, mine)].tolist()
    return elements


def nodes_in_ranges(cube: Cube, group: Any, *, or_mode: bool) -> dict[int, list[int]]:
    """Dimension number -> element numbers of the nodes of a nested cube whose measures lie in the group's ranges.

    The group is {qRanges: [{qRange, qMeasureIx, qDimensionIx}]}, or one such range. A node above the ends has the
    sum of what is below it. With `or_mode` one range is enough, else all ranges of a dimension have to be met.
    """
    ranges = group.get("qRanges", [group]) if isinstance(group, dict) else None
    if not isinstance(ranges, list) or not all(isinstance(one, dict) for one in ranges):
        raise InvalidParameters("Ranges are lists of {qRange, qMeasureIx, qDimensionIx}.", "qRanges")
    met: dict[int, Bools] = {}
    for one in ranges:
        dimension, measure = one.get("qDimensionIx", 0), one.get("qMeasureIx", 0)
        if dimension not in cube.bound.visible or measure not in cube.bound.shown_measures:
            raise InvalidParameters("There is no such dimension or measure in the hypercube.", "qRanges")
        inside = _in_range(cube.nested.node_values(dimension, measure), one.get("qRange"))
        if dimension not in met:
            met[dimension] = inside
        else:
            met[dimension] = met[dimension] | inside if or_mode else met[dimension] & inside
    return {
        dimension: np.unique(cube.nested.node_codes(dimension)[inside]).tolist() for dimension, inside in met.items()
    }


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
