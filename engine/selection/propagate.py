"""Which rows and values are possible, and in what state every value is, under some selections."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.data.dual import Bools
from engine.data.model import Model
from engine.machine.operations import Op
from engine.machine.passes import RowNumbers, chosen
from engine.machine.program import Program
from engine.selection.messages import BITS, Messages
from engine.selection.state import COUNT_NAMES, Selections, State

SPARSE = 8
"""Where at most one row in so many is possible, work goes on with a list of these rows."""

_CHOSEN = np.array([State.SELECTED_EXCLUDED, State.SELECTED], dtype=np.uint8)
_LOCKED = np.array([State.LOCKED_EXCLUDED, State.LOCKED], dtype=np.uint8)
"""The states of selected values: impossible ones, possible ones."""


def _either(one: State, other: State, is_one: Bools) -> npt.NDArray[np.uint8]:
    """One state where that is true, else the other, which is the higher one."""
    return np.uint8(other) - is_one.view(np.uint8) * np.uint8(other - one)


class Possible:
    """Which rows of a model's tables are possible. Worked out as far as asked for; safe between threads.

    key: equal for equal sets of rows of one model.
    """

    def __init__(self, model: Model, key: object) -> None:
        self.model = model
        self.key = key
        self._lock = threading.RLock()
        self._few: dict[str, RowNumbers | None] = {}
        self._of_few: dict[int, tuple[npt.NDArray[Any], npt.NDArray[Any]]] = {}

    @property
    def linking(self) -> Possible:
        """The rows over which the rows of this set are linked to others."""
        return self

    def row_words(self, table: str) -> npt.NDArray[np.unsignedinteger] | None:
        """Words whose bit 0 marks the possible rows [rows]; None when every row is possible."""
        raise NotImplementedError

    def possible(self, field: str) -> Bools:
        """Whether each value is possible (selected ones included): bool [size]."""
        raise NotImplementedError

    def occurring(self, table: str, field: str) -> Bools | None:
        """Which codes of a field the possible rows of a table hold: [size + 1]; None if that is not known already."""
        return None

    def possible_rows(self, table: str) -> RowNumbers | None:
        """The numbers of the possible rows, ascending; None when every row is possible."""
        marks = self.row_words(table)
        return None if marks is None else chosen(marks)

    def rows(self, table: str) -> Bools:
        """Whether each row of a table is possible: bool [rows]."""
        marks = self.row_words(table)
        if marks is None:
            return np.ones(self.model.tables[table].rows, dtype=np.bool_)
        return (marks & 1).astype(np.bool_)

    def few_rows(self, table: str) -> RowNumbers | None:
        """The numbers of the possible rows of a table if they are few among all; None if they are many."""
        with self._lock:
            if table not in self._few:
                rows = self.possible_rows(table)
                is_few = rows is not None and len(rows) * SPARSE <= self.model.tables[table].rows
                self._few[table] = rows if is_few else None
            return self._few[table]

    def of_few(self, table: str, column: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """What a column of the table has in the rows of `few_rows`; kept for whoever asks next."""
        rows = self.few_rows(table)
        if rows is None:
            return column
        with self._lock:
            known = self._of_few.get(id(column))
            if known is None or known[0] is not column:
                known = self._of_few[id(column)] = (column, column[rows])
            return known[1]


class States(Possible):
    """What `selections` make of a model.

    asked: fields whose possible values, and cubes whose sums, somebody wanted: they will be wanted under others, too.
    """

    def __init__(self, model: Model, selections: Selections) -> None:
        super().__init__(model, selections.key())
        known = selections.keys() <= model.fields.keys()
        self.selections = (
            selections if known else Selections({n: s for n, s in selections.items() if n in model.fields})
        )
        self.asked: set[Hashable] = set()
        self._letters: dict[str, npt.NDArray[np.uint8]] = {}
        self._frequency: dict[str, npt.NDArray[np.int64]] = {}

    @cached_property
    def _passes(self) -> list[Messages]:
        names = list(self.selections)
        parts = [names[at : at + BITS] for at in range(0, len(names), BITS)] or [[]]
        return [Messages(self.model, self.selections, part) for part in parts]

    def letters(self, field: str) -> npt.NDArray[np.uint8]:
        """The State of each value: uint8 [size]."""
        with self._lock:
            if field not in self._letters:
                self._letters[field] = self._work_out_letters(field)
            return self._letters[field]

    def _work_out_letters(self, field: str) -> npt.NDArray[np.uint8]:
        possible = self.possible(field)
        chosen = self.selections.get(field)
        if chosen is None:
            return _either(State.OPTIONAL, State.EXCLUDED, possible)
        letters = _either(State.ALTERNATIVE, State.EXCLUDED, self.lifted(field))
        letters[chosen.codes] = (_LOCKED if chosen.locked else _CHOSEN)[possible[chosen.codes].view(np.uint8)]
        return letters

    def possible(self, field: str) -> Bools:
        self.model.field(field)
        self.asked.add(field)
        with self._lock:
            return self._passes[0].marks(field, 0)

    def lifted(self, field: str) -> Bools:
        """Whether each value of a selected field would be possible if nothing were selected in it: bool [size]."""
        with self._lock:
            part = next(one for one in self._passes if field in one.bits)
            return part.marks(field, part.bits[field])

    def counts(self, field: str) -> dict[str, int]:
        """The number of values in each state, under QIX's names (qSelected, qOption ...)."""
        tally = np.bincount(self.letters(field), minlength=len(State)).tolist()
        return dict(zip(COUNT_NAMES, tally, strict=True))

    def row_words(self, table: str) -> npt.NDArray[np.unsignedinteger] | None:
        with self._lock:
            return self._passes[0].row_words(table)

    def occurring(self, table: str, field: str) -> Bools | None:
        with self._lock:
            return self._passes[0].occurring(table, field)

    def possible_rows(self, table: str) -> RowNumbers | None:
        with self._lock:
            return self._passes[0].possible_rows(table)

    def frequency(self, field: str) -> npt.NDArray[np.int64]:
        """How many possible rows hold each value, in the longest table that holds the field: [size]."""
        with self._lock:
            if field not in self._frequency:
                table = max(self.model.field(field).tables, key=lambda name: self.model.tables[name].rows)
                self._frequency[field] = self._count_rows(table, field)
            return self._frequency[field]

    def _count_rows(self, table: str, field: str) -> npt.NDArray[np.int64]:
        program = Program(self.model.tables[table].rows)
        marks = self.row_words(table)
        if marks is not None:
            word = program.value(Op.WORD_FILL, 0, -1)
            program.emit(Op.WORD_AND_COLUMN, word, program.array(marks))
            program.emit(Op.SELECT, word, 0)
        tally = np.zeros(self.model.symbols(field).size + 1, dtype=np.int64)
        code = program.value(Op.CODE_LOAD, 1, program.array(self.model.codes(table, field)))
        program.emit(Op.ROWS, code, program.array(tally))
        program.run()
        return tally[:-1]


def propagate(model: Model, selections: Selections) -> States:
    """The states of all values and rows under `selections`; fields the model lacks are ignored."""
    return States(model, selections)
