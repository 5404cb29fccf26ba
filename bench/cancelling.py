"""How soon a cancelled calculation ends: requests that take long, at every moment of their run.

    python -m bench.cancelling [rows] [words in the names of requests ...]        (default: 1000000)

Each request runs once to its end; the time between any two looks at the cancel flag is measured, and the longest is
how long the thread can go on after a cancel in the worst case ("longest", with the two places that looked). Then the
request is cancelled at ten moments of its run, and the time until its thread has ended is measured: the median and
the worst of these. The data: so many sales of half as many customers, with names, days and texts.
"""

from __future__ import annotations

import statistics
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from engine.compute.cache import ResultCache
from engine.compute.context import CancelToken, Context
from engine.compute.hypercube import evaluate_cube
from engine.compute.listobject import evaluate_list
from engine.data.build import build_model
from engine.data.model import Model
from engine.errors import EngineError
from engine.stopping import stopped_by

MOMENTS = 10
PAGE = [{"qLeft": 0, "qTop": 0, "qWidth": 10, "qHeight": 100}]
Request = Callable[[Context], Any]


def sales(rows: int) -> Model:
    """Facts and customers: half as many customers as rows, a text each."""
    rng = np.random.default_rng(20261125)
    customers = rows // 2
    names = np.char.add(np.char.add("Customer ", rng.permutation(customers).astype(str)), " of the North")
    facts = {
        "customer": rng.integers(0, customers, rows),
        "invoice": np.arange(rows),
        "product": rng.integers(0, 5_000, rows),
        "day": rng.integers(40_000, 44_000, rows),
        "price": rng.integers(100, 99_999, rows) / 100,
        "amount": rng.integers(1, 20, rows),
        "category": rng.integers(0, 20, rows),
    }
    many = {"customer": np.arange(customers), "name": names, "city": np.arange(customers) % 800}
    return build_model([("Facts", pa.table(facts)), ("Customers", pa.table(many))])


def cube(dimensions: list[str], measures: list[str], **more: Any) -> Request:
    by_text, by_number = [{"qSortByAscii": 1}], {"qSortByNumeric": -1}
    definition = {
        "qDimensions": [{"qDef": {"qFieldDefs": [text], "qSortCriterias": by_text}} for text in dimensions],
        "qMeasures": [{"qDef": {"qDef": text}, "qSortBy": by_number} for text in measures],
        "qInitialDataFetch": PAGE,
        **more,
    }
    return lambda context: evaluate_cube(context, definition).layout()


def sorted_by_measure(*measures: str) -> Request:
    return cube(["customer"], list(measures), qInterColumnSortOrder=[1, 0])


def found(text: str, field: str = "name") -> Request:
    return lambda context: evaluate_list(context, {"qDef": {"qFieldDefs": [field]}}, text).layout()


