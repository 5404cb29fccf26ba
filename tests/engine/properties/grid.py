"""A slow reference for measures that look at other rows: a table or a pivot table as lines and columns of cells.

Plain Python over a list of dicts; it imports nothing of the engine. Expressions are nested tuples:
("sum", total, only) and the like: an aggregate of x; total None, "" for TOTAL or the name of a dimension; only None or
a value of b; ("shift", function, total, expression, offset), ("range", function, shift with a count behind the offset),
("rank", function, total, expression, mode), ("place", function, total), ("+", a, b), ("if", condition, a, b) where the
condition is an expression that is above 2.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

Number = float | None
Expression = tuple[Any, ...]
Key = tuple[str, ...]
Cell = tuple[int, int]

DOWN = ("Above", "Below", "Top", "Bottom")
ACROSS = ("Before", "After", "First", "Last")
STEP = {"Above": -1, "Below": 1, "Top": 1, "Bottom": -1, "Before": -1, "After": 1, "First": 1, "Last": -1}


def _mean(numbers: list[float]) -> Number:
    return sum(numbers) / len(numbers) if numbers else None


AGGREGATES: Mapping[str, Callable[[list[float]], Number]] = {
    "sum": lambda numbers: float(sum(numbers)),
    "count": lambda numbers: float(len(numbers)),
    "max": lambda numbers: max(numbers, default=None),
    "avg": _mean,
}
RANGES: Mapping[str, Callable[[list[Number]], Number]] = {
    "RangeSum": lambda found: float(sum(_known(found))),
    "RangeAvg": lambda found: _mean(_known(found)),
    "RangeMin": lambda found: min(_known(found), default=None),
    "RangeMax": lambda found: max(_known(found), default=None),
    "RangeCount": lambda found: float(len(_known(found))),
    "RangeNullCount": lambda found: float(len(found) - len(_known(found))),
    "RangeStdev": lambda found: statistics.stdev(_known(found)) if len(_known(found)) > 1 else None,
}


def _known(found: Sequence[Number]) -> list[float]:
    return [number for number in found if number is not None]


class Grid:
    """The cells of a chart: lines by `left`, columns by `top` (one column if there is none), in alphabetical order."""

    def __init__(self, rows: Sequence[Mapping[str, Any]], left: Sequence[str], top: Sequence[str]) -> None:
        self.rows, self.left, self.top = rows, left, top
        self.lines = sorted({self._key(row, left) for row in rows})
        self.columns = sorted({self._key(row, top) for row in rows})
        self.value = cache(self._value)

    def _key(self, row: Mapping[str, Any], names: Sequence[str]) -> Key:
        return tuple(row[name] for name in names)

    def values(self, expression: Expression) -> list[list[Number]]:
        """The value in each cell, line by line; None for NULL and where there is no cell."""
        width, height = range(len(self.columns)), range(len(self.lines))
        return [[self.value(expression, (y, x)) for x in width] for y in height]

    def is_there(self, cell: Cell) -> bool:
        return bool(self._rows_of(cell, None))

    def _rows_of(self, cell: Cell, total: str | None) -> list[Mapping[str, Any]]:
        """The rows of a cell, or those that TOTAL takes for it."""
        of_cell = dict(zip((*self.left, *self.top), (*self.lines[cell[0]], *self.columns[cell[1]]), strict=True))
        names = list(of_cell) if total is None else [name for name in of_cell if name == total]
        return [row for row in self.rows if all(row[name] == of_cell[name] for name in names)]

    def _value(self, expression: Expression, cell: Cell) -> Number:
        if not self.is_there(cell):
            return None
        kind = expression[0]
        if kind in AGGREGATES:
            _, total, only = expression
            rows = [row for row in self._rows_of(cell, total) if only is None or row["b"] == only]
            return AGGREGATES[kind]([row["x"] for row in rows if row["x"] is not None])
        return getattr(self, f"_{_METHODS.get(kind, kind)}")(expression, cell)

    def _plus(self, expression: Expression, cell: Cell) -> Number:
        one, other = (self.value(part, cell) for part in expression[1:])
        return None if one is None or other is None else one + other

    def _if(self, expression: Expression, cell: Cell) -> Number:
        condition = self.value(expression[1], cell)
        return self.value(expression[2 if condition is not None and condition > 2 else 3], cell)

    def _segment(self, cell: Cell, total: bool, across: bool) -> list[Cell] | None:
        """The places of a cell's segment in order, whether there are cells or not; None where there is no segment."""
        keys, names, at = (self.columns, self.top, cell[1]) if across else (self.lines, self.left, cell[0])
        if across and not names:
            return None
        places = [n for n, key in enumerate(keys) if total or key[:-1] == keys[at][:-1]]
        return [(cell[0], n) if across else (n, cell[1]) for n in places]

    def _looked_at(self, shift: Expression, cell: Cell) -> list[Cell] | None:
        """The cells that a shift looks at; without a count the one."""
        _, name, total, _, offset, *count = shift
        segment = self._segment(cell, total, name in ACROSS)
        if segment is None:
            return None
        here, size = segment.index(cell) + 1, len(segment)
        first = {
            "Above": here - offset,
            "Below": here + offset,
            "Top": offset if offset >= 0 else size + offset + 1,
            "Bottom": size - offset + 1 if offset >= 0 else -offset,
        }[dict(zip(ACROSS, DOWN, strict=True)).get(name, name)]
        places = [first + STEP[name] * n for n in range(count[0] if count else 1)]
        return [segment[place - 1] for place in places if 1 <= place <= size]

    def _shift(self, expression: Expression, cell: Cell) -> Number:
        found = self._looked_at(expression, cell)
        return self.value(expression[3], found[0]) if found else None

    def _range(self, expression: Expression, cell: Cell) -> Number:
        _, name, shift = expression
        cells = self._looked_at(shift, cell)
        if cells is None:
            return None
        return RANGES[name]([self.value(shift[3], other) for other in cells if self.is_there(other)])

    def _place(self, expression: Expression, cell: Cell) -> Number:
        _, name, total = expression
        segment = self._segment(cell, total, name in ("ColumnNo", "NoOfColumns"))
        if segment is None:
            return None
        return float(len(segment) if name.startswith("NoOf") else segment.index(cell) + 1)

    def _rank(self, expression: Expression, cell: Cell) -> Number:
        _, name, total, inner, mode = expression
        segment, own = self._segment(cell, total, name == "HRank"), self.value(inner, cell)
        if segment is None or own is None:
            return None
        values = [(self.value(inner, other), other) for other in segment]
        known = sorted(((value, other) for value, other in values if value is not None), key=lambda pair: -pair[0])
        shared = [place for place, (value, _) in enumerate(known, 1) if value == own]
        low, high, middle = shared[0], shared[-1], (1 + len(known)) / 2
        usual = low if high <= middle else high if low >= middle else middle
        place = [other for _, other in known].index(cell) + 1
        return float((usual, low, (low + high) / 2, high, place)[mode])


_METHODS = {"+": "plus"}
