"""Random and mutated expressions through tokenizer, parser, expansion, printer and evaluator.

`python -m tests.engine.language.fuzz [count [seed]]` runs as many as it is told (`make fuzz`: a million) and tells how
long it took and which expression took longest. Nothing may come out of the language but values and EngineErrors; a
printed tree reads as the same tree; a value has the length that was asked for.
"""

from __future__ import annotations

import multiprocessing
import random
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache

import numpy as np

from engine.data.dual import NumFormat, Vector
from engine.data.formats import format_vector
from engine.errors import CalculationTimeout, EngineError, ExpressionError
from engine.language.evaluate import evaluate
from engine.language.expand import expand
from engine.language.functions import FUNCTIONS
from engine.language.nodes import Field, Node
from engine.language.operators import BINDING
from engine.language.parser import parse
from engine.language.printer import print_expression
from engine.language.registry import Function
from engine.language.values import of_texts
from engine.stopping import stopped_by
from tests.engine.language.cases import FOLDER, read_cases

ROWS = 3
SECONDS = 5.0
"""How long one expression may take before it is asked to stop; being asked and not stopping is a hang."""

NAN = float("nan")
FIELDS = {
    "x": Vector(np.array([1.0, NAN, -2.5])),
    "name": of_texts(["UA", None, ""]),
    "day": Vector(np.array([45000.0, 45031.25, NAN]), None, NumFormat("D")),
    "big": Vector(np.array([1e308, -1e300, 5e-324])),
}
VARIABLES = {"v": "x + 1", "f": "Round($1, $2)", "e": "=1+1", "self": "$(self)", "twice": "$(self)$(self)"}
_SIGNS = """( ) [ ] { } < > , ' " ` :: ; $( $1 = // /* */ . $(= {<x={1}>} {1-$} $(v) $(f(x,1)) $(e) $(=1+1) $(twice)"""
_VALUES = """0 1 -1 2.5 0.1 45000 1e308 1e-320 99999999999999999999 1e999 1. 0x1f 1_000 Null() True() x name day big
    [no_such] Sum(x) Aggr(x,name) '' 'a' '2024-01-31' '12:00:00' '#,##0.00' '[a-z]+' '{"a":[1]}' 'Paris' '%'
    'ß😀' '(hex)' 'hh:mm' '1,5'"""
_BLANKS = (" ", "\n", "\u00a0", "\u0000", "\u2028", " TOTAL <x> ", " DISTINCT ", " Ä ")
FRAGMENTS = (*_SIGNS.split(), *_VALUES.split(), *_BLANKS)


@lru_cache(maxsize=1)
def corpus() -> tuple[str, ...]:
    """Expressions to begin with: every golden case, every canonical text, every error."""
    lines = [
        line
        for name in ("round_trips.txt", "cases_errors.txt")
        for line in (FOLDER.parent / name).read_text(encoding="utf-8").splitlines()
    ]
    return (*(case.expression for case in read_cases()), *lines)


@lru_cache(maxsize=1)
def words() -> tuple[str, ...]:
    """Pieces of the language: signs, values, operators, names of functions."""
    operators = [f" {op} " for op in BINDING if op != "sign"]
    return (*FRAGMENTS, *operators, *(f"{function.name}(" for function in FUNCTIONS.values()))


@lru_cache(maxsize=1)
def _functions() -> tuple[Function, ...]:
    return tuple(FUNCTIONS.values())


@lru_cache(maxsize=1)
def _values() -> tuple[str, ...]:
    return tuple(_VALUES.split())


def expressions(seed: int, count: int) -> Iterator[str]:
    """Random expressions, the same for the same seed."""
    chance = random.Random(seed)
    for _ in range(count):
        yield _made(chance) if chance.random() < 0.5 else _mutated(chance)


def _made(chance: random.Random) -> str:
    """Calls of random functions with random arguments, mostly as many as they take."""
    return _call(chance, 3)


def _call(chance: random.Random, depth: int) -> str:
    if depth == 0 or chance.random() < 0.3:
        return chance.choice(_values())
    function = chance.choice(_functions())
    most = function.minimum + 3 if function.maximum is None else function.maximum
    count = chance.randint(function.minimum, most) + (chance.random() < 0.02)
    return f"{function.name}({', '.join(_call(chance, depth - 1) for _ in range(count))})"


