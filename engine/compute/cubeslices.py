"""A cube's sums split by the codes of one field, and the cube under any set of these (see `sliced`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.compute.leaves import Distinct, Pass
from engine.data.column import Column
from engine.data.dual import Bools, Floats
from engine.machine.passes import extremes
from engine.machine.slices import Bits, Codes, Starts, add_up, either, rows_of


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
