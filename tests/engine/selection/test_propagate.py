"""The states of values and rows: examples to read, and brute force over small random forests."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.dual import Dual
from engine.data.model import Model
from engine.errors import Aborted, NotFound
from engine.machine import marking, passes
from engine.selection import messages
from engine.selection.propagate import propagate
from engine.selection.state import LETTERS, Selections
from engine.stopping import stopped_by
from tests.engine.models import Rows, linked_tables, load, model_of


def select(model: Model, selections: Selections | None = None, /, **values: object) -> Selections:
    selections = selections or Selections()
    for field, chosen in values.items():
        wanted = chosen if isinstance(chosen, list) else [chosen]
        duals = [Dual(None, v) if isinstance(v, str) else Dual(float(v), None) for v in wanted]
        codes = [model.symbols(field).find(dual) for dual in duals]
        selections = selections.with_values(field, [code for code in codes if code is not None])
    return selections


def letters(model: Model, selections: Selections, field: str) -> dict[str, str]:
    symbols = model.symbols(field)
    states = propagate(model, selections).letters(field)
    return {symbols.text(code): LETTERS[state] for code, state in enumerate(states)}


@pytest.fixture
def shop() -> Model:
    return model_of(
        Sales="""customer item  amount
                 ann      nut   1
                 ann      fig   2
                 bob      nut   3
                 cid      -     4""",
        Items="""item group
                 nut  dry
                 fig  wet
                 oil  wet""",
    )


def test_nothing_selected_leaves_every_value_possible(shop: Model) -> None:
    assert letters(shop, Selections(), "item") == {"nut": "O", "fig": "O", "oil": "O"}
    assert letters(shop, Selections(), "customer") == {"ann": "O", "bob": "O", "cid": "O"}


def test_a_selection_reaches_the_linked_table_and_leaves_alternatives_in_its_own_field(shop: Model) -> None:
    chosen = select(shop, customer="bob")
    assert letters(shop, chosen, "customer") == {"ann": "A", "bob": "S", "cid": "A"}
    assert letters(shop, chosen, "item") == {"nut": "O", "fig": "X", "oil": "X"}
    assert letters(shop, chosen, "group") == {"dry": "O", "wet": "X"}


def test_a_row_without_partner_is_ruled_out_once_something_is_selected_there(shop: Model) -> None:
    chosen = select(shop, group="dry")
    assert letters(shop, chosen, "customer") == {"ann": "O", "bob": "O", "cid": "X"}


def test_a_selected_value_that_another_selection_rules_out_stays_selected(shop: Model) -> None:
    chosen = select(shop, customer=["bob", "cid"], group="wet")
    assert letters(shop, chosen, "customer") == {"ann": "A", "bob": "XS", "cid": "XS"}
    assert letters(shop, chosen, "group") == {"dry": "A", "wet": "XS"}


def test_locked_values_count_like_selected_ones(shop: Model) -> None:
    chosen = select(shop, customer=["bob", "cid"]).lock("customer")
    assert letters(shop, select(shop, chosen, item="nut"), "customer") == {"ann": "A", "bob": "L", "cid": "XL"}


def test_counts_carry_the_names_of_the_protocol(shop: Model) -> None:
    counts = propagate(shop, select(shop, customer="bob")).counts("customer")
    assert counts["qSelected"] == 1
    assert counts["qAlternative"] == 2
    assert sum(counts.values()) == 3


def test_frequency_counts_possible_rows(shop: Model) -> None:
    assert propagate(shop, Selections()).frequency("item").tolist() == [2, 1, 0]
    assert propagate(shop, select(shop, customer="bob")).frequency("item").tolist() == [1, 0, 0]


def test_tables_without_link_do_not_touch_each_other() -> None:
    model = model_of(
        A="""a
             1
             2""",
        B="""b
             7
             8""",
    )
    chosen = select(model, a=1)
    assert letters(model, chosen, "b") == {"7": "O", "8": "O"}


def test_a_synthetic_key_links_by_the_whole_combination() -> None:
    model = model_of(
        F="""a b u
             1 1 x
             1 2 y
             2 - z""",
        G="""a b v
             1 1 p
             1 3 q
             2 - r""",
    )
    assert letters(model, select(model, u="x"), "v") == {"p": "O", "q": "X", "r": "X"}
    assert letters(model, select(model, b=3), "u") == {"x": "X", "y": "X", "z": "X"}
    assert letters(model, select(model, u="z"), "v") == {"p": "X", "q": "X", "r": "X"}
    assert letters(model, select(model, a=2), "u") == {"x": "X", "y": "X", "z": "O"}


def test_a_loosely_coupled_table_hears_but_does_not_pass_on() -> None:
    model = model_of(
        Long="""a b n
                1 1 5
                2 2 6
                2 2 7""",
        AC="""a c
              1 1
              2 2""",
        BC="""b c
              1 1
              2 2""",
    )
    assert model.loosened == ("Long",)
    assert letters(model, select(model, c=1), "n") == {"5": "O", "6": "X", "7": "X"}
    assert letters(model, select(model, n=5), "c") == {"1": "O", "2": "O"}


def test_more_fields_than_a_word_has_bits_are_told_apart() -> None:
    names = [f"f{number}" for number in range(70)]
    model = load({"Wide": {name: [0, 1, 2 if name == "f69" else 1] for name in names}})
    chosen = Selections()
    for name in names:
        chosen = chosen.with_values(name, [0])
    assert letters(model, chosen, "f69") == {"0": "S", "1": "X", "2": "X"}
    lifted = chosen.with_values("f69", [1])
    assert letters(model, lifted, "f69") == {"0": "A", "1": "XS", "2": "X"}
    assert letters(model, lifted, "f3") == {"0": "XS", "1": "X"}


def test_an_unknown_field_is_not_found(shop: Model) -> None:
    with pytest.raises(NotFound):
        propagate(shop, Selections()).letters("price")


def test_a_stopped_propagation_can_be_asked_again(shop: Model) -> None:
    stops = iter([True])

    def check() -> None:
        if next(stops, False):
            raise Aborted("stopped")

    states = propagate(shop, select(shop, group="dry"))
    with pytest.raises(Aborted), stopped_by(check):
        states.letters("customer")
    assert [LETTERS[s] for s in states.letters("customer")] == ["O", "O", "X"]


Chosen = Mapping[str, frozenset[int]]


class BruteForce:
    """Possible rows by the definition: one walk through the links for every row."""

    def __init__(self, tables: dict[str, Rows], chosen: Chosen) -> None:
        self.tables = tables
        self.chosen = chosen

    def holders(self, field: str) -> list[str]:
        return [name for name, rows in self.tables.items() if field in rows]

    def side_is_active(self, table: str, came_by: str) -> bool:
        fields = [field for field in self.tables[table] if field != came_by]
        return any(
            field in self.chosen or any(self.side_is_active(t, field) for t in self.holders(field) if t != table)
            for field in fields
        )

    def is_possible(self, table: str, row: int, came_by: str = "") -> bool:
        for field, values in self.tables[table].items():
            if field == came_by:
                continue
            value = values[row]
            if field in self.chosen and value not in self.chosen[field]:
                return False
            for other in self.holders(field):
                if other == table or not self.side_is_active(other, field):
                    continue
                partners = [i for i, v in enumerate(self.tables[other][field]) if v == value and v is not None]
                if not any(self.is_possible(other, partner, field) for partner in partners):
                    return False
        return True

    def values(self, field: str) -> set[int]:
        return {
            self.tables[table][field][row]
            for table in self.holders(field)
            for row in range(len(self.tables[table][field]))
            if self.is_possible(table, row)
        } - {None}


@given(
    tables=linked_tables(),
    data=st.data(),
    most_watched=st.sampled_from([1, messages.MOST_WATCHED]),
    heavy=st.booleans(),
    compiled=st.booleans(),
)
def test_states_of_rows_and_values_equal_brute_force(
    tables: dict[str, Rows], data: st.DataObject, most_watched: int, heavy: bool, compiled: bool
) -> None:
    """Asked for twice: what was asked for once is worked out beforehand. heavy: as if every table were a long one."""
    model = load(tables)
    with ExitStack() as stack:
        stack.enter_context(patch.object(messages, "MOST_WATCHED", most_watched))
        if heavy:
            stack.enter_context(patch.object(marking, "HALVED", 0))
            stack.enter_context(patch.object(passes, "HALVED", 2))
        if not compiled:
            for module in (marking, passes):
                stack.enter_context(patch.object(module, "kernels", None))
        _compare_with_brute_force(model, tables, data)


def _compare_with_brute_force(model: Model, tables: dict[str, Rows], data: st.DataObject) -> None:
    fields = data.draw(st.lists(st.sampled_from(sorted(model.fields)), max_size=3, unique=True))
    selections, chosen = Selections(), {}
    for field in fields:
        size = model.symbols(field).size
        codes = data.draw(st.sets(st.integers(0, size - 1), min_size=1)) if size else set()
        if codes:
            selections = selections.with_values(field, codes)
            chosen[field] = frozenset(int(model.symbols(field).numbers[code]) for code in codes)

    truth = BruteForce(tables, chosen)
    for field in model.fields:
        assert set(model.symbols(field).numbers[propagate(model, selections).possible(field)]) == truth.values(field)
    states = propagate(model, selections)
    for table, rows in tables.items():
        for field in rows:
            seen = states.occurring(table, field)
            if seen is not None:
                assert (
                    seen.tolist()
                    == np.isin(np.arange(len(seen)), model.codes(table, field)[states.rows(table)]).tolist()
                )
        expected = [truth.is_possible(table, row) for row in range(len(next(iter(rows.values()))))]
        assert states.rows(table).tolist() == expected
    for field in model.fields:
        numbers = model.symbols(field).numbers
        assert set(numbers[states.possible(field)]) == truth.values(field)
        lifted = BruteForce(tables, {name: values for name, values in chosen.items() if name != field})
        expected_letters = [
            _expected(number, field, chosen, truth.values(field), lifted.values(field)) for number in numbers
        ]
        assert [LETTERS[state] for state in states.letters(field)] == expected_letters
        longest = max(truth.holders(field), key=lambda name: len(tables[name][field]))
        marks = states.rows(longest)
        held = [v for v, mark in zip(tables[longest][field], marks, strict=True) if mark]
        assert states.frequency(field).tolist() == [held.count(number) for number in numbers]


def _expected(number: float, field: str, chosen: Chosen, possible: set[int], lifted: set[int]) -> str:
    if field not in chosen:
        return "O" if number in possible else "X"
    if number in chosen[field]:
        return "S" if number in possible else "XS"
    return "A" if number in lifted else "X"


def test_row_words_are_absent_where_nothing_is_selected(shop: Model) -> None:
    states = propagate(shop, Selections())
    assert states.row_words("Sales") is None
    assert states.rows("Sales").tolist() == [True] * 4
    assert np.count_nonzero(propagate(shop, select(shop, item="fig")).rows("Sales")) == 1
