"""A store of chunks in memory that counts what is written and can be told to break."""

from __future__ import annotations


class MemoryStore:
    def __init__(self) -> None:
        self.chunks: dict[str, bytes] = {}
        self.written: list[str] = []
        self.fails_after: int | None = None

    def put(self, name: str, data: bytes) -> None:
        if self.fails_after is not None and len(self.written) >= self.fails_after:
            raise OSError("the disk is full")
        self.written.append(name)
        self.chunks[name] = data

    def get(self, name: str) -> bytes:
        return self.chunks[name]

    def has(self, name: str) -> bool:
        return name in self.chunks