REQUESTS: dict[str, Request] = {
    "table by invoice, sorted by text": cube(["invoice"], ["Sum(price)"]),
    "table by customer, sorted by measure": sorted_by_measure("Sum(price*amount)"),
    "table by name and product": cube(["name", "product"], ["Sum(price)", "Count(DISTINCT day)"]),
    "table with all values, totals": cube(
        ["city", "product"], ["Sum(price)"], qShowTotalsAbove=True, qInterColumnSortOrder=[2, 0, 1]
    ),
    "stacked": cube(["city", "product"], ["Sum(price)"], qMode="K"),
    "pivot, all open": cube(
        ["city", "product", "category"], ["Sum(price)"], qMode="P", qNoOfLeftDims=2, qAlwaysFullyExpanded=True
    ),
    "tree": cube(["category", "product"], ["Sum(price)"], qMode="T"),
    "Aggr": cube(["category"], ["Avg(Aggr(Sum(price), customer, product))"]),
    "Aggr, sorted": cube([], ["Sum(Aggr(RangeSum(Above(Sum(price), 0, 12)), product, (day, (NUMERIC))))"]),
    "NODISTINCT": cube(["category"], ["Sum(Aggr(NODISTINCT Max(price), customer))"]),
    "Concat": cube(["category"], ["Concat(name, ', ')"]),
    "Concat, distinct, sorted": cube(["city"], ["Concat(DISTINCT name, ', ', price)"]),
    "Median, Fractile, Mode": cube(["customer"], ["Median(price)", "Fractile(price, 0.9)", "Mode(day)"]),
    "FirstSortedValue": cube(["customer"], ["FirstSortedValue(product, -price)"]),
    "Correl, LINEST": cube(["customer"], ["Correl(price, amount)", "LINEST_M(price, amount)"]),
    "XIRR": cube(["product"], ["XIRR(price - 500, day)"]),
    "Rank": cube(["customer"], ["Rank(Sum(price))"]),
    "Above, RangeMax": cube(["invoice"], ["RangeMax(Above(Sum(price), 0, 24))"]),
    "RangeFractile": cube(["invoice"], ["RangeFractile(0.5, Above(Sum(price), 0, 24))"]),
    "set expression": cube(["category"], ["Sum({<customer={\"=Sum(price)>2000\"}>} price)"]),
    "set expression, P()": cube(["category"], ["Sum({<customer=P({<product={7}>} customer)>} price)"]),
    "set expression, search": cube(["category"], ["Sum({<name={\"*7*\"}>} price)"]),
    "text functions": cube(["Upper(Left(name, 12))"], ["Sum(price)"]),
    "text functions of two fields": cube([], ["Count(DISTINCT name & '-' & product)"]),
    "Replace, SubField": cube([], ["MaxString(Replace(SubField(name, ' ', 2), '1', 'one'))"]),
    "Levenshtein": cube([], ["Sum(LevenshteinDist(name, 'Customer of the South'))"]),
    "regular expressions": cube([], ["Count(ExtractRegEx(name, '[0-9]+', 1))"]),
    "hashes": cube([], ["MaxString(Hash128(name))"]),
    "dates": cube(["MonthName(day)"], ["Count(DISTINCT WeekName(day) & InYearToDate(day, 43000, 0))"]),
    "formats": cube(["Num(invoice, '#,##0.00')"], ["Sum(price)"]),
    "Class": cube(["Class(price, 10)"], ["Count(invoice)"]),
    "search, words": found("cust 77"),
    "search, wildcard": found("*7*9*"),
    "search, fuzzy": found("~custoner 123 of teh north"),
    "search, expression": found("=Sum(price)>2000", "customer"),
    "list by frequency": lambda context: evaluate_list(
        context, {"qDef": {"qFieldDefs": ["name"], "qSortCriterias": [{"qSortByFrequency": -1, "qSortByAscii": 1}]},
                  "qInitialDataFetch": PAGE}
    ).layout(),
    "Others": cube(
        [], ["Sum(price)"],
        qDimensions=[{"qDef": {"qFieldDefs": ["customer"]}, "qOtherTotalSpec": {
            "qOtherMode": "OTHER_REL_ACC_TARGET", "qOtherCounted": {"qv": "10"}, "qOtherLimit": {"qv": "0.5"}}}],
    ),
    "islands": cube([], ["Sum(ValueLoop(1, 900000))"]),
    "islands, combined": cube([], ["Sum(ValueLoop(1, 3) * amount)"]),
    "clusters": cube(["product"], ["KMeans2D(9, Sum(price), Sum(amount))"]),
}  # fmt: skip


class Watching(CancelToken):
    """Notes the longest time between two looks, and the places that looked."""

    def __init__(self) -> None:
        super().__init__()
        self.looks = 0
        self.longest = (0.0, "", "")
        self._last = (time.perf_counter(), "begin")

    def check(self) -> None:
        self.looks += 1
        self.note(_place())
        super().check()

    def note(self, place: str) -> None:
        now = time.perf_counter()
        self.longest = max(self.longest, (now - self._last[0], self._last[1], place))
        self._last = (now, place)


def _place() -> str:
    """Where the calculation is that looks."""
    frame = sys._getframe(2)
    while frame.f_back is not None and Path(frame.f_code.co_filename).name in ("stopping.py", "context.py"):
        frame = frame.f_back
    return f"{Path(frame.f_code.co_filename).stem}:{frame.f_lineno}"


def run(model: Model, request: Request, token: CancelToken) -> str:
    """Answer a request with nothing known beforehand; the message of the error that ended it."""
    try:
        with stopped_by(token.check):
            request(Context(model, cancel=token, cache=ResultCache()))
    except EngineError as error:
        return error.message
    return ""


def cancelled_at(model: Model, request: Request, seconds: float) -> float:
    """Seconds from a cancel at that moment to the end of the thread; 0 if it has ended before."""
    token = CancelToken()
    thread = threading.Thread(target=run, args=(model, request, token))
    thread.start()
    thread.join(seconds)
    begin = time.perf_counter()
    token.cancel()
    if not thread.is_alive():
        return 0.0
    thread.join()
    return time.perf_counter() - begin


def measure(name: str, model: Model) -> None:
    request, token = REQUESTS[name], Watching()
    begin = time.perf_counter()
    message = run(model, request, token)
    token.note("end")
    spent = time.perf_counter() - begin
    ends = [cancelled_at(model, request, spent * (n + 0.5) / MOMENTS) * 1000 for n in range(MOMENTS)]
    seconds, before, after = token.longest
    print(
        f"{name:38}{spent:8.2f}{token.looks:8}{statistics.median(ends):8.0f}{max(ends):8.0f}{seconds * 1000:9.0f}"
        f"  {before} - {after}  {message}",
        flush=True,
    )


def main(arguments: list[str]) -> None:
    rows = int(arguments[0]) if arguments else 1_000_000
    model = sales(rows)
    print(f"{rows:,} rows, {rows // 2:,} customers; milliseconds from cancel to the end of the thread")
    print(f"{'request':38}{'seconds':>8}{'looks':>8}{'median':>8}{'worst':>8}{'longest':>9}  between")
    for name in REQUESTS:
        if not arguments[1:] or any(word in name for word in arguments[1:]):
            measure(name, model)


if __name__ == "__main__":
    main(sys.argv[1:])
