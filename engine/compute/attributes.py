"""Attribute expressions and attribute dimensions: more values for the cells of a column, such as their colours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.compute.binding import bind_dimension
from engine.compute.bound import attribute_text, only_text
from engine.compute.cells import NULL, Cell, MeasureCells
from engine.compute.columns import STOPPING, Problem, stated_format
from engine.compute.context import Context
from engine.compute.definitions import Tree, expression_text
from engine.compute.info import attribute_dimension_info, attribute_expression_info
from engine.data.dual import NumFormat, Vector
from engine.data.locale import Locale
from engine.data.symbols import SymbolTable
from engine.errors import EngineError

Values = Callable[[str], Vector]
"""The values of an expression, by its text."""


@dataclass(frozen=True)
class Attributes:
    """The attributes of one column: expressions with their formats, dimensions with the values they can have."""

    expressions: Sequence[tuple[str, NumFormat | None]]
    dimensions: Sequence[tuple[str, SymbolTable | None]]
    locale: Locale

    def attach(self, cells: Sequence[Cell], values: Values) -> None:
        """Put the attributes into cells. values: one value a cell."""
        if self.expressions:
            columns = [MeasureCells(values(text), format, self.locale).simple() for text, format in self.expressions]
            for at, cell in enumerate(cells):
                cell["qAttrExps"] = {"qValues": [column[at] for column in columns]}
        if self.dimensions:
            columns = [self._named(values(text), symbols) for text, symbols in self.dimensions]
            for at, cell in enumerate(cells):
                cell["qAttrDims"] = {"qValues": [column[at] for column in columns]}

    def _named(self, vector: Vector, symbols: SymbolTable | None) -> list[Cell]:
        texts = [cell["qText"] for cell in MeasureCells(vector, None, self.locale).simple()]
        elements = [element(symbols, vector, at) for at in range(len(vector))]
        return [{"qText": text, "qElemNo": number} for text, number in zip(texts, elements, strict=True)]

    def __bool__(self) -> bool:
        return bool(self.expressions or self.dimensions)


def element(symbols: SymbolTable | None, vector: Vector, at: int) -> int:
    """The element number of a value; NULL's where it is no value of the table."""
    code = None if symbols is None else symbols.find(vector.dual(at))
    return NULL if code is None else code


def attributes_of(context: Context, definition: Tree) -> Attributes:
    """The attributes of a dimension or measure (a filled NxDimension or NxMeasure)."""
    return Attributes(
        [(attribute_text(one), stated_format(one.get("qNumFormat"))) for one in definition["qAttributeExpressions"]],
        [(only_text(one), _symbols(context, one)[0]) for one in definition["qAttributeDimensions"]],
        context.locale,
    )


def _symbols(context: Context, definition: Tree) -> tuple[SymbolTable | None, Problem | None]:
    text = expression_text(definition["qDef"])
    try:
        return bind_dimension(context, text).symbols, None
    except STOPPING:
        raise
    except EngineError as error:
        return None, Problem.of(error, text)


def attribute_infos(context: Context, definition: Tree, values: Values, state: str) -> tuple[list[Tree], list[Tree]]:
    """qAttrExprInfo and qAttrDimInfo of a column. values: over all rows of the cube."""
    expressions = [
        attribute_expression_info(
            context,
            one,
            MeasureCells(values(attribute_text(one)), stated_format(one.get("qNumFormat")), context.locale),
            state,
        )
        for one in definition["qAttributeExpressions"]
    ]
    dimensions = []
    for one in definition["qAttributeDimensions"]:
        vector = values(only_text(one))
        _, problem = _symbols(context, one)
        texts = [None] * len(vector) if vector.texts is None else vector.texts.tolist()
        distinct = len(set(zip(np.nan_to_num(vector.numbers, nan=np.inf).tolist(), texts, strict=True)))
        info = attribute_dimension_info(one, distinct, len(vector))
        dimensions.append(info if problem is None else {**info, "qError": problem.layout()})
    return expressions, dimensions
