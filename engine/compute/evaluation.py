"""Evaluating row expressions on symbols instead of rows.

A function of one field is evaluated once per symbol. A function of several fields of a row is
evaluated once per combination of symbols that occurs. Either way the outcome is a vector and a code
a row into it. Outcomes are kept in the result cache, unless the expression tells time or draws lots.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.compute.context import Context
from engine.compute.scope import FieldValues, Own, Readable, RowValues, choose_base, route
from engine.data.dual import NULL, Vector
from engine.data.encode import merge_vectors
from engine.data.hashing import numbered
from engine.data.symbols import SymbolTable, codes_type
from engine.errors import ExpressionError
from engine.language.evaluate import evaluate
from engine.language.functions import FUNCTIONS
from engine.language.nodes import Aggregate, Call, Field, Node
from engine.language.walk import calls_in, fields_in, values
from engine.stopping import check_stop

T = TypeVar("T")

VOLATILE = frozenset(name for name, function in FUNCTIONS.items() if function.volatile)
"""Functions whose value may differ between two calls or two people: nothing that uses them is kept for others."""

LARGEST_RADIX = 2**62


@lru_cache(maxsize=4096)
def fields_of(node: Node) -> tuple[str, ...]:
    """The fields an expression depends on, in the order of the text."""
    return tuple(fields_in(node))


@lru_cache(maxsize=4096)
def _calls_volatile(node: Node) -> bool:
    return any(call.name in VOLATILE for call in calls_in(node))


class Occurring:
    """An expression over the rows of `base`: `vector` [n], its value at each occurring combination of symbols;
    `codes` [rows], the combination of each row."""

    def __init__(self, base: str, codes: npt.NDArray[np.unsignedinteger], vector: Vector) -> None:
        self.base = base
        self.codes = codes
        self.vector = vector

    @property
    def nbytes(self) -> int:
        return self.codes.nbytes + len(self.vector) * 64


def bound_fields(context: Context, node: Node, more: Container[str] = ()) -> list[str]:
    """The fields a row expression depends on. Raises ExpressionError for names that are unknown (but for `more`) and
    for aggregates."""
    for found in values(node):
        if isinstance(found, Aggregate):
            raise ExpressionError(
                "An aggregate inside an aggregate or a dimension needs Aggr().", found.start, found.end
            )
        if isinstance(found, Call) and FUNCTIONS[found.name].kind == "inter-record":
            name = FUNCTIONS[found.name].name
            raise ExpressionError(
                f"{name} looks at the rows of a chart; inside an aggregate or a dimension it needs Aggr().",
                found.start,
                found.end,
            )
        if isinstance(found, Field) and found.name not in context.model.fields and found.name not in more:
            raise ExpressionError(f"There is no field {found.name}.", found.start, found.end)
    return list(fields_of(node))


def check_row_expression(context: Context, node: Node) -> None:
    """Raises ExpressionError if an expression needs more than the values of one row."""
    evaluate(node, lambda _: Vector.constant(NULL, 1), 1, context.locale, facts=context.facts)


def remembered(
    context: Context, kind: str, node: Node, more: object, make: Callable[[], T], size: Callable[[T], int]
) -> T:
    """`make()`, or what it gave before for the same model, expression and locale."""
    if _calls_volatile(node):
        return make()
    return context.cache.get_or_make((context.model.id, kind, node, more, context.locale), make, size)


def constant(context: Context, node: Node) -> Vector:
    """The value of an expression without fields: [1]."""
    return evaluate(node, _refuse, 1, context.locale, facts=context.facts)


def on_symbols(context: Context, node: Node, field: str) -> Vector:
    """The value of an expression of one field for each of its symbols and, last, for NULL: [size + 1]."""
    symbols = context.model.symbols(field)
    given = symbols.vector_with_null()

    def make() -> Vector:
        return evaluate(node, lambda _: given, symbols.size + 1, context.locale, facts=context.facts)

    if isinstance(node, Field):
        return given
    return remembered(context, "on symbols", node, field, make, lambda vector: len(vector) * 64)


def on_values(context: Context, node: Node, given: Mapping[str, Vector]) -> tuple[SymbolTable, npt.NDArray[np.int32]]:
    """The distinct values of an expression whose fields have these values, all [n]; and a code for each of them."""
    size = len(next(iter(given.values())))
    vector = evaluate(
        node,
        lambda leaf: given[leaf.name] if isinstance(leaf, Field) else _refuse(leaf),
        size,
        context.locale,
        facts=context.facts,
    )
    return _distinct(context, vector)


def on_rows(context: Context, node: Node, base: str) -> Occurring:
    """The value of an expression of several fields for the rows of `base`, which must read them all."""
    fields = fields_of(node)
    return remembered(
        context, "on rows", node, base, lambda: _occurring(context, node, base, fields), lambda o: o.nbytes
    )


def _occurring(context: Context, node: Node, base: str, fields: Sequence[str]) -> Occurring:
    rows = context.model.tables[base].rows
    read = [_row_codes(context, base, FieldValues(context.model, name)) for name in fields]
    sizes = [context.model.symbols(name).size + 1 for name in fields]
    combined, radix = np.zeros(rows, dtype=np.int64), 1
    for codes, size in zip(read, sizes, strict=True):
        check_stop()
        if radix * size > LARGEST_RADIX:
            first, combined = numbered(pa.array(combined))
            radix = len(first)
        combined = combined * size + codes
        radix *= size
    first, codes = numbered(pa.array(combined))
    count = len(first)
    given = {}
    for name, codes_of in zip(fields, read, strict=True):
        check_stop()
        given[name] = context.model.symbols(name).vector_with_null().take(codes_of[first])
    vector = evaluate(
        node,
        lambda leaf: given[leaf.name] if isinstance(leaf, Field) else _refuse(leaf),
        count,
        context.locale,
        facts=context.facts,
    )
    return Occurring(base, codes.astype(codes_type(count)), vector)


def _row_codes(context: Context, base: str, value: Readable) -> npt.NDArray[np.integer]:
    way = route(context, base, value)
    if not isinstance(way, Own):
        raise ExpressionError(f"{value.name} cannot be read from the rows of {base}.")
    return way.codes if way.map is None else way.map[way.codes]


def _refuse(node: Node) -> Vector:
    raise ExpressionError("This is not known here.", node.start, node.end)


class Axis:
    """What rows are grouped by: a Readable, a map from its codes to those of `symbols` (None: the same), and these.

    `readable` None: a constant; its one code is 0 (or NULL's, if the constant is NULL).
    """

    def __init__(self, readable: Readable | None, map: npt.NDArray[np.int32] | None, symbols: SymbolTable) -> None:
        self.readable = readable
        self.map = map
        self.symbols = symbols

    @property
    def nbytes(self) -> int:
        return self.symbols.size * 64 + (0 if self.map is None else self.map.nbytes)


def is_same(one: Axis, other: Axis) -> bool:
    """Whether two axes have the same codes for the same rows."""
    if one is other:
        return True
    names = [None if axis.readable is None else axis.readable.name for axis in (one, other)]
    return one.symbols is other.symbols and one.map is other.map and names[0] == names[1]


def axis_of(context: Context, node: Node) -> Axis:
    """An axis for the values of a row expression. Raises ExpressionError."""
    fields = bound_fields(context, node)
    if isinstance(node, Field):
        return Axis(FieldValues(context.model, node.name), None, context.model.symbols(node.name))
    return remembered(context, "axis", node, None, lambda: _make_axis(context, node, fields), lambda a: a.nbytes)


def row_codes(context: Context, base: str, axis: Axis) -> npt.NDArray[np.integer]:
    """The code of an axis in each row of `base`, which reads it as one value."""
    rows = context.model.tables[base].rows
    if axis.readable is None:
        return np.zeros(rows, dtype=np.int32)
    way = route(context, base, axis.readable)
    if not isinstance(way, Own):
        raise ValueError(f"the rows of {base} have no one value of this")
    codes: npt.NDArray[np.integer] = way.codes if way.map is None else way.map[way.codes]
    return codes if axis.map is None else axis.map[codes]


def row_numbers(context: Context, base: str) -> Axis:
    """An axis on which every row of a table has a value of its own: its number."""

    def make() -> Axis:
        rows = context.model.tables[base].rows
        codes = np.arange(rows, dtype=codes_type(rows))
        return Axis(RowValues(object(), rows, base, codes), None, SymbolTable(codes.astype(np.float64)))

    return context.cache.get_or_make((context.model.id, "row numbers", base), make, lambda axis: axis.nbytes)


def _make_axis(context: Context, node: Node, fields: Sequence[str]) -> Axis:
    if not fields:
        merged, _ = _distinct(context, constant(context, node))
        return Axis(None, None, merged)
    if len(fields) == 1:
        symbols, codes = _distinct(context, on_symbols(context, node, fields[0]))
        return Axis(FieldValues(context.model, fields[0]), codes, symbols)
    base = choose_base(context.model, fields)
    if base is None:
        raise ExpressionError(f"No table's rows have one value each of {', '.join(fields)}.", node.start, node.end)
    found = on_rows(context, node, base)
    symbols, codes = _distinct(context, found.vector)
    readable = RowValues(object(), len(found.vector), base, found.codes)
    return Axis(readable, np.append(codes, np.int32(symbols.size)), symbols)


def _distinct(context: Context, vector: Vector) -> tuple[SymbolTable, npt.NDArray[np.int32]]:
    """The distinct values and, per position, the code of its value."""
    merged, maps = merge_vectors([vector], context.locale)
    check_stop()
    return SymbolTable.of_vector(merged, context.locale), maps[0][:-1].astype(np.int32)


def rebound(context: Context, axis: Axis) -> Axis:
    """The axis in a model that has the same fields in other tables. Raises ExpressionError for values of rows."""
    if axis.readable is None:
        return axis
    if not isinstance(axis.readable, FieldValues):
        raise ExpressionError("A dimension of several fields cannot go with an aggregate over joined tables.")
    return Axis(FieldValues(context.model, axis.readable.name), axis.map, axis.symbols)
