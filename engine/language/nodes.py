"""The syntax tree of the expression language: frozen, typed, without behaviour.

Every node knows where it stands in the text (`start`, `end`: character offsets), for error
messages; positions do not take part in equality, so parse(print(x)) == x can be said of trees.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Node:
    start: int = field(default=0, compare=False, kw_only=True)
    end: int = field(default=0, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Number(Node):
    value: float


@dataclass(frozen=True, slots=True)
class Text(Node):
    """'single quoted' text."""

    value: str


@dataclass(frozen=True, slots=True)
class Field(Node):
    """A bare name, [bracketed] or "double quoted". Whether it is a field or a variable is bound later."""

    name: str


@dataclass(frozen=True, slots=True)
class Unary(Node):
    """`op` in lower case: + - not bitnot."""

    op: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """`op` in lower case: + - * / & = <> < <= > >= and or xor like precedes follows bitand bitor bitxor << >>."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A scalar function. `name` is in lower case."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Total(Node):
    """TOTAL, with the fields of TOTAL <a, b>; empty fields: over all dimensions."""

    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Aggregate(Node):
    """An aggregation function such as Sum. `name` is in lower case; `set` is a set expression's tree."""

    name: str
    arguments: tuple[Node, ...]
    distinct: bool = False
    total: Total | None = None
    set: Node | None = None
