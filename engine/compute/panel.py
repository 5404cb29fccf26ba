"""Prepared cubes worked out together: the numbers of a row are read once for all of them, by one call.

Together are the cubes that a session asks for after every selection (`habit`), as long as they look at the same table.
Several cubes by fields that the rows read through the same link are rolled up from the sums by its key.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import numpy.typing as npt

from engine.compute.context import Context
from engine.compute.habit import Habit
from engine.compute.numbered import Numbered
from engine.compute.quantities import Quantity, numbers_of
from engine.data.dual import Floats, Vector
from engine.errors import CalculationTooLarge
from engine.machine.passes import RowNumbers
from engine.machine.tallies import RollUp, Tallied, Tally
from engine.selection.propagate import Possible

MOST_SUMS = 7
"""So many different sums, and the count of rows, fill a cache line."""

MOST_GROUPS = 2**18
"""So many groups the cubes of a panel have together, beside the first: the sums of all are held at once."""

ROWS_A_KEY = 2
"""Cubes are rolled up from the sums by a key if there are at least so many possible rows for each of its values."""

MOST_KEYS = 2**16
"""Nothing is rolled up from the sums by a key of more values: they would not fit into a cache."""


@dataclass(frozen=True, eq=False)
class Panelled:
    """What a cube wants: the sums of its quantities, over the rows of a table, by group.

    through: the column of the table on whose codes alone the groups depend, if there is one. model: the id of the
    model whose table it is.
    """

    model: str
    base: str
    rows: Numbered
    sums: Sequence[Quantity]
    through: str | None = None


@dataclass(frozen=True, eq=False)
class Block:
    """The columns of all cubes of a panel side by side, and what measures are in all of these groups.

    columns: [1 + sums, n]. measures: by what they are made of.
    """

    columns: Floats
    measures: dict[object, list[Vector]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Place:
    """A cube's part of a block. groups: that occur [n]. part: where their columns are, and behind them the total and
    zero; sums: which columns are the cube's, None for all."""

    groups: RowNumbers
    block: Block
    part: slice
    sums: list[int] | None

    @property
    def columns(self) -> Floats:
        """The number of rows, and each sum, of each group: [1 + sums, n + 2]."""
        own = self.block.columns[:, self.part]
        return own if self.sums is None else own[self.sums]

    @property
    def nbytes(self) -> int:
        return self.groups.nbytes + 16 * len(self.block.columns) * (len(self.groups) + 2)


class _Panel:
    """Cubes over one table, with all their quantities."""

    def __init__(self, context: Context, cubes: Sequence[Panelled]) -> None:
        every = {quantity.key: quantity for cube in cubes for quantity in cube.sums}
        names, whole = list(every), list(range(1 + len(every)))
        places = [[0, *(1 + names.index(quantity.key) for quantity in cube.sums)] for cube in cubes]
        self.sums = list(every.values())
        self.places: list[list[int] | None] = [None if own == whole else own for own in places]
        self._cubes = cubes
        self._tallies: dict[tuple[str, ...], Tally] = {}
        through = Counter(cube.through for cube in cubes if cube.through is not None)
        keys = {name: _Key(context, cubes[0].base, name) for name, count in through.items() if count > 1}
        self._keys = {name: key for name, key in keys.items() if key.size <= MOST_KEYS}

    @property
    def nbytes(self) -> int:
        """An estimate with all that is rolled up."""
        return len(self._cubes) * (2_000 + 4 * sum(key.size for key in self._keys.values()))

    def over(self, rows: RowNumbers | None, count: int, numbers: Sequence[Floats]) -> Tallied:
        """The sums over the possible rows, of which there are so many."""
        keys = tuple([name for name, key in self._keys.items() if key.size * ROWS_A_KEY <= count])
        tally = self._tallies.get(keys)
        if tally is None:
            tally = self._tallies[keys] = self._tally(keys)
        return tally.over(rows, numbers)

    def _tally(self, keys: Sequence[str]) -> Tally:
        columns = [cube.rows.column for cube in self._cubes]
        groups = [len(cube.rows.keys) for cube in self._cubes]
        roll_ups = []
        for name in keys:
            key = self._keys[name]
            own = [place for place, cube in enumerate(self._cubes) if cube.through == name]
            source = next((place for place in own if columns[place] is key.column), len(columns))
            if source == len(columns):
                columns.append(key.column)
                groups.append(key.size)
            roll_ups += [RollUp(source, place, key.to(self._cubes[place].rows)) for place in own if place != source]
        return Tally(columns, groups, roll_ups, len(self._cubes))


