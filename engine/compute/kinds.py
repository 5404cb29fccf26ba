"""The aggregation functions: what each accumulates per group, and what it makes of that.

Sum, Avg, Min and Max look at the numbers of values, Count and Only at the values themselves.
With DISTINCT each different value of the expression counts once per group.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.data.dual import Vector
from engine.data.symbols import SymbolTable
from engine.machine.operations import Op

Columns = Sequence[npt.NDArray[np.generic]]


@dataclass(frozen=True)
class Kind:
    """parts: (operation, what it is given); what is 'number', 'presence' or 'code' (of the distinct values).

    finish: from the columns of the parts to the result. keeps_format: results are shown like the values.
    empty: the result where there is no row at all.
    """

    parts: tuple[tuple[Op, str], ...]
    finish: Callable[[Columns], npt.NDArray[np.float64]]
    empty: float = np.nan
    keeps_format: bool = False

    @property
    def gives_values(self) -> bool:
        """Whether `finish` gives codes of the expression's distinct values instead of numbers."""
        return any(what == "code" for _, what in self.parts)


def _as_float(columns: Columns) -> npt.NDArray[np.float64]:
    return columns[0].astype(np.float64)


def _ratio(columns: Columns) -> npt.NDArray[np.float64]:
    with np.errstate(all="ignore"):
        return np.where(columns[1] > 0, columns[0] / columns[1], np.nan)  # type: ignore[operator]


def _if_one(columns: Columns) -> npt.NDArray[np.float64]:
    return np.where(columns[0] == columns[1], columns[0], np.nan).astype(np.float64)


KINDS: dict[str, Kind] = {
    "sum": Kind(((Op.SUM, "number"),), _as_float, empty=0.0),
    "count": Kind(((Op.COUNT, "presence"),), _as_float, empty=0.0),
    "avg": Kind(((Op.SUM, "number"), (Op.COUNT, "number")), _ratio),
    "min": Kind(((Op.MIN, "number"),), _as_float, keeps_format=True),
    "max": Kind(((Op.MAX, "number"),), _as_float, keeps_format=True),
    "only": Kind(((Op.MIN, "code"), (Op.MAX, "code")), _if_one, keeps_format=True),
}

CHANGED_BY_DISTINCT = frozenset({"sum", "count", "avg"})
"""The others give the same with DISTINCT and without."""


def inputs_of(symbols: SymbolTable) -> dict[str, npt.NDArray[np.float64]]:
    """What the parts are given, for each code of a table of distinct values and NULL: [size + 1]."""
    codes = np.append(np.arange(symbols.size, dtype=np.float64), np.nan)
    return {
        "number": np.append(symbols.numbers, np.nan),
        "presence": np.where(np.isnan(codes), np.nan, 1.0),
        "code": codes,
    }


def finished(kind: Kind, columns: Columns, symbols: SymbolTable | None, like: Vector | None) -> Vector:
    """The result as a vector: numbers, shown like `like` if the kind keeps the format, or values of `symbols`."""
    found = kind.finish(columns)
    if kind.gives_values and symbols is not None:
        codes = np.where(np.isnan(found), symbols.size, found).astype(np.int64)
        return symbols.vector_with_null().take(codes)
    return Vector(found, None, like.format if like is not None and kind.keeps_format else None)
