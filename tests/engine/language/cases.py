"""Reads .qexp files: one case a line, `expression => value`, under `# page:` lines that name the public help page.

A value is NULL, a number, a 'text', or a number and the 'text' that it is shown as. A number alone is shown in
its shortest form.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from engine.data.dual import Dual
from engine.data.formats import format_vector
from engine.data.number_pattern import shortest
from engine.language.evaluate import evaluate, refuse
from engine.language.examples import FACTS, NOON
from engine.language.parser import parse

FOLDER = Path(__file__).parent / "cases"


@dataclass(frozen=True)
class Case:
    file: str
    line: int
    page: str
    expression: str
    expected: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.expression}"


def read_cases(pattern: str = "*.qexp") -> list[Case]:
    """All cases of the files that match the pattern."""
    return [case for path in sorted(FOLDER.glob(pattern)) for case in _read(path)]


def _read(path: Path) -> list[Case]:
    found, page = [], ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("# page:"):
            page = line.removeprefix("# page:").strip()
        elif line.strip() and not line.startswith("#"):
            expression, _, expected = line.rpartition(" => ")
            found.append(Case(path.name, number, page, expression.strip(), expected.strip()))
    return found


def value_of(expression: str) -> tuple[Dual, str | None]:
    """What a constant expression gives, and the text it is shown as."""
    vector = evaluate(parse(expression), refuse, 1, clock=lambda: NOON, seed=1, facts=FACTS)
    return vector.dual(0), format_vector(vector)[0]


def agrees(expected: str, value: Dual, shown: str | None) -> bool:
    """Whether a value is what the case says."""
    if expected == "NULL":
        return value.is_null and shown is None
    number, _, text = expected.partition("'")
    text = text.removesuffix("'").replace("''", "'")
    if not number.strip():
        return value.number is None and value.text == text
    if value.number is None or not math.isclose(value.number, float(number), rel_tol=1e-9, abs_tol=1e-12):
        return False
    return shown == (text if "'" in expected else shortest(value.number))
