"""Aggregation: measures by dimensions under the selections of a session.

The way of a request: measures are read and bound (`plan`), aggregates over the same table under the
same selections are computed together (`bundle`, `grouping`), the rows of the cube are found
(`universe`), and each measure's expression is evaluated over its aggregates, row by row of the cube.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from engine.compute.bundle import Bundle, result_without_rows
from engine.compute.context import Context
from engine.compute.dimension import Dimension, dimension_of
from engine.compute.evaluation import rebound
from engine.compute.join import join
from engine.compute.keys import places
from engine.compute.plan import Measure, Request, Scope, Source, plan_measure
from engine.compute.reading import expanded, note_moment
from engine.compute.recall import recall
from engine.compute.universe import universe
from engine.data.dual import Bools, Dual, Vector
from engine.data.formats import format_number
from engine.errors import ExpressionError
from engine.language.evaluate import evaluate
from engine.language.nodes import Field, Node
from engine.language.parser import parse
from engine.language.values import truth
from engine.machine.stopping import stopped_by
from engine.selection.records import Records


@dataclass(frozen=True, eq=False)
class Groups:
    """An evaluated cube, in the order of its keys.

    keys: int32 [rows, dimensions], codes of the dimensions' symbols; NULL is their size.
    measures: a Vector [rows] each. totals: each measure over all possible rows, without dimensions.
    errors: what is wrong with a measure (its values are NULL then), or None.
    """

    keys: npt.NDArray[np.int32]
    measures: list[Vector]
    totals: list[Dual]
    errors: list[ExpressionError | None]


def aggregate(
    context: Context,
    dimensions: Sequence[Dimension],
    expressions: Sequence[str],
    *,
    state: str = "$",
    suppress_null: Sequence[bool] = (),
    within: Records | None = None,
) -> Groups:
    """Evaluate measures by dimensions. An error in a measure is its own; the others are computed.

    suppress_null: for each dimension, whether rows without a value of it are left out. Without
    dimensions there is exactly one row. within: the records that count, if they are others than those of the state.
    Raises Aborted, CalculationTimeout, CalculationTooLarge.
    """
    records = context.selections(state) if within is None else within
    with stopped_by(context.cancel.check):
        texts = [_expanded(context, text, state) for text in expressions]
        key = (
            context.model.id,
            "groups",
            state,
            records.key(),
            tuple(dimension.text for dimension in dimensions),
            tuple(texts),
            tuple(suppress_null),
            context.locale,
        )
        scope = Scope(state, records, value_of, _search)

        def make() -> Groups:
            for dimension in dimensions:
                note_moment(context, dimension.node)
            return _Aggregation(context, dimensions, texts, scope).groups(suppress_null)

        return recall(context, key, make, _size)


def evaluate_scalar(context: Context, text: str, state: str = "$") -> Dual:
    """The value of an expression without dimensions, such as '=Sum(x)'. Raises ExpressionError.

    A number that has a format (a date) comes with the text it is shown by.
    """
    groups = aggregate(context, (), (text,), state=state)
    if groups.errors[0] is not None:
        raise groups.errors[0]
    value, format = groups.totals[0], groups.measures[0].format
    if value.number is None or value.text is not None or format is None:
        return value
    return Dual(value.number, format_number(value.number, format, context.locale))


def expand_expression(context: Context, text: str, state: str = "$") -> str:
    """The text with its dollar-sign expansions replaced. Raises ExpressionError."""
    return expanded(context, text, state, value_of)


MOST_LEVELS = 20
"""How deeply expressions may need the values of others: expansions, variables, searches in sets."""


def _deeper(context: Context) -> Context:
    if context.depth >= MOST_LEVELS:
        raise ExpressionError(f"The expression leads to others more than {MOST_LEVELS} levels deep.")
    return replace(context, depth=context.depth + 1)


def _expanded(context: Context, text: str, state: str) -> str | ExpressionError:
    try:
        return expanded(context, text, state, value_of)
    except ExpressionError as error:
        return error


def value_of(context: Context, text: str, state: str) -> Vector:
    """An expression's value without dimensions: [1]. Raises ExpressionError."""
    groups = aggregate(_deeper(context), (), (text,), state=state)
    if groups.errors[0] is not None:
        raise groups.errors[0]
    return groups.measures[0]


def _search(context: Context, name: str, text: str, records: Records) -> Bools:
    """The values of a field, or of a calculated dimension, for which an expression is true."""
    node = Field(name) if name in context.model.fields else parse(name)
    dimension = dimension_of(context, name, node)
    groups = aggregate(_deeper(context), [dimension], [text], suppress_null=[True], within=records)
    if groups.errors[0] is not None:
        raise groups.errors[0]
    found = np.zeros(dimension.symbols.size, dtype=np.bool_)
    found[groups.keys[truth(groups.measures[0], context.locale), 0]] = True
    return found


class _Aggregation:
    def __init__(
        self,
        context: Context,
        dimensions: Sequence[Dimension],
        expressions: Sequence[str | ExpressionError],
        scope: Scope,
    ) -> None:
        self._context = context
        self._axes = [dimension.axis for dimension in dimensions]
        self._measures = [
            Measure(None, {}, text)
            if isinstance(text, ExpressionError)
            else plan_measure(context, text, dimensions, scope)
            for text in expressions
        ]
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

    def _bundle(self, source: Source, requests: Sequence[Request]) -> Bundle:
        if source.base is not None:
            return Bundle(self._context, source.base, source.within, self._axes, requests)
        context, joined = join(self._context, source.joined)
        axes = [rebound(context, axis) for axis in self._axes]
        return Bundle(context, joined.base, source.within, axes, requests, joined.row_fields)

    def groups(self, suppress_null: Sequence[bool]) -> Groups:
        keys = self._keys(suppress_null)
        measures, totals, errors = [], [], []
        nothing = np.zeros((1, len(self._axes)), dtype=np.int64)
        for measure in self._measures:
            self._context.cancel.check()
            values, error = self._evaluate(measure, keys, by_dimensions=True)
            total, _ = self._evaluate(measure, nothing, by_dimensions=False)
            measures.append(values)
            totals.append(total.dual(0))
            errors.append(error)
        return Groups(keys.astype(np.int32), measures, totals, errors)

    def _keys(self, suppress_null: Sequence[bool]) -> npt.NDArray[np.int64]:
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
        self, measure: Measure, keys: npt.NDArray[np.int64], *, by_dimensions: bool
    ) -> tuple[Vector, ExpressionError | None]:
        """A measure's values for the rows of the cube, or for the grand total."""
        empty = Vector(np.full(len(keys), np.nan))
        if measure.node is None:
            return empty, measure.error

        def resolve(node: Node) -> Vector:
            if node not in measure.requests:
                raise ExpressionError("This cannot be calculated here.", node.start, node.end)
            return self._spread(measure.requests[node], keys, by_dimensions)

        try:
            return evaluate(measure.node, resolve, len(keys), self._context.locale, facts=self._context.facts), None
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
        texts = None if values.texts is None else np.append(values.texts, [None])
        return Vector(np.append(values.numbers, request.kind.empty), texts, values.format).take(index)


def _size(groups: Groups) -> int:
    texts = sum(0 if vector.texts is None else len(vector) * 64 for vector in groups.measures)
    return groups.keys.nbytes + sum(len(vector) * 8 for vector in groups.measures) + texts + 1_000
