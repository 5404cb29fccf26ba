"""Random trees of expressions, for the laws of the parser and the printer."""

from __future__ import annotations

from hypothesis import strategies as st

from engine.language import nodes
from engine.language.operators import BINARY, UNARY

NAMES = st.one_of(
    st.sampled_from(
        ["Sales", "a", "Total", "distinct", "and", "P", "e", "x y", "]", "[", "'", '"', "Ünï", "1st", "a.b", "#"]
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=6),
)
TEXTS = st.text(max_size=8)
FIELDS = st.builds(nodes.Field, NAMES)
NUMBERS = st.builds(
    nodes.Number, st.one_of(st.integers(0, 10**18).map(float), st.floats(0, 1e300, allow_subnormal=False))
)
_FOUR = st.sampled_from("+-*/")
_IDENTIFIERS = st.builds(nodes.SetIdentifier, st.one_of(st.sampled_from(["$", "1", "0", "$1", "$_2", "BM01"]), NAMES))
IDENTIFIERS = _IDENTIFIERS.filter(lambda node: node.name[0] != "$" or node.name in ("$", "$1", "$_2"))


def _elements(sets: st.SearchStrategy[nodes.Node]) -> st.SearchStrategy[nodes.Node]:
    negative = NUMBERS.map(lambda node: nodes.Number(-node.value if node.value else 0.0))
    values = st.one_of(
        NUMBERS, negative, st.builds(nodes.Text, TEXTS), st.builds(nodes.ElementSearch, st.text(max_size=8))
    )
    lists = st.builds(nodes.ElementList, st.lists(values, max_size=3).map(tuple))
    functions = st.builds(nodes.ElementFunction, st.sampled_from("pe"), st.none() | sets, st.none() | NAMES)
    states = st.builds(nodes.StateField, st.just("$") | NAMES.filter(lambda name: name != "$"), NAMES)
    single = st.one_of(lists, functions, states, FIELDS)
    return st.one_of(single, st.builds(nodes.SetOperation, _FOUR, single, single))


def _sets(inner: st.SearchStrategy[nodes.Node]) -> st.SearchStrategy[nodes.Node]:
    ops = st.sampled_from(["=", "+=", "-=", "*=", "/="])
    modifiers = st.builds(nodes.SetModifier, NAMES, ops, _elements(inner) | st.none())
    modified = st.builds(nodes.SetModified, IDENTIFIERS, st.lists(modifiers, max_size=2).map(tuple))
    return st.one_of(modified, st.builds(nodes.SetOperation, _FOUR, inner, inner))


SETS = st.recursive(IDENTIFIERS, _sets, max_leaves=4)
TOTALS = st.builds(nodes.Total, st.lists(NAMES, max_size=2).map(tuple))


def _nested(inner: st.SearchStrategy[nodes.Node]) -> st.SearchStrategy[nodes.Node]:
    return st.one_of(
        st.builds(nodes.Binary, st.sampled_from(sorted(BINARY)), inner, inner),
        st.builds(nodes.Unary, st.sampled_from(sorted(UNARY)), inner),
        st.builds(nodes.Call, st.sampled_from(["if", "mid"]), st.tuples(inner, inner, inner)),
        st.builds(nodes.Call, st.sampled_from(["null", "pi"]), st.just(())),
        st.builds(
            nodes.Aggregate,
            st.sampled_from(["sum", "count", "only"]),
            st.tuples(inner),
            st.booleans(),
            st.none() | TOTALS,
            st.none() | SETS,
        ),
        st.builds(
            nodes.Aggr,
            inner,
            st.lists(
                st.builds(
                    nodes.AggrDimension, FIELDS, st.sampled_from(["", "numeric", "text"]), st.sampled_from(["", "desc"])
                )
                | st.builds(nodes.AggrDimension, FIELDS, st.just(""), st.sampled_from(["", "desc"]), inner),
                min_size=1,
                max_size=2,
            ).map(tuple),
            st.booleans(),
            st.none() | SETS,
        ),
        st.builds(nodes.OuterSet, SETS, inner),
    )


expressions = st.recursive(st.one_of(NUMBERS, st.builds(nodes.Text, TEXTS), FIELDS), _nested, max_leaves=12)
