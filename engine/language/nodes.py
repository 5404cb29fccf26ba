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
class Total(Node):
    """TOTAL, with the fields of TOTAL <a, b>; empty fields: over all dimensions."""

    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function that is no aggregation. `name` is in lower case; TOTAL may stand before inter-record arguments."""

    name: str
    arguments: tuple[Node, ...]
    total: Total | None = None


@dataclass(frozen=True, slots=True)
class Aggregate(Node):
    """An aggregation function such as Sum. `name` is in lower case; `set` is a set expression's tree."""

    name: str
    arguments: tuple[Node, ...]
    distinct: bool = False
    total: Total | None = None
    set: Node | None = None


@dataclass(frozen=True, slots=True)
class AggrDimension(Node):
    """A dimension of Aggr(); criterion and order are '' or the lower-case words of (Field, (Numeric, Descending)).

    by: what its values are sorted by instead of a criterion: (Field, (=Sum(x), Descending)).
    """

    dimension: Node
    criterion: str = ""
    order: str = ""
    by: Node | None = None


@dataclass(frozen=True, slots=True)
class Aggr(Node):
    """Aggr(): the values of an expression for each combination of its own dimensions."""

    expression: Node
    dimensions: tuple[AggrDimension, ...]
    nodistinct: bool = False
    set: Node | None = None


@dataclass(frozen=True, slots=True)
class OuterSet(Node):
    """A set expression before an expression: the default of the aggregates in it."""

    set: Node
    expression: Node


@dataclass(frozen=True, slots=True)
class SetIdentifier(Node):
    """`$`, `1`, `0`, `$1` and `$_1` (history), a bookmark's id or the name of an alternate state.

    An empty name stands where none is written: the set of an outer set expression, or else of the object's state.
    """

    name: str


@dataclass(frozen=True, slots=True)
class SetModifier(Node):
    """One field of `<...>`. `op` is = += -= *= or /=; without values the field's selection is lifted."""

    field: str
    op: str = "="
    values: Node | None = None


@dataclass(frozen=True, slots=True)
class SetModified(Node):
    """A set with modifiers: `$<Year={2020}>`."""

    base: Node
    modifiers: tuple[SetModifier, ...]


@dataclass(frozen=True, slots=True)
class SetOperation(Node):
    """`op` between two sets or two element sets: + (union) - (exclusion) * (intersection) / (difference)."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class ElementSearch(Node):
    """A search string in an element list: wildcards, a numeric range such as '>=5<10', or '=expression'."""

    pattern: str


@dataclass(frozen=True, slots=True)
class ElementList(Node):
    """`{2020, 'UA', "A*"}`: Number, Text and ElementSearch nodes."""

    elements: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ElementFunction(Node):
    """P() or E(): the possible or the excluded values of a field in a set; no field: the modifier's own."""

    name: str
    set: Node | None = None
    field: str | None = None


@dataclass(frozen=True, slots=True)
class StateField(Node):
    """`State::Field` right of a modifier: the field's selection in another alternate state."""

    state: str
    field: str
