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
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

MAGIC = b"SEALED\x00\x01"
FRAME = 64 * 1024
TAG = 16
HEADER = struct.Struct(">8s16s32s")
SEALED_FRAME = FRAME + TAG
FRAMES_AT_ONCE = 16
"""Frames that are sealed or opened in one go: the memory that a stream takes."""
FRAMES_SEARCHED = 4096
"""Where a frame that does not verify is looked for, to tell a moved frame from a changed one."""


Piece = bytes | bytearray
"""Bytes on their way through."""


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


class Reordered(SealError):
    """Frames are whole but stand in another order: moved, repeated, or one was left out."""


class Tampered(SealError):
    """A frame was changed."""


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


def seal(key: bytes, label: Label, plain: Iterable[Piece]) -> Iterator[Piece]:
    """Sealed pieces of `plain` (pieces of any length), with memory for FRAMES_AT_ONCE frames.

    Every piece that is handed out is the receiver's to keep.
    """
    cipher, commitment = _schedule(key)
    yield HEADER.pack(MAGIC, label.object.bytes, commitment)
    held = memoryview(bytearray(FRAMES_AT_ONCE * FRAME))
    filled = number = 0
    for piece in plain:
        rest = memoryview(piece).cast("B")
        while rest:
            if filled == len(held):  # more is coming, so none of these is the last
                yield _seal_frames(cipher, label, held, number, ends=False)
                filled, number = 0, number + FRAMES_AT_ONCE
            taken = min(len(rest), len(held) - filled)
            held[filled : filled + taken] = rest[:taken]
            filled, rest = filled + taken, rest[taken:]
    yield _seal_frames(cipher, label, held[:filled], number, ends=True)


def _seal_frames(cipher: AESGCM, label: Label, plain: memoryview, first: int, *, ends: bool) -> bytearray:
    """`plain` as frames from number `first` on; `ends` if the object ends with it."""
    count = _frames_of(len(plain))
    out = bytearray(len(plain) + count * TAG)
    view = memoryview(out)
    for i in range(count):
        frame = plain[i * FRAME : (i + 1) * FRAME]
        place = view[i * SEALED_FRAME : i * SEALED_FRAME + len(frame) + TAG]
        cipher.encrypt_into(_nonce(first + i, ends and i == count - 1), frame, label.bytes, place)
    return out


def _frames_of(plain_size: int) -> int:
    """An object has one frame at least, an empty one if need be."""
    return max(1, -(-plain_size // FRAME))


def sealed_size(plain_size: int) -> int:
    """Bytes that `plain_size` bytes take when sealed."""
    return HEADER.size + plain_size + _frames_of(plain_size) * TAG


class Unsealed(io.RawIOBase):
    """A sealed object as a seekable file of its plain bytes. Errors: see the classes above.

    Whole frames are opened right into the reader's buffer, the others by way of a small window.
    No byte is handed out before the frame that holds it has been verified.
    """

    def __init__(self, key: bytes, label: Label, source: Source) -> None:
        super().__init__()
        self._source = source
        self._label = label
        self._aad = label.bytes
        self._cipher = self._open(key)
        body = source.size - HEADER.size
        self._frames = -(-body // SEALED_FRAME)
        if self._frames < 1 or body - (self._frames - 1) * SEALED_FRAME < TAG:
            raise Truncated("The object ends inside a frame.")
        self.size = body - self._frames * TAG
        self._position = 0
        self._held_from, self._held = 0, memoryview(b"")

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

    def readinto(self, buffer: Any) -> int:
        target = memoryview(buffer).cast("B")[: max(0, self.size - self._position)]
        if not target and self.size:
            return 0
        first, inside = divmod(self._position, FRAME)
        whole = min(len(target) // FRAME, FRAMES_AT_ONCE)
        if not inside and whole:
            target = target[: whole * FRAME]
            self._unseal_frames(first, target)
        else:
            target = self._from_window(target)
        self._position += len(target)
        return len(target)

    def readall(self) -> bytes:
        plain = memoryview(bytearray(max(0, self.size - self._position)))
        filled = 0
        while taken := self.readinto(plain[filled:]):
            filled += taken
        return bytes(plain)

    def _from_window(self, target: memoryview) -> memoryview:
        """Fill the front of `target` from the window, which is moved if need be; answers what was filled."""
        if not self._held_from <= self._position < self._held_from + len(self._held):
            start = self._position // FRAME * FRAME
            fresh = memoryview(bytearray(min(FRAMES_AT_ONCE * FRAME, self.size - start)))
            self._unseal_frames(start // FRAME, fresh)
            self._held_from, self._held = start, fresh
        offset = self._position - self._held_from
        piece = self._held[offset : offset + len(target)]
        target[: len(piece)] = piece
        return target[: len(piece)]

    def _unseal_frames(self, first: int, into: memoryview) -> None:
        """Fill `into` with the plain bytes of the frames from `first` on; it is wiped if one does not verify."""
        count = _frames_of(len(into))
        sealed = memoryview(self._source.read_at(HEADER.size + first * SEALED_FRAME, len(into) + count * TAG))
        if len(sealed) < len(into) + count * TAG:
            raise Truncated("The object ends before its last frame.")
        for i in range(count):
            number, piece = first + i, sealed[i * SEALED_FRAME : (i + 1) * SEALED_FRAME]
            try:
                nonce = _nonce(number, number == self._frames - 1)
                self._cipher.decrypt_into(nonce, piece, self._aad, into[i * FRAME : (i + 1) * FRAME])
            except InvalidTag:
                into[:] = bytes(len(into))
                raise self._diagnosis(number, piece) from None

    def _diagnosis(self, number: int, piece: memoryview) -> SealError:
        """What is wrong with a frame that does not verify where it stands: cut off behind, moved, or changed."""
        is_last = number == self._frames - 1
        if is_last and self._verifies(number, False, piece):
            return Truncated("The object ends before its last frame.")
        if not is_last and self._verifies(number, True, piece):
            return Tampered("Bytes were added behind the object's last frame.")
        for other in range(min(self._frames + 1, FRAMES_SEARCHED)):
            if self._verifies(other, False, piece) or self._verifies(other, True, piece):
                return Reordered(f"Frame {other} stands in the place of frame {number}.")
        return Tampered(f"Frame {number} does not verify.")

    def _verifies(self, number: int, is_last: bool, piece: memoryview) -> bool:
        try:
            self._cipher.decrypt(_nonce(number, is_last), piece, self._aad)
        except InvalidTag:
            return False
        return True


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


def _nonce(number: int, is_last: bool) -> bytes:
    """Eleven bytes of frame number, one byte that marks the last frame."""
    return number.to_bytes(11, "big") + (b"\x01" if is_last else b"\x00")


def _schedule(key: bytes) -> tuple[AESGCM, bytes]:
    """The cipher of the frames, and the commitment to the key. AES-GCM alone opens one text under two keys."""
    return AESGCM(_derive(key, b"frames")), _derive(key, b"commitment")


def _derive(key: bytes, purpose: bytes) -> bytes:
    return HKDFExpand(algorithm=hashes.SHA256(), length=32, info=b"sealed 1 " + purpose).derive(key)
