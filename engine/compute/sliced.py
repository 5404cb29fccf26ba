"""Answers that are put together from slices: what a field's values, each by itself, leave possible and add up to.

On a forest of links a row is possible under several values of a field exactly if it is possible under one of them,
everything else selected being the same. So the possible values under a set of values are the union of those under each,
and where each row has one value of the field, sums over the rows are sums over the slices. `slicing` makes the slices.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from engine.compute.cache import ResultCache
from engine.data.dual import Bools
from engine.data.model import Model
from engine.machine.passes import RowNumbers
from engine.machine.slices import Bits, either
from engine.selection.propagate import States, propagate
from engine.selection.state import Selections

if TYPE_CHECKING:
    from engine.compute.cubeslices import CubeSlices
    from engine.compute.prepared import Prepared


@dataclass(frozen=True, eq=False)
class Marks:
    """Which values are possible under each value of the field.

    places: first bit and number of values of what is marked: a field, or a selected field without its own selection.
    """

    bits: Bits
    places: Mapping[tuple[str, bool], tuple[int, int]]


@dataclass(eq=False)
class Slices:
    """One field's slices. name: the field's; rest: what is selected in others; own: which of its values are possible
    under that [size]. cubes: None stands for one that cannot be sliced. asked: the fields that marks were made for.

    Parts are added as they are made; none ever changes.
    """

    name: str
    rest: Selections
    own: Bools
    cubes: dict[Prepared, CubeSlices | None] = field(default_factory=dict)
    marks: Marks | None = None
    asked: frozenset[str] = frozenset()

    @property
    def nbytes(self) -> int:
        marks = 0 if self.marks is None else self.marks.bits.nbytes
        return 1_000 + marks + sum(one.nbytes for one in list(self.cubes.values()) if one is not None)


class SlicedStates(States):
    """The states under some values of the field that was sliced. What no slice tells is worked out the long way.

    chosen: the codes of these values. panels: what cubes have in common, see `cubeslices`.
    """

    def __init__(self, model: Model, selections: Selections, slices: Slices, cache: ResultCache) -> None:
        super().__init__(model, selections)
        self.slices = slices
        self._cache = cache
        self.chosen = self.selections[slices.name].codes
        self.panels: dict[Hashable, Any] = {}
        self._known: dict[tuple[str, bool], Bools] = {}
        if slices.marks is not None:
            flags = either(slices.marks.bits, self.chosen)
            self._known = {name: flags[at : at + size] for name, (at, size) in slices.marks.places.items()}
        ours = np.zeros_like(slices.own)
        ours[self.chosen] = slices.own[self.chosen]
        self._known[slices.name, False], self._known[slices.name, True] = ours, slices.own

    def possible(self, field: str) -> Bools:
        known = self._known.get((field, False))
        if known is None:
            return self._whole.possible(field)
        self.asked.add(field)
        return known

    def lifted(self, field: str) -> Bools:
        known = self._known.get((field, True))
        return self._whole.lifted(field) if known is None else known

    def row_words(self, table: str) -> npt.NDArray[np.unsignedinteger] | None:
        return self._whole.row_words(table)

    def occurring(self, table: str, field: str) -> None:
        return None

    def possible_rows(self, table: str) -> RowNumbers | None:
        return self._whole.possible_rows(table)

    @property
    def _whole(self) -> States:
        """The same states, worked out from the rows."""
        return whole_states(self.model, self.selections, self._cache)


def whole_states(model: Model, selections: Selections, cache: ResultCache) -> States:
    key = (model.id, "states", "whole", selections.key())
    return cache.get_or_make(key, lambda: propagate(model, selections), size_of_states)


def size_of_states(states: States) -> int:
    """States fill up as they are asked; counted as if everything had been."""
    if isinstance(states, SlicedStates):
        return 10_000 + sum(f.symbols.size for f in states.model.fields.values()) * 2
    return size_of_rows(states.model) if states.selections else 1_000


def size_of_rows(model: Model) -> int:
    rows = sum(table.rows for table in model.tables.values())
    return rows * 5 + sum(f.symbols.size for f in model.fields.values()) * 9


def sliced_key(model: Model, selections: Selections, field: str) -> Hashable:
    """The key under which the slices of a field are kept: equal whatever is selected in the field itself."""
    rest = Selections({name: chosen for name, chosen in selections.items() if name != field})
    return (model.id, "slices", field, rest.key())


def states_of(model: Model, selections: Selections, cache: ResultCache) -> States:
    """The states under selections: from slices where there are any."""
    for name in cache.get((model.id, "sliced")) or ():
        if name in selections and (slices := cache.get(sliced_key(model, selections, name))) is not None:
            return SlicedStates(model, selections, slices, cache)
    return propagate(model, selections)
