"""Cubes that are prepared give what the long way gives, whichever of its paths a pass takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.compute import aggregate as aggregation
from engine.compute import habit as habits
from engine.compute import numbered, panel, quantities
from engine.compute.aggregate import Groups, aggregate
from engine.compute.binding import bind_dimension
from engine.compute.context import Context
from engine.compute.habit import Habit
from engine.compute.prepared import Prepared
from engine.compute.quantities import Quantity
from engine.data.column import Column
from engine.data.dual import Floats
from engine.data.model import Model
from engine.errors import CalculationTooLarge
from engine.machine import passes, tallies
from engine.selection.records import Combined
from engine.selection.state import Selections
from engine.stopping import stopped_by
from tests.engine.models import Rows, linked_tables, load, model_of

PLAIN = (
    "Sum({0})",
    "Count({0})",
    "Avg({0})",
    "Min({0})",
    "Max({0})",
    "Only({0})",
    "MaxString({0})",
    "NullCount({0})",
    "{0}",
    "Sum({0} * {1})",
    "Sum({0}) / Count({1}) + 1",
    "If(Max({0}) > 2, 'much', Min({1}))",
    "Sum(1)",
    "Count(DISTINCT {1})",
    "Sum(DISTINCT {0}) + Avg(DISTINCT {0})",
    "Sum(TOTAL {0})",
    "Max(TOTAL {0}) - Min(TOTAL <{1}> {0})",
    "Sum({0}) / Sum(TOTAL <{1}> {0})",
    "Count(DISTINCT TOTAL {0})",
    "Sum({{1}} {0})",
    "Count({{<{1}=>}} {0})",
)


@contextmanager
def paths(*, kept: bool, dense: bool, compiled: bool) -> Iterator[None]:
    """Which ways passes take: numbers kept or computed anew, groups counted or sorted, compiled or numpy."""
    with ExitStack() as stack:
        if not kept:
            stack.enter_context(patch.object(quantities, "KEPT_ROWS", -1))
        if not dense:
            stack.enter_context(patch.object(numbered, "DENSE", -1_000_000))
        if not compiled:
            stack.enter_context(patch.object(passes, "kernels", None))
            stack.enter_context(patch.object(tallies, "kernels", None))
        yield


def the_long_way(context: Context, dimensions: list[str], texts: list[str], suppress: list[bool]) -> Groups:
    with patch.object(aggregation, "prepared_cube", lambda *_: None):
        return cube(context, dimensions, texts, suppress)


def cube(context: Context, dimensions: list[str], texts: list[str], suppress: list[bool]) -> Groups:
    """The cube under selections, after it was calculated with nothing selected."""
    aggregate(blank := Context(context.model), [bind_dimension(blank, text) for text in dimensions], texts)
    fresh = Context(context.model, context.states, cache=blank.cache)
    return aggregate(fresh, [bind_dimension(fresh, text) for text in dimensions], texts, suppress_null=suppress)


def is_prepared(model: Model, dimensions: list[str], texts: list[str]) -> bool:
    found: list[Prepared | None] = []
    original = aggregation.prepared_cube

    def noting(*arguments: object) -> Prepared | None:
        found.append(original(*arguments))  # type: ignore[arg-type]
        return found[-1]

    with patch.object(aggregation, "prepared_cube", noting):
        cube(Context(model), dimensions, texts, [])
    return found[0] is not None


def assert_equal(one: Groups, other: Groups) -> None:
    np.testing.assert_array_equal(one.keys, other.keys)
    assert one.keys.dtype == other.keys.dtype
    assert list(map(str, one.errors)) == list(map(str, other.errors))
    for vector, twin in zip(one.measures, other.measures, strict=True):
        np.testing.assert_allclose(vector.numbers, twin.numbers, equal_nan=True)
        texts = [None if v.texts is None else v.texts.tolist() for v in (vector, twin)]
        assert texts[0] == texts[1]
        assert vector.format == twin.format
    for total, twin_total in zip(one.totals, other.totals, strict=True):
        assert total.text == twin_total.text
        assert total.number == pytest.approx(twin_total.number)


def drawn_selections(data: st.DataObject, model: Model) -> Selections:
    """Some values of up to two fields."""
    selections = Selections()
    for field in data.draw(st.lists(st.sampled_from(sorted(model.fields)), max_size=2, unique=True)):
        if size := model.symbols(field).size:
            codes = data.draw(st.sets(st.integers(0, size - 1), min_size=1))
            selections = selections.with_values(field, codes)
    return selections


@given(
    tables=linked_tables(),
    data=st.data(),
    kept=st.booleans(),
    dense=st.booleans(),
    compiled=st.booleans(),
)
def test_prepared_cubes_equal_the_long_way(
    tables: dict[str, Rows], data: st.DataObject, kept: bool, dense: bool, compiled: bool
) -> None:
    model = load(tables)
    fields = sorted(model.fields)
    selections = drawn_selections(data, model)
    measured, other = (data.draw(st.sampled_from(fields)) for _ in range(2))
    texts = [text.format(measured, other) for text in data.draw(st.lists(st.sampled_from(PLAIN), min_size=1))]
    named = data.draw(st.lists(st.sampled_from([*fields, *(f"=Mod({f}, 2)" for f in fields)]), max_size=3, unique=True))
    suppress = [data.draw(st.booleans()) for _ in named]
    context = Context(model, {"$": selections})
    with paths(kept=kept, dense=dense, compiled=compiled):
        assert_equal(cube(context, named, texts, suppress), the_long_way(context, named, texts, suppress))


@pytest.mark.parametrize(
    ("dimensions", "texts"),
    [
        (["item"], ["Sum(amount)"]),
        (["city", "item"], ["Sum(amount)", "Max(amount)"]),
        (["=Upper(city)"], ["Avg(amount) + Count(amount)"]),
        ([], ["Sum(amount)", "Count(DISTINCT customer)"]),
        (["item"], ["Count(DISTINCT customer)"]),
        (["item", "city"], ["Sum(amount) / Sum(TOTAL <item> amount)"]),
    ],
)
def test_what_adds_up_over_one_table_is_prepared(shop: Model, dimensions: list[str], texts: list[str]) -> None:
    assert is_prepared(shop, dimensions, texts)


@pytest.mark.parametrize(
    ("dimensions", "texts"),
    [
        (["item"], ["Sum(TOTAL amount)"]),
        (["item"], ["Sum({1} amount)"]),
        (["item"], ["Median(amount)"]),
        (["=Aggr(Sum(amount), item)"], ["Sum(amount)"]),
        (["item"], ["Above(Sum(amount))"]),
        (["item"], ["Sum(Rand())"]),
        (["item"], ["Sum(nothing)"]),
        (["item"], ["Sum(amount)", "Count(city)"]),
    ],
)
def test_everything_else_goes_the_long_way(shop: Model, dimensions: list[str], texts: list[str]) -> None:
    assert not is_prepared(shop, dimensions, texts)


def test_rows_that_nothing_links_show_for_as_long_as_they_are_possible(shop: Model) -> None:
    texts = ["Sum(amount)", "Avg(amount)"]
    assert is_prepared(shop, ["city"], texts)
    everything = cube(Context(shop), ["city"], texts, [False])
    cities = shop.symbols("city")
    assert [cities.text(code) for code in everything.keys[:, 0]] == ["Rome", "Bonn", "Oslo", "-"]
    assert everything.measures[0].numbers.tolist() == [3, 3, 0, 4]
    np.testing.assert_array_equal(everything.measures[1].numbers, [1.5, 3, np.nan, 4])
    some = cube(Context(shop, {"$": Selections().with_values("item", [0])}), ["city"], texts, [False])
    assert [cities.text(code) for code in some.keys[:, 0]] == ["Rome", "Bonn"]


def test_sums_beyond_all_numbers_are_null() -> None:
    huge = model_of(
        T="""k v
             a 1.7e308
             a 1.7e308
             a 1e308""",
    )
    for dimensions in (["k"], []):
        texts = ["Sum(v)", "Sum(DISTINCT v)"]
        assert is_prepared(huge, dimensions, texts)
        found = cube(Context(huge), dimensions, texts, [])
        assert all(np.isnan(vector.numbers).all() for vector in found.measures)
        assert [total.number for total in found.totals] == [None, None]


def test_sets_that_are_combined_go_the_long_way_also_after_the_same_cube_of_a_selection() -> None:
    """Ann has an order of 1 and one of 2, but none that is both: she is in the intersection, her orders are not."""
    model = model_of(
        Orders="""customer amount
                  ann      1
                  ann      2
                  bob      1""",
        Customers="""customer name
                     ann      Ann
                     bob      Bob""",
    )
    one, two = (Selections().with_values("amount", [code]) for code in (0, 1))
    context = Context(model)
    name = [bind_dimension(context, "name")]
    texts = ["Count(amount)"]
    assert is_prepared(model, ["name"], texts)
    aggregate(context, name, texts)
    found = aggregate(context, name, texts, within=Combined("*", one, two))
    assert [model.symbols("name").text(code) for code in found.keys[:, 0]] == ["Ann"]
    assert found.measures[0].numbers.tolist() == [0]


@given(
    tables=linked_tables(),
    data=st.data(),
    rolled_up=st.booleans(),
    joined=st.booleans(),
    most_sums=st.sampled_from([1, panel.MOST_SUMS]),
    compiled=st.booleans(),
)
def test_cubes_worked_out_together_equal_each_by_itself(
    tables: dict[str, Rows], data: st.DataObject, rolled_up: bool, joined: bool, most_sums: int, compiled: bool
) -> None:
    """A session asks for its cubes in any order, leaves some out, after one selection and another."""
    model = load(tables)
    fields = sorted(model.fields)
    measures = st.lists(st.sampled_from(PLAIN), min_size=1, max_size=2)
    cubes = [
        (
            data.draw(st.lists(st.sampled_from(fields), max_size=2, unique=True)),
            [text.format(*(data.draw(st.sampled_from(fields)) for _ in range(2))) for text in data.draw(measures)],
        )
        for _ in range(data.draw(st.integers(2, 4)))
    ]
    session = Context(model)
    with (
        paths(kept=True, dense=True, compiled=compiled),
        patch.object(panel, "ROWS_A_KEY", 0 if rolled_up else panel.ROWS_A_KEY),
        patch.object(panel, "ROWS_A_COMBINATION", 0 if joined else panel.ROWS_A_COMBINATION),
        patch.object(panel, "MOST_SUMS", most_sums),
    ):
        for _ in range(4):
            now = replace(session, states={"$": drawn_selections(data, model)})
            for names, texts in data.draw(st.lists(st.sampled_from(cubes), min_size=1, unique_by=repr)):
                found = aggregate(now, [bind_dimension(now, name) for name in names], texts)
                assert_equal(found, the_long_way(now, names, texts, []))


def test_cubes_of_few_groups_are_rolled_up_from_their_combinations(shop: Model) -> None:
    session, read = Context(shop), []
    original = tallies.Tally.over

    def noting(tally: tallies.Tally, *arguments: object, **named: object) -> tallies.Tallied:
        read.append(len(tally._read))
        return original(tally, *arguments, **named)  # type: ignore[arg-type]

    with patch.object(tallies.Tally, "over", noting), patch.object(panel, "ROWS_A_COMBINATION", 0):
        for code in (0, 1, 2, 0):
            now = replace(session, states={"$": Selections().with_values("item", [code])})
            for name in ("item", "city"):
                found = aggregate(now, [bind_dimension(now, name)], ["Sum(amount)", "Avg(amount)"])
                assert_equal(found, the_long_way(now, [name], ["Sum(amount)", "Avg(amount)"], []))
    assert read == [1, 1, 2, 1]


def test_all_cubes_that_follow_a_selection_take_one_pass(shop: Model) -> None:
    """Two of them by fields behind the same link, of which one is the link itself. What is known is not asked again."""
    session = Context(shop)
    passed: list[int] = []
    original = tallies.Tally.over

    def noting(tally: tallies.Tally, *arguments: object, **named: object) -> tallies.Tallied:
        found = original(tally, *arguments, **named)  # type: ignore[arg-type]
        passed.append(len(found.counts))
        return found

    with patch.object(tallies.Tally, "over", noting):
        for code in (0, 1, 1, 2):
            now = replace(session, states={"$": Selections().with_values("item", [code])})
            for name in ("city", "customer", "item"):
                aggregate(now, [bind_dimension(now, name)], ["Sum(amount)"])
    assert passed == [1, 1, 1, 3, 3]


def test_a_cube_that_is_too_large_does_not_keep_others_from_being_worked_out(shop: Model) -> None:
    """As when a limit was lowered, or the numbers of more rows have to be worked out than before."""
    session = Context(shop)
    original = panel.numbers_of_rows

    def refusing(context: Context, base: str, quantity: Quantity) -> Floats | None:
        if "*" in quantity.key:
            raise CalculationTooLarge("Too many rows.")
        return original(context, base, quantity)

    texts = ("Sum(amount)", "Sum(amount * amount)")
    for code, large in ((0, False), (1, True)):
        now = replace(session, states={"$": Selections().with_values("item", [code])})
        item = [bind_dimension(now, "item")]
        with patch.object(panel, "numbers_of_rows", refusing if large else original):
            assert aggregate(now, item, texts[:1]).totals[0].number is not None
            if large:
                with pytest.raises(CalculationTooLarge):
                    aggregate(now, item, texts[1:])
            else:
                aggregate(now, item, texts[1:])


def test_cubes_that_are_no_longer_kept_are_worked_out_together_again() -> None:
    habit: Habit[str] = Habit()
    for cube in ("one", "two", "three"):
        habit.following("selections", cube)
        habit.note("selections", cube)
    assert habit.following("selections", "one") == ["two", "three"]
    habit.note("selections", "one")
    assert habit.following("selections", "two") == ["three"]


def test_a_session_remembers_as_many_cubes_as_a_sheet_can_show() -> None:
    habit: Habit[str] = Habit()
    for number in range(2 * habits.MOST):
        habit.note("before", f"cube {number}")
    following = habit.following("after", "cube 0")
    assert len(following) == habits.MOST
    assert following[-1] == f"cube {2 * habits.MOST - 1}"
    assert "cube 40" not in habit.following("after", "cube 40")


def test_sums_do_not_depend_on_where_a_pass_looks_whether_to_stop() -> None:
    rng = np.random.default_rng(7)
    column = Column("f", rng.integers(0, 5, 5000).astype(np.uint8))
    values = [rng.random(5000)]
    whole = tallies.Tally([column], [5]).over(None, values)
    looks: list[None] = []
    with patch.object(tallies, "STRETCH", 1000), stopped_by(lambda: looks.append(None)):
        parts = tallies.Tally([column], [5]).over(None, values)
    np.testing.assert_array_equal(parts.columns, whole.columns)
    assert len(looks) >= 5
