"""An evaluated hypercube: rows as codes and vectors in the cube's order, shown page by page.

Cells are made only for the pages that are asked for. A Cube keeps nothing of the request that made it, so sessions
with the same selections share it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.compute import stacked
from engine.compute.aggregate import Groups
from engine.compute.cells import Cell, DimensionCells, MeasureCells, attach
from engine.compute.columns import DimensionColumn, MeasureColumn, Problem
from engine.compute.definitions import Tree
from engine.compute.pages import Area, check_size, clip, tails
from engine.data.locale import Locale
from engine.errors import EngineError, InvalidParameters, PagesTooLarge


@dataclass(frozen=True)
class Attributes:
    """Attribute expressions and dimensions of one column, in the cube's order of rows."""

    expressions: Sequence[MeasureCells]
    dimensions: Sequence[tuple[MeasureCells, npt.NDArray[np.int32]]]

    def attach(self, cells: Sequence[Cell], rows: slice) -> None:
        """Put the values of these rows into their cells."""
        named = [
            [
                {"qText": value["qText"], "qElemNo": code}
                for value, code in zip(c.simple(rows), e[rows].tolist(), strict=True)
            ]
            for c, e in self.dimensions
        ]
        attach(cells, [one.simple(rows) for one in self.expressions], named)


@dataclass(frozen=True)
class Cube:
    """An evaluated hypercube.

    groups: keys (dimension codes [rows, visible dimensions]) and measures ([rows] each, all of the definition)
    in the cube's order. head: the layout without pages.
    """

    definition: Tree
    mode: str
    locale: Locale
    columns: Sequence[DimensionColumn]
    measures: Sequence[MeasureColumn]
    dimension_cells: Sequence[DimensionCells]
    measure_cells: Sequence[MeasureCells]
    attributes: Sequence[Attributes]
    groups: Groups
    order: Sequence[int]
    head: Tree

    @property
    def rows(self) -> int:
        return len(self.groups.keys) if self.order else 0

    @property
    def size_bytes(self) -> int:
        """About how much memory the result holds."""
        cells = sum(attribute_count(one) for one in self.attributes) + len(self.measures)
        return self.groups.keys.nbytes + self.rows * 16 * cells + 10_000

    def layout(self) -> Tree:
        """The whole qHyperCube, with the pages of qInitialDataFetch."""
        layout = {**self.head, "qDataPages": [], "qPivotDataPages": [], "qStackedDataPages": []}
        wanted = self.definition["qInitialDataFetch"]
        if "qError" in self.head or not wanted:
            return layout
        try:
            if self.mode == "K":
                layout["qStackedDataPages"] = self.stack_pages(wanted, int(self.definition["qMaxStackedCells"]))
            elif self.mode in ("S", "D"):
                layout["qDataPages"] = self.pages(wanted)
        except PagesTooLarge as error:
            layout["qError"] = Problem.of(error).layout()
        return layout

    def pages(self, requested: Sequence[Tree]) -> list[Tree]:
        """Pages of rows, clipped to the cube. Raises PagesTooLarge."""
        areas = [clip(page, len(self.order), self.rows) for page in requested]
        check_size(areas)
        return [self._page(area) for area in areas]

    def reduced_pages(self, requested: Sequence[Tree], zoom: int, mode: Any) -> list[Tree]:
        """Pages for small pictures of many rows; none is thinned out."""
        return self.pages(requested)

    def stack_pages(self, requested: Sequence[Tree], most_cells: int) -> list[Tree]:
        """Pages of nested nodes, one root each; `qTop` and `qHeight` count nodes of the first dimension."""
        return [self._stack_page(page, most_cells) for page in requested]

    def pivot_pages(self, requested: Sequence[Tree]) -> list[Tree]:
        raise EngineError("Pivot pages are not served yet.")

    def tree_pages(self, options: Tree) -> list[Tree]:
        raise EngineError("Tree pages are not served yet.")

    def _page(self, area: Area) -> Tree:
        columns = [self._column(number, area.rows) for number in self.order[area.columns]]
        return {
            "qMatrix": [list(row) for row in zip(*columns, strict=True)],
            "qTails": tails(self.groups.keys, area),
            "qArea": area.layout(),
            "qIsReduced": False,
        }

    def _column(self, number: int, rows: slice) -> list[Cell]:
        """Cells of a column, by its number among all columns of the definition."""
        place = self._visible_place(number)
        if number < len(self.columns):
            cells = self.dimension_cells[place].cells(self.groups.keys[rows, place])
        else:
            cells = self.measure_cells[number - len(self.columns)].cells(rows)
        self.attributes[number].attach(cells, rows)
        return cells

    def _visible_place(self, number: int) -> int:
        return number - sum(column.is_hidden for column in self.columns[:number])

    def _stack_page(self, page: Tree, most_cells: int) -> Tree:
        measures = [
            cells for column, cells in zip(self.measures, self.measure_cells, strict=True) if not column.is_hidden
        ]
        numbers = [number for number in self.head["qEffectiveInterColumnSortOrder"] if number >= 0]
        places = [self._visible_place(number) for number in numbers]
        cells = [self.dimension_cells[place] for place in places]
        expressions = [self.attributes[number].expressions for number in numbers]
        return stacked.page(self.groups.keys[:, places], cells, measures, expressions, page, most_cells)

    # -- selecting

    def select_values(self, dimension: int, elements: Iterable[int]) -> tuple[str, npt.NDArray[np.int32]]:
        """The field and codes that selecting these element numbers of a dimension means. Raises InvalidParameters."""
        if not 0 <= dimension < len(self.columns):
            raise InvalidParameters(f"There is no dimension {dimension}.", "qDimNo")
        bound = self.columns[dimension].bound
        if bound is None:
            raise InvalidParameters("Nothing can be selected in a dimension that is in error.", "qDimNo")
        return bound.select_codes(element for element in elements if element < bound.symbols.size)

    def select_cells(self, rows: Sequence[int], columns: Sequence[int]) -> list[tuple[str, npt.NDArray[np.int32]]]:
        """What selecting cells means: rows by number, columns as numbers among the visible dimensions."""
        visible = [number for number, column in enumerate(self.columns) if not column.is_hidden]
        within = [row for row in rows if 0 <= row < self.rows]
        return [
            self.select_values(visible[column], np.unique(self.groups.keys[within, column]).tolist())
            for column in dict.fromkeys(columns)
            if 0 <= column < len(visible)
        ]


def attribute_count(attributes: Attributes) -> int:
    return len(attributes.expressions) + len(attributes.dimensions)
