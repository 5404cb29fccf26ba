"""Evaluates a tree on vectors: operators and scalar functions here, everything else by the caller's `resolve`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import numpy as np

from engine.data.dual import Dual, Vector
from engine.data.locale import DEFAULT_LOCALE, Locale
from engine.errors import ExpressionError
from engine.language.arithmetic import BINARY_OPERATIONS, UNARY_OPERATIONS
from engine.language.facts import NO_FACTS, Facts
from engine.language.functions import FUNCTIONS
from engine.language.nodes import Binary, Call, Node, Number, Text, Unary
from engine.language.registry import Environment, utc_now
from engine.language.values import stretched
from engine.stopping import check_stop

Resolve = Callable[[Node], Vector]


def evaluate(
    node: Node,
    resolve: Resolve,
    size: int,
    locale: Locale = DEFAULT_LOCALE,
    *,
    clock: Callable[[], datetime] = utc_now,
    seed: int | None = None,
    facts: Facts = NO_FACTS,
) -> Vector:
    """The values of a tree: [size].

    resolve: gives the vector [size] (or [1], for a constant) of every node that is no operator, literal or scalar
    function: fields and aggregates. clock: the present moment. seed: makes Rand() repeatable. facts: what the
    session may tell.
    Raises ExpressionError at functions that need more than values (inter-record functions and the like),
    and whatever `resolve` raises.
    """
    env = Environment(locale, size, clock, seed, facts)
    with np.errstate(all="ignore"):
        return stretched(_evaluate(node, resolve, env), size)


def _evaluate(node: Node, resolve: Resolve, env: Environment) -> Vector:
    if isinstance(node, Binary):
        left = _evaluate(node.left, resolve, env)
        return BINARY_OPERATIONS[node.op](env, left, _evaluate(node.right, resolve, env))
    if isinstance(node, Unary):
        return UNARY_OPERATIONS[node.op](env, _evaluate(node.operand, resolve, env))
    if isinstance(node, Number):
        return Vector(np.array([node.value]))
    if isinstance(node, Text):
        return Vector.constant(Dual(None, node.value), 1)
    if isinstance(node, Call):
        implementation = FUNCTIONS[node.name].implementation
        check_stop()
        if FUNCTIONS[node.name].kind == "scalar" and implementation is not None:
            arguments = [_evaluate(argument, resolve, env) for argument in node.arguments]
            return implementation(env, *arguments)
    return resolve(node)


def refuse(node: Node) -> Vector:
    """A `resolve` for expressions that may hold neither fields nor aggregates."""
    raise ExpressionError("A constant expression is needed here.", node.start, node.end)
