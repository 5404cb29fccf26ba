"""The rows of a cube: its values by all dimensions, what is added to them, what is left out, and their order.

* qShowAll adds the values that no possible row has: of an inner dimension to every combination of the outer ones.
* A dimension whose totals are asked for gets a row for each combination of the dimensions outside of it. Its own key
  is TOTAL there, and those of the dimensions inside of it are EMPTY.
* Where others collapse the inner dimensions, these are OTHERS, too.
* qSuppressZero and qSuppressMissing leave out rows without a value in any measure; totals stay while a row is left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.compute.bound import NESTED, PSEUDO, Bound
from engine.compute.cells import EMPTY, OTHERS, TOTAL
from engine.compute.context import Context
from engine.compute.frames import straight
from engine.compute.groups import Later
from engine.compute.keys import distinct_rows, places, runs
from engine.compute.levels import Keys, Level, Levels
from engine.compute.regroup import Limited
from engine.compute.sorting import Index, SortKey, direction, measure_keys, ranked, row_order
from engine.data.dual import Bools, Dual, Floats, Objects, Vector
from engine.data.ordering import ordered


@dataclass(frozen=True)
class Rows:
    """keys: codes of the visible dimensions, or what cells.py says in their place: [rows, dimensions].

    values: each expression's value in each row, by its text. totals: grand totals that depend on the order of rows.
    """

    keys: Keys
    values: dict[str, Vector]
    totals: Mapping[str, Dual] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.keys)

    def vector(self, text: str) -> Vector:
        """An expression's values; NULL where it has none."""
        known = self.values.get(text)
        return Vector(np.full(len(self), np.nan)) if known is None else known

    def take(self, index: Index | Bools) -> Rows:
        return Rows(self.keys[index], {text: vector.take(index) for text, vector in self.values.items()})


def has_total(bound: Bound, number: int) -> bool:
    """Whether totals over a dimension are asked for."""
    definition = bound.dimensions[number].definition
    return bool(definition.get("qShowTotal")) or definition["qOtherTotalSpec"].get("qTotalMode") == "TOTAL_EXPR"


def rows_of(context: Context, bound: Bound, levels: Levels, limited: Sequence[Limited]) -> Rows:
    """The rows of a cube in their order."""
    return _Rows(context, bound, levels, limited).rows()


