"""The columns of a hypercube or list object: definitions bound to the model, with what is wrong with them.

A column that cannot be worked out keeps its place and carries a Problem; one whose calculation condition is not
met (7005) is left out of the rows, but still has its entry in qDimensionInfo or qMeasureInfo.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.compute.aggregate import aggregate, evaluate_scalar
from engine.compute.binding import bind_dimension
from engine.compute.context import Context
from engine.compute.definitions import Tree, expression_text
from engine.compute.dimension import Dimension
from engine.data.dual import Dual, NumFormat
from engine.data.formats import format_number
from engine.data.symbols import NULL_TEXT
from engine.errors import (
    Aborted,
    CalculationTimeout,
    CalculationTooLarge,
    ConditionNotFulfilled,
    EngineError,
    ExpressionError,
    InvalidObjectState,
)
from engine.selection.state import State

STOPPING = (Aborted, CalculationTimeout, CalculationTooLarge)
"""Errors that end the whole calculation and are never shown in a column."""

_FORMAT_TYPES = {
    "UNKNOWN": "U",
    "ASCII": "A",
    "INTEGER": "I",
    "REAL": "R",
    "FIX": "F",
    "MONEY": "M",
    "DATE": "D",
    "TIME": "T",
    "TIMESTAMP": "TS",
    "INTERVAL": "IV",
}
_GROUPINGS = {"GRP_NX_NONE": "N", "GRP_NX_HIEARCHY": "H", "GRP_NX_HIERARCHY": "H", "GRP_NX_COLLECTION": "C"}


@dataclass(frozen=True)
class Problem:
    """What is wrong with a column, or with a whole cube: QIX's NxValidationError."""

    code: int
    message: str
    context: str = ""

    @classmethod
    def of(cls, error: EngineError, context: str = "") -> Problem:
        return cls(error.code, error.message, context or error.parameter)

    def layout(self) -> Tree:
        return {"qErrorCode": self.code, "qContext": self.context, "qExtendedMessage": self.message}


@dataclass(frozen=True)
class DimensionColumn:
    """A dimension; `position` is the active field of a group, `format` how its numbers are shown if stated."""

    definition: Tree
    grouping: str
    position: int
    text: str
    format: NumFormat | None
    bound: Dimension | None
    problem: Problem | None
    condition_message: str = ""

    @property
    def is_hidden(self) -> bool:
        return self.problem is not None and self.problem.code == ConditionNotFulfilled.code

    @property
    def dimension(self) -> Dimension:
        """The bound dimension; only columns without a problem have one."""
        if self.bound is None:
            raise InvalidObjectState("The dimension could not be read.", self.text)
        return self.bound

    @property
    def sort_criteria(self) -> Tree | None:
        """Those of the active field; None if the definition has none."""
        criteria = self.definition["qDef"]["qSortCriterias"]
        if not criteria:
            return None
        found: Tree = criteria[min(self.position, len(criteria) - 1)]
        return found


@dataclass(frozen=True)
class MeasureColumn:
    definition: Tree
    text: str
    format: NumFormat | None
    problem: Problem | None
    condition_message: str = ""

    @property
    def is_hidden(self) -> bool:
        return self.problem is not None and self.problem.code == ConditionNotFulfilled.code


def stated_format(attributes: Any) -> NumFormat | None:
    """The format that a FieldAttributes struct states; None if it leaves it to the values."""
    if not isinstance(attributes, dict):
        return None
    kind = str(attributes.get("qType") or "U")
    kind = _FORMAT_TYPES.get(kind, kind)
    pattern = str(attributes.get("qFmt") or "")
    if kind == "U" and not pattern:
        return None
    return NumFormat(
        kind,
        pattern,
        _decimals(attributes.get("qnDec")),
        bool(attributes.get("qUseThou")),
        str(attributes.get("qDec") or ""),
        str(attributes.get("qThou") or ""),
    )


MOST_DECIMALS = 14


def _decimals(given: Any) -> int:
    return min(max(int(given), 0), MOST_DECIMALS) if isinstance(given, int | float) and given == given else 0


def format_layout(format: NumFormat | None) -> Tree:
    """QIX's FieldAttributes of a format; None is the shortest text."""
    if format is None:
        return {"qType": "U", "qnDec": 0, "qUseThou": 0}
    layout = {"qType": format.type, "qnDec": format.decimals, "qUseThou": int(format.use_thousands)}
    texts = {"qFmt": format.pattern, "qDec": format.decimal_separator, "qThou": format.thousand_separator}
    return {**layout, **{name: text for name, text in texts.items() if text}}


def shown(context: Context, value: Dual) -> str:
    """The text of one value ('-' for NULL)."""
    if value.text is not None:
        return value.text
    return NULL_TEXT if value.number is None else format_number(value.number, None, context.locale)


def text_of(context: Context, given: Any, state: str) -> str:
    """A label, title or message: worked out if it begins with `=`, else the text itself."""
    text = expression_text(given)
    if not text.startswith("="):
        return text
    try:
        return shown(context, evaluate_scalar(context, text, state))
    except STOPPING:
        raise
    except EngineError as error:
        return error.message


