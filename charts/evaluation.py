"""Asks the engine: a chart's measures, by every level and filter of a plan, with the size of each group.

What it answers holds no definition but the fields' names that the
audit needs; charts.snapshot copies from it what may leave.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from charts.asking import Asker, asking
from charts.figures import Figure, Format, figure, format_of
from charts.kinds import Boxes, Column, boxes_of, column_of, cube_of, kind_of, look_of
from charts.plan import BadPlan, Plan, Selection
from engine import Contribution, EngineError, contributions, reach

if TYPE_CHECKING:
    from storage.models import App

INDIVIDUAL = frozenset(
    {"min", "max", "only", "concat", "mode", "firstsortedvalue", "minstring", "maxstring", "median"}
    | {"fractile", "fractileexc"}
)
"""Aggregates whose value may be that of a single row."""

Further = tuple[str | None, ...]


@dataclass(frozen=True)
class Group:
    """One row of a view. sizes: for each counted aggregate, how many values went into it."""

    labels: tuple[str, ...]
    figures: tuple[Figure, ...]
    sizes: tuple[int, ...]


@dataclass(frozen=True)
class View:
    """A level under a combination of filter values (their positions; -1: all)."""

    level: int
    filters: tuple[int, ...]
    groups: list[Group]


@dataclass(frozen=True)
class Measured:
    """A measure. is_individual: it may show one row's own value."""

    label: str
    format: Format
    column: Column
    is_individual: bool


@dataclass(frozen=True)
class Partition:
    """The finest groups of all levels and filters together: labels by `fields`, and sizes."""

    fields: tuple[str, ...]
    labels: list[tuple[str, ...]]
    sizes: list[tuple[int, ...]]


@dataclass(frozen=True)
class Evaluation:
    """Everything that a plan asks for.

    counts: what the sizes count, as expressions. about: what is aggregated, as expressions and as the tables whose rows
    are; numbers about the same can be compared. alike: pairs of sizes whose difference is a group of its own.
    has_total: a measure tells of all groups of a view together. beyond: what in the measures reads rows of other groups
    besides. boxes: how points become boxes, in a box plot.
    """

    kind: str
    look: dict[str, Any]
    measures: list[Measured]
    names: dict[str, str]
    views: list[View]
    partitions: list[Partition]
    counts: tuple[str, ...]
    about: frozenset[str]
    unit: int | None
    alike: tuple[tuple[int, int], ...]
    has_total: bool = False
    beyond: tuple[str, ...] = ()
    boxes: Boxes | None = None
    is_drawn_otherwise: bool = False
    app_version: int = 0


def evaluate(app: App, object_id: str, plan: Plan, splits: Sequence[Further] = ((),)) -> Evaluation:
    """The chart by every level and filter of the plan. BadPlan with a sentence for the owner.

    splits: for each partition, the fields by which it is split besides, because what is published already is; None
    among them stands for all of the data, whatever is selected.
    """
    with _telling(), asking(app) as asker:
        return _evaluate(asker, object_id, plan, splits, app.current.number if app.current else 0)


def subject_of(app: App, object_id: str) -> frozenset[str]:
    """What a chart is about; see Evaluation.about. BadPlan."""
    with _telling(), asking(app) as asker:
        cube = cube_of(asker.properties(object_id))
        return _about(asker, [part for text in _texts(asker, cube) for part in _parts_of(asker, text)])


@contextmanager
def _telling() -> Iterator[None]:
    try:
        yield
    except EngineError as error:
        raise BadPlan(f"The chart cannot be calculated: {error.message}") from None


def _texts(asker: Asker, cube: dict[str, Any]) -> list[str]:
    """The measures' expressions; where there is none, what rows are counted by: values of the first dimension."""
    given = [_expression(asker, one) for one in cube.get("qMeasures") or []]
    dimensions = cube.get("qDimensions") or []
    return given or [f"Count({_grouped_by(asker, dimensions[0])})" for _ in dimensions[:1]]


def _grouped_by(asker: Asker, dimension: dict[str, Any]) -> str:
    """The expression of a dimension, of its own or of the library."""
    key = dimension_key(dimension)
    if dimension.get("qLibraryId"):
        handle = asker.doc("GetDimension", dimension["qLibraryId"])["qReturn"]["qHandle"]
        if handle is None:
            raise BadPlan("A master dimension of the chart does not exist any more.")
        key = str((asker.session.call(handle, "GetDimension")["qDim"]["qFieldDefs"] or [""])[0])
    return key.removeprefix("=") if key.startswith("=") else _quoted(key)


def _parts_of(asker: Asker, text: str) -> list[Contribution]:
    return contributions(text, asker.session.document.variables)


def _about(asker: Asker, parts: Iterable[Contribution]) -> frozenset[str]:
    names = {name for part in parts for name in part.fields}
    return frozenset({part.argument for part in parts} | {f"table {name}" for name in asker.tables_of(names)})


