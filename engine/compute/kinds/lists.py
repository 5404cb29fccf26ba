"""The values of aggregates' arguments, group by group: what every aggregation works on that is more than a sum.

A Lists has one entry for each different combination of argument values in a group, with the number of rows that
hold it. Groups follow each other, so that whatever happens per group is sorting, counting and adding up along long
arrays; nothing here loops over rows or groups.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.data.dual import Bools, Floats, NumFormat, Objects, Vector
from engine.data.ordering import distinct, ordered
from engine.data.symbols import SymbolTable
from engine.stopping import check_stop

Index = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Column:
    """One argument's values: codes [n] of a table of distinct values; NULL is its size."""

    symbols: SymbolTable
    codes: Index

    @cached_property
    def numbers(self) -> Floats:
        """NaN where a value has none."""
        return np.append(self.symbols.numbers, np.nan)[self.codes]

    @property
    def is_null(self) -> Bools:
        return self.codes >= self.symbols.size

    @cached_property
    def ranks(self) -> Index:
        """Places in the order of values: numbers, then texts, then NULL; equal values share a place."""
        symbols = self.symbols
        order = ordered([np.isnan(symbols.numbers), symbols.numbers, symbols.text_rank], symbols.size)
        ranks = np.empty(symbols.size + 1, dtype=np.int64)
        ranks[order] = np.arange(symbols.size)
        ranks[-1] = symbols.size
        return ranks[self.codes]

    @cached_property
    def text_ranks(self) -> Index:
        """Places in alphabetical order; NULL comes last."""
        return np.append(self.symbols.text_rank, self.symbols.size).astype(np.int64)[self.codes]

    def texts(self) -> Objects:
        """The shown texts."""
        return self.symbols.texts(self.codes)

    def take(self, index: npt.NDArray[np.integer] | Bools) -> Column:
        return Column(self.symbols, self.codes[index])

    def values(self, codes: Index) -> Vector:
        """The values of some codes."""
        return self.symbols.vector_with_null().take(codes)


@dataclass(frozen=True, eq=False)
class Lists:
    """groups: int64 [n], ascending, 0 .. count - 1; counts: float64 [n], the rows behind each entry."""

    count: int
    groups: Index
    counts: Floats
    columns: Sequence[Column]

    def __len__(self) -> int:
        return len(self.groups)

    def sums(self, values: Floats | Bools) -> Floats:
        """The sum of one value an entry, per group: [count]."""
        return np.bincount(self.groups, values, minlength=self.count).astype(np.float64, copy=False)

    @cached_property
    def totals(self) -> Floats:
        """The rows of each group: [count]."""
        return self.sums(self.counts)

    @cached_property
    def starts(self) -> Index:
        """Where each group begins: [count]."""
        return np.searchsorted(self.groups, np.arange(self.count))

    def where(self, mask: Bools) -> Lists:
        """Only some entries; groups may become empty."""
        return replace(
            self, groups=self.groups[mask], counts=self.counts[mask], columns=[c.take(mask) for c in self.columns]
        )

    def ordered(self, *keys: npt.NDArray[np.generic]) -> Lists:
        """The entries of each group in the order of the keys, most important first; equal ones stay as they were."""
        order = ordered([self.groups, *keys], len(self))
        check_stop()
        return replace(self, counts=self.counts[order], columns=[column.take(order) for column in self.columns])

    def distinct(self, columns: int = 0) -> Lists:
        """Each combination of the first columns (0: all) once: the first of them, counting as one row."""
        keys = [column.codes for column in self.columns[: columns or len(self.columns)]]
        order = ordered([self.groups, *keys], len(self))
        differs = self._begins(order)
        for key in keys:
            differs[1:] |= key[order][1:] != key[order][:-1]
        first = np.zeros(len(self), dtype=np.bool_)
        first[order[differs]] = True
        found = self.where(first)
        return replace(found, counts=np.ones(len(found)))

    def _begins(self, order: Index) -> Bools:
        groups = self.groups[order]
        return np.append(np.ones(min(len(groups), 1), dtype=np.bool_), groups[1:] != groups[:-1])

    def places(self, keys: npt.NDArray[np.generic]) -> Index:
        """For entries ordered by `keys`: the place of each among the different keys of its group, from 1."""
        begins = self._begins(np.arange(len(self)))
        steps = begins.copy()
        steps[1:] |= keys[1:] != keys[:-1]
        running = np.cumsum(steps)
        return running - np.repeat(running[begins] - 1, np.diff(np.append(np.flatnonzero(begins), len(self))))

    def distinct_within(self, column: int) -> Index:
        """A number for each different pair of group and value in a column: [n]."""
        pairs = self.groups * (self.columns[column].symbols.size + 1) + self.columns[column].codes
        return distinct(pairs).inverse

    def count_distinct(self, ids: Index) -> Floats:
        """How many different ids each group has: [count]."""
        group_of = np.zeros(int(ids.max(initial=-1)) + 1, dtype=np.int64)
        group_of[ids] = self.groups
        return np.bincount(group_of, minlength=self.count).astype(np.float64)

    def first_numbers(self, column: int, otherwise: float = np.nan) -> Floats:
        """An argument that is the same for the whole group, such as a rank: its number in the first entry, [count]."""
        if column >= len(self.columns):
            return np.full(self.count, otherwise)
        starts = np.minimum(self.starts, max(len(self) - 1, 0))
        if not len(self):
            return np.full(self.count, np.nan)
        return np.where(self.groups[starts] == np.arange(self.count), self.columns[column].numbers[starts], np.nan)

    def one_a_group(self, mask: Bools, column: int = 0) -> Vector:
        """The value of the one entry of each group that `mask` marks; NULL where it marks none or several."""
        marked = self.where(mask)
        found = marked.columns[column]
        codes = np.full(self.count, found.symbols.size, dtype=np.int64)
        codes[marked.groups] = found.codes
        codes[marked.sums(np.ones(len(marked))) != 1] = found.symbols.size
        return found.values(codes)


@dataclass(frozen=True)
class Listed:
    """An aggregation that is worked out from lists.

    finish: from the lists to one value a group. order: sorts the lists first. distinct: by how many of its arguments
    DISTINCT tells rows apart (0: all). empty: the value where there is no row at all. by_row: one entry a row, in
    load order. changed_by_distinct: see `accumulated.Accumulated`.
    """

    finish: Callable[[Lists], Vector]
    order: Callable[[Lists], Lists] = lambda lists: lists
    distinct: int = 0
    empty: float = np.nan
    by_row: bool = False
    changed_by_distinct: bool = True


def of_numbers(
    *columns: int, keeps_format: bool = False, format: NumFormat | None = None
) -> Callable[[Callable[[Lists], Floats]], Callable[[Lists], Vector]]:
    """Make a function of lists of numbers a `finish`: entries without a number in one of `columns` do not count.

    What is not finite is NULL. keeps_format: results are shown like the first argument's values. format: how they are
    shown otherwise.
    """

    def wrap(compute: Callable[[Lists], Floats]) -> Callable[[Lists], Vector]:
        def finish(lists: Lists) -> Vector:
            known = np.ones(len(lists), dtype=np.bool_)
            for column in columns:
                known &= ~np.isnan(lists.columns[column].numbers)
            with np.errstate(all="ignore"):
                found = compute(lists if known.all() else lists.where(known))
            own = lists.columns[0].symbols.format if keeps_format else format
            return Vector(np.where(np.isfinite(found), found, np.nan), None, own)

        return finish

    return wrap
