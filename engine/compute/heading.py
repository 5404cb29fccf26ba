"""The head of a hypercube's layout: everything but the pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from engine.compute.attributes import attribute_infos
from engine.compute.bound import Bound
from engine.compute.cells import Cell, DimensionCells, MeasureCells
from engine.compute.columns import text_of
from engine.compute.context import Context
from engine.compute.definitions import Tree
from engine.compute.info import dimension_info, measure_info
from engine.compute.totals import grand_total
from engine.data.dual import Dual, Vector

Present = Callable[[int], npt.NDArray[np.integer]]
"""The distinct codes of a visible dimension that stand in the cube, by its place."""


class Heading:
    """Makes the head. values: an expression's values over all rows; plain: which of these are no totals."""

    def __init__(
        self, context: Context, bound: Bound, cells: Sequence[DimensionCells], present: Present,
        measures: Sequence[MeasureCells], values: Callable[[str], Vector] | None,
    ) -> None:  # fmt: skip
        self.context = context
        self.bound = bound
        self.cells = cells
        self.present = present
        self.measures = measures
        self.values = values

    def layout(self, more: Tree) -> Tree:
        """The head without what depends on the mode; `more` adds to it or replaces it."""
        bound = self.bound
        return {
            "qStateName": bound.state,
            "qSize": {"qcx": 0, "qcy": 0},
            "qDimensionInfo": self._dimensions(),
            "qMeasureInfo": self._measures(),
            "qEffectiveInterColumnSortOrder": bound.effective_order,
            "qGrandTotalRow": [],
            "qMode": bound.mode,
            "qNoOfLeftDims": int(bound.definition["qNoOfLeftDims"]),
            "qTreeNodesOnDim": [],
            "qColumnOrder": bound.definition["qColumnOrder"],
            "qHasOtherValues": self._has_others(),
            "qTitle": text_of(self.context, bound.definition["qTitle"], bound.state),
            **more,
        }

    def _has_others(self) -> bool:
        return any(
            one.others is not None and bool((self.present(place) == one.others).any())
            for place, one in enumerate(self.cells)
        )

    def _dimensions(self) -> list[Tree]:
        infos = []
        for number, column in enumerate(self.bound.dimensions):
            at = self.bound.visible.index(number) if number in self.bound.visible else -1
            cells = self.cells[at] if 0 <= at < len(self.cells) else None
            present = np.zeros(0, dtype=np.int32) if cells is None else self.present(at)
            info = dimension_info(self.context, column, cells, present, self.bound.state)
            infos.append(self._with_attributes(info, column.definition))
        return infos

    def _measures(self) -> list[Tree]:
        infos = []
        for column, cells in zip(self.bound.measures, self.measures, strict=True):
            info = measure_info(self.context, column, None if column.is_hidden else cells, self.bound.state)
            infos.append(self._with_attributes(info, column.definition))
        return infos

    def _with_attributes(self, info: Tree, definition: Tree) -> Tree:
        if self.values is not None:
            expressions, dimensions = attribute_infos(self.context, definition, self.values, self.bound.state)
            info["qAttrExprInfo"], info["qAttrDimInfo"] = expressions, dimensions
        return info


def grand_totals(bound: Bound, measures: Sequence[MeasureCells], total_of: Callable[[str], Dual]) -> list[Cell]:
    """One cell for each measure that is shown. measures: over the rows that are no totals."""
    suppressed = bool(bound.definition.get("qSuppressMeasureTotals"))
    return [
        grand_total(column, cells, None if suppressed else total_of(column.text))
        for column, cells in zip(bound.measures, measures, strict=True)
        if not column.is_hidden
    ]
