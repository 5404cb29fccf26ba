"""Hypercubes: from a definition to a Cube, evaluated, limited, sorted.

* Columns whose calculation condition is not met are left out of the rows; the matrix follows qColumnOrder.
* A dimension in error leaves the cube without rows; a measure in error is a column of NULLs.
* Attribute expressions are worked out for each row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.compute.aggregate import Groups, aggregate
from engine.compute.cells import (
    Cell,
    DimensionCells,
    MeasureCells,
)
from engine.compute.columns import (
    STOPPING,
    DimensionColumn,
    MeasureColumn,
    Problem,
    bind_dimension_column,
    bind_measure_column,
    stated_format,
    text_of,
    unmet_condition,
    value_states,
)
from engine.compute.context import Context
from engine.compute.cube import Attributes, Cube
from engine.compute.definitions import HYPERCUBE, Tree, expression_text
from engine.compute.dimension import bind_dimension
from engine.compute.info import attribute_dimension_info, attribute_expression_info, dimension_info, measure_info
from engine.compute.limits import Limited, limit_dimensions
from engine.compute.sorting import direction, measure_keys, row_order, value_ranks
from engine.compute.totals import grand_total
from engine.data.dual import Dual, Floats, Vector
from engine.errors import EngineError

__all__ = ["Cube", "evaluate_cube"]

_MODES = {
    "DATA_MODE_STRAIGHT": "S",
    "DATA_MODE_PIVOT": "P",
    "DATA_MODE_PIVOT_STACK": "K",
    "DATA_MODE_TREE": "T",
    "DATA_MODE_DYNAMIC": "D",
}
"""Long names of modes; the same with EQ_ in front are accepted, too."""


def evaluate_cube(context: Context, definition: Tree) -> Cube:
    """Work out a hypercube. What is wrong with a column or the cube stands in the layout.

    Raises only what ends the whole request: Aborted, CalculationTimeout, CalculationTooLarge.
    """
    return _Evaluation(context, HYPERCUBE.fill(definition)).cube()


class _Evaluation:
    """The steps from a definition to a Cube."""

    def __init__(self, context: Context, definition: Tree) -> None:
        self.context = context
        self.definition = definition
        self.state = str(definition.get("qStateName") or "$")
        self.mode = _mode(definition)
        self.columns: list[DimensionColumn] = []
        self.measures: list[MeasureColumn] = []
        self.wanted: dict[str, int] = {}

    def cube(self) -> Cube:
        unmet = unmet_condition(self.context, self.definition, self.state)
        self.columns = [bind_dimension_column(self.context, d, self.state) for d in self.definition["qDimensions"]]
        self.measures = [bind_measure_column(self.context, m, self.state) for m in self.definition["qMeasures"]]
        if unmet is not None:
            problem, message = unmet
            return self._empty({"qError": problem.layout(), "qCalcCondMsg": message})
        visible = [column for column in self.columns if not column.is_hidden]
        if any(column.bound is None for column in visible):
            return self._empty({})
        if not visible and all(column.is_hidden for column in self.measures):
            return self._empty({})
        return self._evaluated(visible)

    def _empty(self, more: Tree) -> Cube:
        none = MeasureCells(Vector(np.zeros(0)), None, self.context.locale)
        columns = [replace(column, problem=column.problem) for column in self.columns]
        bound = [column for column in columns if not column.is_hidden]
        keys = np.zeros((0, len(bound)), dtype=np.int32)
        groups = Groups(keys, [none.vector] * len(self.measures), [], [])
        cells = [self._cells(column, None) for column in bound if column.bound is not None]
        head = self._head(cells, [none] * len(self.measures), groups, [], more)
        attributes = [Attributes([], [])] * (len(columns) + len(self.measures))
        order: list[int] = []
        return Cube(
            self.definition, self.mode, self.context.locale, columns, self.measures, cells,
            [none] * len(self.measures), attributes, groups, order, head,
        )  # fmt: skip

    def _evaluated(self, visible: list[DimensionColumn]) -> Cube:
        texts = self._expressions()
        limited = limit_dimensions(self.context, visible, self._referenced(), self.state)
        groups = self._aggregate(visible, limited, texts)
        groups = self._with_all_values(visible, groups)
        rows = self._order(visible, limited, groups)
        groups = replace(groups, keys=groups.keys[rows], measures=[vector.take(rows) for vector in groups.measures])
        groups = replace(groups, measures=self._relative(groups.measures, groups.totals))
        self.measures = [self._with_error(column, groups) for column in self.measures]
        measure_cells = [self._measure_cells(column, groups) for column in self.measures]
        attributes = [self._attributes(column.definition, groups) for column in self._all()]
        cells = [self._cells(column, one) for column, one in zip(visible, limited, strict=True)]
        shown = replace(groups, measures=[one.vector for one in measure_cells])
        order = self._column_order()
        head = self._head(cells, measure_cells, groups, attributes, {})
        return Cube(
            self.definition, self.mode, self.context.locale, self.columns, self.measures, cells,
            measure_cells, attributes, shown, order, head,
        )  # fmt: skip

    def _all(self) -> list[DimensionColumn | MeasureColumn]:
        return [*self.columns, *self.measures]

    # -- values

    def _expressions(self) -> list[str]:
        """Every expression that is worked out by row: measures and attributes, each one once."""
        texts = [column.text for column in self.measures if column.problem is None]
        for column in self._all():
            texts += [_attribute_text(one) for one in column.definition["qAttributeExpressions"]]
            texts += [_only(one) for one in column.definition["qAttributeDimensions"]]
        self.wanted = {text: at for at, text in enumerate(dict.fromkeys(text for text in texts if text.strip()))}
        return list(self.wanted)

    def _referenced(self) -> str:
        """The measure that dimension limits look at."""
        return next((column.text for column in self.measures if column.problem is None), "")

    def _aggregate(self, visible: list[DimensionColumn], limited: Sequence[Limited], texts: list[str]) -> Groups:
        suppressed = [bool(column.definition.get("qNullSuppression")) for column in visible]
        return aggregate(
            self.context, [one.dimension for one in limited], texts, state=self.state, suppress_null=suppressed
        )

    def _vector(self, text: str, groups: Groups) -> Vector:
        at = self.wanted.get(text)
        if at is None or groups.errors[at] is not None:
            return Vector(np.full(len(groups.keys), np.nan))
        return groups.measures[at]

    def _with_error(self, column: MeasureColumn, groups: Groups) -> MeasureColumn:
        at = self.wanted.get(column.text)
        error = None if at is None or column.problem is not None else groups.errors[at]
        return column if error is None else replace(column, problem=Problem.of(error, column.text))

    def _measure_cells(self, column: MeasureColumn, groups: Groups) -> MeasureCells:
        return MeasureCells(self._vector(column.text, groups), column.format, self.context.locale)

    def _relative(self, measures: list[Vector], totals: Sequence[Dual]) -> list[Vector]:
        """Measures that are shown as shares of their total (qRelative)."""
        shares = {column.text for column in self.measures if column.definition["qDef"].get("qRelative")}
        found = list(measures)
        for text in shares & set(self.wanted):
            at = self.wanted[text]
            total = np.nansum(measures[at].numbers)
            numbers = measures[at].numbers / total if total else np.full(len(measures[at]), np.nan)
            found[at] = Vector(numbers, None, measures[at].format)
        return found

    def _with_all_values(self, visible: list[DimensionColumn], groups: Groups) -> Groups:
        """With qShowAll, values that no possible row has get a row without values (one dimension only)."""
        if len(visible) != 1 or not visible[0].definition.get("qShowAll") or visible[0].bound is None:
            return groups
        absent = np.setdiff1d(np.arange(visible[0].bound.symbols.size), groups.keys[:, 0]).astype(np.int32)
        keys = np.concatenate([groups.keys, absent[:, None]])
        measures = [_padded(vector, len(absent)) for vector in groups.measures]
        return replace(groups, keys=keys, measures=measures)

    def _attributes(self, definition: Tree, groups: Groups) -> Attributes:
        expressions = [
            MeasureCells(
                self._vector(_attribute_text(one), groups), stated_format(one.get("qNumFormat")), self.context.locale
            )
            for one in definition["qAttributeExpressions"]
        ]
        dimensions = [self._attribute_dimension(one, groups) for one in definition["qAttributeDimensions"]]
        return Attributes(expressions, dimensions)

    def _attribute_dimension(self, definition: Tree, groups: Groups) -> tuple[MeasureCells, npt.NDArray[np.int32]]:
        vector = self._vector(_only(definition), groups)
        elements = np.full(len(vector), -2, dtype=np.int32)
        try:
            symbols = bind_dimension(self.context, expression_text(definition["qDef"])).symbols
        except STOPPING:
            raise
        except EngineError:
            return MeasureCells(vector, None, self.context.locale), elements
        found = [symbols.find(vector.dual(at)) for at in range(len(vector))]
        elements[:] = [-2 if code is None else code for code in found]
        return MeasureCells(vector, None, self.context.locale), elements

    # -- order

    def _order(self, visible: list[DimensionColumn], limited: Sequence[Limited], groups: Groups) -> npt.NDArray[Any]:
        kept = self._kept(groups)
        places = {number: at for at, number in enumerate(n for n, c in enumerate(self.columns) if not c.is_hidden)}
        keys = self._by_total(limited, places, groups)
        for number in self._sort_order():
            if number in places:
                codes = groups.keys[:, places[number]]
                keys.append(
                    limited[places[number]].ranks(
                        value_ranks(self.context, visible[places[number]], self.state, codes)
                    )[codes]
                )
            elif number >= len(self.columns) and self.mode != "K":
                column = self.measures[number - len(self.columns)]
                reverse = bool(column.definition["qDef"].get("qReverseSort"))
                vector = self._vector(column.text, groups)
                keys += measure_keys(self.context, vector, column.definition["qSortBy"], reverse=reverse)
        rows = row_order(len(groups.keys), keys)
        return rows[kept[rows]]

    def _by_total(self, limited: Sequence[Limited], places: dict[int, int], groups: Groups) -> list[Any]:
        """Stacked only (qSortbyYValue): the values of the first dimension by what the measure is for each of them."""
        sign = direction(self.definition, "qSortbyYValue")
        first = next((number for number in self._sort_order() if number in places), None)
        if self.mode != "K" or not sign or first is None or not self._referenced():
            return []
        dimension = limited[places[first]].dimension
        totals = aggregate(self.context, [dimension], [self._referenced()], state=self.state, suppress_null=[False])
        values = np.full(dimension.symbols.size + 1, np.nan)
        values[totals.keys[:, 0]] = totals.measures[0].numbers
        return [sign * values[groups.keys[:, places[first]]]]

    def _kept(self, groups: Groups) -> npt.NDArray[np.bool_]:
        """Rows that stay when zero or missing values are suppressed: those with a value in some measure."""
        vectors = [self._vector(column.text, groups) for column in self.measures if not column.is_hidden]
        kept = np.ones(len(groups.keys), dtype=np.bool_)
        if vectors and self.definition.get("qSuppressZero"):
            kept &= np.any([~vector.is_null & (vector.numbers != 0) for vector in vectors], axis=0)
        if vectors and self.definition.get("qSuppressMissing"):
            kept &= np.any([~vector.is_null for vector in vectors], axis=0)
        return kept

    def _sort_order(self) -> list[int]:
        """All columns by sort priority, as numbers among those of the definition; the stated ones first.

        Stacked rows are sorted by their dimensions only, or else the nodes of a tree would fall apart.
        """
        count = len(self.columns) + len(self.measures)
        stated = [n for n in self.definition["qInterColumnSortOrder"] if isinstance(n, int) and 0 <= n < count]
        return list(dict.fromkeys([*stated, *range(count)]))

    def _column_order(self) -> list[int]:
        """The visible columns as the matrix has them."""
        columns = self._all()
        stated = [number for number in self.definition["qColumnOrder"] if isinstance(number, int)]
        order = stated if sorted(stated) == list(range(len(columns))) else range(len(columns))
        return [number for number in order if not columns[number].is_hidden]

    # -- layout

    def _cells(self, column: DimensionColumn, limited: Limited | None) -> DimensionCells:
        states = value_states(self.context, column.dimension, self.state)
        others = None if limited is None else limited.others
        text = text_of(self.context, column.definition["qOtherLabel"], self.state)
        return DimensionCells(column.dimension.symbols, states, column.format, self.context.locale, others, text)

    def _head(
        self,
        cells: Sequence[DimensionCells],
        measure_cells: Sequence[MeasureCells],
        groups: Groups,
        attributes: Sequence[Attributes],
        more: Tree,
    ) -> Tree:
        order = self._column_order() if attributes else []
        has_others = any(one.others is not None and bool((groups.keys == one.others).any()) for one in cells)
        return {
            "qStateName": self.state,
            "qSize": {"qcx": len(order), "qcy": self._height(groups) if order else 0},
            "qDimensionInfo": self._dimension_infos(cells, groups, attributes),
            "qMeasureInfo": self._measure_infos(measure_cells, attributes, len(groups.keys)),
            "qEffectiveInterColumnSortOrder": self._effective_order(),
            "qGrandTotalRow": self._grand_totals(measure_cells, groups),
            "qMode": self.mode,
            "qNoOfLeftDims": int(self.definition["qNoOfLeftDims"]),
            "qTreeNodesOnDim": [],
            "qColumnOrder": self.definition["qColumnOrder"],
            "qHasOtherValues": has_others,
            "qTitle": text_of(self.context, self.definition["qTitle"], self.state),
            **more,
        }

    def _height(self, groups: Groups) -> int:
        """Rows; when stacked, the nodes of the first dimension."""
        order = [number for number in self._effective_order() if number >= 0]
        if self.mode == "K" and order:
            first = order[0] - sum(column.is_hidden for column in self.columns[: order[0]])
            return len(np.unique(groups.keys[:, first]))
        return len(groups.keys)

    def _grand_totals(self, cells: Sequence[MeasureCells], groups: Groups) -> list[Cell]:
        """One cell for each visible measure; none where nothing was worked out."""
        if not groups.totals:
            return []
        suppressed = bool(self.definition.get("qSuppressMeasureTotals"))
        return [
            grand_total(column, one, None if suppressed else self._total_of(column, groups))
            for column, one in zip(self.measures, cells, strict=True)
            if not column.is_hidden
        ]

    def _total_of(self, column: MeasureColumn, groups: Groups) -> Dual:
        at = self.wanted.get(column.text)
        return Dual(None, None) if at is None or groups.errors[at] is not None else groups.totals[at]

    def _effective_order(self) -> list[int]:
        columns = self._all()
        if self.mode in ("S", "D"):
            return [number for number in self._sort_order() if not columns[number].is_hidden]
        order = [n for n in self._sort_order() if n < len(self.columns) and not columns[n].is_hidden]
        return [*order, -1] if sum(not column.is_hidden for column in self.measures) > 1 else order

    def _dimension_infos(
        self, cells: Sequence[DimensionCells], groups: Groups, attributes: Sequence[Attributes]
    ) -> list[Tree]:
        infos, place, known = [], 0, iter(cells)
        for number, column in enumerate(self.columns):
            mine = None if column.is_hidden or column.bound is None else next(known)
            present = np.zeros(0, dtype=np.int32)
            if mine is not None and groups.keys.shape[1] > place:
                present = np.unique(groups.keys[:, place])
            place += not column.is_hidden
            info = dimension_info(self.context, column, mine, present, self.state)
            infos.append(self._with_attributes(info, column.definition, attributes, number, len(groups.keys)))
        return infos

    def _measure_infos(self, cells: Sequence[MeasureCells], attributes: Sequence[Attributes], rows: int) -> list[Tree]:
        infos = []
        for number, column in enumerate(self.measures):
            info = measure_info(self.context, column, None if column.is_hidden else cells[number], self.state)
            at = len(self.columns) + number
            infos.append(self._with_attributes(info, column.definition, attributes, at, rows))
        return infos

    def _with_attributes(
        self, info: Tree, definition: Tree, attributes: Sequence[Attributes], number: int, rows: int
    ) -> Tree:
        if not attributes:
            return info
        mine = attributes[number]
        info["qAttrExprInfo"] = [
            attribute_expression_info(self.context, one, cells, self.state)
            for one, cells in zip(definition["qAttributeExpressions"], mine.expressions, strict=True)
        ]
        info["qAttrDimInfo"] = [
            attribute_dimension_info(one, len(np.unique(elements)), rows)
            for one, (_, elements) in zip(definition["qAttributeDimensions"], mine.dimensions, strict=True)
        ]
        return info


def _mode(definition: Tree) -> str:
    given = str(definition["qMode"] or "S").removeprefix("EQ_")
    return _MODES.get(given, given)


def _attribute_text(definition: Tree) -> str:
    return expression_text(definition.get("qExpression"))


def _only(definition: Tree) -> str:
    text = expression_text(definition.get("qDef")).strip().removeprefix("=").strip()
    return f"Only({text})" if text else ""


def _padded(vector: Vector, more: int) -> Vector:
    """The vector with NULLs behind it."""
    numbers: Floats = np.append(vector.numbers, np.full(more, np.nan))
    texts = None if vector.texts is None else np.append(vector.texts, np.full(more, None, dtype=object))
    return Vector(numbers, texts, vector.format)
