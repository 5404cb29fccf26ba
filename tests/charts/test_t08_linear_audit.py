"""T08: no number about a group smaller than the minimum follows from what is shown, by an independent solver.

The solver (integer programming) knows the structure and every shown count, and asks for the smallest and the largest
count that a hidden cell may have: they must differ.
"""

from __future__ import annotations

import itertools
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from charts.disclosure import Cell, Parts, hidden_cells, is_small
from charts.plan import BadPlan

TABLES = int(os.environ.get("FUZZ_TABLES", "100"))
FIELDS = ("a", "b", "c")
MINIMUM = 5


def parts_of(rows: dict[tuple[str, ...], int], fields: tuple[str, ...] = FIELDS) -> Parts:
    labels = [labels for labels, count in rows.items() if count]
    return Parts(fields, labels, np.array([[rows[one]] for one in labels], dtype=np.int64).reshape(len(labels), 1))


def cells_of(parts: Parts, grouping: tuple[str, ...]) -> set[Cell]:
    places = [parts.fields.index(name) for name in grouping]
    return {
        frozenset((name, labels[place]) for name, place in zip(grouping, places, strict=True))
        for labels in parts.labels
    }


def count(parts: Parts, cell: Cell) -> int:
    return int(parts.size(parts.members(cell))[0])


def range_of(parts: Parts, shown: set[Cell], cell: Cell) -> tuple[float, float]:
    """The least and the greatest count of a cell that agree with the shown ones; counts are whole and not negative."""
    width = len(parts.labels)
    rows = np.zeros((len(shown), width))
    totals = np.zeros(len(shown))
    for number, one in enumerate(shown):
        rows[number, parts.members(one)] = 1
        totals[number] = count(parts, one)
    aim = np.zeros(width)
    aim[parts.members(cell)] = 1
    found = []
    for sign in (1, -1):
        known = [LinearConstraint(rows, totals, totals)] if len(shown) else []
        solved = milp(sign * aim, constraints=known, integrality=np.ones(width), bounds=Bounds(0, 1000))
        assert solved.success
        found.append(sign * solved.fun)
    return found[0], found[1]


labels = st.tuples(st.sampled_from("xyzw"), st.sampled_from("pqr"), st.sampled_from("mn"))
tables = st.dictionaries(labels, st.integers(0, 14), min_size=3, max_size=24)
groupings = st.lists(
    st.sampled_from([grouping for size in range(4) for grouping in itertools.combinations(FIELDS, size)]),
    min_size=1,
    max_size=4,
    unique=True,
)


@settings(max_examples=TABLES, derandomize=True)
@given(tables, groupings)
def test_t08_linear_audit(table, chosen):
    parts = parts_of(table)
    cells = {cell for grouping in chosen for cell in cells_of(parts, grouping)}
    hidden = hidden_cells(parts, cells, MINIMUM)
    shown = cells - hidden
    for cell in cells:
        if 0 < count(parts, cell) < MINIMUM:
            assert cell in hidden
            least, most = range_of(parts, shown, cell)
            assert most > least, f"{set(cell)} follows from {[set(one) for one in shown]}"


@settings(max_examples=TABLES, derandomize=True)
@given(tables, groupings, groupings)
def test_t08_version_differencing(table, first, second):
    """What an earlier version shows counts as known, and what it hid stays hidden: both together tell nothing of it."""
    parts = parts_of(table)
    before = {cell for grouping in first for cell in cells_of(parts, grouping)}
    shown_before = before - hidden_cells(parts, before, MINIMUM)
    now = {cell for grouping in second for cell in cells_of(parts, grouping)}
    small_before = {cell for cell in before if count(parts, cell) < MINIMUM}
    shown = (now - hidden_cells(parts, now, MINIMUM, known=shown_before, elsewhere=small_before)) | shown_before
    for cell in now | before:
        if 0 < count(parts, cell) < MINIMUM:
            least, most = range_of(parts, shown, cell)
            assert most > least


@settings(max_examples=TABLES, derandomize=True)
@given(tables, groupings)
def test_t08_no_remainder_is_small(table, chosen):
    """A shown cell less the shown cells inside it is empty or large."""
    parts = parts_of(table)
    cells = {cell for grouping in chosen for cell in cells_of(parts, grouping)}
    shown = cells - hidden_cells(parts, cells, MINIMUM)
    for outer in shown:
        for grouping in chosen:
            inside = [cell for cell in shown & cells_of(parts, grouping) if cell > outer]
            if inside:
                assert not is_small([count(parts, outer) - sum(count(parts, one) for one in inside)], MINIMUM)


def test_two_small_groups_beside_a_total_hide_a_third():
    """One and two of 23: hiding both leaves their sum of three open to subtraction."""
    parts = parts_of({("x",): 1, ("y",): 2, ("z",): 8, ("w",): 12}, ("a",))
    cells = cells_of(parts, ("a",)) | {frozenset()}
    assert hidden_cells(parts, cells, MINIMUM) == {frozenset({("a", name)}) for name in "xyz"}


def test_small_groups_that_another_level_tells_apart_hide_a_third():
    """One and two again; neither follows by itself, but their sum of three does."""
    rows = {("x", "p"): 1, ("y", "q"): 2, ("z", "p"): 8, ("z", "q"): 9, ("w", "p"): 9, ("w", "q"): 12}
    parts = parts_of(rows, ("a", "b"))
    cells = cells_of(parts, ("a",)) | cells_of(parts, ("b",)) | {frozenset()}
    assert len(hidden_cells(parts, cells, MINIMUM) & cells_of(parts, ("a",))) == 3


def test_overlapping_ages_are_not_subtracted():
    """0-9 less 0-4 are the three of 5-9."""
    rows = {("0-9", "0-4"): 9, ("0-9", "5-14"): 3, ("10-19", "5-14"): 20, ("10-19", "15-19"): 11}
    parts = parts_of(rows, ("tens", "fives"))
    cells = cells_of(parts, ("tens",)) | cells_of(parts, ("fives",))
    shown = cells - hidden_cells(parts, cells, MINIMUM)
    least, most = range_of(parts, shown, frozenset({("tens", "0-9"), ("fives", "5-14")}))
    assert most > least


def test_nothing_is_hidden_where_all_groups_are_large():
    parts = parts_of({("x",): 50, ("y",): 60}, ("a",))
    assert hidden_cells(parts, cells_of(parts, ("a",)) | {frozenset()}, MINIMUM) == set()


def test_a_difference_of_counts_is_a_group_too():
    """98 of 100 arrived late: the two that did not are a group of two."""
    assert is_small((100, 98), MINIMUM, alike=((0, 1),))
    assert not is_small((100, 95), MINIMUM, alike=((0, 1),))


def test_distinct_people_do_not_add_up():
    """The same person may stand in both parts: a set has at least as many people as its largest part."""
    parts = Parts(("a",), [("x",), ("y",)], np.array([[3, 40], [3, 40]]), unit=0)
    assert hidden_cells(parts, [frozenset()], MINIMUM) == {frozenset()}


def test_too_many_shown_groups_with_small_parts_are_refused():
    rows = {(f"v{number}", part, "x"): size for number in range(3001) for part, size in (("p", 9), ("q", 2))}
    parts = parts_of(rows)
    with pytest.raises(BadPlan, match="can be checked together"):
        hidden_cells(parts, cells_of(parts, ("a",)) | cells_of(parts, ("b",)), MINIMUM)
