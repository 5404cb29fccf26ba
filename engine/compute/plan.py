"""From the tree of a measure to what has to be aggregated: requests, bound to a table and to a set of records.

Which table an aggregate runs over:
* the table that holds all the fields inside it; if several do (key fields): the one with the most
  rows, the first loaded among equals;
* if none does: a table that holds some of them and leads to the others over N:1 links;
* if none does that either: the join of the tables that hold them;
* without fields (Sum(1), Count(1)): the table of the first dimension; without dimensions, one row.

A field outside any aggregate stands for Only(field).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.compute.context import Context
from engine.compute.dimension import Dimension
from engine.compute.evaluation import bound_fields, check_row_expression
from engine.compute.kinds import Kind, kind_of
from engine.compute.kinds.accumulated import Accumulated
from engine.compute.reading import Evaluate, settled
from engine.compute.scope import choose_base
from engine.compute.sets import Search, records_of
from engine.errors import ExpressionError
from engine.language.nodes import Aggregate, Binary, Call, Field, Node, Number, Text, Unary
from engine.language.parser import parse
from engine.selection.records import Records


@dataclass(frozen=True)
class Source:
    """Where the rows of an aggregate come from. Aggregates of the same source are worked out together.

    base: the table it runs over; None: over a single row without fields, or over a join.
    joined: the fields whose tables have to be joined, because N:M links lie between them; mostly empty.
    """

    base: str | None
    joined: tuple[str, ...]
    within: Records

    @property
    def has_rows(self) -> bool:
        return self.base is not None or bool(self.joined)


@dataclass(frozen=True)
class Request:
    """One aggregate to be computed. Equal requests are computed once, whoever asks.

    kept: places of the dimensions that TOTAL leaves; None: all.
    """

    name: str
    arguments: tuple[Node, ...]
    distinct: bool
    source: Source
    kept: tuple[int, ...] | None

    @property
    def kind(self) -> Kind:
        kind = kind_of(self.name, len(self.arguments))
        if kind is None:
            raise ExpressionError(f"There is no aggregation {self.name}.")
        return kind

    @property
    def is_accumulated(self) -> bool:
        """Whether it adds up row by row, in the same run as others."""
        return isinstance(self.kind, Accumulated) and not self.distinct


@dataclass(frozen=True)
class Measure:
    """A measure's tree and the requests its leaves stand for; or the error that makes it NULL."""

    node: Node | None
    requests: dict[Node, Request]
    error: ExpressionError | None = None


@dataclass(frozen=True)
class Scope:
    """What the expressions of one calculation share.

    within: the records that count where no set expression says otherwise. evaluate, search: how other expressions
    are worked out meanwhile, see `reading` and `sets`.
    """

    state: str
    within: Records
    evaluate: Evaluate
    search: Search


def plan_measure(context: Context, text: str, dimensions: Sequence[Dimension], scope: Scope) -> Measure:
    """Read and bind a measure. Never raises ExpressionError: it becomes the measure's error."""
    try:
        node = settled(context, parse(text), scope.state, scope.evaluate)
        return Measure(node, {leaf: _bind(context, leaf, dimensions, scope) for leaf in _leaves(node)})
    except ExpressionError as error:
        return Measure(None, {}, error)


def _leaves(node: Node) -> Iterator[Aggregate | Field]:
    """The outermost aggregates and the fields outside them."""
    if isinstance(node, Aggregate | Field):
        yield node
    elif isinstance(node, Binary):
        yield from (*_leaves(node.left), *_leaves(node.right))
    elif isinstance(node, Unary):
        yield from _leaves(node.operand)
    elif isinstance(node, Call):
        for argument in node.arguments:
            yield from _leaves(argument)
    elif not isinstance(node, Number | Text):
        name = type(node).__name__
        raise ExpressionError(f"{name} cannot be calculated here.", node.start, node.end)


def _bind(context: Context, leaf: Aggregate | Field, dimensions: Sequence[Dimension], scope: Scope) -> Request:
    if isinstance(leaf, Field):
        leaf = Aggregate("only", (leaf,), start=leaf.start, end=leaf.end)
    kind = kind_of(leaf.name, len(leaf.arguments))
    if kind is None:
        raise ExpressionError(f"The aggregation {leaf.name} cannot be calculated here.", leaf.start, leaf.end)
    for argument in leaf.arguments:
        check_row_expression(context, argument)
    fields = tuple(dict.fromkeys(name for argument in leaf.arguments for name in bound_fields(context, argument)))
    base = _base(context, fields, dimensions)
    return Request(
        leaf.name,
        leaf.arguments,
        leaf.distinct and (not isinstance(kind, Accumulated) or kind.changed_by_distinct),
        Source(base, fields if base is None else (), records_of(context, leaf.set, scope.within, scope.search)),
        None if leaf.total is None else _kept(dimensions, leaf.total.fields),
    )


def _base(context: Context, fields: Sequence[str], dimensions: Sequence[Dimension]) -> str | None:
    if fields:
        return choose_base(context.model, fields)
    readable = next((d.axis.readable for d in dimensions if d.axis.readable is not None), None)
    return None if readable is None else readable.holders[0]


def _kept(dimensions: Sequence[Dimension], names: Sequence[str]) -> tuple[int, ...]:
    """Places of the dimensions named in TOTAL <...>, by field or by text; names that are no dimension are ignored."""
    return tuple(
        place
        for place, dimension in enumerate(dimensions)
        if (dimension.is_field and dimension.field is not None and dimension.field.name in names)
        or dimension.text in names
    )
