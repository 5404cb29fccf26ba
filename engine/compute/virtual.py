"""Virtual tables: what Aggr() gives, as something aggregates can run over.

An evaluated Aggr() is a table of its dimensions' codes and one value a row. An aggregate over it runs

* over the table itself, where its argument has nothing but such values and their dimensions: then the table is an
  island in a model of its own, with a column for each dimension of the cube that it is linked with. A row that is
  linked to several values of these stands there several times, and its number is a column by which it counts once;
* over the rows of a loaded table (or of a join), where the argument has other fields, too: then the values become one
  more column of that table, looked up by the dimensions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod

import numpy as np
import numpy.typing as npt

from engine.compute.cache import ResultCache
from engine.compute.context import Context
from engine.compute.evaluation import Axis, row_codes
from engine.compute.keys import Keys, compose, places
from engine.compute.scope import FieldValues
from engine.data.column import Column
from engine.data.dual import Floats, Vector
from engine.data.encode import merge_vectors
from engine.data.links import LinkGraph
from engine.data.model import Model
from engine.data.ordering import distinct, ordered
from engine.data.symbols import SymbolTable, codes_type
from engine.data.table import Table
from engine.errors import ExpressionError
from engine.language.nodes import Aggr, AggrDimension, Field, Node
from engine.language.printer import print_expression
from engine.language.walk import with_children

TABLE = "$Aggr"
ROW = "$Row"
Order = npt.NDArray[np.intp]
DIRECT_CELLS = 2**22
"""Combinations of codes up to here are looked up directly."""


def name_of(node: Aggr) -> str:
    """The name of the column that holds an Aggr()'s values."""
    return f"$ {print_expression(node)}"


def aggrs_in(node: Node) -> list[Aggr]:
    """The outermost Aggr() calls of a tree, each once."""
    found: dict[Aggr, None] = {}

    def look(part: Node) -> Node:
        if isinstance(part, Aggr):
            found[part] = None
            return part
        return with_children(part, look)

    look(node)
    return list(found)


def with_columns(node: Node) -> Node:
    """The tree with the columns of their values in place of the Aggr() calls."""
    if isinstance(node, Aggr):
        return Field(name_of(node), start=node.start, end=node.end)
    return with_children(node, with_columns)


@dataclass(frozen=True, eq=False)
class Virtual:
    """An evaluated Aggr(): for each row the codes of its dimensions [rows, dimensions] and a value [rows].

    sets: keys of the sets of records that it was worked out in.
    """

    dimensions: Sequence[Node]
    axes: Sequence[Axis]
    keys: Keys
    values: Vector
    sets: frozenset[object]

    @property
    def nbytes(self) -> int:
        return self.keys.nbytes + len(self.values) * 64

    def place_of(self, node: Node) -> int:
        return list(self.dimensions).index(node)

    def look_up(self, wanted: Sequence[npt.NDArray[np.integer]], count: int) -> npt.NDArray[np.int64]:
        """For each combination of the dimensions' codes the row that has it; the number of rows where none has."""
        rows, sizes = len(self.keys), [axis.symbols.size for axis in self.axes]
        if not sizes:
            return np.full(count, 0 if rows else rows, dtype=np.int64)
        cells = prod(size + 1 for size in sizes)
        if cells <= DIRECT_CELLS:
            table = np.full(cells, rows, dtype=np.int64)
            table[compose(list(self.keys.T), sizes, rows)] = np.arange(rows)
            return table[compose(wanted, sizes, count)]
        found = places(np.stack(wanted, axis=1).astype(np.int64), self.keys, sizes)
        return np.where(found < 0, rows, found)

    def column(self, context: Context, rows: npt.NDArray[np.int64]) -> tuple[SymbolTable, Column]:
        """The values of some rows (their number means NULL) as a column of codes."""
        merged, maps = merge_vectors([self.values], context.locale)
        symbols = SymbolTable.of_vector(merged, context.locale)
        return symbols, Column("", maps[0][rows].astype(codes_type(symbols.size)))


Virtuals = Mapping[str, Virtual]
"""Evaluated Aggr() calls by the names of their columns."""


def beside_rows(context: Context, base: str, virtuals: Virtuals) -> Context:
    """A context in which a table has one more column for the values of each Aggr(), looked up row by row."""
    model = context.model
    table = model.tables[base]
    columns, symbols = dict(table.columns), {name: field.symbols for name, field in model.fields.items()}
    for name, virtual in virtuals.items():
        context.cancel.check()
        codes = [row_codes(context, base, axis) for axis in virtual.axes]
        symbols[name], columns[name] = virtual.column(context, virtual.look_up(codes, table.rows))
    tables = [Table(base, table.rows, columns) if one is table else one for one in model.tables.values()]
    edges = (*model.links.edges, *((base, name) for name in virtuals))
    return _within(context, Model(tables, symbols, LinkGraph(edges, model.links.loose)))


@dataclass(frozen=True, eq=False)
class Island:
    """A virtual table as a model of its own. axes: those of the cube, in it; row_fields: see `bundle`."""

    context: Context
    axes: Sequence[Axis]
    row_fields: tuple[str, ...]


