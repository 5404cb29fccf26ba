"""Inter-record functions: the values of other rows, places, ranks.

They are worked out over the rows of a chart in their order (a Frame) from the values that the chart's aggregates have
in each row. In the grand total, Top and Bottom look at the whole column; the others are NULL.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from engine.compute.clusters import Clustering, clustered
from engine.compute.frames import Frame, Index, Segments
from engine.compute.seasons import Parts, taken_apart
from engine.compute.windows import Window, over_windows, sliding, taken
from engine.data.dual import Bools, Floats, Objects, Vector
from engine.data.locale import Locale
from engine.data.ordering import ordered
from engine.language.evaluate import evaluate
from engine.language.facts import Facts
from engine.language.functions import FUNCTIONS
from engine.language.nodes import Aggr, Aggregate, Call, Node, Total
from engine.language.registry import Environment
from engine.language.values import numbers, of_numbers
from engine.language.walk import children, with_children
from engine.stopping import AT_ONCE, check_stop

Leaves = Callable[[Node], Vector]
"""The values of an aggregate, or of another leaf of a measure: one a row."""


@dataclass(frozen=True, slots=True)
class Windowed(Node):
    """A range function some of whose arguments are the values of several rows."""

    call: Call


@lru_cache(maxsize=4096)
def depends_on_rows(tree: Node) -> bool:
    """Whether a measure's value in a row depends on other rows, or on the row's place."""
    if isinstance(tree, Aggregate | Aggr):
        return False
    if isinstance(tree, Call) and FUNCTIONS[tree.name].kind == "inter-record":
        return True
    return any(map(depends_on_rows, children(tree)))


@lru_cache(maxsize=4096)
def depends_on_order(tree: Node) -> bool:
    """Whether a measure's value in a row depends on the order of rows, so that rows cannot be sorted by it."""
    if isinstance(tree, Aggregate | Aggr):
        return False
    if isinstance(tree, Call) and (tree.name in _SHIFTS or tree.name in _ORDERED):
        return True
    return any(map(depends_on_order, children(tree)))


@lru_cache(maxsize=4096)
def with_windows(tree: Node) -> Node:
    """The tree with calls over the values of several rows marked as such: those that take any number of values."""
    found = with_children(tree, with_windows)
    if not isinstance(found, Call):
        return found
    function = FUNCTIONS[found.name]
    if function.kind != "scalar" or function.maximum is not None:
        return found
    is_windowed = any(isinstance(a, Call) and a.name in _SHIFTS and len(a.arguments) > 2 for a in found.arguments)
    return Windowed(found, start=found.start, end=found.end) if is_windowed else found


def evaluate_rows(tree: Node, frame: Frame, leaves: Leaves, locale: Locale, facts: Facts) -> Vector:
    """The values of a measure in every cell of a chart: [frame.count]. Raises ExpressionError."""
    return _Rows(frame, leaves, locale, facts).value(with_windows(tree))


def evaluate_total(tree: Node, rows: Frame, of_rows: Leaves, of_total: Leaves, locale: Locale, facts: Facts) -> Vector:
    """The value of a measure in the grand total: [1]. Raises ExpressionError."""
    whole = _Rows(rows, of_rows, locale, facts)

    def resolve(node: Node) -> Vector:
        call = node.call if isinstance(node, Windowed) else node
        if not isinstance(call, Call) or (call is node and FUNCTIONS[call.name].kind != "inter-record"):
            return of_total(node)
        if call.name in ("dimensionality", "secondarydimensionality"):
            return of_numbers([0.0])
        looked_at = [call] if call is node else [a for a in call.arguments if isinstance(a, Call) and a.name in _SHIFTS]
        if not rows.count or any(one.name not in ("top", "bottom") for one in looked_at):
            return of_numbers([np.nan])
        return whole.resolve(_over_all(node)).take(np.zeros(1, dtype=np.int64))

    return evaluate(with_windows(tree), resolve, 1, locale, facts=facts)


