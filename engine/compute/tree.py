"""Trees (mode T): the parts of a nested cube that GetHyperCubeTreeData asks for.

* qTreeNodes[i].qArea: which nodes of level i are fetched, by their place within their parent (qTop, qHeight).
* qAllValues: instead by their place among all values that the level's dimension has in the cube; a parent without
  one of them gets a generated node (type G), so that the nodes of all parents line up.
* qTreeLevels: only the levels qLeft .. qLeft + qDepth are part of the tree.
* qMaxNbrOfNodes: with more nodes than these none are returned; their number still stands in the root's qGroupSize.

The innermost nodes hold the values of the measures (qValues); with a pseudo dimension that of their measure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.compute.bound import PSEUDO
from engine.compute.cells import NO_NUMBER, DimensionCells
from engine.compute.definitions import Tree
from engine.compute.nest import Group, Node
from engine.compute.nested import Nested, is_value
from engine.errors import ResultTooLarge
from engine.machine.stopping import check_stop
from engine.selection.state import LETTERS

MAX_NODES = 100_000
"""Nodes that one request may fetch."""


@dataclass(frozen=True)
class Wanted:
    """What is asked for of one level: all nodes, or those from `top` on; among the parent's or among all values."""

    top: int = 0
    height: int | None = None
    all_values: bool = False

    @classmethod
    def read(cls, given: Any) -> Wanted:
        if not isinstance(given, Mapping):
            return cls()
        area = given.get("qArea")
        sizes = [_whole(area.get(name)) for name in ("qTop", "qHeight", "qWidth")] if isinstance(area, Mapping) else []
        is_area = bool(sizes) and (sizes[1] > 0 or sizes[2] > 0)
        return cls(sizes[0] if is_area else 0, sizes[1] if is_area else None, bool(given.get("qAllValues")))

    @property
    def places(self) -> slice:
        return slice(self.top, None if self.height is None else self.top + self.height)


