"""A program over the possible rows of one table: selecting them, reading codes, computing numbers.

Numbers of row expressions: what depends on one field is a look-up on its symbols; arithmetic,
comparisons and If over several fields run in the interpreter; the rest is evaluated once per
occurring combination of symbols and looked up too.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.compute.context import Context
from engine.compute.evaluation import constant, fields_of, on_rows, on_symbols
from engine.compute.kinds.accumulated import VIEWS, View
from engine.compute.scope import FieldValues, Own, route
from engine.data.dual import Bools
from engine.errors import ExpressionError
from engine.language.nodes import Binary, Call, Node, Unary
from engine.machine.operations import Arithmetic, Op
from engine.machine.program import Program
from engine.selection.propagate import Possible

_ARITHMETIC = {
    "+": Arithmetic.ADD,
    "-": Arithmetic.SUBTRACT,
    "*": Arithmetic.MULTIPLY,
    "/": Arithmetic.DIVIDE,
    "=": Arithmetic.EQUAL,
    "<>": Arithmetic.UNEQUAL,
    "<": Arithmetic.LESS,
    "<=": Arithmetic.LESS_OR_EQUAL,
    ">": Arithmetic.GREATER,
    ">=": Arithmetic.GREATER_OR_EQUAL,
}


_OF_NUMBERS = (VIEWS["number"], VIEWS["presence"])
"""Views that count the same values, where there are no texts."""


class Rows:
    """A program over the rows of `base` that are possible in `states` (and marked in `mask`, if given)."""

    def __init__(self, context: Context, states: Possible, base: str, mask: Bools | None = None) -> None:
        self.context = context
        self.base = base
        self._states = states
        self._few = states.few_rows(base)
        self.program = Program(context.model.tables[base].rows if self._few is None else len(self._few))
        self._kept: dict[tuple[int, int], npt.NDArray[np.float64]] = {}
        if self._few is None:
            marks = [states.row_words(base), None if mask is None else mask.view(np.uint8)]
        else:
            marks = [None if mask is None else mask[self._few].view(np.uint8)]
        given = [mark for mark in marks if mark is not None]
        if given:
            word = self.program.value(Op.WORD_FILL, 0, -1)
            for mark in given:
                self.program.emit(Op.WORD_AND_COLUMN, word, self.program.array(mark))
            self.program.emit(Op.SELECT, word, 0)

    def code(self, codes: npt.NDArray[np.unsignedinteger], map: npt.NDArray[np.int32] | None) -> int:
        """The register with a column's codes, mapped."""
        register = self.program.value(Op.CODE_LOAD, 1, self._column(codes))
        if map is None:
            return register
        return self.program.value(Op.CODE_MAP, 1, register, self.program.array(map))

    def _column(self, codes: npt.NDArray[np.unsignedinteger]) -> int:
        """A column as the program reads it: only its possible rows where these are few."""
        return self.program.array(codes if self._few is None else self._states.of_few(self.base, codes))

    def number(self, node: Node, view: View) -> int:
        """The register with a row expression's numbers. Raises ExpressionError if a row has no one value."""
        fields = fields_of(node)
        if not fields:
            fixed = np.ascontiguousarray(view(constant(self.context, node)))
            return self.program.value(Op.FLOAT_FILL, 2, self.program.array(self.keep(fixed)))
        if len(fields) == 1:
            return self._look_up(fields[0], view(on_symbols(self.context, node, fields[0])))
        if view in _OF_NUMBERS and self._is_plain(node):
            return self._compute(node)
        found = on_rows(self.context, node, self.base)
        table = self.keep(np.ascontiguousarray(view(found.vector)))
        return self.program.value(Op.FLOAT_TABLE, 2, self._column(found.codes), self.program.array(table))

    def keep(self, table: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """The first table with the same content: equal look-ups are one array, hence one instruction."""
        key = (len(table), hash(table.tobytes()))
        known = self._kept.setdefault(key, table)
        return known if np.array_equal(known, table, equal_nan=True) else table

    def _look_up(self, field: str, table: npt.NDArray[np.float64]) -> int:
        way = route(self.context, self.base, FieldValues(self.context.model, field))
        if not isinstance(way, Own):
            raise ExpressionError(f"The rows of {self.base} have no one value of {field}.")
        table = self.keep(np.ascontiguousarray(table if way.map is None else table[way.map]))
        return self.program.value(Op.FLOAT_TABLE, 2, self._column(way.codes), self.program.array(table))

    def _is_plain(self, node: Node) -> bool:
        """Whether the interpreter computes the same as the language: nothing but numbers is involved."""
        fields = fields_of(node)
        if not fields:
            return constant(self.context, node).texts is None
        if len(fields) == 1:
            return on_symbols(self.context, node, fields[0]).texts is None
        return _is_computed(node) and all(self._is_plain(part) for part in _operands(node))

    def _compute(self, node: Node) -> int:
        if not _is_computed(node) or len(fields_of(node)) < 2:
            return self.number(node, VIEWS["number"])
        parts = [self._compute(part) for part in _operands(node)]
        if isinstance(node, Binary):
            return self.program.value(Op.FLOAT_BINARY, 2, *parts, _ARITHMETIC[node.op])
        if isinstance(node, Unary):
            minus_one = self.program.value(Op.FLOAT_FILL, 2, self.program.array(self.keep(np.array([-1.0]))))
            return self.program.value(Op.FLOAT_BINARY, 2, parts[0], minus_one, Arithmetic.MULTIPLY)
        return self.program.value(Op.FLOAT_IF, 2, *parts)


def _is_computed(node: Node) -> bool:
    """Whether the interpreter has the operation (If with three arguments, for one)."""
    if isinstance(node, Binary):
        return node.op in _ARITHMETIC
    if isinstance(node, Unary):
        return node.op == "-"
    return isinstance(node, Call) and node.name == "if" and len(node.arguments) == 3


def _operands(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Binary):
        return (node.left, node.right)
    if isinstance(node, Unary):
        return (node.operand,)
    return node.arguments if isinstance(node, Call) else ()