def unmet_condition(context: Context, definition: Tree, state: str) -> tuple[Problem, str] | None:
    """What to say when a calculation condition is not met: the problem and the definition's own message."""
    condition = definition.get("qCalcCondition") or {}
    text = expression_text(condition.get("qCond")) or expression_text(definition.get("qCalcCond"))
    if not text.strip():
        return None
    try:
        number = evaluate_scalar(context, text, state).number
    except STOPPING:
        raise
    except EngineError:
        number = None
    if number:
        return None
    message = text_of(context, condition.get("qMsg"), state)
    return Problem(ConditionNotFulfilled.code, "The calculation condition is not fulfilled.", text), message


def bind_dimension_column(context: Context, definition: Tree, state: str) -> DimensionColumn:
    """A filled-in NxDimension (or list object definition) bound to the model. Errors stay in the column."""
    inline = definition["qDef"]
    texts = [str(text) for text in inline["qFieldDefs"]]
    grouping = _GROUPINGS.get(inline["qGrouping"], inline["qGrouping"])
    position = _active_field(context, inline, grouping, texts, state)
    presentations = inline["qNumberPresentations"]
    format = stated_format(presentations[min(position, len(presentations) - 1)]) if presentations else None
    text = texts[position] if texts else ""
    unmet = unmet_condition(context, definition, state)
    if unmet is not None:
        return DimensionColumn(definition, grouping, position, text, format, None, *unmet)
    bound, problem = _bound(context, text, state)
    return DimensionColumn(definition, grouping, position, text, format, bound, problem)


def _bound(context: Context, text: str, state: str) -> tuple[Dimension | None, Problem | None]:
    if not text.strip():
        return None, Problem(ExpressionError.code, "The dimension names no field.")
    try:
        return bind_dimension(context, text, state), None
    except STOPPING:
        raise
    except EngineError as error:
        return None, Problem.of(error, text)


def _active_field(context: Context, inline: Tree, grouping: str, texts: Sequence[str], state: str) -> int:
    """The field of a group that is in use: stated for a cycle; in a drill-down the first that is not decided yet."""
    if grouping == "C" and texts:
        return int(inline["qActiveField"] or 0) % len(texts)
    if grouping != "H":
        return 0
    for position, text in enumerate(texts[:-1]):
        bound, _ = _bound(context, text, state)
        if bound is None or possible_count(context, bound, state) != 1:
            return position
    return max(len(texts) - 1, 0)


def possible_count(context: Context, bound: Dimension, state: str) -> int:
    return int(np.isin(value_states(context, bound, state), POSSIBLE).sum())


POSSIBLE = (State.LOCKED, State.SELECTED, State.OPTIONAL)


def value_states(context: Context, bound: Dimension, state: str) -> npt.NDArray[np.uint8]:
    """The State of every symbol of a dimension [size].

    A calculated dimension's value is as selected as the most selected value of its field; one of several fields
    is possible or excluded.
    """
    size = bound.symbols.size
    if bound.field is None:
        found = aggregate(context, [bound], [], state=state, suppress_null=[True]).keys[:, 0]
        states = np.full(size, State.EXCLUDED, dtype=np.uint8)
        states[found[found < size]] = State.OPTIONAL
        return states
    letters = context.values(state).letters(bound.field.name)
    if bound.code_map is None:
        return letters
    states = np.full(size + 1, State.LOCKED_EXCLUDED, dtype=np.uint8)
    np.minimum.at(states, bound.code_map[: len(letters)], letters)
    return states[:size]


def value_frequencies(context: Context, bound: Dimension, state: str) -> npt.NDArray[np.int64]:
    """How many possible rows hold each symbol of a dimension [size]."""
    size = bound.symbols.size
    if bound.field is None:
        return np.zeros(size, dtype=np.int64)
    counts = context.values(state).frequency(bound.field.name)
    if bound.code_map is None:
        return counts
    summed = np.zeros(size + 1, dtype=np.int64)
    np.add.at(summed, bound.code_map[: len(counts)], counts)
    return summed[:size]


def bind_measure_column(context: Context, definition: Tree, state: str) -> MeasureColumn:
    """A filled-in NxMeasure. Whether its expression can be worked out shows when it is."""
    inline = definition["qDef"]
    texts = [inline["qDef"], *inline["qExpressions"]] if inline["qExpressions"] else [inline["qDef"]]
    if _GROUPINGS.get(inline["qGrouping"], inline["qGrouping"]) == "C" and inline["qExpressions"]:
        texts = inline["qExpressions"]
    text = expression_text(texts[int(inline["qActiveExpression"] or 0) % len(texts)])
    unmet = unmet_condition(context, definition, state)
    problem, message = unmet if unmet is not None else (None, "")
    if problem is None and not text.strip():
        problem = Problem(ExpressionError.code, "The measure has no expression.")
    return MeasureColumn(definition, text, stated_format(inline["qNumFormat"]), problem, message)


def title_of(context: Context, definition: Tree, position: int, text: str, state: str) -> str:
    """What a dimension's field is called: its label expression, its label, or its definition without marks."""
    inline = definition["qDef"]
    labels = inline.get("qFieldLabels") or []
    label = expression_text(inline.get("qLabelExpression"))
    if not label and position < len(labels):
        label = expression_text(labels[position])
    if label:
        return text_of(context, label, state)
    return text[1:-1] if text.startswith("[") and text.endswith("]") else text


def measure_title(context: Context, column: MeasureColumn, state: str) -> str:
    inline = column.definition["qDef"]
    label = expression_text(inline.get("qLabelExpression")) or expression_text(inline.get("qLabel"))
    return text_of(context, label, state) if label else column.text
