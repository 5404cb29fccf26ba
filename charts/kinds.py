"""What the public page makes of a chart's properties: where its cube is, as what it is drawn, and how it looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from charts.plan import BadPlan

KINDS = {
    "barchart": "bar",
    "linechart": "line",
    "piechart": "pie",
    "table": "table",
    "sn-table": "table",
    "kpi": "kpi",
    "combochart": "combo",
    "scatterplot": "scatter",
    "sn-funnel-chart": "funnel",
    "sn-grid-chart": "grid",
    "mekkochart": "mekko",
    "sn-sankey-chart": "sankey",
    "waterfallchart": "waterfall",
    "bulletchart": "bullet",
    "histogram": "histogram",
    "boxplot": "box",
    "distributionplot": "distribution",
    "sn-pivot-table": "pivot",
    "pivot-table": "pivot",
}
HORIZONTAL = frozenset({"bar", "bullet", "box", "distribution"})
STEPS = {"INVERSE": "minus", "SUBTOTAL": "total"}
"""What a waterfall calls the value of a measure that is not added to those before it."""
DEFAULTS = {"tukey": 1.5, "fractiles": 0.01, "stdDev": 3.0}
"""Of each way to make a box, how far its whiskers reach unless said otherwise."""


@dataclass(frozen=True)
class Boxes:
    """How a box plot makes a box of points. mode: `tukey`, `fractiles` or `stdDev`, with its parameter."""

    mode: str
    parameter: float
    has_outliers: bool


@dataclass(frozen=True)
class Column:
    """A measure as it is drawn. drawn: `bar`, `line`, a step of a waterfall or empty; axis: 0 or 1.

    subtotal: the name of a sum that a waterfall draws behind it; None: there is none.
    """

    drawn: str = ""
    axis: int = 0
    subtotal: str | None = None


def name_of(properties: dict[str, Any]) -> str:
    return str(properties.get("visualization") or properties["qInfo"]["qType"])


def cube_of(properties: dict[str, Any]) -> dict[str, Any]:
    """The definition of the cube whose numbers are drawn. BadPlan: there is none.

    Box plots keep what a person chose in a place of their own; histograms make a cube of bins; the target of a bullet
    chart is an attribute of its measure.
    """
    if name_of(properties) == "listbox":
        raise BadPlan("A list box is a filter. Publish a chart, and offer this field as one of its filters.")
    cube = properties.get("qHyperCubeDef")
    if name_of(properties) == "boxplot":
        cube = (properties.get("boxplotDef") or {}).get("qHyperCubeDef")
    if name_of(properties) == "histogram":
        cube = ((properties.get("qUndoExclude") or {}).get("box") or {}).get("qHyperCubeDef")
        if not cube:
            raise BadPlan("The histogram has not been drawn yet. Open its sheet once, so that its bins are known.")
    if not cube:
        raise BadPlan("This object holds no numbers of its own; only charts can be published.")
    if name_of(properties) == "bulletchart":
        return {**cube, "qMeasures": [each for one in cube.get("qMeasures") or [] for each in (one, *_target(one))]}
    return dict(cube)


def _target(measure: dict[str, Any]) -> list[dict[str, Any]]:
    """The target of a bullet's measure as a measure of its own."""
    targets = [one for one in measure.get("qAttributeExpressions") or [] if one.get("id") == "bullet-target"]
    return [{"qDef": {"qDef": one["qExpression"], "drawn": "target"}} for one in targets[:1]]


def kind_of(properties: dict[str, Any], measures: int) -> str:
    """As what a chart is drawn; empty: not at all, but written as a table."""
    kind = KINDS.get(name_of(properties), "")
    if kind == "scatter" and measures < 2:  # a point needs a number for each axis
        return ""
    if measures == 0 and kind != "pivot":
        return "table" if kind == "table" else ""
    return "" if kind == "box" and boxes_of(properties) is None else kind


def column_of(kind: str, measure: dict[str, Any]) -> Column:
    given = measure.get("qDef") or {}
    series = given.get("series") or {}
    axis = 1 if series.get("axis") == 1 else 0
    if kind == "combo":
        return Column("line" if series.get("type") == "line" else "bar", axis)
    if kind == "bullet":
        return Column("target" if given.get("drawn") == "target" else "", axis)
    if kind == "waterfall":
        subtotal = given.get("subtotal") or {}
        return Column(
            STEPS.get(str(given.get("valueType")), "plus"),
            axis,
            str(subtotal.get("label") or "") if subtotal.get("enable") else None,
        )
    return Column(kind if kind in ("bar", "line") else "", axis)


def look_of(kind: str, properties: dict[str, Any]) -> dict[str, Any]:
    """Of the chart's styling, what the public page draws; everything else stays behind."""
    grouping = (properties.get("barGrouping") or {}).get("grouping")
    left = (properties.get("qHyperCubeDef") or {}).get("qNoOfLeftDims", -1)
    return {
        "stacked": kind == "bar" and grouping == "stacked",
        "horizontal": kind in HORIZONTAL and properties.get("orientation") == "horizontal",
        "area": kind == "line" and properties.get("lineType") == "area",
        "donut": kind == "pie" and ((properties.get("donut") or {}).get("showAsDonut") is True),
        "left": left if kind == "pivot" and isinstance(left, int) else -1,
    }


def boxes_of(properties: dict[str, Any]) -> Boxes | None:
    """How a box plot's boxes are made; None where its own expressions say so, or it is no box plot."""
    given = properties.get("boxplotDef") or {}
    calculated = given.get("calculations") or {}
    mode = str(calculated.get("mode") or "tukey")
    elements = given.get("elements") or {}
    has_own = calculated.get("auto") is False and any((one or {}).get("expression") for one in elements.values())
    if not given or has_own or mode not in DEFAULTS:
        return None
    parameter = (calculated.get("parameters") or {}).get(mode)
    outliers = (elements.get("outliers") or {}).get("include")
    reach = float(parameter) if isinstance(parameter, int | float) and parameter >= 0 else DEFAULTS[mode]
    return Boxes(mode, min(reach, 0.5) if mode == "fractiles" else reach, outliers is not False)
