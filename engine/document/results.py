"""Hypercubes and list objects of a document: definitions made ready, evaluated once, shared.

Before a definition is evaluated, master items are put in place of their ids and the object's alternate state in
place of an empty one. Results are kept by what they depend on (definition, selections, variables), so that
everybody with the same selections shares them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol, TypeVar

import orjson

from engine.compute.columns import value_states
from engine.compute.context import Context
from engine.compute.hypercube import Cube, evaluate_cube
from engine.compute.listobject import ListObject, evaluate_list
from engine.compute.recall import recall
from engine.document.library import Library
from engine.document.objects import DIMENSION, MEASURE, Properties


class Sized(Protocol):
    """A result that knows about how many bytes it holds."""

    @property
    def size_bytes(self) -> int: ...


T = TypeVar("T", bound=Sized)


def cube_of(
    library: Library,
    context: Context,
    definition: Properties,
    holder: Properties,
    before: Context | None = None,
) -> Cube:
    """The hypercube of a definition; `holder` are the properties of the object it stands in.

    `before`: what was selected before the run of selections that the object is in. Its rows then stay as they
    were, because clients select in what they see; only the states of the values follow what is selected now.
    """
    ready = {**library.cube(definition), "qStateName": _state(definition, holder)}
    if before is None:
        cube = _shared(context, "cube", ready, lambda: evaluate_cube(context, ready))
    else:
        rows = _shared(before, "cube", ready, lambda: evaluate_cube(before, ready))
        cube = _shown_under(rows, context, ready["qStateName"])
    return _with_missing_named(cube, library, ready)


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
    library: Library, context: Context, definition: Properties, holder: Properties, search: str | None
) -> ListObject:
    """The list object of a definition, narrowed to what a search finds."""
    ready = {**library.list_object(definition), "qStateName": _state(definition, holder)}
    return _shared(context, f"list {search}", ready, lambda: evaluate_list(context, ready, search))


def _state(definition: Properties, holder: Properties) -> str:
    return str(definition.get("qStateName") or holder.get("qStateName") or "$")


def _shared(context: Context, kind: str, definition: Properties, make: Callable[[], T]) -> T:
    """What `make` makes, once for everybody with the same selections, variables and definition."""
    states = tuple((name, chosen.key()) for name, chosen in sorted(context.states.items()))
    options = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS
    text = orjson.dumps([definition, dict(context.variables)], option=options)
    return recall(context, (context.model.id, kind, states, text), make, lambda made: made.size_bytes)


def _with_missing_named(cube: Cube, library: Library, definition: Properties) -> Cube:
    """Say of columns that name a master item which is gone that it is gone."""
    head = dict(cube.head)
    for members, infos, kind in (("qDimensions", "qDimensionInfo", DIMENSION), ("qMeasures", "qMeasureInfo", MEASURE)):
        missing = [library.missing(column, kind) for column in definition[members]]
        if any(missing):
            head[infos] = [
                info if error is None else {**info, "qError": error}
                for info, error in zip(head[infos], missing, strict=True)
            ]
    return cube if head == cube.head else replace(cube, head=head)
