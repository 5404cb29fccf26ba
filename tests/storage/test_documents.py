"""Apps are saved in versions: the old one or the new one, never a mixture; earlier ones come back."""

from __future__ import annotations

import itertools

import pyarrow as pa
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from engine import DamagedApp, Document, Locale, build_model
from security.models import TenantKey
from storage import documents, library, objects, quotas, sweep
from storage.backends import DirectoryBackend, StoreTrouble, backend
from storage.models import App, AppChunk, AppVersion, StoredObject

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]

MARKER = "canary-55e0"


def document(title: str = "Flights", carriers: tuple[str, ...] = ("UA", "AA")) -> Document:
    table = pa.table({"Carrier": list(carriers), "Flights": list(range(len(carriers)))})
    return Document.new(title, build_model([("Flights", table)], Locale()))


def carriers_of(opened: Document) -> list[str]:
    symbols = opened.model.field("Carrier").symbols
    return [symbols.text(code) for code in range(symbols.size)]


@pytest.fixture
def app(alice) -> App:
    return library.create_app(alice, f"Flights {MARKER}")


def test_what_is_saved_is_opened(app):
    version = documents.save_document(app, document())
    app.refresh_from_db()
    assert app.current == version
    assert app.size == version.size > 0
    assert carriers_of(documents.load_document(app)) == ["UA", "AA"]


def test_opening_reads_the_tenant_s_key_once_however_many_fields_there_are(app):
    documents.save_document(app, document())
    app.refresh_from_db()
    with CaptureQueriesContext(connection) as queries:
        documents.load_document(app)
    assert sum(TenantKey._meta.db_table in query["sql"] for query in queries) == 1


def test_saving_what_did_not_change_writes_no_data_again(app):
    documents.save_document(app, document())
    before = set(AppChunk.objects.filter(app=app).values_list("name", flat=True))
    app.refresh_from_db()
    documents.save_document(app, documents.load_document(app))
    assert set(AppChunk.objects.filter(app=app).values_list("name", flat=True)) == before


def test_the_second_of_two_who_save_is_told(app):
    documents.save_document(app, document())
    documents.save_document(app, document(carriers=("B6",)), expected_version=1)
    with pytest.raises(documents.SaveConflict):
        documents.save_document(app, document(carriers=("WN",)), expected_version=1)
    app.refresh_from_db()
    assert carriers_of(documents.load_document(app)) == ["B6"]


def test_an_earlier_version_comes_back(app):
    for carriers in [("UA",), ("B6",)]:
        documents.save_document(app, document(carriers=carriers))
    app.refresh_from_db()
    documents.restore_version(app, 1)
    app.refresh_from_db()
    assert carriers_of(documents.load_document(app)) == ["UA"]
    assert [version.number for version in documents.versions(app)] == [3, 2, 1]


def test_old_versions_are_pruned_and_the_newest_opens(app, monkeypatch):
    monkeypatch.setattr(documents, "UNNAMED_CHUNK_GRACE", timezone.timedelta(0))
    for number in range(5):
        documents.save_document(app, document(carriers=(f"C{number}",)))
    app.refresh_from_db()
    documents.prune_versions(app, keep=2)
    assert [version.number for version in documents.versions(app)] == [5, 4]
    assert carriers_of(documents.load_document(app)) == ["C4"]
    named = AppChunk.objects.filter(versions__app=app).distinct().count()
    assert AppChunk.objects.filter(app=app).count() == named


def test_t31_rollback_of_the_manifest(app):
    """The bytes of version 1 in the place of version 2."""
    old = documents.save_document(app, document(carriers=("UA",)))
    new = documents.save_document(app, document(carriers=("B6",)))
    data = backend().read_at(old.manifest.place, 0, old.manifest.sealed_size)
    backend().delete(new.manifest.place)
    backend().write(new.manifest.place, [data])
    app.refresh_from_db()
    with pytest.raises(DamagedApp):
        documents.load_document(app)


def test_t31_rollback_in_the_database_too(app):
    """Version 2 points at version 1's manifest: the keyed digest does not fit."""
    documents.save_document(app, document(carriers=("UA",)))
    documents.save_document(app, document(carriers=("B6",)))
    app.refresh_from_db()
    first, second = app.versions.get(number=1), app.versions.get(number=2)
    second.manifest, spare = first.manifest, second.manifest
    first.manifest = objects.put(app.tenant_id, [b"in between"], "manifest")
    first.save()
    second.save()
    assert spare.pk != second.manifest.pk
    app.refresh_from_db()
    with pytest.raises(DamagedApp):
        documents.load_document(app)


