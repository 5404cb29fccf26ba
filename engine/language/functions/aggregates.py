"""The aggregation functions that the planner computes. Here they are only named; a set, DISTINCT and TOTAL may
stand before the argument of each."""

from __future__ import annotations

from engine.language.registry import add

_AGGREGATES = {
    "Sum(expression)": "The sum of the numbers; 0 when there are none.",
    "Count(expression)": "How many values are not NULL.",
    "Avg(expression)": "The mean of the numbers.",
    "Min(expression)": "The smallest number.",
    "Max(expression)": "The largest number.",
    "Only(expression)": "The value, if there is exactly one possible value, else NULL.",
}

for _signature, _help in _AGGREGATES.items():
    add(_signature, "aggregation", _help, kind="aggregate")
