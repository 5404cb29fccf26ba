"""Aggregations that add up row by row: what each accumulates per group, and what it makes of that.

Sum, Avg, Min and Max look at the numbers of values, Count and Only at the values themselves, MinString and MaxString
at their place in the alphabet. With DISTINCT each different value of the expression counts once per group.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.data.dual import Floats, Vector
from engine.data.ordering import ordered
from engine.data.symbols import SymbolTable
from engine.machine.operations import Op

Columns = Sequence[npt.NDArray[np.generic]]

View = Callable[[Vector], Floats]


@dataclass(frozen=True)
class Accumulated:
    """parts: (operation, what it is given): a name of VIEWS, or 'code' or 'rank' of the distinct values.

    finish: from the columns of the parts to the result. keeps_format: results are shown like the values.
    empty: the result where there is no row at all. changed_by_distinct: whether it matters how often a value occurs.
    """

    parts: tuple[tuple[Op, str], ...]
    finish: Callable[[Columns], Floats]
    empty: float = np.nan
    keeps_format: bool = False
    changed_by_distinct: bool = True

    @cached_property
    def gives(self) -> str:
        """'code' or 'rank' if `finish` gives these of the expression's distinct values; '' for numbers."""
        return next((what for _, what in self.parts if what in (CODE, RANK)), "")


CODE, RANK = "code", "rank"


def _has_no_number(vector: Vector) -> npt.NDArray[np.bool_]:
    return np.isnan(vector.numbers)


def _one_where(mask: npt.NDArray[np.bool_]) -> Floats:
    return np.where(mask, 1.0, np.nan)


VIEWS: Mapping[str, View] = {
    "number": lambda vector: vector.numbers,
    "presence": lambda vector: _one_where(~vector.is_null),
    "text": lambda vector: _one_where(_has_no_number(vector) & ~vector.is_null),
    "null": lambda vector: _one_where(vector.is_null),
    "missing": lambda vector: _one_where(_has_no_number(vector)),
}
"""What accumulators are given, from values: a number, NaN where the value does not count."""


def _as_float(columns: Columns) -> Floats:
    return columns[0].astype(np.float64, copy=False)


def _total(columns: Columns) -> Floats:
    """A sum; NULL where it is too large for a number, as in arithmetic."""
    found = _as_float(columns)
    return np.where(np.isinf(found), np.nan, found) if np.isinf(found).any() else found


def _ratio(columns: Columns) -> Floats:
    with np.errstate(all="ignore"):
        return np.where(columns[1] > 0, _total(columns) / columns[1], np.nan)  # type: ignore[operator]


def _if_one(columns: Columns) -> Floats:
    return np.where(columns[0] == columns[1], columns[0], np.nan).astype(np.float64)


def _counting(what: str) -> Accumulated:
    return Accumulated(((Op.COUNT, what),), _as_float, empty=0.0)


ACCUMULATED: Mapping[str, Accumulated] = {
    "sum": Accumulated(((Op.SUM, "number"),), _total, empty=0.0),
    "count": _counting("presence"),
    "avg": Accumulated(((Op.SUM, "number"), (Op.COUNT, "number")), _ratio),
    "min": Accumulated(((Op.MIN, "number"),), _as_float, keeps_format=True, changed_by_distinct=False),
    "max": Accumulated(((Op.MAX, "number"),), _as_float, keeps_format=True, changed_by_distinct=False),
    "only": Accumulated(((Op.MIN, CODE), (Op.MAX, CODE)), _if_one, keeps_format=True, changed_by_distinct=False),
    "minstring": Accumulated(((Op.MIN, RANK),), _as_float, changed_by_distinct=False),
    "maxstring": Accumulated(((Op.MAX, RANK),), _as_float, changed_by_distinct=False),
    "numericcount": _counting("number"),
    "textcount": _counting("text"),
    "nullcount": _counting("null"),
    "missingcount": _counting("missing"),
}


def inputs_of(symbols: SymbolTable, what: str) -> Floats:
    """What a part is given, for each code of a table of distinct values and NULL: [size + 1]."""
    if what == CODE:
        return np.append(np.arange(symbols.size, dtype=np.float64), np.nan)
    if what == RANK:
        return np.append(symbols.text_rank.astype(np.float64), np.nan)
    return VIEWS[what](symbols.vector_with_null())


def finished(kind: Accumulated, columns: Columns, symbols: SymbolTable | None, like: Vector | None) -> Vector:
    """The result as a vector: numbers, shown like `like` if the kind keeps the format, or values of `symbols`."""
    found = kind.finish(columns)
    if kind.gives and symbols is not None:
        codes = np.where(np.isnan(found), symbols.size, found).astype(np.int64)
        if kind.gives == RANK:
            codes = np.append(ordered([symbols.text_rank], symbols.size), symbols.size)[codes]
        return symbols.vector_with_null().take(codes)
    return Vector(found, None, like.format if like is not None and kind.keeps_format else None)
