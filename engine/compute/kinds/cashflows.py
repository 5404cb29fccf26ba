"""Series of payments: what they are worth today, and at which interest they are worth nothing.

Payments at even intervals come in load order; the others have dates, counted from the earliest.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.compute.kinds.lists import Listed, Lists, of_numbers
from engine.data.dual import Floats
from engine.language.functions.cashflows import DAYS_A_YEAR, USUAL_RATE, Payments
from engine.language.functions.financial import MONEY


def _regular(lists: Lists, column: int, first: float = 0.0) -> Payments:
    """A period apart, the first after so many."""
    places = np.arange(len(lists)) - lists.starts[lists.groups] + first
    return _payments(lists, column, places.astype(np.float64))


def _dated(lists: Lists, column: int, dates: int) -> Payments:
    """Years since the earliest payment of the group."""
    days = lists.columns[dates].numbers
    first = np.full(lists.count, np.inf)
    np.minimum.at(first, lists.groups, days)
    return _payments(lists, column, (days - first[lists.groups]) / DAYS_A_YEAR)


def _payments(lists: Lists, column: int, times: Floats) -> Payments:
    return Payments(lists.count, lists.groups, lists.counts * lists.columns[column].numbers, times)


@of_numbers(0)
def _irr(lists: Lists) -> Floats:
    return _regular(lists, 0).rates(lists.first_numbers(1, otherwise=USUAL_RATE))


@of_numbers(0, 1)
def _xirr(lists: Lists) -> Floats:
    return _dated(lists, 0, 1).rates(lists.first_numbers(2, otherwise=USUAL_RATE))


@of_numbers(0, 1, format=MONEY)
def _npv(lists: Lists) -> Floats:
    """The first payment comes at the end of the first period."""
    return _regular(lists, 1, first=1.0).worth(lists.first_numbers(0))


@of_numbers(0, 1, 2, format=MONEY)
def _xnpv(lists: Lists) -> Floats:
    return _dated(lists, 1, 2).worth(lists.first_numbers(0))


CASH_FLOWS: Mapping[str, Listed] = {
    "irr": Listed(_irr, by_row=True),
    "npv": Listed(_npv, by_row=True),
    "xirr": Listed(_xirr),
    "xnpv": Listed(_xnpv),
}
