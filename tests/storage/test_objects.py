"""Objects are kept sealed, whole, once, and read by range; in a directory as in S3."""

import io
import os
import uuid

import pytest

from security.cipher import FRAME, SealError, Tampered, Truncated, WrongObject
from storage import objects
from storage.backends import PART_BYTES, NoObject, StoreTrouble, backend
from storage.models import StoredObject

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]


def bytes_at(stored: StoredObject) -> bytes:
    return backend().read_at(stored.place, 0, stored.sealed_size + 1)


def replace_bytes(stored: StoredObject, data: bytes) -> None:
    backend().delete(stored.place)
    backend().write(stored.place, [data])


@pytest.mark.parametrize("size", [0, 1, FRAME, 10 * FRAME + 7, 20 * FRAME])
def test_what_is_put_is_read(tenant, size):
    data = os.urandom(size)
    stored = objects.put(tenant, (data[i : i + 100_000] for i in range(0, size, 100_000)), "file")
    assert stored.size == size
    assert stored.sealed_size == len(bytes_at(stored))
    assert objects.read(stored) == data


def test_large_objects_go_in_parts(tenant):
    data = os.urandom(2 * PART_BYTES + 12_345)
    stored = objects.put(tenant, (data[i : i + FRAME] for i in range(0, len(data), FRAME)), "file")
    assert objects.read(stored) == data


def test_ranges_are_read_from_anywhere(tenant):
    data = os.urandom(20 * FRAME + 100)
    file = objects.open_object(objects.put(tenant, [data], "file"))
    for start, length in [
        (0, 10),
        (FRAME - 5, 10),
        (19 * FRAME, 2 * FRAME),
        (len(data) - 3, 10),
        (len(data), 1),
        (7, 18 * FRAME),
    ]:
        file.seek(start)
        assert file.read(length) == data[start : start + length]
    assert file.seek(-4, io.SEEK_END) == len(data) - 4


@pytest.mark.parametrize("size", [2 * FRAME, PART_BYTES + FRAME, 2 * PART_BYTES + FRAME])
def test_a_source_that_fails_leaves_nothing(tenant, size):
    def pieces():
        yield os.urandom(size)
        raise ConnectionError("the client left")

    with pytest.raises(ConnectionError):
        objects.put(tenant, pieces(), "file")
    assert not StoredObject.objects.exists()
    assert list(backend().places(str(tenant))) == []


def test_an_object_is_written_once(tenant):
    stored = objects.put(tenant, [b"first"], "file")
    with pytest.raises(StoreTrouble):
        backend().write(stored.place, [b"second"])
    assert objects.read(stored) == b"first"


def test_a_deleted_object_has_neither_key_nor_bytes(tenant, django_capture_on_commit_callbacks):
    stored = objects.put(tenant, [b"gone soon"], "file")
    place = stored.place
    with django_capture_on_commit_callbacks(execute=True):
        objects.delete(stored)
    assert not StoredObject.objects.exists()
    with pytest.raises(NoObject):
        backend().read_at(place, 0, 10)


def test_the_bytes_stay_until_the_deletion_is_committed(tenant):
    stored = objects.put(tenant, [b"still here"], "file")
    place = stored.place
    objects.delete(stored)
    assert backend().read_at(place, 0, 6) == b"SEALED"


def test_a_missing_object_says_so(tenant):
    stored = objects.put(tenant, [b"x" * 100], "file")
    backend().delete(stored.place)
    with pytest.raises(NoObject):
        objects.read(stored)


@pytest.mark.parametrize("store", ["directory"], indirect=True)
def test_an_objects_name_cannot_lead_out_of_the_store(tenant):
    with pytest.raises(StoreTrouble):
        backend().write("../outside", [b"x"])


def test_t18_the_store_shows_sizes_only(tenant):
    marker = b"canary-7d1f"
    stored = objects.put(tenant, [marker * 1000], "file")
    assert [place for place, _ in backend().places("")] == [stored.place]
    assert marker not in bytes_at(stored)


@pytest.mark.parametrize("place", [0, 10, 40, 60, 200])
def test_t31_bit_flip(tenant, place):
    stored = objects.put(tenant, [b"n" * 300], "file")
    data = bytearray(bytes_at(stored))
    data[place] ^= 4
    replace_bytes(stored, bytes(data))
    with pytest.raises(SealError):
        objects.read(stored)


def test_t31_truncation(tenant):
    stored = objects.put(tenant, [os.urandom(20 * FRAME)], "file")
    replace_bytes(stored, bytes_at(stored)[: -5 * FRAME])
    with pytest.raises(Truncated):
        objects.read(stored)


def test_t31_swap(tenant):
    """Two objects in each other's place, of one tenant or of two."""
    one, other = objects.put(tenant, [b"one"], "file"), objects.put(tenant, [b"two"], "file")
    replace_bytes(one, bytes_at(other))
    with pytest.raises(WrongObject):
        objects.read(one)


def test_t31_appended_bytes_are_never_read(tenant):
    stored = objects.put(tenant, [b"whole"], "file")
    replace_bytes(stored, bytes_at(stored) + b"more")
    assert objects.read(stored) == b"whole"


def test_t31_a_frame_that_fails_is_not_handed_out(tenant):
    stored = objects.put(tenant, [b"\0" * 3 * FRAME], "file")
    data = bytearray(bytes_at(stored))
    data[-1] ^= 1
    replace_bytes(stored, bytes(data))
    with objects.open_object(stored) as file, pytest.raises(Tampered):
        file.read()


@pytest.mark.real
@pytest.mark.parametrize("store", ["s3"], indirect=True)
def test_an_unknown_bucket_is_trouble_not_a_crash(tenant, settings):
    settings.OBJECT_STORE = {**settings.OBJECT_STORE, "bucket": f"none-{uuid.uuid4()}"}
    with pytest.raises(StoreTrouble):
        objects.put(tenant, [b"x"], "file")
    assert not StoredObject.objects.exists()
