"""Lines over a continuous axis: so many points of each line as can be told apart.

The part of the axis that is looked at is divided into bins. Of each line in a bin stay the first and the last point,
and the lowest and the highest one in each measure. Of what lies outside stays each line's nearest point on either
side, so that lines do not end where the view does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.compute.definitions import Tree
from engine.compute.keys import runs
from engine.data.dual import Bools, Floats
from engine.data.ordering import ordered
from engine.errors import InvalidParameters, PagesTooLarge
from engine.stopping import check_stop

Index = npt.NDArray[np.int64]

MAX_ROWS = 50_000
"""Points of one answer. Fewer bins are taken where these would have more."""

MOST_TICKS = 300


class View(NamedTuple):
    """What is looked at. bins, lines: none below 1 (every point, every line)."""

    start: float
    end: float
    bins: int
    ticks: int
    lines: int

    @classmethod
    def read(cls, options: Tree, x: Floats) -> View:
        """NxContinuousDataOptions; an edge that is not stated is that of the points. Raises InvalidParameters."""
        known = x[np.isfinite(x)]
        low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 0.0)
        start, end = _number(options, "qStart", low), _number(options, "qEnd", high)
        ticks = int(_number(options, "qMaxNbrTicks", 0))
        return cls(
            start,
            max(start, end),
            int(_number(options, "qNbrPoints", 0)),
            ticks if ticks > 0 else MOST_TICKS,
            int(_number(options, "qMaxNumberLines", 0)),
        )


def _number(options: Tree, name: str, missing: float) -> float:
    given: Any = options.get(name)
    if given is None or isinstance(given, str):  # clients write "NaN" for none
        return missing
    if not isinstance(given, int | float) or abs(given) > 1e15:
        raise InvalidParameters(f"{name} is a number.", "qOptions")
    return float(given)


def shown_points(x: Floats, lines: Index, measures: Sequence[Floats], view: View, *, reverse: bool) -> Index:
    """The rows that stay, along the axis. lines: the line of each row. Raises PagesTooLarge."""
    known = np.isfinite(x)
    if view.lines > 0:
        known &= _among_first(lines, known, view.lines)
    before, after = known & (x < view.start), known & (x > view.end)
    inside = np.flatnonzero(known & (x >= view.start) & (x <= view.end))
    inside = inside[ordered([lines[inside], x[inside]], len(inside))]
    kept = np.concatenate(
        [_thinned(x, lines, measures, inside, view), _last(x, lines, before), _last(-x, lines, after)]
    )
    order = ordered([-x[kept] if reverse else x[kept], kept], len(kept))
    return kept[order]


def _among_first(lines: Index, known: Bools, most: int) -> Bools:
    """Whether a row's line is one of the first that occur."""
    found, first = np.unique(lines[known], return_index=True)
    return np.isin(lines, found[np.argsort(first)[:most]])


def _last(x: Floats, lines: Index, among: Bools) -> Index:
    """The row with the greatest x of each line."""
    rows = np.flatnonzero(among)
    rows = rows[ordered([lines[rows], x[rows]], len(rows))]
    return rows[runs(lines[rows][:, None])[1] - 1]


def _thinned(x: Floats, lines: Index, measures: Sequence[Floats], inside: Index, view: View) -> Index:
    """inside: rows ordered by line and x."""
    bins = view.bins
    if bins < 1:
        if len(inside) <= MAX_ROWS:
            return inside
        bins = MAX_ROWS
    while True:
        check_stop()
        width = (view.end - view.start) / bins or 1.0
        place = np.minimum(((x[inside] - view.start) / width).astype(np.int64), bins - 1)
        begins, ends = runs(np.stack([lines[inside], place], axis=1))
        kept = np.unique(
            np.concatenate([begins, ends - 1, *(_extremes(one[inside], begins, ends) for one in measures)])
        )
        if len(kept) <= MAX_ROWS:
            return inside[kept]
        if bins == 1:
            raise PagesTooLarge(f"The lines have more than {MAX_ROWS:,} points; ask for fewer lines (qMaxNumberLines).")
        bins //= 2


def _extremes(numbers: Floats, begins: Index, ends: Index) -> Index:
    """The places of the lowest and the highest number of each stretch; NaN is neither."""
    stretch = np.repeat(np.arange(len(begins)), ends - begins)
    order = ordered([stretch, numbers], len(numbers))
    known = ends - begins - np.add.reduceat(np.isnan(numbers), begins) if len(begins) else ends
    some = known > 0
    return np.concatenate([order[begins[some]], order[(begins + known - 1)[some]]])