class _Key:
    """A column through which several cubes are read. size: of its codes, NULL's among them."""

    def __init__(self, context: Context, base: str, name: str) -> None:
        self.column = context.model.tables[base].columns[name]
        self.size = context.model.symbols(name).size + 1

    def to(self, rows: Numbered) -> npt.NDArray[np.int32]:
        """The group that each code belongs to."""
        groups = np.zeros(self.size, dtype=np.int32)
        groups[self.column.codes] = rows.column.codes
        return groups


def placed(context: Context, states: Possible, asked: Panelled, habit: Habit[Panelled] | None) -> Place:
    """What a cube wants. habit: that of the charts to which the cube belongs, if it does."""
    key = (context.model.id, "pass", states.key, asked)
    known: Place | None = context.cache.get(key)
    if known is not None:
        return known
    following = habit.following(states.key, asked) if habit is not None else []
    cubes = [asked, *_fitting(context, states, asked, following)]
    try:
        places = _together(context, states, cubes)
    except CalculationTooLarge:
        if len(cubes) == 1:
            raise
        places = _together(context, states, [asked])  # another cube may have been too large, this one need not be
    for cube, place in zip(cubes[1:], places[1:], strict=False):
        context.cache.put((context.model.id, "pass", states.key, cube), place, place.nbytes)
    return places[0]


def _together(context: Context, states: Possible, cubes: Sequence[Panelled]) -> list[Place]:
    base, key = cubes[0].base, (context.model.id, "panel", tuple(cubes))
    panel = context.cache.get_or_make(key, partial(_Panel, context, cubes), lambda made: made.nbytes)
    numbers = numbers_of(context, states, base, panel.sums)
    rows = states.possible_rows(base)
    count = context.model.tables[base].rows if rows is None else len(rows)
    tallied = panel.over(rows, count, numbers)
    block = Block(tallied.columns)
    totals = dict(zip([one.key for one in panel.sums], tallied.columns[1:, tallied.counts[0]].tolist(), strict=True))
    context.cache.put(_totals_key(context, states, base), totals, 1_000)
    return [
        Place(tallied.codes[groups], block, part, sums)
        for (groups, part), sums in zip(tallied.parts(), panel.places, strict=True)
    ]


def _totals_key(context: Context, states: Possible, base: str) -> Hashable:
    return (context.model.id, "pass", states.key, base, context.locale)


def totals_of(context: Context, states: Possible, base: str, sums: Sequence[Quantity]) -> list[float]:
    """The sums over all possible rows of a table: what a panel gave, if one has been over them."""
    known: dict[str, float] = context.cache.get(_totals_key(context, states, base)) or {}
    missing = [one for one in sums if one.key not in known]
    numbers = numbers_of(context, states, base, missing)
    found = {one.key: float(given.sum()) for one, given in zip(missing, numbers, strict=True)}
    return [known.get(one.key, found.get(one.key, 0.0)) for one in sums]


def _fitting(context: Context, states: Possible, asked: Panelled, following: Iterable[Panelled]) -> Iterator[Panelled]:
    """Those that look at the same table as the cube that is asked for, are not known yet, and add little to it."""
    sums, groups = {quantity.key for quantity in asked.sums}, 0
    for cube in following:
        own = {quantity.key for quantity in cube.sums}
        is_alike = cube.base == asked.base and cube.model == asked.model
        is_small = len(sums | own) <= max(MOST_SUMS, len(sums)) and groups + len(cube.rows.keys) <= MOST_GROUPS
        if is_alike and is_small and context.cache.get((context.model.id, "pass", states.key, cube)) is None:
            sums |= own
            groups += len(cube.rows.keys)
            yield cube
