"""T31: who writes the bucket cannot swap, cut, reorder, roll back or change an object without being found out."""

import os
import uuid

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from security.cipher import (
    FRAME,
    HEADER,
    Label,
    NotSealed,
    Reordered,
    SealError,
    Tampered,
    Truncated,
    Unsealed,
    WrongKey,
    WrongObject,
)
from tests.security import by_the_book
from tests.security.sealing import KEY, LABEL, Memory, frames_of, joined, sealed, unsealed

PLAIN = os.urandom(3 * FRAME + 500)
WHOLE = sealed(PLAIN)
FRAMES = frames_of(WHOLE)


def test_t31_bit_flip_every_byte():
    small = sealed(b"nine hundred flights" * 9)
    for place in range(len(small)):
        for bit in (0x01, 0x80):
            data = bytearray(small)
            data[place] ^= bit
            expected = NotSealed if place < 8 else WrongObject if place < 24 else WrongKey if place < 56 else Tampered
            with pytest.raises(expected):
                unsealed(bytes(data))


def test_t31_truncation():
    for cut in range(1, len(FRAMES)):
        with pytest.raises(Truncated):
            unsealed(joined(WHOLE, FRAMES[:-cut]))
    for length in [0, 1, HEADER.size - 1, HEADER.size, HEADER.size + 15]:
        with pytest.raises(Truncated):
            unsealed(WHOLE[:length])
    with pytest.raises(SealError):
        unsealed(WHOLE[:-1])


def test_t31_truncation_behind_the_readers_back():
    """The store said a size when the file was opened and delivers less afterwards."""
    source = Memory(WHOLE)
    file = Unsealed(KEY, LABEL, source)
    source.data = WHOLE[: HEADER.size + 100]
    with pytest.raises(Truncated):
        file.read()


@pytest.mark.parametrize(
    "order",
    [[1, 0, 2, 3], [0, 0, 2, 3], [0, 2, 1, 3], [1, 2, 3], [0, 2, 3], [0, 1, 1, 2, 3]],
    ids=["swapped", "repeated", "swapped later", "first left out", "one left out", "one doubled"],
)
def test_t31_reordering(order):
    with pytest.raises(Reordered):
        unsealed(joined(WHOLE, [FRAMES[number] for number in order]))


def test_t31_bytes_added_behind_the_end():
    even = sealed(PLAIN[: 2 * FRAME])
    with pytest.raises(Tampered):
        unsealed(even + frames_of(even)[0])
    with pytest.raises(SealError):
        unsealed(WHOLE + b"more")


def test_t31_swap_between_objects_and_tenants():
    other = Label(LABEL.tenant, uuid.UUID(int=3))
    stranger = Label(uuid.UUID(int=9), LABEL.object)
    with pytest.raises(WrongObject):
        unsealed(sealed(PLAIN, KEY, other))
    with pytest.raises(Tampered):
        unsealed(sealed(PLAIN, KEY, stranger))


def test_t31_swap_of_single_frames():
    """A frame of another object, at the same place, even under the same key."""
    theirs = frames_of(sealed(os.urandom(len(PLAIN)), KEY, Label(LABEL.tenant, uuid.UUID(int=3))))
    with pytest.raises(Tampered):
        unsealed(joined(WHOLE, [FRAMES[0], theirs[1], *FRAMES[2:]]))


def test_t31_rollback():
    """An older version put under a newer one's name: every version is an object with an id and a key of its own."""
    older = sealed(b"version 1", os.urandom(32), Label(LABEL.tenant, uuid.UUID(int=1)))
    with pytest.raises(WrongObject):
        unsealed(older)
    relabelled = older[:8] + LABEL.object.bytes + older[24:]
    with pytest.raises(WrongKey):
        unsealed(relabelled)


def test_t31_a_damaged_frame_leaves_no_plain_byte_in_the_buffer():
    data = bytearray(WHOLE)
    data[-1] ^= 1
    file = Unsealed(KEY, LABEL, Memory(bytes(data)))
    buffer = bytearray(500)
    file.seek(3 * FRAME)
    with pytest.raises(Tampered):
        file.readinto(buffer)
    assert not any(buffer)


def _times(x: int, y: int) -> int:
    """The product in the field of GHASH, whose bits run from the left."""
    product = 0
    for bit in range(127, -1, -1):
        if x >> bit & 1:
            product ^= y
        y = (y >> 1) ^ (0xE1 << 120 if y & 1 else 0)
    return product


def _inverse(x: int) -> int:
    """x to the power of 2^128 - 2."""
    result, square = 1 << 127, x
    for _ in range(127):
        square = _times(square, square)
        result = _times(result, square)
    return result


def _block(key: bytes, data: bytes) -> int:
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    return int.from_bytes(encryptor.update(data), "big")


def _opens_under_both(keys: list[bytes], nonce: bytes, aad: bytes) -> bytes:
    """Two ciphertext blocks and a tag that AES-GCM opens under either key: the second block solves tag1 = tag2."""
    first = int.from_bytes(os.urandom(16), "big")
    lengths = (len(aad) * 8 << 64) | 32 * 8
    blocks = [int.from_bytes(aad[i : i + 16], "big") for i in range(0, len(aad), 16)]
    constants, factors, hashes = [], [], [_block(key, bytes(16)) for key in keys]
    for key, h in zip(keys, hashes, strict=True):
        total = 0
        for block in [*blocks, first]:
            total = _times(total ^ block, h)
        square = _times(h, h)
        constants.append(_times(total, square) ^ _times(lengths, h) ^ _block(key, nonce + b"\x00\x00\x00\x01"))
        factors.append(square)
    second = _times(constants[0] ^ constants[1], _inverse(factors[0] ^ factors[1]))
    tag = constants[0] ^ _times(second, factors[0])
    return b"".join(number.to_bytes(16, "big") for number in (first, second, tag))


def test_t31_two_keys():
    """AES-GCM opens this frame under two keys; the commitment lets one of them pass only."""
    keys = [os.urandom(32), os.urandom(32)]
    nonce, aad = by_the_book.nonce(0, True), LABEL.bytes
    frame = _opens_under_both([by_the_book.derive(key, "frames") for key in keys], nonce, aad)
    for key in keys:
        assert len(AESGCM(by_the_book.derive(key, "frames")).decrypt(nonce, frame, aad)) == 32
    with pytest.raises(InvalidTag):
        AESGCM(by_the_book.derive(os.urandom(32), "frames")).decrypt(nonce, frame, aad)

    data = by_the_book.header(keys[0], LABEL.object.bytes) + frame
    assert len(unsealed(data, keys[0])) == 32
    with pytest.raises(WrongKey):
        unsealed(data, keys[1])