def island(
    context: Context,
    keys: Keys,
    dimensions: Sequence[Node],
    own: Sequence[Axis],
    linked: Mapping[int, int],
    axes: Sequence[Axis],
    virtuals: Virtuals,
) -> Island:
    """The table of some rows: codes of `own` dimensions and, behind them, of further axes of the cube.

    linked: for places of the cube's axes the columns of keys that hold their codes. Rows that no Aggr() has are left
    out.
    """
    found = {
        name: virtual.look_up([keys[:, list(dimensions).index(node)] for node in virtual.dimensions], len(keys))
        for name, virtual in virtuals.items()
    }
    known = np.any([rows < len(virtuals[name].keys) for name, rows in found.items()], axis=0)
    keys = keys[known]
    symbols: dict[str, SymbolTable] = {}
    columns: dict[str, Column] = {}

    def add(name: str, table: SymbolTable, codes: npt.NDArray[np.integer]) -> None:
        symbols[name] = table
        columns[name] = Column(name, codes.astype(codes_type(table.size)))

    for place, (node, axis) in enumerate(zip(dimensions, own, strict=True)):
        if isinstance(node, Field):
            add(node.name, axis.symbols, keys[:, place])
    for name, virtual in virtuals.items():
        symbols[name], columns[name] = virtual.column(context, found[name][known])
    for place, column in linked.items():
        add(_axis_name(place), axes[place].symbols, keys[:, column])
    row_fields: tuple[str, ...] = ()
    if keys.shape[1] > len(dimensions):
        row_fields = (ROW,)
        numbers = _numbered(keys[:, : len(dimensions)], [axis.symbols.size for axis in own])
        add(ROW, SymbolTable(np.arange(numbers.max(initial=-1) + 1, dtype=np.float64)), numbers)
    table = Table(TABLE, len(keys), columns)
    model = Model([table], symbols, LinkGraph(tuple((TABLE, name) for name in columns)))
    within = [
        Axis(FieldValues(model, _axis_name(place)), None, axis.symbols) if place in linked else axis
        for place, axis in enumerate(axes)
    ]
    return Island(_within(context, model), within, row_fields)


_DOWN = frozenset({"descending", "desc", "d", "reverse"})


Counts = Callable[[Axis], npt.NDArray[np.int64]]
"""How many rows hold each value of an axis, and none: [size + 1]."""

By = Callable[[AggrDimension], Floats]
"""What the expression of a dimension gives for each of its values, and none: [size + 1]."""


def order_of(axes: Sequence[Axis], dimensions: Sequence[AggrDimension], keys: Keys, counts: Counts, by: By) -> Order:
    """The order of an Aggr()'s rows: each dimension's as it says, or as loaded; NULL is always last."""
    if not any(entry.criterion or entry.order or entry.by for entry in dimensions):
        return np.arange(len(keys))
    columns: list[npt.NDArray[np.generic]] = []
    for axis, entry, codes in zip(axes, dimensions, keys.T, strict=True):
        sign = -1 if entry.order in _DOWN else 1
        columns.append(codes >= axis.symbols.size)
        columns += [sign * ranks[codes] for ranks in ([by(entry)] if entry.by else _ranks(axis, entry, counts))]
    return ordered(columns, len(keys))


def _ranks(axis: Axis, entry: AggrDimension, counts: Counts) -> list[npt.NDArray[np.float64]]:
    """Sort keys of all codes, most important first: by number and then by text if only a direction is stated."""
    symbols = axis.symbols
    by_number = np.append(symbols.numbers, np.nan)
    by_text = np.append(symbols.text_rank, symbols.size).astype(np.float64)
    if entry.criterion == "frequency":
        return [counts(axis).astype(np.float64)]
    if entry.criterion == "load_order" or (not entry.order and not entry.criterion):
        return [np.arange(symbols.size + 1, dtype=np.float64)]
    return {"numeric": [by_number], "text": [by_text]}.get(entry.criterion, [by_number, by_text])


def _axis_name(place: int) -> str:
    return f"$Axis {place}"


def _numbered(keys: Keys, sizes: Sequence[int]) -> npt.NDArray[np.int64]:
    """A number for each different row."""
    return distinct(compose(list(keys.T), sizes, len(keys))).inverse


def _within(context: Context, model: Model) -> Context:
    """Results about a model that lives no longer than the request do not belong into the common cache."""
    return replace(context, model=model, cache=ResultCache())


def values_by_symbol(virtual: Virtual) -> Vector:
    """Of an Aggr() with one dimension: its value for each code of that and, last, for NULL: [size + 1]."""
    if len(virtual.axes) != 1:
        raise ExpressionError("This Aggr() has not one dimension only.")
    size = virtual.axes[0].symbols.size
    texts = None if virtual.values.texts is None else np.append(virtual.values.texts, [None])
    grown = Vector(np.append(virtual.values.numbers, np.nan), texts, virtual.values.format)
    return grown.take(virtual.look_up([np.arange(size + 1)], size + 1))
