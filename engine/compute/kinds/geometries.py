"""Geometries of a group in one: the box around them, or all areas without the borders between them.

Areas that touch or overlap become one (Clipper's union). Lines stay lines and points points; where a group mixes
them, areas count, or else lines.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Any

import numpy as np
import pyclipper

from engine.compute.kinds.lists import Listed, Lists
from engine.data.dual import Vector
from engine.language.functions.geo import Position, bounding_box, depth_of, geometry_of, written
from engine.stopping import check_stop

Ring = list[Position]
Corners = dict[tuple[int, int], Position]
"""What was given, by the whole numbers that Clipper reckons with."""


def _of_groups(combine: Callable[[Sequence[Any]], str]) -> Listed:
    """An aggregation that combines the geometries of each group; those without any are NULL."""

    def finish(lists: Lists) -> Vector:
        symbols = lists.columns[0].symbols
        geometries = [geometry_of(text) for text in symbols.texts(np.arange(symbols.size))]
        own: dict[int, list[Any]] = {}
        for group, code in zip(lists.groups.tolist(), lists.columns[0].codes.tolist(), strict=True):
            if code < symbols.size and geometries[code] is not None:
                own.setdefault(group, []).append(geometries[code])
        found = np.full(lists.count, None, dtype=object)
        for group, parts in own.items():
            check_stop()
            found[group] = combine(parts)
        return Vector(np.full(lists.count, np.nan), found)

    return Listed(finish, order=lambda lists: lists.ordered(lists.columns[0].codes))


def _together(geometries: Sequence[Any]) -> str:
    kinds: dict[int, list[Any]] = {}
    for geometry in geometries:
        kinds.setdefault(min(depth_of(geometry), 2), []).append(geometry)
    if 2 in kinds:
        return written(_dissolved([area for one in kinds[2] for area in (one if depth_of(one) == 3 else [one])]))
    parts = kinds[max(kinds)]
    return written(parts[0] if len(parts) == 1 else parts)


def _dissolved(areas: Sequence[Sequence[Ring]]) -> Any:
    """The union of areas with their holes; areas in which there is no room stay as they were."""
    union, scale = pyclipper.Pyclipper(), _scale(areas)
    corners: Corners = {}
    for area in areas:
        check_stop()
        for number, ring in enumerate(area):
            path = [(round(x * scale), round(y * scale)) for x, y in ring]
            corners.update(zip(path, ring, strict=True))
            turned = path if pyclipper.Orientation(path) == (number == 0) else path[::-1]
            with suppress(pyclipper.ClipperException):  # a ring without room
                union.AddPath(turned, pyclipper.PT_SUBJECT)
    try:
        whole = union.Execute2(pyclipper.CT_UNION, pyclipper.PFT_NONZERO, pyclipper.PFT_NONZERO)
    except pyclipper.ClipperException:
        whole = None
    found = [] if whole is None else sorted(_areas(whole, corners, scale), key=_order)
    if not found:
        return areas[0] if len(areas) == 1 else list(areas)
    return found[0] if len(found) == 1 else found


def _scale(areas: Sequence[Sequence[Ring]]) -> float:
    """A power of two by which coordinates become whole numbers of up to 52 bits."""
    largest = max((abs(value) for area in areas for ring in area for point in ring for value in point), default=0.0)
    return 2.0 ** min(52 - math.frexp(largest)[1], 1000)


def _areas(node: Any, corners: Corners, scale: float) -> Iterator[list[Ring]]:
    """The areas in a tree of outlines, holes in them, and outlines in these again."""
    for outline in node.Childs:
        holes = sorted(_ring(hole.Contour, corners, scale) for hole in outline.Childs)
        yield [_ring(outline.Contour, corners, scale), *holes]
        for hole in outline.Childs:
            yield from _areas(hole, corners, scale)


def _ring(path: Sequence[Sequence[int]], corners: Corners, scale: float) -> Ring:
    """A closed ring that begins at its leftmost point."""
    points = [corners.get((x, y), (x / scale, y / scale)) for x, y in path]
    first = points.index(min(points))
    return [*points[first:], *points[: first + 1]]


def _order(area: Sequence[Ring]) -> tuple[float, Ring]:
    """The smallest area first."""
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise(area[0])), area[0]


GEOMETRIES: Mapping[str, Listed] = {
    "geoboundingbox": _of_groups(bounding_box),
    "geoaggrgeometry": _of_groups(_together),
}
