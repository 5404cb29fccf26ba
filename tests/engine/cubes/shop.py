"""A small shop that the examples of hypercubes and list objects look at."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from engine.compute.context import Context
from engine.compute.cube import Cube
from engine.compute.hypercube import evaluate_cube
from engine.compute.listobject import ListObject, evaluate_list
from engine.data.build import build_model
from engine.data.dual import Dual
from engine.data.model import Model
from engine.selection.state import Selections

WHOLE = [{"qLeft": 0, "qTop": 0, "qWidth": 20, "qHeight": 500}]


def shop() -> Model:
    """Sales by customer and item; one sale without an item, one item without a sale."""
    sales = {
        "customer": ["ann", "ann", "bob", "cid", "Dan", "ann"],
        "item": ["nut", "fig", "nut", None, "pea", "nut"],
        "amount": [1, 20, 3, 4, -5, 10],
        "day": pa.array([19723, 19724, 19724, 19800, None, 19723], pa.int32()).cast(pa.date32()),
    }
    items = {"item": ["nut", "fig", "pea", "oil"], "group": ["dry", "wet", "dry", "wet"]}
    return build_model([("Sales", pa.table(sales)), ("Items", pa.table(items))])


def context(model: Model | None = None, **chosen: list[Any]) -> Context:
    """The shop with some values selected, by field."""
    model = model or shop()
    selections = Selections()
    for field, values in chosen.items():
        duals = [Dual(None, value) if isinstance(value, str) else Dual(float(value), None) for value in values]
        selections = selections.with_values(field, [model.symbols(field).find(dual) for dual in duals])  # type: ignore[misc]
    return Context(model, {"$": selections})


def dimension(text: str, /, *, sort: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """An NxDimension; `more` are its members besides qDef, or members of qDef when they are called def_..."""
    own = {name.removeprefix("def_"): value for name, value in more.items() if name.startswith("def_")}
    others = {name: value for name, value in more.items() if not name.startswith("def_")}
    criteria = {} if sort is None else {"qSortCriterias": [sort]}
    return {"qDef": {"qFieldDefs": [text], **criteria, **own}, **others}


def measure(text: str, /, **more: Any) -> dict[str, Any]:
    own = {name.removeprefix("def_"): value for name, value in more.items() if name.startswith("def_")}
    others = {name: value for name, value in more.items() if not name.startswith("def_")}
    return {"qDef": {"qDef": text, **own}, **others}


def cube(context: Context, dimensions: list[Any], measures: list[Any], **more: Any) -> Cube:
    dimensions = [dimension(one) if isinstance(one, str) else one for one in dimensions]
    measures = [measure(one) if isinstance(one, str) else one for one in measures]
    return evaluate_cube(context, {"qDimensions": dimensions, "qMeasures": measures, **more})


def texts(shown: Cube | ListObject) -> list[str]:
    """The rows as people see them."""
    (page,) = shown.pages(WHOLE)
    return [" ".join(cell["qText"] for cell in row) for row in page["qMatrix"]]


def listed(context: Context, text: str, *, search: str | None = None, sort: Any = None, **more: Any) -> ListObject:
    return evaluate_list(context, dimension(text, sort=sort, **more), search)
