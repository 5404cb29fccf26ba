"""The sealed format: what goes in comes out, the bytes are those of the document, and ranges cost only their frames."""

import hashlib
import io
import json
import os
import uuid
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from security.cipher import FRAME, FRAMES_AT_ONCE, Label, SealError, Tampered, Unsealed, seal, seal_bytes, sealed_size
from security.cipher import unseal_bytes as unseal_short
from tests.security import by_the_book
from tests.security.sealing import KEY, LABEL, Memory, sealed, unsealed

EDGES = [0, 1, FRAME - 1, FRAME, FRAME + 1, 3 * FRAME, FRAMES_AT_ONCE * FRAME, FRAMES_AT_ONCE * FRAME + 1]
VECTORS = json.loads(Path(__file__).with_name("vectors.json").read_text())


@pytest.mark.parametrize("size", EDGES)
@pytest.mark.parametrize("piece", [977, FRAME, 3 * FRAME + 1])
def test_what_is_sealed_is_opened(size, piece):
    plain = os.urandom(size)
    data = b"".join(seal(KEY, LABEL, (plain[i : i + piece] for i in range(0, size, piece))))
    assert len(data) == sealed_size(size)
    assert unsealed(data) == plain


@pytest.mark.parametrize("size", EDGES)
def test_the_bytes_are_those_of_the_document(size):
    plain = os.urandom(size)
    assert sealed(plain) == by_the_book.sealed(KEY, LABEL.tenant.bytes, LABEL.object.bytes, plain)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["size"]))
def test_fixed_vectors(vector):
    label = Label(uuid.UUID(vector["tenant"]), uuid.UUID(vector["object"]))
    data = sealed(by_the_book.vector_plain(vector["size"]), bytes.fromhex(vector["key"]), label)
    assert hashlib.sha256(data).hexdigest() == vector["sealed_sha256"]


def test_pieces_handed_out_are_the_receivers_to_keep():
    plain = os.urandom(5 * FRAMES_AT_ONCE * FRAME)
    kept = list(seal(KEY, LABEL, [plain]))
    assert unsealed(b"".join(kept)) == plain


def test_sealing_holds_a_bounded_amount_whatever_the_length():
    def endless():
        while True:
            yield bytes(FRAME)

    pieces = seal(KEY, LABEL, endless())
    assert max(len(next(pieces)) for _ in range(50)) <= FRAMES_AT_ONCE * (FRAME + 16)


PLAIN = os.urandom(20 * FRAME + 100)
SEALED = sealed(PLAIN)


@given(st.lists(st.tuples(st.integers(0, len(PLAIN) + 10), st.integers(0, 3 * FRAME)), max_size=8))
def test_any_range_from_anywhere(ranges):
    file = io.BufferedReader(Unsealed(KEY, LABEL, Memory(SEALED)), 1024 * 1024)
    for start, length in ranges:
        file.seek(start)
        assert file.read(length) == PLAIN[start : start + length]


def test_a_range_reads_only_the_frames_that_hold_it():
    source = Memory(SEALED)
    file = Unsealed(KEY, LABEL, source)
    file.seek(3 * FRAME)
    assert file.readinto(bytearray(2 * FRAME)) == 2 * FRAME
    assert source.read_bytes <= 3 * FRAME


def test_seeking_is_that_of_a_file():
    file = Unsealed(KEY, LABEL, Memory(SEALED))
    assert file.seek(0, io.SEEK_END) == len(PLAIN)
    assert file.read(1) == b""
    assert file.seek(-3, io.SEEK_CUR) == len(PLAIN) - 3
    assert file.read() == PLAIN[-3:]


def test_short_secrets_are_bound_to_their_context():
    secret = seal_bytes(KEY, b"a name", b"place one")
    assert unseal_short(KEY, secret, b"place one") == b"a name"
    for key, data, context in [
        (KEY, secret, b"place two"),
        (bytes(32), secret, b"place one"),
        (KEY, secret[:-1], b"place one"),
        (KEY, b"", b"place one"),
    ]:
        with pytest.raises(Tampered):
            unseal_short(key, data, context)


def test_errors_hold_no_content():
    marker = b"canary-91"
    data = bytearray(sealed(marker * 9))
    data[-1] ^= 1
    with pytest.raises(SealError) as caught:
        unsealed(bytes(data))
    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None
