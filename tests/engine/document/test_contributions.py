"""Of how many values a number speaks: the aggregates of a measure, and the expressions that count what goes in."""

import pytest

from engine import ExpressionError, contributions, reach

CASES = [
    ("Sum(delay)", [("sum", "Count(delay)")]),
    ("Sum(price*quantity)", [("sum", "Count(price * quantity)")]),
    ("Avg(delay) / 60", [("avg", "Count(delay)")]),
    ("Sum(a) / Count(DISTINCT b)", [("sum", "Count(a)"), ("count", "Count(b)")]),
    ("Sum({<year={2013}>} a)", [("sum", "Count({<year={2013}>} a)")]),
    ("Sum(TOTAL a)", [("sum", "Count(a)")]),
    ("{<year={2013}>} Sum(a)", [("sum", "{<year={2013}>} Count(a)")]),
    ("Max(Aggr(Sum(a), b))", [("max", "Count(a)"), ("max", "Count(b)"), ("sum", "Count(a)")]),
    ("NullCount(a)", [("nullcount", "Count(a)"), ("nullcount", "NullCount(a)")]),
    ("1 + 2", []),
]
REACHES = [
    ("Sum(a)", (), False, ()),
    ("Sum(a) / Sum(TOTAL a)", (), True, ()),
    ("Sum(TOTAL <b> a)", (), False, ("TOTAL",)),
    ("Sum({1} TOTAL a)", (), False, ("TOTAL",)),
    ("Sum(ALL a)", (), False, ("TOTAL",)),
    ("{<b={1}>} Sum(TOTAL a)", (), False, ("TOTAL",)),
    ("Avg(Aggr(Sum(a), b))", (), False, ("Aggr",)),
    ("RangeSum(Above(Sum(a), 0, 3)) + Rank(TOTAL Sum(a))", (), False, ("Above", "Rank")),
    ("Sum(a) / population", ("population",), False, ()),
    ("If(b = 1, Sum(a)) * rate", ("b",), False, ()),
]


@pytest.mark.parametrize(("expression", "expected"), CASES, ids=[case[0] for case in CASES])
def test_each_aggregate_with_the_count_of_its_values(expression, expected):
    found = [(one.name, one.count) for one in contributions(expression)]
    assert [(name, plain(count)) for name, count in found] == [(name, plain(count)) for name, count in expected]


@pytest.mark.parametrize(("expression", "bare", "has_total", "beyond"), REACHES, ids=[case[0] for case in REACHES])
def test_t08_what_a_measure_reads_besides_its_group(expression, bare, has_total, beyond):
    found = reach(expression, {"rate": "2"})
    assert (found.bare, found.has_total, found.beyond) == (bare, has_total, beyond)


def test_an_expression_that_cannot_be_read_says_so():
    with pytest.raises(ExpressionError):
        contributions("Sum(")


def plain(text: str) -> str:
    """Without what the printer may lay out in more than one way."""
    return text.replace(" ", "").replace("$<", "<").lower()
