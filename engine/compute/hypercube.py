"""Hypercubes: from a definition to a Cube, evaluated, limited, sorted.

* Columns whose calculation condition is not met are left out of the rows; the matrix follows qColumnOrder.
* A dimension in error leaves the cube without rows; a measure in error is a column of NULLs.
* Attribute expressions are worked out for each row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from engine.compute.aggregate import aggregate
from engine.compute.attributes import attributes_of
from engine.compute.binding import with_lists_of
from engine.compute.bound import Bound, bind
from engine.compute.cells import EMPTY, TOTAL, DimensionCells, MeasureCells
from engine.compute.columns import (
    MeasureColumn,
    Problem,
    measure_title,
    text_of,
    title_of,
    unmet_condition,
    value_states,
)
from engine.compute.context import Chart, Context
from engine.compute.cube import Cube
from engine.compute.definitions import HYPERCUBE, Tree, expression_text
from engine.compute.heading import Heading, grand_totals
from engine.compute.keys import present_codes
from engine.compute.levels import Levels
from engine.compute.limits import limit_dimensions
from engine.compute.pivot import Pivot, pivot_of
from engine.compute.pivotpage import PivotPages
from engine.compute.regroup import Limited
from engine.compute.sorting import ranked
from engine.compute.straight import Rows, rows_of
from engine.compute.trends import with_trends
from engine.data.dual import Vector
from engine.data.ordering import ordered
from engine.errors import ExpressionError

__all__ = ["Cube", "evaluate_cube"]


def evaluate_cube(context: Context, definition: Tree) -> Cube:
    """Work out a hypercube. What is wrong with a column or the cube stands in the layout.

    Raises only what ends the whole request: Aborted, CalculationTimeout, CalculationTooLarge.
    """
    filled = HYPERCUBE.filled(definition)
    bound = bind(context, filled)
    grown = with_lists_of(context, [*(column.text for column in bound.dimensions), *bound.expressions], bound.state)
    if grown is not context:
        context, bound = grown, bind(grown, filled)
    context = replace(context, chart=_chart_of(context, bound))
    unmet = unmet_condition(context, filled, bound.state)
    if unmet is not None:
        problem, message = unmet
        return _empty(context, bound, {"qError": problem.layout(), "qCalcCondMsg": message})
    is_empty = not bound.visible and not bound.shown_measures
    if is_empty or any(bound.dimensions[number].bound is None for number in bound.visible):
        return _empty(context, bound, {})
    return _Evaluation(context, bound).cube()


def _chart_of(context: Context, bound: Bound) -> Chart:
    """What expressions of the cube may know of it. Names that are worked out know nothing of each other."""
    titles = [
        title_of(context, column.definition, column.position, column.text, bound.state) for column in bound.dimensions
    ]
    return replace(
        context.chart,
        state=bound.state,
        fields=tuple(column.text.strip().removeprefix("=") for column in bound.dimensions),
        dimensions=tuple(titles),
        measures=tuple(measure_title(context, column, bound.state) for column in bound.measures),
    )


def _empty(context: Context, bound: Bound, more: Tree) -> Cube:
    """A cube without rows."""
    known = [number for number in bound.visible if bound.dimensions[number].bound is not None]
    cells = [_cells(context, bound, number, None) for number in known] if len(known) == len(bound.visible) else []
    none = MeasureCells(Vector(np.zeros(0)), None, context.locale)
    heading = Heading(context, bound, cells, lambda _: np.zeros(0, dtype=np.int32), [none] * len(bound.measures), None)
    rows = Rows(np.zeros((0, len(bound.visible)), dtype=np.int32), {})
    return Cube(bound, context.locale, cells, [], heading.layout(more), rows)


def _cells(context: Context, bound: Bound, number: int, limited: Limited | None) -> DimensionCells:
    column = bound.dimensions[number]
    return DimensionCells(
        column.dimension.symbols,
        value_states(context, column.dimension, bound.state),
        column.format,
        context.locale,
        None if limited is None else limited.others,
        text_of(context, column.definition["qOtherLabel"], bound.state),
        text_of(context, expression_text(column.definition["qTotalLabel"]) or "Total", bound.state),
    )


class _Evaluation:
    """The steps from a bound definition to a Cube with rows."""

    def __init__(self, context: Context, bound: Bound) -> None:
        self.context = context
        self.bound = bound
        self.limited = limit_dimensions(context, bound)
        self.levels = Levels(context, bound, self.limited)
        self.cells = [
            _cells(context, bound, number, one) for number, one in zip(bound.visible, self.limited, strict=True)
        ]
        self.attributes = [attributes_of(context, column.definition) for column in bound.columns]

    def cube(self) -> Cube:
        return self._pivot() if self.bound.mode == "P" else self._straight()

    # -- rows

    def _straight(self) -> Cube:
        rows = rows_of(self.context, self.bound, self.levels, self.limited)
        whole = self.levels.by(range(len(self.bound.visible)))
        self._note_errors(range(len(self.bound.visible)))
        plain = rows.take(~((rows.keys == TOTAL) | (rows.keys == EMPTY)).any(axis=1)) if (rows.keys < 0).any() else rows
        shown = self._measure_cells(rows)
        measures = shown if plain is rows else self._measure_cells(plain)
        present = [present_codes(codes, int(codes.max(initial=-1)) + 1) for codes in rows.keys.T]
        heading = Heading(self.context, self.bound, self.cells, lambda place: present[place], measures, plain.vector)
        totals = (
            []
            if self.bound.mode == "T"
            else grand_totals(
                self.bound, measures, lambda text: rows.totals[text] if text in rows.totals else whole.total(text)
            )
        )
        head = heading.layout({"qGrandTotalRow": totals})
        orders = {
            number: self._order(place, present[place]) for place, number in enumerate(self.bound.visible)
        } if self.bound.mode == "T" else {}  # fmt: skip
        cube = Cube(self.bound, self.context.locale, self.cells, self.attributes, head, rows, shown, orders=orders)
        return with_trends(cube.with_size())

    def _measure_cells(self, rows: Rows) -> list[MeasureCells]:
        locale = self.context.locale
        return [MeasureCells(rows.vector(column.text), column.format, locale) for column in self.bound.measures]

    def _order(self, place: int, codes: npt.NDArray[np.integer]) -> Sequence[int]:
        """Distinct codes of a dimension in its order."""
        column = self.bound.dimensions[self.bound.visible[place]]
        ranks = ranked(self.context, column, self.limited[place], self.bound.state, codes, total=1)
        found: list[int] = codes[ordered([ranks], len(codes))].tolist()
        return found

    # -- pivot tables

    def _pivot(self) -> Cube:
        titles = {
            n: measure_title(self.context, self.bound.measures[n], self.bound.state) for n in self.bound.shown_measures
        }
        pivot = pivot_of(self.context, self.bound, self.levels, self.limited, self.cells, titles)
        self._note_errors(())
        pages = PivotPages(self.bound, pivot, self.attributes, self.context.locale)
        measures = [pages.measure_values(number) for number in range(len(self.bound.measures))]
        heading = Heading(
            self.context, self.bound, self.cells, self._present, measures, lambda text: _over_levels(pivot, text)
        )
        shape = {"qcx": pivot.width, "qcy": pivot.height}
        more: Tree = {"qSize": shape, "qNoOfLeftDims": self.bound.left_levels}
        if self.bound.definition.get("qIndentMode"):
            more["qIndentMode"] = True
        rows = Rows(np.zeros((0, len(self.bound.visible)), dtype=np.int32), {})
        return Cube(
            self.bound, self.context.locale, self.cells, self.attributes, heading.layout(more), rows, pivot=pivot
        )

    def _present(self, place: int) -> npt.NDArray[np.integer]:
        one = self.limited[place]
        suppressed = bool(self.bound.dimensions[self.bound.visible[place]].definition.get("qNullSuppression"))
        groups = aggregate(self.context, [one.dimension], [], state=self.bound.state, suppress_null=[suppressed])
        return groups.keys[:, 0]  # each once, in order

    # -- errors

    def _note_errors(self, places: Sequence[int]) -> None:
        """What went wrong with a measure's expression stands in its column."""
        level = self.levels.by(places)
        measures = [_with_error(column, level.error(column.text)) for column in self.bound.measures]
        if any(one is not other for one, other in zip(measures, self.bound.measures, strict=True)):
            self.bound = replace(self.bound, measures=measures)


def _with_error(column: MeasureColumn, error: ExpressionError | None) -> MeasureColumn:
    if column.problem is not None or error is None:
        return column
    return replace(column, problem=Problem.of(error, column.text))


def _over_levels(pivot: Pivot, text: str) -> Vector:
    """An expression's values wherever the pivot table has worked it out."""
    levels = [*pivot.values.values(), *pivot.left.nodes.values(), *pivot.top.nodes.values()]
    vectors = [level.vector(text) for level in levels]
    return Vector(np.concatenate([vector.numbers for vector in vectors]) if vectors else np.zeros(0))
