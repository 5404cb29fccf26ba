"""Geometries of a group in one: the box around them, or all areas without the borders between them.

Areas that lie beside each other share parts of their outlines, in opposite directions: what is in both goes. Areas
that overlap keep their own outlines. Lines stay lines and points points; where a group mixes them, areas count, or
else lines.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from engine.compute.kinds.lists import Listed, Lists
from engine.data.dual import Vector
from engine.language.functions.geo import Position, bounding_box, depth_of, geometry_of, written
from engine.stopping import check_stop

Ring = list[Position]


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
    """Areas with their holes as one; without anything left (areas that cancel each other) they stay as they were."""
    edges: dict[tuple[Position, Position], None] = {}
    for area in areas:
        check_stop()
        for number, ring in enumerate(area):
            for edge in pairwise(_turned(_closed(ring), counterclockwise=number == 0)):
                if edges.pop((edge[1], edge[0]), edges) is edges and edge[0] != edge[1]:
                    edges[edge] = None
    rings = _rings(edges)
    outer = [ring for ring in rings if _size(ring) > 0]
    holes = [ring for ring in rings if _size(ring) < 0]
    if not outer:
        return areas[0] if len(areas) == 1 else list(areas)
    found = [[ring] for ring in sorted(outer, key=_size)]
    for hole in holes:
        around = next((area for area in found if _is_inside(hole[0], area[0])), found[-1])
        around.append(hole)
    return found[0] if len(found) == 1 else found


def _closed(ring: Ring) -> Ring:
    return ring if ring[0] == ring[-1] else [*ring, ring[0]]


def _turned(ring: Ring, *, counterclockwise: bool) -> Ring:
    return ring if (_size(ring) >= 0) == counterclockwise else ring[::-1]


def _size(ring: Ring) -> float:
    """The area inside a closed ring; below 0 if it goes clockwise."""
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise(ring)) / 2


def _rings(edges: Mapping[tuple[Position, Position], None]) -> list[Ring]:
    """The closed rings that edges make, each edge used once."""
    behind: dict[Position, list[Position]] = {}
    for begin, end in edges:
        behind.setdefault(begin, []).append(end)
    found: list[Ring] = []
    for start in behind:
        while behind[start]:
            ring = [start]
            while behind.get(ring[-1]):
                ring.append(behind[ring[-1]].pop(0))
                if ring[-1] == start:
                    break
            if ring[-1] == start:
                found.append(ring)
    return found


def _is_inside(point: Position, ring: Ring) -> bool:
    """Whether a point lies inside a ring, by the number of edges that a ray from it crosses."""
    x, y = point
    crossed = [
        (x1 - x0) * (y - y0) / (y1 - y0) + x0 > x for (x0, y0), (x1, y1) in pairwise(ring) if (y0 > y) != (y1 > y)
    ]
    return sum(crossed) % 2 == 1


GEOMETRIES: Mapping[str, Listed] = {
    "geoboundingbox": _of_groups(bounding_box),
    "geoaggrgeometry": _of_groups(_together),
}
