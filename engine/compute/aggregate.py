"""Aggregation: measures by dimensions under the selections of a session.

The way of a request: measures are read and bound (`plan`), aggregates over the same table under the
same selections are computed together (`bundle`, `grouping`), the rows of the cube are found
(`universe`), and each measure's expression is evaluated over its aggregates, row by row of the cube.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import cast

import numpy as np
import numpy.typing as npt

from engine.compute.bundle import Bundle, result_without_rows
from engine.compute.context import Context
from engine.compute.dimension import Dimension, dimension_of
from engine.compute.evaluation import Axis, is_same, rebound
from engine.compute.frames import Frame, straight
from engine.compute.grouping import Accumulator, group
from engine.compute.groups import Groups, Later
from engine.compute.interrecord import evaluate_rows
from engine.compute.join import join
from engine.compute.keys import Keys, merge, places
from engine.compute.plan import Measure, Request, Scope, Source, plan_measure
from engine.compute.prepared import Prepared
from engine.compute.preparing import prepared_cube
from engine.compute.reading import expanded, with_columns
from engine.compute.recall import recall
from engine.compute.sets import records_of
from engine.compute.synthetic import with_lists
from engine.compute.universe import universe
from engine.compute.virtual import (
    TABLE,
    Island,
    Virtual,
    Virtuals,
    beside_rows,
    island,
    name_of,
    order_of,
)
from engine.compute.windows import taken
from engine.data.dual import NULL, Bools, Dual, Floats, Vector
from engine.data.formats import format_number
from engine.errors import ExpressionError
from engine.language.evaluate import evaluate
from engine.language.nodes import Aggr, AggrDimension, Field, Node
from engine.language.parser import parse
from engine.language.printer import print_expression
from engine.language.values import numbers, truth
from engine.machine.operations import Op
from engine.selection.records import EVERYTHING, Records
from engine.stopping import stopped_by


def aggregate(
    context: Context,
    dimensions: Sequence[Dimension],
    expressions: Sequence[str],
    *,
    state: str = "$",
    suppress_null: Sequence[bool] = (),
    within: Records | None = None,
    columns: Sequence[str] = (),
) -> Groups:
    """Evaluate measures by dimensions. An error in a measure is its own; the others are computed.

    suppress_null: for each dimension, whether rows without a value of it are left out. Without
    dimensions there is exactly one row. within: the records that count, if they are others than those of the state.
    columns: the measures that Column(n) stands for.
    Raises Aborted, CalculationTimeout, CalculationTooLarge.
    """
    records = context.selections(state) if within is None else within
    with stopped_by(context.cancel.check):
        texts: tuple[str | ExpressionError, ...] = tuple(expressions)
        if not _is_final(texts):
            texts = tuple([_expanded(context, text, state, columns) for text in expressions])
            grown = with_lists(context, [text for text in texts if isinstance(text, str)])
            if grown is not context:
                context, dimensions = grown, [replace(one, axis=rebound(grown, one.axis)) for one in dimensions]
        names = tuple([dimension.text for dimension in dimensions])
        scope = Scope(state, records, value_of, _search)
        prepared = prepared_cube(context, dimensions, names, texts, scope)
        if prepared is not None and prepared.is_exact(context, records):
            return _groups_of(context, prepared, state, records, tuple(suppress_null), habitual=within is None)
        key = (context.model.id, "groups", state, records.key(), names, texts, tuple(suppress_null), context.locale)

        def make() -> Groups:
            for dimension in dimensions:
                context.seen.update(dimension.facts)
            return _Aggregation(context, dimensions, texts, scope).groups(suppress_null)

        return recall(context, key, make, lambda made: made.nbytes)


def _groups_of(
    context: Context,
    prepared: Prepared,
    state: str,
    records: Records,
    suppress_null: tuple[bool, ...],
    *,
    habitual: bool,
) -> Groups:
    """A prepared cube under some records, noted among those that the session asks for if it is `habitual`."""
    key = (context.model.id, "groups", records.key(), prepared, suppress_null)
    habit = context.habits[state] if habitual else None
    make = partial(prepared.under, context, records, suppress_null, habit)
    found = context.cache.get_or_make(key, make, lambda made: made.nbytes)
    if habit is not None and prepared.panelled is not None:
        habit.note(records.key(), prepared.panelled)
    return found


@lru_cache(maxsize=4096)
def _is_final(texts: tuple[str, ...]) -> bool:
    """Whether nothing in these expressions can be expanded, nor asks for lists of values."""
    return not any("$(" in text or "column" in text.lower() or "valuel" in text.lower() for text in texts)


def evaluate_scalar(context: Context, text: str, state: str = "$") -> Dual:
    """The value of an expression without dimensions, such as '=Sum(x)'. Raises ExpressionError.

    A number that has a format (a date) comes with the text it is shown by.
    """
    groups = aggregate(context, (), (text,), state=state)
    if groups.errors[0] is not None:
        raise groups.errors[0]
    value, format = groups.total(0), groups.measure(0).format
    if value.number is None or value.text is not None or format is None:
        return value
    return Dual(value.number, format_number(value.number, format, context.locale))


def expand_expression(context: Context, text: str, state: str = "$") -> str:
    """The text with its dollar-sign expansions replaced. Raises ExpressionError."""
    return expanded(context, text, state, value_of)


def virtual_of(context: Context, node: Aggr, state: str) -> Virtual:
    """What an Aggr(), whose names are settled, gives. Raises ExpressionError."""
    scope = Scope(state, context.selections(state), value_of, _search)
    return _Aggregation(context, (), (), scope).virtual(node)


MOST_LEVELS = 20
"""How deeply expressions may need the values of others: expansions, variables, searches in sets."""


def deeper(context: Context) -> Context:
    """The context of an expression that is worked out for another one. Raises ExpressionError when it goes too deep."""
    if context.depth >= MOST_LEVELS:
        raise ExpressionError(f"The expression leads to others more than {MOST_LEVELS} levels deep.")
    return replace(context, depth=context.depth + 1)


def _expanded(context: Context, text: str, state: str, columns: Sequence[str]) -> str | ExpressionError:
    try:
        found = expanded(context, text, state, value_of)
        if "column" not in found.lower():
            return found
        return with_columns(found, [expanded(context, column, state, value_of) for column in columns])
    except ExpressionError as error:
        return error


def value_of(context: Context, text: str, state: str) -> Vector:
    """An expression's value without dimensions: [1]. Raises ExpressionError."""
    groups = aggregate(deeper(context), (), (text,), state=state)
    if groups.errors[0] is not None:
        raise groups.errors[0]
    return groups.measure(0)


