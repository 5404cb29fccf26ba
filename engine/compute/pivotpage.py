"""Pages of a pivot table, and what its cells stand for.

qLeft and qTop are the parts of the two trees that have leaves in the page. qUp and qDown of a node count its leaves
above and below the page (at the top: before and behind it).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from engine.compute.attributes import Attributes
from engine.compute.bound import PSEUDO, Bound
from engine.compute.cells import EMPTY, NO_NUMBER, TOTAL, Cell, MeasureCells, number_of, value_texts
from engine.compute.columns import DimensionColumn
from engine.compute.definitions import Tree
from engine.compute.expansion import EVERYTHING, NOTHING, Expansion, Path, read
from engine.compute.levels import Level
from engine.compute.nest import Group, Node
from engine.compute.pages import Area, clip
from engine.compute.pivot import Pivot, Side
from engine.compute.straight import is_among
from engine.data.dual import Vector
from engine.data.locale import Locale
from engine.errors import InvalidParameters


class PivotPages:
    """What can be asked of an evaluated pivot table."""

    def __init__(self, bound: Bound, pivot: Pivot, attributes: Sequence[Attributes], locale: Locale) -> None:
        self.bound = bound
        self.pivot = pivot
        self.attributes = attributes
        self.locale = locale

    def area(self, requested: Tree) -> Area:
        """The part of a requested page that the table has."""
        return clip(requested, self.pivot.width, self.pivot.height)

    def page(self, area: Area) -> Tree:
        left, top = self.pivot.left, self.pivot.top
        rows, columns = (area.top, area.top + area.height), (area.left, area.left + area.width)
        return {
            "qLeft": self._nodes(left, 0, *rows, rows) if left.numbers else [],
            "qTop": self._nodes(top, 0, *columns, columns) if top.numbers else [],
            "qData": self._cells(np.arange(*rows), np.arange(*columns)),
            "qArea": area.layout(),
        }

    # -- nodes

    def _nodes(self, side: Side, level: int, first: int, after: int, page: tuple[int, int]) -> list[Node]:
        """The nodes of one level over the leaves first .. after of a page."""
        nest = side.nest
        if level == len(nest.levels):
            return []
        groups = list(nest.groups(level, first, after))
        described = nest.described(level, groups)
        for node, group in zip(described, groups, strict=True):
            node["qUp"], node["qDown"] = max(page[0] - group.first, 0), max(group.after - page[1], 0)
            begin, end = max(group.first, first), min(group.after, after)
            node["qSubNodes"] = self._nodes(side, level + 1, begin, end, page)
            self._mark(side, level, group, node)
        return described

    def _mark(self, side: Side, level: int, group: Group, node: Node) -> None:
        """Whether a node can be expanded or collapsed, and its attributes."""
        number = side.numbers[side.shown[level]]
        if number == PSEUDO or group.code == EMPTY:
            return
        depth = side.dimensions.index(side.shown[level])
        column = self.bound.dimensions[number]
        if group.code != TOTAL and depth + 1 < len(side.dimensions) and not self._is_fully_expanded:
            inner = side.codes[group.first, depth + 1]
            if not (self._collapses(column) and node["qType"] == "O"):
                node["qCanExpand" if inner == EMPTY else "qCanCollapse"] = True
        self._attach(side, number, depth, group, node)

    @property
    def _is_fully_expanded(self) -> bool:
        return bool(self.bound.definition.get("qAlwaysFullyExpanded"))

    def _collapses(self, column: DimensionColumn) -> bool:
        return bool(column.definition["qOtherTotalSpec"].get("qOtherCollapseInnerDimensions"))

    def _attach(self, side: Side, number: int, depth: int, group: Group, node: Node) -> None:
        outer = depth + (group.code != TOTAL)
        if self.attributes[number] and outer in side.nodes:
            level = side.nodes[outer]
            at = level.find(side.codes[group.first : group.first + 1, :outer])
            self.attributes[number].attach([node], lambda text: taken(level.vector(text), at))

    # -- values

    def _cells(self, rows: npt.NDArray[np.int64], columns: npt.NDArray[np.int64]) -> list[list[Cell]]:
        cells: list[list[Cell]] = [[{} for _ in columns] for _ in rows]
        for (i, j), level in self.pivot.values.items():
            own_rows = rows[self.pivot.left.depths[rows] == i]
            own_columns = columns[self.pivot.top.depths[columns] == j]
            if len(own_rows) and len(own_columns):
                self._fill(cells, level, (i, j), own_rows, own_columns, (int(rows[0]), int(columns[0])))
        return cells

    def _fill(
        self, cells: list[list[Cell]], level: Level, depths: tuple[int, int],
        rows: npt.NDArray[np.int64], columns: npt.NDArray[np.int64], origin: tuple[int, int],
    ) -> None:  # fmt: skip
        """Put in the cells where leaves of these depths meet."""
        across, along = np.repeat(rows, len(columns)), np.tile(columns, len(rows))
        left, top = self.pivot.left.codes[across, : depths[0]], self.pivot.top.codes[along, : depths[1]]
        found = level.find(np.hstack([left, top]))
        for measure in self.bound.shown_measures:
            wanted = np.flatnonzero(self._measures(across, along) == measure)
            made = self._measure_cells(level, found[wanted], measure)
            for row, column, cell in zip(across[wanted].tolist(), along[wanted].tolist(), made, strict=True):
                cells[row - origin[0]][column - origin[1]] = cell
        if not self.bound.shown_measures:
            for row, column in zip(across.tolist(), along.tolist(), strict=True):
                cells[row - origin[0]][column - origin[1]] = {"qText": "-", "qNum": NO_NUMBER, "qType": "U"}

    def _measures(self, across: npt.NDArray[np.int64], along: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The measure of each crossing."""
        left, top = self.pivot.left.measures, self.pivot.top.measures
        if left is not None:
            return left[across].astype(np.int64)
        if top is not None:
            return top[along].astype(np.int64)
        return np.full(len(across), self.pivot.measure)

    def _measure_cells(self, level: Level, found: npt.NDArray[np.int64], measure: int) -> list[Cell]:
        column = self.bound.measures[measure]
        vector = taken(level.vector(column.text), found)
        texts = value_texts(vector, column.format, self.locale)
        fill = bool(self.bound.definition.get("qPopulateMissing"))
        cells: list[Cell] = []
        for text, number, null, at in zip(
            texts.tolist(), vector.numbers.tolist(), vector.is_null.tolist(), found.tolist(), strict=True
        ):
            if null and fill and at < 0:
                cells.append({"qText": "0", "qNum": 0, "qType": "V"})
            else:
                cells.append({"qText": text, "qNum": number_of(number), "qType": "U" if null else "V"})
        attributes = self.attributes[len(self.bound.dimensions) + measure]
        if attributes and cells:
            attributes.attach(cells, lambda text: taken(level.vector(text), found))
        return cells

    # -- selecting

    def select_cells(self, cells: Sequence[Tree]) -> dict[int, set[int]]:
        """What selecting cells means: dimension number -> element codes. Totals and measures mean nothing.

        Raises InvalidParameters for cells that are not there.
        """
        found: dict[int, set[int]] = {}
        for cell in cells:
            kind = str(cell.get("qType") or "D")
            row, column = (_whole(cell, name) for name in ("qRow", "qCol"))
            if kind in ("L", "NX_CELL_LEFT"):
                self._note(found, self.pivot.left, row, [column])
            elif kind in ("T", "NX_CELL_TOP"):
                self._note(found, self.pivot.top, column, [row])
            elif kind in ("D", "NX_CELL_DATA"):
                self._note(found, self.pivot.left, row, range(len(self.pivot.left.shown)))
                self._note(found, self.pivot.top, column, range(len(self.pivot.top.shown)))
            else:
                raise InvalidParameters(f"There are no cells of the type {kind}.", "qType")
        return found

    def _note(self, found: dict[int, set[int]], side: Side, leaf: int, levels: Sequence[int]) -> None:
        if not 0 <= leaf < len(side):
            raise InvalidParameters("There is no such cell in the table.", "qSelections")
        for level in levels:
            if not 0 <= level < len(side.shown):
                raise InvalidParameters("There is no such cell in the table.", "qSelections")
            number = side.numbers[side.shown[level]]
            code = int(side.leaves[leaf, side.shown[level]])
            if number != PSEUDO and code >= 0:
                found.setdefault(number, set()).add(code)

    # -- expanding

    def expanded(
        self, *, at_left: bool, leaf: int, level: int, everything: bool, is_open: bool
    ) -> dict[str, Expansion]:
        """The expansions after a node, or every node of a side, was opened or closed. Raises InvalidParameters."""
        side = self.pivot.left if at_left else self.pivot.top
        expansions = read(self.bound.definition["qExpansionState"])
        names = [self.bound.dimensions[side.numbers[at]].text for at in side.dimensions]
        if everything:
            return {**expansions, **dict.fromkeys(names[:-1], EVERYTHING if is_open else NOTHING)}
        if not 0 <= leaf < len(side) or not 0 <= level < len(side.shown):
            raise InvalidParameters("There is no such cell in the table.", "qRow" if at_left else "qCol")
        at = side.shown[level]
        depth = side.dimensions.index(at) if at in side.dimensions else len(names)
        if depth >= len(names) - 1:
            return expansions
        path = self._path(side, leaf, depth)
        own = expansions.get(names[depth], NOTHING)
        return expansions if path is None else {**expansions, names[depth]: own.changed(path, is_open=is_open)}

    def _path(self, side: Side, leaf: int, depth: int) -> Path | None:
        """The texts of a node and of those it stands in; None for totals."""
        codes = side.codes[leaf, : depth + 1]
        if (codes < 0).any():
            return None
        cells = [side.cells[at] for at in side.dimensions[: depth + 1]]
        return tuple(str(one.texts(codes[at : at + 1])[0]) for at, one in enumerate(cells))  # type: ignore[union-attr]

    # -- what the layout tells

    def measure_values(self, number: int) -> MeasureCells:
        """A measure's values where no total is involved, for its least and greatest."""
        column = self.bound.measures[number]
        vectors = []
        for (i, j), level in self.pivot.values.items():
            left, top = (
                is_among(keys, side.codes[~side.is_total & (side.depths == depth), :depth])
                for side, depth, keys in (
                    (self.pivot.left, i, level.keys[:, :i]),
                    (self.pivot.top, j, level.keys[:, i:]),
                )
            )
            vectors.append(level.vector(column.text).take(left & top))
        numbers = np.concatenate([vector.numbers for vector in vectors]) if vectors else np.zeros(0)
        format = next((vector.format for vector in vectors if vector.format is not None), None)
        return MeasureCells(Vector(numbers, None, format), column.format, self.locale)


def taken(vector: Vector, found: npt.NDArray[np.int64]) -> Vector:
    """The values at these places; NULL at -1."""
    texts = None if vector.texts is None else np.append(vector.texts, [None])
    return Vector(np.append(vector.numbers, np.nan), texts, vector.format).take(found)


def _whole(cell: Mapping[str, object], name: str) -> int:
    value = cell.get(name) or 0
    if not isinstance(value, int | float) or value != int(value):
        raise InvalidParameters("Cells are named by whole numbers.", name)
    return int(value)
