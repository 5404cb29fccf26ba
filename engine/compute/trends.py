"""Trend lines of measures, fitted by least squares over the points that a chart draws.

The coefficients are those that clients put into their formulas:

    AVERAGE      y = c0                      EXPONENTIAL  y = exp(c0 + c1 x)
    LINEAR       y = c0 + c1 x               LOG          y = c1 + c0 ln x
    POLYNOMIAL2  y = c0 + c1 x + c2 x^2      POWER        y = 10 ^ (c0 + c1 log10 x)
    (POLYNOMIAL3 and POLYNOMIAL4 likewise)

x is another measure, the number of a dimension's value on a continuous axis, or else the place of the value in the
chart, counted from 1. Points that a formula cannot have (a logarithm of what is not positive) are left out. R2 tells
how well the line fits what is fitted: with EXPONENTIAL and POWER the logarithms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numpy.polynomial import Polynomial

from engine.compute.cells import EMPTY, TOTAL
from engine.compute.columns import Problem
from engine.compute.cube import Cube
from engine.compute.definitions import Tree
from engine.compute.info import with_own_members
from engine.compute.keys import runs
from engine.data.dual import Floats
from engine.errors import InvalidParameters
from engine.stopping import check_stop

Index = npt.NDArray[np.int64]
Transform = Callable[[Floats], Floats]


class _Kind(NamedTuple):
    """A formula: a polynomial of some degree between what is made of x and of y."""

    degree: int
    of_x: Transform
    of_y: Transform
    text: str


def _same(numbers: Floats) -> Floats:
    return numbers


_SUM = "{0} + {1} * x"

KINDS: Mapping[str, _Kind] = {
    "AVERAGE": _Kind(0, _same, _same, "{0}"),
    "LINEAR": _Kind(1, _same, _same, _SUM),
    "POLYNOMIAL2": _Kind(2, _same, _same, _SUM + " + {2} * x^2"),
    "POLYNOMIAL3": _Kind(3, _same, _same, _SUM + " + {2} * x^2 + {3} * x^3"),
    "POLYNOMIAL4": _Kind(4, _same, _same, _SUM + " + {2} * x^2 + {3} * x^3 + {4} * x^4"),
    "EXPONENTIAL": _Kind(1, _same, np.log, "exp({0} + {1} * x)"),
    "LOG": _Kind(1, np.log, _same, "{1} + {0} * ln(x)"),
    "POWER": _Kind(1, np.log10, np.log10, "10^({0} + {1} * log10(x))"),
}
_NAMES = {"LOGARITHMIC": "LOG"}
_SUMMED = ("Sum", "TRENDLINE_SUM")
_BY_NUMBER = ("Possible", "CONTINUOUS_IF_POSSIBLE")
_BY_TIME = ("Time", "CONTINUOUS_IF_TIME")


def with_trends(cube: Cube) -> Cube:
    """The cube with the trend lines that its measures ask for in the head."""
    asked = [column.definition["qTrendLines"] if column.problem is None else [] for column in cube.measures]
    if not any(asked) or cube.is_empty:
        return cube
    infos = [
        {**info, "qTrendLines": [line for one in lines for line in _Points(cube, number, one).lines()]}
        for number, (info, lines) in enumerate(zip(cube.head["qMeasureInfo"], asked, strict=True))
    ]
    return replace(cube, head={**cube.head, "qMeasureInfo": infos})


class _Points:
    """The points of one trend line's definition."""

    def __init__(self, cube: Cube, measure: int, definition: Tree) -> None:
        self.cube = cube
        self.definition = definition
        given = str(definition.get("qType") or "AVERAGE").upper()
        self.name = _NAMES.get(given, given)
        self.is_point = ~((cube.rows.keys == TOTAL) | (cube.rows.keys == EMPTY)).any(axis=1)
        self.y = cube.rows.vector(cube.measures[measure].text).numbers

    def lines(self) -> Iterator[Tree]:
        """The trend lines in the layout: one, or one for each value of the second dimension."""
        try:
            x, place = self._x()
            for element, mine in self._groups(place):
                own = {} if element is None else {"qElemNo": element}
                yield self._line(*self._merged(x, place, mine), own)
        except InvalidParameters as error:
            yield self._with_own({"qError": Problem.of(error).layout(), "qCoeff": []})

    def _x(self) -> tuple[Floats, int | None]:
        """The place on the axis of each row, and the place of the dimension that it is of."""
        column, bound = self.definition.get("qXColIx", 0), self.cube.bound
        measure = column - len(bound.dimensions) if isinstance(column, int) else -1
        if column in bound.visible:
            place = bound.place(column)
            return self._of_dimension(column, place), place
        if measure in bound.shown_measures:
            return self.cube.rows.vector(bound.measures[measure].text).numbers, None
        raise InvalidParameters("The column for the x-axis of a trend line is not in the hypercube.", "qXColIx")

    def _of_dimension(self, number: int, place: int) -> Floats:
        codes = self.cube.rows.keys[:, place]
        info, wanted = self.cube.head["qDimensionInfo"][number], self.definition.get("qContinuousXAxis")
        is_time = "$timestamp" in info["qTags"]
        if info.get("qContinuousAxes") and (wanted in _BY_NUMBER or (wanted in _BY_TIME and is_time)):
            return self.cube.dimension_cells[place].numbers(codes)
        shown = codes[self.is_point]
        distinct, first = np.unique(shown, return_index=True)
        places = np.full(len(codes), np.nan)
        rank = np.empty(len(distinct))
        rank[np.argsort(first)] = np.arange(1, len(distinct) + 1)
        places[self.is_point] = rank[np.searchsorted(distinct, shown)]
        return places

    def _groups(self, place: int | None) -> Iterator[tuple[int | None, Index]]:
        """The rows of each line, and the element number of the value that the line is for."""
        points = np.flatnonzero(self.is_point)
        keys = self.cube.rows.keys[points]
        if place is None or keys.shape[1] < 2 or self.definition.get("qMultiDimMode") in _SUMMED:
            yield None, points
            return
        inner = next(one for one in range(keys.shape[1]) if one != place)
        order = np.argsort(keys[:, inner], kind="stable")
        begins, ends = runs(keys[order, inner][:, None])
        first_shown = np.argsort(order[begins])
        for begin, end in zip(begins[first_shown].tolist(), ends[first_shown].tolist(), strict=True):
            check_stop()
            code = int(keys[order[begin], inner])
            yield self.cube.dimension_cells[inner].element(code), points[order[begin:end]]

    def _merged(self, x: Floats, place: int | None, mine: Index) -> tuple[Floats, Floats]:
        """The points; those with the same value of the dimension on the axis are added up."""
        x, y = x[mine], self.y[mine]
        known = np.isfinite(x) & np.isfinite(y)
        x, y = x[known], y[known]
        if place is None:
            return x, y
        x, of_point = np.unique(x, return_inverse=True)
        sums: Floats = np.bincount(of_point, y, len(x)).astype(np.float64)
        return x, sums

    def _line(self, x: Floats, y: Floats, own: Tree) -> Tree:
        kind = KINDS.get(self.name)
        if kind is None:
            raise InvalidParameters(f"There is no trend line of the type {self.name}.", "qType")
        with np.errstate(divide="ignore", invalid="ignore"):
            x, y = kind.of_x(x), kind.of_y(y)
        known = np.isfinite(x) & np.isfinite(y)
        x, y = x[known], y[known]
        if len(np.unique(x)) <= kind.degree:
            raise InvalidParameters(f"A trend line of the type {self.name} needs more points.", "qType")
        with np.errstate(all="ignore"):
            fitted = _fit(x, y, kind.degree)
        if not np.isfinite(fitted).all():
            raise InvalidParameters("The numbers are too large for a trend line.", "qType")
        order = fitted[::-1] if self.name == "LOG" else fitted
        found: Tree = {
            "qCoeff": order.tolist(),
            "qExpression": kind.text.format(*(f"{one:.10g}" for one in order)),
            **own,
        }
        if self.definition.get("qCalcR2"):
            found["qR2"] = _r2(y, Polynomial(fitted)(x))
        return self._with_own(found)

    def _with_own(self, found: Tree) -> Tree:
        return with_own_members({"qType": self.name, **found}, self.definition)


def _fit(x: Floats, y: Floats, degree: int) -> npt.NDArray[np.float64]:
    """Coefficients, the constant one first [degree + 1]; not finite where the numbers are too large."""
    if degree == 0:
        return np.array([y.mean()])
    domain = [float(x.min()), float(x.max())]
    scaled = (2 * x - domain[1] - domain[0]) / (domain[1] - domain[0])
    found = np.linalg.lstsq(np.vander(scaled, degree + 1, increasing=True), y)[0]
    plain = Polynomial(found, domain).convert().coef
    return np.append(plain, np.zeros(degree + 1 - len(plain)))


def _r2(y: Floats, fitted: Floats) -> float:
    total = float(np.square(y - y.mean()).sum())
    rest = float(np.square(y - fitted).sum())
    return max(0.0, 1 - rest / total) if total > 0 else 1.0
