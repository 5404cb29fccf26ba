"""A dimension: a field, or an expression over the fields of one row, bound to a model.

The values of a calculated dimension are symbols of their own; their codes are the element numbers
that clients see. If it depends on one field, a selection in it is one in that field.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.compute.context import Context, Fact
from engine.compute.evaluation import Axis, axis_of
from engine.compute.scope import FieldValues
from engine.data.model import Field
from engine.data.symbols import SymbolTable
from engine.errors import InvalidParameters
from engine.language import nodes
from engine.selection.propagate import States
from engine.selection.state import State


@dataclass(frozen=True, eq=False)
class Dimension:
    """text: as bound, without a leading '='. field: the one field it depends on, None for none or several.

    facts: what was looked at when it was bound, see `recall`.
    """

    text: str
    node: nodes.Node
    axis: Axis
    field: Field | None
    facts: frozenset[Fact] = frozenset()

    @property
    def symbols(self) -> SymbolTable:
        return self.axis.symbols

    @property
    def is_field(self) -> bool:
        """Whether it is a field itself, not calculated."""
        return isinstance(self.node, nodes.Field)

    @cached_property
    def code_map(self) -> npt.NDArray[np.int32] | None:
        """From the field's codes (NULL's too: [size + 1]) to the dimension's; None if they are the same."""
        return self.axis.map if self.field is not None else None

    def letters(self, states: States) -> npt.NDArray[np.uint8]:
        """The State of each value [size]; of a calculated one, the best among the field's values behind it."""
        if self.field is None:
            return np.full(self.symbols.size, State.OPTIONAL, dtype=np.uint8)
        letters = states.letters(self.field.name)
        if self.code_map is None:
            return letters
        best = np.full(self.symbols.size + 1, State.EXCLUDED, dtype=np.uint8)
        fresh = np.full(self.symbols.size + 1, len(State), dtype=np.uint8)
        np.minimum.at(fresh, self.code_map[:-1], letters)
        return np.where(fresh < len(State), fresh, best)[:-1]

    def select_codes(self, elements: Iterable[int]) -> tuple[str, npt.NDArray[np.int32]]:
        """The field and the codes in it that selecting these element numbers means; negative ones are dropped.

        Raises InvalidParameters for a dimension that depends on no field or on several.
        """
        if self.field is None:
            raise InvalidParameters(f"Values of {self.text} cannot be selected: it is not made of one field.")
        wanted = np.array(sorted({e for e in elements if 0 <= e < self.symbols.size}), dtype=np.int32)
        if self.code_map is None:
            return self.field.name, wanted
        return self.field.name, np.flatnonzero(np.isin(self.code_map[:-1], wanted)).astype(np.int32)


def dimension_of(context: Context, text: str, node: nodes.Node) -> Dimension:
    """The dimension that a tree means. Raises ExpressionError if it names an unknown field or holds an aggregate."""
    axis = axis_of(context, node)
    field = context.model.field(axis.readable.name) if isinstance(axis.readable, FieldValues) else None
    return Dimension(text, node, axis, field)
