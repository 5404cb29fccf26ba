"""From the text of an expression to a tree in which every name means something.

* Dollar-sign expansions are replaced, `$(=...)` and variables that begin with = by what they give at present.
* A name that is no field may be a master measure, whose expression it stands for, or a variable, whose value it is.
* Outer set expressions go into the aggregates below them: an inner set without an identifier is built upon the outer
  one, an inner set with an identifier takes its place.
* Functions that tell of selections, or of the chart, are what they tell.
* Column(n) is the expression of the chart's n-th measure.
* An aggregate with TOTAL inside the argument of another one is the Aggr() by the fields of its TOTAL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeGuard

from engine.compute.context import Context
from engine.compute.recall import MEASURE, MOMENT, VARIABLE, look_at
from engine.compute.synthetic import field_of, is_list, values_of
from engine.compute.told import told
from engine.data.dual import Dual, Vector
from engine.data.formats import format_number, interpret
from engine.errors import ExpressionError
from engine.language.expand import expand
from engine.language.functions import FUNCTIONS
from engine.language.nodes import (
    Aggr,
    AggrDimension,
    Aggregate,
    Call,
    Field,
    Node,
    Number,
    OuterSet,
    SetIdentifier,
    SetModified,
    SetOperation,
    Text,
)
from engine.language.parser import parse
from engine.language.printer import print_expression
from engine.language.walk import calls_in, values, with_children

Evaluate = Callable[[Context, str, str], Vector]
"""(context, expression, state) -> its value without dimensions: [1]. Raises ExpressionError."""

MOST_NAMES = 20
"""How many master measures, or columns, may lead to each other."""

MOST_CHARACTERS = 10_000
"""How many characters an expression may have with its columns written out."""


def read(context: Context, text: str, state: str, evaluate: Evaluate) -> Node:
    """The tree of an expression. Raises ExpressionError."""
    return settled(context, parse(expanded(context, text, state, evaluate)), state, evaluate)


def expanded(context: Context, text: str, state: str, evaluate: Evaluate) -> str:
    """The text with its dollar-sign expansions replaced. Raises ExpressionError."""
    if "$(" not in text:
        return text
    return expand(text, _Looked(context), lambda inner: _worked_out(context, inner, state, evaluate))


def with_columns(text: str, columns: Sequence[str]) -> str:
    """The text with Column(n) replaced by the n-th of these expressions, from 1; what leads to itself is NULL.

    Raises ExpressionError.
    """
    return _Columns(columns).replaced(text, ())


class _Columns:
    """The expressions of a chart's measures. `leading`: the places of the columns that led to where one is."""

    def __init__(self, columns: Sequence[str]) -> None:
        self.columns = columns
        self.known: dict[tuple[str, tuple[int, ...]], str] = {}

    def replaced(self, text: str, leading: tuple[int, ...]) -> str:
        if "column" not in text.lower():
            return text
        if len(leading) > MOST_NAMES:
            raise ExpressionError(f"Columns lead to each other more than {MOST_NAMES} levels deep.")
        if (text, leading) not in self.known:
            found = print_expression(self._replaced_in(parse(text), leading))
            if len(found) > MOST_CHARACTERS:
                raise ExpressionError(f"The expression grows beyond {MOST_CHARACTERS:,} characters by its columns.")
            self.known[text, leading] = found
        return self.known[text, leading]

    def _replaced_in(self, node: Node, leading: tuple[int, ...]) -> Node:
        if not isinstance(node, Call) or node.name != "column":
            return with_children(node, lambda part: self._replaced_in(part, leading))
        wanted = node.arguments[0]
        at = int(wanted.value) - 1 if isinstance(wanted, Number) and abs(wanted.value) <= len(self.columns) else -1
        if at < 0 or at in leading:
            return Call("null", (), start=node.start, end=node.end)
        return parse(self.replaced(self.columns[at], (*leading, at)))


