"""Files come in as raw bodies: in pieces, whole or not at all, under any name."""

from __future__ import annotations

import io
from urllib.parse import quote

import pytest

from hub.api import PIECE_BYTES
from storage import library
from storage.models import DataFile, StoredObject
from tests.hub.conftest import FLOWERS

pytestmark = pytest.mark.django_db


class Watched(io.BytesIO):
    """A body that remembers the largest piece that was asked of it."""

    largest = 0

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        self.largest = max(self.largest, len(piece))
        return piece


@pytest.fixture
def browser(alice, signed_in):
    return signed_in(alice)


def send(browser, body: bytes | io.BytesIO, name: str = "flowers.csv", length: int | str | None = None):
    stream = body if isinstance(body, io.BytesIO) else io.BytesIO(body)
    size = len(stream.getvalue()) if length is None else length
    environment = {"wsgi.input": stream, "CONTENT_LENGTH": str(size)}
    return browser.generic(
        "POST", "/api/files/", b"x", "application/octet-stream", headers={"X-File-Name": quote(name)}, **environment
    )


def test_a_file_is_kept_as_it_was_sent(browser, alice):
    answer = send(browser, FLOWERS)
    assert answer.status_code == 201
    assert {key: answer.json()[key] for key in ("name", "size")} == {"name": "flowers.csv", "size": len(FLOWERS)}
    with library.open_file(library.files_of(alice).get()) as file:
        assert file.read() == FLOWERS


def test_a_large_file_is_never_held_whole(browser):
    body = Watched(bytes(5 * PIECE_BYTES + 17))
    assert send(browser, body).json()["size"] == 5 * PIECE_BYTES + 17
    assert 0 < body.largest <= PIECE_BYTES


@pytest.mark.parametrize("name", ["Bienenvölker 2026.csv", "蜂蜜.csv", "mål & vægt.csv", "<b>x</b>.csv", "a/../b.csv"])
def test_names_survive_in_any_script(browser, name):
    assert send(browser, FLOWERS, name).json()["name"] == name


REFUSED = {
    "the browser left early": {"length": len(FLOWERS) + 10},
    "no length": {"length": ""},
    "no name": {"name": ""},
    "a name of control characters": {"name": "\n\t"},
    "too long a name": {"name": "n" * 201},
}


@pytest.mark.parametrize("how", REFUSED.values(), ids=REFUSED)
def test_what_is_refused_leaves_nothing(browser, how):
    answer = send(browser, FLOWERS, **how)
    assert answer.status_code == 400
    assert answer.json()
    assert not DataFile.objects.exists()
    assert not StoredObject.objects.exists()


def test_a_file_above_the_limit_is_refused_before_it_is_read(browser, settings):
    settings.UPLOAD_MAX_BYTES = 10
    body = Watched(FLOWERS)
    answer = send(browser, body)
    assert answer.status_code == 400
    assert "flowers.csv" in answer.content.decode()
    assert body.largest == 0


def test_a_deleted_file_is_gone(browser):
    file_id = send(browser, FLOWERS).json()["id"]
    assert browser.delete(f"/api/files/{file_id}/").status_code == 204
    assert browser.get("/api/files/").json() == []
    assert not StoredObject.objects.exists()
