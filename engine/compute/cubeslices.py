"""Cubes' sums split by the codes of one field, and the cubes under any set of these (see `sliced`).

Cubes of the same sums over the same table are put together at once, when the first of them is asked for: then their
measures are worked out once, over the groups of all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from engine.compute.groups import Groups
from engine.compute.leaves import Distinct, Pass
from engine.compute.sliced import SlicedStates
from engine.data.column import Column
from engine.data.dual import Bools, Dual, Floats, Vector
from engine.machine.slices import Bits, Codes, Starts, add, add_up, either, rows_of, settle
from engine.machine.tallies import extremes
from engine.selection.propagate import Possible

if TYPE_CHECKING:
    from engine.compute.prepared import Prepared


@dataclass(frozen=True, eq=False)
class DistinctSlices:
    """Which values of a DISTINCT argument occur, and which pairs of group and value, by code of the field."""

    seen: Bits
    pairs: int
    starts: Starts
    numbers: Codes
    counts: Floats

    @property
    def nbytes(self) -> int:
        return self.seen.nbytes + self.starts.nbytes + self.numbers.nbytes + self.counts.nbytes

    def under(self, chosen: Codes, values: int) -> tuple[Bools, Codes]:
        """Which values occur, and the numbers of the pairs that do."""
        pairs = add_up(self.pairs, self.starts, chosen, self.numbers, self.counts)[0] if self.pairs else self.numbers
        return either(self.seen, chosen)[:values], pairs


@dataclass(frozen=True, eq=False)
class CubeSlices:
    """The passes of a prepared cube under each value of the field, one behind the other (see `machine.slices`)."""

    groups: int
    starts: Starts
    numbers: Codes
    columns: Floats
    least: list[tuple[bool, Floats]]
    distinct: Mapping[Distinct, DistinctSlices]
    has_axes: bool

    @property
    def nbytes(self) -> int:
        own = self.starts.nbytes + self.numbers.nbytes + self.columns.nbytes
        return own + sum(part.nbytes for _, part in self.least) + sum(one.nbytes for one in self.distinct.values())

    def under(self, chosen: Codes) -> Pass:
        """What a pass over the rows that are possible under these values would give."""
        found, columns = add_up(self.groups, self.starts, chosen, self.numbers, self.columns, len(self.least))
        if self.least:
            places = rows_of(self.starts, chosen)
            of = Column("", self.numbers[places].astype(np.uint32))
            for at, (greatest, kept) in enumerate(self.least, start=self.columns.shape[1]):
                columns[at, :-2] = extremes(self.groups, None, of, kept[places], greatest=greatest)[found]
                columns[at, -2] = (np.fmax if greatest else np.fmin).reduce(columns[at, :-2], initial=np.nan)
                columns[at, -1] = np.nan
        if not self.has_axes:
            found, columns = found[:0], columns[:, -2:]
        given = {leaf: slices.under(chosen, len(leaf.numbered.keys)) for leaf, slices in self.distinct.items()}
        return Pass(None, found, columns, given)


@dataclass(eq=False)
class _Panel:
    """Cubes put together. cubes: of each the first and last place among the groups that occur [n], and what to take off
    their codes. values: by what they are made of, the measures [n + 2] and their totals."""

    cubes: Mapping[Prepared, tuple[int, int, int]]
    codes: Codes
    columns: Floats
    values: dict[str, tuple[list[Vector], list[Dual]]] = field(default_factory=dict)


def is_sliced(states: Possible, prepared: Prepared) -> bool:
    return isinstance(states, SlicedStates) and states.slices.cubes.get(prepared) is not None


def pass_of(states: Possible, prepared: Prepared) -> Pass | None:
    """What a pass for a cube would give; None if that is not known."""
    if not isinstance(states, SlicedStates):
        return None
    slices = states.slices.cubes.get(prepared)
    return None if slices is None else slices.under(states.chosen)


def part_of(states: Possible, prepared: Prepared, evaluate: Callable[[Pass], list[Vector]]) -> Groups | None:
    """A cube that is put together with others; None if it is not one of these."""
    if not isinstance(states, SlicedStates) or not prepared.is_sums or prepared.rows is None:
        return None
    name = (prepared.base, prepared.sums_key)
    panel: _Panel | None = states.panels.get(name)
    if panel is None or prepared not in panel.cubes:
        if states.slices.cubes.get(prepared) is None:
            return None
        panel = states.panels[name] = _put_together(states, prepared)
    if prepared.made_of not in panel.values:
        values = evaluate(Pass(None, panel.codes, panel.columns))
        panel.values[prepared.made_of] = values, [vector.dual(len(panel.codes)) for vector in values]
    every, totals = panel.values[prepared.made_of]
    first, last, offset = panel.cubes[prepared]
    keys = prepared.rows.keys[panel.codes[first:last] - offset]
    parts = [vector.part(slice(first, last)) for vector in every]
    return Groups(keys, parts, list(totals), [None] * len(parts))


def _put_together(states: SlicedStates, like: Prepared) -> _Panel:
    alike = {
        prepared: slices
        for prepared, slices in list(states.slices.cubes.items())
        if slices is not None and prepared.is_sums and prepared.rows is not None
        and prepared.base == like.base and prepared.sums_key == like.sums_key
    }  # fmt: skip
    offsets = np.cumsum([0, *(slices.groups for slices in alike.values())])
    sums = np.zeros((int(offsets[-1]), 1 + len(like.sums)))
    for slices, start, end in zip(alike.values(), offsets, offsets[1:], strict=False):
        add(sums[start:end], slices.starts, states.chosen, slices.numbers, slices.columns)
    codes, columns = settle(sums)
    bounds = np.searchsorted(codes, offsets).tolist()
    columns[:, -2] = columns[:, : bounds[1]].sum(axis=1)  # every row is in one group of each cube
    places = zip(alike, bounds, bounds[1:], offsets.tolist(), strict=False)
    return _Panel({one: (first, last, offset) for one, first, last, offset in places}, codes, columns)
