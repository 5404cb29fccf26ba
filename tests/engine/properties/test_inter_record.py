"""Measures that look at other rows give what a slow reference gives, in tables, in pivot tables and in Aggr()."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.compute.context import Context
from engine.compute.cube import Cube
from engine.compute.hypercube import evaluate_cube
from engine.data.build import build_model
from engine.data.dual import Dual
from engine.selection.state import Selections
from tests.engine.properties.grid import ACROSS, AGGREGATES, DOWN, RANGES, Expression, Grid

WHOLE = [{"qLeft": 0, "qTop": 0, "qWidth": 99, "qHeight": 99}]
Rows = list[dict[str, Any]]

ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "a": st.sampled_from("pqr"),
            "b": st.sampled_from("stu"),
            "c": st.sampled_from("vw"),
            "d": st.sampled_from("yz"),
            "x": st.one_of(st.none(), st.integers(-2, 4)),
        }
    ),
    min_size=1,
    max_size=12,
)
TOTAL = st.booleans()
SHIFTS = st.sampled_from([*DOWN, *ACROSS])
LEAVES = st.tuples(
    st.sampled_from(list(AGGREGATES)), st.sampled_from([None, None, "", "a"]), st.sampled_from([None, None, "s"])
)
PLACES = st.tuples(st.just("place"), st.sampled_from(["RowNo", "NoOfRows", "ColumnNo", "NoOfColumns"]), TOTAL)


def _nested(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    offset, count = st.integers(-3, 4), st.integers(-1, 5)
    shift = st.tuples(st.just("shift"), SHIFTS, TOTAL, inner, offset)
    windows = st.tuples(st.just("shift"), SHIFTS, TOTAL, inner, offset, count)
    return st.one_of(
        shift,
        st.tuples(st.just("range"), st.sampled_from(list(RANGES)), windows),
        st.tuples(st.just("rank"), st.sampled_from(["Rank", "HRank"]), TOTAL, inner, st.integers(0, 4)),
        st.tuples(st.just("+"), inner, inner),
        st.tuples(st.just("if"), inner, inner, inner),
    )


EXPRESSIONS: st.SearchStrategy[Expression] = st.recursive(st.one_of(LEAVES, PLACES), _nested, max_leaves=5)


def written(node: Expression) -> str:
    """The expression in the language."""
    kind = node[0]
    if kind in AGGREGATES:
        total = "" if node[1] is None else "TOTAL <a> " if node[1] else "TOTAL "
        chosen = "" if node[2] is None else f"{{<b={{'{node[2]}'}}>}} "
        return f"{kind}({chosen}{total}x)"
    if kind == "shift":
        numbers = ", ".join(map(str, node[4:]))
        return f"{node[1]}({_total(node[2])}{written(node[3])}, {numbers})"
    if kind == "range":
        return f"{node[1]}({written(node[2])})"
    if kind == "rank":
        return f"Num({node[1]}({_total(node[2])}{written(node[3])}, {node[4]}))"
    if kind == "place":
        return f"{node[1]}({_total(node[2])})"
    if kind == "+":
        return f"({written(node[1])} + {written(node[2])})"
    return f"If({written(node[1])} > 2, {written(node[2])}, {written(node[3])})"


def _total(total: bool) -> str:
    return "TOTAL " if total else ""


def context_of(rows: Rows, chosen: str = "") -> Context:
    """The rows as a table; `chosen` are the values of c that are selected."""
    columns = {name: pa.array([row[name] for row in rows]) for name in "abcd"}
    columns["x"] = pa.array([row["x"] for row in rows], pa.float64())
    model = build_model([("T", pa.table(columns))])
    codes = [code for value in chosen if (code := model.symbols("c").find(Dual(None, value))) is not None]
    return Context(model, {"$": Selections().with_values("c", codes)})


def chart(context: Context, left: list[str], top: list[str], expression: str) -> Cube:
    """A table, or with dimensions at the top a pivot table."""
    dimensions = [{"qDef": {"qFieldDefs": [name], "qSortCriterias": [{"qSortByAscii": 1}]}} for name in (*left, *top)]
    form = {"qMode": "P", "qAlwaysFullyExpanded": True, "qNoOfLeftDims": len(left)} if top else {}
    return evaluate_cube(context, {"qDimensions": dimensions, "qMeasures": [{"qDef": {"qDef": expression}}], **form})


def selected(rows: Rows, chosen: str) -> Rows:
    """The rows that are possible; those with a value that no row has select nothing."""
    found = [row for row in rows if row["c"] in chosen]
    return found or rows


def numbers_of(found: Cube, left: int, top: int) -> list[list[float | None]]:
    if top:
        cells = found.pivot_pages(WHOLE)[0]["qData"]
    else:
        cells = [row[left:] for row in found.pages(WHOLE)[0]["qMatrix"]]
    return [[None if cell["qNum"] == "NaN" else cell["qNum"] for cell in row] for row in cells]


SHAPES = [(["a"], []), (["a", "b"], []), (["a", "b"], ["c"]), (["a"], ["c", "d"]), ([], ["b", "d"])]


@given(ROWS, st.sampled_from(SHAPES), EXPRESSIONS, st.sampled_from(["", "", "v"]))
def test_a_cell_has_the_value_of_the_reference(
    rows: Rows, shape: tuple[list[str], list[str]], expression: Expression, chosen: str
) -> None:
    left, top = shape
    expected = Grid(selected(rows, chosen), left, top).values(expression)
    found = chart(context_of(rows, chosen), left, top, written(expression))
    problem = found.layout()["qMeasureInfo"][0].get("qError")
    assert problem is None, problem
    assert numbers_of(found, len(left), len(top)) == [
        [pytest.approx(number) for number in line] for line in expected
    ], written(expression)


@given(ROWS, EXPRESSIONS)
def test_a_sum_over_aggr_adds_up_what_each_of_its_rows_has(rows: Rows, expression: Expression) -> None:
    """Inside of Aggr() rows stand as they were loaded: in the order of the alphabet, as in the reference."""
    alphabet = [{"a": a, "b": b, "c": "v", "d": "y", "x": None} for a, b in zip("pqr", "stu", strict=True)]
    loaded = [*alphabet, *rows]
    text = f"Sum(Aggr({written(expression)}, a, b))"
    total = chart(context_of(loaded), [], [], text).layout()["qGrandTotalRow"][0]["qNum"]
    values = [value for line in Grid(loaded, ["a", "b"], []).values(expression) for value in line]
    assert total == pytest.approx(sum(value for value in values if value is not None)), text