def _mutated(chance: random.Random) -> str:
    text = chance.choice(corpus())
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        text = chance.choice(_MUTATIONS)(chance, text)
    return text


def _place(chance: random.Random, text: str) -> int:
    return chance.randint(0, len(text))


def _insert(chance: random.Random, text: str) -> str:
    at = _place(chance, text)
    return text[:at] + chance.choice(words()) + text[at:]


def _delete(chance: random.Random, text: str) -> str:
    at = _place(chance, text)
    return text[:at] + text[at + chance.choice((1, 1, 2, 5, 20)) :]


def _double(chance: random.Random, text: str) -> str:
    at, length = _place(chance, text), chance.choice((1, 3, 10, 40))
    return text[:at] + text[at : at + length] * chance.choice((2, 3, 30)) + text[at + length :]


def _splice(chance: random.Random, text: str) -> str:
    other = chance.choice(corpus())
    return text[: _place(chance, text)] + other[_place(chance, other) :]


def _sign(chance: random.Random, text: str) -> str:
    at = _place(chance, text)
    return text[:at] + chr(chance.choice((chance.randrange(32, 127), chance.randrange(0x300)))) + text[at + 1 :]


def _wrap(chance: random.Random, text: str) -> str:
    function = chance.choice(_functions())
    return f"{function.name}({text}" + ", x" * max(function.minimum - 1, 0) + ")"


_MUTATIONS = (_insert, _insert, _delete, _double, _splice, _sign, _wrap)


class Finding(AssertionError):
    """An expression that the language does not bear."""


def check(text: str) -> None:
    """Put one expression through everything. Raises Finding."""
    started = time.monotonic()

    def stop() -> None:
        if time.monotonic() - started > SECONDS:
            raise CalculationTimeout("The calculation took longer than allowed.")

    try:
        with stopped_by(stop), suppress(EngineError):
            _run(text)
    except Finding:
        raise
    except BaseException as error:
        raise Finding(f"{text!r} ends in {error!r}") from error


def _run(text: str) -> None:
    tree = _tree(expand(text, VARIABLES))
    printed = print_expression(tree)
    try:
        again = parse(printed)
    except ExpressionError as error:
        raise Finding(f"{text!r} is printed as {printed!r}, which is refused: {error}") from error
    if again != tree:
        raise Finding(f"{text!r} is printed as {printed!r}, which is another tree")
    vector = evaluate(tree, _resolve, ROWS, seed=1)
    shown = format_vector(vector)
    if len(vector) != ROWS or len(shown) != ROWS or np.isinf(vector.numbers).any():
        raise Finding(f"{text!r} gives {vector}")


def _tree(text: str) -> Node:
    try:
        return parse(text)
    except ExpressionError as error:
        if not 0 <= error.start <= error.end <= len(text):
            raise Finding(f"{text!r}: the error's place is {error.start} to {error.end}") from error
        raise


def _resolve(node: Node) -> Vector:
    if isinstance(node, Field):
        if node.name not in FIELDS:
            raise ExpressionError(f"There is no field {node.name}.", node.start, node.end)
        return FIELDS[node.name]
    return FIELDS["x"]


def run(seed: int, count: int) -> tuple[float, str]:
    """Check `count` expressions; answer the longest time that one took, and which."""
    slowest = (0.0, "")
    for text in expressions(seed, count):
        started = time.perf_counter()
        check(text)
        slowest = max(slowest, (time.perf_counter() - started, text))
    return slowest


def _run_job(job: tuple[int, int]) -> tuple[float, str]:
    return run(*job)


def main(count: int, seed: int) -> None:
    started, part = time.perf_counter(), 10_000
    jobs = [(seed + number, min(part, count - number * part)) for number in range(-(-count // part))]
    with multiprocessing.Pool(initializer=check, initargs=("NormDist(0)",)) as pool:
        slowest = (0.0, "")
        for done, found in enumerate(pool.imap_unordered(_run_job, jobs), start=1):
            slowest = max(slowest, found)
            print(f"{done / len(jobs):.0%}", end="\r", flush=True)
    print(f"{count:,} expressions in {time.perf_counter() - started:.0f} s; the slowest took {slowest[0]:.2f} s:")
    print(repr(slowest[1][:300]))


if __name__ == "__main__":
    main(*(int(argument) for argument in (sys.argv[1:] + ["1000000", "0"][len(sys.argv) - 1 :])))
