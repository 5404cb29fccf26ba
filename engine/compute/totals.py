"""Grand totals: one cell a measure, worked out as the measure's definition says."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.compute.cells import Cell, MeasureCells, total_cell, value_text
from engine.compute.columns import MeasureColumn
from engine.data.dual import Dual, Floats

_OVER_ROWS: dict[str, Callable[[Floats], float]] = {
    "sum": lambda known: float(np.sum(known)),
    "avg": lambda known: float(np.mean(known)),
    "min": lambda known: float(np.min(known)),
    "max": lambda known: float(np.max(known)),
    "count": lambda known: float(len(known)),
}
"""Totals over the rows of the cube (qAggrFunc), instead of the expression over all data."""


def grand_total(column: MeasureColumn, cells: MeasureCells, total: Dual | None) -> Cell:
    """`total`: the expression's value without dimensions; None: totals are suppressed."""
    inline = column.definition["qDef"]
    way = str(inline.get("qAggrFunc") or ("Sum" if inline.get("qBrutalSum") else "")).lower()
    if total is None or way == "none":
        return total_cell("", np.nan)
    if inline.get("qRelative"):
        total = Dual(1.0, None)
    elif way in _OVER_ROWS:
        known = cells.vector.numbers[~np.isnan(cells.vector.numbers)]
        total = Dual(_OVER_ROWS[way](known), None) if len(known) else Dual(None, None)
    number = np.nan if total.number is None else float(total.number)
    return total_cell(value_text(total, cells.vector.format, cells.format, cells.locale), number)
