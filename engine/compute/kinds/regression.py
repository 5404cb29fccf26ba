"""Pairs of numbers: correlation and the straight line y = m x + b of least squares.

A pair in which either number is missing does not count. With y0, or x0 and y0, the line is made to pass through
(x0, y0), where x0 is 0 unless stated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.compute.kinds.lists import Listed, Lists, of_numbers
from engine.compute.kinds.statistics import deviations, mean
from engine.data.dual import Floats


@of_numbers(0, 1)
def _correl(lists: Lists) -> Floats:
    x, y = (deviations(lists, column.numbers) for column in lists.columns[:2])
    products, squares_x, squares_y = (lists.sums(lists.counts * values) for values in (x * y, x * x, y * y))
    return np.where(lists.totals > 1, products / np.sqrt(squares_x * squares_y), np.nan)


@dataclass(frozen=True, eq=False)
class Line:
    """The fitted line of each group: every member is [count]."""

    lists: Lists

    @cached_property
    def _x(self) -> Floats:
        return self.lists.columns[1].numbers

    @cached_property
    def _y(self) -> Floats:
        return self.lists.columns[0].numbers

    @property
    def _is_free(self) -> bool:
        return len(self.lists.columns) < 3

    @cached_property
    def _through(self) -> tuple[Floats, Floats]:
        """The point that the line passes through: the means, or what is stated."""
        if self._is_free:
            return mean(self.lists, self._x), mean(self.lists, self._y)
        return self.lists.first_numbers(3, otherwise=0.0), self.lists.first_numbers(2)

    def _sum(self, values: Floats) -> Floats:
        return self.lists.sums(self.lists.counts * values)

    @cached_property
    def _dx(self) -> Floats:
        return self._x - self._through[0][self.lists.groups]

    @cached_property
    def _dy(self) -> Floats:
        return self._y - self._through[1][self.lists.groups]

    @cached_property
    def slope(self) -> Floats:
        return self._sum(self._dx * self._dy) / self._sum(self._dx**2)

    @property
    def intercept(self) -> Floats:
        return self._through[1] - self.slope * self._through[0]

    @property
    def freedom(self) -> Floats:
        """Degrees of freedom; NaN where there are too few pairs for a line."""
        n, needed = self.lists.totals, 1 if len(self.lists.columns) == 4 else 2
        return np.where(n >= needed, n - (2 if self._is_free else 1), np.nan)

    @cached_property
    def residual(self) -> Floats:
        """The sum of squares of what the line leaves unexplained."""
        return self._sum((self._dy - self.slope[self.lists.groups] * self._dx) ** 2)

    @property
    def explained(self) -> Floats:
        """The sum of squares of what the line explains."""
        return self._sum(self._dy**2) - self.residual

    @property
    def determination(self) -> Floats:
        return self.explained / self._sum(self._dy**2)

    @property
    def f(self) -> Floats:
        return self.explained / (self.residual / self.freedom)

    @property
    def error_y(self) -> Floats:
        return np.sqrt(self.residual / np.where(self.freedom > 0, self.freedom, np.nan))

    @property
    def error_slope(self) -> Floats:
        return self.error_y / np.sqrt(self._sum(self._dx**2))

    @property
    def error_intercept(self) -> Floats:
        """Also for a line through a given point that of the free line, as the public example has it."""
        free = Line(Lists(self.lists.count, self.lists.groups, self.lists.counts, self.lists.columns[:2]))
        return free.error_slope * np.sqrt(self._sum(self._x**2) / self.lists.totals)


def _line(member: Callable[[Line], Floats]) -> Listed:
    @of_numbers(0, 1)
    def finish(lists: Lists) -> Floats:
        line = Line(lists)
        return np.where(np.isnan(line.freedom), np.nan, member(line))

    return Listed(finish)


REGRESSION: Mapping[str, Listed] = {
    "correl": Listed(_correl),
    "linest_m": _line(lambda line: line.slope),
    "linest_b": _line(lambda line: line.intercept),
    "linest_r2": _line(lambda line: line.determination),
    "linest_df": _line(lambda line: line.freedom),
    "linest_f": _line(lambda line: line.f),
    "linest_seb": _line(lambda line: line.error_intercept),
    "linest_sem": _line(lambda line: line.error_slope),
    "linest_sey": _line(lambda line: line.error_y),
    "linest_ssreg": _line(lambda line: line.explained),
    "linest_ssresid": _line(lambda line: line.residual),
    "steyx": _line(lambda line: line.error_y),
}
