"""The grammar that clients are given: whole, the parser's own, and in the protocol's form."""

from __future__ import annotations

import random

import pytest

from engine.language.grammar import TERMINALS, as_text, definitions, fingerprint, productions
from engine.language.parser import parse
from engine.language.registry import FUNCTIONS

RULES: dict[str, list[tuple[str, ...]]] = {}
for _rule, _symbols in productions():
    RULES.setdefault(_rule, []).append(_symbols)
WORDS = {"number": ("1", "2.5"), "text": ("'a'", "''"), "field": ("Sales", "[a b]"), "search": ('"a*"', '">2"')}


def _sentence(chance: random.Random) -> str:
    """A random text of the language; after some choices, those that lead out soonest."""
    words: list[str] = []
    waiting, freedom = ["start"], 25
    while waiting:
        symbol = waiting.pop()
        if symbol in RULES:
            options = RULES[symbol]
            free = freedom > 0 and (len(options) == 1 or chance.random() < 0.4)
            freedom -= free and len(options) > 1
            chosen = chance.choice(options) if free else min(options, key=lambda option: (_cost(option), len(option)))
            waiting += reversed(chosen)
        else:
            words.append(chance.choice(WORDS[symbol]) if symbol in TERMINALS else symbol.strip("'"))
    return " ".join(words)


_COSTS: dict[str, int] = {}


def _cost(option: tuple[str, ...]) -> int:
    """How deep the shortest text of these symbols nests."""
    return max((_COSTS.get(part, 99) for part in option if part in RULES), default=0)


for _ in range(30):
    for _name, _options in RULES.items():
        _COSTS[_name] = 1 + min(_cost(option) for option in _options)


def test_every_symbol_is_a_rule_a_literal_or_a_terminal() -> None:
    symbols = {symbol for options in RULES.values() for option in options for symbol in option}
    assert {symbol for symbol in symbols if not symbol.startswith("'")} <= set(RULES) | set(TERMINALS)


def test_every_function_and_rule_is_reached() -> None:
    seen, waiting = {"start"}, ["start"]
    while waiting:
        for option in RULES[waiting.pop()]:
            for symbol in option:
                if symbol in RULES and symbol not in seen:
                    seen.add(symbol)
                    waiting.append(symbol)
    assert seen == set(RULES)
    literals = {symbol.strip("'").lower() for option in RULES["call"] for symbol in option}
    assert set(FUNCTIONS) <= literals


@pytest.mark.parametrize("seed", range(10))
def test_what_the_grammar_makes_the_parser_reads(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(200):
        parse(_sentence(chance))


def test_definitions_refer_to_each_other_by_number() -> None:
    found = definitions()
    assert [entry["qNbr"] for entry in found] == list(range(len(found)))
    for entry in found:
        assert all(0 <= number < len(found) for number in (*entry["qBnf"], entry["qPNbr"]))
    functions = {entry["qName"] for entry in found if entry["qQvFunc"]}
    assert functions == {function.name for function in FUNCTIONS.values()}


def test_the_fingerprint_stays() -> None:
    assert fingerprint() == fingerprint()
    assert as_text().startswith("expression ::= level1\n")