def _over_all(node: Node) -> Node:
    """Top and Bottom of the whole column."""
    if isinstance(node, Call) and node.name in ("top", "bottom"):
        return replace(node, total=Total())
    return with_children(node, _over_all)


class _Rows:
    """One measure over the rows of one frame."""

    def __init__(self, frame: Frame, leaves: Leaves, locale: Locale, facts: Facts) -> None:
        self.frame = frame
        self.leaves = leaves
        self.locale = locale
        self.facts = facts

    def value(self, node: Node) -> Vector:
        return evaluate(node, self.resolve, self.frame.count, self.locale, facts=self.facts)

    def number(self, node: Node) -> Floats:
        return numbers(self.value(node), self.locale)

    def resolve(self, node: Node) -> Vector:
        if isinstance(node, Windowed):
            return self._windowed(node.call)
        if not isinstance(node, Call) or FUNCTIONS[node.name].kind != "inter-record":
            return self.leaves(node)
        if node.name in _SHIFTS:
            return self._shifted(node)
        return _OTHERS[node.name](self, node)

    def segments(self, node: Call, *, across: bool = False) -> Segments | None:
        return self.frame.segments(total=node.total is not None, across=across)

    # -- the values of other rows

    def _shifted(self, node: Call) -> Vector:
        values = self.value(node.arguments[0])
        segments = self.segments(node, across=node.name in _ACROSS)
        if segments is None:
            return self.nothing()
        place, is_known = self._place(node, segments)
        return taken(values, np.where(is_known, segments.at(place), -1))

    def _place(self, node: Call, segments: Segments) -> tuple[Index, Bools]:
        """The place of the row that a function looks at, for each row, and whether there is an offset."""
        offset = self.number(node.arguments[1]) if len(node.arguments) > 1 else np.full(self.frame.count, 1.0)
        is_known = np.isfinite(offset)
        return _SHIFTS[node.name](segments.places, segments.sizes, _whole(offset)), is_known

    def window(self, node: Call) -> Window | None:
        """The rows that a function with a count looks at; None where there are no such segments."""
        segments = self.segments(node, across=node.name in _ACROSS)
        if segments is None:
            return None
        place, is_known = self._place(node, segments)
        count = np.where(is_known, _whole(self.number(node.arguments[2])), 0)
        return Window.within(self.value(node.arguments[0]), segments, place, count, _STEPS[node.name])

    def _windowed(self, call: Call) -> Vector:
        """A range function over the values of several rows, and perhaps further values."""
        given: list[Vector | Window | None] = [
            self.window(a) if isinstance(a, Call) and a.name in _SHIFTS and len(a.arguments) > 2 else self.value(a)
            for a in call.arguments
        ]
        if any(one is None for one in given):
            return self.nothing()
        if len(given) == 1 and isinstance(given[0], Window):
            found = sliding(call.name, given[0], self.locale)
            if found is not None:
                return found
        env = Environment(self.locale, self.frame.count, facts=self.facts)
        return over_windows(FUNCTIONS[call.name], env, [one for one in given if one is not None])

    def nothing(self) -> Vector:
        return Vector(np.full(self.frame.count, np.nan))


Shift = Callable[[Index, Index, Index], Index]
"""(place, size of the segment, offset) -> the place looked at."""

_SHIFTS: Mapping[str, Shift] = {
    "above": lambda place, size, offset: place - offset,
    "below": lambda place, size, offset: place + offset,
    "top": lambda place, size, offset: np.where(offset >= 0, offset, size + offset + 1),
    "bottom": lambda place, size, offset: np.where(offset >= 0, size - offset + 1, -offset),
    "before": lambda place, size, offset: place - offset,
    "after": lambda place, size, offset: place + offset,
    "first": lambda place, size, offset: np.where(offset >= 0, offset, size + offset + 1),
    "last": lambda place, size, offset: np.where(offset >= 0, size - offset + 1, -offset),
}
_ORDERED = frozenset({"rowno", "columnno", "stl_trend", "stl_seasonal", "stl_residual"})

_MOST = 2**40


