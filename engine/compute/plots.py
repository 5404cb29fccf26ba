"""What charts with very many points ask of a cube: fewer rows, counts by the cells of a grid, lines by bins."""

from __future__ import annotations

from collections.abc import Sequence

from engine.compute.binning import Points
from engine.compute.bound import PSEUDO
from engine.compute.cells import MeasureCells
from engine.compute.continuous import View, shown_points
from engine.compute.cube import Cube
from engine.compute.definitions import Tree
from engine.compute.keys import distinct_rows
from engine.compute.pages import MAX_CELLS, Area, check_size, clip
from engine.compute.reduction import outline, reduced, reduction_mode
from engine.compute.ticks import time_axes
from engine.data.dual import Vector
from engine.errors import InvalidParameters


def reduced_pages(cube: Cube, requested: Sequence[Tree], zoom: int, mode: object) -> list[Tree]:
    """Pages of fewer rows that show the same shape. Raises PagesTooLarge, InvalidParameters."""
    cube.refuse_pivot()
    height = max((page["qTop"] + page["qHeight"] for page in requested), default=0)
    if cube.mode == "K" and len(cube.bound.levels) > 1 and cube.bound.levels[0] != PSEUDO and not cube.is_empty:
        return _stacks(cube, requested, zoom, height)
    kept = reduced(cube.rows, _plotted(cube), reduction_mode(mode), zoom, height)
    is_reduced = len(kept) < len(cube.rows)
    fewer = cube.of_rows(kept) if is_reduced else cube
    return [{**page, "qIsReduced": is_reduced} for page in fewer.pages(requested)]


def _stacks(cube: Cube, requested: Sequence[Tree], zoom: int, height: int) -> list[Tree]:
    """Stacked bars as wholes, as charts draw them small and find the range of their axis: a row for each value of the
    outer dimension, with the sums of what is above zero and of what is below it. Columns begin where a page begins."""
    codes, above, below = cube.nested.stacks
    kept = outline(above + below, zoom, height)
    number = cube.bound.levels[0]
    rows = [cube.dimension_cells[cube.bound.place(number)].cells(codes[kept])]
    format = cube.bound.measures[cube.bound.shown_measures[0]].format if cube.bound.shown_measures else None
    rows += [MeasureCells(Vector(sums[kept]), format, cube.locale).cells(slice(None)) for sums in (above, below)]
    matrix = [list(row) for row in zip(*rows, strict=True)]
    areas = [clip({**page, "qLeft": 0}, len(rows), len(matrix)) for page in requested]
    check_size(areas)
    return [
        _page([row[area.columns] for row in matrix[area.rows]], area._replace(left=page["qLeft"]), is_reduced=True)
        for page, area in zip(requested, areas, strict=True)
    ]


def binned_pages(
    cube: Cube, requested: Sequence[Tree], areas: Sequence[Tree], most_cells: int, level: int, method: int
) -> list[Tree]:
    """Points as cells of a grid: one page. Once few enough lie in the areas an empty page and one of their rows.

    Raises InvalidParameters without two measures.
    """
    cube.refuse_pivot()
    measures = _plotted(cube)
    if len(measures) < 2:
        raise InvalidParameters("Binned data need a hypercube with two measures.", "qPath")
    points = Points(*(cube.rows.vector(text).numbers for text in measures[:2]))
    inside = points.within(areas)
    count, most = int(inside.sum()), min(most_cells, MAX_CELLS) if most_cells > 0 else MAX_CELLS
    if count <= most and count * len(cube.order) <= MAX_CELLS:
        rows = cube.of_rows(inside).pages(requested)
        return [_page([], Area(0, 0, 0, 0), is_reduced=False), *rows]
    matrix = points.matrix(inside, level, most, method)
    return [_page(matrix, Area(0, 0, 1, len(matrix)), is_reduced=True)]


def continuous_pages(cube: Cube, options: Tree, *, reverse: bool) -> tuple[list[Tree], list[Tree]]:
    """One page of points along the first dimension, then lines and measures; and the levels of its axis.

    Raises PagesTooLarge, InvalidParameters.
    """
    cube.refuse_pivot()
    bound = cube.bound
    if cube.is_empty or not bound.visible:
        return [], []
    x = cube.dimension_cells[0].numbers(cube.rows.keys[:, 0])
    view = View.read(options, x)
    lines = distinct_rows(cube.rows.keys[:, 1:])[1]
    measures = [cube.rows.vector(text).numbers for text in _plotted(cube)]
    kept = shown_points(x, lines, measures, view, reverse=reverse)
    shown = [len(bound.dimensions) + number for number in bound.shown_measures]
    columns = [cube.column(number, kept) for number in (*bound.visible, *shown)]
    matrix = [list(row) for row in zip(*columns, strict=True)]
    page = _page(matrix, Area(0, 0, len(columns), len(kept)), is_reduced=len(kept) < len(cube.rows))
    is_time = "$timestamp" in cube.head["qDimensionInfo"][bound.visible[0]]["qTags"]
    return [page], time_axes(view.start, view.end, view.ticks, cube.locale) if is_time else []


def _plotted(cube: Cube) -> list[str]:
    """The measures that have values."""
    return [column.text for column in cube.measures if column.problem is None]


def _page(matrix: list[list[Tree]], area: Area, *, is_reduced: bool) -> Tree:
    return {"qMatrix": matrix, "qTails": [], "qArea": area.layout(), "qIsReduced": is_reduced}
