"""Golden cases: what each operator and function returns, after the public help page named above each group."""

from __future__ import annotations

import re

import pytest

from engine.language.functions import FUNCTIONS
from tests.engine.language.cases import Case, agrees, read_cases, value_of

CASES = read_cases()
WORD = re.compile(r"[^\W\d]\w*#?(?=\()")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_expression_gives_its_value(case: Case) -> None:
    value, shown = value_of(case.expression)
    assert agrees(case.expected, value, shown), f"{value}, shown as {shown!r}, is not {case.expected}"


def test_every_case_names_its_public_page() -> None:
    assert [str(case) for case in CASES if not case.page] == []


def _cases_of(name: str) -> list[Case]:
    return [case for case in CASES if name in {word.lower() for word in WORD.findall(case.expression)}]


SCALARS = sorted(name for name, entry in FUNCTIONS.items() if entry.kind == "scalar")


@pytest.mark.parametrize("name", SCALARS)
def test_every_function_has_two_cases_and_one_with_null_or_empty_input(name: str) -> None:
    cases = _cases_of(name)
    assert len(cases) >= (2 if FUNCTIONS[name].maximum != 0 else 1)
    assert FUNCTIONS[name].maximum == 0 or any("Null()" in case.expression for case in cases)