def _whole(numbers: Floats) -> Index:
    """Offsets and counts: without fractions, 0 for NULL, and none so large that adding them overflows."""
    return np.clip(np.nan_to_num(numbers), -_MOST, _MOST).astype(np.int64)


_STEPS = {"above": -1, "below": 1, "top": 1, "bottom": -1, "before": -1, "after": 1, "first": 1, "last": -1}
"""In which direction the further rows of a range lie."""

_ACROSS = frozenset({"before", "after", "first", "last", "columnno", "noofcolumns", "hrank"})


# -- places


def _place(rows: _Rows, node: Call) -> Vector:
    segments = rows.segments(node, across=node.name in _ACROSS)
    return rows.nothing() if segments is None else of_numbers(segments.places.astype(np.float64))


def _size(rows: _Rows, node: Call) -> Vector:
    segments = rows.segments(node, across=node.name in _ACROSS)
    return rows.nothing() if segments is None else of_numbers(segments.sizes.astype(np.float64))


def _dimensionality(rows: _Rows, node: Call) -> Vector:
    return of_numbers(np.full(rows.frame.count, float(len(rows.frame.down))))


def _secondary(rows: _Rows, node: Call) -> Vector:
    return of_numbers(np.full(rows.frame.count, float(len(rows.frame.across))))


def _column(rows: _Rows, node: Call) -> Vector:
    """Where a chart has such a measure, it stood in the place of Column(n) when the expression was read."""
    return rows.nothing()


# -- ranks


def _rank(rows: _Rows, node: Call) -> Vector:
    segments = rows.segments(node, across=node.name in _ACROSS)
    if segments is None:
        return rows.nothing()
    mode, format = (
        rows.number(node.arguments[at]) if len(node.arguments) > at else np.zeros(rows.frame.count) for at in (1, 2)
    )
    values = rows.number(node.arguments[0])
    known = np.flatnonzero(~np.isnan(values))
    order = known[ordered([segments.ids[known], -values[known], segments.places[known]], len(known))]
    check_stop()
    ranks = _Ranks.of(segments.ids[order], values[order])
    check_stop()
    found, texts = np.full(rows.frame.count, np.nan), np.full(rows.frame.count, None, dtype=object)
    found[order] = np.choose(np.clip(np.nan_to_num(mode[order]), 0, 4).astype(np.int64), ranks.modes)
    check_stop()
    texts[order] = ranks.texts(np.clip(np.nan_to_num(format[order]), 0, 2).astype(np.int64), found[order])
    return Vector(found, texts)


@dataclass(frozen=True, eq=False)
class _Ranks:
    """For values in order of segment and rank: the first and the last rank of the values equal to it, its place among
    these, and how many values the segment ranks."""

    low: Index
    high: Index
    place: Index
    size: Index

    @classmethod
    def of(cls, ids: Index, values: Floats) -> _Ranks:
        at = np.arange(len(ids))
        if not len(ids):
            return cls(at, at, at, at)
        begins = np.append(True, ids[1:] != ids[:-1])
        starts = begins | np.append(False, values[1:] != values[:-1])
        of_segment, of_tie = np.cumsum(begins) - 1, np.cumsum(starts) - 1
        first, first_tie = np.flatnonzero(begins), np.flatnonzero(starts)
        sizes, ties = np.bincount(of_segment), np.bincount(of_tie)
        check_stop()
        low = first_tie[of_tie] - first[of_segment] + 1
        return cls(low, low + ties[of_tie] - 1, at - first_tie[of_tie], sizes[of_segment])

    @property
    def modes(self) -> list[Floats]:
        """The numbers of modes 0 to 4."""
        middle = (1 + self.size) / 2
        check_stop()
        default = np.where(self.high <= middle, self.low, np.where(self.low >= middle, self.high, middle))
        return [default, self.low, (self.low + self.high) / 2, self.high, self.low + self.place]

    def texts(self, format: Index, numbers: Floats) -> Objects:
        """What is shown where that is not the number itself; most ranks need no text of their own."""
        is_other = (numbers != self.low) | ((format == 0) & (self.low < self.high)) | ((format == 2) & (self.place > 0))
        at = np.flatnonzero(is_other)
        found = np.full(len(numbers), None, dtype=object)
        for begin in range(0, len(at), AT_ONCE):
            check_stop()
            part = at[begin : begin + AT_ONCE]
            columns = (column[part].tolist() for column in (format, self.low, self.high, self.place))
            found[part] = [_rank_text(*row) for row in zip(*columns, strict=True)]
        return found


