"""Points too many to be drawn: how many of them lie in each cell of a grid over two measures.

The grid lies over the range of both measures, 2^level cells along each, so that it stays where it is while somebody
moves about; it is made coarser until no more cells are filled than asked for. Cells are rectangles; those of a
hexagonal grid are described by the rectangles around them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import orjson

from engine.compute.cells import Cell, number_of
from engine.compute.definitions import Tree
from engine.data.dual import Bools, Floats
from engine.errors import InvalidParameters
from engine.stopping import check_stop

ADAPTIVE, HEXAGONAL, UNIFORM = 0, 1, 2
"""Binning methods. The adaptive grid is the uniform one, refined by the level of the request."""

FINEST_LEVEL = 20
_ROW_STEP = np.sqrt(0.75)
"""How far rows of hexagons lie apart, in widths of a hexagon."""

Filled = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Floats]
"""Cells with points in them: numbers, counts, and rectangles [cells, (left, top, right, bottom)] from 0 to 1."""


@dataclass(frozen=True)
class Points:
    """Two measures of the rows; a row without a number in one of them is no point."""

    x: Floats
    y: Floats

    def within(self, areas: Sequence[Tree]) -> Bools:
        """Which rows are points inside of one of the areas, their edges included; an area without size is everything.

        qTop is the highest value of the second measure.
        """
        known = np.isfinite(self.x) & np.isfinite(self.y)
        sized = [area for area in areas if _length(area, "qWidth") > 0 and _length(area, "qHeight") > 0]
        if not sized:
            return known
        inside = np.zeros(len(known), dtype=np.bool_)
        for area in sized:
            left, top = _length(area, "qLeft"), _length(area, "qTop")
            right, bottom = left + _length(area, "qWidth"), top - _length(area, "qHeight")
            inside |= (self.x >= left) & (self.x <= right) & (self.y >= bottom) & (self.y <= top)
        return known & inside

    def matrix(self, among: Bools, level: int, most_cells: int, method: int) -> list[list[Cell]]:
        """The grid: first the greatest number of points in a cell, then each cell that has some."""
        known = np.isfinite(self.x) & np.isfinite(self.y)
        (x, left, width), (y, bottom, height) = _scaled(self.x, known, among), _scaled(self.y, known, among)
        fill = _hexagons if method == HEXAGONAL else _rectangles
        for finer in range(min(max(level, 0), FINEST_LEVEL), -1, -1):
            check_stop()
            numbers, counts, corners = fill(x, y, 2**finer)
            if len(numbers) <= most_cells:
                break
        corners = corners * [width, height, width, height] + [left, bottom, left, bottom]
        cells = zip(numbers.tolist(), counts.tolist(), corners.tolist(), strict=True)
        return [
            [{"qNum": int(counts.max(initial=0)), "qElemNumber": 0, "qState": "L"}],
            *([_cell(number, count, rectangle)] for number, count, rectangle in cells),
        ]


def _cell(number: int, count: int, rectangle: list[float]) -> Cell:
    text = orjson.dumps([number_of(one) for one in rectangle]).decode()
    return {"qText": text, "qNum": count, "qElemNumber": number, "qState": "L"}


def _length(area: Tree, name: str) -> float:
    given = area.get(name) or 0 if isinstance(area, dict) else None
    if not isinstance(given, int | float):
        raise InvalidParameters("A range is an object with qLeft, qTop, qWidth and qHeight.", "qDataRanges")
    return float(given)


def _scaled(numbers: Floats, known: Bools, among: Bools) -> tuple[Floats, float, float]:
    """Numbers from 0 to 1 within the range of all points, where that begins, and how wide it is."""
    low = float(numbers.min(where=known, initial=np.inf)) if known.any() else 0.0
    high = float(numbers.max(where=known, initial=-np.inf)) if known.any() else 0.0
    width = high - low if high > low else 1.0
    return (numbers[among] - low) / width, low, width


def _rectangles(x: Floats, y: Floats, cells: int) -> Filled:
    column = np.minimum((x * cells).astype(np.int64), cells - 1)
    row = np.minimum((y * cells).astype(np.int64), cells - 1)
    numbers, counts = np.unique(row * cells + column, return_counts=True)
    left, bottom = numbers % cells, numbers // cells
    return numbers, counts, np.stack([left, bottom + 1, left + 1, bottom], axis=1) / cells


def _hexagons(x: Floats, y: Floats, cells: int) -> Filled:
    """Hexagons that stand on a corner; every second row is moved by half a width."""
    across, up = x * cells, y * cells / _ROW_STEP
    even_row, odd_row = 2 * np.round(up / 2), 2 * np.floor(up / 2) + 1
    even, odd = np.round(across), np.floor(across) + 0.5
    to_even = (across - even) ** 2 + ((up - even_row) * _ROW_STEP) ** 2
    to_odd = (across - odd) ** 2 + ((up - odd_row) * _ROW_STEP) ** 2
    is_even = to_even <= to_odd
    place = np.where(is_even, even_row, odd_row) * (2 * cells + 2) + 2 * np.where(is_even, even, odd)
    numbers, counts = np.unique(place.astype(np.int64), return_counts=True)
    centre, middle = (numbers % (2 * cells + 2)) / 2, numbers // (2 * cells + 2) * _ROW_STEP
    reach = _ROW_STEP * 2 / 3
    return numbers, counts, np.stack([centre - 0.5, middle + reach, centre + 0.5, middle - reach], axis=1) / cells
