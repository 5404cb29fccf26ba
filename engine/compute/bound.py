"""A hypercube's definition bound to the model: its mode, its columns, and the orders in which they stand.

Columns are numbered as in the definition, dimensions before measures; -1 is the pseudo dimension, the level at which
pivot, stacked and tree cubes lay out several measures. Columns whose calculation condition is not met are hidden.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from engine.compute.columns import DimensionColumn, MeasureColumn, bind_dimension_column, bind_measure_column
from engine.compute.context import Context
from engine.compute.definitions import Tree, expression_text

PSEUDO = -1
"""The number of the pseudo dimension."""

_MODES = {
    "DATA_MODE_STRAIGHT": "S",
    "DATA_MODE_PIVOT": "P",
    "DATA_MODE_PIVOT_STACK": "K",
    "DATA_MODE_TREE": "T",
    "DATA_MODE_DYNAMIC": "D",
}
"""Long names of modes; the same with EQ_ in front are accepted, too."""

NESTED = ("P", "K", "T")
"""Modes that show their rows as trees."""


@dataclass(frozen=True)
class Bound:
    """A definition (with all its defaults) and its columns. Columns in error are among them."""

    definition: Tree
    mode: str
    state: str
    dimensions: Sequence[DimensionColumn]
    measures: Sequence[MeasureColumn]

    @property
    def columns(self) -> list[DimensionColumn | MeasureColumn]:
        return [*self.dimensions, *self.measures]

    @cached_property
    def visible(self) -> list[int]:
        """The numbers of the dimensions that are shown; their order is the order of codes in keys of rows."""
        return [number for number, column in enumerate(self.dimensions) if not column.is_hidden]

    @cached_property
    def shown_measures(self) -> list[int]:
        """The measures that are shown, by their numbers among the measures."""
        return [number for number, column in enumerate(self.measures) if not column.is_hidden]

    def place(self, number: int) -> int:
        """The place of a visible dimension in keys of rows."""
        return self.visible.index(number)

    @cached_property
    def sort_order(self) -> list[int]:
        """All columns by sort priority; the stated ones first."""
        count = len(self.dimensions) + len(self.measures)
        stated = [n for n in self.definition["qInterColumnSortOrder"] if isinstance(n, int) and 0 <= n < count]
        return list(dict.fromkeys([*stated, *range(count)]))

    @cached_property
    def levels(self) -> list[int]:
        """Nested modes: the visible dimensions in the order of nesting, and the pseudo dimension if there is one.

        Unless the order states a place for it, the pseudo dimension comes last. A tree has one only if it is stated:
        else its nodes hold the values of all measures.
        """
        order = [number for number in self.sort_order if number in self.visible]
        if len(self.shown_measures) < 2:
            return order
        stated = [n for n in self.definition["qInterColumnSortOrder"] if isinstance(n, int)]
        if PSEUDO not in stated:
            return order if self.mode == "T" else [*order, PSEUDO]
        before = {n for n in stated[: stated.index(PSEUDO)] if n in order}
        return [*(n for n in order if n in before), PSEUDO, *(n for n in order if n not in before)]

    @cached_property
    def left_levels(self) -> int:
        """Pivot: how many of the levels stand at the left, the pseudo dimension among them.

        qNoOfLeftDims counts hidden dimensions, too; below zero it means all dimensions, and then a pseudo dimension
        for which no place is stated stands at the top.
        """
        stated = int(self.definition["qNoOfLeftDims"])
        if stated < 0:
            is_placed = PSEUDO in self.definition["qInterColumnSortOrder"]
            return len(self.levels) - (PSEUDO in self.levels and not (is_placed and self.levels[-1] != PSEUDO))
        order = [n for n in self.definition["qInterColumnSortOrder"] if isinstance(n, int)]
        every = [n for n in self.sort_order if n < len(self.dimensions)]
        if PSEUDO in self.levels:
            before = order.index(PSEUDO) if PSEUDO in order else len(every)
            every.insert(min(sum(n < len(self.dimensions) for n in order[:before]), len(every)), PSEUDO)
        return sum(n in self.levels for n in every[:stated])

    @cached_property
    def column_order(self) -> list[int]:
        """The visible columns as a straight matrix has them."""
        columns = self.columns
        stated = [number for number in self.definition["qColumnOrder"] if isinstance(number, int)]
        order = stated if sorted(stated) == list(range(len(columns))) else range(len(columns))
        return [number for number in order if not columns[number].is_hidden]

    @property
    def effective_order(self) -> list[int]:
        """What the layout says of the order: columns by sort priority, or the levels of a nested cube."""
        if self.mode in NESTED:
            return self.levels
        return [number for number in self.sort_order if not self.columns[number].is_hidden]

    @cached_property
    def expressions(self) -> list[str]:
        """Every expression that is worked out by row: measures and attributes, each one once."""
        texts = [column.text for column in self.measures if column.problem is None]
        for column in self.columns:
            texts += [attribute_text(one) for one in column.definition["qAttributeExpressions"]]
            texts += [only_text(one) for one in column.definition["qAttributeDimensions"]]
        return list(dict.fromkeys(text for text in texts if text.strip()))

    @property
    def leading_measure(self) -> str:
        """The measure that dimension limits and sorting by value look at: the first that is shown."""
        return next((column.text for column in self.measures if column.problem is None), "")


def bind(context: Context, definition: Tree) -> Bound:
    """Bind a definition with all its defaults. What is wrong with a column stays in the column."""
    state = str(definition.get("qStateName") or "$")
    given = str(definition["qMode"] or "S").removeprefix("EQ_")
    return Bound(
        definition,
        _MODES.get(given, given),
        state,
        [bind_dimension_column(context, one, state) for one in definition["qDimensions"]],
        [bind_measure_column(context, one, state) for one in definition["qMeasures"]],
    )


def attribute_text(definition: Tree) -> str:
    """The expression of an attribute expression."""
    return expression_text(definition.get("qExpression"))


def only_text(definition: Tree) -> str:
    """The expression that gives an attribute dimension's value for a row."""
    text = expression_text(definition.get("qDef")).strip().removeprefix("=").strip()
    return f"Only({text})" if text else ""
