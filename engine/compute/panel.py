"""Prepared cubes worked out together: the numbers of a row are read once for all of them, by one call.

Together are the cubes that a session asks for after every selection (`habit`), as long as they look at the same table.
Several cubes by fields that the rows read through the same link are rolled up from the sums by its key.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from math import prod

import numpy as np
import numpy.typing as npt

from engine.compute.context import Context
from engine.compute.habit import Habit
from engine.compute.numbered import Numbered
from engine.compute.quantities import Quantity, numbers_of, numbers_of_rows
from engine.data.column import Column
from engine.data.dual import Floats, Vector
from engine.errors import CalculationTooLarge
from engine.machine.passes import RowNumbers
from engine.machine.tallies import RollUp, Tallied, Tally
from engine.selection.propagate import Possible
from engine.stopping import check_stop

MOST_SUMS = 7
"""So many different sums, and the count of rows, fill a cache line."""

MOST_GROUPS = 2**18
"""So many groups the cubes of a panel have together, beside the first: the sums of all are held at once."""

ROWS_A_KEY = 2
"""Cubes are rolled up from the sums by a key if there are at least so many possible rows for each of its values."""

MOST_KEYS = 2**16
"""Nothing is rolled up from the sums by a key of more values: they would not fit into a cache."""

MOST_JOINED = 2**13
"""Cubes of few groups are rolled up from the sums by the combinations of these, of which there are at most so many."""

ROWS_A_COMBINATION = 4
"""They are if there are at least so many possible rows for each."""


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

    @cached_property
    def names(self) -> frozenset[str]:
        """The keys of the quantities."""
        return frozenset(quantity.key for quantity in self.sums)


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
        self._tallies: dict[tuple[tuple[str, ...], bool], Tally] = {}
        self._rows = context.model.tables[cubes[0].base].rows
        through = Counter(cube.through for cube in cubes if cube.through is not None)
        keys = {name: _Key(context, cubes[0].base, name) for name, count in through.items() if count > 1}
        self._keys = {name: key for name, key in keys.items() if key.size <= MOST_KEYS}

    @property
    def nbytes(self) -> int:
        """An estimate with all that is rolled up."""
        joined = self._rows * len(self._cubes) if self._rows >= MOST_JOINED * ROWS_A_COMBINATION else 0
        return len(self._cubes) * (2_000 + 4 * sum(key.size for key in self._keys.values())) + joined

    def over(self, rows: RowNumbers | None, count: int, numbers: Sequence[Floats], *, picked: bool) -> Tallied:
        """The sums over the possible rows, of which there are so many. picked: whether the numbers are theirs alone.

        Combinations are numbered when the panel is asked for the second time: it will be again.
        """
        keys = tuple([name for name, key in self._keys.items() if key.size * ROWS_A_KEY <= count])
        joins = count >= MOST_JOINED * ROWS_A_COMBINATION and (keys, False) in self._tallies
        tally = self._tallies.get((keys, joins))
        if tally is None:
            tally = self._tallies[keys, joins] = self._tally(keys, joins=joins)
        return tally.over(rows, numbers, picked=picked)

    def _tally(self, keys: Sequence[str], *, joins: bool) -> Tally:
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
        if joins:
            rolled = {one.target for one in roll_ups}
            for places in _joined({place: groups[place] for place in range(len(columns)) if place not in rolled}):
                if len(places) > 1:
                    roll_ups = [*_join(columns, groups, places), *roll_ups]
        return Tally(columns, groups, roll_ups, len(self._cubes))


def _joined(groups: Mapping[int, int]) -> Iterator[list[int]]:
    """Columns, by their places, that have few combinations; from those of the fewest groups on. Some stand alone."""
    places: list[int] = []
    for place in sorted(groups, key=groups.__getitem__):
        if prod(groups[one] for one in [*places, place]) > MOST_JOINED:
            yield places
            places = []
        places.append(place)
    yield places


def _join(columns: list[Column], groups: list[int], places: Sequence[int]) -> Iterator[RollUp]:
    """A column of combinations, put behind the others, from which these are rolled up."""
    sizes = [groups[place] for place in places]
    codes = np.zeros(len(columns[0].codes), dtype=np.uint16)
    for place, size in zip(places, sizes, strict=True):
        check_stop()
        codes *= np.uint16(size)
        codes += columns[place].codes.astype(np.uint16)
    every = np.unravel_index(np.arange(prod(sizes)), sizes)
    columns.append(Column("", codes))
    groups.append(prod(sizes))
    for place, own in zip(places, every, strict=True):
        yield RollUp(len(columns) - 1, place, own.astype(np.int32))


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


Placed = dict[Panelled, Place]
"""Cubes that are known under some selections."""


def placed(context: Context, states: Possible, asked: Panelled, habit: Habit[Panelled] | None) -> Place:
    """What a cube wants. habit: that of the charts to which the cube belongs, if it does."""
    key = (context.model.id, "pass", states.key, asked.base)
    known: Placed = context.cache.get(key) or {}
    if asked in known:
        return known[asked]
    following = habit.following(states.key, asked) if habit is not None else []
    cubes = [asked, *_fitting(known, asked, following)]
    try:
        places = _together(context, states, cubes)
    except CalculationTooLarge:
        if len(cubes) == 1:
            raise
        cubes = [asked]  # another cube may have been too large, this one need not be
        places = _together(context, states, cubes)
    known = known | dict(zip(cubes, places, strict=True))
    context.cache.put(key, known, sum([place.nbytes for place in known.values()]))
    return places[0]


def _together(context: Context, states: Possible, cubes: Sequence[Panelled]) -> list[Place]:
    base, key = cubes[0].base, (context.model.id, "panel", tuple(cubes))
    panel = context.cache.get_or_make(key, partial(_Panel, context, cubes), lambda made: made.nbytes)
    every = [numbers_of_rows(context, base, quantity) for quantity in panel.sums]
    kept = [one for one in every if one is not None]
    picked = len(kept) < len(every)
    rows = states.possible_rows(base)
    count = context.model.tables[base].rows if rows is None else len(rows)
    numbers = numbers_of(context, states, base, panel.sums) if picked else kept
    tallied = panel.over(rows, count, numbers, picked=picked)
    block = Block(tallied.columns)
    totals = dict(zip([one.key for one in panel.sums], tallied.columns[1:, tallied.counts[0]].tolist(), strict=True))
    context.cache.put(_totals_key(context, states, base), totals, 1_000)
    return [
        Place(tallied.codes[groups], block, part, sums)
        for (groups, part), sums in zip(tallied.parts(), panel.places, strict=True)
    ]


def _totals_key(context: Context, states: Possible, base: str) -> Hashable:
    return (context.model.id, "totals", states.key, base, context.locale)


def totals_of(context: Context, states: Possible, base: str, sums: Sequence[Quantity]) -> list[float]:
    """The sums over all possible rows of a table: what a panel gave, if one has been over them."""
    known: dict[str, float] = context.cache.get(_totals_key(context, states, base)) or {}
    missing = [one for one in sums if one.key not in known]
    numbers = numbers_of(context, states, base, missing)
    found = {one.key: float(given.sum()) for one, given in zip(missing, numbers, strict=True)}
    return [known.get(one.key, found.get(one.key, 0.0)) for one in sums]


def _fitting(known: Placed, asked: Panelled, following: Iterable[Panelled]) -> Iterator[Panelled]:
    """Those that look at the same table as the cube that is asked for, are not known yet, and add little to it."""
    sums, groups = set(asked.names), 0
    for cube in following:
        is_alike = cube.base == asked.base and cube.model == asked.model and cube not in known
        if is_alike and groups + len(cube.rows.keys) <= MOST_GROUPS:
            own = sums | cube.names
            if len(own) <= max(MOST_SUMS, len(sums)):
                sums = own
                groups += len(cube.rows.keys)
                yield cube
