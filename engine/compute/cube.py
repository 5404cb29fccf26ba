"""An evaluated hypercube: shown page by page, and what selecting in it means.

Cells are made only for the pages that are asked for. A Cube keeps nothing of the request that made it, so sessions
with the same selections share it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.compute import stacked
from engine.compute.attributes import Attributes
from engine.compute.bound import PSEUDO, Bound, attribute_text
from engine.compute.cells import KEPT_ROWS, Cell, DimensionCells, MeasureCells, part_of
from engine.compute.columns import DimensionColumn, MeasureColumn, Problem
from engine.compute.definitions import Tree
from engine.compute.nested import Nested, nested
from engine.compute.pages import Area, check_size, clip, tails
from engine.compute.pivot import Pivot
from engine.compute.pivotpage import PivotPages
from engine.compute.straight import Rows
from engine.compute.tree import TreePage
from engine.data.dual import Bools, Floats
from engine.data.locale import Locale
from engine.errors import InvalidParameters, PagesTooLarge, ResultTooLarge

Selected = list[tuple[str, npt.NDArray[np.int32]]]
"""Fields and the codes in them."""

BYTES_A_TEXT = 60

STACKED_CELLS = 10_000
"""Values of one stacked page, unless a client asks for fewer."""


@dataclass(frozen=True)
class Cube:
    """An evaluated hypercube.

    dimension_cells: of the visible dimensions. attributes: of each column. head: the layout without pages.
    rows: in the cube's order; none in pivot tables. measure_cells: of all measures, in these rows. orders: see Nested.
    """

    bound: Bound
    locale: Locale
    dimension_cells: Sequence[DimensionCells]
    attributes: Sequence[Attributes]
    head: Tree
    rows: Rows
    measure_cells: Sequence[MeasureCells] = ()
    pivot: Pivot | None = None
    orders: Mapping[int, Sequence[int]] = field(default_factory=dict)

    @property
    def mode(self) -> str:
        return self.bound.mode

    @property
    def columns(self) -> Sequence[DimensionColumn]:
        return self.bound.dimensions

    @property
    def measures(self) -> Sequence[MeasureColumn]:
        return self.bound.measures

    @property
    def is_empty(self) -> bool:
        """Whether nothing was worked out, because of a condition or an error."""
        return not self.attributes

    @property
    def order(self) -> list[int]:
        """The columns of the matrix."""
        return [] if self.is_empty else self.bound.column_order

    @property
    def height(self) -> int:
        return len(self.rows) if self.order else 0

    @property
    def size_bytes(self) -> int:
        """About how much memory the result holds."""
        values = len(self.bound.expressions)
        held = self.rows.keys.nbytes + len(self.rows) * 16 * values
        held += min(len(self.rows), KEPT_ROWS) * BYTES_A_TEXT * len(self.measure_cells)
        if self.pivot is not None:
            held += self.pivot.left.leaves.nbytes + self.pivot.top.leaves.nbytes
            held += sum(len(level.keys) * (16 * values + 8) for level in self.pivot.values.values())
        return held + 10_000

    @property
    def ranged(self) -> list[str]:
        """The expressions that ranges can be selected in, as clients number them: measures, then the attribute
        expressions of dimensions and of measures."""
        attributes = [attribute_text(one) for c in self.bound.columns for one in c.definition["qAttributeExpressions"]]
        return [column.text for column in self.bound.measures] + attributes

    def with_size(self) -> Cube:
        """The same with its size in the head."""
        if self.mode == "K":
            size = {"qcx": len(self.order), "qcy": stacked.height(self.nested)}
        elif self.mode == "T":
            size = {"qcx": len(self.bound.shown_measures), "qcy": len(self.nested)}
            counts = [self.nested.nest.count(level) for level in range(len(self.bound.levels))]
            infos = [
                {**info, "qCardinalities": {**info["qCardinalities"], "qAllValuesCardinal": len(self.orders[number])}}
                if number in self.orders else info
                for number, info in enumerate(self.head["qDimensionInfo"])
            ]  # fmt: skip
            more = {"qTreeNodesOnDim": counts, "qNoOfLeftDims": len(counts), "qDimensionInfo": infos}
            return replace(self, head={**self.head, "qSize": size, **more})
        else:
            size = {"qcx": len(self.order), "qcy": self.height}
        return replace(self, head={**self.head, "qSize": size})

    def of_rows(self, index: npt.NDArray[np.integer] | Bools) -> Cube:
        """The same with some of its rows."""
        cells = [replace(one, vector=one.vector.take(index)) for one in self.measure_cells]
        return replace(self, rows=self.rows.take(index), measure_cells=cells)

    # -- the layout

    def layout(self) -> Tree:
        """The whole qHyperCube, with the pages of qInitialDataFetch."""
        layout = {**self.head, "qDataPages": [], "qPivotDataPages": [], "qStackedDataPages": []}
        wanted = self.bound.definition["qInitialDataFetch"]
        if self.is_empty or not wanted:
            return layout
        try:
            member, pages = self._initial
            layout[member] = pages(wanted)
        except (PagesTooLarge, ResultTooLarge) as error:
            layout["qError"] = Problem.of(error).layout()
        return layout

    @property
    def _initial(self) -> tuple[str, Callable[[Sequence[Tree]], list[Tree]]]:
        if self.mode == "P":
            return "qPivotDataPages", self.pivot_pages
        if self.mode == "K":
            most = int(self.bound.definition["qMaxStackedCells"])
            return "qStackedDataPages", lambda wanted: self.stack_pages(wanted, most)
        if self.mode == "T":
            return "qTreeDataPages", lambda wanted: self.tree_pages({})
        return "qDataPages", self.pages

    # -- pages

    def pages(self, requested: Sequence[Tree]) -> list[Tree]:
        """Pages of rows, clipped to the cube. Raises PagesTooLarge, InvalidParameters for a pivot table."""
        self.refuse_pivot()
        areas = [clip(page, len(self.order), self.height) for page in requested]
        check_size(areas)
        return [self._page(area) for area in areas]

    def _page(self, area: Area) -> Tree:
        columns = [self.column(number, area.rows) for number in self.order[area.columns]]
        return {
            "qMatrix": [list(row) for row in zip(*columns, strict=True)],
            "qTails": tails(self.rows.keys, area),
            "qArea": area.layout(),
            "qIsReduced": False,
        }

    def column(self, number: int, rows: slice | npt.NDArray[np.integer]) -> list[Cell]:
        """Cells of a column, by its number among all columns of the definition."""
        dimensions = len(self.bound.dimensions)
        if number < dimensions:
            place = self.bound.place(number)
            cells = self.dimension_cells[place].cells(self.rows.keys[rows, place])
        else:
            cells = self.measure_cells[number - dimensions].cells(rows)
        if self.attributes[number]:
            self.attributes[number].attach(cells, lambda text: part_of(self.rows.vector(text), rows))
        return cells

    def stack_pages(self, requested: Sequence[Tree], most_cells: int) -> list[Tree]:
        """Pages of nested nodes, one root each; `qTop` and `qHeight` count nodes of the first level."""
        self.refuse_pivot()
        most = min(most_cells, STACKED_CELLS) if most_cells > 0 else STACKED_CELLS
        return [stacked.NOTHING if self.is_empty else stacked.page(self.nested, page, most) for page in requested]

    def tree_pages(self, options: Tree) -> list[Tree]:
        """The root of the tree with the nodes that are asked for. Raises ResultTooLarge."""
        self.refuse_pivot()
        return [] if self.is_empty else [TreePage(self.nested, options).root()]

    def pivot_pages(self, requested: Sequence[Tree]) -> list[Tree]:
        """Pages of a pivot table. Raises PagesTooLarge; InvalidParameters for cubes of another mode."""
        if self.is_empty:
            return []
        table = self.pivot_table
        areas = [table.area(page) for page in requested]
        check_size(areas)
        return [table.page(area) for area in areas]

    @cached_property
    def nested(self) -> Nested:
        """The rows as a tree."""
        titles = {n: info["qFallbackTitle"] for n, info in enumerate(self.head["qMeasureInfo"])}
        return nested(self.bound, self.rows, self.dimension_cells, titles, self.attributes, self.orders, self.locale)

    @property
    def pivot_table(self) -> PivotPages:
        """What can be asked of a pivot table. Raises InvalidParameters for cubes of another mode."""
        if self.pivot is None:
            raise InvalidParameters("This hypercube is no pivot table (its qMode is not P).", "qPath")
        return PivotPages(self.bound, self.pivot, self.attributes, self.locale)

    def refuse_pivot(self) -> None:
        """Raises InvalidParameters for pivot tables, which have no rows."""
        if self.mode == "P":
            raise InvalidParameters(
                "This hypercube is a pivot table: ask for its pages by GetHyperCubePivotData.", "qPath"
            )

    # -- selecting

    def select_values(self, dimension: int, elements: Iterable[int]) -> tuple[str, npt.NDArray[np.int32]]:
        """The field and codes that selecting these element numbers of a dimension means. Raises InvalidParameters."""
        if not 0 <= dimension < len(self.columns):
            raise InvalidParameters(f"There is no dimension {dimension}.", "qDimNo")
        bound = self.columns[dimension].bound
        if bound is None:
            raise InvalidParameters("Nothing can be selected in a dimension that is in error.", "qDimNo")
        return bound.select_codes(element for element in elements if element < bound.symbols.size)

    def shown_values(self, dimension: int) -> tuple[npt.NDArray[np.int32], Floats]:
        """The distinct codes of a visible dimension that stand in rows, and their numbers; a pivot table's are all."""
        cells = self.dimension_cells[self.bound.place(dimension)]
        every = np.arange(cells.symbols.size, dtype=np.int32)
        found = every if self.mode == "P" else np.intersect1d(self.rows.keys[:, self.bound.place(dimension)], every)
        return found, cells.symbols.numbers[found]

    def select_cells(self, rows: Sequence[int], columns: Sequence[int]) -> Selected:
        """What selecting cells means: rows by number, columns as numbers among the visible dimensions.

        Without rows all rows are meant, and without columns all dimensions.
        """
        visible = self.bound.visible
        within = [row for row in rows if 0 <= row < self.height] if rows else range(self.height)
        return [
            self.select_values(visible[column], np.unique(self.rows.keys[within, column]).tolist())
            for column in dict.fromkeys(columns or range(len(visible)))
            if 0 <= column < len(visible)
        ]

    def select_pivot_cells(self, cells: Sequence[Tree]) -> Selected:
        """What selecting cells of a pivot table, or of a nested cube, means. Raises InvalidParameters."""
        if self.mode == "P":
            found = self.pivot_table.select_cells(cells)
        else:
            found = self._nested_cells(cells)
        return [self.select_values(number, sorted(codes)) for number, codes in found.items()]

    def _nested_cells(self, cells: Sequence[Tree]) -> dict[int, set[int]]:
        """Nested cubes: rows are leaves, columns levels; a value cell means all levels of its leaf."""
        found: dict[int, set[int]] = {}
        for cell in cells:
            row, level = (int(cell.get(name) or 0) for name in ("qRow", "qCol"))
            levels = (
                range(len(self.bound.levels)) if str(cell.get("qType") or "D") in ("D", "NX_CELL_DATA") else [level]
            )
            if not 0 <= row < len(self.nested) or not all(0 <= one < len(self.bound.levels) for one in levels):
                raise InvalidParameters("There is no such cell in the hypercube.", "qSelections")
            for one in levels:
                code = int(self.nested.nest.leaves[row, one])
                if self.bound.levels[one] != PSEUDO and code >= 0:
                    found.setdefault(self.bound.levels[one], set()).add(code)
        return found