class _Looked(Mapping[str, str]):
    """The variables; which of them is looked at is noted."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def __getitem__(self, name: str) -> str:
        look_at(self._context, VARIABLE, name)
        return self._context.variables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._context.variables)

    def __len__(self) -> int:
        return len(self._context.variables)


def _worked_out(context: Context, text: str, state: str, evaluate: Evaluate) -> str:
    """What an expression gives, as a text to be put into another one; nothing for NULL.

    A number is written in its format if a function has given it one. Extremes of a field are written plainly: they
    are calculated with, and a date's text would be read as a difference.
    """
    value = evaluate(context, text, state)
    dual = value.dual(0)
    if dual.text is not None or dual.number is None:
        return dual.text or ""
    is_extreme = isinstance(parse(text), Aggregate) and value.texts is None
    return format_number(dual.number, None if is_extreme else value.format)


def settled(context: Context, tree: Node, state: str, evaluate: Evaluate) -> Node:
    """The tree with its names and outer sets settled. Raises ExpressionError."""
    facts = _facts_of(tree)
    if facts.is_volatile:
        look_at(context, MOMENT)
    if facts.is_plain and facts.names <= context.model.fields.keys():
        return tree
    return _Settling(context, state, evaluate).outside(tree, None, 0)


@dataclass(frozen=True)
class _Facts:
    names: frozenset[str]
    is_plain: bool
    is_volatile: bool


@lru_cache(maxsize=4096)
def _facts_of(tree: Node) -> _Facts:
    nodes = list(values(tree))
    totals = any(isinstance(inner, Aggregate) for n in nodes if isinstance(n, Aggregate) for inner in _below(n))
    return _Facts(
        frozenset(node.name for node in nodes if isinstance(node, Field)),
        not totals and not any(isinstance(node, OuterSet) or _tells(node) for node in nodes),
        any(FUNCTIONS[call.name].volatile for call in calls_in(tree)),
    )


def _tells(node: Node) -> TypeGuard[Call]:
    return isinstance(node, Call) and FUNCTIONS[node.name].kind == "context"


def _below(node: Aggregate) -> Iterator[Node]:
    for argument in node.arguments:
        yield from values(argument)


class _Settling:
    """One pass over one tree. `outer` is the set of the outer expression, `depth` counts names that led to names."""

    def __init__(self, context: Context, state: str, evaluate: Evaluate) -> None:
        self.context = context
        self.state = state
        self.evaluate = evaluate

    def outside(self, node: Node, outer: Node | None, depth: int) -> Node:
        """A node outside of aggregates."""
        if isinstance(node, OuterSet):
            return self.outside(node.expression, _inherited(node.set, outer), depth)
        if isinstance(node, Aggregate):
            arguments = tuple(self.inside(argument, outer, depth) for argument in node.arguments)
            return replace(node, arguments=arguments, set=_inherited(node.set, outer))
        if isinstance(node, Aggr):
            return self._aggr(node, outer, depth)
        if isinstance(node, Field):
            return self._field(node, outer, depth)
        if _tells(node):
            return self._told(node)
        return with_children(node, lambda part: self.outside(part, outer, depth))

    def inside(self, node: Node, outer: Node | None, depth: int) -> Node:
        """A node inside the argument of an aggregate, where it is worked out row by row."""
        if isinstance(node, Aggregate) and node.total is not None:
            dimensions = tuple(AggrDimension(Field(name)) for name in node.total.fields)
            return self._aggr(Aggr(replace(node, total=None), dimensions, start=node.start, end=node.end), outer, depth)
        if isinstance(node, Aggr):
            return self._aggr(node, outer, depth)
        if isinstance(node, Field):
            variable = self._variable(node)
            return node if variable is None else variable
        if isinstance(node, Aggregate):
            return node
        if isinstance(node, OuterSet):
            raise ExpressionError("A set expression stands before an aggregate, or first in it.", node.start, node.end)
        if _tells(node):
            return self._told(node)
        return with_children(node, lambda part: self.inside(part, outer, depth))

    def _told(self, node: Call) -> Node:
        """What a function tells of selections or of the chart, as a literal; the field that a list of values is."""
        if is_list(node):
            if field_of(node) not in self.context.model.fields:
                values_of(self.context, node)
                raise ExpressionError("A list of values cannot be worked out here.", node.start, node.end)
            return Field(field_of(node), start=node.start, end=node.end)

        def work_out(argument: Node) -> Dual:
            return self.evaluate(self.context, print_expression(argument), self.state).dual(0)

        return _literal(told(self.context, node, self.state, work_out), node)

    def _aggr(self, node: Aggr, outer: Node | None, depth: int) -> Aggr:
        within = _inherited(node.set, outer)
        dimensions = tuple(
            entry if entry.by is None else replace(entry, by=self.outside(entry.by, within, depth))
            for entry in node.dimensions
        )
        return replace(node, expression=self.outside(node.expression, within, depth), dimensions=dimensions, set=within)

    def _field(self, node: Field, outer: Node | None, depth: int) -> Node:
        if node.name not in self.context.model.fields:
            measure = self._measure(node, outer, depth)
            if measure is not None:
                return measure
            variable = self._variable(node)
            if variable is not None:
                return variable
        return node if outer is None else Aggregate("only", (node,), set=outer, start=node.start, end=node.end)

    def _measure(self, node: Field, outer: Node | None, depth: int) -> Node | None:
        """The expression of the master measure of that name."""
        look_at(self.context, MEASURE, node.name)
        text = self.context.measures(node.name)
        if text is None:
            return None
        if depth > MOST_NAMES:
            raise ExpressionError(f"The measure {node.name} leads back to itself.", node.start, node.end)
        tree = parse(expanded(self.context, text, self.state, self.evaluate))
        return replace(self.outside(tree, outer, depth + 1), start=node.start, end=node.end)

    def _variable(self, node: Field) -> Node | None:
        """The value of the variable of that name, as a literal."""
        if node.name in self.context.model.fields:
            return None
        look_at(self.context, VARIABLE, node.name)
        text = self.context.variables.get(node.name)
        if text is None:
            return None
        if text.lstrip().startswith("="):
            value = self.evaluate(self.context, text, self.state).dual(0)
        else:
            value = Dual(interpret(text, self.context.locale), text)
        return _literal(value, node)


def _literal(value: Dual, node: Node) -> Node:
    """A node that gives this value."""
    start, end = node.start, node.end
    number = None if value.number is None else Number(value.number, start=start, end=end)
    text = None if value.text is None else Text(value.text, start=start, end=end)
    if number is not None and text is not None:
        return Call("dual", (text, number), start=start, end=end)
    return number or text or Call("null", (), start=start, end=end)


def _inherited(inner: Node | None, outer: Node | None) -> Node | None:
    """An inner set in the scope of an outer one."""
    if inner is None or outer is None:
        return outer if inner is None else inner
    return _based_on(inner, outer)


def _based_on(node: Node, outer: Node) -> Node:
    """A set whose identifiers that are not written are the outer set."""
    if isinstance(node, SetIdentifier):
        return node if node.name else outer
    if isinstance(node, SetModified):
        return replace(node, base=_based_on(node.base, outer))
    if isinstance(node, SetOperation):
        return replace(node, left=_based_on(node.left, outer), right=_based_on(node.right, outer))
    return node
