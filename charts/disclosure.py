"""Which groups may not be shown, so that nothing about a group smaller than the minimum can be worked out (T08).

A *cell* is what a published number speaks of: pairs of field and label that its rows have in common. Small cells are
hidden first; then as many others as it takes until no hidden cell, no small part and no small remainder of a shown cell
follows from the shown ones, together with the cells of earlier versions and of other charts of the same data.
Cells are sets of the finest parts of the data (charts.evaluation.Partition), so nested levels, overlapping levels and
filters are all one case.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy import sparse

from charts.linear import combinations
from charts.plan import TooMuch

Cell = frozenset[tuple[str, str | tuple[str, ...]]]
"""A label, or several of which any will do: that is how a selection stands in a cell."""

MAX_SHOWN = 3000
"""Shown cells that the audit takes in at once; beyond, a publication with small groups is refused."""


@dataclass
class Parts:
    """The finest groups. codes [parts, fields]: labels as numbers; sizes [parts, counts].

    unit: the count that is of distinct values and so does not add up: a set has at least as many as its largest part.
    alike: pairs of counts whose difference is the size of a group of its own.
    """

    fields: tuple[str, ...]
    labels: Sequence[tuple[str, ...]]
    sizes: npt.NDArray[np.int64]
    unit: int | None = None
    alike: tuple[tuple[int, int], ...] = ()
    codes: npt.NDArray[np.int64] = field(init=False)
    names: list[dict[str, int]] = field(init=False)

    def __post_init__(self) -> None:
        self.names = [{} for _ in self.fields]
        self.codes = np.zeros((len(self.labels), len(self.fields)), dtype=np.int64)
        for row, labels in enumerate(self.labels):
            for place, label in enumerate(labels):
                self.codes[row, place] = self.names[place].setdefault(label, len(self.names[place]))

    def members(self, cell: Cell) -> npt.NDArray[np.intp]:
        """The parts of a cell; none if a label does not occur, or a field was not split by."""
        chosen = np.ones(len(self.labels), dtype=bool)
        for name, label in cell:
            if name not in self.fields:
                return np.zeros(0, dtype=np.intp)
            place = self.fields.index(name)
            codes = [self.names[place].get(one, -1) for one in ((label,) if isinstance(label, str) else label)]
            chosen &= np.isin(self.codes[:, place], codes)
        return np.flatnonzero(chosen)

    def size(self, parts: npt.NDArray[np.intp]) -> npt.NDArray[np.int64]:
        """The counts of a set of parts."""
        if not len(parts):
            return np.zeros(self.sizes.shape[1], dtype=np.int64)
        total = self.sizes[parts].sum(axis=0)
        if self.unit is not None:
            total[self.unit] = self.sizes[parts, self.unit].max()
        return total


def is_small(sizes: Iterable[int], minimum: int, alike: tuple[tuple[int, int], ...] = ()) -> bool:
    """Whether a count, or the difference of two counts of the same thing, is of fewer than `minimum`, and of some."""
    counts = [int(one) for one in sizes]
    differences = (abs(counts[one] - counts[other]) for one, other in alike)
    return any(0 < count < minimum for count in (*counts, *differences))


def hidden_cells(
    parts: Parts,
    cells: Iterable[Cell],
    minimum: int,
    known: Iterable[Cell] = (),
    small: Iterable[Cell] = (),
    elsewhere: Iterable[Cell] = (),
) -> set[Cell]:
    """Those of `cells` that may not be shown.

    known: cells that others can see already; they cannot be hidden any more. small: cells that are known to be too
    small from their own counts, where these do not add up. elsewhere: small cells that others left out. TooMuch.
    """
    return _Audit(parts, list(dict.fromkeys(cells)), minimum, set(known), set(small), set(elsewhere)).run()


class _Audit:
    def __init__(
        self,
        parts: Parts,
        cells: list[Cell],
        minimum: int,
        known: set[Cell],
        small: set[Cell],
        elsewhere: set[Cell],
    ) -> None:
        self.parts, self.minimum, self.known = parts, minimum, known
        self.members = {cell: parts.members(cell) for cell in {*cells, *known, *elsewhere}}
        self.known = {cell for cell in known if len(self.members[cell])}
        self.cells = [cell for cell in cells if len(self.members[cell])]
        self.own = set(self.cells) - self.known
        self.hidden = {cell for cell in cells if not len(self.members[cell])}  # what cannot be checked is not shown
        self.targets = [cell for cell in elsewhere if self._is_small(self.members[cell])]
        for cell in self.cells:
            if cell in small or self._is_small(self.members[cell]):
                self.hidden.add(cell)
                self.targets.append(cell)

    def run(self) -> set[Cell]:
        while self._hide_remainders() or self._hide_combinations():
            pass
        return self.hidden

    def _is_small(self, members: npt.NDArray[np.intp]) -> bool:
        return is_small(self.parts.size(members), self.minimum, self.parts.alike)

    def _shown(self) -> list[Cell]:
        return [*(cell for cell in self.cells if cell in self.own and cell not in self.hidden), *self.known]

    def _weight(self, cell: Cell) -> tuple[int, int]:
        return int(self.parts.size(self.members[cell]).max()), len(cell)

    def _hide(self, candidates: Iterable[Cell], beside: frozenset[str] | None = None) -> bool:
        """Hide the one of which least is lost; False if none of them is ours to hide.

        beside: a grouping whose cells go first, since the neighbours of a hidden cell protect it best.
        """
        own = [cell for cell in candidates if cell in self.own and cell not in self.hidden]
        if not own:
            return False
        self.hidden.add(
            min(own, key=lambda cell: (_grouping(cell) != beside, *self._weight(cell), sorted(map(str, cell))))
        )
        return True

    # -- what is left of a shown cell when shown cells inside it are taken away

    def _hide_remainders(self) -> bool:
        groupings: dict[frozenset[str], list[Cell]] = {}
        for cell in self._shown():
            groupings.setdefault(_grouping(cell), []).append(cell)
        changed = False
        for outer in groupings.values():
            owner = np.full(len(self.parts.labels), -1)
            for number, cell in enumerate(outer):
                owner[self.members[cell]] = number
            for inner in groupings.values():
                if inner is not outer:
                    changed = self._hide_in(outer, owner, inner) or changed
        return changed

    def _hide_in(self, outer: list[Cell], owner: npt.NDArray[np.int64], inner: list[Cell]) -> bool:
        inside: dict[int, list[Cell]] = {}
        for cell in inner:
            if cell in self.hidden:
                continue
            owners = owner[self.members[cell]]
            if owners[0] >= 0 and (owners == owners[0]).all():
                inside.setdefault(int(owners[0]), []).append(cell)
        changed = False
        for number, within in inside.items():
            if outer[number] in self.hidden:
                continue
            covered = np.concatenate([self.members[cell] for cell in within])
            rest = np.setdiff1d(self.members[outer[number]], covered)
            if len(rest) and self._is_small(rest):
                changed = self._hide(within) or self._hide([outer[number]]) or changed
        return changed

    # -- what follows from all shown cells together

    def _hide_combinations(self) -> bool:
        shown = self._shown()
        classes, class_of = self._classes(shown)
        wanted: list[tuple[npt.NDArray[np.int64], frozenset[str] | None]] = []
        for target in self.targets:
            touched = np.unique(class_of[self.members[target]])
            if sum(len(classes[one]) for one in touched) == len(self.members[target]):  # else it cuts through one
                wanted.append((touched, _grouping(target)))
        wanted += [(np.array([number]), None) for number, members in enumerate(classes) if self._is_small(members)]
        if not wanted or not shown:
            return False
        if len(shown) > MAX_SHOWN:
            raise TooMuch(
                f"{len(shown):,} groups would be shown, and some are too small to be. At most {MAX_SHOWN:,} can be "
                "checked together: choose fewer levels or filter values, or lower the row limit."
            )
        told = combinations(
            _matrix([np.unique(class_of[self.members[cell]]) for cell in shown], len(classes)),
            _matrix([touched for touched, _ in wanted], len(classes)),
        )
        gone: set[Cell] = set()
        changed = False
        for support, (_, beside) in zip(told, wanted, strict=True):
            if support is None:
                continue
            used = [shown[place] for place in support]
            if gone.isdisjoint(used) and self._hide(used, beside):
                gone = set(self.hidden)
                changed = True
        return changed

    def _classes(self, shown: list[Cell]) -> tuple[list[npt.NDArray[np.intp]], npt.NDArray[np.int64]]:
        """Parts that every shown cell holds together or not at all: nobody outside can tell them apart."""
        class_of = np.zeros(len(self.parts.labels), dtype=np.int64)
        groupings: dict[frozenset[str], list[Cell]] = {}
        for cell in shown:
            groupings.setdefault(_grouping(cell), []).append(cell)
        for cells in groupings.values():
            mark = np.zeros(len(class_of), dtype=np.int64)
            for number, cell in enumerate(cells, 1):
                mark[self.members[cell]] = number
            _, class_of = np.unique(class_of * (len(cells) + 1) + mark, return_inverse=True)
        order = np.argsort(class_of, kind="stable")
        starts = np.flatnonzero(np.diff(class_of[order], prepend=-1))
        return np.split(order, starts[1:]), class_of


def _grouping(cell: Cell) -> frozenset[str]:
    return frozenset(name for name, _ in cell)


def _matrix(rows: list[npt.NDArray[np.int64]], width: int) -> sparse.csr_matrix:
    pointers = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    columns = np.concatenate(rows) if rows else np.zeros(0, dtype=np.int64)
    return sparse.csr_matrix((np.ones(len(columns)), columns, pointers), shape=(len(rows), width))
