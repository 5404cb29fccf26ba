"""Charts of random expressions, whatever is nested in them: what is wrong stands in the chart, never in a traceback.

The same charts at every run: each is drawn from the functions of the registry with a fixed seed.
"""

from __future__ import annotations

import random
import warnings

import pytest

from engine.compute.context import CancelToken, Context
from engine.compute.hypercube import evaluate_cube
from engine.errors import CalculationTimeout, CalculationTooLarge
from engine.language.functions import FUNCTIONS
from tests.engine.cubes.regions import regions

FIELDS = ["city", "year", "product", "amount", "region"]
ATOMS = [
    *FIELDS,
    *("1", "0", "-1", "2.5", "1e308", "2023", "Null()", "''", "'Oslo'", "Sum(amount)", "Count(city)", "Only(year)"),
    *("RowNo()", "ValueLoop(1, 3)", "ValueList('a', 'b')", "GetSelectedCount(city)", "Above(Sum(amount), 0, 2)"),
]
QUALIFIERS = {
    "aggregate": ["", "", "TOTAL ", "DISTINCT ", "{1} ", "{<year={2023}>} ", "TOTAL <region> "],
    "inter-record": ["", "", "TOTAL "],
}
OF_CHARTS = [entry for entry in FUNCTIONS.values() if entry.kind != "scalar" or entry.category == "range"]
SECONDS = 20.0
"""After which a calculation has to stop; one that does is as good as a value."""


def drawn(rng: random.Random, depth: int) -> str:
    """An expression; functions of charts are as frequent in it as all the others."""
    way = rng.random() if depth else 0.0
    if way < 0.1:
        return rng.choice(ATOMS)
    if way < 0.25:
        sign = rng.choice(["+", "-", "*", "/", "&", "=", "<", "like", "and"])
        return f"({drawn(rng, depth - 1)} {sign} {drawn(rng, depth - 1)})"
    if way < 0.4:
        return f"Aggr({drawn(rng, depth - 1)}, {', '.join(rng.sample(FIELDS, rng.randint(1, 2)))})"
    entry = rng.choice(OF_CHARTS if way < 0.7 else list(FUNCTIONS.values()))
    count = rng.randint(entry.minimum, entry.minimum + 3 if entry.maximum is None else entry.maximum)
    arguments = ", ".join(drawn(rng, depth - 1) for _ in range(count))
    return f"{entry.name}({rng.choice(QUALIFIERS.get(entry.kind, ['']))}{arguments})"


def dimension(rng: random.Random) -> dict[str, object]:
    text = rng.choice(FIELDS) if rng.random() < 0.7 else f"={drawn(rng, 1)}"
    total = rng.choice(["TOTAL_EXPR", "TOTAL_OFF"])
    return {"qDef": {"qFieldDefs": [text]}, "qOtherTotalSpec": {"qTotalMode": total}}


@pytest.mark.parametrize("seed", range(8))
def test_no_chart_ends_in_a_traceback(seed: int) -> None:
    rng, model = random.Random(seed), regions()
    for _ in range(40):
        definition = {
            "qDimensions": [dimension(rng) for _ in range(rng.randint(0, 2))],
            "qMeasures": [{"qDef": {"qDef": drawn(rng, rng.randint(1, 3))}} for _ in range(2)],
            "qMode": (mode := rng.choice("SPKT")),
            "qAlwaysFullyExpanded": True,
            "qNoOfLeftDims": rng.choice([-1, 0, 1]),
        }
        page = [{"qLeft": 0, "qTop": 0, "qWidth": 20, "qHeight": 20}]
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                cube = evaluate_cube(Context(model, cancel=CancelToken(SECONDS)), definition)
                assert len(cube.layout()["qMeasureInfo"]) == 2
                if mode in "SP":
                    (cube.pivot_pages if mode == "P" else cube.pages)(page)
            except (CalculationTimeout, CalculationTooLarge):
                continue
