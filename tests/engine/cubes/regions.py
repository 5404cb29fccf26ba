"""Sales by region, city, year and product: small enough to add up by hand.

North: Oslo 2023 nut 1, fig 2; Oslo 2024 nut 4. Rome is in the South: 2023 nut 8, 2024 fig 16. Bari (South): 2024
nut 32. One sale of 64 in the South has no city, and Kiel (North) has none at all.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from engine.compute.context import Context
from engine.data.build import build_model
from engine.data.dual import Dual
from engine.data.model import Model
from engine.selection.state import Selections

SALES = [
    ("Oslo", 2023, "nut", 1),
    ("Oslo", 2023, "fig", 2),
    ("Oslo", 2024, "nut", 4),
    ("Rome", 2023, "nut", 8),
    ("Rome", 2024, "fig", 16),
    ("Bari", 2024, "nut", 32),
]
CITIES = [("Oslo", "North"), ("Rome", "South"), ("Bari", "South"), ("Kiel", "North")]


def regions() -> Model:
    sales = pa.table(dict(zip(("city", "year", "product", "amount"), zip(*SALES, strict=True), strict=True)))
    cities = pa.table(dict(zip(("city", "region"), zip(*CITIES, strict=True), strict=True)))
    return build_model([("Sales", sales), ("Cities", cities)])


def within(**chosen: list[Any]) -> Context:
    """The sales with some values selected, by field."""
    model = regions()
    selections = Selections()
    for field, values in chosen.items():
        duals = [Dual(None, value) if isinstance(value, str) else Dual(float(value), None) for value in values]
        codes = [code for dual in duals if (code := model.symbols(field).find(dual)) is not None]
        selections = selections.with_values(field, codes)
    return Context(model, {"$": selections})
