"""Records: one sees one's own, names are clean, deletion can be undone; an unknown id looks like somebody else's."""

import uuid

import pytest

from accounts.people import create_person
from security.models import AuditRecord
from storage import library
from storage.models import App, DataFile, StoredObject
from tests.people import BOB

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("store", ["directory"], indirect=True)]


@pytest.fixture
def bob(alice):
    return create_person(*BOB)


@pytest.fixture
def app(alice, store):
    """An app with a first version, as one that opens has."""
    from storage.models import AppVersion
    from storage.objects import put

    app = library.create_app(alice, "Flights")
    manifest = put(alice.tenant_id, [b"manifest"], "manifest")
    app.current = AppVersion.objects.create(app=app, number=1, manifest=manifest, digest="", size=8)
    app.save()
    return app


def test_an_app_shows_once_it_has_a_version(alice, app):
    library.create_app(alice, "Half made")
    assert [found.title for found in library.apps_of(alice)] == ["Flights"]


def test_t01_somebody_elses_app_looks_like_none(alice, bob, app):
    assert library.app_of(alice, app.pk) == app
    assert library.app_of(bob, app.pk) is None
    assert library.app_of(bob, uuid.uuid4()) is None
    assert library.restore_app(bob, app.pk) is None
    assert list(library.apps_of(bob)) == []


def test_rename(alice, app):
    library.rename_app(app, "  Delays\x00\n ")
    assert library.app_of(alice, app.pk).title == "Delays"


@pytest.mark.parametrize("name", ["", "  ", "\x00\n", "x" * 201])
def test_names_that_cannot_be_kept_are_refused(alice, store, name):
    with pytest.raises(library.BadName):
        library.create_app(alice, name)
    assert not App.objects.exists()


def test_deleting_an_app_can_be_undone(alice, app):
    library.delete_app(app, alice)
    assert library.app_of(alice, app.pk) is None
    assert list(library.deleted_apps_of(alice)) == [app]
    assert library.restore_app(alice, app.pk) == app
    assert library.app_of(alice, app.pk).title == "Flights"


def test_files_are_kept_read_and_destroyed(alice, bob, store):
    file = library.add_file(alice, "planes.csv", [b"a,b\n", b"1,2\n"])
    assert [found.name for found in library.files_of(alice)] == ["planes.csv"]
    assert list(library.files_of(bob)) == []
    with library.open_file(file) as source:
        assert source.read() == b"a,b\n1,2\n"
    library.delete_file(file, alice)
    assert not DataFile.objects.exists()
    assert not StoredObject.objects.exists()


def test_t18_a_name_opens_only_where_it_stands(alice, app):
    """A sealed title moved to another app's row does not open there."""
    other = library.create_app(alice, "Other")
    App.objects.filter(pk=other.pk).update(sealed_name=bytes(app.sealed_name))
    other.refresh_from_db()
    with pytest.raises(Exception, match="does not verify"):
        _ = other.title


def test_what_happens_is_in_the_trail_without_names(alice, app):
    library.delete_app(app, alice)
    actions = list(AuditRecord.objects.filter(tenant_id=alice.tenant_id).values_list("action", "subject"))
    assert actions == [("app.created", str(app.pk)), ("app.deleted", str(app.pk))]