def _rank_text(format: int, low: int, high: int, place: int) -> str:
    """Format 0: both ends of shared ranks; 1: the lower one; 2: that on the first row, blank on the others."""
    if format == 0 and low < high:
        return f"{low}-{high}"
    return "" if format == 2 and place else str(low)


# -- clusters


def _clusters(rows: _Rows, node: Call) -> Vector:
    found, _ = _clustered(rows, node)
    return of_numbers(np.where(found.labels < 0, np.nan, found.labels + 1.0))


def _centroids(rows: _Rows, node: Call) -> Vector:
    found, coordinate = _clustered(rows, node)
    wanted = np.full(rows.frame.count, -1.0) if coordinate is None else rows.number(coordinate)
    inside = (found.labels >= 0) & (wanted >= 0) & (wanted < found.centroids.shape[1])
    values = np.full(rows.frame.count, np.nan)
    values[inside] = found.centroids[found.labels[inside], wanted[inside].astype(np.int64)]
    return of_numbers(values)


def _clustered(rows: _Rows, node: Call) -> tuple[Clustering, Node | None]:
    """The clustering of all rows, and the argument that says which coordinate of its middles is asked for."""
    clusters, *rest = node.arguments
    iterations, norm, coordinate = 0.0, "", None
    if node.name.endswith("nd"):
        iterations = _once(rows.number(rest.pop(0)))
    if "centroid" in node.name:
        coordinate = rest.pop(0)
    if node.name.endswith("2d") and len(rest) > 2:
        given = rows.value(rest.pop())
        dual = given.dual(0) if len(given) else None
        norm = "" if dual is None else str(dual.text or dual.number)
    points = np.stack([rows.number(one) for one in rest], axis=1)
    return clustered(points, _once(rows.number(clusters)), iterations, norm), coordinate


def _once(values: Floats) -> float:
    return float(values[0]) if len(values) else np.nan


# -- time series


def _part(choose: Callable[[Parts], Floats]) -> Callable[[_Rows, Call], Vector]:
    """A part of the series that each column segment is."""

    def of_rows(rows: _Rows, node: Call) -> Vector:
        segments = rows.segments(node)
        if segments is None or not rows.frame.count:
            return rows.nothing()
        series, *settings = (rows.number(argument) for argument in node.arguments)
        period, season, trend = (settings[at] if at < len(settings) else rows.nothing().numbers for at in range(3))
        found = np.full(rows.frame.count, np.nan)
        ids = segments.ids[segments.order]
        for cells in np.split(segments.order, np.flatnonzero(ids[1:] != ids[:-1]) + 1):
            first = cells[0]
            parts = taken_apart(series[cells], period[first], season[first], trend[first])
            if parts is not None:
                found[cells] = choose(parts)
        return of_numbers(found)

    return of_rows


_OTHERS: Mapping[str, Callable[[_Rows, Call], Vector]] = {
    "rowno": _place,
    "columnno": _place,
    "noofrows": _size,
    "noofcolumns": _size,
    "column": _column,
    "dimensionality": _dimensionality,
    "secondarydimensionality": _secondary,
    "rank": _rank,
    "hrank": _rank,
    "kmeans2d": _clusters,
    "kmeansnd": _clusters,
    "kmeanscentroid2d": _centroids,
    "kmeanscentroidnd": _centroids,
    "stl_trend": _part(lambda parts: parts.trend),
    "stl_seasonal": _part(lambda parts: parts.season),
    "stl_residual": _part(lambda parts: parts.rest),
}
