"""Hypercubes and list objects of a document: definitions made ready, evaluated once, shared.

Before a definition is evaluated, master items are put in place of their ids and the object's alternate state in
place of an empty one. Results are kept by what they depend on (definition, selections, variables), so that
everybody with the same selections shares them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol, TypeVar

import orjson

from engine.compute.columns import value_states
from engine.compute.context import Context
from engine.compute.evaluation import volatile_key
from engine.compute.hypercube import Cube, evaluate_cube
from engine.compute.listobject import ListObject, evaluate_list
from engine.document.document import Document
from engine.document.objects import DIMENSION, MEASURE, Properties

NOT_IN_LIBRARY = 7001


class Sized(Protocol):
    """A result that knows about how many bytes it holds."""

    @property
    def size_bytes(self) -> int: ...


T = TypeVar("T", bound=Sized)


def cube_of(
    document: Document,
    context: Context,
    definition: Properties,
    holder: Properties,
    before: Context | None = None,
) -> Cube:
    """The hypercube of a definition; `holder` are the properties of the object it stands in.

    `before`: what was selected before the run of selections that the object is in. Its rows then stay as they
    were, because clients select in what they see; only the states of the values follow what is selected now.
    """
    ready = {
        **definition,
        "qStateName": _state(definition, holder),
        "qDimensions": [_with_master(document, one) for one in definition.get("qDimensions") or []],
        "qMeasures": [_with_master_measure(document, one) for one in definition.get("qMeasures") or []],
    }
    if before is None:
        cube = _shared(context, "cube", ready, lambda: evaluate_cube(context, ready))
    else:
        rows = _shared(before, "cube", ready, lambda: evaluate_cube(before, ready))
        cube = _shown_under(rows, context, ready["qStateName"])
    return _with_missing_named(cube, document, ready)


def _shown_under(cube: Cube, context: Context, state: str) -> Cube:
    """The same rows, with the states that their values have in another context."""
    bound = [column.bound for column in cube.columns if not column.is_hidden and column.bound is not None]
    if len(bound) != len(cube.dimension_cells):
        return cube
    cells = [
        replace(cells, states=value_states(context, dimension, state))
        for cells, dimension in zip(cube.dimension_cells, bound, strict=True)
    ]
    return replace(cube, dimension_cells=cells)


def list_object_of(
    document: Document, context: Context, definition: Properties, holder: Properties, search: str | None
) -> ListObject:
    """The list object of a definition, narrowed to what a search finds."""
    ready = {**_with_master(document, definition), "qStateName": _state(definition, holder)}
    return _shared(context, f"list {search}", ready, lambda: evaluate_list(context, ready, search))


def _state(definition: Properties, holder: Properties) -> str:
    return str(definition.get("qStateName") or holder.get("qStateName") or "$")


def _shared(context: Context, kind: str, definition: Properties, make: Callable[[], T]) -> T:
    """What `make` makes, once for everybody with the same selections, variables and definition."""
    states = tuple((name, chosen.key()) for name, chosen in sorted(context.states.items()))
    options = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS
    text = orjson.dumps([definition, dict(context.variables)], option=options)
    own = volatile_key(context, text.decode())
    return context.cache.get_or_make((context.model.id, kind, states, text, own), make, lambda made: made.size_bytes)


def _with_missing_named(cube: Cube, document: Document, definition: Properties) -> Cube:
    """Say of columns that name a master item which is gone that it is gone."""
    head = dict(cube.head)
    for members, infos, kind in (("qDimensions", "qDimensionInfo", DIMENSION), ("qMeasures", "qMeasureInfo", MEASURE)):
        missing = [_is_missing(document, column, kind) for column in definition[members]]
        if any(missing):
            head[infos] = [
                {**info, "qError": _missing_error(kind)} if gone else info
                for info, gone in zip(head[infos], missing, strict=True)
            ]
    return cube if head == cube.head else replace(cube, head=head)


def _is_missing(document: Document, column: Properties, kind: str) -> bool:
    name = str(column.get("qLibraryId") or "")
    return bool(name) and document.objects.find(name, kind) is None


def _missing_error(kind: str) -> dict[str, Any]:
    message = f"The master {kind} that is used here does not exist any more."
    return {"qErrorCode": NOT_IN_LIBRARY, "qContext": "", "qExtendedMessage": message}


def _with_master(document: Document, dimension: Properties) -> Properties:
    """A dimension, or a list object's definition, with the definition of the master dimension it names."""
    found = document.objects.find(str(dimension.get("qLibraryId") or ""), DIMENSION)
    if found is None:
        return dimension
    master: dict[str, Any] = found.properties.get("qDim") or {}
    own: dict[str, Any] = dimension.get("qDef") or {}
    labels = [label for label in master.get("qFieldLabels") or [] if label] or [_title(found.properties)]
    inlined = {
        **own,
        "qGrouping": master.get("qGrouping", "N"),
        "qFieldDefs": master.get("qFieldDefs") or [],
        "qFieldLabels": labels,
        "qLabelExpression": master.get("qLabelExpression", ""),
    }
    return {**dimension, "qDef": inlined}


def _with_master_measure(document: Document, measure: Properties) -> Properties:
    found = document.objects.find(str(measure.get("qLibraryId") or ""), MEASURE)
    if found is None:
        return measure
    master: dict[str, Any] = found.properties.get("qMeasure") or {}
    own: dict[str, Any] = measure.get("qDef") or {}
    inlined = {
        **own,
        "qDef": master.get("qDef", ""),
        "qLabel": master.get("qLabel") or _title(found.properties),
        "qLabelExpression": master.get("qLabelExpression", ""),
    }
    if master.get("qNumFormat"):
        inlined["qNumFormat"] = master["qNumFormat"]
    return {**measure, "qDef": inlined}


def _title(properties: Properties) -> str:
    return str((properties.get("qMetaDef") or {}).get("title", ""))
