"""Stacked pages (mode K): a tree of nodes by dimension, with the measure's values at its ends.

A node's qMaxPos and qMinNeg are the sums of the positive and of the negative values below it; charts take the range
of their axis from them. With several measures, a level of pseudo nodes (one a measure) stands above the values.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.compute.cells import NO_NUMBER, NULL, OTHERS, Cell, DimensionCells, MeasureCells, number_of
from engine.compute.definitions import Tree
from engine.compute.pages import Area, clip

Node = dict[str, Any]


def page(
    keys: npt.NDArray[np.int32],
    dimensions: Sequence[DimensionCells],
    measures: Sequence[MeasureCells],
    expressions: Sequence[Sequence[MeasureCells]],
    requested: Tree,
    most_cells: int,
) -> Tree:
    """One page: the nodes `qTop` .. `qTop + qHeight` of the first dimension and all below, in the order of `keys`.

    expressions: the attribute expressions of each dimension. Whole nodes only: the page ends before the node with
    which it would have more than `most_cells` values.
    """
    starts = _starts(keys[:, :1]) if keys.shape[1] else np.zeros(min(len(keys), 1), dtype=np.int64)
    ends = np.append(starts[1:], len(keys))
    area = clip({**requested, "qLeft": 0, "qWidth": max(int(requested.get("qWidth") or 0), 1)}, 1, len(starts))
    last = area.top + area.height
    if area.height and most_cells > 0:
        cells = (ends[area.top : last] - starts[area.top]) * max(len(measures), 1)
        last = area.top + max(int(np.searchsorted(cells, most_cells, side="right")), 1)
    if last == area.top:
        return {"qData": [_root([], 0, 0)], "qArea": Area(0, area.top, 0, 0).layout()}
    tree = _Tree(keys, dimensions, measures, expressions)
    first, after = int(starts[area.top]), int(ends[last - 1])
    root = _root(tree.nodes(0, first, after, area.top), area.top, len(starts) - last)
    return {"qData": [root], "qArea": Area(0, area.top, tree.width, last - area.top).layout()}


def _root(nodes: list[Node], above: int, below: int) -> Node:
    """The root over a page's nodes; above and below: how many nodes of the first dimension are not in the page."""
    return {
        "qText": "", "qElemNo": -1, "qValue": NO_NUMBER, "qType": "R", "qRow": 0, "qUp": above, "qDown": below,
        "qMaxPos": sum(node["qMaxPos"] for node in nodes),
        "qMinNeg": sum(node["qMinNeg"] for node in nodes),
        "qCanCollapse": False, "qCanExpand": False, "qSubNodes": nodes,
    }  # fmt: skip


def _starts(keys: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """Where a new group begins."""
    if not len(keys):
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero(np.append(True, (keys[1:] != keys[:-1]).any(axis=1)))


class _Tree:
    def __init__(
        self,
        keys: npt.NDArray[np.int32],
        dimensions: Sequence[DimensionCells],
        measures: Sequence[MeasureCells],
        expressions: Sequence[Sequence[MeasureCells]],
    ) -> None:
        self.keys = keys
        self.dimensions = dimensions
        self.measures = measures
        self.expressions = expressions
        self.width = 0

    def nodes(self, depth: int, first: int, after: int, row: int = 0) -> list[Node]:
        """The nodes of one dimension over the rows first .. after; values below the last dimension."""
        if depth == len(self.dimensions):
            return self._values(first)
        starts = first + _starts(self.keys[first:after, depth : depth + 1])
        ends = np.append(starts[1:], after)
        shown = self.dimensions[depth]
        codes = self.keys[starts, depth]
        self.width = max(self.width, len(starts))
        texts, numbers = shown.texts(codes).tolist(), shown.numbers(codes).tolist()
        found = []
        for at, (begin, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
            below = self.nodes(depth + 1, begin, end)
            element = shown.element(int(codes[at]))
            node = _node(texts[at], element, number_of(numbers[at]), row + at, below)
            if self.expressions[depth]:
                node["qAttrExps"] = {
                    "qValues": [one.simple(slice(begin, begin + 1))[0] for one in self.expressions[depth]]
                }
            found.append(node)
        return found

    def _values(self, row: int) -> list[Node]:
        cells = [one.cells(slice(row, row + 1))[0] for one in self.measures]
        values = [_value(cell, at) for at, cell in enumerate(cells)]
        if len(values) < 2:
            return values
        return [_pseudo(at, value) for at, value in enumerate(values)]


_TYPES = {NULL: "U", OTHERS: "O"}


def _node(text: str, element: int, value: float | str, row: int, below: list[Node]) -> Node:
    return {
        "qText": text, "qElemNo": element, "qValue": value, "qType": _TYPES.get(element, "N"), "qRow": row,
        "qMaxPos": sum(node["qMaxPos"] for node in below),
        "qMinNeg": sum(node["qMinNeg"] for node in below),
        "qUp": 0, "qDown": 0, "qCanCollapse": False, "qCanExpand": False, "qSubNodes": below,
    }  # fmt: skip


def _pseudo(number: int, value: Node) -> Node:
    return {**_node("", -1, NO_NUMBER, number, [value]), "qType": "P"}


def _value(cell: Cell, row: int) -> Node:
    number = cell["qNum"]
    known = 0 if isinstance(number, str) else number
    return {
        "qText": cell["qText"], "qElemNo": 0, "qValue": number, "qType": "V", "qRow": row,
        "qMaxPos": max(known, 0), "qMinNeg": min(known, 0), "qUp": 0, "qDown": 0, "qSubNodes": [],
    }  # fmt: skip