class TreePage:
    """One request for nodes of a tree."""

    def __init__(self, tree: Nested, options: Tree) -> None:
        self.tree = tree
        wanted = options.get("qTreeNodes")
        self.wanted = [Wanted.read(one) for one in (wanted if isinstance(wanted, list) else [])]
        limits = options.get("qTreeLevels")
        left, depth = (_whole(limits.get(name)) for name in ("qLeft", "qDepth")) if isinstance(limits, dict) else (0, 0)
        count = len(tree.nest.levels)
        self.first = min(left, count)
        self.last = min(self.first + depth, count) if depth else count
        self.most = _whole(options.get("qMaxNbrOfNodes"))
        self.made = 0

    def root(self) -> Node:
        """The root with the nodes that are asked for. Raises ResultTooLarge."""
        tree = self.tree
        nodes = self._nodes(self.first, 0, len(tree), [], 0)
        if self.most and self.made > self.most:
            nodes = []
        return {
            "qValue": 0, "qElemNo": -1, "qGroupPos": 0, "qRow": 0, "qType": "R", "qState": "L", "qTreePath": [],
            "qGroupSize": tree.nest.count(self.first) if self.first < len(tree.nest.levels) else 0,
            "qNodeNr": 0, "qParentNode": -1, "qValues": [], "qNodes": nodes, **self._sums(0, len(tree)),
        }  # fmt: skip

    def _of(self, level: int) -> Wanted:
        return self.wanted[level] if level < len(self.wanted) else Wanted()

    def _nodes(self, level: int, first: int, after: int, path: list[int], parent: int) -> list[Node]:
        if level >= self.last:
            return []
        check_stop()
        wanted = self._of(level)
        groups = list(self.tree.nest.groups(level, first, after))
        if wanted.all_values and isinstance(self.tree.nest.levels[level], DimensionCells):
            nodes = self._all_values(level, groups, wanted, path, parent)
        else:
            places = range(len(groups))[wanted.places]
            nodes = self._made(level, groups[wanted.places], places, path, parent)
        self.made += len(nodes)
        if self.made > MAX_NODES:
            raise ResultTooLarge(f"More than {MAX_NODES:,} nodes of a tree cannot be fetched at once.")
        return nodes

    def _made(
        self, level: int, groups: Sequence[Group], places: Sequence[int], path: list[int], parent: int
    ) -> list[Node]:
        nodes = self.tree.nest.described(level, groups)
        is_last = level == len(self.tree.nest.levels) - 1
        for node, group, place in zip(nodes, groups, places, strict=True):
            number = self._number(level, group)
            inside = self._nodes(level + 1, group.first, group.after, [*path, place], number)
            size = 0 if is_last else sum(1 for _ in self.tree.nest.groups(level + 1, group.first, group.after))
            node.update(
                qGroupPos=place, qGroupSize=size, qRow=group.first, qState=self._state(level, group, node),
                qTreePath=path, qNodeNr=number, qParentNode=parent, qNodes=inside,
                qValues=self._values(group.first) if is_last else [], **self._sums(group.first, group.after),
            )  # fmt: skip
            if not is_last and node["qType"] != "T":
                node["qCanExpand"] = True
        self.tree.attach(level, groups, nodes)
        return nodes

    def _number(self, level: int, group: Group) -> int:
        """A node's number in the whole tree, counted level by level; the root has 0."""
        starts = self.tree.nest.starts
        return 1 + sum(len(one) for one in starts[:level]) + int(np.searchsorted(starts[level], group.first))

    def _state(self, level: int, group: Group, node: Node) -> str:
        cells = self.tree.nest.levels[level]
        if isinstance(cells, DimensionCells) and is_value(group.code, node):
            return LETTERS[cells.states[group.code]]
        return "L"

    def _sums(self, first: int, after: int) -> Tree:
        """qMaxPos and qMinNeg: one number a measure, or one for all where the pseudo dimension tells them apart."""
        measures = self.tree.bound.shown_measures
        ranges = [self.tree.range_of(measure, first, after) for measure in measures]
        if PSEUDO in self.tree.numbers:
            ranges = [(sum(above for above, _ in ranges), sum(below for _, below in ranges))]
        return {"qMaxPos": [above for above, _ in ranges], "qMinNeg": [below for _, below in ranges]}

    def _values(self, leaf: int) -> list[Tree]:
        tree = self.tree
        shown = tree.bound.shown_measures if tree.measure is None else [int(tree.measure[leaf])]
        cells = [tree.value_cells(np.array([leaf]), measure)[0] for measure in shown]
        return [
            {
                "qText": cell["qText"], "qValue": cell["qNum"],
                **{name: cell[name] for name in ("qAttrExps", "qAttrDims") if name in cell},
            }
            for cell in cells
        ]  # fmt: skip

    # -- all values of a level

    def _all_values(
        self, level: int, groups: Sequence[Group], wanted: Wanted, path: list[int], parent: int
    ) -> list[Node]:
        codes = self.tree.orders[self.tree.numbers[level]]
        own = {group.code: group for group in groups}
        places = range(len(codes))[wanted.places]
        there = [place for place in places if codes[place] in own]
        made = self._made(level, [own[codes[place]] for place in there], there, path, parent)
        found = dict(zip(there, made, strict=True))
        missing = [place for place in places if place not in found]
        generated = self.tree.nest.described(level, [Group(codes[place], 0, 0) for place in missing])
        for node, place in zip(generated, missing, strict=True):
            state = self._state(level, Group(codes[place], 0, 0), node)
            node.update(
                qType="G", qGroupPos=place, qGroupSize=0, qRow=-1, qState=state, qTreePath=path, qNodeNr=-1,
                qParentNode=parent, qNodes=[], qMaxPos=[0] * max(len(self.tree.bound.shown_measures), 1),
                qMinNeg=[0] * max(len(self.tree.bound.shown_measures), 1),
                qValues=[{"qText": "-", "qValue": NO_NUMBER} for _ in self.tree.bound.shown_measures],
            )  # fmt: skip
            found[place] = node
        return [found[place] for place in places]


def _whole(value: Any) -> int:
    return max(int(value), 0) if isinstance(value, int | float) and abs(value) < 2**31 else 0
