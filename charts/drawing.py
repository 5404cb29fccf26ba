"""From the groups that may be shown to the rows that are drawn: a box is drawn instead of its points, a bin beside its
neighbours. Whatever leaves is made of shown groups alone, so it tells nothing that they do not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from charts.evaluation import Evaluation, Group
from charts.figures import Figure, worked_out
from charts.kinds import Boxes
from charts.words import texts

Row = tuple[tuple[str, ...], tuple[Figure, ...]]

NONE = Figure(None, "")
SUMMARIES = frozenset({"box", "histogram"})
"""Kinds whose rows are not single groups: the row limit is one of what is drawn."""
QUARTILES = ("whisker_low", "quartile_1", "median", "quartile_3", "whisker_high")
DEVIATIONS = ("whisker_low", "box_low", "mean", "box_high", "whisker_high")
BIN = re.compile(r"(?P<low>\S+) <= x < (?P<high>\S+)")
MAX_BINS = 1000
"""Empty bins between two others that are drawn."""


def drawn_columns(found: Evaluation, language: str) -> list[dict[str, Any]]:
    """The measures of the document: those of the chart, and what is worked out of them."""
    columns: list[dict[str, Any]] = []
    for one in found.measures:
        told = {"axis": one.column.axis, "percent": one.format.is_percent}
        if found.boxes:
            names = DEVIATIONS if found.boxes.mode == "stdDev" else QUARTILES
            columns += [{"label": texts(language)[name], "drawn": "", **told} for name in names]
        columns.append({"label": one.label, "drawn": one.column.drawn, **told})
        if one.column.subtotal is not None:
            columns.append({"label": one.column.subtotal or one.label, "drawn": "total", **told})
    return columns


def drawn_dimensions(found: Evaluation, names: Sequence[str]) -> list[str]:
    """The names of a level's dimensions in the order of the labels of its rows: a box comes before its points."""
    return [*names[1:], *names[:1]] if found.boxes else list(names)


def drawn_rows(found: Evaluation, groups: Sequence[Group], language: str) -> list[Row]:
    if found.boxes:
        return _boxes(found, found.boxes, groups, language)
    if found.kind == "histogram":
        return _bins(groups, len(found.measures))
    return [(group.labels, _with_subtotals(found, group, language)) for group in groups]


def _with_subtotals(found: Evaluation, group: Group, language: str) -> tuple[Figure, ...]:
    """A group's figures, and behind those after which a waterfall draws a sum, the sum so far."""
    figures: list[Figure] = []
    level = 0.0
    for one, figure in zip(found.measures, group.figures, strict=True):
        number = float(figure.number or 0)
        level = {"plus": level + number, "minus": level - number}.get(one.column.drawn, number)
        figures.append(figure)
        if one.column.subtotal is not None:
            figures.append(worked_out(level, one.format, language))
    return tuple(figures)


def _boxes(found: Evaluation, how: Boxes, groups: Sequence[Group], language: str) -> list[Row]:
    """A row for each box, and one for each point outside of its whiskers; those have no number of a box, and boxes none
    of a point."""
    form = found.measures[0].format
    points: dict[tuple[str, ...], list[tuple[Group, float]]] = {}
    for group in groups:
        number = group.figures[0].number
        if number is not None:
            points.setdefault(group.labels[1:], []).append((group, float(number)))
    boxes: list[Row] = []
    outliers: list[Row] = []
    for labels, within in points.items():
        numbers = _box(how, np.array([number for _, number in within]))
        figures = [worked_out(number, form, language) for number in numbers]
        name = (*labels, "" if labels else texts(language)["all"])[: len(within[0][0].labels)]
        boxes.append((name, (*figures, NONE)))
        outside = [group for group, number in within if not numbers[0] <= number <= numbers[-1]]
        if how.has_outliers:
            outliers += [((*labels, group.labels[0]), (*[NONE] * len(figures), group.figures[0])) for group in outside]
    return [*boxes, *outliers]


def _box(how: Boxes, numbers: np.ndarray[Any, np.dtype[np.float64]]) -> list[float]:
    """Whisker, edge, middle, edge, whisker. Whiskers end at the last number where they would reach beyond."""
    if how.mode == "stdDev":
        middle, spread = float(numbers.mean()), float(numbers.std(ddof=1)) if len(numbers) > 1 else 0.0
        found = [middle + spread * steps for steps in (-how.parameter, -1, 0, 1, how.parameter)]
        return [float(one) for one in np.clip(found, numbers.min(), numbers.max())]
    if how.mode == "fractiles":
        return [float(one) for one in np.quantile(numbers, [how.parameter, 0.25, 0.5, 0.75, 1 - how.parameter])]
    low, middle, high = (float(one) for one in np.quantile(numbers, [0.25, 0.5, 0.75]))
    reach = how.parameter * (high - low)
    return [max(low - reach, float(numbers.min())), low, middle, high, min(high + reach, float(numbers.max()))]


def _bins(groups: Sequence[Group], measures: int) -> list[Row]:
    """Bins in their order with their limits as labels. A bin between others that is empty or may not be shown is there
    without a number, so that what lies apart is drawn apart. Rows of levels that are no bins stay as they are."""
    found = [(_limits(group), group) for group in groups if len(group.labels) == 1]
    bins = sorted(((limits, group) for limits, group in found if limits), key=lambda one: one[0])
    if len(bins) < len(groups):
        return [(group.labels, group.figures) for group in groups]
    rows: list[Row] = []
    edge = bins[0][0][0] if bins else 0.0
    for (low, high), group in bins:
        missing = round((low - edge) / (high - low))
        for step in range(missing if missing <= MAX_BINS else 0):
            rows.append((_named(edge + step * (high - low), edge + (step + 1) * (high - low)), (NONE,) * measures))
        rows.append((_named(low, high), group.figures))
        edge = high
    return rows


def _limits(group: Group) -> tuple[float, float] | None:
    found = BIN.fullmatch(group.labels[0])
    try:
        low, high = (float(found[name]) for name in ("low", "high")) if found else (0.0, 0.0)
    except ValueError:
        return None
    return (low, high) if high > low else None


def _named(low: float, high: float) -> tuple[str]:
    return (f"{low:.12g} – {high:.12g}",)
