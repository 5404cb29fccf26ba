"""Expressions that coverage leads to: `python -m tests.engine.language.fuzz_coverage [-runs=100000]` (atheris).

Bytes choose words of the language and signs between them, so that most inputs get far; every branch of the tokenizer,
the parser, the printer and the functions that is new is followed. Options are those of libFuzzer.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["engine.language", "engine.data"]):
    from tests.engine.language.fuzz import check, words


CALLS = [word for word in words() if word[-1] == "(" and len(word) > 2]
PIECES = [word for word in words() if word not in CALLS]


def one_input(data: bytes) -> None:
    provider = atheris.FuzzedDataProvider(data)
    parts: list[str] = []
    while provider.remaining_bytes() and len(parts) < 60:
        choice = provider.ConsumeIntInRange(0, 7)
        if choice == 0:
            parts.append(provider.ConsumeUnicodeNoSurrogates(4))
        else:
            parts.append(provider.PickValueInList(CALLS if choice < 4 else PIECES))
    check("".join(parts))


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
