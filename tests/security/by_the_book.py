"""The sealed format a second time: slow, in one piece, written from docs/sealed-format.md and nothing else."""

from __future__ import annotations

import hashlib
import hmac

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FRAME = 65_536
MAGIC = b"SEALED\x00\x01"


def derive(key: bytes, purpose: str) -> bytes:
    """HKDF-Expand to 32 bytes, which is one round of HMAC."""
    return hmac.new(key, b"sealed 1 " + purpose.encode() + b"\x01", hashlib.sha256).digest()


def nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def frames(key: bytes, tenant: bytes, object_id: bytes, plain: bytes) -> list[bytes]:
    cut = [plain[i : i + FRAME] for i in range(0, len(plain), FRAME)] or [b""]
    cipher = AESGCM(derive(key, "frames"))
    return [cipher.encrypt(nonce(i, i == len(cut) - 1), piece, tenant + object_id) for i, piece in enumerate(cut)]


def header(key: bytes, object_id: bytes) -> bytes:
    return MAGIC + object_id + derive(key, "commitment")


def sealed(key: bytes, tenant: bytes, object_id: bytes, plain: bytes) -> bytes:
    return header(key, object_id) + b"".join(frames(key, tenant, object_id, plain))


def vector_plain(size: int) -> bytes:
    """The plain bytes of the fixed vectors: SHA-256 of the counters 0, 1, 2 ... (8 bytes, big-endian), cut to size."""
    return b"".join(hashlib.sha256(i.to_bytes(8, "big")).digest() for i in range(-(-size // 32)))[:size]
