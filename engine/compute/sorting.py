"""The order of rows and values: sort criteria as rank arrays, columns by priority, no loop over rows.

The criteria of one column apply in this order, each one deciding what the former ones left equal: state,
greyness, expression, frequency, number, text, load order. NULL comes last, whatever the direction; in numeric
order values without a number come behind those with one. What is left equal keeps the load order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.compute.aggregate import aggregate
from engine.compute.cells import OTHERS, TOTAL
from engine.compute.columns import DimensionColumn, value_frequencies, value_states
from engine.compute.context import Context
from engine.compute.definitions import Tree, expression_text
from engine.compute.dimension import Dimension
from engine.compute.keys import present_codes
from engine.compute.regroup import Limited
from engine.data.collation import collation_groups
from engine.data.dual import Floats, Vector
from engine.data.formats import format_vector
from engine.data.ordering import ordered
from engine.errors import ExpressionError
from engine.selection.state import State

Ranks = npt.NDArray[np.int64]
Index = npt.NDArray[np.integer]
SortKey = Floats | Ranks
"""What rows are ordered by: one number a row, NaN last."""

DEFAULT_CRITERIA: Tree = {"qSortByAscii": 1}
"""What counts where a definition states no criteria at all."""

_STATE_GROUP = np.zeros(len(State), dtype=np.int64)
_STATE_GROUP[[State.OPTIONAL, State.DESELECTED]] = 1
_STATE_GROUP[State.ALTERNATIVE] = 2
_STATE_GROUP[[State.EXCLUDED, State.SELECTED_EXCLUDED, State.LOCKED_EXCLUDED]] = 3
"""State order: selected, optional, alternative, excluded."""


def direction(criteria: Tree, name: str, *, reverse: bool = False) -> int:
    """1 ascending, -1 descending, 0 not sorted by this."""
    given = criteria.get(name) or 0
    sign = (given > 0) - (given < 0) if isinstance(given, int | float) else 0
    return -sign if reverse else sign


_CRITERIA = (
    "qSortByState",
    "qSortByGreyness",
    "qSortByExpression",
    "qSortByFrequency",
    "qSortByNumeric",
    "qSortByAscii",
    "qSortByLoadOrder",
)


def indicator(criteria: Tree | None, *, reverse: bool) -> str:
    """QIX's qSortIndicator: the direction of the first criterion that is in use."""
    known = DEFAULT_CRITERIA if criteria is None else criteria
    signs = (direction(known, name, reverse=reverse) for name in _CRITERIA)
    return {1: "A", -1: "D"}.get(next((sign for sign in signs if sign), 0), "N")


def value_ranks(context: Context, column: DimensionColumn, state: str, codes: Index) -> Ranks:
    """For each code of the dimension (NULL's last: [size + 1]) its place in the column's order.

    Only the codes given are ordered; the others have rank 0.
    """
    bound = column.dimension
    symbols = present_codes(codes, bound.symbols.size)
    criteria = DEFAULT_CRITERIA if column.sort_criteria is None else column.sort_criteria
    reverse = bool(column.definition["qDef"].get("qReverseSort"))
    keys: list[SortKey] = []
    for name in _CRITERIA:
        sign = direction(criteria, name, reverse=reverse)
        if sign:
            keys.append(sign * _KEYS[name](context, bound, state, symbols, criteria))
    order = ordered(keys, len(symbols))
    ranks = np.zeros(bound.symbols.size + 1, dtype=np.int64)
    ranks[symbols[order]] = np.arange(len(symbols))
    ranks[-1] = len(symbols)
    return ranks


def _by_state(context: Context, bound: Dimension, state: str, codes: Ranks, criteria: Tree) -> Ranks:
    return _STATE_GROUP[value_states(context, bound, state)[codes]]


def _by_greyness(context: Context, bound: Dimension, state: str, codes: Ranks, criteria: Tree) -> Ranks:
    return (_by_state(context, bound, state, codes, criteria) > 2).astype(np.int64)


