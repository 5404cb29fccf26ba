"""Scenarios as text, in the manner of sqllogictest: data, selections, and what one expects to see.

    # a comment
    data Sales            table, fields and rows up to the next empty line; `-` is NULL
    item price
    nut  3

    select item nut fig   replaces the selection of a field; `Other::item` that in an alternate state
    bookmark Best         keeps what is selected under a name
    variable v =Max(x)    a variable and its definition
    measure Margin Sum(x)   a master measure and its expression
    lock item | unlock item | clear [field] | back | forward
    states item           expects `value state` lines: S L O A X XS XL
    cube item | Sum(price) | Count(DISTINCT item)      dimensions, a bar before each measure; `,` between dimensions
    total | Sum(price)    the grand totals
    pivot +city, item / year | Sum(price)      a pivot table: dimensions at the left, behind `/` those at the top; `+`
                          before a dimension shows its totals. Expects the lines that `cubes.drawing` makes of it.
    list item *u*         the values a search finds
    values [state]        the values of expressions without dimensions; expects `expression => value` lines
    ----
    expected lines up to the next empty line, or `error` and a word of the message

Values of expected lines are separated by blanks; a text with a blank in it is written with `_`, an empty one as ''.
Rows of a cube are compared in the order of their lines; with `sorted by qSortByNumeric -qSortByAscii` behind the
command they have to come in that order.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.compute.aggregate import aggregate
from engine.compute.cells import value_texts
from engine.compute.context import Context
from engine.compute.hypercube import Cube, evaluate_cube
from engine.data.dual import Bools, Dual
from engine.data.model import Model
from engine.selection.history import History
from engine.selection.propagate import propagate
from engine.selection.state import LETTERS, Selections
from engine.selection.typed import search
from tests.engine.cubes.drawing import aligned_text, pivot_lines
from tests.engine.properties.drawn import Columns, app_of

_STRAIGHT: Mapping[str, Any] = {}
WHOLE = [{"qLeft": 0, "qTop": 0, "qWidth": 20, "qHeight": 500}]


@dataclass(frozen=True)
class Step:
    """A command with its arguments, the data or expectation below it and the line it stands in."""

    line: int
    command: str
    arguments: str
    body: list[str]


@dataclass
class Stage:
    """An app on which a scenario is played."""

    tables: dict[str, Columns] = field(default_factory=dict)
    selections: Selections = field(default_factory=Selections)
    states: dict[str, Selections] = field(default_factory=dict)
    history: History = field(default_factory=History)
    bookmarks: dict[str, dict[str, Selections]] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    measures: dict[str, str] = field(default_factory=dict)
    loaded: Model | None = None

    @property
    def model(self) -> Model:
        if self.loaded is None:
            self.loaded = app_of(self.tables).model
        return self.loaded

    @property
    def context(self) -> Context:
        return Context(
            self.model,
            {"$": self.selections, **self.states},
            variables=self.variables,
            measures=self.measures.get,
            steps=self.history.at,
            bookmarks=self.bookmarks.get,
        )

    def become(self, selections: Selections) -> None:
        self.selections = selections
        self.history.push({"$": selections})


def steps_of(path: Path) -> Iterator[Step]:
    """The commands of a scenario file."""
    lines = [line.rstrip() for line in path.read_text().splitlines()]
    at = 0
    while at < len(lines):
        start, line = at, lines[at]
        at += 1
        if not line or line.startswith("#"):
            continue
        command, _, arguments = line.partition(" ")
        body: list[str] = []
        if command == "data" or (at < len(lines) and lines[at] == "----"):
            at += command != "data"
            while at < len(lines) and lines[at]:
                body.append(lines[at])
                at += 1
        yield Step(start + 1, command, arguments.strip(), body)


def play(path: Path) -> None:
    """Play a scenario; the first expectation that fails is an AssertionError that names its line."""
    stage = Stage()
    for step in steps_of(path):
        if step.command in ACTIONS:
            ACTIONS[step.command](stage, step)
        else:
            found = _values(stage, step) if step.command == "values" else QUESTIONS[step.command](stage, step.arguments)
            if step.body and step.body[0].startswith("error"):
                assert found[:1] == ["error"], f"{path.name}:{step.line}: expected an error, found {found}"
                assert step.body[0].removeprefix("error").strip() in found[1], f"{path.name}:{step.line}: {found}"
            else:
                expected = [" ".join(line.split()) for line in step.body]
                assert is_same(found, expected), f"{path.name}:{step.line}: expected {expected}, found {found}"


def is_same(found: list[str], expected: list[str]) -> bool:
    """Whether the lines are equal; numbers may differ in their last digit."""
    words, wanted = ([line.split() for line in lines] for lines in (found, expected))
    return [len(line) for line in words] == [len(line) for line in wanted] and all(
        _is_same_word(one, other)
        for line, other_line in zip(words, wanted, strict=True)
        for one, other in zip(line, other_line, strict=True)
    )


def _is_same_word(found: str, expected: str) -> bool:
    if found == expected:
        return True
    one, other = value_in(found), value_in(expected)
    return isinstance(one, float) and isinstance(other, float) and math.isclose(one, other, rel_tol=1e-12)


# -- actions


def _data(stage: Stage, step: Step) -> None:
    header, *rows = [line.split() for line in step.body]
    columns: Columns = {name: [value_in(row[at]) for row in rows] for at, name in enumerate(header)}
    stage.tables[step.arguments] = columns
    stage.loaded = None


def value_in(text: str) -> str | float | None:
    """`-` is NULL, a number a number, `_` a blank in a text."""
    if text == "-":
        return None
    try:
        return float(text)
    except ValueError:
        return text.replace("_", " ")


def _select(stage: Stage, step: Step) -> None:
    named, *values = step.arguments.split()
    state, _, name = named.rpartition("::")
    duals = [value_in(value) for value in values]
    found = [stage.model.symbols(name).find(Dual(None, v) if isinstance(v, str) else Dual(v, None)) for v in duals]
    before = stage.states.get(state, Selections()) if state else stage.selections
    chosen = before.with_values(name, [code for code in found if code is not None])
    if state:
        stage.states[state] = chosen
    else:
        stage.become(chosen)


def _clear(stage: Stage, step: Step) -> None:
    stage.become(stage.selections.without(step.arguments) if step.arguments else stage.selections.clear())


def _back(stage: Stage, step: Step) -> None:
    found = stage.history.back()
    assert found is not None, f"line {step.line}: there is no way back"
    stage.selections = found["$"]


def _forward(stage: Stage, step: Step) -> None:
    found = stage.history.forward()
    assert found is not None, f"line {step.line}: there is no way forward"
    stage.selections = found["$"]


def _bookmark(stage: Stage, step: Step) -> None:
    stage.bookmarks[step.arguments] = {"$": stage.selections}


def _named(kept: dict[str, str], step: Step) -> None:
    name, _, text = step.arguments.partition(" ")
    kept[name.replace("_", " ")] = text


ACTIONS: dict[str, Callable[[Stage, Step], None]] = {
    "bookmark": _bookmark,
    "variable": lambda stage, step: _named(stage.variables, step),
    "measure": lambda stage, step: _named(stage.measures, step),
    "data": _data,
    "select": _select,
    "clear": _clear,
    "lock": lambda stage, step: stage.become(stage.selections.lock(step.arguments)),
    "unlock": lambda stage, step: stage.become(stage.selections.unlock(step.arguments)),
    "back": _back,
    "forward": _forward,
}


# -- questions


def _states(stage: Stage, name: str) -> list[str]:
    symbols = stage.model.symbols(name)
    letters = propagate(stage.model, stage.selections).letters(name)
    return [f"{_written(symbols.text(code))} {LETTERS[state]}" for code, state in enumerate(letters)]


def _cube(stage: Stage, arguments: str) -> list[str]:
    text, _, criteria = arguments.partition(" sorted by ")
    cube, errors = _evaluated(stage, text, criteria)
    if errors:
        return ["error", *errors]
    (page,) = cube.pages(WHOLE)
    rows = [" ".join(_written(cell["qText"]) for cell in row) for row in page["qMatrix"]]
    return rows if criteria else sorted(rows)


def _total(stage: Stage, arguments: str) -> list[str]:
    cube, errors = _evaluated(stage, arguments, "")
    return ["error", *errors] if errors else [" ".join(cell["qText"] for cell in cube.layout()["qGrandTotalRow"])]


def _pivot(stage: Stage, arguments: str) -> list[str]:
    dimensions, bar, measures = arguments.partition("|")
    left, _, top = f" {dimensions}".partition(" / ")
    form = {"qMode": "P", "qAlwaysFullyExpanded": True, "qNoOfLeftDims": len(_listed(left)), "qShowTotalsAbove": False}
    cube, errors = _evaluated(
        stage, f"{', '.join([*_listed(left), *_listed(top)])} {bar}{measures}", "qSortByAscii", form
    )
    if errors:
        return ["error", *errors]
    (page,) = cube.pivot_pages(WHOLE)
    return aligned_text(pivot_lines(page))


def _evaluated(stage: Stage, text: str, criteria: str, form: Mapping[str, Any] = _STRAIGHT) -> tuple[Cube, list[str]]:
    dimensions, *measures = [part.strip() for part in text.split("|")]
    sort = {word.lstrip("-"): -1 if word.startswith("-") else 1 for word in criteria.split()}
    definition = {
        "qDimensions": [
            {
                "qDef": {"qFieldDefs": [name.lstrip("+")], "qSortCriterias": [sort]},
                "qOtherTotalSpec": {"qTotalMode": "TOTAL_EXPR" if name.startswith("+") else "TOTAL_OFF"},
            }
            for name in _listed(dimensions)
        ],
        "qMeasures": [{"qDef": {"qDef": one}} for one in measures],
        **form,
    }
    cube = evaluate_cube(stage.context, definition)
    layout = cube.layout()
    infos = [*layout["qDimensionInfo"], *layout["qMeasureInfo"]]
    return cube, [info["qError"]["qExtendedMessage"] for info in infos if "qError" in info]


def _listed(text: str) -> list[str]:
    """The parts between commas that stand in no parenthesis."""
    parts, level = [""], 0
    for sign in text:
        level += (sign == "(") - (sign == ")")
        if sign == "," and level == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts if part.strip()]


def _list(stage: Stage, arguments: str) -> list[str]:
    name, _, pattern = arguments.partition(" ")
    symbols = stage.model.symbols(name)
    return [_written(symbols.text(int(code))) for code in search(symbols, pattern, _refused).codes]


def _refused(expression: str) -> Bools:
    raise AssertionError(f"{expression} is for list objects")


def _values(stage: Stage, step: Step) -> list[str]:
    """The lines as they should be: each expression and what it really gives. `error` is given with some words of it."""
    expected = [line.rpartition(" => ")[::2] for line in step.body]
    groups = aggregate(stage.context, (), [text.strip() for text, _ in expected], state=step.arguments or "$")
    found = []
    for (text, wanted), vector, error in zip(expected, groups.measures, groups.errors, strict=True):
        shown = _written(value_texts(vector, None, stage.context.locale)[0])
        if error:
            words = wanted.removeprefix("error").strip()
            shown = wanted if wanted.startswith("error") and words in error.message else f"error {error.message}"
        found.append(" ".join(f"{text} => {shown}".split()))
    return found


def _written(text: str) -> str:
    return text.replace(" ", "_") or "''"


QUESTIONS: dict[str, Callable[[Stage, str], list[str]]] = {
    "states": _states,
    "cube": _cube,
    "total": _total,
    "pivot": _pivot,
    "list": _list,
    "notes": lambda stage, arguments: list(stage.model.notes),
}
