"""Sets of records: what a selection makes possible, or two such sets combined.

Combining works table by table on rows. How a row of a combined set is linked to the rows of other tables is said by
`linking`: over rows of either side of a union, over those of both sides of an intersection, over those of the first
side of a difference (else a customer with an excluded order would not be linked to the orders that are left).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.data.dual import Bools
from engine.data.model import Model
from engine.selection.propagate import Possible
from engine.selection.state import Selections


@dataclass(frozen=True)
class Combined:
    """Two sets and what is done with them: + union, - the first without the second, * intersection, / what is in one
    only."""

    op: str
    left: Records
    right: Records

    def key(self) -> tuple[object, ...]:
        return (self.op, self.left.key(), self.right.key())


Records = Selections | Combined

EVERYTHING = Selections()
NOTHING = Combined("-", EVERYTHING, EVERYTHING)

_COMBINE: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": np.logical_or,
    "-": lambda left, right: left & ~right,
    "*": np.logical_and,
    "/": np.logical_xor,
}


class CombinedRows(Possible):
    """The rows of two sets combined."""

    def __init__(self, model: Model, op: str, left: Possible, right: Possible) -> None:
        super().__init__(model, (op, left.key, right.key))
        self._op = op
        self._left = left
        self._right = right
        self._rows: dict[str, npt.NDArray[np.uint8]] = {}

    @property
    def linking(self) -> Possible:
        left, right = self._left.linking, self._right.linking
        if self._op == "-" or left.key == right.key:
            return left
        return CombinedRows(self.model, "*" if self._op == "*" else "+", left, right)

    def row_words(self, table: str) -> npt.NDArray[np.unsignedinteger]:
        with self._lock:
            if table not in self._rows:
                rows = _COMBINE[self._op](self._left.rows(table), self._right.rows(table))
                self._rows[table] = rows.view(np.uint8)
            return self._rows[table]

    def possible(self, field: str) -> Bools:
        """The values that some row of the set holds."""
        found = np.zeros(self.model.symbols(field).size + 1, dtype=np.bool_)
        for table in self.model.links.tables_of.get(field, self.model.field(field).tables):
            found[self.model.codes(table, field)[self.rows(table)]] = True
        return found[:-1]