def _by_frequency(context: Context, bound: Dimension, state: str, codes: Ranks, criteria: Tree) -> Ranks:
    return value_frequencies(context, bound, state)[codes]


def _by_number(context: Context, bound: Dimension, state: str, codes: Ranks, criteria: Tree) -> Floats:
    return bound.symbols.numbers[codes]


def _by_text(context: Context, bound: Dimension, state: str, codes: Ranks, criteria: Tree) -> Ranks:
    """Texts that differ in case only share a place: the next criterion decides, or else the load order."""
    return bound.symbols.text_group[codes].astype(np.int64)


def _by_load_order(context: Context, bound: Dimension, state: str, codes: Ranks, criteria: Tree) -> Ranks:
    return codes


def _by_expression(context: Context, bound: Dimension, state: str, codes: Ranks, criteria: Tree) -> Floats:
    text = expression_text(criteria.get("qExpression"))
    if not text.strip():
        return np.zeros(len(codes))
    try:
        groups = aggregate(context, [bound], [text], state=state, suppress_null=[True])
    except ExpressionError:
        return np.zeros(len(codes))
    values = np.full(bound.symbols.size + 1, np.nan)
    if groups.errors[0] is None:
        values[groups.keys[:, 0]] = _sortable(context, groups.measure(0))
    return values[codes]


_KEYS: dict[str, Callable[[Context, Dimension, str, Ranks, Tree], Any]] = {
    "qSortByState": _by_state,
    "qSortByGreyness": _by_greyness,
    "qSortByExpression": _by_expression,
    "qSortByFrequency": _by_frequency,
    "qSortByNumeric": _by_number,
    "qSortByAscii": _by_text,
    "qSortByLoadOrder": _by_load_order,
}


def _sortable(context: Context, vector: Vector) -> Floats:
    """Numbers as they are; texts behind all numbers, by their order."""
    if vector.texts is None:
        return vector.numbers
    texts_only = np.isnan(vector.numbers) & ~vector.is_null
    if not texts_only.any():
        return vector.numbers
    numbers = vector.numbers.copy()
    above = np.nanmax(numbers) if not np.isnan(numbers).all() else 0.0
    numbers[texts_only] = above + 1 + text_ranks(context, vector.take(texts_only))
    return numbers


def text_ranks(context: Context, vector: Vector) -> Ranks:
    """Places of values by shown text, without regard to case; equal texts share a place."""
    texts = format_vector(vector, context.locale)
    known = np.array(["" if text is None else text for text in texts], dtype=object)
    return collation_groups(known, context.locale.collation).astype(np.int64)


def ranked(
    context: Context, column: DimensionColumn, limited: Limited, state: str, codes: Index, *, total: int
) -> Ranks:
    """The place of each code in a dimension's order; others behind all values, totals before all (total -1) or behind
    all (1)."""
    ranks = limited.ranks(value_ranks(context, column, state, codes[codes >= 0]))
    found = ranks[np.maximum(codes, 0)] if len(ranks) else np.zeros(len(codes), dtype=np.int64)
    last = len(ranks) + 1
    return np.select([codes >= 0, codes == TOTAL, codes == OTHERS], [found, total * last, last - 2], 0)


def measure_keys(context: Context, vector: Vector, criteria: Tree, *, reverse: bool) -> list[SortKey]:
    """Sort keys of a measure's values, most important first; empty if nothing sorts by it."""
    keys: list[SortKey] = []
    by_number = direction(criteria, "qSortByNumeric", reverse=reverse)
    by_text = direction(criteria, "qSortByAscii", reverse=reverse)
    if by_number:
        keys.append(by_number * vector.numbers)
    if by_text:
        keys.append(by_text * text_ranks(context, vector))
    return [vector.is_null.astype(np.int64), *keys] if keys else []


def row_order(rows: int, keys: Sequence[SortKey]) -> Index:
    """The rows in order of `keys`, most important first; equal rows keep their place."""
    return ordered(keys, rows)
