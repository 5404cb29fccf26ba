"""A cube's values at every level: measures and attributes by any of its dimensions.

The rows of a cube are its values by all dimensions; a total is a value by fewer of them. Each level is worked out
when it is first asked for, so that a collapsed pivot table never looks at what it does not show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.compute.aggregate import Groups, Later, aggregate
from engine.compute.bound import Bound
from engine.compute.context import Context
from engine.compute.frames import totals
from engine.compute.keys import places
from engine.compute.regroup import Limited
from engine.data.dual import NULL, Dual, Vector
from engine.errors import ExpressionError

Keys = npt.NDArray[np.int32]
"""Codes of dimensions: [groups, dimensions]."""


@dataclass(frozen=True)
class Level:
    """Values by some dimensions. keys: [groups, dimensions], each once; sizes: the code of NULL of each dimension."""

    groups: Groups
    at: dict[str, int]
    sizes: Sequence[int]

    @property
    def keys(self) -> Keys:
        return self.groups.keys

    def vector(self, text: str) -> Vector:
        """An expression's value for each key; NULL where the expression is in error."""
        at = self.at.get(text)
        if at is None or self.groups.errors[at] is not None:
            return Vector(np.full(len(self.keys), np.nan))
        return self.groups.measure(at)

    @cached_property
    def later(self) -> dict[str, Later]:
        """The measures whose values depend on other rows; `vector` works them out in the order of keys."""
        found = ((text, self.groups.later.get(at)) for text, at in self.at.items() if self.groups.errors[at] is None)
        return {text: later for text, later in found if later is not None}

    def with_values(self, values: Mapping[str, Vector]) -> Level:
        """The level with other values of some expressions."""
        measures = list(self.groups.measures)
        for text, vector in values.items():
            measures[self.at[text]] = vector
        made = {self.at[text] for text in values}
        later = {at: one for at, one in self.groups.later.items() if at not in made}
        return replace(self, groups=replace(self.groups, measures=measures, later=later))

    def as_totals(self, down: int, across: int = 0) -> Level:
        """The values that totals by so many vertical and horizontal dimensions show: they look at no other cells."""
        frame, rows = totals(self.keys, down, across), np.arange(len(self.keys))
        return self.with_values({text: later.values(frame, rows) for text, later in self.later.items()})

    def error(self, text: str) -> ExpressionError | None:
        at = self.at.get(text)
        return None if at is None else self.groups.errors[at]

    def total(self, text: str) -> Dual:
        """An expression's value over everything; NULL where it is in error."""
        at = self.at.get(text)
        return NULL if at is None or self.groups.errors[at] is not None else self.groups.total(at)

    def find(self, wanted: Keys) -> npt.NDArray[np.int64]:
        """For each wanted key its place among the keys; -1 where it is not there."""
        if not wanted.shape[1]:
            return np.full(len(wanted), 0 if len(self.keys) else -1, dtype=np.int64)
        return places(wanted.astype(np.int64), self.keys.astype(np.int64), self.sizes)


class Levels:
    """The levels of one cube, each worked out once."""

    def __init__(self, context: Context, bound: Bound, limited: Sequence[Limited]) -> None:
        self._context = context
        self._state = bound.state
        self._limited = limited
        self._suppressed = [bool(bound.dimensions[n].definition.get("qNullSuppression")) for n in bound.visible]
        self._without = [
            one.others if bool(bound.dimensions[n].definition["qOtherTotalSpec"].get("qSuppressOther")) else None
            for n, one in zip(bound.visible, limited, strict=True)
        ]
        self._texts = bound.expressions
        self._columns = [column.text for column in bound.measures]
        self._at = {text: at for at, text in enumerate(self._texts)}
        self._relative = {column.text for column in bound.measures if column.definition["qDef"].get("qRelative")}
        self._known: dict[tuple[int, ...], Level] = {}

    def by(self, dimensions: Sequence[int]) -> Level:
        """The values by these dimensions, named by their places among the visible ones."""
        wanted = tuple(dimensions)
        if wanted not in self._known:
            self._context.cancel.check()
            self._known[wanted] = self._worked_out(wanted)
        return self._known[wanted]

    def _worked_out(self, wanted: tuple[int, ...]) -> Level:
        groups = aggregate(
            self._context,
            [self._limited[place].dimension for place in wanted],
            self._texts,
            state=self._state,
            suppress_null=[self._suppressed[place] for place in wanted],
            columns=self._columns,
        )
        groups = self._without_others(groups, wanted)
        sizes = [self._limited[place].dimension.symbols.size for place in wanted]
        return Level(self._with_shares(groups), self._at, sizes)

    def _without_others(self, groups: Groups, wanted: tuple[int, ...]) -> Groups:
        kept = np.ones(len(groups.keys), dtype=np.bool_)
        for column, place in enumerate(wanted):
            if self._without[place] is not None:
                kept &= groups.keys[:, column] != self._without[place]
        if kept.all():
            return groups
        return groups.where(kept)

    def _with_shares(self, groups: Groups) -> Groups:
        """Measures that are shown relatively (qRelative) as shares of their total."""
        if not self._relative:
            return groups
        measures = list(groups.measures)
        for text in self._relative & set(self._at):
            at = self._at[text]
            if at in groups.later:
                continue
            total = groups.total(at).number
            numbers = groups.measure(at).numbers / total if total else np.full(len(groups.keys), np.nan)
            measures[at] = Vector(numbers, None, groups.measure(at).format)
        return replace(groups, measures=measures)
