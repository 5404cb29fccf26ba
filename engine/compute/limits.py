"""Dimension limits: which values of a dimension are shown, and which are put together as "Others".

The values of a dimension are ranked by the first measure; those that do not make it become one group, and
everything is worked out again with that group as a value, so that averages and distinct counts of the others are
right. A limit looks at its dimension alone, whatever dimensions stand before it.
"""

from __future__ import annotations

import hashlib
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.compute.aggregate import aggregate, evaluate_scalar
from engine.compute.columns import STOPPING, DimensionColumn
from engine.compute.context import Context
from engine.compute.definitions import Tree, expression_text
from engine.compute.dimension import Dimension
from engine.compute.evaluation import Axis
from engine.data.dual import Bools, Floats
from engine.data.symbols import SymbolTable
from engine.errors import EngineError

Ranks = npt.NDArray[np.int64]

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "OTHER_GE_LIMIT": operator.ge,
    "OTHER_GT_LIMIT": operator.gt,
    "OTHER_LE_LIMIT": operator.le,
    "OTHER_LT_LIMIT": operator.lt,
}


@dataclass(frozen=True)
class Limited:
    """A dimension as it is grouped by. others: the code of the group of others; NULL's code is one more then."""

    dimension: Dimension
    others: int | None = None

    def ranks(self, ranks: Ranks) -> Ranks:
        """Places of codes in the order of rows, where the others come behind all values and before NULL."""
        if self.others is None:
            return ranks
        return np.append(ranks, ranks[-1] + 1)


def limit_dimensions(context: Context, columns: Sequence[DimensionColumn], measure: str, state: str) -> list[Limited]:
    """The columns' dimensions with their limits applied; `measure` is the expression values are ranked by."""
    return [_limited(context, column, measure, state) for column in columns]


def _limited(context: Context, column: DimensionColumn, measure: str, state: str) -> Limited:
    bound = column.dimension
    spec = column.definition["qOtherTotalSpec"]
    choose = _MODES.get(spec["qOtherMode"])
    referenced = expression_text(spec["qReferencedExpression"]).removeprefix("=") or measure
    if choose is None or not referenced.strip():
        return Limited(bound)
    groups = aggregate(context, [bound], [referenced], state=state, suppress_null=[False])
    if groups.errors[0] is not None:
        return Limited(bound)
    codes, numbers = groups.keys[:, 0], groups.measures[0].numbers
    order = _ranked(spec, codes, numbers)
    kept = choose(_Ranking(context, spec, state, numbers[order], groups.totals[0].number))
    others = codes[order][~kept]
    return Limited(_with_others(context, bound, others), bound.symbols.size) if len(others) else Limited(bound)


@dataclass(frozen=True)
class _Ranking:
    """Values of the measure, the most important first, and the total over all of them."""

    context: Context
    spec: Tree
    state: str
    numbers: Floats
    total: float | None

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


def _ranked(spec: Tree, codes: npt.NDArray[np.int32], numbers: Floats) -> npt.NDArray[np.intp]:
    sign = {"OTHER_SORT_ASCENDING": 1, "OTHER_SORT_DESCENDING": -1}.get(spec["qOtherSortMode"], -1)
    keys: list[Any] = [codes, sign * numbers]
    return np.lexsort(keys)


def _counted(ranking: _Ranking) -> Bools:
    """The first n; with a negative n the last ones."""
    count, limit = len(ranking.numbers), int(ranking.limit("qOtherCounted"))
    places = np.arange(count)
    return places < limit if limit >= 0 else places >= count + limit


def _by_value(ranking: _Ranking) -> Bools:
    return _compared(ranking, ranking.numbers, ranking.limit("qOtherLimit"))


def _by_share(ranking: _Ranking) -> Bools:
    limit = ranking.limit("qOtherLimit") * (np.nansum(ranking.numbers) if ranking.total is None else ranking.total)
    return _compared(ranking, ranking.numbers, limit)


def _compared(ranking: _Ranking, numbers: Floats, limit: float) -> Bools:
    compare = _COMPARE.get(ranking.spec["qOtherLimitMode"], operator.gt)
    return np.asarray(compare(numbers, limit), dtype=np.bool_)


def _up_to_sum(ranking: _Ranking) -> Bools:
    return _accumulated(ranking, ranking.limit("qOtherLimit"))


def _up_to_share(ranking: _Ranking) -> Bools:
    return _accumulated(ranking, ranking.limit("qOtherLimit") * float(np.nansum(ranking.numbers)))


def _accumulated(ranking: _Ranking, target: float) -> Bools:
    """Values until their sum reaches the target."""
    before = np.cumsum(np.nan_to_num(ranking.numbers)) - np.nan_to_num(ranking.numbers)
    return (before < target) & ~np.isnan(ranking.numbers)


_MODES: dict[str, Callable[[_Ranking], Bools]] = {
    "OTHER_COUNTED": _counted,
    "OTHER_ABS_LIMITED": _by_value,
    "OTHER_REL_LIMITED": _by_share,
    "OTHER_ABS_ACC_TARGET": _up_to_sum,
    "OTHER_REL_ACC_TARGET": _up_to_share,
}


def _with_others(context: Context, bound: Dimension, others: npt.NDArray[np.int32]) -> Dimension:
    """The dimension with some of its codes put together: code `size` is the others, `size + 1` NULL.

    Its text says which, as results are remembered by the texts of dimensions.
    """
    symbols = bound.symbols
    texts = np.full(symbols.size, None, dtype=object) if symbols.own_texts is None else symbols.own_texts
    grown = SymbolTable(
        np.append(symbols.numbers, np.nan), np.append(texts, ["Others"]), symbols.format, symbols.locale
    )
    regrouped = np.arange(symbols.size + 1, dtype=np.int32)
    regrouped[-1] = grown.size
    regrouped[others] = symbols.size
    axis = bound.axis
    map = regrouped if axis.map is None else regrouped[axis.map]
    text = f"{bound.text} without {hashlib.blake2b(np.sort(others).tobytes(), digest_size=16).hexdigest()}"
    return replace(bound, text=text, axis=Axis(axis.readable, map, grown), field=None)
