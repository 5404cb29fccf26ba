"""What is put together from slices equals what is worked out from the rows, whichever values are chosen."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.compute import slicing
from engine.compute.aggregate import aggregate
from engine.compute.binding import bind_dimension
from engine.compute.context import Context
from engine.compute.sliced import SlicedStates
from engine.compute.slicing import slice_field
from engine.data.model import Model
from engine.errors import Aborted
from engine.machine import passes, slices, tallies
from engine.machine.marking import Marking
from engine.selection.state import Selections
from engine.stopping import stopped_by
from tests.engine.compute.test_prepared import PLAIN, assert_equal
from tests.engine.models import Rows, linked_tables, load
from tests.engine.properties.drawn import apps

Cube = tuple[list[str], list[str], list[bool]]


def ask(context: Context, cubes: Iterable[Cube], state: str = "$") -> dict[str, object]:
    """Everything that a sheet shows: the states of all values, and cubes."""
    states = context.values(state)
    found: dict[str, object] = {}
    for field in context.model.fields:
        found[field] = (states.possible(field).tolist(), states.letters(field).tolist())
    for number, (dimensions, texts, suppress) in enumerate(cubes):
        bound = [bind_dimension(context, text) for text in dimensions]
        found[f"cube {number}"] = aggregate(context, bound, texts, suppress_null=suppress, state=state)
    return found


def assert_same_answers(one: dict[str, object], other: dict[str, object]) -> None:
    assert one.keys() == other.keys()
    for name, value in one.items():
        if name.startswith("cube "):
            assert_equal(value, other[name])  # type: ignore[arg-type]
        else:
            assert value == other[name], name


def warm_equals_cold(data: st.DataObject, model: Model) -> None:
    fields = sorted(name for name in model.fields if model.symbols(name).size)
    if not fields:
        return
    touched = data.draw(st.sampled_from(fields), "touched")
    sets_of = {name: st.sets(st.integers(0, model.symbols(name).size - 1), min_size=1) for name in fields}
    selections = Selections()
    for name in data.draw(st.lists(st.sampled_from(fields), max_size=2, unique=True), "others"):
        selections = selections.with_values(name, data.draw(sets_of[name]))
    if len(selections) and data.draw(st.booleans(), "locked"):
        selections = selections.lock(next(iter(selections)))
    selections = selections.unlock(touched).with_values(touched, data.draw(sets_of[touched]))
    cubes: list[Cube] = []
    for _ in range(data.draw(st.integers(1, 3), "cubes")):
        measured, other = (data.draw(st.sampled_from(fields)) for _ in range(2))
        texts = [text.format(measured, other) for text in data.draw(st.lists(st.sampled_from(PLAIN), min_size=1))]
        axes = [*fields, *(f"=Mod({name}, 2)" for name in fields)]
        named = data.draw(st.lists(st.sampled_from(axes), max_size=3, unique=True))
        cubes.append((named, texts, [data.draw(st.booleans()) for _ in named]))
    state = data.draw(st.sampled_from(["$", "compared"]), "state")
    first = Context(model, {state: selections})
    ask(first, cubes, state)
    made = slice_field(first, touched, state)
    assert (made is None) == bool(model.links.loose)
    for _ in range(2):
        wanted = selections.with_values(touched, data.draw(sets_of[touched], "wanted"))
        wanted = wanted.lock(touched) if data.draw(st.booleans()) else wanted
        again = Context(model, {state: wanted}, cache=first.cache)
        if made is not None and wanted != selections:
            assert isinstance(again.values(state), SlicedStates)
        assert_same_answers(ask(again, cubes, state), ask(Context(model, {state: wanted}), cubes, state))


@given(tables=linked_tables(), data=st.data(), compiled=st.booleans())
def test_slices_of_linked_tables_give_what_the_rows_give(
    tables: dict[str, Rows], data: st.DataObject, compiled: bool
) -> None:
    with ExitStack() as stack:
        if not compiled:
            for module in (passes, slices, tallies):
                stack.enter_context(patch.object(module, "kernels", None))
        warm_equals_cold(data, load(tables))


@given(data=st.data())
def test_slices_of_random_apps_give_what_the_rows_give(data: st.DataObject) -> None:
    """Keys of several tables, synthetic keys, islands, NULLs, dangling keys, links N:M."""
    warm_equals_cold(data, data.draw(apps()).model)


CUBES: list[Cube] = [
    (["item"], ["Sum(amount)", "Max(amount)", "Count(DISTINCT amount)"], []),
    ([], ["Sum(amount)", "Count(DISTINCT amount)"], []),
]


def test_another_value_of_the_same_field_reads_no_row(shop: Model) -> None:
    context = Context(shop, {"$": Selections().with_values("city", [0])})
    ask(context, CUBES)
    slice_field(context, "city")
    again = Context(shop, {"$": Selections().with_values("city", [1])}, cache=context.cache)
    with (
        patch.object(tallies.Tally, "over", side_effect=AssertionError),
        patch.object(Marking, "run", side_effect=AssertionError),
    ):
        found = ask(again, CUBES)
    assert_same_answers(found, ask(Context(shop, again.states), CUBES))


def test_what_is_asked_for_later_is_sliced_the_next_time(shop: Model) -> None:
    context = Context(shop, {"$": Selections().with_values("item", [0])})
    ask(context, CUBES[:1])
    made = slice_field(context, "item")
    assert made is not None
    assert len(made.cubes) == 1
    ask(context, CUBES[1:])
    assert slice_field(context, "item") is made
    assert len(made.cubes) == 2


def test_what_would_take_too_much_is_not_sliced(shop: Model) -> None:
    context = Context(shop, {"$": Selections().with_values("item", [0])})
    ask(context, CUBES)
    with patch.object(slicing, "MOST_VALUES", 2):
        assert slice_field(context, "item") is None
    with patch.object(slicing, "MOST_CELLS", 1), patch.object(slicing, "MOST_BYTES", 0):
        made = slice_field(context, "item")
    assert made is not None
    assert set(made.cubes.values()) == {None}
    other = Context(shop, {"$": Selections().with_values("item", [1, 2])}, cache=context.cache)
    assert_same_answers(ask(other, CUBES), ask(Context(shop, other.states), CUBES))


def test_slicing_can_be_stopped_and_goes_on_where_it_was(shop: Model) -> None:
    context = Context(shop, {"$": Selections().with_values("item", [0])})
    ask(context, CUBES)
    looks = iter([None, None, Aborted("stop")])

    def check() -> None:
        if (error := next(looks, None)) is not None:
            raise error

    with stopped_by(check), pytest.raises(Aborted):
        slice_field(context, "item")
    made = slice_field(context, "item")
    assert made is not None
    assert None not in made.cubes.values()
    other = Context(shop, {"$": Selections().with_values("item", [1, 2])}, cache=context.cache)
    np.testing.assert_equal(ask(other, CUBES)["item"], ask(Context(shop, other.states), CUBES)["item"])
