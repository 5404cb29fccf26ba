"""Geometries of maps: texts that hold a point [longitude,latitude] or arrays of such points as GeoJSON nests them.

Two levels are a line or a set of points, three an area with its holes, four several areas; a GeoJSON object is
taken for its coordinates. What is no geometry gives NULL.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import orjson

from engine.language.functions.single import textual
from engine.language.values import MAX_TEXT
from engine.stopping import check_stop

Position = tuple[float, float]
_DEEPEST = 4
_RADIUS = 6_378_137.0
_NORTHERNMOST = 85.05112877980659
"""Where the square of the Mercator map ends."""
_CHECK_EVERY = 10_000


def geometry_of(text: str) -> Any:
    """Nested lists of positions, or None."""
    try:
        value = orjson.loads(text) if len(text) <= MAX_TEXT else None
    except orjson.JSONDecodeError:
        return None
    if isinstance(value, dict):
        value = value.get("coordinates")
    return _nested(value, 1)


def _nested(value: Any, level: int) -> Any:
    if not isinstance(value, list) or level > _DEEPEST or not value:
        return None
    if all(isinstance(part, int | float) and not isinstance(part, bool) for part in value):
        return (float(value[0]), float(value[1])) if len(value) >= 2 else None
    parts = [_nested(part, level + 1) for part in value]
    return None if None in parts or len({depth_of(part) for part in parts}) > 1 else parts


def depth_of(geometry: Any) -> int:
    """0 for a point, 1 for a line, 2 for an area, 3 for several."""
    return 0 if isinstance(geometry, tuple) else 1 + depth_of(geometry[0])


def positions_of(geometry: Any) -> Iterator[Position]:
    """All points of a geometry."""
    if isinstance(geometry, tuple):
        yield geometry
        return
    for part in geometry:
        yield from positions_of(part)


def written(value: Any) -> str:
    """A geometry, or what is told of it, as JSON."""
    return orjson.dumps(_plain(value)).decode()


def _plain(value: Any) -> Any:
    """Whole numbers without decimals, so that a geometry comes out as it went in."""
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    return {k: _plain(v) for k, v in value.items()} if isinstance(value, dict) else [_plain(part) for part in value]


def _geometric(signature: str, help: str, takes: str, gives: str = "t") -> Callable[[Callable[..., Any]], Any]:
    return textual(signature, help, takes, gives, "geo")


@_geometric("GeoMakePoint(latitude, longitude)", "The point of a latitude and a longitude: [longitude,latitude].", "nn")
def geo_make_point(latitude: float, longitude: float) -> str:
    return written([longitude, latitude])


@_geometric("GeoCountVertex(geometry)", "How many points the geometry has.", "t", "n")
def geo_count_vertex(text: str) -> int | None:
    geometry = geometry_of(text)
    return None if geometry is None else sum(1 for _ in positions_of(geometry))


@_geometric("GeoGetBoundingBox(geometry)", "The left, right, top and bottom of the geometry, as JSON.", "t")
def geo_get_bounding_box(text: str) -> str | None:
    geometry = geometry_of(text)
    return None if geometry is None else bounding_box([geometry])


def bounding_box(geometries: Sequence[Any]) -> str:
    """The smallest box around some geometries."""
    xs, ys = zip(*(position for geometry in geometries for position in positions_of(geometry)), strict=True)
    return written({"left": min(xs), "right": max(xs), "top": max(ys), "bottom": min(ys)})


@_geometric("GeoGetPolygonCenter(geometry)", "The centre of an area's largest part: [longitude,latitude].", "t")
def geo_get_polygon_center(text: str) -> str | None:
    geometry = geometry_of(text)
    if geometry is None:
        return None
    areas = {3: geometry, 2: [geometry]}.get(depth_of(geometry), [])
    size, centre = max((_centre(area) for area in areas), default=(0.0, (0.0, 0.0)))
    if not size:
        points = list(positions_of(geometry))
        centre = (math.fsum(x for x, _ in points) / len(points), math.fsum(y for _, y in points) / len(points))
    return written([round(part, 10) for part in centre])


def _centre(area: list[list[Position]]) -> tuple[float, Position]:
    """Size and centre of gravity of a ring less its holes."""
    size, x, y = _moments(area[0])
    for hole in area[1:]:
        inner, hole_x, hole_y = _moments(hole)
        size, x, y = size - inner, x - hole_x, y - hole_y
    return (size, (x / size, y / size)) if size > 0 else (0.0, (0.0, 0.0))


def _moments(ring: list[Position]) -> tuple[float, float, float]:
    """Size of a ring, and its size times the place of its centre."""
    size = x = y = 0.0
    for (x0, y0), (x1, y1) in zip(ring, [*ring[1:], ring[0]], strict=True):
        cross = x0 * y1 - x1 * y0
        size += cross / 2
        x += (x0 + x1) * cross / 6
        y += (y0 + y1) * cross / 6
    return (size, x, y) if size >= 0 else (-size, -x, -y)


def _to_mercator(position: Position) -> Position:
    x, y = position
    latitude = math.radians(max(-_NORTHERNMOST, min(_NORTHERNMOST, y)))
    return _RADIUS * math.radians(x), _RADIUS * math.asinh(math.tan(latitude))


def _from_mercator(position: Position) -> Position:
    x, y = position
    height = max(-20.0, min(20.0, y / _RADIUS))
    return round(math.degrees(x / _RADIUS), 10), round(math.degrees(math.atan(math.sinh(height))), 10)


def _projected(projection: str, text: str, project: Callable[[Position], Position]) -> str | None:
    """'unit' leaves the geometry as it is, 'mercator' is the web's Mercator map in metres."""
    geometry = geometry_of(text)
    kind = projection.strip().lower()
    if geometry is None or kind not in ("unit", "mercator", ""):
        return None
    moved = _moved(geometry, project) if kind == "mercator" else geometry
    return written(moved)