def _search(context: Context, name: str, text: str, records: Records) -> Bools:
    """The values of a field, or of a calculated dimension, for which an expression is true."""
    node = Field(name) if name in context.model.fields else parse(name)
    dimension = dimension_of(context, name, node)
    groups = aggregate(deeper(context), [dimension], [text], suppress_null=[True], within=records)
    if groups.errors[0] is not None:
        raise groups.errors[0]
    found = np.zeros(dimension.symbols.size, dtype=np.bool_)
    found[groups.keys[truth(groups.measure(0), context.locale), 0]] = True
    return found


class _Aggregation:
    def __init__(
        self,
        context: Context,
        dimensions: Sequence[Dimension],
        expressions: Sequence[str | Node | ExpressionError],
        scope: Scope,
    ) -> None:
        self._context = context
        self._scope = scope
        self._dimensions = dimensions
        self._axes = [dimension.axis for dimension in dimensions]
        self._measures = [plan_measure(context, given, dimensions, scope) for given in expressions]
        self._states = context.rows_of(scope.within)
        requests = dict.fromkeys(r for measure in self._measures for r in measure.requests.values())
        shared: dict[Source, list[Request]] = defaultdict(list)
        for request in requests:
            if request.source.has_rows:
                shared[request.source].append(request)
        self._bundles: dict[Source, Bundle] = {}
        self._errors: dict[Source, ExpressionError] = {}
        for source, own in shared.items():
            try:
                self._bundles[source] = self._bundle(source, own)
            except ExpressionError as error:
                self._errors[source] = error
        self._asked = requests

    # -- where rows come from

    def _bundle(self, source: Source, requests: Sequence[Request]) -> Bundle:
        context, base, axes = self._context, source.base, self._axes
        virtuals = {name_of(node): self.virtual(node) for node in source.aggrs}
        row_fields: tuple[str, ...] = ()
        if source.joined:
            context, joined = join(context, source.joined)
            base, row_fields = joined.base, joined.row_fields
            axes = [rebound(context, axis) for axis in axes]
            virtuals = {
                name: replace(one, axes=[rebound(context, axis) for axis in one.axes]) for name, one in virtuals.items()
            }
        if base is None:
            found = self._island(source, virtuals)
            states = found.context.rows_of(EVERYTHING)
            return Bundle(found.context, TABLE, source.within, found.axes, requests, found.row_fields, states)
        states = context.rows_of(source.within)
        if virtuals:
            context = beside_rows(context, base, virtuals)
        return Bundle(context, base, source.within, axes, requests, row_fields, states, source.beside)

    def virtual(self, node: Aggr) -> Virtual:
        """What an Aggr() gives, kept for whoever asks for the same."""
        within = records_of(self._context, node.set, self._scope.within, self._scope.search)
        key = (self._context.model.id, "aggr", node, self._scope.state, within.key(), self._context.locale)
        return recall(self._context, key, lambda: self._worked_out(node, within), lambda virtual: virtual.nbytes)

    def _worked_out(self, node: Aggr, within: Records) -> Virtual:
        nodes = [entry.dimension for entry in node.dimensions]
        inner = self._inner(nodes, [node.expression], within)
        keys = inner.keys()
        by = partial(self._sorted_by, within)
        keys = keys[order_of(inner._axes, node.dimensions, keys, inner._row_counts, by)]
        values, error = inner._evaluate(inner._measures[0], keys)
        if error is not None:
            raise error
        sets = frozenset((within.key(), *(request.source.within.key() for request in inner._asked)))
        return Virtual(nodes, inner._axes, keys, values, sets)

    def _sorted_by(self, within: Records, entry: AggrDimension) -> Floats:
        """The numbers of the expression that a dimension of Aggr() is sorted by, for each of its values: [size + 1]."""
        inner = self._inner([entry.dimension], [cast(Node, entry.by)], within)
        keys = inner.keys()
        vector, error = inner._evaluate(inner._measures[0], keys)
        if error is not None:
            raise error
        found = np.full(inner._axes[0].symbols.size + 1, np.nan)
        found[keys[:, 0]] = numbers(vector, self._context.locale)
        return found

    def _row_counts(self, axis: Axis) -> npt.NDArray[np.int64]:
        """How many possible rows of the table that holds an axis have each of its values: [size + 1]."""
        found = np.zeros(axis.symbols.size + 1, dtype=np.int64)
        if axis.readable is not None:
            rows = [Accumulator(Op.ROWS)]
            grouped = group(self._context, self._states, axis.readable.holders[0], [axis], rows)
            found[grouped.keys[:, 0]] = grouped.columns[0]
        return found

    def _inner(
        self,
        nodes: Sequence[Node],
        expressions: Sequence[Node],
        within: Records,
        more: Sequence[Dimension] = (),
    ) -> _Aggregation:
        """The calculation by other dimensions, and by some of this one."""
        context = deeper(self._context)
        dimensions = [dimension_of(context, print_expression(node), node) for node in nodes]
        return _Aggregation(context, [*dimensions, *more], expressions, replace(self._scope, within=within))

    def _island(self, source: Source, virtuals: Virtuals) -> Island:
        """The rows that Aggr() calls have together, linked with the dimensions of this calculation."""
        own = {node: axis for one in virtuals.values() for node, axis in zip(one.dimensions, one.axes, strict=True)}
        nodes = list(own)
        linked, more = self._linked(own)
        sizes = [*(axis.symbols.size for axis in own.values()), *(self._axes[p].symbols.size for p in more)]
        further = [self._dimensions[place] for place in more]
        if not more and all(set(one.dimensions) == set(nodes) for one in virtuals.values()):
            parts = [one.keys[:, [one.place_of(node) for node in nodes]] for one in virtuals.values()]
            keys = parts[0] if len(parts) == 1 else merge(np.concatenate(parts), sizes, [], [])[0]
        else:
            expressions = [node.expression for node in source.aggrs]
            within = records_of(self._context, source.aggrs[0].set, self._scope.within, self._scope.search)
            keys = self._inner(nodes, expressions, within, further).keys()
        if any(one.sets != {source.within.key()} for one in virtuals.values()):
            keys = keys[places(keys, self._inner(nodes, [], source.within, further).keys(), sizes) >= 0]
        return island(self._context, keys, nodes, list(own.values()), linked, self._axes, virtuals)

    def _linked(self, own: Mapping[Node, Axis]) -> tuple[dict[int, int], list[int]]:
        """Which dimensions of this calculation are linked with those of Aggr() calls.

        For the place of each the column of its codes: those that are dimensions of Aggr(), too, have theirs, the
        others stand behind them. Also the places of the others.
        """
        component_of = self._context.model.links.component_of
        reached = {component_of.get(a.readable.holders[0]) for a in own.values() if a.readable is not None}
        linked: dict[int, int] = {}
        more: list[int] = []
        for place, axis in enumerate(self._axes):
            same = [at for at, one in enumerate(own.values()) if is_same(one, axis)]
            if same:
                linked[place] = same[0]
            elif axis.readable is not None and component_of.get(axis.readable.holders[0]) in reached:
                linked[place] = len(own) + len(more)
                more.append(place)
        return linked, more

    # -- values

    def keys(self) -> Keys:
        """The rows: codes of the dimensions [rows, dimensions]."""
        return self._keys(())

    def groups(self, suppress_null: Sequence[bool]) -> Groups:
        keys = self._keys(suppress_null)
        measures, totals, errors = [], [], []
        later: dict[int, Later] = {}
        nothing = np.zeros((1, len(self._axes)), dtype=np.int64)
        for at, measure in enumerate(self._measures):
            self._context.cancel.check()
            total = NULL
            if measure.depends_on_rows:
                values, error = Vector(np.full(len(keys), np.nan)), self._evaluate(measure, keys[:0])[1]
                try:
                    if error is None:
                        later[at] = self._later(measure, keys, nothing)
                except ExpressionError as found:
                    error = found
            else:
                values, error = self._evaluate(measure, keys)
                if error is None:
                    total = self._evaluate(measure, nothing, by_dimensions=False)[0].dual(0)
            measures.append(values)
            totals.append(total)
            errors.append(error)
        return Groups(keys.astype(np.int32), measures, totals, errors, later)

    def _frame(self, keys: Keys) -> Frame:
        """The rows in the order of their keys."""
        return straight(keys, range(len(self._axes)))

    def _later(self, measure: Measure, keys: Keys, nothing: Keys) -> Later:
        return Later(
            cast(Node, measure.node),
            {leaf: self._spread(request, keys, by_dimensions=True) for leaf, request in measure.requests.items()},
            {leaf: self._spread(request, nothing, by_dimensions=False) for leaf, request in measure.requests.items()},
            self._context.locale,
            self._context.facts,
        )

    def _keys(self, suppress_null: Sequence[bool]) -> Keys:
        if not self._axes:
            return np.zeros((1, 0), dtype=np.int64)
        shaping = dict.fromkeys(
            self._bundles[r.source] for r in self._asked if r.source in self._bundles and r.kept is None
        )
        keys = universe(self._context, self._states, self._axes, list(shaping))
        for place, (axis, suppressed) in enumerate(zip(self._axes, suppress_null, strict=False)):
            if suppressed:
                keys = keys[keys[:, place] < axis.symbols.size]
        return keys

    def _evaluate(
        self, measure: Measure, keys: Keys, frame: Frame | None = None, *, by_dimensions: bool = True
    ) -> tuple[Vector, ExpressionError | None]:
        """A measure's values for the rows of the cube, or for the grand total. frame: the rows, if not as they are."""
        empty = Vector(np.full(len(keys), np.nan))
        if measure.node is None:
            return empty, measure.error

        def resolve(node: Node) -> Vector:
            if node not in measure.requests:
                raise ExpressionError("This cannot be calculated here.", node.start, node.end)
            return self._spread(measure.requests[node], keys, by_dimensions)

        locale, facts = self._context.locale, self._context.facts
        try:
            if measure.depends_on_rows:
                return evaluate_rows(measure.node, frame or self._frame(keys), resolve, locale, facts), None
            return evaluate(measure.node, resolve, len(keys), locale, facts=facts), None
        except ExpressionError as error:
            return empty, error

    def _spread(self, request: Request, keys: npt.NDArray[np.int64], by_dimensions: bool) -> Vector:
        """A request's values at the keys; where its groups lack one, what it gives for no row at all."""
        if request.source in self._errors:
            raise self._errors[request.source]
        if request.source not in self._bundles:
            kept: tuple[int, ...] = ()
            found, values = result_without_rows(self._context, request)
        else:
            bundle = self._bundles[request.source]
            wanted = range(len(self._axes)) if request.kept is None else request.kept
            kept = tuple(place for place in bundle.linked if place in wanted) if by_dimensions else ()
            found, values = bundle.result(request, kept)
        if found is keys:
            return values
        if kept:
            sizes = [self._axes[place].symbols.size for place in kept]
            index = places(keys[:, kept], found, sizes)
        else:
            index = np.full(len(keys), 0 if len(found) else -1)
        return taken(values, index, request.kind.empty)
