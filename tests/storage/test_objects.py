"""Objects are kept sealed, whole, once, and read by range."""

import io
import os
import uuid
from pathlib import Path

import pytest

from accounts.people import create_person
from security.cipher import FRAME
from storage import objects
from storage.backends import NoObject, StoreTrouble, backend
from storage.models import StoredObject
from tests.people import ALICE

pytestmark = pytest.mark.django_db


@pytest.fixture
def tenant() -> uuid.UUID:
    return create_person(*ALICE).tenant_id


@pytest.mark.parametrize("size", [0, 1, FRAME - 1, FRAME, FRAME + 1, 3 * FRAME, 10 * FRAME + 7])
@pytest.mark.parametrize("piece", [1000, FRAME, 3 * FRAME + 1])
def test_what_is_put_is_read(tenant, size, piece):
    data = os.urandom(size)
    stored = objects.put(tenant, (data[i : i + piece] for i in range(0, size, piece)), "file")
    assert stored.size == size
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


def test_a_source_that_fails_leaves_nothing(tenant):
    def pieces():
        yield os.urandom(2 * FRAME)
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


def test_a_deleted_object_has_neither_key_nor_bytes(tenant):
    stored = objects.put(tenant, [b"gone soon"], "file")
    place = stored.place
    objects.delete(stored)
    assert not StoredObject.objects.exists()
    with pytest.raises(NoObject):
        backend().read_at(place, 0, 10)


def test_t18_the_store_shows_sizes_only(tenant, settings):
    marker = b"canary-7d1f"
    objects.put(tenant, [marker * 1000], "file")
    files = [path for path in Path(settings.OBJECT_STORE["root"]).rglob("*") if path.is_file()]
    assert files
    assert all(marker not in path.read_bytes() for path in files)
