"""The parser: where errors point, how trees print, what binds to what, and that no text can break it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import ExpressionError
from engine.language import nodes
from engine.language.cursor import MAX_DEPTH
from engine.language.expand import expand
from engine.language.functions import FUNCTIONS
from engine.language.parser import parse
from engine.language.printer import print_expression
from engine.language.tokens import MAX_LENGTH
from engine.language.walk import aggregates_in, depth, fields_in, is_scalar_of_fields
from tests.engine.language.trees import expressions

HERE = Path(__file__).parent
_LINES = (HERE / "cases_errors.txt").read_text(encoding="utf-8").splitlines()
ERRORS = list(zip(_LINES[::2], _LINES[1::2], strict=True))
ROUND_TRIPS = (HERE / "round_trips.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(("text", "pointer"), ERRORS, ids=[text for text, _ in ERRORS])
def test_error_points_at_its_place(text: str, pointer: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    marks = pointer.lstrip(" ").partition(" ")[0]
    start = len(pointer) - len(pointer.lstrip(" "))
    assert (caught.value.start, caught.value.end) == (start, start + len(marks))
    assert caught.value.message == pointer.strip().partition(" ")[2]


@pytest.mark.parametrize("text", ROUND_TRIPS)
def test_canonical_text_prints_as_it_is(text: str) -> None:
    assert print_expression(parse(text)) == text


@settings(max_examples=50)
@given(expressions)
def test_a_printed_tree_reads_as_the_same_tree(tree: nodes.Node) -> None:
    assert parse(print_expression(tree)) == tree


_FRAGMENTS = [
    "Sum(",
    "(",
    ")",
    "[a",
    "]",
    "'",
    "{<",
    ">}",
    "=",
    "*",
    "$(",
    "TOTAL <",
    ",",
    "not ",
    "1e",
    "//",
    "/*",
    "::",
]


@settings(max_examples=50)
@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(_FRAGMENTS), max_size=30).map("".join)))
def test_any_text_gives_a_tree_or_an_expression_error(text: str) -> None:
    outcome = _tree_or_error(text)
    if isinstance(outcome, ExpressionError):
        assert 0 <= outcome.start <= outcome.end <= len(text)
    else:
        assert depth(outcome) <= MAX_DEPTH


def _tree_or_error(text: str) -> nodes.Node | ExpressionError:
    try:
        return parse(text)
    except ExpressionError as error:
        return error


@pytest.mark.parametrize(
    "text",
    ["(" * 5000, "-" * 5000 + "1", "+".join("1" * 5000), "If(" * 5000, "Sum({" + "(" * 5000, "Sum({1<A=" + "(" * 5000],
    ids=["parentheses", "signs", "chain", "calls", "sets", "elements"],
)
def test_deep_nesting_is_refused_in_words(text: str) -> None:
    with pytest.raises(ExpressionError, match=f"more than {MAX_DEPTH} levels"):
        parse(text)


def test_a_text_that_is_too_long_is_refused() -> None:
    with pytest.raises(ExpressionError, match="longer than"):
        parse("1" + " " * MAX_LENGTH)


@pytest.mark.parametrize("text", ["", "=", "  ", "// nothing", "/* nothing */"])
def test_an_empty_expression_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError, match="empty"):
        parse(text)


def test_comments_and_a_leading_equals_sign_are_passed_over() -> None:
    assert parse("= 1 /* one */ + // plus\n 2") == parse("1+2")


def test_functions_are_found_in_any_case_and_fields_only_in_theirs() -> None:
    assert parse("sUM(Sales)") == parse("Sum(Sales)")
    assert parse("Sum(sales)") != parse("Sum(Sales)")


@pytest.mark.parametrize("quoted", ["[A b]", '"A b"', "`A b`"])
def test_a_field_is_quoted_in_three_ways(quoted: str) -> None:
    assert parse(quoted) == nodes.Field("A b")


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("a or b and c", "a or (b and c)"),
        ("a xor b and c", "a xor (b and c)"),
        ("not a and b", "(not a) and b"),
        ("not a = b", "not (a = b)"),
        ("a & b = c", "(a & b) = c"),
        ("a & b + c", "a & (b + c)"),
        ("a - b - c", "(a - b) - c"),
        ("a / b * c", "(a / b) * c"),
        ("-a * b", "(-a) * b"),
        ("a bitor b bitand c", "a bitor (b bitand c)"),
        ("a like b and c", "(a like b) and c"),
    ],
)
def test_binding_of_operators(text: str, same: str) -> None:
    assert parse(text) == parse(same)


@pytest.mark.parametrize(
    ("text", "total", "distinct"),
    [
        ("Sum(Total)", None, False),
        ("Sum(Total * 2)", None, False),
        ("Sum(Total < 5)", None, False),
        ("Sum(TOTAL x)", nodes.Total(), False),
        ("Sum(TOTAL (x))", nodes.Total(), False),
        ("Sum(total <a, [b c]> x)", nodes.Total(("a", "b c")), False),
        ("Count(distinct x)", None, True),
        ("Count(TOTAL DISTINCT x)", nodes.Total(), True),
        ("Count(Distinct)", None, False),
    ],
)
def test_qualifiers_and_fields_of_their_name(text: str, total: nodes.Total | None, distinct: bool) -> None:
    tree = parse(text)
    assert isinstance(tree, nodes.Aggregate)
    assert (tree.total, tree.distinct) == (total, distinct)


def test_what_a_tree_depends_on() -> None:
    tree = parse("Sum({<Year={2020}>} TOTAL <Region> price * qty) / Count(DISTINCT id) + limit")
    assert [aggregate.name for aggregate in aggregates_in(tree)] == ["sum", "count"]
    assert fields_in(tree) == ["price", "qty", "id", "limit"]
    assert not is_scalar_of_fields(tree)
    assert is_scalar_of_fields(parse("Year(date) & name"))


def test_every_function_explains_itself() -> None:
    for entry in FUNCTIONS.values():
        assert entry.signature.startswith(entry.name + "(")
        assert entry.help.endswith(".")
        assert entry.category


def test_variables_are_replaced_with_their_arguments() -> None:
    variables = {"measure": "Sum($(field))", "field": "Sales", "times": "($1 * $2)", "now": "=1+1", "name": "field"}
    assert expand("$(measure) + $(times(a, If(b, 1, 2)))", variables) == "Sum(Sales) + (a * If(b, 1, 2))"
    assert expand("$($(name))", variables) == "Sales"
    assert expand("$(now) $(=2*$(times(1,2)))", variables, work_out=lambda text: f"<{text}>") == "<1+1> <2*(1 * 2)>"
    assert expand("$(unknown)", variables) == "$(unknown)"


@pytest.mark.parametrize(
    "variables", [{"a": "$(a)"}, {"a": "$(b)$(b)", "b": "$(a)$(a)"}, {"a": "x" * MAX_LENGTH + "x"}]
)
def test_variables_that_grow_without_end_are_refused(variables: dict[str, str]) -> None:
    with pytest.raises(ExpressionError):
        expand("$(a)", variables)
