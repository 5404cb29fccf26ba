"""Joining tables for expressions over fields of several tables with an N:M link, or none, between them.

The tables on the way between the fields are replaced by one: their full outer join, made of codes
and bounded in rows. What comes out is a model like any other, with the same values under the same
codes, so that selections, dimensions and groups work on it unchanged. It is kept in the result cache.

If a table on the way holds none of the fields, it may repeat a combination of rows; the numbers of
rows are fields of the joined table, so that each combination can be counted once.

Tables that nothing links are combined row with row, as ValueList() inside an aggregate is with the rows of a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from engine.compute.context import Context
from engine.compute.scope import FieldValues
from engine.data.column import Column
from engine.data.links import LinkGraph
from engine.data.model import Model
from engine.data.ordering import ordered
from engine.data.symbols import SymbolTable, codes_type
from engine.data.table import Table
from engine.stopping import check_stop

Index = npt.NDArray[np.int64]
"""For each joined row the row of a member table, -1 for none."""


@dataclass(frozen=True)
class Joined:
    """The model in which `base` stands for the joined tables.

    row_fields: fields with the row numbers of the tables whose combinations count, if such a
    combination may stand in several rows of `base`; else empty.
    """

    model: Model
    base: str
    row_fields: tuple[str, ...]


def join(context: Context, fields: Sequence[str]) -> tuple[Context, Joined]:
    """A context in which one table holds all the fields. Raises CalculationTooLarge."""
    holding, members = _members(context.model, tuple(fields))
    key = (context.model.id, "join", holding, members)
    joined = context.cache.get_or_make(key, lambda: _join(context, holding, members), _size)
    return replace(context, model=joined.model), joined


def _members(model: Model, fields: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The tables that hold the fields, and all on the way between them, each linked to one before it if any is."""
    links = model.links
    ordered = sorted(fields, key=lambda name: len(FieldValues(model, name).holders))
    holding = [FieldValues(model, ordered[0]).holders[0]]
    members = list(holding)
    roots = list(holding)
    for field in ordered[1:]:
        holders = FieldValues(model, field).holders
        if any(table in members for table in holders):
            holding += [table for table in members if table in holders and table not in holding][:1]
            continue
        ways = ((root, table) for root in roots for table in links.reach(root) if table in holders)
        root, nearest = next(ways, (holders[0], holders[0]))
        if root not in roots:
            roots.append(root)
        members += [table for table in (links.path(root, nearest) or [nearest])[::2] if table not in members]
        holding.append(nearest)
    return tuple(holding), tuple(members)


def _join(context: Context, holding: tuple[str, ...], members: tuple[str, ...]) -> Joined:
    model = context.model
    index: dict[str, Index] = {members[0]: np.arange(model.tables[members[0]].rows)}
    for table in members[1:]:
        path = next((path for root in index if (path := model.links.path(root, table)) is not None), None)
        if path is None:
            _cross(context, index, table)
        else:
            _attach(context, index, path[-3], path[-2], table)
    base = " × ".join(members)
    columns = {name: Column(name, _read(model, index, name)) for name in _names(model, members)}
    symbols = {name: field.symbols for name, field in model.fields.items()}
    for table in holding:
        check_stop()
        name, rows = f"$Row {table}", model.tables[table].rows
        codes = np.where(index[table] < 0, rows, index[table]).astype(codes_type(rows))
        symbols[name] = SymbolTable(np.arange(rows, dtype=np.float64))
        columns[name] = Column(name, codes)
    count = len(index[members[0]])
    others = [table for name, table in model.tables.items() if name not in members]
    rows_held = tuple(f"$Row {table}" for table in holding)
    graph = _contracted(model.links, members, base, rows_held)
    return Joined(
        Model([*others, Table(base, count, columns)], symbols, graph),
        base,
        rows_held if len(members) > len(holding) else (),
    )


def _attach(context: Context, index: dict[str, Index], known: str, key: str, table: str) -> None:
    """Full outer join of what is joined so far with `table`, by a key that `known` and `table` hold."""
    model = context.model
    null = model.symbols(key).size
    left = np.append(model.codes(known, key), null)[index[known]].astype(np.int64)
    right = model.codes(table, key).astype(np.int64)
    counts = np.bincount(right, minlength=null + 1)
    counts[null] = 0
    order = ordered([right], len(right))
    starts = np.cumsum(counts) - counts
    lengths = np.maximum(counts[left], 1)
    total = int(lengths.sum()) + len(right)
    context.cancel.check()
    context.cancel.allow(total * (len(index) + 1), f"rows to join {table} by {key}, from many to many")
    check_stop()
    parts = np.repeat(np.arange(len(left)), lengths)
    offsets = np.arange(len(parts)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    check_stop()
    found = counts[left][parts] > 0
    rows = np.full(len(parts), -1, dtype=np.int64)
    rows[found] = order[(starts[left][parts] + offsets)[found]]
    check_stop()
    met = np.zeros(null + 1, dtype=np.bool_)
    met[left] = True
    met[null] = False
    alone = np.flatnonzero(~met[right])
    for name, own in index.items():
        check_stop()
        index[name] = np.concatenate([own[parts], np.full(len(alone), -1, dtype=np.int64)])
    index[table] = np.concatenate([rows, alone])


def _cross(context: Context, index: dict[str, Index], table: str) -> None:
    """Every row so far with every row of a table that nothing links."""
    rows, more = len(next(iter(index.values()))), context.model.tables[table].rows
    context.cancel.check()
    context.cancel.allow(rows * more * (len(index) + 1), f"rows to combine with {table}, which nothing links")
    for name, own in index.items():
        check_stop()
        index[name] = np.repeat(own, more)
    index[table] = np.tile(np.arange(more), rows)


def _names(model: Model, members: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(name for table in members for name in model.tables[table].columns))


def _read(model: Model, index: dict[str, Index], field: str) -> npt.NDArray[np.unsignedinteger]:
    """The codes of a field in the joined rows, from the first member that has the row."""
    null = model.symbols(field).size
    out = np.full(len(next(iter(index.values()))), null, dtype=codes_type(null))
    for table, rows in index.items():
        if field in model.tables[table].columns:
            check_stop()
            read = np.append(model.codes(table, field), null)[rows]
            check_stop()
            out = np.where(out == null, read, out).astype(out.dtype)
    return out


def _contracted(links: LinkGraph, members: Sequence[str], base: str, more: Sequence[str]) -> LinkGraph:
    """The links when the members are one table."""
    edges = dict.fromkeys((base if table in members else table, field) for table, field in links.edges)
    edges.update(dict.fromkeys((base, field) for field in more))
    loose = dict.fromkeys((base if table in members else table, field) for table, field in links.loose)
    return LinkGraph(tuple(edges), tuple(edge for edge in loose if edge not in edges))


def _size(joined: Joined) -> int:
    return sum(column.codes.nbytes for column in joined.model.tables[joined.base].columns.values())
