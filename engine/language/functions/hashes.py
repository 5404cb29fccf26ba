"""Hashes of values: the first bits of the SHA-256 of their texts, six to a printable character.

Each text enters with its length, and NULL as itself, so that ('ab', 'c') and ('a', 'bc') differ.
"""

from __future__ import annotations

import hashlib

from engine.data.dual import Vector
from engine.language.registry import Environment, function
from engine.language.values import broadcast, of_texts, texts
from engine.stopping import looking

_SIZES = {"Hash128": 128, "Hash160": 160, "Hash256": 256}
_BITS = 6


def _hashed(row: tuple[str | None, ...], bits: int) -> str:
    digest = hashlib.sha256()
    for text in row:
        if text is None:
            digest.update(b"-")
        else:
            encoded = text.encode("utf-8", "surrogatepass")
            digest.update(b"%d:" % len(encoded) + encoded)
    characters = -(-bits // _BITS)
    number = int.from_bytes(digest.digest()) >> (256 - bits) << (characters * _BITS - bits)
    codes = [(number >> shift) & 63 for shift in range((characters - 1) * _BITS, -1, -_BITS)]
    # The alphabet of uuencode: codes from the blank on, the blank itself written as `.
    return "".join(chr(code + 32) if code else "`" for code in codes)


def _register(name: str, bits: int) -> None:
    @function(f"{name}(value[, ...])", "string", f"A hash of {bits} bits of the values together, as text.")
    def run(env: Environment, *values: Vector) -> Vector:
        columns = [texts(value, env.locale).tolist() for value in broadcast(values)]
        rows = list(zip(*columns, strict=True))
        known = {row: _hashed(row, bits) for row in looking(list(set(rows)))}
        return of_texts(known[row] for row in looking(rows))


for _name, _bits in _SIZES.items():
    _register(_name, _bits)
