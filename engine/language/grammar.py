"""The grammar as clients learn it: rules in BNF, made of the tables of operators and functions.

A production is a rule and the symbols it stands for; a rule with several productions stands for any of them. Symbols
are names of rules, 'literals' in quotes, or one of TERMINALS. Binding is in the rules: each level of operators is a
rule of its own, the loosest first.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from engine.language.functions import FUNCTIONS
from engine.language.operators import BINDING, UNARY
from engine.language.registry import Function

TERMINALS = ("number", "text", "field", "search")
_SETS = """
qualifier ::= 'DISTINCT' | 'TOTAL' | 'TOTAL' '<' fields '>' | '{' set '}'
qualifiers ::= | qualifier | qualifier qualifiers
fields ::= field | field ',' fields
set ::= set_term | set '+' set_term | set '-' set_term | set '*' set_term | set '/' set_term
set_term ::= '-' set_term | identifier | identifier '<' modifiers '>' | '<' modifiers '>' | '(' set ')'
identifier ::= '$' | '1' | '0' | '$1' | '$_1' | field
modifiers ::= modifier | modifier ',' modifiers
modifier ::= field | field assignment element_set
assignment ::= '=' | '+=' | '-=' | '*=' | '/='
element_set ::= element_term | element_set '+' element_term | element_set '-' element_term
element_set ::= element_set '*' element_term | element_set '/' element_term
element_term ::= '{' '}' | '{' elements '}' | field | field '::' field | '(' element_set ')'
element_term ::= 'P' '(' ')' | 'P' '(' '{' set '}' field ')' | 'E' '(' ')' | 'E' '(' '{' set '}' field ')'
elements ::= element | element ',' elements
element ::= number | text | search
"""
"""What may stand before the argument of an aggregate."""

_MOST_ARGUMENTS = 3
"""How many arguments of a function that takes any number are written out before the list goes on by itself."""

GROUPS = {
    "aggregation": "AGGR",
    "string aggregation": "AGGR",
    "counter aggregation": "AGGR",
    "statistical aggregation": "AGGR",
    "statistical test": "AGGR",
    "financial aggregation": "AGGR",
    "range": "RNG",
    "colour": "CLR",
    "conditional": "CND",
    "date": "DATE",
    "date range": "DATE",
    "numeric": "NUM",
    "exponential": "EXP",
    "trigonometric": "TRIG",
    "constant": "MATH",
    "distribution": "PROB",
    "financial": "FIN",
    "formatting": "FRMT",
    "interpretation": "NUMI",
    "geo": "GEO",
    "string": "STR",
    "JSON": "STR",
    "regular expression": "STR",
    "logical": "LOG",
    "null": "NULL",
    "system": "SYS",
    "inter-record": "RCRD",
    "ranking": "RNK",
    "selection": "FLD",
    "object": "SYS",
}
"""The protocol's function groups by our categories; what is not here is of group U, unknown."""


class Production(NamedTuple):
    rule: str
    symbols: tuple[str, ...]


def group_of(function: Function) -> str:
    return GROUPS.get(function.category, "U")


@lru_cache(maxsize=1)
def productions() -> tuple[Production, ...]:
    """All rules, those of expressions first."""
    found = [Production("start", ("expression",)), Production("start", ("'='", "expression"))]
    levels = sorted(set(BINDING.values()))
    for level in levels:
        found += _level(level, "operand" if level == levels[-1] else f"level{level + 1}")
    found.insert(0, Production("expression", ("level1",)))
    found += [Production("operand", (terminal,)) for terminal in ("number", "text", "field")]
    found += [Production("operand", ("'('", "expression", "')'")), Production("operand", ("call",))]
    found += [
        Production("arguments", ("expression",)),
        Production("arguments", ("expression", "','", "arguments")),
    ]
    for line in _SETS.strip().splitlines():
        rule, _, options = line.partition(" ::= ")
        found += [Production(rule, tuple(option.split())) for option in options.split("|")]
    for function in FUNCTIONS.values():
        found += _calls(function)
    return tuple(found)


