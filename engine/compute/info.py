"""What a layout tells about its columns: qDimensionInfo and qMeasureInfo, with every member charts look for."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from engine.compute.cells import NO_NUMBER, DimensionCells, MeasureCells, number_of, value_text
from engine.compute.columns import (
    DimensionColumn,
    MeasureColumn,
    format_layout,
    measure_title,
    stated_format,
    text_of,
    title_of,
)
from engine.compute.context import Context
from engine.compute.definitions import Tree, expression_text
from engine.compute.dimension import Dimension
from engine.compute.sorting import indicator
from engine.data.dual import Dual, NumFormat, Vector
from engine.selection.state import COUNT_NAMES, State

SAMPLED_TEXTS = 2_000
"""How many texts are measured for qApprMaxGlyphCount."""

_FIRST_ROWS = 100
"""How many texts of a measure are measured, beside those of its extremes."""

_TIME_TYPES = ("D", "TS")


def dimension_info(
    context: Context,
    column: DimensionColumn,
    cells: DimensionCells | None,
    present: npt.NDArray[np.integer],
    state: str,
) -> Tree:
    """The entry of one dimension. `present`: the distinct codes that stand in the result (NULL's too)."""
    inline = column.definition["qDef"]
    defs = [str(text) for text in inline["qFieldDefs"]]
    titles = [title_of(context, column.definition, at, text, state) for at, text in enumerate(defs)]
    bound = column.bound
    reverse = bool(inline.get("qReverseSort"))
    info: Tree = {
        "qFallbackTitle": titles[column.position] if titles else "",
        "qApprMaxGlyphCount": 0,
        "qCardinal": 0,
        "qSortIndicator": indicator(column.sort_criteria, reverse=reverse),
        "qGroupFallbackTitles": titles,
        "qGroupPos": column.position,
        "qStateCounts": dict.fromkeys(COUNT_NAMES, 0),
        "qTags": [],
        "qDimensionType": "D",
        "qReverseSort": reverse,
        "qGrouping": column.grouping,
        "qIsSemantic": False,
        "qNumFormat": format_layout(column.format),
        "qIsAutoFormat": column.format is None,
        "qGroupFieldDefs": defs,
        "qMin": NO_NUMBER,
        "qMax": NO_NUMBER,
        "qAttrExprInfo": [],
        "qAttrDimInfo": [],
        "qIsCalculated": column.text.lstrip().startswith("="),
        "qIsOneAndOnlyOne": False,
        "qCardinalities": {"qCardinal": 0, "qHypercubeCardinal": 0, "qAllValuesCardinal": -1},
        "qEffectiveDimensionName": column.text,
        "qLocked": False,
        **_library(column.definition),
    }
    if column.grouping == "C":
        info["qIsCyclic"] = True
    if bound is not None and cells is not None:
        info.update(_value_info(context, bound, cells, present))
    if column.problem is not None:
        info["qError"] = column.problem.layout()
        info["qCalcCondMsg"] = column.condition_message
    return with_own_members(info, inline)


def _value_info(
    context: Context, bound: Dimension, cells: DimensionCells, present: npt.NDArray[np.integer]
) -> dict[str, Any]:
    counts = np.bincount(cells.states, minlength=len(State)).tolist()
    symbols = bound.symbols
    known = present[present < symbols.size]
    numbers = symbols.numbers[known]
    tags = sorted(_tags(bound))
    low, high = extremes(numbers)
    continuous = {"qContinuousAxes": True} if symbols.size and symbols.is_numeric and symbols.own_texts is None else {}
    return {
        **continuous,
        "qApprMaxGlyphCount": cells.longest(present[:SAMPLED_TEXTS]),
        "qCardinal": symbols.size,
        "qStateCounts": dict(zip(COUNT_NAMES, counts, strict=True)),
        "qTags": tags,
        "qDimensionType": "T" if "$timestamp" in tags else "N" if "$numeric" in tags else "D",
        "qNumFormat": format_layout(cells.format or symbols.format),
        "qMin": low,
        "qMax": high,
        "qLocked": bool(counts[State.LOCKED] or counts[State.LOCKED_EXCLUDED]),
        "qCardinalities": {
            "qCardinal": symbols.size,
            "qHypercubeCardinal": len(present),
            "qAllValuesCardinal": -1,
        },
    }


def _tags(bound: Dimension) -> set[str]:
    """Tags of the field; of a calculated dimension, what its values are."""
    if bound.field is not None and bound.code_map is None:
        return set(bound.field.tags)
    symbols = bound.symbols
    if not symbols.size or np.isnan(symbols.numbers).all():
        return {"$text", "$ascii"} if symbols.size else set()
    if not symbols.is_numeric:
        return set()
    tags = {"$numeric"}
    if symbols.format is not None and symbols.format.type in _TIME_TYPES:
        return tags | {"$timestamp"} | ({"$date"} if symbols.format.type == "D" else set())
    return tags | ({"$integer"} if bool((symbols.numbers == np.floor(symbols.numbers)).all()) else set())


def measure_info(context: Context, column: MeasureColumn, cells: MeasureCells | None, state: str) -> Tree:
    """The entry of one measure; minimum and maximum are over the rows of the cube."""
    vector = None if cells is None else cells.vector
    auto = column.format is None
    info: Tree = {
        "qFallbackTitle": measure_title(context, column, state),
        "qApprMaxGlyphCount": 0 if cells is None else _glyphs(cells),
        "qCardinal": 0,
        "qSortIndicator": indicator(
            column.definition["qSortBy"], reverse=bool(column.definition["qDef"].get("qReverseSort"))
        ),
        "qNumFormat": format_layout(_format_of(column.format, vector)),
        "qMin": NO_NUMBER,
        "qMax": NO_NUMBER,
        "qReverseSort": bool(column.definition["qDef"].get("qReverseSort")),
        "qIsAutoFormat": auto,
        "qAttrExprInfo": [],
        "qAttrDimInfo": [],
        "qTrendLines": [],
        **_library(column.definition),
    }
    if vector is not None:
        info["qMin"], info["qMax"] = extremes(vector.numbers)
    if column.problem is not None:
        info["qError"] = column.problem.layout()
        info["qCalcCondMsg"] = column.condition_message
    return with_own_members(info, column.definition["qDef"])


def attribute_expression_info(context: Context, definition: Tree, cells: MeasureCells, state: str) -> Tree:
    """The entry of an attribute expression in qAttrExprInfo."""
    low, high = extremes(cells.vector.numbers)
    stated = stated_format(definition.get("qNumFormat"))
    label = expression_text(definition.get("qLabelExpression")) or expression_text(definition.get("qLabel"))
    info: Tree = {
        "qFallbackTitle": text_of(context, label, state) if label else expression_text(definition.get("qExpression")),
        "qMin": low,
        "qMax": high,
        "qMinText": _text(low, cells),
        "qMaxText": _text(high, cells),
        "qNumFormat": format_layout(_format_of(stated, cells.vector)),
        "qIsAutoFormat": stated is None,
    }
    return with_own_members(info, definition)


def attribute_dimension_info(definition: Tree, cardinal: int, rows: int) -> Tree:
    """The entry of an attribute dimension in qAttrDimInfo."""
    text = expression_text(definition.get("qDef"))
    info: Tree = {
        "qCardinal": cardinal,
        "qSize": {"qcx": 1, "qcy": rows},
        "qFallbackTitle": text[1:-1] if text.startswith("[") and text.endswith("]") else text,
        "qLocked": False,
        "qIsCalculated": text.startswith("="),
    }
    return with_own_members(info, definition)


def with_own_members(info: Tree, definition: Tree) -> Tree:
    """The client's own members of a definition (no q in front) stand in the layout, too."""
    return {**{name: value for name, value in definition.items() if not name.startswith("q")}, **info}


def extremes(numbers: npt.NDArray[np.float64]) -> tuple[float | str, float | str]:
    """The least and the greatest number, "NaN" if there is none."""
    known = numbers[~np.isnan(numbers)]
    return (number_of(known.min()), number_of(known.max())) if len(known) else (NO_NUMBER, NO_NUMBER)


def _library(definition: Tree) -> Tree:
    return {"qLibraryId": definition["qLibraryId"]} if definition.get("qLibraryId") else {}


def _format_of(stated: NumFormat | None, vector: Vector | None) -> NumFormat | None:
    return stated if stated is not None or vector is None else vector.format


def _glyphs(cells: MeasureCells) -> int:
    """The longest text among the first rows and the extremes."""
    numbers = cells.vector.numbers
    texts = cells.texts(slice(0, _FIRST_ROWS))
    if len(numbers) > _FIRST_ROWS and not np.isnan(numbers).all():
        texts += cells.texts(np.array([np.nanargmin(numbers), np.nanargmax(numbers)]))
    return max(map(len, texts), default=0)


def _text(number: float | str, cells: MeasureCells) -> str:
    if isinstance(number, str):
        return ""
    return value_text(Dual(number, None), cells.vector.format, cells.format, cells.locale)
