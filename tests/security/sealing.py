"""Sealed bytes in memory, for tests: seal, open, and take apart."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from security.cipher import HEADER, SEALED_FRAME, Label, Unsealed, seal

KEY = bytes(range(32))
LABEL = Label(uuid.UUID(int=1), uuid.UUID(int=2))


@dataclass
class Memory:
    data: bytes
    read_bytes: int = 0

    @property
    def size(self) -> int:
        return len(self.data)

    def read_at(self, offset: int, length: int) -> bytes:
        self.read_bytes += length
        return self.data[offset : offset + length]


def sealed(plain: bytes, key: bytes = KEY, label: Label = LABEL) -> bytes:
    return b"".join(seal(key, label, [plain]))


def unsealed(data: bytes, key: bytes = KEY, label: Label = LABEL) -> bytes:
    return Unsealed(key, label, Memory(data)).readall()


def frames_of(data: bytes) -> list[bytes]:
    body = data[HEADER.size :]
    return [body[i : i + SEALED_FRAME] for i in range(0, len(body), SEALED_FRAME)]


def joined(data: bytes, frames: list[bytes]) -> bytes:
    return data[: HEADER.size] + b"".join(frames)
