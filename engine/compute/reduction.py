"""Fewer rows of the same shape: what small charts are drawn from.

* D1 (bars, lines): the rows of each stretch of the chart stand for it by its lowest and its highest one, so that the
  outline stays. With several dimensions whole groups of the first one are kept or left out. Nothing is left out while
  the rows fit the page.
* ST (stacked bars): as D1, always by whole groups, with the sums of their bars.
* S (points): the first row in each cell of a grid over both measures, as if the points were drawn on fewer pixels.
* C (points): for each cluster found by k-means over both measures the row nearest to its centre.

A zoom factor n leaves about one row of 2^n (D1, ST), makes the grid 2^n times coarser (S) or is the number of
clusters (C); -1 leaves as much as fits the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from engine.compute.keys import runs
from engine.compute.straight import Rows
from engine.data.dual import Floats
from engine.errors import InvalidParameters
from engine.stopping import check_stop

Index = npt.NDArray[np.int64]

FINEST_GRID = 1024
"""Cells along each axis of a grid that is not made coarser."""

MOST_CLUSTERS = 1_000
_SAMPLE = 20_000
"""Points that clusters are searched in."""
_ROUNDS = 12

_NAMES = {
    "DATA_REDUCTION_NONE": "N",
    "DATA_REDUCTION_ONEDIM": "D1",
    "DATA_REDUCTION_SCATTERED": "S",
    "DATA_REDUCTION_CLUSTERED": "C",
    "DATA_REDUCTION_STACKED": "ST",
}
MODES = ("N", "D1", "S", "C", "ST")


def reduction_mode(given: object) -> str:
    """The short name of an NxDataReductionMode: by a short name, a long one or a number. Raises InvalidParameters."""
    if isinstance(given, int) and 0 <= given < len(MODES):
        return MODES[given]
    name = str(given or "N").removeprefix("EQ_")
    if (mode := _NAMES.get(name, name)) not in MODES:
        raise InvalidParameters(f"There is no reduction mode {given}; there are {', '.join(MODES)}.", "qReductionMode")
    return mode


def reduced(rows: Rows, measures: list[str], mode: str, zoom: int, height: int) -> Index:
    """The numbers of the rows that stay, ascending. height: rows that fit the page."""
    everything = np.arange(len(rows))
    if mode == "N" or not measures or zoom == 0:
        return everything
    if mode in ("S", "C") and len(measures) > 1:
        x, y = (rows.vector(text).numbers for text in measures[:2])
        known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        points = np.stack([_scaled(x[known]), _scaled(y[known])], axis=1)
        if mode == "S":
            return known[_thinned(points, zoom, height)]
        return known[_clustered(points, height if zoom < 0 else zoom)]
    if len(rows) <= height:
        return everything
    begins, ends = runs(rows.keys[:, :1]) if rows.keys.shape[1] else (everything, everything + 1)
    profile = np.add.reduceat(np.nan_to_num(rows.vector(measures[0]).numbers), begins)
    kept = np.zeros(len(begins), dtype=np.bool_)
    kept[_outline(profile, zoom, ends - begins, height)] = True
    return np.flatnonzero(np.repeat(kept, ends - begins))


def outline(profile: Floats, zoom: int, height: int) -> Index:
    """The numbers of the bars that stay, ascending: all while they fit the page, or as `zoom` says."""
    if zoom == 0 or len(profile) <= height:
        return np.arange(len(profile))
    return _outline(profile, zoom, np.ones(len(profile), dtype=np.int64), height)


def _outline(profile: Floats, zoom: int, sizes: Index, height: int) -> Index:
    """The groups that keep the outline: the lowest and the highest of each stretch of equal length."""
    whole = np.arange(len(profile))
    if zoom > 0:
        return _extremes(profile, 2 ** min(zoom, 62))
    factors = (2**n for n in range(1, len(profile).bit_length() + 1))
    return _first_fitting(
        (_extremes(profile, factor) for factor in factors), lambda kept: int(sizes[kept].sum()), height, whole
    )


def _extremes(profile: Floats, factor: int) -> Index:
    """The lowest and the highest of each 2 * factor neighbours, ascending."""
    width = min(2 * factor, 2 * len(profile))
    begins = np.arange(0, len(profile), width)
    missing = -len(profile) % width
    low = np.append(profile, np.full(missing, np.inf)).reshape(-1, width).argmin(axis=1)
    high = np.append(profile, np.full(missing, -np.inf)).reshape(-1, width).argmax(axis=1)
    return np.unique(np.concatenate([begins + low, begins + high]))


def _scaled(numbers: Floats) -> Floats:
    """From 0 to 1."""
    low, high = (numbers.min(), numbers.max()) if len(numbers) else (0.0, 0.0)
    return (numbers - low) / (high - low) if high > low else np.zeros(len(numbers))


def _thinned(points: Floats, zoom: int, height: int) -> Index:
    if zoom > 0:
        return _one_a_cell(points, max(1, FINEST_GRID >> min(zoom, 30)))
    grids = (FINEST_GRID >> n for n in range(FINEST_GRID.bit_length()))
    return _first_fitting((_one_a_cell(points, cells) for cells in grids), len, height, np.arange(len(points)))


def _one_a_cell(points: Floats, cells: int) -> Index:
    """The first point of each cell that has one."""
    check_stop()
    place = np.minimum((points * cells).astype(np.int64), cells - 1)
    return np.sort(np.unique(place[:, 0] * cells + place[:, 1], return_index=True)[1])


def _clustered(points: Floats, clusters: int) -> Index:
    """The point nearest to the centre of each cluster. The same points always give the same clusters."""
    clusters = min(clusters, MOST_CLUSTERS)
    if len(points) <= clusters or clusters < 1:
        return np.arange(len(points))
    from scipy.spatial import KDTree  # takes half a second, and few charts are reduced this way

    every = np.linspace(0, len(points) - 1, min(len(points), _SAMPLE)).astype(np.int64)
    sample = points[every]
    centres = _far_apart(sample, clusters)
    for _ in range(_ROUNDS):
        check_stop()
        of_point = KDTree(centres).query(sample)[1]
        sizes = np.bincount(of_point, minlength=len(centres))
        sums = np.stack([np.bincount(of_point, axis, len(centres)) for axis in sample.T], axis=1)
        centres = sums[sizes > 0] / sizes[sizes > 0, None]
    check_stop()
    return np.unique(KDTree(points).query(centres)[1])


def _far_apart(points: Floats, count: int) -> Floats:
    """Points each of which is as far as can be from those before it."""
    chosen = [points[0]]
    distance = np.square(points - chosen[0]).sum(axis=1)
    while len(chosen) < count and distance.max() > 0:
        check_stop()
        chosen.append(points[distance.argmax()])
        np.minimum(distance, np.square(points - chosen[-1]).sum(axis=1), out=distance)
    return np.array(chosen)


def _first_fitting(finer_first: Iterator[Index], size: Callable[[Index], int], height: int, otherwise: Index) -> Index:
    """The first that fits the height; the last one where none does."""
    kept = otherwise
    for kept in finer_first:
        if size(kept) <= height:
            break
    return kept