def _moved(geometry: Any, move: Callable[[Position], Position]) -> Any:
    return move(geometry) if isinstance(geometry, tuple) else [_moved(part, move) for part in geometry]


_MAP = "type 'unit' (as it is) or 'mercator' (metres)."
for _name, _project, _help in (
    ("GeoProject", _to_mercator, f"The geometry on a map; {_MAP}"),
    ("GeoProjectGeometry", _to_mercator, f"The geometry on a map; {_MAP}"),
    ("GeoInvProjectGeometry", _from_mercator, f"The geometry back from a map; {_MAP}"),
):
    _geometric(f"{_name}(type, geometry)", _help, "tt")(
        lambda projection, text, project=_project: _projected(projection, text, project)
    )


@_geometric(
    "GeoReduceGeometry(geometry[, share])",
    "The geometry with fewer points; share from 0 (all are kept) to 1 (as few as possible), 0.5 if left out.",
    "tn",
)
def geo_reduce_geometry(text: str, share: float = 0.5) -> str | None:
    geometry = geometry_of(text)
    if geometry is None or not 0 <= share <= 1:
        return None
    return written(_reduced(geometry, share))


def _reduced(geometry: Any, share: float) -> Any:
    depth = depth_of(geometry)
    if depth == 0:
        return geometry
    if depth > 1:
        return [_reduced(part, share) for part in geometry]
    closed = geometry[0] == geometry[-1]
    least = 4 if closed else 2
    return _simplified(geometry, max(least, math.ceil(len(geometry) * (1 - share))))


def _simplified(line: list[Position], keep: int) -> list[Position]:
    """Visvalingam's method: the point whose triangle with its neighbours is smallest goes first; ends stay."""
    before, behind = list(range(-1, len(line) - 1)), list(range(1, len(line) + 1))
    heap = [(_triangle(line, place - 1, place, place + 1), place) for place in range(1, len(line) - 1)]
    sizes = {place: size for size, place in heap}
    heapq.heapify(heap)
    left, rounds = len(line), 0
    while left > keep and heap:
        rounds += 1
        if rounds % _CHECK_EVERY == 0:
            check_stop()
        size, place = heapq.heappop(heap)
        if sizes.get(place) != size:
            continue
        del sizes[place]
        left -= 1
        low, high = before[place], behind[place]
        behind[low], before[high] = high, low
        for near in (low, high):
            if near in sizes:
                sizes[near] = max(size, _triangle(line, before[near], near, behind[near]))
                heapq.heappush(heap, (sizes[near], near))
    return [line[0], *(line[place] for place in sorted(sizes)), line[-1]]


def _triangle(line: list[Position], a: int, b: int, c: int) -> float:
    (x0, y0), (x1, y1), (x2, y2) = line[a], line[b], line[c]
    return abs((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)) / 2
