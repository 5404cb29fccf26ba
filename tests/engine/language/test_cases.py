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


def test_there_are_as_many_cases_as_promised() -> None:
    assert len(set(map(str, CASES))) >= 1200


def test_every_case_names_its_public_page() -> None:
    assert [str(case) for case in CASES if not case.page] == []


SCALARS = sorted(name for name, entry in FUNCTIONS.items() if entry.kind == "scalar")
_USING: dict[str, list[Case]] = {}
for _case in CASES:
    for _word in {word.lower() for word in WORD.findall(_case.expression)}:
        _USING.setdefault(_word, []).append(_case)


@pytest.mark.parametrize("name", SCALARS)
def test_every_function_has_two_cases_with_null_and_empty_input_among_them(name: str) -> None:
    cases = _USING.get(name, [])
    if FUNCTIONS[name].maximum == 0:
        assert cases
    else:
        assert len(cases) >= 3
        assert any("Null()" in case.expression for case in cases)
        assert any("''" in case.expression for case in cases)
