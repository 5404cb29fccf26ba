"""What one click costs the server: a selection step over QIX, from the client's text to the last answer's.

    python -m bench.stepping [rows ...]        (default: 100000 1000000)

A sheet of ten charts and ten list boxes on the star of `bench.selections`. A step is what a client sends after a click
in a list box: the selection, the layout of every object, and the pages that charts fetch by themselves. It is driven
through a session without a socket; what is measured is processor time, of all threads. "first" forgets all results of
selections before each step; "again" repeats a step that was answered before.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import orjson
import pyarrow as pa

from bench.selections import MEASURES, ColdResults, star
from engine.data.build import build_model
from engine.document.document import Document
from engine.qix.rights import Rights
from engine.qix.session import Session

Tree = dict[str, Any]

CUBE, LIST = "/qHyperCubeDef", "/qListObjectDef"
BY_VALUE = {"qSortByNumeric": 1, "qSortByAscii": 1}
MONEY = {"qType": "F", "qFmt": "#,##0.00", "qUseThou": 1}
FORMATS = {"revenue": MONEY, "margin": MONEY, "lines": {"qType": "U"}}
BOXES = ("category", "brand", "city", "region", "year", "month", "segment", "channel", "status", "shipping")
REPEATS = 5


def _chart(dimensions: list[str], measures: list[str], page: tuple[int, int], **more: Any) -> Tree:
    """A chart whose bars are as their numbers say; the measure decides the order."""
    columns = len(dimensions)
    return {
        "qInfo": {"qType": "chart"},
        "qMetaDef": {},
        "title": {"qStringExpression": {"qExpr": "'Since ' & Min(year)"}} if "year" in dimensions else "",
        "qHyperCubeDef": {
            "qDimensions": [
                {"qDef": {"qFieldDefs": [name], "qSortCriterias": [BY_VALUE], "cId": name}} for name in dimensions
            ],
            "qMeasures": [
                {
                    "qDef": {"qDef": MEASURES[name], "qLabel": name.title(), "qNumFormat": FORMATS[name]},
                    "qSortBy": {"qSortByNumeric": -1},
                }
                for name in measures
            ],
            "qInterColumnSortOrder": [columns, *range(columns)] if columns == 1 else [],
            "qInitialDataFetch": [{"qWidth": page[0], "qHeight": page[1]}],
            "qSuppressMissing": True,
            **more,
        },
    }


def charts() -> list[tuple[Tree, list[tuple[str, list[Any]]]]]:
    """Properties of the charts, each with what its client fetches after every layout."""
    line = ("GetHyperCubeReducedData", [CUBE, [{"qWidth": 3, "qHeight": 2000}], -1, "D1"])
    dots = ("GetHyperCubeData", [CUBE, [{"qWidth": 4, "qHeight": 2000}]])
    return [
        (_chart(["category"], ["revenue"], (17, 500)), []),
        (_chart(["brand"], ["revenue"], (17, 500)), []),
        (_chart(["channel"], ["revenue"], (10, 500)), []),
        (_chart(["region"], ["margin", "revenue"], (17, 500)), []),
        (_chart(["year", "month"], ["revenue"], (3, 500)), [line]),
        (_chart(["month"], ["revenue", "margin"], (3, 500)), [line]),
        (_chart(["segment", "category"], ["revenue"], (17, 500), qMode="K"), []),
        (_chart(["city"], ["revenue", "margin", "lines"], (0, 0)), [dots]),
        (_chart(["store", "status"], ["revenue", "margin", "lines"], (50, 100)), []),
        (_chart([], ["revenue", "margin", "lines"], (10, 500)), []),
    ]


def list_box(field: str) -> Tree:
    criteria = {"qSortByState": 1, "qSortByNumeric": 1, "qSortByAscii": 1, "qSortByLoadOrder": 1}
    return {
        "qInfo": {"qType": "listbox"},
        "title": field,
        "qListObjectDef": {
            "qDef": {"qFieldDefs": [field], "qSortCriterias": [criteria]},
            "qShowAlternatives": True,
            "qFrequencyMode": "N",
            "qInitialDataFetch": [{"qWidth": 0, "qHeight": 0}],
        },
    }


PAGES = [{"qWidth": 1, "qHeight": 100}] * 2
"""What a list box fetches: twice the same, as its client does."""


class Sheet:
    """A session with all objects open. Frames go in and out as texts."""

    def __init__(self, document: Document) -> None:
        self.session = Session(document, Rights("owner"), user="someone", document_id="bench")
        self._id = 0
        self.doc = self.handle(-1, "GetActiveDoc")
        self.charts = [(self.made(properties), fetched) for properties, fetched in charts()]
        self.boxes = {field: self.made(list_box(field)) for field in BOXES}

    def send(self, handle: int, method: str, *parameters: Any) -> str:
        self._id += 1
        frame = {"jsonrpc": "2.0", "id": self._id, "handle": handle, "method": method, "params": parameters}
        (answer,) = self.session.receive(orjson.dumps(frame).decode())
        return answer

    def handle(self, handle: int, method: str, *parameters: Any) -> int:
        return int(orjson.loads(self.send(handle, method, *parameters))["result"]["qReturn"]["qHandle"])

    def made(self, properties: Tree) -> int:
        return self.handle(self.doc, "CreateSessionObject", properties)

    def step(self, field: str, elements: list[int]) -> list[str]:
        """Everything that follows a click: all answers."""
        answers = [self.send(self.boxes[field], "SelectListObjectValues", LIST, elements, True)]
        for chart, fetched in self.charts:
            answers.append(self.send(chart, "GetLayout"))
            answers += [self.send(chart, method, *parameters) for method, parameters in fetched]
        for box in self.boxes.values():
            answers.append(self.send(box, "GetLayout"))
            answers.append(self.send(box, "GetListObjectData", LIST, PAGES))
        return answers


CLICKS: list[tuple[str, list[int]]] = [
    ("category", [3]),
    ("category", [7]),
    ("year", [2]),
    ("year", [2, 1]),
    ("month", [4, 5]),
    ("region", [1, 2, 5]),
    ("month", [4, 5]),
    ("category", [3]),
    ("channel", [1]),
    ("region", [1, 2, 5]),
    ("year", [1]),
    ("category", [7]),
    ("channel", [1]),
]
"""Toggled one after the other; in the end nothing is selected, as in the beginning."""


def opened(rows: int) -> tuple[Sheet, ColdResults]:
    document = Document.new("Bench", build_model([(name, pa.table(columns)) for name, columns in star(rows).items()]))
    document.cache = cache = ColdResults()
    return Sheet(document), cache


def spent(run: Callable[[], Any]) -> float:
    """Milliseconds of processor time."""
    start = time.process_time()
    run()
    return (time.process_time() - start) * 1000


def walk(sheet: Sheet, before_step: Callable[[], None]) -> list[float]:
    found = []
    for field, elements in CLICKS:
        before_step()
        found.append(spent(lambda f=field, e=elements: sheet.step(f, e)))
    return found


def measured(rows: int) -> dict[str, list[float]]:
    """Milliseconds of each step, the least of several walks."""
    sheet, cache = opened(rows)
    walk(sheet, cache.forget)
    first = [walk(sheet, cache.forget) for _ in range(REPEATS)]
    walk(sheet, lambda: None)
    again = [walk(sheet, lambda: None) for _ in range(REPEATS)]
    walks = {"first": first, "again": again}
    return {name: [min(times) for times in zip(*found, strict=True)] for name, found in walks.items()}


def main(arguments: list[str]) -> None:
    for rows in [int(text) for text in arguments] or [100_000, 1_000_000]:
        print(f"\n{rows:,} rows, {len(charts())} charts, {len(BOXES)} list boxes; ms of processor time a step")
        for name, times in measured(rows).items():
            print(f"{name:10}median {statistics.median(times):6.1f}   least {min(times):6.1f}   most {max(times):6.1f}")


if __name__ == "__main__":
    main(sys.argv[1:])
