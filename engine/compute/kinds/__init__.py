"""The aggregation functions by name: how each is worked out, from sums row by row or from lists of values."""

from __future__ import annotations

from collections.abc import Mapping

from engine.compute.kinds.accumulated import ACCUMULATED, Accumulated
from engine.compute.kinds.cashflows import CASH_FLOWS
from engine.compute.kinds.geometries import GEOMETRIES
from engine.compute.kinds.hypotheses import TESTS
from engine.compute.kinds.lists import Listed
from engine.compute.kinds.ranked import RANKED, WITH_RANK
from engine.compute.kinds.regression import REGRESSION
from engine.compute.kinds.statistics import STATISTICS

Kind = Accumulated | Listed

KINDS: Mapping[str, Kind] = {**ACCUMULATED, **RANKED, **STATISTICS, **REGRESSION, **TESTS, **CASH_FLOWS, **GEOMETRIES}


def kind_of(name: str, arguments: int) -> Kind | None:
    """How an aggregation of so many arguments is worked out; None if there is no such aggregation."""
    return WITH_RANK[name] if arguments > 1 and name in WITH_RANK else KINDS.get(name)
