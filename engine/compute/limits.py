"""Dimension limits: which values of a dimension are shown, and which are put together as "Others".

The values of a dimension are ranked by a measure; those that do not make it become one group, and everything is
worked out again with that group as a value, so that averages and distinct counts of the others are right.

A limit of an inner dimension looks at the values within each combination of the outer dimensions, unless it is
global (qGlobalOtherGrouping). Where no table reads all these dimensions as one value a row (links from many to
many), the result could mislead: the limit then is left out, or taken globally if the definition says that it should
apply even so (qApplyEvenWhenPossiblyWrongResult, the default).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.compute.aggregate import Groups, aggregate, evaluate_scalar
from engine.compute.bound import NESTED, PSEUDO, Bound
from engine.compute.columns import STOPPING, DimensionColumn
from engine.compute.context import Context
from engine.compute.definitions import Tree, expression_text
from engine.compute.keys import runs
from engine.compute.regroup import Limited, reads_once, tables_of, with_others, with_others_within
from engine.compute.sorting import value_ranks
from engine.data.dual import Bools, Floats, Vector
from engine.data.ordering import ordered
from engine.errors import EngineError

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "OTHER_GE_LIMIT": operator.ge,
    "OTHER_GT_LIMIT": operator.gt,
    "OTHER_LE_LIMIT": operator.le,
    "OTHER_LT_LIMIT": operator.lt,
}


def limit_dimensions(context: Context, bound: Bound) -> list[Limited]:
    """The visible dimensions with their limits applied, in the order of keys of rows."""
    order = [n for n in bound.levels if n != PSEUDO] if bound.mode in NESTED else bound.visible
    found: dict[int, Limited] = {}
    for number in order:
        outer = [found[before] for before in _outside(bound, order, number)]
        found[number] = _Limit(context, bound, bound.dimensions[number]).applied(outer)
    return [found[number] for number in bound.visible]


def _outside(bound: Bound, order: Sequence[int], number: int) -> list[int]:
    """The dimensions outside of one: those before it, on the same side of a pivot table."""
    before = list(order[: order.index(number)])
    if bound.mode != "P":
        return before
    left = bound.levels[: bound.left_levels]
    return [one for one in before if (one in left) == (number in left)]


class _Limit:
    """The limit of one dimension."""

    def __init__(self, context: Context, bound: Bound, column: DimensionColumn) -> None:
        self.context = context
        self.state = bound.state
        self.column = column
        self.spec: Tree = column.definition["qOtherTotalSpec"]
        self.measure = referenced_measure(bound, self.spec)

    def applied(self, outer: Sequence[Limited]) -> Limited:
        dimension = self.column.dimension
        choose = _MODES.get(self.spec["qOtherMode"])
        if choose is None or not self.measure.strip():
            return Limited(dimension)
        base = self._common_table(outer)
        if base is None and not self.spec["qApplyEvenWhenPossiblyWrongResult"]:
            return Limited(dimension)
        is_global = base is None or not outer or bool(self.spec.get("qGlobalOtherGrouping"))
        within = [] if is_global else [one.dimension for one in outer]
        groups = aggregate(
            self.context, [*within, dimension], [self.measure], state=self.state,
            suppress_null=[*(False for _ in within), bool(self.column.definition.get("qNullSuppression"))],
        )  # fmt: skip
        if groups.errors[0] is not None:
            return Limited(dimension)
        kept = self._kept(groups, choose)
        others = groups.keys[~kept]
        if not len(others):
            return Limited(dimension)
        if base is None or not within:
            return with_others(dimension, others[:, -1])
        return with_others_within(self.context, within, dimension, others, base)

    def _common_table(self, outer: Sequence[Limited]) -> str | None:
        """The longest table whose rows read the dimension and those outside of it as one value each."""
        axes = [self.column.dimension.axis, *(one.dimension.axis for one in outer)]
        holders = tables_of([axis.readable for axis in axes if axis.readable is not None])
        tables = self.context.model.tables
        reading = [name for name in holders if all(reads_once(self.context, name, axis) for axis in axes)]
        return max(reading, key=lambda name: tables[name].rows, default=None)

    def _kept(self, groups: Groups, choose: Callable[[_Ranking], Bools]) -> Bools:
        """Which groups are shown; each combination of outer values is ranked by itself."""
        outer = groups.keys[:, :-1]
        order = ordered([*outer.T, *reversed(self._ranks(groups))], len(groups.keys))
        begins, ends = runs(outer[order])
        kept = np.zeros(len(order), dtype=np.bool_)
        total = groups.total(0).number if len(begins) == 1 else None
        vector = groups.measure(0).take(order)
        for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
            self.context.cancel.check()
            kept[order[begin:end]] = choose(self._ranking(vector, slice(begin, end), total))
        return kept

    def _ranks(self, groups: Groups) -> list[npt.NDArray[Any]]:
        """Sort keys of groups, the least important first."""
        codes, numbers = groups.keys[:, -1], groups.measure(0).numbers
        mode = self.spec["qOtherSortMode"]
        if mode == "OTHER_SORT_DEFAULT":
            return [value_ranks(self.context, self.column, self.state, codes)[codes]]
        return [codes, numbers if mode == "OTHER_SORT_ASCENDING" else -numbers]

    def _ranking(self, vector: Vector, rows: slice, total: float | None) -> _Ranking:
        texts = np.zeros(rows.stop - rows.start, dtype=np.bool_)
        if self.spec["qForceBadValueKeeping"] and vector.texts is not None:
            texts = np.isnan(vector.numbers[rows]) & ~vector.is_null[rows]
        return _Ranking(self.spec, self.limit, vector.numbers[rows], texts, total)

    def limit(self, name: str) -> float:
        """A limit as a number; 0 where it is none."""
        text = expression_text(self.spec[name])
        try:
            found = evaluate_scalar(self.context, text, self.state).number
        except STOPPING:
            raise
        except EngineError:
            found = None
        return found if found is not None and np.isfinite(found) else 0.0


def referenced_measure(bound: Bound, spec: Tree) -> str:
    """The expression that values are ranked by: the one named by text, label or number, or else the first measure."""
    named = expression_text(spec["qReferencedExpression"]).strip()
    if not named:
        return bound.leading_measure
    bare = named.removeprefix("=").strip()
    for column in bound.measures:
        if bare in (expression_text(column.definition["qDef"].get("qLabel")), column.text):
            return column.text
    return bare


@dataclass(frozen=True)
class _Ranking:
    """Values of the measure, the most important first; `texts` marks those that are texts; the total over all."""

    spec: Tree
    limit: Callable[[str], float]
    numbers: Floats
    texts: Bools
    total: float | None


def _counted(ranking: _Ranking) -> Bools:
    """The first n; with a negative n the last ones."""
    count, limit = len(ranking.numbers), int(ranking.limit("qOtherCounted"))
    places = np.arange(count)
    return places < limit if limit >= 0 else places >= count + limit


def _by_value(ranking: _Ranking) -> Bools:
    return _compared(ranking, ranking.limit("qOtherLimit"))


def _by_share(ranking: _Ranking) -> Bools:
    total = np.nansum(ranking.numbers) if ranking.total is None else ranking.total
    return _compared(ranking, ranking.limit("qOtherLimit") * total)


def _compared(ranking: _Ranking, limit: float) -> Bools:
    compare = _COMPARE.get(ranking.spec["qOtherLimitMode"], operator.gt)
    return np.asarray(compare(ranking.numbers, limit), dtype=np.bool_) | ranking.texts


def _up_to_sum(ranking: _Ranking) -> Bools:
    return _accumulated(ranking, ranking.limit("qOtherLimit"))


def _up_to_share(ranking: _Ranking) -> Bools:
    return _accumulated(ranking, ranking.limit("qOtherLimit") * float(np.nansum(ranking.numbers)))


def _accumulated(ranking: _Ranking, target: float) -> Bools:
    """Values until their sum reaches (>=) or passes (>) the target, or as long as it stays below (<) or at (<=) it."""
    known = np.nan_to_num(ranking.numbers)
    after = np.cumsum(known)
    before = after - known
    reached = {
        "OTHER_GE_LIMIT": before < target,
        "OTHER_GT_LIMIT": before <= target,
        "OTHER_LE_LIMIT": after <= target,
        "OTHER_LT_LIMIT": after < target,
    }.get(ranking.spec["qOtherLimitMode"], before < target)
    return (reached & ~np.isnan(ranking.numbers)) | ranking.texts


_MODES: dict[str, Callable[[_Ranking], Bools]] = {
    "OTHER_COUNTED": _counted,
    "OTHER_ABS_LIMITED": _by_value,
    "OTHER_REL_LIMITED": _by_share,
    "OTHER_ABS_ACC_TARGET": _up_to_sum,
    "OTHER_REL_ACC_TARGET": _up_to_share,
}