def _evaluate(asker: Asker, object_id: str, plan: Plan, splits: Sequence[Further], app_version: int) -> Evaluation:
    properties = asker.properties(object_id)
    cube = cube_of(properties)
    given = cube.get("qMeasures") or []
    kind = kind_of(properties, len(given))
    if len(plan.measures) != len(given):
        raise BadPlan("The chart's measures have changed. Open the dialogue again.")
    texts = _texts(asker, cube)
    if not texts:
        raise BadPlan("The chart has no measure and no dimension; there is nothing to publish.")
    parts = [_parts_of(asker, text) for text in texts]
    reaches = [reach(text, asker.session.document.variables) for text in texts]
    counts = list(dict.fromkeys(one.count for each in parts for one in each))
    counting = ([f"Count(DISTINCT {_quoted(plan.unit)})"] if plan.unit else []) + counts
    if not counting:
        raise BadPlan("No measure of this chart aggregates data; there is nothing to count groups by.")
    views, layout = _views(asker, cube, plan, counting)
    formats = [format_of(info) for info in layout["qMeasureInfo"][: len(given)]]
    grouped = {field_of(key) for level in plan.levels for key in level.dimensions}
    measures = [
        Measured(
            label or f"Measure {place + 1}",
            formats[place],
            column_of(kind, one),
            any(part.name in INDIVIDUAL for part in parts[place]) or bool(set(reaches[place].bare) - grouped),
        )
        for place, (label, one) in enumerate(zip(plan.measures, given, strict=True))
    ]
    offset = len(counting) - len(counts)
    flat = {part.count: part.argument for each in parts for part in each}
    alike = tuple(
        (offset + one, offset + other)
        for one, other in itertools.combinations(range(len(counts)), 2)
        if flat[counts[one]] == flat[counts[other]]
    )
    return Evaluation(
        kind=kind or "table",
        look=look_of(kind, properties),
        measures=measures,
        names=_names(plan, views),
        views=[view for view, _ in views],
        partitions=[_partition(asker, plan, counting, further) for further in splits],
        counts=tuple(counting),
        about=_about(asker, itertools.chain.from_iterable(parts)),
        unit=0 if plan.unit else None,
        alike=alike,
        has_total=any(one.has_total for one in reaches),
        beyond=tuple(dict.fromkeys(name for one in reaches for name in one.beyond)),
        boxes=boxes_of(properties) if kind == "box" else None,
        is_drawn_otherwise=not kind,
        app_version=app_version,
    )


def _views(
    asker: Asker, cube: dict[str, Any], plan: Plan, counting: list[str]
) -> tuple[list[tuple[View, list[str]]], dict[str, Any]]:
    """Every view with the titles that its dimensions have in the app, and one layout for the measures' formats."""
    found: list[tuple[View, list[str]]] = []
    layout: dict[str, Any] = {}
    choices = [range(-1, len(one.values)) for one in plan.filters]
    for combination in itertools.product(*choices):
        asker.select(_selected(plan, combination))
        for number, level in enumerate(plan.levels):
            layout, rows = asker.table(_level_cube(cube, level.dimensions, counting, is_first=number == 0))
            width, measured = len(level.dimensions), len(plan.measures)
            formats = [format_of(info) for info in layout["qMeasureInfo"][:measured]]
            groups = [
                Group(
                    tuple(str(cell.get("qText", "")) for cell in row[:width]),
                    tuple(
                        figure(cell, form, plan.language)
                        for cell, form in zip(row[width : width + measured], formats, strict=True)
                    ),
                    tuple(_count(cell) for cell in row[width + measured :]),
                )
                for row in rows
            ]
            titles = [str(info["qFallbackTitle"]) for info in layout["qDimensionInfo"]]
            _refuse_equal_labels(groups, titles)
            found.append((View(number, combination, groups), titles))
    return found, layout


def _selected(plan: Plan, combination: tuple[int, ...]) -> list[Selection]:
    chosen = {one.field: one for one in plan.selections}
    for one, place in zip(plan.filters, combination, strict=True):
        if place >= 0:
            chosen[one.field] = Selection(one.field, (one.values[place],))
    return list(chosen.values())


def _level_cube(
    cube: dict[str, Any], dimensions: tuple[str, ...], counting: list[str], *, is_first: bool
) -> dict[str, Any]:
    """The chart's cube by other dimensions; where a dimension is the chart's own, its sorting stays."""
    own = {dimension_key(one): one for one in cube.get("qDimensions") or []}
    made = [_own_dimension(own[key]) if key in own else _dimension(key) for key in dimensions]
    measures = [{**one, "qCalcCondition": {}} for one in cube["qMeasures"]]
    width = len(made) + len(measures) + len(counting)
    order = [column for column in _order(cube, len(made)) if column < width] if is_first else _order(cube, len(made))
    return {
        "qDimensions": made,
        "qMeasures": [*measures, *({"qDef": {"qDef": text}} for text in counting)],
        "qInterColumnSortOrder": [*order, *(column for column in range(width) if column not in order)],
        "qSuppressZero": bool(cube.get("qSuppressZero")),
        "qSuppressMissing": bool(cube.get("qSuppressMissing")),
        "qMode": "S",
        "qInitialDataFetch": [],
    }


