"""An example of every function, from examples.txt: `expression => text that is shown`, one a line.

The expression begins with the function's name. Functions of values stand alone; the others are worked out over the
rows of SAMPLE, or, where the result has several parts between |, in a chart by Region, one part a row; between /, in a
pivot table with Product at the top, one part a column. The moment is NOON and the session that of FACTS. Tests hold
every example to its result; the documentation is made of them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from engine.language.facts import Facts

SAMPLE = """
Region Product Sales Cost
North  Apples  10    4
North  Pears   20    6
South  Apples  5     4
South  Plums   -     1
"""

NOON = datetime(2024, 5, 15, 13, 45, 30, tzinfo=UTC)
FACTS = Facts(
    user="ann",
    client="Browser/1.0",
    title="Sales",
    document_id="app-1",
    author="Ann",
    version="12.1",
    model_hash="abc123",
    reloaded=datetime(2024, 5, 14, 6, tzinfo=UTC),
    opened=datetime(2024, 5, 15, 13, tzinfo=UTC),
    user_attributes=(("userEmail", "ann@example.org"),),
)


class Example(NamedTuple):
    """`result` is the shown text, 'NULL' for NULL."""

    expression: str
    result: str


@lru_cache(maxsize=1)
def examples() -> dict[str, Example]:
    """Every example by the name of its function in lower case."""
    found: dict[str, Example] = {}
    for line in Path(__file__).with_name("examples.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("# "):
            expression, _, result = line.rpartition(" => ")
            found[expression.partition("(")[0].lower()] = Example(expression, result)
    return found
