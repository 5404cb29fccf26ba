"""Sealing: AES-256-GCM in numbered frames of 64 KiB, with a commitment to the key. The only user of ciphers.

The format is a document first: docs/sealed-format.md. There is one cipher, one frame size, no option.
Whoever reads may ask for any range; only the frames that hold it are decrypted.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import os
import struct
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

MAGIC = b"SEALED\x00\x01"
FRAME = 64 * 1024
TAG = 16
HEADER = struct.Struct(">8s16s32s")
SEALED_FRAME = FRAME + TAG


class SealError(Exception):
    """Root: sealed bytes that cannot be opened. The message never holds content."""


class NotSealed(SealError):
    """The bytes do not begin as a sealed object of a known version does."""


class WrongKey(SealError):
    """The key is not the one that the object was sealed with."""


class WrongObject(SealError):
    """The bytes are another object's: swapped, or given to another tenant."""


class Truncated(SealError):
    """Bytes are missing at the end."""


class Tampered(SealError):
    """A frame was changed, moved or replaced."""


@dataclass(frozen=True, slots=True)
class Label:
    """Whose object this is; authenticated with every frame."""

    tenant: uuid.UUID
    object: uuid.UUID

    @property
    def bytes(self) -> bytes:
        return self.tenant.bytes + self.object.bytes


class Source(Protocol):
    """Where sealed bytes lie; `read_at` answers fewer bytes only at the end."""

    @property
    def size(self) -> int: ...

    def read_at(self, offset: int, length: int) -> bytes: ...


def seal(key: bytes, label: Label, plain: Iterable[bytes]) -> Iterator[bytes]:
    """Sealed pieces of `plain` (pieces of any length), with memory for one piece and one frame."""
    cipher, commitment = _schedule(key)
    yield HEADER.pack(MAGIC, label.object.bytes, commitment)
    for number, (frame, is_last) in enumerate(_frames(plain)):
        yield cipher.encrypt(_nonce(number, is_last), frame, label.bytes)


def sealed_size(plain_size: int) -> int:
    """Bytes that `plain_size` bytes take when sealed."""
    frames = max(1, -(-plain_size // FRAME))
    return HEADER.size + plain_size + frames * TAG


class Unsealed(io.RawIOBase):
    """A sealed object as a seekable file of its plain bytes. Errors: see the classes above."""

    def __init__(self, key: bytes, label: Label, source: Source, frames_a_read: int = 16) -> None:
        super().__init__()
        self._source = source
        self._label = label
        self._cipher = self._open(key)
        body = source.size - HEADER.size
        self._frames = -(-body // SEALED_FRAME)
        if self._frames < 1 or body - (self._frames - 1) * SEALED_FRAME < TAG:
            raise Truncated("The object ends inside a frame.")
        self.size = body - self._frames * TAG
        self._frames_a_read = frames_a_read
        self._position = 0
        self._held_from, self._held = 0, b""

    def _open(self, key: bytes) -> AESGCM:
        header = self._source.read_at(0, HEADER.size)
        if len(header) < HEADER.size:
            raise Truncated("The object ends inside its header.")
        magic, object_bytes, commitment = HEADER.unpack(header)
        if magic != MAGIC:
            raise NotSealed("The object is not sealed in a known version of the format.")
        if object_bytes != self._label.object.bytes:
            raise WrongObject("The bytes belong to another object.")
        cipher, expected = _schedule(key)
        if not hmac.compare_digest(commitment, expected):
            raise WrongKey("The object was sealed with another key.")
        return cipher

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence]
        self._position = max(0, start + offset)
        return self._position

    def readinto(self, buffer: object) -> int:
        target = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        if self._position >= self.size or not target:
            return 0
        offset = self._position - self._held_from
        if not 0 <= offset < len(self._held):
            self._load(self._position // FRAME)
            offset = self._position - self._held_from
        piece = self._held[offset : offset + len(target)]
        target[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def _load(self, first: int) -> None:
        """Decrypt some frames from `first` on into the window."""
        last = min(first + self._frames_a_read, self._frames)
        offset = HEADER.size + first * SEALED_FRAME
        sealed = memoryview(self._source.read_at(offset, (last - first) * SEALED_FRAME))
        expected = min(self._source.size, HEADER.size + last * SEALED_FRAME) - offset
        if len(sealed) < expected:
            raise Truncated("The object ends before its last frame.")
        plain = [
            self._frame(number, sealed[(number - first) * SEALED_FRAME : (number - first + 1) * SEALED_FRAME])
            for number in range(first, last)
        ]
        self._held_from, self._held = first * FRAME, b"".join(plain)

    def _frame(self, number: int, sealed: memoryview) -> bytes:
        is_last = number == self._frames - 1
        try:
            return self._cipher.decrypt(_nonce(number, is_last), sealed, self._label.bytes)
        except InvalidTag:
            raise self._diagnosis(number, is_last, sealed) from None

    def _diagnosis(self, number: int, is_last: bool, sealed: memoryview) -> SealError:
        """What is wrong with a frame that does not verify: cut off behind it, or changed."""
        if is_last and len(sealed) == SEALED_FRAME:
            try:
                self._cipher.decrypt(_nonce(number, False), sealed, self._label.bytes)
            except InvalidTag:
                pass
            else:
                return Truncated("The object ends before its last frame.")
        return Tampered(f"Frame {number} does not verify.")


def digest(data: bytes, key: bytes) -> str:
    """A name for `data` that only holders of `key` can compute (HMAC-SHA-256, hex)."""
    return hmac.new(key, data, hashlib.sha256).hexdigest()


def seal_bytes(key: bytes, plain: bytes, context: bytes) -> bytes:
    """A short secret (a key, a name) under `key`, bound to `context`: nonce, ciphertext, tag."""
    nonce = os.urandom(12)
    return nonce + AESGCM(_derive(key, b"short secret")).encrypt(nonce, plain, context)


def unseal_bytes(key: bytes, sealed: bytes, context: bytes) -> bytes:
    try:
        return AESGCM(_derive(key, b"short secret")).decrypt(sealed[:12], sealed[12:], context)
    except (InvalidTag, ValueError):
        raise Tampered("A sealed value does not verify.") from None


def _frames(plain: Iterable[bytes]) -> Iterator[tuple[memoryview, bool]]:
    """`plain` cut into frames; the last may be shorter, or empty when there is nothing at all."""
    held = b""
    for piece in plain:
        view = memoryview(held + piece if held else piece)
        whole = max(0, (len(view) - 1) // FRAME)
        for number in range(whole):
            yield view[number * FRAME : (number + 1) * FRAME], False
        held = bytes(view[whole * FRAME :])
    yield memoryview(held), True


def _nonce(number: int, is_last: bool) -> bytes:
    """Eleven bytes of frame number, one byte that marks the last frame."""
    return number.to_bytes(11, "big") + (b"\x01" if is_last else b"\x00")


def _schedule(key: bytes) -> tuple[AESGCM, bytes]:
    """The cipher of the frames, and the commitment to the key. AES-GCM alone opens one text under two keys."""
    return AESGCM(_derive(key, b"frames")), _derive(key, b"commitment")


def _derive(key: bytes, purpose: bytes) -> bytes:
    return HKDFExpand(algorithm=hashes.SHA256(), length=32, info=b"sealed 1 " + purpose).derive(key)
