"""Every scenario file is played; see `runner` for how they are written."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from pathlib import Path

import pytest

from engine.language.functions import FUNCTIONS
from tests.engine.scenarios.runner import play, steps_of

CASES = sorted((Path(__file__).parent / "cases").glob("*.scenario"))


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_scenario(path: Path) -> None:
    play(path)


WORD = re.compile(r"[^\W\d]\w*(?=\()")
OTHERS = sorted(name for name, entry in FUNCTIONS.items() if entry.kind != "scalar")


@lru_cache(maxsize=1)
def using() -> dict[str, list[str]]:
    """The expressions that scenarios expect something of, by the functions in them."""
    found = defaultdict(list)
    for path in CASES:
        for step in steps_of(path):
            expressions = step.body if step.command == "values" else step.arguments.split("|")
            for expression in expressions if step.command in ("cube", "total", "pivot", "values") else ():
                for name in {word.lower() for word in WORD.findall(expression)}:
                    found[name].append(expression)
    return found


@pytest.mark.parametrize("name", OTHERS)
def test_every_function_of_charts_has_two_cases_with_null_and_empty_input_among_them(name: str) -> None:
    cases = using().get(name, [])
    assert len(cases) >= 2
    if FUNCTIONS[name].maximum != 0:
        assert any("Null()" in case for case in cases)
        assert any("''" in case for case in cases)