def _level(level: int, tighter: str) -> list[Production]:
    """The rule of the operators that bind as tightly as `level` says."""
    name = f"level{level}"
    signs = [op for op, binding in UNARY.items() if binding == level]
    binary = [op for op, binding in BINDING.items() if binding == level and op not in ("not", "sign")]
    rules = [Production(name, (f"'{op}'", name)) for op in signs]
    rules += [Production(name, (name, f"'{op}'", tighter)) for op in binary]
    return [*rules, Production(name, (tighter,))]


def _calls(function: Function) -> list[Production]:
    """A production for each number of arguments."""
    most = function.maximum if function.maximum is not None else max(function.minimum, 1) + _MOST_ARGUMENTS
    name, inside = f"'{function.name}'", ("qualifiers",) if function.kind == "aggregate" else ()
    found = []
    for count in range(function.minimum, most + 1):
        expressions = tuple(symbol for place in range(count) for symbol in ("','", "expression")[place == 0 :])
        found.append(Production("call", (name, "'('", *inside, *expressions, "')'")))
    if function.maximum is None:
        found.append(Production("call", (name, "'('", *inside, *("expression", "','") * most, "arguments", "')'")))
    return found


@lru_cache(maxsize=1)
def definitions() -> list[dict[str, Any]]:
    """The grammar as QIX's BNFDef structures: symbols first, then a rule definition for each production."""
    rules = productions()
    names = list(dict.fromkeys(rule.rule for rule in rules))
    symbols = list(dict.fromkeys([*names, *TERMINALS, *(symbol for rule in rules for symbol in rule.symbols)]))
    number_of = {symbol: number for number, symbol in enumerate(symbols)}
    found = [_definition(number, symbol, names) for symbol, number in number_of.items()]
    for number, rule in enumerate(rules, start=len(symbols)):
        found.append(
            {
                **_blank(number, rule.rule),
                "qBnf": [number_of[symbol] for symbol in rule.symbols],
                "qPNbr": number_of[rule.rule],
                "qIsBnfRule": True,
            }
        )
    return found


def _definition(number: int, symbol: str, rules: list[str]) -> dict[str, Any]:
    literal = symbol.strip("'") if symbol.startswith("'") else ""
    function = FUNCTIONS.get(literal.lower())
    if function is not None and function.name != literal:
        function = None  # E() of set expressions is not e()
    return {
        **_blank(number, literal or symbol),
        "qStr": literal,
        "qIsBnfRule": symbol in rules,
        "qBnfLiteral": bool(literal),
        "qQvFunc": function is not None,
        "qAggrFunc": function is not None and function.kind == "aggregate",
        "qFG": "NONE" if function is None else group_of(function),
        "qFieldFlag": symbol == "field",
    }


def _blank(number: int, name: str) -> dict[str, Any]:
    return {
        "qBnf": [],
        "qNbr": number,
        "qPNbr": number,
        "qHelpId": 0,
        "qName": name,
        "qStr": "",
        "qIsBnfRule": False,
        "qScriptStatement": False,
        "qControlStatement": False,
        "qBnfLiteral": False,
        "qQvFunc": False,
        "qAggrFunc": False,
        "qFG": "NONE",
        "qFieldFlag": False,
        "qMT": "N",
        "qDepr": False,
    }


@lru_cache(maxsize=1)
def as_text() -> str:
    """The grammar in the usual notation, one rule a line."""
    rules: dict[str, list[str]] = {}
    for rule, symbols in productions():
        rules.setdefault(rule, []).append(" ".join(symbols) or "''")
    return "\n".join(f"{rule} ::= {' | '.join(options)}" for rule, options in rules.items())


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """A text that changes whenever the grammar does."""
    return hashlib.sha256(orjson.dumps(definitions())).hexdigest()[:32]
