"""Questions about a tree: what fields, aggregates and functions it holds.

Walking uses an own stack, so that no tree is too deep for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from engine.language.nodes import Aggr, Aggregate, Call, Field, Node, OuterSet


def children(node: Node) -> list[Node]:
    """The nodes directly below, in the order in which they are written."""
    below: list[Node] = []
    for name in node.__dataclass_fields__:
        value = getattr(node, name)
        if isinstance(value, Node):
            below.append(value)
        elif isinstance(value, tuple):
            below.extend(part for part in value if isinstance(part, Node))
    return below


def with_children(node: Node, change: Callable[[Node], Node]) -> Node:
    """The node with each node directly below it changed; the same node if nothing changes."""
    changed: dict[str, object] = {}
    for name in node.__dataclass_fields__:
        value = getattr(node, name)
        if isinstance(value, Node):
            found: object = change(value)
        elif isinstance(value, tuple) and any(isinstance(part, Node) for part in value):
            parts = tuple(change(part) if isinstance(part, Node) else part for part in value)
            found = value if all(a is b for a, b in zip(parts, value, strict=True)) else parts
        else:
            continue
        if found is not value:
            changed[name] = found
    return replace(node, **changed) if changed else node  # type: ignore[arg-type]


def walk(node: Node) -> Iterator[Node]:
    """All nodes, each behind those below it."""
    stack = [(node, False)]
    while stack:
        current, done = stack.pop()
        if done:
            yield current
            continue
        stack.append((current, True))
        stack.extend((below, False) for below in reversed(children(current)))


def values(node: Node) -> Iterator[Node]:
    """As `walk`, without set expressions and TOTAL: only what makes up the value."""
    stack = [(node, False)]
    while stack:
        current, done = stack.pop()
        if done:
            yield current
            continue
        stack.append((current, True))
        stack.extend((below, False) for below in reversed(_value_children(current)))


def _value_children(node: Node) -> list[Node]:
    if isinstance(node, Aggregate):
        return list(node.arguments)
    if isinstance(node, Aggr):
        return [node.expression, *(entry.dimension for entry in node.dimensions)]
    if isinstance(node, OuterSet):
        return [node.expression]
    if isinstance(node, Call):
        return list(node.arguments)
    return children(node)


def depth(node: Node) -> int:
    """How many nodes stand above each other at most."""
    deepest, stack = 0, [(node, 1)]
    while stack:
        current, level = stack.pop()
        deepest = max(deepest, level)
        stack.extend((below, level + 1) for below in children(current))
    return deepest


def aggregates_in(node: Node) -> list[Aggregate]:
    """The aggregates, inner ones first, the outermost last."""
    return [found for found in values(node) if isinstance(found, Aggregate)]


def fields_in(node: Node) -> list[str]:
    """The names of the fields (or variables) that the value depends on, each once, in the order of the text."""
    return list(dict.fromkeys(found.name for found in values(node) if isinstance(found, Field)))


def calls_in(node: Node) -> list[Call]:
    """The calls of functions that are no aggregates."""
    return [found for found in values(node) if isinstance(found, Call)]


def is_scalar_of_fields(node: Node) -> bool:
    """Whether the value needs nothing but the fields' values of one row: no aggregate in it."""
    return not any(isinstance(found, Aggregate | Aggr | OuterSet) for found in values(node))
