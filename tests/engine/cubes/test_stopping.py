"""A cancelled calculation ends at its next look, wherever it is, and leaves nothing half made behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from engine.compute.context import CancelToken, Context
from engine.compute.plots import binned_pages, continuous_pages, reduced_pages
from engine.errors import Aborted, CalculationTimeout, CalculationTooLarge
from engine.stopping import stopped_by
from tests.engine.cubes.regions import within
from tests.engine.cubes.shop import cube, dimension, listed, measure

PAGE = {"qLeft": 0, "qTop": 0, "qWidth": 20, "qHeight": 4}
TREND = measure("Sum(amount)", qTrendLines=[{"qType": "LINEAR"}])
FEW = {"qOtherMode": "OTHER_COUNTED", "qOtherCounted": {"qv": "1"}}
OPEN = {"qAlwaysFullyExpanded": True}


def straight(context: Context, **more: Any) -> Any:
    limited = [dimension("region", qOtherTotalSpec=FEW), dimension("city", qOtherTotalSpec=FEW, qShowAll=True)]
    return cube(context, limited, [TREND, "Count(amount)"], qInitialDataFetch=[PAGE], **more).layout()


def plotted(context: Context) -> Any:
    found = cube(context, ["year", "city", "product"], ["Sum(amount)", "Count(amount)"])
    return [
        reduced_pages(found, [PAGE], -1, mode) for mode in ("D1", "S", "C")
    ], binned_pages(found, [PAGE], [], 2, 9, 1), continuous_pages(found, {"qNbrPoints": 2}, reverse=False)  # fmt: skip


def searched(context: Context) -> Any:
    texts = ("os ba", "*o*", "~oslo", "=Sum(amount)>9", "(Oslo|=Count(amount)>1)")
    return [listed(context, "city", search=text).codes.tolist() for text in texts]


CALCULATIONS: dict[str, Callable[[Context], Any]] = {
    "rows": straight,
    "stacked": lambda context: straight(context, qMode="K"),
    "tree": lambda context: straight(context, qMode="T"),
    "pivot": lambda context: straight(context, qMode="P", **OPEN),
    "plots": plotted,
    "searches": searched,
}


class Impatient(CancelToken):
    """Is cancelled when it is asked for the n-th time."""

    def __init__(self, patience: int) -> None:
        super().__init__()
        self.patience = patience
        self.asked = 0

    def check(self) -> None:
        self.asked += 1
        if self.asked > self.patience:
            raise Aborted("enough")


@pytest.mark.parametrize("name", CALCULATIONS)
def test_it_can_be_stopped_at_every_look_and_comes_out_right_afterwards(name: str) -> None:
    calculate = CALCULATIONS[name]
    expected = calculate(within())
    context = within()
    for patience in range(500):
        token = Impatient(patience)
        try:
            with stopped_by(token.check):
                found = calculate(replace(context, cancel=token))
        except Aborted:
            assert token.asked == patience + 1
            continue
        assert found == expected
        assert token.asked >= 3
        return
    pytest.fail("it never came to an end")


def test_time_that_is_up_and_results_that_are_too_large_end_the_calculation() -> None:
    with pytest.raises(CalculationTimeout):
        straight(replace(within(), cancel=CancelToken(seconds=-1)))
    for mode in ("S", "K", "T", "P"):
        with pytest.raises(CalculationTooLarge, match="at most 7 are allowed"):
            straight(replace(within(), cancel=CancelToken(cells=7)), qMode=mode, **OPEN)