class _Rows:
    def __init__(self, context: Context, bound: Bound, levels: Levels, limited: Sequence[Limited]) -> None:
        self.context = context
        self.bound = bound
        self.levels = levels
        self.limited = limited
        outer = [n for n in bound.levels if n != PSEUDO] if bound.mode in NESTED else bound.visible
        self.nesting = [bound.place(number) for number in outer]
        """The places of the dimensions in keys, the outermost first."""

    def rows(self) -> Rows:
        rows = self._at_level(tuple(range(len(self.bound.visible))))
        steps = (
            self._collapsed, self._with_all_values, self._kept, self._with_totals, self._ordered, self._looked_along,
        )  # fmt: skip
        for step in steps:
            self.context.cancel.check()
            rows = step(rows)
        return self._accumulated(rows)

    @property
    def _whole(self) -> Level:
        """The values by all dimensions."""
        return self.levels.by(tuple(range(len(self.bound.visible))))

    @property
    def _later(self) -> dict[str, Later]:
        """The expressions whose values depend on the order of rows."""
        return self._whole.later

    @cached_property
    def _deciding(self) -> list[int]:
        """The columns that rows are ordered by: those behind the last dimension decide nothing any more."""
        numbers = self.bound.levels if self.bound.mode in NESTED else self.bound.sort_order
        missing = set(self.bound.visible)
        found = []
        for number in numbers:
            if not missing:
                break
            found.append(number)
            missing.discard(number)
        return found

    @cached_property
    def _sorting(self) -> set[str]:
        """The measures that rows are ordered by."""
        texts = {self.bound.columns[n].text for n in self._deciding if n >= len(self.bound.dimensions)}
        return {text for text in texts if text not in self._later or self._later[text].is_sortable}

    def _at_level(self, places: tuple[int, ...], inside: int = EMPTY) -> Rows:
        """The rows by some dimensions; `inside` stands for the others."""
        level = self.levels.by(places)
        texts = self.bound.expressions
        if len(places) < len(self.bound.visible):
            level = level.as_totals(len(places))
        else:
            texts = [text for text in texts if text not in self._later or text in self._sorting]
        keys = np.full((len(level.keys), len(self.bound.visible)), inside, dtype=np.int32)
        keys[:, list(places)] = level.keys
        return Rows(keys, {text: level.vector(text) for text in texts})

    # -- what is added

    def _collapsed(self, rows: Rows) -> Rows:
        """Others without the dimensions inside of them, where that is asked for."""
        for depth, place in enumerate(self.nesting[:-1]):
            others = self.limited[place].others
            spec = self.bound.dimensions[self.bound.visible[place]].definition["qOtherTotalSpec"]
            if others is None or not spec.get("qOtherCollapseInnerDimensions"):
                continue
            outer = tuple(self.nesting[: depth + 1])
            added = self._at_level(outer, OTHERS)
            rows = _joined(rows.take(rows.keys[:, place] != others), added.take(added.keys[:, place] == others))
        return rows

    def _with_all_values(self, rows: Rows) -> Rows:
        """With qShowAll, rows without values for what no possible row has."""
        visible = self.bound.visible
        if not any(self.bound.dimensions[n].definition.get("qShowAll") for n in visible):
            return rows
        known = rows.keys[:, self.nesting].astype(np.int64)
        parents = np.zeros((1, 0), dtype=np.int64)
        for depth, place in enumerate(self.nesting):
            column = self.bound.dimensions[visible[place]]
            here = known[:, : depth + 1]
            if column.definition.get("qShowAll") and self.limited[place].others is None:
                size = column.dimension.symbols.size
                self.context.cancel.allow(len(parents) * size * (depth + 1), "cells to show all values")
                every = np.hstack([np.repeat(parents, size, axis=0), np.tile(np.arange(size), len(parents))[:, None]])
                here = np.concatenate([here, every])
            else:
                null = np.full((len(parents), 1), self.limited[place].dimension.symbols.size, dtype=np.int64)
                lonely = ~is_among(parents, known[:, :depth])
                here = np.concatenate([here, np.hstack([parents, null])[lonely]])
            parents = distinct_rows(here)[0].astype(np.int64)
        added = parents[~is_among(parents, known)]
        keys = np.full((len(added), len(visible)), EMPTY, dtype=np.int32)
        keys[:, self.nesting] = added
        return _joined(rows, Rows(keys, {}))

    def _with_totals(self, rows: Rows) -> Rows:
        for depth, place in enumerate(self.nesting):
            if not has_total(self.bound, self.bound.visible[place]):
                continue
            outer = self.nesting[:depth]
            totals = self._at_level(tuple(outer))
            totals = totals.take(is_among(totals.keys[:, outer], rows.keys[:, outer]))
            totals.keys[:, place] = TOTAL
            rows = _joined(rows, totals)
        return rows

    # -- what is left out

    def _kept(self, rows: Rows) -> Rows:
        """Rows that stay when zero or missing values are suppressed: those with a value in some measure.

        Nothing is suppressed where a measure looks at other rows: it would have to be looked at anew.
        """
        if any(self.bound.measures[n].text in self._later for n in self.bound.shown_measures):
            return rows
        vectors = [rows.vector(self.bound.measures[n].text) for n in self.bound.shown_measures]
        return rows.take(kept_values(self.bound, len(rows), vectors))

    # -- order

    def _ordered(self, rows: Rows) -> Rows:
        dimensions = len(self.bound.dimensions)
        keys = self._by_value(rows)
        passed: set[int] = set()
        for number in self._deciding:
            if number in self.bound.visible:
                place = self.bound.place(number)
                passed.add(place)
                keys.append(self._ranks(place, rows.keys[:, place]))
            elif number >= dimensions and not self.bound.measures[number - dimensions].is_hidden:
                column = self.bound.measures[number - dimensions]
                inner = [place for place in range(len(self.bound.visible)) if place not in passed]
                passed.update(inner)
                keys += [self._total_sign * (rows.keys[:, place] == TOTAL) for place in inner]
                if column.text in self._later and not self._later[column.text].is_sortable:
                    continue
                reverse = bool(column.definition["qDef"].get("qReverseSort"))
                keys += measure_keys(
                    self.context, rows.vector(column.text), column.definition["qSortBy"], reverse=reverse
                )
        return rows.take(row_order(len(rows), keys))

    def _looked_along(self, rows: Rows) -> Rows:
        """Measures that look at other rows, now that these stand in their order."""
        if not self._later:
            return rows
        plain = np.flatnonzero((rows.keys >= 0).all(axis=1))
        keys = rows.keys[plain]
        sorted_by = [self.bound.place(n) for n in self.bound.sort_order if n in self.bound.visible]
        order = self.nesting if self.bound.mode in NESTED else sorted_by
        frame, index = straight(keys, order), self._whole.find(keys)
        values, totals = dict(rows.values), {}
        for text, later in self._later.items():
            values[text] = with_values_at(rows.vector(text), plain, later.values(frame, index))
            totals[text] = later.total(frame, index)
        return replace(rows, values=values, totals=totals)

    @property
    def _total_sign(self) -> int:
        return -1 if self.bound.definition.get("qShowTotalsAbove") else 1

    def _ranks(self, place: int, codes: npt.NDArray[np.int32]) -> SortKey:
        column = self.bound.dimensions[self.bound.visible[place]]
        return ranked(self.context, column, self.limited[place], self.bound.state, codes, total=self._total_sign)

    def _by_value(self, rows: Rows) -> list[SortKey]:
        """Stacked only (qSortbyYValue): the values of the first dimension by what the measure is for each of them."""
        sign = direction(self.bound.definition, "qSortbyYValue")
        text = self.bound.leading_measure
        if self.bound.mode != "K" or not sign or not self.nesting or not text:
            return []
        level = self.levels.by(self.nesting[:1])
        codes = rows.keys[:, self.nesting[0]]
        found = level.find(codes[:, None])
        values = np.append(level.vector(text).numbers, np.nan)[found]
        return [self._total_sign * (codes == TOTAL), sign * values]

    # -- accumulation

    def _accumulated(self, rows: Rows) -> Rows:
        """Measures that accumulate (qAccumulate): along the first dimension, for each combination of the others."""
        steps = {
            column.text: int(column.definition["qDef"]["qAccumulate"])
            for column in self.bound.measures
            if int(column.definition["qDef"]["qAccumulate"]) > 0
        }
        if not steps or not self.nesting:
            return rows
        inner = distinct_rows(rows.keys[:, self.nesting[1:]])[1]
        is_row = (rows.keys != TOTAL).all(axis=1)
        values = dict(rows.values)
        for text, step in steps.items():
            numbers = rows.vector(text).numbers.copy()
            order = ordered([inner], len(inner))
            order = order[is_row[order]]
            numbers[order] = _running(numbers[order], inner[order], step)
            values[text] = Vector(numbers, None, rows.vector(text).format)
        return replace(rows, values=values)


