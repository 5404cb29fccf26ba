"""Dimensions made of Aggr(): what selecting in them means, and how results stay apart."""

from __future__ import annotations

from engine.compute.context import Context
from engine.compute.hypercube import Cube, evaluate_cube
from engine.selection.state import Selections
from tests.engine.models import model_of

MODEL = model_of(
    sales="""
        customer product amount
        ann      nut     1
        ann      fig     2
        bob      nut     3
        cid      fig     9
    """
)


def cube(context: Context, dimension: str, measure: str = "Sum(amount)") -> Cube:
    return evaluate_cube(
        context,
        {
            "qDimensions": [{"qDef": {"qFieldDefs": [dimension]}}],
            "qMeasures": [{"qDef": {"qDef": measure}}],
            "qInitialDataFetch": [{"qWidth": 2, "qHeight": 9}],
        },
    )


def rows(found: Cube) -> list[tuple[str, str]]:
    (page,) = found.layout()["qDataPages"]
    return [(row[0]["qText"], row[1]["qText"]) for row in page["qMatrix"]]


def test_a_value_stands_for_the_values_of_the_field_that_have_it() -> None:
    found = cube(Context(MODEL), "=Aggr(Sum(amount), customer)")
    assert rows(found) == [("3", "6"), ("9", "9")]
    (page,) = found.layout()["qDataPages"]
    field, codes = found.select_values(0, [page["qMatrix"][0][0]["qElemNumber"]])
    assert (field, [MODEL.symbols(field).text(code) for code in codes]) == ("customer", ["ann", "bob"])


def test_results_of_other_selections_are_not_taken_for_these() -> None:
    context = Context(MODEL)
    nuts = MODEL.symbols("product").find(MODEL.symbols("product").dual(0))
    chosen = Context(MODEL, {"$": Selections().with_values("product", [nuts or 0])}, cache=context.cache)
    assert rows(cube(context, "=Aggr(Sum(amount), customer)")) == [("3", "6"), ("9", "9")]
    assert rows(cube(chosen, "=Aggr(Sum(amount), customer)")) == [("1", "1"), ("3", "3")]


def test_what_a_dimension_looks_at_in_other_states_and_variables_is_looked_at_again() -> None:
    def under(code: int, limit: str) -> Context:
        states = {"$": Selections(), "Other": Selections().with_values("product", [code])}
        return Context(MODEL, states, variables={"limit": limit}, cache=cache)

    cache = Context(MODEL).cache
    dimension = "=Aggr(Sum({Other} amount), customer) > limit"
    assert rows(cube(under(0, "2"), dimension)) == [("-1", "3"), ("0", "12")]
    assert rows(cube(under(1, "2"), dimension)) == [("-1", "9"), ("0", "6")]
    assert rows(cube(under(1, "1"), dimension)) == [("-1", "12"), ("0", "3")]
    assert rows(cube(under(0, "2"), dimension)) == [("-1", "3"), ("0", "12")]
