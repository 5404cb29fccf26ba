"""Of how many values a number speaks: the aggregates of a measure, and the expressions that count what goes in."""

import pytest

from engine import ExpressionError, contributions

CASES = [
    ("Sum(delay)", [("sum", "Count(delay)")]),
    ("Sum(price*quantity)", [("sum", "Count(price * quantity)")]),
    ("Avg(delay) / 60", [("avg", "Count(delay)")]),
    ("Sum(a) / Count(DISTINCT b)", [("sum", "Count(a)"), ("count", "Count(b)")]),
    ("Sum({<year={2013}>} a)", [("sum", "Count({<year={2013}>} a)")]),
    ("Sum(TOTAL a)", [("sum", "Count(a)")]),
    ("{<year={2013}>} Sum(a)", [("sum", "{<year={2013}>} Count(a)")]),
    ("Max(Aggr(Sum(a), b))", [("max", "Count(a)"), ("max", "Count(b)"), ("sum", "Count(a)")]),
    ("1 + 2", []),
]


@pytest.mark.parametrize(("expression", "expected"), CASES, ids=[case[0] for case in CASES])
def test_each_aggregate_with_the_count_of_its_values(expression, expected):
    found = [(one.name, one.count) for one in contributions(expression)]
    assert [(name, plain(count)) for name, count in found] == [(name, plain(count)) for name, count in expected]


def test_an_expression_that_cannot_be_read_says_so():
    with pytest.raises(ExpressionError):
        contributions("Sum(")


def plain(text: str) -> str:
    """Without what the printer may lay out in more than one way."""
    return text.replace(" ", "").replace("$<", "<").lower()
