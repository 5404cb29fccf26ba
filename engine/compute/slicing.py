"""Making slices (see `sliced`), in time that nobody waits for: of the field touched last, for what was asked just now.

Cubes whose rows have one value of the field each are split by it in one pass. Possible values are marked in one pass,
too, where the rows of the longest table tell them; else they are worked out for each value of the field by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import numpy as np
import numpy.typing as npt

from engine.compute.context import Context
from engine.compute.cubeslices import CubeSlices, DistinctSlices
from engine.compute.evaluation import axis_of, row_codes
from engine.compute.leaves import Distinct
from engine.compute.numbered import lonely_rows
from engine.compute.prepared import Prepared
from engine.compute.scope import FieldValues, Own, route
from engine.compute.sliced import Marks, Slices, sliced_key
from engine.data.column import Column
from engine.data.dual import Bools
from engine.language.nodes import Field
from engine.machine import slices
from engine.machine.slices import Codes
from engine.machine.tallies import extremes
from engine.selection.propagate import States, propagate
from engine.selection.state import Selections
from engine.stopping import check_stop

MOST_VALUES = 1_000
"""Of the field that is sliced."""

MOST_CELLS = 2**24
"""Values of the field times groups times columns, of one cube."""

MOST_BYTES = 2**24
"""That the marks of possible values may take."""

MOST_KEPT = 3 * 2**24
"""Bytes of all slices of a field, under the same other selections."""

MOST_STEPS = 2**30
"""Values of the field times rows of all tables, where each value is worked out by itself."""


def slice_field(context: Context, field: str, state: str = "$") -> Slices | None:
    """Make the slices of a selected field that are missing for what was asked under these selections, and keep them.

    None where there is nothing to slice. Raises what `check_stop` raises; what was finished by then is kept.
    """
    model, selections = context.model, context.selections(state)
    if field not in selections or field not in model.fields or model.links.loose:
        return None
    if model.symbols(field).size > MOST_VALUES:
        return None
    asked = context.values(state).asked
    key = sliced_key(model, selections, field)
    found = context.cache.get(key)
    if found is None:
        rest = Selections({name: chosen for name, chosen in selections.items() if name != field})
        found = Slices(field, rest, context.rows_of(rest).possible(field))
    slicing = _Slicing(context, found)
    try:
        slicing.add_cubes([one for one in list(asked) if isinstance(one, Prepared)])
        slicing.add_marks({one for one in list(asked) if isinstance(one, str)} - {field})
    finally:
        context.cache.put(key, found, found.nbytes)
        sliced = context.cache.get((model.id, "sliced")) or frozenset()
        context.cache.put((model.id, "sliced"), sliced | {field}, 1_000)
    return found


class _Slicing:
    def __init__(self, context: Context, found: Slices) -> None:
        self._context = context
        self._model = context.model
        self._found = found
        self._rest = found.rest
        self._size = self._model.symbols(found.name).size
        self._axis = axis_of(context, Field(found.name))

    def _reads(self, base: str, field: str) -> bool:
        return isinstance(route(self._context, base, FieldValues(self._model, field)), Own)

    def _codes(self, base: str, field: str, states: States) -> Codes:
        """The field's code in each possible row of `base`."""
        codes = row_codes(self._context, base, axis_of(self._context, Field(field)))
        return _picked(codes, states.possible_rows(base))

    # -- cubes

    def add_cubes(self, asked: Iterable[Prepared]) -> None:
        codes: dict[str, Codes] = {}
        for prepared in asked:
            if prepared in self._found.cubes:
                continue
            base, made = prepared.base, None
            if self._reads(base, self._found.name) and not self._is_joined(prepared):
                if base not in codes:
                    codes[base] = self._codes(base, self._found.name, self._states(self._rest))
                check_stop()
                made = self._cube(prepared, codes[base])
            if made is not None and made.nbytes + self._found.nbytes > MOST_KEPT:
                made = None
            self._found.cubes[prepared] = made

    def _states(self, selections: Selections) -> States:
        return cast(States, self._context.rows_of(selections))

    def _is_joined(self, prepared: Prepared) -> bool:
        """Whether rows that nothing links with the base add groups under some value of the field."""
        if not prepared.lonely:
            return False
        every = propagate(self._model, self._rest.with_values(self._found.name, np.arange(self._size)))
        return any(every.rows(table)[rows].any() for table, rows in prepared.lonely.items())

    def _cube(self, prepared: Prepared, codes: Codes) -> CubeSlices | None:
        context, states, base = self._context, self._states(self._rest), prepared.base
        rows = states.possible_rows(base)
        groups = 1 if prepared.rows is None else len(prepared.rows.keys)
        numbers = None if prepared.rows is None else _picked(prepared.rows.column.codes, rows)
        if (self._size + 1) * groups * (1 + len(prepared.sums)) > MOST_CELLS:
            return None
        sums, least_of = prepared.inputs(context, states)
        cells = (self._size + 1) * groups
        composed = self._composed(codes, groups, numbers)
        found, columns = slices.sums_by(cells, composed, sums)
        least = [
            (greatest, extremes(cells, None, Column("", composed), array, greatest=greatest)[found])
            for greatest, array in least_of
        ]
        distinct = {}
        for leaf in prepared.leaves:
            if isinstance(leaf, Distinct):
                part = self._distinct(leaf, codes, rows)
                if part is None:
                    return None
                distinct[leaf] = part
        starts, of_groups = self._starts(found, groups)
        return CubeSlices(groups, starts, of_groups, columns, least, distinct, prepared.rows is not None)

    def _distinct(self, leaf: Distinct, codes: Codes, rows: npt.NDArray[np.int32] | None) -> DistinctSlices | None:
        values = len(leaf.numbered.keys)
        pairs = 0 if leaf.pairs is None else len(leaf.pairs.keys)
        if (self._size + 1) * pairs > MOST_CELLS or (self._size + 1) * values > 8 * MOST_BYTES:
            return None
        seen = slices.no_bits(self._size + 1, values)
        slices.mark_pairs(seen, codes, _picked(leaf.numbered.column.codes, rows))
        if leaf.pairs is None or not pairs:
            empty = np.zeros(0, dtype=np.int32)
            return DistinctSlices(seen, 0, np.zeros(self._size + 2, dtype=np.int64), empty, np.zeros((0, 1)))
        composed = self._composed(codes, pairs, _picked(leaf.pairs.column.codes, rows))
        found, counts = slices.sums_by((self._size + 1) * pairs, composed, [])
        return DistinctSlices(seen, pairs, *self._starts(found, pairs), counts)

    def _composed(self, codes: Codes, groups: int, numbers: Codes | None) -> npt.NDArray[np.uint32]:
        """Rows numbered by code and group."""
        composed = codes.astype(np.uint32)
        if numbers is not None:
            composed *= np.uint32(groups)
            composed += numbers.astype(np.uint32)
        return composed

    def _starts(self, found: npt.NDArray[np.int32], groups: int) -> tuple[npt.NDArray[np.int64], Codes]:
        edges = np.arange(self._size + 2, dtype=np.int64) * groups
        return np.searchsorted(found, edges).astype(np.int64), (found % max(groups, 1)).astype(np.int32)

    # -- possible values

    def add_marks(self, asked: set[str]) -> None:
        """Mark the possible values of these fields, and of the selected ones without their own selections."""
        if asked <= self._found.asked:
            return
        asked |= self._found.asked
        root = self._root()
        linked = [] if root is None else [f for f in sorted(asked) if self._component(f) == self._component_of(root)]
        wanted = [(name, False) for name in linked]
        wanted += [(name, True) for name in self._rest if self._component(name) == self._component(self._found.name)]
        sizes = {name: self._model.symbols(name[0]).size for name in wanted}
        places: dict[tuple[str, bool], tuple[int, int]] = {}
        end = 0
        for name in sorted(wanted, key=sizes.__getitem__):
            if (end + sizes[name]) // 8 * self._size <= MOST_BYTES:
                places[name] = (end, sizes[name])
                end += -(-sizes[name] // 64) * 64
        bits = slices.no_bits(self._size + 1, end)
        slowly = []
        for name, (start, size) in places.items():
            check_stop()
            part = bits[:, start // 64 : start // 64 + -(-size // 64)]
            if root is not None and self._tells(root, name[0]):
                self._mark(part, root, *name)
            else:
                slowly.append((part, *name))
        if slowly:
            self._mark_slowly(slowly)
            places = {
                name: place for name, place in places.items() if self._may_take_long or self._tells(root, name[0])
            }
        self._found.marks, self._found.asked = Marks(bits, places), frozenset(asked)

    def _component(self, field: str) -> int | None:
        holders = self._model.links.tables_of.get(field, ())
        return self._component_of(holders[0]) if holders else None

    def _component_of(self, table: str) -> int | None:
        return self._model.links.component_of.get(table)

    def _root(self) -> str | None:
        component = self._component(self._found.name)
        return None if component is None else next(iter(self._model.entered_of[component]))

    def _tells(self, root: str | None, field: str) -> bool:
        """Whether the rows of `root` tell which values of a field are possible under each value of the sliced one."""
        if root is None or not self._reads(root, field) or not self._reads(root, self._found.name):
            return False
        holders = {*self._model.field(field).tables, *self._model.links.tables_of.get(field, ())}
        return all(self._lonely(root, table) == 0 for table in holders - {root})

    def _lonely(self, root: str, table: str) -> int:
        """How many rows of a table nothing links with the root; -1 if that depends on what is selected."""

        def count() -> tuple[int]:
            rows = lonely_rows(self._model, root, table)
            return (-1 if rows is None else len(rows),)

        return self._context.cache.get_or_make((self._model.id, "lonely", root, table), count, lambda _: 1_000)[0]

    def _mark(self, bits: slices.Bits, root: str, field: str, lifted: bool) -> None:
        rest = self._rest if not lifted else Selections({n: s for n, s in self._rest.items() if n != field})
        states = self._states(rest)
        values = self._codes(root, field, states)
        size = self._model.symbols(field).size
        codes, known = self._codes(root, self._found.name, states), values < size
        slices.mark_pairs(bits, *((codes, values) if known.all() else (codes[known], values[known])))

    @property
    def _may_take_long(self) -> bool:
        return self._size * sum(table.rows for table in self._model.tables.values()) <= MOST_STEPS

    def _mark_slowly(self, wanted: list[tuple[slices.Bits, str, bool]]) -> None:
        """Work out the states under each value by itself."""
        for code in range(self._size if self._may_take_long else 0):
            check_stop()
            states = propagate(self._model, self._rest.with_values(self._found.name, [code]))
            for bits, field, lifted in wanted:
                found: Bools = states.lifted(field) if lifted else states.possible(field)
                values = np.flatnonzero(found).astype(np.int32)
                slices.mark_pairs(bits, np.full(len(values), code, dtype=np.int32), values)


def _picked(codes: npt.NDArray[np.integer], rows: npt.NDArray[np.int32] | None) -> Codes:
    return (codes if rows is None else codes[rows]).astype(np.int32)
