"""The operators and how tightly they bind; the parser and the printer read the same table.

From tight to loose: signs and bitnot, * /, + -, & , shifts, bitand, bitxor, bitor, comparisons, not, and, xor, or.
All binary operators group to the left.
"""

from __future__ import annotations

_LEVELS: tuple[tuple[str, ...], ...] = (
    ("or",),
    ("xor",),
    ("and",),
    ("not",),
    ("=", "<>", "<", "<=", ">", ">=", "like", "precedes", "follows"),
    ("bitor",),
    ("bitxor",),
    ("bitand",),
    ("<<", ">>"),
    ("&",),
    ("+", "-"),
    ("*", "/"),
    ("sign",),
)

BINDING = {op: level for level, ops in enumerate(_LEVELS, start=1) for op in ops}
"""How tightly each operator binds; a larger number binds more tightly."""

UNARY = {"not": BINDING["not"], "+": BINDING["sign"], "-": BINDING["sign"], "bitnot": BINDING["sign"]}
"""The binding of the operators that stand before their operand."""

BINARY = {op: binding for op, binding in BINDING.items() if op not in ("not", "sign")}

WORDS = frozenset(op for op in (*BINARY, *UNARY) if op.isalpha())
"""Operators that are words: no bare name of a field may be one of them."""
