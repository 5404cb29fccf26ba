"""From the tree of a measure to what has to be aggregated: requests, bound to a table and to a set of records.

Which table an aggregate runs over:
* the table that holds all the fields inside it; if several do (key fields): the one with the most
  rows, the first loaded among equals;
* if none does: a table that holds some of them and leads to the others over N:1 links;
* if none does that either: the join of the tables that hold them;
* without fields (Sum(1), Count(1)): the table of the first dimension; without dimensions, one row.

An aggregate of a key alone to which it does not matter how often a value occurs (with DISTINCT; Only, Min and the like
anyway) looks at every possible value, whichever table knows it: it runs over all tables that hold the key.

An aggregate of Aggr() runs over the rows that Aggr() has. If it has other fields inside, too, or NODISTINCT, it runs
over the table that holds or reads these and the dimensions of Aggr().

A field, or an Aggr(), outside any aggregate stands for Only() of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from engine.compute.context import Context
from engine.compute.dimension import Dimension
from engine.compute.evaluation import bound_fields, check_row_expression
from engine.compute.interrecord import depends_on_rows
from engine.compute.kinds import Kind, kind_of
from engine.compute.kinds.accumulated import Accumulated
from engine.compute.kinds.lists import Listed
from engine.compute.reading import Evaluate, settled
from engine.compute.scope import choose_base
from engine.compute.sets import Search, records_of
from engine.compute.virtual import aggrs_in, name_of, with_columns
from engine.errors import ExpressionError
from engine.language.nodes import Aggr, Aggregate, Binary, Call, Field, Node, Number, Text, Unary
from engine.language.parser import parse
from engine.language.walk import fields_in
from engine.selection.records import Records


@dataclass(frozen=True)
class Source:
    """Where the rows of an aggregate come from. Aggregates of the same source are worked out together.

    base: the table it runs over; None: over a single row without fields, over a join or over what Aggr() gives.
    beside: further tables it runs over, of whose rows those count that no possible row of those before is linked with.
    joined: the fields whose tables have to be joined, because N:M links lie between them; mostly empty.
    aggrs: the Aggr() calls inside; in the arguments of requests, columns stand in their place (see `virtual`).
    """

    base: str | None
    joined: tuple[str, ...]
    within: Records
    aggrs: tuple[Aggr, ...] = ()
    beside: tuple[str, ...] = ()

    @property
    def has_rows(self) -> bool:
        return self.base is not None or bool(self.joined or self.aggrs)


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

    @property
    def depends_on_rows(self) -> bool:
        """Whether its value in a row depends on other rows or on their order."""
        return self.node is not None and depends_on_rows(self.node)


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


def plan_measure(
    context: Context, given: str | Node | ExpressionError, dimensions: Sequence[Dimension], scope: Scope
) -> Measure:
    """Read and bind a measure: a text, or a tree whose names are settled. What is wrong becomes the measure's error."""
    if isinstance(given, ExpressionError):
        return Measure(None, {}, given)
    try:
        node = given if isinstance(given, Node) else settled(context, parse(given), scope.state, scope.evaluate)
        return Measure(node, {leaf: _bind(context, leaf, dimensions, scope) for leaf in _leaves(node)})
    except ExpressionError as error:
        return Measure(None, {}, error)


Leaf = Aggregate | Field | Aggr


def _leaves(node: Node) -> Iterator[Leaf]:
    """The outermost aggregates and the fields and Aggr() calls outside them."""
    if isinstance(node, Leaf):
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


def _bind(context: Context, leaf: Leaf, dimensions: Sequence[Dimension], scope: Scope) -> Request:
    if not isinstance(leaf, Aggregate):
        leaf = Aggregate("only", (leaf,), start=leaf.start, end=leaf.end)
    kind = kind_of(leaf.name, len(leaf.arguments))
    if kind is None:
        raise ExpressionError(f"The aggregation {leaf.name} cannot be calculated here.", leaf.start, leaf.end)
    aggrs = tuple(dict.fromkeys(found for argument in leaf.arguments for found in aggrs_in(argument)))
    arguments = tuple(map(with_columns, leaf.arguments)) if aggrs else leaf.arguments
    names = {name_of(one) for one in aggrs}
    fields = tuple(dict.fromkeys(f for a in arguments for f in bound_fields(context, a, names) if f not in names))
    for argument in arguments:
        check_row_expression(context, argument)
    source = _source(context, fields, aggrs, dimensions, records_of(context, leaf.set, scope.within, scope.search))
    if len(fields) == 1 and not aggrs and _counts_once(kind, distinct=leaf.distinct):
        holders = context.model.field(fields[0]).tables
        source = replace(source, beside=tuple(table for table in holders if table != source.base))
    return Request(
        leaf.name,
        arguments,
        leaf.distinct and kind.changed_by_distinct,
        source,
        None if leaf.total is None else _kept(dimensions, leaf.total.fields),
    )


def _counts_once(kind: Kind, *, distinct: bool) -> bool:
    """Whether it does not matter in how many rows a value stands, nor in which."""
    return (distinct or not kind.changed_by_distinct) and not (isinstance(kind, Listed) and kind.by_row)


def _source(
    context: Context,
    fields: tuple[str, ...],
    aggrs: tuple[Aggr, ...],
    dimensions: Sequence[Dimension],
    within: Records,
) -> Source:
    if aggrs:
        fields = _fields_beside(context, fields, aggrs)
        if not fields:
            return Source(None, (), within, aggrs)
    base = _base(context, fields, dimensions)
    return Source(base, fields if base is None else (), within, aggrs)


def _fields_beside(context: Context, fields: tuple[str, ...], aggrs: tuple[Aggr, ...]) -> tuple[str, ...]:
    """The fields that rows must have to look up what Aggr() gives for them; none if its own rows will do."""
    nodes = [entry.dimension for one in aggrs for entry in one.dimensions]
    own = [field for node in nodes for field in bound_fields(context, node)]
    plain = {node.name for node in nodes if isinstance(node, Field)}
    inner = [field for one in aggrs if one.nodistinct for field in fields_in(one.expression)]
    if inner or any(field not in plain for field in fields):
        return tuple(dict.fromkeys((*fields, *own, *inner)))
    return ()


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
        if dimension.text in names or any(_is_field(dimension, name) for name in names)
    )


def _is_field(dimension: Dimension, name: str) -> bool:
    """Whether it is that field itself, with none of its values put together."""
    return dimension.is_field and dimension.field is not None and dimension.field.name == name
