"""From an evaluation to what leaves: a document that holds the drawn labels and numbers, and nothing else.

The format stands in docs/published-chart.md. It is built by naming what goes in, never by taking something out: no
definition, no field's name unless the owner calls it so in public, no count of anything that is not drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from charts.disclosure import Cell, Parts, hidden_cells, is_small
from charts.drawing import SUMMARIES, Row, drawn_columns, drawn_dimensions, drawn_rows
from charts.evaluation import Evaluation, Further, Group, Partition, View, field_of
from charts.plan import BadPlan, Plan
from charts.words import describe

FORMAT = "published-chart/1"
MAX_ROWS_OF_ALL = 20_000
"""Rows of all views together."""

Selected = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Known:
    """What somebody may have seen of the same data: cells with their sizes, and which were left out for being small.

    All of it was made under what was selected.
    """

    cells: Mapping[Cell, tuple[int, ...]]
    small: frozenset[Cell]
    selections: Selected


@dataclass(frozen=True)
class Made:
    """A snapshot, the cells that it shows with their sizes, the small ones, and how much was left out."""

    snapshot: dict[str, Any]
    cells: dict[Cell, tuple[int, ...]]
    small: frozenset[Cell]
    hidden: int
    cut: int


def selections_of(plan: Plan) -> Selected:
    return tuple(sorted((one.field, tuple(sorted(one.values))) for one in plan.selections))


def further_fields(plan: Plan, known: list[Known]) -> Further:
    """By what the finest partition is split so that known cells can be told apart in it; see `evaluate`."""
    fields: list[str | None] = [name for one in known for cell in (*one.cells, *one.small) for name, _ in cell]
    if _differ(plan, known):
        selected = [selections_of(plan), *(one.selections for one in known)]
        fields += [None, *(name for one in selected for name, _ in one)]
    return tuple(dict.fromkeys(fields))


def make_snapshot(plan: Plan, found: Evaluation, groups: Sequence[list[Known]], date: str) -> Made:
    """The document for the public. BadPlan if nothing may be shown, or groups cannot be hidden safely.

    groups: for each partition what is known already and is checked with it.
    """
    cells = [[_cell(plan, view, group) for group in view.groups] for view in found.views]
    small = frozenset(
        cell
        for view, row in zip(found.views, cells, strict=True)
        for group, cell in zip(view.groups, row, strict=True)
        if is_small(group.sizes, plan.minimum, found.alike)
    )
    hidden = set(small)
    for partition, known in zip(found.partitions, groups, strict=True):
        hidden |= _audited(plan, found, _parts(found, partition), known, cells, hidden)
    if hidden and found.beyond:
        raise BadPlan(
            f"Some groups are too small to be shown, and {', '.join(found.beyond)} would tell of them in other rows. "
            "Choose coarser levels, or a measure that stays within its group."
        )
    views: list[dict[str, Any]] = []
    shown: dict[Cell, tuple[int, ...]] = {}
    left_out = cut = 0
    for view, row in zip(found.views, cells, strict=True):
        open_groups = [(group, cell) for group, cell in zip(view.groups, row, strict=True) if cell not in hidden]
        used = open_groups if found.kind in SUMMARIES else open_groups[: plan.rows]
        rows = drawn_rows(found, [group for group, _ in used], plan.language)
        beyond = len(open_groups) - len(used) + max(len(rows) - plan.rows, 0)
        shown.update({cell: group.sizes for group, cell in used})
        left_out += len(row) - len(open_groups)
        cut += beyond
        views.append(
            {
                "level": view.level,
                "filters": list(view.filters),
                "rows": [_row(one) for one in rows[: plan.rows]],
                "hides": len(open_groups) < len(row),
                "cut": beyond > 0,
            }
        )
    _refuse_extremes(plan, views)
    return Made(_document(plan, found, views, date), shown, small, left_out, cut)


def _audited(
    plan: Plan, found: Evaluation, parts: Parts, known: list[Known], cells: list[list[Cell]], hidden: set[Cell]
) -> set[Cell]:
    """The cells to hide, those that are hidden already among them, where `known` is known."""
    differ = _differ(plan, known)
    base = selections_of(plan) if differ else ()
    whole = {cell: _under(base, cell) for row in cells for cell in row}
    plain = {full: cell for cell, full in whole.items()}
    if hidden:
        _refuse_what_does_not_add_up(parts, found, [[whole[cell] for cell in row] for row in cells])
    seen = {_under(one.selections if differ else (), cell) for one in known for cell in one.cells}
    elsewhere = {_under(one.selections if differ else (), cell) for one in known for cell in one.small}
    if found.has_total:
        seen |= {_under(base, _chosen(plan, view)) for view in found.views}
    small = {whole[cell] for cell in hidden}
    return {plain[full] for full in hidden_cells(parts, whole.values(), plan.minimum, seen, small, elsewhere)}


def _differ(plan: Plan, known: list[Known]) -> bool:
    return any(one.selections != selections_of(plan) for one in known)


def _parts(found: Evaluation, partition: Partition) -> Parts:
    sizes = np.array(partition.sizes, dtype=np.int64).reshape(len(partition.labels), -1)
    return Parts(partition.fields, partition.labels, sizes, found.unit, found.alike)


def _cell(plan: Plan, view: View, group: Group) -> Cell:
    level = plan.levels[view.level]
    pairs: Cell = frozenset((field_of(key), label) for key, label in zip(level.dimensions, group.labels, strict=True))
    return pairs | _chosen(plan, view)


def _chosen(plan: Plan, view: View) -> Cell:
    """All of a view: what is chosen in the filters."""
    chosen = zip(plan.filters, view.filters, strict=True)
    return frozenset((one.field, one.values[place]) for one, place in chosen if place >= 0)


def _under(base: Selected, cell: Cell) -> Cell:
    """A cell under what is selected elsewhere. Where it has a label of a field itself, that alone counts: a filter
    replaces a selection, and a level shows only labels that are selected."""
    own = {name for name, _ in cell}
    return cell | {(name, values) for name, values in base if name not in own}


def _refuse_what_does_not_add_up(parts: Parts, found: Evaluation, cells: list[list[Cell]]) -> None:
    """The audit reckons with sets of rows: where a row belongs to several groups of a level, it could be wrong."""
    counts = [place for place in range(parts.sizes.shape[1]) if place != parts.unit]
    for view, row in zip(found.views, cells, strict=True):
        for group, cell in zip(view.groups, row, strict=True):
            whole = parts.size(parts.members(cell))
            if any(int(whole[place]) != group.sizes[place] for place in counts):
                raise BadPlan(
                    "Some groups are too small to be shown, and hiding them is not safe here: rows of the data belong "
                    "to several groups at once. Choose other levels or filters, coarser ones."
                )


def _refuse_extremes(plan: Plan, views: list[dict[str, Any]]) -> None:
    rows = sum(len(view["rows"]) for view in views)
    if not rows:
        raise BadPlan(f"Nothing is left to show: every group has fewer than {plan.minimum} values, or tells of one.")
    if rows > MAX_ROWS_OF_ALL:
        raise BadPlan(f"All views together have {rows:,} rows; at most {MAX_ROWS_OF_ALL:,} can be published.")


def _row(row: Row) -> list[Any]:
    labels, figures = row
    return [list(labels), [[one.number, one.text] for one in figures]]


def _document(plan: Plan, found: Evaluation, views: list[dict[str, Any]], date: str) -> dict[str, Any]:
    document: dict[str, Any] = {
        "format": FORMAT,
        "kind": found.kind,
        "look": found.look,
        "title": plan.title,
        "note": plan.note,
        "source": plan.source,
        "language": plan.language,
        "theme": plan.theme,
        "date": date,
        "measures": drawn_columns(found, plan.language),
        "levels": [
            {
                "label": level.label or ", ".join(found.names[key] for key in level.dimensions),
                "dimensions": drawn_dimensions(found, [found.names[key] for key in level.dimensions]),
            }
            for level in plan.levels
        ],
        "filters": [{"label": one.label or one.field, "values": list(one.values)} for one in plan.filters],
        "views": views,
    }
    for view in views:
        view["words"] = describe(document, view)
    return document


def differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What of a new snapshot the owner has not seen: labels, whether the shape or the texts are others, and in how
    many groups that both show a number changed."""
    shape, written = ("kind", "look", "measures", "levels", "filters"), ("title", "note", "source", "language", "theme")
    old, new = _labels(before), _labels(after)
    then, now = _figures(before), _figures(after)
    return {
        "shape": [name for name in shape if before[name] != after[name]],
        "texts": [name for name in written if before[name] != after[name]],
        "new": sorted(new - old)[:500],
        "gone": sorted(old - new)[:500],
        "changed": sum(then[group] != figures for group, figures in now.items() if group in then),
    }


def _figures(snapshot: dict[str, Any]) -> dict[tuple[Any, ...], Any]:
    """The figures of every group, by its level's dimensions, its filters' values and its labels."""
    found = {}
    for view in snapshot["views"]:
        dimensions = tuple(snapshot["levels"][view["level"]]["dimensions"])
        offered = zip(snapshot["filters"], view["filters"], strict=True)
        chosen = tuple((one["label"], one["values"][place]) for one, place in offered if place >= 0)
        found.update({(dimensions, chosen, tuple(labels)): figures for labels, figures in view["rows"]})
    return found


def _labels(snapshot: dict[str, Any]) -> set[str]:
    return {label for view in snapshot["views"] for labels, _ in view["rows"] for label in labels}
