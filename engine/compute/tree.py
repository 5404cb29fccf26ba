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
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.compute.bound import PSEUDO
from engine.compute.cells import NO_NUMBER, DimensionCells
from engine.compute.definitions import Tree
from engine.compute.nest import Group, Node
from engine.compute.nested import Nested, is_value
from engine.errors import ResultTooLarge
from engine.selection.state import LETTERS
from engine.stopping import check_stop, looking

Index = npt.NDArray[np.int64]

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


@dataclass(frozen=True, eq=False)
class _Fetched:
    """The nodes of one level that are fetched, parent by parent.

    codes, first, after: see Group. place: within the parent, or among all values. parent: the place of the parent in
    the level above. index: the node's place in its whole level; -1 for generated nodes.
    """

    codes: Index
    first: Index
    after: Index
    place: Index
    parent: Index
    index: Index

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def groups(self) -> list[Group]:
        return list(map(Group, self.codes.tolist(), self.first.tolist(), self.after.tolist()))


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

    def root(self) -> Node:
        """The root with the nodes that are asked for. Raises ResultTooLarge."""
        tree = self.tree
        whole = _Fetched(*(np.array([value]) for value in (0, 0, len(tree), 0, -1, 0)))
        above, fetched, total = whole, [], 0
        for level in range(self.first, self.last):
            check_stop()
            above = self._below(level, above)
            fetched.append(above)
            total += len(above)
            if total > MAX_NODES:
                raise ResultTooLarge(f"More than {MAX_NODES:,} nodes of a tree cannot be fetched at once.")
        if self.most and total > self.most:
            fetched = []
        root = {
            "qValue": 0, "qElemNo": -1, "qGroupPos": 0, "qRow": 0, "qType": "R", "qState": "L", "qTreePath": [],
            "qGroupSize": tree.nest.count(self.first) if self.first < len(tree.nest.levels) else 0,
            "qNodeNr": 0, "qParentNode": -1, "qValues": [], "qNodes": [], **self._sums(whole)[0],
        }  # fmt: skip
        parents = [root]
        for level, nodes in enumerate(fetched, self.first):
            parents = self._made(level, nodes, parents)
        return root

    # -- which nodes

    def _below(self, level: int, above: _Fetched) -> _Fetched:
        """The nodes to fetch of a level below those of the one above."""
        wanted = self.wanted[level] if level < len(self.wanted) else Wanted()
        real = np.flatnonzero((above.index >= 0) & (above.first < above.after))
        begins, ends = self.tree.nest.spans(level, above.first[real], above.after[real])
        if wanted.all_values and isinstance(self.tree.nest.levels[level], DimensionCells):
            return self._all_values(level, wanted, real, begins, ends)
        begins, firsts = np.minimum(begins + wanted.top, ends), begins
        if wanted.height is not None:
            ends = np.minimum(begins + wanted.height, ends)
        index, owner = _expanded(begins, ends)
        return self._nodes(level, index, index - firsts[owner], real[owner])

    def _nodes(self, level: int, index: Index, place: Index, parent: Index) -> _Fetched:
        """Nodes by their places in a level; those at -1 are still to be filled in."""
        nest = self.tree.nest
        starts = np.append(nest.starts[level], len(self.tree))
        first = starts[index]
        return _Fetched(nest.leaves[first, level].astype(np.int64), first, starts[index + 1], place, parent, index)

    def _all_values(self, level: int, wanted: Wanted, real: Index, begins: Index, ends: Index) -> _Fetched:
        """One node for each parent and wanted value of the dimension: generated where the parent has none."""
        order = np.asarray(self.tree.orders[self.tree.numbers[level]], dtype=np.int64)
        places = np.arange(len(order))[wanted.places]
        if len(real) * len(places) > MAX_NODES:
            raise ResultTooLarge(f"More than {MAX_NODES:,} nodes of a tree cannot be fetched at once.")
        index, owner = _expanded(begins, ends)
        own = self._nodes(level, index, index, owner)
        place_of = np.full(int(order.max(initial=-1)) + 1, -1)
        place_of[order] = np.arange(len(order))
        known = (own.codes >= 0) & (own.codes < len(place_of))
        at = np.where(known, place_of[np.where(known, own.codes, 0)], -1) - (places[0] if len(places) else 0)
        inside = (at >= 0) & (at < len(places))
        found = np.full((len(real), len(places)), -1)
        found[owner[inside], at[inside]] = index[inside]
        index = found.reshape(-1)
        nodes = self._nodes(level, np.maximum(index, 0), np.tile(places, len(real)), np.repeat(real, len(places)))
        is_there = index >= 0
        return replace(
            nodes, codes=np.tile(order[places], len(real)), index=index,
            first=np.where(is_there, nodes.first, 0), after=np.where(is_there, nodes.after, 0),
        )  # fmt: skip

    # -- what they tell

    def _made(self, level: int, fetched: _Fetched, parents: Sequence[Node]) -> list[Node]:
        """The nodes of a level, put into their parents."""
        nest = self.tree.nest
        is_last = level == len(nest.levels) - 1
        groups = fetched.groups
        nodes = nest.described(level, groups)
        sums, values = self._sums(fetched), self._values(fetched) if is_last else None
        begins, ends = (np.zeros(len(nodes)), np.zeros(len(nodes))) if is_last else nest.spans(
            level + 1, fetched.first, fetched.after
        )  # fmt: skip
        sizes = np.where(fetched.index < 0, 0, ends - begins).astype(np.int64).tolist()
        numbers = (1 + sum(map(len, nest.starts[:level])) + fetched.index).tolist()
        places = (fetched.place.tolist(), fetched.parent.tolist(), fetched.index.tolist())
        for at, (node, group, place, parent, index) in enumerate(looking([*zip(nodes, groups, *places, strict=True)])):
            inside = parents[parent]
            path = [] if level == self.first else [*inside["qTreePath"], inside["qGroupPos"]]
            node.update(
                qGroupPos=place, qGroupSize=sizes[at], qRow=group.first, qState=self._state(level, group, node),
                qTreePath=path, qNodeNr=numbers[at], qParentNode=inside["qNodeNr"], qNodes=[],
                qValues=[] if values is None else values[at], **sums[at],
            )  # fmt: skip
            if index < 0:
                self._generated(node)
            elif not is_last and node["qType"] != "T":
                node["qCanExpand"] = True
            inside["qNodes"].append(node)
        there = np.flatnonzero(fetched.index >= 0).tolist()
        self.tree.attach(level, [groups[at] for at in there], [nodes[at] for at in there])
        return nodes

    def _generated(self, node: Node) -> None:
        """A node for a value that its parent does not have."""
        shown = self.tree.bound.shown_measures
        node.update(
            qType="G", qRow=-1, qNodeNr=-1, qMaxPos=[0] * max(len(shown), 1), qMinNeg=[0] * max(len(shown), 1),
            qValues=[{"qText": "-", "qValue": NO_NUMBER} for _ in shown],
        )  # fmt: skip

    def _state(self, level: int, group: Group, node: Node) -> str:
        cells = self.tree.nest.levels[level]
        if isinstance(cells, DimensionCells) and is_value(group.code, node):
            return LETTERS[cells.states[group.code]]
        return "L"

    def _sums(self, fetched: _Fetched) -> list[Tree]:
        """qMaxPos and qMinNeg: one number a measure, or one for all where the pseudo dimension tells them apart."""
        measures = self.tree.bound.shown_measures
        ranges = [self.tree.ranges_of(measure, fetched.first, fetched.after) for measure in measures]
        sides = [np.stack(side, axis=1) if side else np.zeros((len(fetched), 0)) for side in zip(*ranges, strict=True)]
        above, below = sides or [np.zeros((len(fetched), 0))] * 2
        if PSEUDO in self.tree.numbers:
            above, below = above.sum(axis=1, keepdims=True), below.sum(axis=1, keepdims=True)
        return [{"qMaxPos": most, "qMinNeg": least} for most, least in zip(above.tolist(), below.tolist(), strict=True)]

    def _values(self, fetched: _Fetched) -> list[list[Tree]]:
        """For each node at the end its measures' values: all of them, or the one that its leaf stands for."""
        tree = self.tree
        found: list[list[Tree]] = [[] for _ in range(len(fetched))]
        for measure in tree.bound.shown_measures:
            mine = fetched.index >= 0
            if tree.measure is not None and len(tree):
                mine &= tree.measure[np.minimum(fetched.first, len(tree) - 1)] == measure
            for at, cell in zip(
                np.flatnonzero(mine).tolist(), tree.value_cells(fetched.first[mine], measure), strict=True
            ):
                value = {"qText": cell["qText"], "qValue": cell["qNum"]}
                found[at].append(value | {name: cell[name] for name in ("qAttrExps", "qAttrDims") if name in cell})
        return found


def _expanded(begins: Index, ends: Index) -> tuple[Index, Index]:
    """All whole numbers of the ranges begin .. end, one range after the other, and the range that each is of."""
    sizes = ends - begins
    owner = np.repeat(np.arange(len(begins)), sizes)
    return np.arange(len(owner)) - (np.cumsum(sizes) - sizes)[owner] + begins[owner], owner


def _whole(value: Any) -> int:
    return max(int(value), 0) if isinstance(value, int | float) and abs(value) < 2**31 else 0