def kept_values(bound: Bound, count: int, vectors: Sequence[Vector]) -> Bools:
    """Which of `count` rows stay, by their values in the measures (qSuppressZero, qSuppressMissing)."""
    kept = np.ones(count, dtype=np.bool_)
    if vectors and bound.definition.get("qSuppressZero"):
        kept &= np.any([~vector.is_null & (vector.numbers != 0) for vector in vectors], axis=0)
    if vectors and bound.definition.get("qSuppressMissing"):
        kept &= np.any([~vector.is_null for vector in vectors], axis=0)
    return kept


def _joined(one: Rows, other: Rows) -> Rows:
    """The rows of both; an expression of which one knows nothing is NULL there."""
    texts = dict.fromkeys((*one.values, *other.values))
    return Rows(
        np.concatenate([one.keys, other.keys]),
        {text: concatenated(one.vector(text), other.vector(text)) for text in texts},
    )


def concatenated(one: Vector, other: Vector) -> Vector:
    numbers: Floats = np.concatenate([one.numbers, other.numbers])
    texts: Objects | None = None
    if one.texts is not None or other.texts is not None:
        texts = np.concatenate(
            [np.full(len(part), None) if part.texts is None else part.texts for part in (one, other)]
        )
    return Vector(numbers, texts, one.format or other.format)


def with_values_at(vector: Vector, rows: Index, values: Vector) -> Vector:
    """The vector with other values in some of its rows."""
    index = np.arange(len(vector))
    index[rows] = len(vector) + np.arange(len(values))
    return concatenated(vector, values).take(index)


def is_among(wanted: npt.NDArray[np.integer], among: npt.NDArray[np.integer]) -> Bools:
    """Which rows of codes (TOTAL and the like, too) stand among others."""
    if not wanted.shape[1] or not len(among):
        return np.full(len(wanted), len(among) > 0)
    one, other = wanted.astype(np.int64) - EMPTY, among.astype(np.int64) - EMPTY
    sizes = np.maximum(one.max(axis=0, initial=0), other.max(axis=0)).tolist()
    return places(one, other, sizes) >= 0


def _running(numbers: Floats, groups: npt.NDArray[np.integer], step: int) -> Floats:
    """Sums of all numbers so far in a group (step 1), or of the last `step` ones. Equal groups stand together."""
    known = np.nan_to_num(numbers)
    sums = np.cumsum(known)
    at = np.arange(len(groups))
    begins, ends = runs(groups[:, None])
    begin = np.repeat(begins, ends - begins)
    if step > 1:
        begin = np.maximum(begin, at - step + 1)
    return sums - sums[begin] + known[begin]
