"""Grouping the possible rows of a table: one program over the rows, then work on groups only.

Rows are grouped by axes. Axes that a row reads as one value become part of the program's group
number. For axes behind an N:M link the rows are grouped by the link's key instead; afterwards each
key is replaced by the distinct combinations of values it leads to (found by grouping the tables
behind it the same way), and groups that became equal are merged. So a row counts once for each
combination of values it is linked to, however many paths lead there, and no join is ever made.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
import numpy.typing as npt

from engine.compute.context import Context
from engine.compute.evaluation import Axis
from engine.compute.keys import LARGEST_RADIX, Keys, in_order, merge
from engine.compute.rows import Rows
from engine.compute.scope import FieldValues, Many, Own, route
from engine.data.dual import Bools
from engine.data.ordering import distinct, ordered, picked
from engine.machine.operations import Op, Outcome
from engine.selection.propagate import Possible
from engine.stopping import check_stop

DIRECT_CELLS = 2**22
"""Group numbers up to here are array indices; beyond, a hash table numbers the groups that occur."""

FIRST_HASH = 2**16
"""Places of a hash table at the first try; it grows eightfold when full."""

Array = npt.NDArray[np.generic]


@dataclass(frozen=True)
class Accumulator:
    """One quantity per group. `number` writes the instructions for what is accumulated; none for ROWS."""

    op: Op
    number: Callable[[Rows], int] | None = None


@dataclass(frozen=True)
class Grouped:
    """The groups that occur, in the order of their keys [groups, axes], and a column per accumulator."""

    keys: Keys
    columns: list[Array]


@dataclass(frozen=True)
class _Column:
    """An axis as the program reads it: codes of the base, a map, and the size (NULL's code)."""

    codes: npt.NDArray[np.unsignedinteger]
    map: npt.NDArray[np.int32] | None
    size: int


def group(
    context: Context,
    states: Possible,
    base: str,
    axes: Sequence[Axis],
    accumulators: Sequence[Accumulator] = (),
    mask: Bools | None = None,
    unread: frozenset[int] = frozenset(),
) -> Grouped:
    """Group the possible rows of `base`. Axes it is not linked with, and those in `unread`, are NULL throughout.

    Without axes there is one group, unless no row is possible. Raises CalculationTooLarge.
    """
    fixed: dict[int, int] = {}
    direct: dict[int, _Column] = {}
    behind: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place, axis in enumerate(axes):
        if axis.readable is None:
            fixed[place] = 0
            continue
        way = route(context, base, axis.readable)
        if isinstance(way, Many) and place not in unread:
            behind[way.key][way.next].append(place)
        elif isinstance(way, Own) and place not in unread:
            direct[place] = _Column(way.codes, _chain(way.map, axis.map), axis.symbols.size)
        else:
            fixed[place] = axis.symbols.size
    keys_of = {key: _Column(context.model.codes(base, key), None, context.model.symbols(key).size) for key in behind}
    fine = _run(context, states, base, [*direct.values(), *keys_of.values()], accumulators, mask)

    found = np.empty((len(fine.keys), len(axes)), dtype=np.int64)
    found[:, list(direct)] = fine.keys[:, : len(direct)]
    for place, code in fixed.items():
        found[:, place] = code
    if not behind:
        order = in_order(found)
        return Grouped(picked(found, order), [picked(column, order) for column in fine.columns])
    rows = np.arange(len(found))
    for number, (key, tables) in enumerate(behind.items(), start=len(direct)):
        pairs, places_of = _led_to(context, states.linking, key, tables, axes)
        parts, values = _expand(context, fine.keys[rows, number], pairs, keys_of[key].size)
        found, rows = found[parts], rows[parts]
        found[:, places_of] = _or_nulls(pairs, axes, places_of)[values]
    sizes = [axis.symbols.size for axis in axes]
    return Grouped(*merge(found, sizes, [column[rows] for column in fine.columns], [a.op for a in accumulators]))


def _chain(first: npt.NDArray[np.int32] | None, second: npt.NDArray[np.int32] | None) -> npt.NDArray[np.int32] | None:
    if first is None or second is None:
        return second if first is None else first
    return second[first]


def _led_to(
    context: Context, states: Possible, key: str, tables: dict[str, list[int]], axes: Sequence[Axis]
) -> tuple[Keys, list[int]]:
    """The distinct combinations of values behind a key: rows of (code of the key, codes of the axes), by key.

    Also the places of these axes. Behind one key may stand several tables; their combinations are crossed.
    """
    link = Axis(FieldValues(context.model, key), None, context.model.symbols(key))
    pairs = np.zeros((0, 0), dtype=np.int64)
    for table, held in tables.items():
        more = group(context, states, table, [link, *(axes[place] for place in held)]).keys
        more = more[more[:, 0] < link.symbols.size]
        pairs = (
            more if not pairs.shape[1] else _cross_by_key(context, pairs, more, link.symbols.size, axes, tables, held)
        )
    return pairs, [place for held in tables.values() for place in held]


def _or_nulls(pairs: Keys, axes: Sequence[Axis], held: Sequence[int]) -> Keys:
    """The values of the pairs and, last (that is at -1), a row of NULLs."""
    return np.vstack([pairs[:, 1:], [[axes[place].symbols.size for place in held]]])


def _cross_by_key(
    context: Context,
    one: Keys,
    other: Keys,
    size: int,
    axes: Sequence[Axis],
    tables: dict[str, list[int]],
    held: list[int],
) -> Keys:
    """Per key: every combination of the one table with every one of the other; NULLs where one has none."""
    before = [place for places in tables.values() for place in places][: one.shape[1] - 1]
    parts, values = _expand(context, one[:, 0], other, size)
    joined = np.hstack([one[parts], _or_nulls(other, axes, held)[values]])
    alone = other[~np.isin(other[:, 0], one[:, 0])]
    empty = np.tile([axes[place].symbols.size for place in before], (len(alone), 1))
    both = np.vstack([joined, np.hstack([alone[:, :1], empty, alone[:, 1:]])]).astype(np.int64)
    return both[ordered([both[:, 0]], len(both))]


def _expand(
    context: Context, wanted: npt.NDArray[np.int64], pairs: Keys, size: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """For each wanted key and each pair that has it: (place in wanted, place in pairs); -1 for a key without pair."""
    counts = np.bincount(pairs[:, 0], minlength=size + 1)
    starts = np.cumsum(counts) - counts
    lengths = np.maximum(counts[wanted], 1)
    total = int(lengths.sum())
    context.cancel.check()
    context.cancel.allow(total * pairs.shape[1], "cells to follow links from many to many")
    parts = np.repeat(np.arange(len(wanted)), lengths)
    offsets = np.arange(total) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    values = np.where(counts[wanted][parts] > 0, starts[wanted][parts] + offsets, -1)
    return parts, values


def _run(
    context: Context,
    states: Possible,
    base: str,
    columns: Sequence[_Column],
    accumulators: Sequence[Accumulator],
    mask: Bools | None,
) -> Grouped:
    """Group by columns that each row reads as one value. Grows the hash tables until they suffice."""
    cells = prod(column.size + 1 for column in columns)
    rows = context.model.tables[base].rows
    enough = 2 ** (2 * rows).bit_length()
    capacity = 0 if cells <= min(DIRECT_CELLS, 4 * rows + FIRST_HASH) else min(FIRST_HASH, enough)
    only_counted = all(accumulator.op is Op.ROWS for accumulator in accumulators) and cells <= LARGEST_RADIX
    while True:
        attempt = _Attempt(context, Rows(context, states, base, mask), columns, accumulators, capacity)
        if attempt.rows.program.run() is Outcome.DONE:
            return attempt.outcome()
        if only_counted:
            return _sorted(context, Rows(context, states, base, mask), columns, len(accumulators))
        capacity = min(capacity * 8, enough)
        context.cancel.allow(capacity, "groups")


def _sorted(context: Context, rows: Rows, columns: Sequence[_Column], counts: int) -> Grouped:
    """Groups that are almost as many as rows: the group number of every row, sorted and counted."""
    program = rows.program
    context.cancel.allow(program.rows, "rows to sort")
    register = program.register(1)
    program.emit(Op.CODE_FILL, register, 0)
    for column in columns:
        program.emit(Op.CODE_ADD, register, rows.code(column.codes, column.map), column.size + 1)
    stored, state = np.empty(program.rows, dtype=np.int64), np.zeros(1, dtype=np.int64)
    program.emit(Op.CODE_STORE, register, program.array(stored), program.array(state))
    program.run()
    numbers, _, place = distinct(stored[: state[0]])
    tally = np.bincount(place, minlength=len(numbers))
    codes: list[npt.NDArray[np.int64]] = []
    rest = numbers
    for column in reversed(columns):
        rest, code = np.divmod(rest, column.size + 1)
        codes.append(code)
    return Grouped(np.stack(codes[::-1], axis=1), [tally] * counts)


class _Attempt:
    """One program that groups rows. capacity 0: group numbers are array indices, else places per hash table."""

    def __init__(
        self,
        context: Context,
        rows: Rows,
        columns: Sequence[_Column],
        accumulators: Sequence[Accumulator],
        capacity: int,
    ) -> None:
        self.rows = rows
        self._capacity = capacity
        self._stages: list[list[_Column]] = []
        self._hashes: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], npt.NDArray[np.int64]]] = []
        group = self._group_number(columns)
        cells = capacity or prod(column.size + 1 for column in columns)
        program = rows.program
        self._columns: list[Array] = [np.full(cells, *_INITIAL[a.op]) for a in accumulators]
        for accumulator, out in zip(accumulators, self._columns, strict=True):
            number = [] if accumulator.number is None else [accumulator.number(rows)]
            program.emit(accumulator.op, group, *number, program.array(out))
        self._seen: Array = np.zeros(0, dtype=np.uint8)
        if not columns:
            self._seen = np.zeros(1, dtype=np.int64)
            program.emit(Op.ROWS, -1, program.array(self._seen))
        elif not capacity:
            self._seen = np.zeros(cells, dtype=np.uint8)
            program.emit(Op.SEEN, -1, group, 0, program.array(self._seen))

    def _group_number(self, columns: Sequence[_Column]) -> int:
        """The register with the group number; -1 without columns. Hashes whenever 62 bits would not do."""
        if not columns:
            return -1
        program = self.rows.program
        register, radix = -1, 1
        stage: list[_Column] = []
        for column in columns:
            if self._capacity and stage and radix * (column.size + 1) > LARGEST_RADIX:
                register, radix = self._hash(register, stage), self._capacity
                stage = []
            code = self.rows.code(column.codes, column.map)
            if register < 0:
                register = program.register(1)
                program.emit(Op.CODE_FILL, register, 0)
            program.emit(Op.CODE_ADD, register, code, column.size + 1)
            radix *= column.size + 1
            stage.append(column)
        if self._capacity:
            return self._hash(register, stage)
        self._stages.append(stage)
        return register

    def _hash(self, register: int, stage: list[_Column]) -> int:
        program = self.rows.program
        keys = np.full(self._capacity, -1, dtype=np.int64)
        ids = np.zeros(self._capacity, dtype=np.int32)
        state = np.zeros(1, dtype=np.int64)
        out = program.register(1)
        program.emit(Op.CODE_HASH, out, register, program.array(keys), program.array(ids), program.array(state))
        self._stages.append(stage)
        self._hashes.append((keys, ids, state))
        return out

    def outcome(self) -> Grouped:
        if self._capacity:
            count = int(self._hashes[-1][2][0])
            found = np.arange(count)
        else:
            found = np.flatnonzero(self._seen)
        return Grouped(self._codes(found), [column[found] for column in self._columns])

    def _codes(self, numbers: npt.NDArray[np.int64]) -> Keys:
        """Take group numbers apart, last stage first."""
        columns: list[npt.NDArray[np.int64]] = []
        for place in range(len(self._stages) - 1, -1, -1):
            if self._hashes:
                keys, ids, _ = self._hashes[place]
                check_stop()
                by_id = np.empty(len(keys), dtype=np.int64)
                by_id[ids[keys >= 0]] = keys[keys >= 0]
                numbers = by_id[numbers]
            for column in reversed(self._stages[place]):
                check_stop()
                numbers, code = np.divmod(numbers, column.size + 1)
                columns.append(code)
        if not columns:
            return np.zeros((len(numbers), 0), dtype=np.int64)
        return np.stack(columns[::-1], axis=1)


_INITIAL: dict[Op, tuple[float, type]] = {
    Op.SUM: (0.0, np.float64),
    Op.COUNT: (0, np.int64),
    Op.ROWS: (0, np.int64),
    Op.MIN: (np.nan, np.float64),
    Op.MAX: (np.nan, np.float64),
}
