"""Sealing against the bare cipher: the same 200 MB through AESGCM in calls of 64 KiB, and through the sealed format.

    python -m bench.sealing [megabytes]        (default: 200)

Both run in one process, alternating, the best of five counts. A ratio of 1 means that the envelope (frames, labels,
key schedule, streaming) costs nothing; the promise is at least 0.6 both ways.
"""

from __future__ import annotations

import os
import sys
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from security.cipher import FRAME, Label, Piece, Unsealed, seal

REPEATS = 5
PROMISED = 0.6


@dataclass
class Memory:
    """Sealed bytes in memory, so that no disk is measured."""

    data: bytes

    @property
    def size(self) -> int:
        return len(self.data)

    def read_at(self, offset: int, length: int) -> memoryview:
        return memoryview(self.data)[offset : offset + length]


def pieces(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), FRAME):
        yield data[start : start + FRAME]


def bare_seal(key: bytes, data: bytes) -> Iterator[bytes]:
    cipher = AESGCM(key)
    for i, piece in enumerate(pieces(data)):
        yield cipher.encrypt(i.to_bytes(12, "big"), piece, None)


def bare_unseal(key: bytes, frames: list[bytes]) -> None:
    cipher = AESGCM(key)
    for i, frame in enumerate(frames):
        cipher.decrypt(i.to_bytes(12, "big"), frame, None)


def own_unseal(key: bytes, label: Label, sealed: bytes) -> None:
    reader, buffer = Unsealed(key, label, Memory(sealed)), bytearray(16 * FRAME)
    while reader.readinto(buffer):
        pass


def best(runs: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Seconds of the best of REPEATS alternating runs."""
    spent = dict.fromkeys(runs, float("inf"))
    for _ in range(REPEATS):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            spent[name] = min(spent[name], time.perf_counter() - start)
    return spent


def consume(sealed: Iterable[Piece]) -> None:
    for _ in sealed:
        pass


def main(arguments: list[str]) -> None:
    megabytes = int(arguments[0]) if arguments else 200
    data, key, label = os.urandom(megabytes * 1_000_000), os.urandom(32), Label(uuid.uuid4(), uuid.uuid4())
    frames, sealed = list(bare_seal(key, data)), b"".join(seal(key, label, pieces(data)))
    print(f"{megabytes} MB{'AESGCM MB/s':>20}{'sealed MB/s':>14}{'ratio':>8}{'promised':>10}")
    for way, runs in {
        "seal": {"bare": lambda: consume(bare_seal(key, data)), "own": lambda: consume(seal(key, label, pieces(data)))},
        "unseal": {"bare": lambda: bare_unseal(key, frames), "own": lambda: own_unseal(key, label, sealed)},
    }.items():
        spent = best(runs)
        rates = {name: megabytes / seconds for name, seconds in spent.items()}
        print(f"{way:8}{rates['bare']:18.0f}{rates['own']:14.0f}{rates['own'] / rates['bare']:8.2f}{PROMISED:10.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])
