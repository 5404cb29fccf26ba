"""Making cubes ready for any selections (see `prepared`): which can be, and what of them depends on the data alone."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import cast

import numpy as np
import numpy.typing as npt

from engine.compute.context import Context
from engine.compute.dimension import Dimension
from engine.compute.evaluation import Axis, axis_of
from engine.compute.keyed import adds_up, keyed
from engine.compute.kinds.accumulated import Accumulated
from engine.compute.leaves import EXTREMES, Places, distinct_leaf, plain_leaf
from engine.compute.numbered import lonely_rows, numbered
from engine.compute.panel import Panelled
from engine.compute.plan import Measure, Request, Scope, plan_measure
from engine.compute.prepared import Prepared
from engine.compute.quantities import Quantity
from engine.compute.recall import watched
from engine.compute.scope import Own, route
from engine.compute.virtual import aggrs_in
from engine.errors import ExpressionError
from engine.language.functions import FUNCTIONS
from engine.language.nodes import Aggregate, Node
from engine.language.walk import calls_in, values
from engine.selection.state import Selections


def prepared_cube(
    context: Context,
    dimensions: Sequence[Dimension],
    names: tuple[str, ...],
    texts: tuple[str | ExpressionError, ...],
    scope: Scope,
) -> Prepared | None:
    """The cube made ready for any selections, worked out once; None if it goes the long way. names: of the dimensions.

    Sets that are combined go it: they have rows which nothing in them links as the data do.
    Raises CalculationTooLarge, Aborted, CalculationTimeout.
    """
    if not isinstance(scope.within, Selections):
        return None
    key = (context.model.id, "prepared", scope.state, names, texts, context.locale)
    known = context.cache.get(key)
    if known is None:
        measures, facts = watched(context, lambda: [plan_measure(context, one, dimensions, scope) for one in texts])
        known = (None if facts else _prepare(context, dimensions, measures, scope.within),)
        context.cache.put(key, known, 2_000 if known[0] is None else known[0].nbytes)
    return cast(Prepared | None, known[0])


def _prepare(
    context: Context, dimensions: Sequence[Dimension], measures: Sequence[Measure], records: Selections
) -> Prepared | None:
    requests = {node: request for measure in measures for node, request in measure.requests.items()}
    base = _only_base(measures, list(requests.values()), records)
    if base is None or context.model.links.loose:
        return None
    axes = [dimension.axis for dimension in dimensions]
    if any(one.facts or aggrs_in(one.node) for one in dimensions) or not _reads(context, base, axes):
        return None
    beside = {table for one in requests.values() for table in one.source.beside}
    lonely = _lonely(context, base, axes, beside)
    if lonely is None or any(one.distinct and not _is_readable(context, base, one) for one in requests.values()):
        return None
    keys = [keyed(context, one, lonely) for one in requests.values()]
    if any(
        one is not None and not adds_up(context, request) for one, request in zip(keys, requests.values(), strict=True)
    ):
        return None
    name = tuple(dimension.text for dimension in dimensions)
    rows = numbered(context, base, axes, name) if axes else None
    sums, least = Places(context, base), Places(context, base)
    for request in requests.values():
        if not request.distinct:
            for op, what in request.kind.parts:  # type: ignore[union-attr]
                (least if op in EXTREMES else sums).place(Quantity(op, what, request.arguments[0]))
    nodes = list(requests)
    leaves = [
        distinct_leaf(context, base, request, axes, rows, name)
        if request.distinct
        else plain_leaf(context, request, sums, least, axes, rows)
        for request in requests.values()
    ]
    shown = [measure.node for measure in measures if measure.node is not None]
    return Prepared(
        base,
        axes,
        None
        if rows is None
        else Panelled(context.model.id, base, rows, list(sums.known.values()), _through(context, base, axes)),
        [nodes.index(node) if node in nodes else node for node in shown],
        nodes,
        leaves,
        list(sums.known.values()),
        list(least.known.values()),
        lonely,
        keys,
    )


def _only_base(measures: Sequence[Measure], requests: Sequence[Request], records: Selections) -> str | None:
    """The table that all aggregates run over; None if the measures are not of the plain kind."""
    if not requests:
        return None
    for measure in measures:
        if measure.node is None or measure.depends_on_rows:
            return None
        if not _is_plain(measure.node):
            return None
    plain = all(
        isinstance(one.kind, Accumulated) and (one.kept is None or not one.distinct)
        and one.source.within == records and not one.source.joined and not one.source.aggrs
        for one in requests
    )  # fmt: skip
    bases = {one.source.base for one in requests}
    return bases.pop() if plain and len(bases) == 1 and any(one.kept is None for one in requests) else None


def _is_plain(node: Node) -> bool:
    """Whether it is made of values alone, in the records that are asked for, whichever these are."""
    has_set = any(isinstance(part, Aggregate) and part.set is not None for part in values(node))
    return not has_set and all(FUNCTIONS[call.name].kind == "scalar" for call in calls_in(node))


def _reads(context: Context, base: str, axes: Sequence[Axis]) -> bool:
    return all(a.readable is not None and isinstance(route(context, base, a.readable), Own) for a in axes)


def _through(context: Context, base: str, axes: Sequence[Axis]) -> str | None:
    """The column of the base from which all axes are read."""
    columns = context.model.tables[base].columns
    ways = [route(context, base, axis.readable) for axis in axes if axis.readable is not None]
    codes = [way.codes for way in ways if isinstance(way, Own)]
    loaded = [name for name, column in columns.items() if column.is_loaded]  # as those of the axes are
    return next((name for name in loaded if codes and all(own is columns[name].codes for own in codes)), None)


def _is_readable(context: Context, base: str, request: Request) -> bool:
    return _reads(context, base, [axis_of(context, request.arguments[0])])


def _lonely(
    context: Context, base: str, axes: Sequence[Axis], beside: Set[str]
) -> dict[str, npt.NDArray[np.int32]] | None:
    tables = context.model.tables
    holders = {t for a in axes if a.readable is not None for t in a.readable.holders if not tables[t].is_synthetic}
    holders |= beside
    found = {}
    for table in holders - {base}:
        rows = lonely_rows(context.model, base, table)
        if rows is None:
            return None
        if len(rows):
            found[table] = rows
    return found
