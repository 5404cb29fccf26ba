"""Measures by dimensions, as tables to read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.compute.aggregate import Groups, aggregate, evaluate_scalar
from engine.compute.binding import bind_dimension
from engine.compute.context import CancelToken, Context
from engine.compute.dimension import Dimension
from engine.data.dual import Dual
from engine.data.formats import format_vector
from engine.data.model import Model
from engine.errors import Aborted, CalculationTooLarge, ExpressionError
from engine.selection.state import Selections
from tests.engine.models import model_of
from tests.engine.selection.test_propagate import select


def context_of(model: Model, **chosen: object) -> Context:
    return Context(model, {"$": select(model, None, **chosen)})


def rows(groups: Groups, dimensions: list[Dimension]) -> list[str]:
    """One line per row of the cube: dimension values, then measures; '-' is NULL."""
    columns = [d.symbols.texts(groups.keys[:, place]).tolist() for place, d in enumerate(dimensions)]
    for vector in groups.measures:
        shown = format_vector(vector, Context.__dataclass_fields__["locale"].default)
        columns.append(["-" if text is None else text for text in shown])
    return [" ".join(row) for row in zip(*columns, strict=True)]


def cube(context: Context, dimensions: str, *measures: str, suppress_null: bool = False) -> list[str]:
    bound = [bind_dimension(context, text) for text in dimensions.split("|") if text]
    groups = aggregate(context, bound, measures, suppress_null=[suppress_null] * len(bound))
    assert [error for error in groups.errors if error] == []
    return rows(groups, bound)


@pytest.fixture
def shop() -> Model:
    return model_of(
        Sales="""customer item price count
                 ann      nut  2     1
                 ann      fig  3     2
                 bob      nut  2     3
                 cid      -    9     4
                 cid      pea  1     1""",
        Items="""item group
                 nut  dry
                 fig  wet
                 oil  wet""",
    )


def test_sums_by_a_field_of_the_same_table(shop: Model) -> None:
    assert cube(context_of(shop), "customer", "Sum(count)", "Count(item)") == ["ann 3 2", "bob 3 1", "cid 5 1"]


def test_a_dimension_over_an_n_to_1_link_and_rows_without_value(shop: Model) -> None:
    """The row without item and the one with an unknown item form the null group."""
    assert cube(context_of(shop), "group", "Sum(count)") == ["dry 4", "wet 2", "- 5"]
    assert cube(context_of(shop), "group", "Sum(count)", suppress_null=True) == ["dry 4", "wet 2"]


def test_values_without_rows_in_the_measured_table_appear_with_nothing(shop: Model) -> None:
    assert cube(context_of(shop), "item", "Sum(count)", "Avg(count)") == [
        "nut 4 2",
        "fig 2 2",
        "pea 1 1",
        "oil 0 -",
        "- 4 4",
    ]


def test_only_possible_rows_count(shop: Model) -> None:
    assert cube(context_of(shop, group="dry"), "customer", "Sum(count)") == ["ann 1", "bob 3"]
    assert cube(context_of(shop, group="dry"), "group", "Sum(count)") == ["dry 4"]


def test_expressions_over_several_fields_and_tables(shop: Model) -> None:
    assert cube(context_of(shop), "customer", "Sum(price*count)") == ["ann 8", "bob 6", "cid 37"]
    assert cube(context_of(shop), "customer", "Sum(If(group='dry', count, 0))") == ["ann 1", "bob 3", "cid 0"]
    assert cube(context_of(shop), "customer", "Max(count/price)", "Sum(-count)") == [
        "ann 0.66666666666667 -3",
        "bob 1.5 -3",
        "cid 1 -5",
    ]


def test_aggregates_stand_anywhere_in_an_expression(shop: Model) -> None:
    found = cube(context_of(shop), "customer", "Sum(count)/Count(DISTINCT item) + 1")
    assert found == ["ann 2.5", "bob 4", "cid 6", "- 1"]
    assert cube(context_of(shop), "customer", "customer & ':' & Sum(count)") == ["ann ann:3", "bob bob:3", "cid cid:5"]


def test_total_ignores_dimensions(shop: Model) -> None:
    assert cube(context_of(shop), "customer", "Sum(TOTAL count)") == ["ann 11", "bob 11", "cid 11"]
    assert cube(context_of(shop), "customer|item", "Sum(TOTAL <customer> count)", "Sum(count)") == [
        "ann nut 3 1",
        "ann fig 3 2",
        "bob nut 3 3",
        "cid pea 5 1",
        "cid - 5 4",
        "- oil 0 0",
    ]


def test_the_grand_total_is_the_measure_without_dimensions(shop: Model) -> None:
    context = context_of(shop)
    groups = aggregate(context, [bind_dimension(context, "item")], ["Sum(count)", "Avg(price)", "Count(DISTINCT item)"])
    assert groups.totals == [Dual(11.0, None), Dual(3.4, None), Dual(4.0, None)]


def test_only_min_and_max(shop: Model) -> None:
    assert cube(context_of(shop), "customer", "Only(item)", "Min(price)", "Max(price)") == [
        "ann - 2 3",
        "bob nut 2 2",
        "cid pea 1 9",
        "- oil - -",
    ]


def test_a_calculated_dimension_has_values_of_its_own(shop: Model) -> None:
    context = context_of(shop)
    assert cube(context, "=count>1", "Sum(count)") == ["0 2", "-1 9"]
    dimension = bind_dimension(context, "=count>1")
    field, codes = dimension.select_codes([1])
    assert field == "count"
    assert shop.symbols("count").texts(codes).tolist() == ["2", "3", "4"]


def test_a_dimension_of_several_fields_of_a_row(shop: Model) -> None:
    assert cube(context_of(shop), "=customer & '/' & group", "Sum(count)") == [
        "ann/dry 1",
        "ann/wet 2",
        "bob/dry 3",
        "cid/ 5",
    ]


def test_a_literal_counts_rows_of_the_first_dimension_s_table(shop: Model) -> None:
    assert cube(context_of(shop), "customer", "Count(1)") == ["ann 2", "bob 1", "cid 2"]
    assert cube(context_of(shop), "", "Sum(7)") == ["7"]


def test_many_to_many_counts_a_row_once_for_each_value(shop: Model) -> None:
    model = model_of(
        Orders="""order amount
                  o1    10
                  o2    5
                  o3    1""",
        Tags="""order tag
                o1    red
                o1    red
                o1    big
                o2    red
                o9    odd""",
    )
    context = context_of(model)
    assert cube(context, "tag", "Sum(amount)") == ["red 15", "big 10", "odd 0", "- 1"]
    groups = aggregate(context, [bind_dimension(context, "tag")], ["Sum(amount)"])
    assert groups.totals == [Dual(16.0, None)]
    assert cube(context, "tag", "Sum(TOTAL amount)", "Count(DISTINCT order)") == [
        "red 16 2",
        "big 16 1",
        "odd 16 1",
        "- 16 1",
    ]


def test_two_many_to_many_links_are_crossed_per_row() -> None:
    model = model_of(
        A="""a x n
             1 1 5
             2 1 7""",
        B="""a b
             1 p
             1 q
             2 q""",
        C="""x c
             1 r
             1 s""",
    )
    assert cube(context_of(model), "b|c", "Sum(n)") == ["p r 5", "p s 5", "q r 12", "q s 12"]


def test_tables_without_link_are_crossed() -> None:
    model = model_of(
        A="""a n
             x 1
             y 2""",
        Island="""i
                  u
                  v""",
    )
    assert cube(context_of(model), "i|a", "Sum(n)") == ["u x 1", "u y 2", "v x 1", "v y 2"]
    assert cube(context_of(model), "i", "Sum(n)") == ["u 3", "v 3"]


def test_an_error_in_a_measure_is_its_own(shop: Model) -> None:
    context = context_of(shop)
    bound = [bind_dimension(context, "customer")]
    groups = aggregate(context, bound, ["Sum(", "Sum(nothing)", "Sum(Sum(count))", "Sum(count)"])
    assert [error is not None for error in groups.errors] == [True, True, True, False]
    assert rows(groups, bound) == ["ann - - - 3", "bob - - - 3", "cid - - - 5"]


def test_a_dimension_with_an_error_is_refused(shop: Model) -> None:
    for text in ("=Sum(count)", "nothing", "=If("):
        with pytest.raises(ExpressionError):
            bind_dimension(context_of(shop), text)


def test_scalars(shop: Model) -> None:
    assert evaluate_scalar(context_of(shop, customer="ann"), "=Sum(count) & ' of ' & Count(item)") == Dual(
        None, "3 of 2"
    )
    with pytest.raises(ExpressionError):
        evaluate_scalar(context_of(shop), "=Sum(")


def test_nothing_selected_state(shop: Model) -> None:
    assert evaluate_scalar(context_of(shop, customer="ann"), "Sum(count)", state="1") == Dual(11.0, None)


def test_a_cancelled_request_ends(shop: Model) -> None:
    token = CancelToken()
    token.cancel()
    context = Context(shop, {"$": Selections()}, cancel=token)
    with pytest.raises(Aborted):
        aggregate(context, [bind_dimension(context, "customer")], ["Sum(count)"])


def test_a_cube_too_large_is_refused(shop: Model) -> None:
    context = Context(shop, {"$": Selections()}, cancel=CancelToken(cells=2))
    with pytest.raises(CalculationTooLarge):
        aggregate(context, [bind_dimension(context, "customer")], ["Sum(count)"])


def test_results_are_remembered(shop: Model) -> None:
    context = context_of(shop)
    bound = [bind_dimension(context, "customer")]
    assert aggregate(context, bound, ["Sum(count)"]) is aggregate(context, bound, ["Sum(count)"])


def test_an_expression_over_tables_that_are_linked_many_to_many_runs_over_their_join() -> None:
    model = model_of(
        A="""k x
             1 2
             1 3
             2 5
             - 7""",
        B="""k y
             1 10
             1 20
             3 30""",
    )
    assert cube(context_of(model), "k", "Sum(x*y)", "Count(x*y)") == ["1 150 4", "2 0 0", "3 0 0", "- 0 0"]
    assert cube(context_of(model, y=20), "x", "Sum(x*y)") == ["2 40", "3 60"]


def test_a_table_between_the_fields_does_not_repeat_their_combinations() -> None:
    model = model_of(
        A="""a x
             1 2
             2 3""",
        Between="""a c t
                   1 1 p
                   1 1 q
                   2 1 q""",
        C="""c y
             1 10""",
    )
    context = context_of(model)
    assert cube(context, "", "Sum(x*y)") == ["50"]
    assert cube(context, "t", "Sum(x*y)") == ["p 20", "q 50"]


def test_rows_that_nothing_links_are_combined_each_with_each_as_long_as_they_are_not_too_many() -> None:
    model = model_of(
        A="""a c
             1 x
             2 y""",
        B="""b
             2
             5""",
    )
    context = context_of(model)
    assert cube(context, "", "Sum(a*b)", "Sum(a)", "Concat(c&b, '-')") == ["21 3 x2-x5-y2-y5"]
    assert cube(context, "c", "Sum(a*b)") == ["x 7", "y 14"]
    assert cube(context, "b", "Sum(a*b)") == ["2 6", "5 15"]
    small = replace(context_of(model), cancel=CancelToken(cells=7))
    with pytest.raises(CalculationTooLarge, match="rows to combine with B, which nothing links"):
        aggregate(small, [], ["Sum(a*b)"])
