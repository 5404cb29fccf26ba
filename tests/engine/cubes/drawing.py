"""Pivot pages, trees and rows as text, so that a test shows what people see."""

from __future__ import annotations

from typing import Any

Node = dict[str, Any]

MARKS = {"qCanExpand": "+", "qCanCollapse": "-"}


def pivot_lines(page: dict[str, Any]) -> list[str]:
    """A pivot page: a line a level of the top, then a line a row; `|` between the left and the values.

    A node is written in its first row (column) only; `+` and `-` behind it say that it can be opened or closed, `.`
    stands for what lies below a closed node or a total.
    """
    left, top = paths(page["qLeft"], page["qArea"]["qHeight"]), paths(page["qTop"], page["qArea"]["qWidth"])
    depth = max((len(path) for path in left), default=0)
    heads = [[*[""] * depth, "|", *(path[level] for path in top)] for level in range(len(top[0]) if top else 0)]
    rows = [[*path, "|", *(cell["qText"] for cell in row)] for path, row in zip(left, page["qData"], strict=True)]
    return aligned([*heads, *rows])


def paths(nodes: list[Node], count: int) -> list[list[str]]:
    """For each leaf the texts of the nodes that begin there, the outermost first."""
    found = [path for node in nodes for path in _paths(node)]
    return found or [[] for _ in range(count)]


def _paths(node: Node) -> list[list[str]]:
    text = node.get("qText", ".") + "".join(sign for name, sign in MARKS.items() if node.get(name))
    below = [path for inner in node["qSubNodes"] for path in _paths(inner)] or [[]]
    return [[text if at == 0 else "", *path] for at, path in enumerate(below)]


def aligned(rows: list[list[str]]) -> list[str]:
    """Columns of equal width, without blanks at the ends of lines."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))] if rows else []
    return ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def table(text: str) -> list[str]:
    """The lines of an expected table: without the margin, each as `aligned` writes it."""
    return aligned_text([line for line in text.strip("\n").splitlines() if line.strip()])


def aligned_text(lines: list[str]) -> list[str]:
    """Lines with runs of blanks made one, to be compared whatever the widths."""
    return [" ".join(line.split()) for line in lines]


def tree_lines(node: Node, children: str = "qNodes", depth: int = 0) -> list[str]:
    """A tree: a line a node, indented, with its type and, at the ends, its values."""
    values = " ".join(value["qText"] for value in node.get("qValues", []))
    own = (
        []
        if node["qType"] == "R"
        else ["  " * (depth - 1) + f"{node.get('qText', '.')} {node['qType']} {values}".rstrip()]
    )
    return own + [line for inner in node[children] for line in tree_lines(inner, children, depth + 1)]
