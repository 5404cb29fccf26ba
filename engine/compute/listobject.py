"""List objects: every value of one field or calculated dimension, with its state, in a sort order.

A search narrows the list to what it finds and marks the found parts of the texts. Expressions of the definition
stand in further columns. As a Cube, a ListObject keeps nothing of the request that made it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.compute.aggregate import aggregate
from engine.compute.binding import with_lists_of
from engine.compute.cells import Cell, DimensionCells, MeasureCells
from engine.compute.columns import (
    DimensionColumn,
    Problem,
    bind_dimension_column,
    value_frequencies,
    value_states,
)
from engine.compute.context import Context
from engine.compute.definitions import LIST_OBJECT, Tree, expression_text
from engine.compute.dimension import Dimension
from engine.compute.info import dimension_info
from engine.compute.pages import Area, check_size, clip
from engine.compute.sorting import value_ranks
from engine.data.dual import Bools, Floats, Vector
from engine.data.ordering import ordered
from engine.data.symbols import SymbolTable
from engine.errors import InvalidParameters, PagesTooLarge
from engine.selection.state import State
from engine.selection.typed import Matches, search
from engine.stopping import looking

Codes = npt.NDArray[np.integer]

_SELECTABLE = (State.LOCKED, State.SELECTED, State.OPTIONAL, State.DESELECTED, State.ALTERNATIVE)

_FREQUENCY_MODES = {
    "NX_FREQUENCY_NONE": "N",
    "NX_FREQUENCY_VALUE": "V",
    "NX_FREQUENCY_PERCENT": "P",
    "NX_FREQUENCY_RELATIVE": "R",
}


@dataclass(frozen=True)
class ListObject:
    """An evaluated list object.

    codes: the listed values in order. states: those of all values of the field; `cells` show alternative values as
    excluded ones unless they are asked for. found: what a search found, None without one.
    """

    definition: Tree
    column: DimensionColumn
    codes: Codes
    states: npt.NDArray[np.uint8]
    cells: DimensionCells | None
    expressions: Sequence[MeasureCells]
    frequencies: Sequence[str] | None
    found: Matches | None
    head: Tree

    @property
    def width(self) -> int:
        return 1 + len(self.expressions)

    @property
    def size_bytes(self) -> int:
        """About how much memory the result holds."""
        return self.codes.nbytes * (2 + 3 * len(self.expressions)) + 10_000

    def layout(self) -> Tree:
        """The whole qListObject, with the pages of qInitialDataFetch."""
        layout = {**self.head, "qDataPages": []}
        if "qError" in self.head:
            return layout
        try:
            layout["qDataPages"] = self.pages(self.definition["qInitialDataFetch"])
        except PagesTooLarge as error:
            layout["qError"] = Problem.of(error).layout()
        return layout

    def pages(self, requested: Sequence[Tree]) -> list[Tree]:
        """Pages of values, clipped to the list. Raises PagesTooLarge."""
        areas = [clip(page, self.width, len(self.codes)) for page in requested]
        check_size(areas)
        made = {area: self._page(area) for area in dict.fromkeys(areas)}  # clients ask for the same page twice
        return [made[area] for area in areas]

    def select(self, elements: Iterable[int]) -> tuple[str, npt.NDArray[np.int32]]:
        """The field and codes that selecting these element numbers means. Raises InvalidParameters."""
        if self.column.bound is None:
            raise InvalidParameters("Nothing can be selected in a list that is in error.", "qPath")
        return self.column.bound.select_codes(elements)

    @property
    def numbers(self) -> Floats:
        """The numbers of the listed values."""
        return np.zeros(0) if self.cells is None else self.cells.symbols.numbers[self.codes]

    def in_states(self, wanted: Collection[State]) -> Codes:
        """The element numbers of listed values that are in one of some states."""
        return self.codes[:0] if self.cells is None else self.codes[np.isin(self.states[self.codes], list(wanted))]

    @property
    def accepted(self) -> Codes:
        """The element numbers that accepting the search selects, if they are possible or alternative ones."""
        if self.found is None or self.cells is None:
            return self.codes[:0]
        found = self.found.accepted
        return found[np.isin(self.states[found], _SELECTABLE)]

    def _page(self, area: Area) -> Tree:
        columns: list[list[Cell]] = []
        if self.cells is not None:
            columns = [self._values(self.cells, area.rows), *(one.cells(area.rows) for one in self.expressions)]
        return {
            "qMatrix": [list(row) for row in zip(*columns[area.columns], strict=True)],
            "qTails": [],
            "qArea": area.layout(),
            "qIsReduced": False,
        }

    def _values(self, drawn: DimensionCells, rows: slice) -> list[Cell]:
        cells = drawn.cells(self.codes[rows])
        for at, cell in enumerate(cells):
            if self.frequencies is not None:
                cell["qFrequency"] = self.frequencies[rows.start + at]
            if self.found is not None:
                ranges = self.found.highlight(cell["qText"])
                cell["qHighlightRanges"] = {"qRanges": [{"qCharPos": at, "qCharCount": long} for at, long in ranges]}
        return cells


def evaluate_list(context: Context, definition: Tree, typed: str | None = None) -> ListObject:
    """Work out a list object, narrowed to what a search finds. An error of the dimension stands in the layout."""
    definition = LIST_OBJECT.filled(definition)
    state = str(definition["qStateName"] or "$")
    column = bind_dimension_column(context, definition, state)
    grown = with_lists_of(context, [column.text], state)
    if grown is not context:
        context, column = grown, bind_dimension_column(grown, definition, state)
    if column.problem is not None:
        return _in_error(context, definition, column, state, column.problem)
    symbols = column.dimension.symbols
    states = value_states(context, column.dimension, state)
    shown = states if definition.get("qShowAlternatives") else _without_alternatives(states)
    cells = DimensionCells(symbols, states, column.format, context.locale)
    found = None if typed is None else _searched(context, column, cells, state, typed)
    codes: Codes = np.arange(symbols.size) if found is None else found.codes
    if found is None or not found.is_ranked:
        codes = codes[ordered([value_ranks(context, column, state, codes)[codes]], len(codes))]
        codes = _promoted(definition, codes, states)
    expressions, problems = _expressions(context, definition, column, state, codes)
    info = dimension_info(context, column, cells, np.arange(symbols.size), state)
    head: Tree = {
        "qStateName": state,
        "qSize": {"qcx": 1 + len(expressions), "qcy": len(codes)},
        "qDimensionInfo": info,
        "qExpressions": problems,
    }
    return ListObject(
        definition,
        column,
        codes,
        states,
        DimensionCells(symbols, shown, column.format, context.locale),
        expressions,
        _frequencies(context, definition, column, state, codes),
        found,
        head,
    )


def _searched(context: Context, column: DimensionColumn, cells: DimensionCells, state: str, text: str) -> Matches:
    """What a search finds among the values as they are shown."""
    symbols = cells.symbols
    if cells.format is not None:
        symbols = SymbolTable(symbols.numbers, cells.texts(np.arange(symbols.size)), symbols.format, symbols.locale)
    return search(symbols, text, lambda expression: true_values(context, column.dimension, expression, state))


def true_values(context: Context, bound: Dimension, expression: str, state: str) -> Bools:
    """For which values of a dimension an expression is true, that is, a number but 0 [size]; none if it is in error."""
    true = np.zeros(bound.symbols.size, dtype=np.bool_)
    groups = aggregate(context, [bound], [expression], state=state, suppress_null=[True])
    numbers = groups.measure(0).numbers
    true[groups.keys[(numbers != 0) & ~np.isnan(numbers), 0]] = True
    return true


def _in_error(context: Context, definition: Tree, column: DimensionColumn, state: str, problem: Problem) -> ListObject:
    none = np.zeros(0, dtype=np.int64)
    head: Tree = {
        "qStateName": state,
        "qSize": {"qcx": 1, "qcy": 0},
        "qDimensionInfo": dimension_info(context, column, None, none, state),
        "qExpressions": [],
        "qError": problem.layout(),
    }
    return ListObject(definition, column, none, none.astype(np.uint8), None, [], None, None, head)


def _without_alternatives(states: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Alternative values shown as excluded ones."""
    return np.where(states == State.ALTERNATIVE, np.uint8(State.EXCLUDED), states)


