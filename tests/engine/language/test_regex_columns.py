"""Regular expressions over columns of texts tell the same as over each text, and can be stopped between blocks."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.data.dual import Dual, Vector
from engine.errors import Aborted, CalculationTooLarge
from engine.language.evaluate import evaluate
from engine.language.functions import regex_columns
from engine.language.functions.regex_columns import FEWEST, never_empty
from engine.language.nodes import Node
from engine.language.parser import parse
from engine.language.values import of_texts
from engine.stopping import stopped_by

ATOMS = ("a", "B", "1", "é", ".", "[0-9]", "[^a]", r"\b", r"\B", "^", "$", r"\d", r"\\", "(a)", "(?:1|B)", "(?i)b", "|")
REPEATS = ("", "", "", "*", "+", "?", "*?", "{2}", "{0,2}")
PATTERNS = st.lists(st.tuples(st.sampled_from(ATOMS), st.sampled_from(REPEATS)), max_size=4).map(
    lambda parts: "".join(map("".join, parts))
)
TEXTS = st.lists(st.none() | st.text("aAbB1é\\\n ", max_size=6), min_size=1, max_size=12)
FUNCTIONS = (
    "CountRegEx{i}(name, {p})",
    "IndexRegEx{i}(name, {p})",
    "ExtractRegEx{i}(name, {p})",
    "ReplaceRegEx{i}(name, {p}, '<\\1&\\0>')",
    "ReplaceRegEx{i}(name, {p}, '')",
    "MatchRegEx{i}(name, 'a+', {p})",
)


def duals(expression: str, texts: list[str | None]) -> list[Dual]:
    given = of_texts(texts)

    def field(_: Node) -> Vector:
        return given

    found = evaluate(parse(expression), field, len(texts))
    return [found.dual(at) for at in range(len(texts))]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(FUNCTIONS), PATTERNS, st.sampled_from(["", "I"]), TEXTS)
@example("ExtractRegEx{i}(name, {p})", "b|ab", "", ["aab"])
@example("CountRegEx{i}(name, {p})", r"\b", "", ["a b"])
def test_a_column_of_texts_gives_what_each_of_them_gives(
    function: str, pattern: str, variant: str, texts: list[str | None]
) -> None:
    expression = function.format(i=variant, p=f"'{pattern}'")
    many = (texts * FEWEST)[: max(FEWEST, len(texts))]
    alone = [duals(expression, [text])[0] for text in texts]
    assert duals(expression, many)[: len(texts)] == alone[: len(many)]


@settings(max_examples=300, deadline=None)
@given(PATTERNS, st.text("aAbB1é\\\n ", max_size=6))
def test_a_pattern_that_is_said_never_to_match_nothing_never_does(pattern: str, text: str) -> None:
    if never_empty(pattern):
        ends = evaluate(parse(f"ExtractRegEx(name, '{pattern}')"), lambda _: of_texts([text]), 1)
        assert ends.dual(0).text != ""


def test_the_kernels_serve_what_people_write() -> None:
    texts = [f"Customer {number} é" for number in range(FEWEST)]
    assert regex_columns.counts("[0-9]+", texts) == [1] * FEWEST
    assert regex_columns.extracts(r"\b[0-9]+", texts) == [str(number) for number in range(FEWEST)]
    assert regex_columns.indexes("é", texts) == [text.index("é") + 1 for text in texts]
    assert regex_columns.replaced("[0-9]+", texts, "no") == ["Customer no é"] * FEWEST
    assert regex_columns.matches("Customer.*", texts) == [True] * FEWEST


@pytest.mark.parametrize(
    "texts", [["a" * (regex_columns.LONGEST + 1)] * FEWEST, ["a"] * (FEWEST - 1)], ids=["long", "few"]
)
def test_the_kernels_leave_what_they_could_not_be_stopped_in(texts: list[str | None]) -> None:
    assert regex_columns.counts("a", texts) is None


def test_between_blocks_the_request_may_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regex_columns, "BLOCK_WORK", 1000)
    looks = 0

    def stop() -> None:
        nonlocal looks
        looks += 1
        if looks == 5:
            raise Aborted("cancelled")

    with stopped_by(stop), pytest.raises(Aborted):
        regex_columns.counts("a", ["abc"] * 1000)
    assert looks == 5


def test_the_texts_that_a_column_makes_are_limited_together() -> None:
    with pytest.raises(CalculationTooLarge):
        evaluate(parse("ReplaceRegEx(name, 'a', Repeat('x', 900))"), lambda _: of_texts(["a" * 900] * 300), 300)
