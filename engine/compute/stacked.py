"""Pages of stacked cubes (mode K): nested nodes with the measure's values at their ends.

`qTop` and `qHeight` of a page count nodes of the first level. With several measures a level of pseudo nodes, one a
measure, stands where the sort order says (-1), or else above the values.
"""

from __future__ import annotations

import numpy as np

from engine.compute.cells import NO_NUMBER, Cell
from engine.compute.definitions import Tree
from engine.compute.nest import Node
from engine.compute.nested import Nested
from engine.compute.pages import Area, clip


def page(tree: Nested, requested: Tree, most_cells: int) -> Tree:
    """One page. Whole nodes only: it ends before the node with which it would have more than `most_cells` values."""
    starts = tree.nest.starts[0] if tree.nest.levels else np.zeros(min(len(tree), 1), dtype=np.int64)
    ends = np.append(starts[1:], len(tree))
    area = clip({**requested, "qLeft": 0, "qWidth": max(int(requested.get("qWidth") or 0), 1)}, 1, len(starts))
    last = area.top + area.height
    if area.height and most_cells > 0:
        cells = ends[area.top : last] - starts[area.top]
        last = area.top + max(int(np.searchsorted(cells, most_cells, side="right")), 1)
    if last == area.top:
        return {"qData": [_root([], 0, 0)], "qArea": Area(0, area.top, 0, 0).layout()}
    first, after = int(starts[area.top]), int(ends[last - 1])
    nodes = _nodes(tree, 0, first, after) if tree.nest.levels else _values(tree, first, first + 1)
    root = _root(nodes, area.top, len(starts) - last)
    widest = int((ends[area.top : last] - starts[area.top : last]).max())
    return {"qData": [root], "qArea": Area(0, area.top, widest, last - area.top).layout()}


def height(tree: Nested) -> int:
    """How many nodes the first level has."""
    return tree.nest.count(0) if tree.nest.levels else min(len(tree), 1)


def _root(nodes: list[Node], above: int, below: int) -> Node:
    """The root over a page's nodes; above and below: how many nodes of the first level are not in the page."""
    own = [node for node in nodes if node["qType"] != "T"]
    return {
        "qText": "", "qElemNo": -1, "qValue": NO_NUMBER, "qType": "R", "qRow": 0, "qUp": above, "qDown": below,
        "qMaxPos": sum(node["qMaxPos"] for node in own),
        "qMinNeg": sum(node["qMinNeg"] for node in own),
        "qSubNodes": nodes,
    }  # fmt: skip


def _nodes(tree: Nested, level: int, first: int, after: int) -> list[Node]:
    groups = list(tree.nest.groups(level, first, after))
    nodes = tree.nest.described(level, groups)
    is_last = level + 1 == len(tree.nest.levels)
    values = _values(tree, first, after) if is_last else []
    for node, group in zip(nodes, groups, strict=True):
        if is_last:
            inside = values[group.first - first : group.first - first + 1]
        else:
            inside = _nodes(tree, level + 1, group.first, group.after)
        ranges = [tree.range_of(measure, group.first, group.after) for measure in tree.bound.shown_measures]
        if node["qType"] == "T":
            numbers = [value["qValue"] for value in inside if isinstance(value.get("qValue"), int | float)]
            ranges = [(max(number, 0), min(number, 0)) for number in numbers]
        node.update(
            qRow=group.first, qUp=0, qDown=0, qSubNodes=inside,
            qMaxPos=sum(above for above, _ in ranges), qMinNeg=sum(below for _, below in ranges),
        )  # fmt: skip
    tree.attach(level, groups, nodes)
    return nodes


def _values(tree: Nested, first: int, after: int) -> list[Node]:
    """The value of each of the leaves first .. after."""
    if tree.measure is None:
        return []
    leaves, measures = np.arange(first, after), tree.measure[first:after]
    nodes: dict[int, Node] = {}
    for measure in dict.fromkeys(measures.tolist()):
        own = leaves[measures == measure]
        for leaf, cell in zip(own.tolist(), tree.value_cells(own, measure), strict=True):
            nodes[leaf] = _value(leaf, cell)
    return [nodes[leaf] for leaf in leaves.tolist()]


def _value(leaf: int, cell: Cell) -> Node:
    attributes: Node = {name: cell[name] for name in ("qAttrExps", "qAttrDims") if name in cell}
    return {
        "qText": cell["qText"], "qElemNo": 0, "qValue": cell["qNum"], "qType": "U" if cell.get("qIsNull") else "V",
        "qRow": leaf, "qMaxPos": 0, "qMinNeg": 0, "qUp": 0, "qDown": 0, "qSubNodes": [], **attributes,
    }  # fmt: skip


NOTHING: Tree = {"qData": [_root([], 0, 0)], "qArea": Area(0, 0, 0, 0).layout()}
"""A page of a cube in which nothing was worked out: clients count on a page for each that they asked for."""