def _promoted(definition: Tree, codes: Codes, states: npt.NDArray[np.uint8]) -> Codes:
    """With qAutoSortByState, selected values come first as soon as the list is longer than what is displayed."""
    displayed = int((definition["qAutoSortByState"] or {}).get("qDisplayNumberOfRows") or 0)
    if displayed <= 0 or len(codes) <= displayed:
        return codes
    selected = np.isin(states[codes], (State.LOCKED, State.SELECTED))
    return np.concatenate([codes[selected], codes[~selected]])


def _expressions(
    context: Context, definition: Tree, column: DimensionColumn, state: str, codes: Codes
) -> tuple[list[MeasureCells], list[Tree]]:
    """The columns of qExpressions, a value a listed code, and what the layout says of them."""
    texts = [expression_text(one) for one in definition["qExpressions"]]
    bound = column.dimension
    if not texts:
        return [], []
    groups = aggregate(context, [bound], texts, state=state, suppress_null=[True])
    place = np.full(bound.symbols.size + 1, len(groups.keys), dtype=np.int64)
    place[groups.keys[:, 0]] = np.arange(len(groups.keys))
    columns, infos = [], []
    for at, (text, error) in enumerate(zip(texts, groups.errors, strict=True)):
        vector = groups.measure(at)
        known = Vector(
            np.append(vector.numbers, np.nan),
            None if vector.texts is None else np.append(vector.texts, [None]),
            vector.format,
        )
        columns.append(MeasureCells(known.take(place[codes]), None, context.locale))
        infos.append({"qExpr": text} | ({} if error is None else {"qError": Problem.of(error, text).layout()}))
    return columns, infos


def _frequencies(
    context: Context, definition: Tree, column: DimensionColumn, state: str, codes: Codes
) -> list[str] | None:
    given = str(definition["qFrequencyMode"] or "N")
    write = _FREQUENCY_TEXTS.get(_FREQUENCY_MODES.get(given, given))
    if write is None or column.bound is None:
        return None
    counts = value_frequencies(context, column.bound, state)
    return write(counts[codes], int(counts.sum()), int(counts.max(initial=0)))


def _as_counts(counts: Any, total: int, most: int) -> list[str]:
    return [str(count) for count in looking(counts.tolist())]


def _as_percent(counts: Any, total: int, most: int) -> list[str]:
    return [f"{count / total:.1%}" if total else "0.0%" for count in looking(counts.tolist())]


def _as_share_of_most(counts: Any, total: int, most: int) -> list[str]:
    return [f"{count / most:.4g}" if most else "0" for count in looking(counts.tolist())]


_FREQUENCY_TEXTS: dict[str, Callable[[Any, int, int], list[str]]] = {
    "V": _as_counts,
    "P": _as_percent,
    "R": _as_share_of_most,
}
"""Frequencies as counts, as shares of all rows, and relative to the most frequent value."""