def test_a_missing_chunk_is_a_damaged_app_with_a_remedy(app):
    documents.save_document(app, document())
    for chunk in AppChunk.objects.filter(app=app).select_related("object"):
        backend().delete(chunk.object.place)
    app.refresh_from_db()
    with pytest.raises(DamagedApp, match="earlier version"):
        carriers_of(documents.load_document(app))


def test_t18_no_name_and_no_value_in_the_database(app, alice):
    library.add_file(alice, f"{MARKER}.csv", [MARKER.encode() * 50])
    documents.save_document(app, document(MARKER, (MARKER, "AA")))
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                assert MARKER.encode() not in b"|".join(_as_bytes(value) for value in row), table
    for place, _ in backend().places(""):
        stored = StoredObject.objects.get(pk=place.split("/")[1])
        assert MARKER.encode() not in backend().read_at(place, 0, stored.sealed_size)


def _as_bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def test_a_full_tenant_is_told_and_nothing_is_written(app, alice, monkeypatch):
    documents.save_document(app, document())
    monkeypatch.setattr(quotas, "MAX_BYTES", quotas.used_bytes(alice.tenant_id) + 100)
    before = StoredObject.objects.count()
    with pytest.raises(quotas.QuotaExceeded):
        library.add_file(alice, "big.csv", [b"x" * 60, b"x" * 60])
    assert StoredObject.objects.count() == before
    assert library.add_file(alice, "small.csv", [b"x" * 100]).size == 100
    with pytest.raises(quotas.QuotaExceeded):
        documents.save_document(app, document(carriers=("B6",)))


def test_the_sweep_takes_only_what_nothing_needs(app, alice, django_capture_on_commit_callbacks):
    documents.save_document(app, document())
    file = library.add_file(alice, "kept.csv", [b"kept"])
    orphan = objects.put(alice.tenant_id, [b"nobody refers to me"], "chunk")
    place = f"{alice.tenant_id}/{'0' * 8}-0000-4000-8000-{'0' * 12}"
    backend().write(place, [b"no row"])
    deleted = library.create_app(alice, "Deleted")
    documents.save_document(deleted, document(carriers=("WN",)))
    library.delete_app(deleted, alice)

    with django_capture_on_commit_callbacks(execute=True):
        sweep.sweep()
    assert StoredObject.objects.filter(pk=orphan.pk).exists(), "younger than the grace time"

    with django_capture_on_commit_callbacks(execute=True):
        sweep.sweep(timezone.now() + sweep.DELETED_APPS_KEPT + sweep.GRACE)
    app.refresh_from_db()
    assert carriers_of(documents.load_document(app)) == ["UA", "AA"]
    assert objects.read(file.object) == b"kept"
    assert not StoredObject.objects.filter(pk=orphan.pk).exists()
    assert not App.objects.filter(pk=deleted.pk).exists()
    assert {place for place, _ in backend().places("")} == {stored.place for stored in StoredObject.objects.all()}


class Countdown(DirectoryBackend):
    """A directory whose n-th write or delete fails, before or after it has taken place."""

    def __init__(self, root: str, left: int, *, after: bool) -> None:
        super().__init__(root)
        self.left, self.after = left, after

    def write(self, place, pieces):
        self.left -= 1
        if self.left == 0 and not self.after:
            raise StoreTrouble("The disk is full.")
        size = super().write(place, pieces)
        if self.left == 0:
            raise StoreTrouble("The answer was lost.")
        return size


@pytest.mark.parametrize("store", ["directory"], indirect=True)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_r03_a_save_that_fails_anywhere_leaves_the_old_version_whole(app, settings, monkeypatch, after):
    """Fail the 1st, 2nd, 3rd ... write until the save succeeds; after each, the app opens as before or as after."""
    documents.save_document(app, document(carriers=("UA",)))
    root = settings.OBJECT_STORE["root"]
    for n in itertools.count(1):
        store = Countdown(root, n, after=after)
        monkeypatch.setattr(objects, "backend", lambda s=store: s)
        carriers = (f"B{n}", "WN")
        try:
            documents.save_document(app, document(carriers=carriers))
            saved = True
        except StoreTrouble:
            saved = False
        monkeypatch.setattr(objects, "backend", backend)
        app = App.objects.get(pk=app.pk)
        assert carriers_of(documents.load_document(app)) == (list(carriers) if saved else ["UA"])
        if saved:
            break
    assert n > 3, "several writes were made to fail"
    assert AppVersion.objects.filter(app=app).count() == 2