def _order(cube: dict[str, Any], width: int) -> list[int]:
    """By which columns rows are sorted: as in the chart, whose first measure keeps its place behind the dimensions."""
    given = cube.get("qInterColumnSortOrder") or []
    dimensions = len(cube.get("qDimensions") or [])
    if given and given[0] >= dimensions:
        return [width + given[0] - dimensions, *range(width)]
    if dimensions == width:
        return [column for column in given if 0 <= column < width]
    return list(range(width))


def dimension_key(dimension: dict[str, Any]) -> str:
    """How a plan names a dimension of a chart."""
    if dimension.get("qLibraryId"):
        return f"library:{dimension['qLibraryId']}"
    return str(((dimension.get("qDef") or {}).get("qFieldDefs") or [""])[0])


def _own_dimension(dimension: dict[str, Any]) -> dict[str, Any]:
    """With its sorting; of a group of dimensions the first, so that its labels are those of the audited field."""
    own = dict(dimension.get("qDef") or {})
    if not dimension.get("qLibraryId"):
        own |= {"qGrouping": "N", "qActiveField": 0, "qFieldDefs": own["qFieldDefs"][:1]}
        own["qFieldLabels"] = (own.get("qFieldLabels") or [])[:1]
    return {**dimension, "qDef": own, "qOtherTotalSpec": {}, "qCalcCondition": {}}


def _dimension(key: str) -> dict[str, Any]:
    if key.startswith("library:"):
        return {"qLibraryId": key.removeprefix("library:"), "qDef": {}}
    sorting = [{"qSortByNumeric": 1, "qSortByAscii": 1}]
    return {"qDef": {"qFieldDefs": [key], "qSortCriterias": sorting}, "qNullSuppression": True}


def _partition(asker: Asker, plan: Plan, counting: list[str], further: Further) -> Partition:
    asker.select([] if None in further else list(plan.selections))
    keys = [key for level in plan.levels for key in level.dimensions]
    keys += [one.field for one in plan.filters]
    fields = tuple(dict.fromkeys(field_of(key) for key in [*keys, *further] if key is not None))
    cube = {
        "qDimensions": [{**_dimension(_definition(name)), "qNullSuppression": False} for name in fields],
        "qMeasures": [{"qDef": {"qDef": text}} for text in counting],
        "qMode": "S",
        "qInitialDataFetch": [],
    }
    _, rows = asker.table(cube)
    width = len(fields)
    return Partition(
        fields,
        [tuple(str(cell.get("qText", "")) for cell in row[:width]) for row in rows],
        [tuple(_count(cell) for cell in row[width:]) for row in rows],
    )


def field_of(key: str) -> str:
    """One name for a field however it is written: `[a b]` and `a b` are the same."""
    bare = key.strip()
    if bare.startswith("[") and bare.endswith("]"):
        return bare[1:-1].replace("]]", "]")
    return bare


def _definition(name: str) -> str:
    return name if name.startswith(("=", "library:")) else _quoted(name)


def _quoted(name: str) -> str:
    return "[" + field_of(name).replace("]", "]]") + "]"


def _expression(asker: Asker, measure: dict[str, Any]) -> str:
    """A measure's expression, of its own or of the library."""
    text = str((measure.get("qDef") or {}).get("qDef", ""))
    if measure.get("qLibraryId"):
        handle = asker.doc("GetMeasure", measure["qLibraryId"])["qReturn"]["qHandle"]
        if handle is None:
            raise BadPlan("A master measure of the chart does not exist any more.")
        text = str(asker.session.call(handle, "GetMeasure")["qMeasure"]["qDef"])
    return text


def _names(plan: Plan, views: list[tuple[View, list[str]]]) -> dict[str, str]:
    """The public name of each dimension: the owner's, else its title in the app, unless that is its expression."""
    names: dict[str, str] = {}
    for view, titles in views:
        for key, title in zip(plan.levels[view.level].dimensions, titles, strict=True):
            own = "" if title.startswith("=") else title
            names[key] = plan.names.get(key) or own or names.get(key) or f"Dimension {len(names) + 1}"
    return names


def _count(cell: dict[str, Any]) -> int:
    number = cell.get("qNum")
    return int(number) if isinstance(number, int | float) else 0


def _refuse_equal_labels(groups: list[Group], titles: list[str]) -> None:
    if len({group.labels for group in groups}) < len(groups):
        name = ", ".join(titles)
        raise BadPlan(f"Different values of {name} look the same. Publish another field, or make them differ.")
