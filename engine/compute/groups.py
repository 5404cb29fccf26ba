"""What aggregation gives: the rows of a cube, and its measures in each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from engine.compute.frames import Frame, straight
from engine.compute.interrecord import depends_on_order, evaluate_rows, evaluate_total
from engine.compute.windows import taken
from engine.data.dual import Bools, Dual, Vector
from engine.data.locale import Locale
from engine.errors import ExpressionError
from engine.language.facts import Facts
from engine.language.nodes import Node

Index = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Groups:
    """An evaluated cube, in the order of its keys.

    keys: int32 [rows, dimensions], codes of the dimensions' symbols; NULL is their size.
    measures: a Vector [rows] each. totals: each measure over all possible rows, without dimensions.
    errors: what is wrong with a measure (its values are NULL then), or None.
    later: measures whose values depend on other rows. A chart works them out in its own order; in `measures` and
    `totals` they are NULL. `measure` and `total` give them in the order of the keys, worked out when asked for.
    """

    keys: npt.NDArray[np.int32]
    measures: list[Vector]
    totals: list[Dual]
    errors: list[ExpressionError | None]
    later: Mapping[int, Later] = field(default_factory=dict)
    _made: dict[tuple[str, int], Any] = field(default_factory=dict, init=False)

    def measure(self, at: int) -> Vector:
        """The values of a measure [rows]."""
        if at not in self.later:
            return self.measures[at]
        return cast(Vector, self._once("values", at))

    def total(self, at: int) -> Dual:
        """What a measure is over everything."""
        return cast(Dual, self._once("total", at)) if at in self.later else self.totals[at]

    def _once(self, what: str, at: int) -> Any:
        if (what, at) not in self._made:
            frame, rows = straight(self.keys, range(self.keys.shape[1])), np.arange(len(self.keys))
            self._made[what, at] = getattr(self.later[at], what)(frame, rows)
        return self._made[what, at]

    def where(self, mask: Bools) -> Groups:
        """Some of the rows."""
        return replace(
            self,
            keys=self.keys[mask],
            measures=[vector.take(mask) for vector in self.measures],
            later={at: later.where(mask) for at, later in self.later.items()},
        )

    @property
    def nbytes(self) -> int:
        vectors = self.measures
        if self.later:
            vectors = [*vectors, *(leaf for later in self.later.values() for leaf in later.leaves.values())]
        cells = sum([8 if vector.texts is None else 72 for vector in vectors])
        return self.keys.nbytes + len(self.keys) * cells + 1_000


@dataclass(frozen=True, eq=False)
class Later:
    """A measure that is worked out anew when the order of rows is known.

    leaves: what its aggregates give in each row of the Groups; totals: what they give over everything.
    """

    node: Node
    leaves: Mapping[Node, Vector]
    totals: Mapping[Node, Vector]
    locale: Locale
    facts: Facts

    def where(self, mask: Bools) -> Later:
        return replace(self, leaves={leaf: vector.take(mask) for leaf, vector in self.leaves.items()})

    @property
    def is_sortable(self) -> bool:
        """Whether rows can be sorted by it."""
        return not depends_on_order(self.node)

    def values(self, frame: Frame, rows: Index) -> Vector:
        """The values in the cells of a chart; rows: the row of the Groups of each, -1 where it has none."""
        return evaluate_rows(self.node, frame, lambda leaf: taken(self.leaves[leaf], rows), self.locale, self.facts)

    def total(self, frame: Frame, rows: Index) -> Dual:
        """The value in the grand total of a chart with these cells."""
        found = evaluate_total(
            self.node,
            frame,
            lambda leaf: taken(self.leaves[leaf], rows),
            lambda leaf: self.totals[leaf],
            self.locale,
            self.facts,
        )
        return found.dual(0)
