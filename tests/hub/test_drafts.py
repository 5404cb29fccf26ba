"""From files to an app: read, look, mend, create; and what is left when it does not work out."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from hub import drafts, tasks
from hub.models import Draft, DraftTable
from storage import library, objects
from storage.documents import open_document, release_document
from storage.models import App, StoredObject
from tests.hub.conftest import FLOWERS, PLACES, ready_draft

pytestmark = pytest.mark.django_db
BROKEN = b"PAR1 this only pretends to be a Parquet file"


@pytest.fixture
def browser(alice, signed_in):
    return signed_in(alice)


def put(browser, draft, plan):
    return browser.put(f"/api/drafts/{draft.pk}/plan/", plan, content_type="application/json")


def field_names(profile) -> dict[str, list[str]]:
    return {table["name"]: [field["name"] for field in table["fields"]] for table in profile["tables"]}


def test_the_whole_way_through_the_api(browser, alice, tasks_at_once, django_capture_on_commit_callbacks):
    files = [library.add_file(alice, name, [data]) for name, data in [("a.csv", FLOWERS), ("b.csv", PLACES)]]
    with django_capture_on_commit_callbacks(execute=True):
        begun = browser.post("/api/drafts/", {"files": [str(f.pk) for f in files]}, content_type="application/json")
    address = f"/api/drafts/{begun.json()['id']}/"
    seen = browser.get(address).json()
    assert seen["state"] == "ready"
    assert field_names(seen["profile"]) == {"a": ["flower", "bees"], "b": ["flower", "place"]}
    assert [(link["field"], link["match"]) for link in seen["profile"]["links"]] == [("flower", [2 / 3, 1.0])]
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(f"{address}creation/", {"title": "Bees"}, content_type="application/json")
    made = browser.get(address).json()
    assert made["state"] == "done"
    assert [(app["id"], app["title"]) for app in browser.get("/api/apps/").json()] == [(made["app"], "Bees")]
    app = App.objects.get(pk=made["app"])
    assert set(open_document(app).model.fields) == {"flower", "bees", "place"}
    release_document(app)


def test_a_changed_plan_shows_at_once_and_goes_into_the_app(browser, alice):
    draft = ready_draft(alice, flowers=FLOWERS, places=PLACES)
    answer = put(browser, draft, {"flowers": {"flower": "plant", "bees": None}}).json()
    assert field_names(answer["profile"]) == {"flowers": ["plant"], "places": ["flower", "place"]}
    assert answer["profile"]["links"] == []
    draft.refresh_from_db()
    drafts.begin_creating(draft, "Mended")
    app = drafts.create_from_draft(draft)
    assert app is not None
    assert set(open_document(app).model.fields) == {"plant", "flower", "place"}
    release_document(app)


@pytest.mark.parametrize(
    "plan", [[], {"flowers": 3}, {"flowers": {"bees": 3}}, {"nowhere": {"bees": "x"}}, {"flowers": {"wasps": "x"}}]
)
def test_a_plan_that_makes_no_sense_changes_nothing(browser, alice, plan):
    draft = ready_draft(alice)
    assert put(browser, draft, plan).status_code == 400
    draft.refresh_from_db()
    assert draft.content["plan"] == {}


def test_a_file_that_cannot_be_read_is_named_and_leaves_nothing(alice):
    kept = [library.add_file(alice, "flowers.csv", [FLOWERS]), library.add_file(alice, "broken.parquet", [BROKEN])]
    draft = drafts.start_draft(alice, [file.pk for file in kept])
    tasks.read_draft(str(draft.pk))
    draft.refresh_from_db()
    assert draft.state == Draft.State.FAILED
    assert "broken.parquet" in draft.content["problem"]
    assert_nothing_but_files_is_left(2)


def test_a_disturbed_creation_leaves_no_app(alice):
    draft = ready_draft(alice)
    drafts.begin_creating(draft, "Flowers")
    table = draft.tables.get()
    DraftTable.objects.filter(pk=table.pk).update(object=objects.put(alice.tenant_id, [b"no Arrow"], "table"))
    tasks.create_from_draft(str(draft.pk))
    draft.refresh_from_db()
    assert draft.state == Draft.State.FAILED
    assert draft.content["problem"]
    assert list(library.apps_of(alice)) == []
    assert not App.objects.exists()


def test_a_task_that_runs_twice_does_its_work_once(alice):
    draft = ready_draft(alice)
    drafts.begin_creating(draft, "Flowers")
    for _ in range(2):
        tasks.create_from_draft(str(draft.pk))
        tasks.read_draft(str(draft.pk))
    assert App.objects.count() == 1
    assert not DraftTable.objects.exists()


def test_t33_a_task_for_a_dropped_draft_does_nothing(alice):
    draft = ready_draft(alice)
    draft_id = str(draft.pk)
    drafts.forget_draft(draft)
    tasks.read_draft(draft_id)
    assert not Draft.objects.exists()
    assert_nothing_but_files_is_left(1)


def test_t01_a_stranger_s_files_are_not_read(bob, alice, signed_in):
    file = library.add_file(alice, "flowers.csv", [FLOWERS])
    begun = signed_in(bob).post("/api/drafts/", {"files": [str(file.pk)]}, content_type="application/json")
    draft = Draft.objects.get(owner=bob)
    assert begun.status_code in {201, 404}
    drafts.read_draft(draft)
    assert draft.state == Draft.State.FAILED
    assert "clover" not in str(draft.content)


def test_t18_what_a_draft_knows_stands_sealed_in_the_database(alice):
    draft = ready_draft(alice, "Canary of the title", canary_of_the_file=b"canary_of_the_field\ncanary of the row\n")
    put_plan = {"canary_of_the_file": {"canary_of_the_field": "canary of the plan"}}
    drafts.change_plan(draft, put_plan)
    drafts.begin_creating(draft, "Canary of the app")
    assert drafts.create_from_draft(draft) is not None
    assert b"canary" not in database_bytes().lower()


def test_createapp_prints_the_id_of_an_app_that_opens(alice, tmp_path, capsys):
    for name, data in [("flowers.csv", FLOWERS), ("places.csv", PLACES)]:
        (tmp_path / name).write_bytes(data)
    files = [str(path) for path in sorted(tmp_path.iterdir())]
    call_command("createapp", *files, owner=alice.email, name="From the shell")
    app = library.apps_of(alice).get()
    assert capsys.readouterr().out.strip() == str(app.pk)
    assert app.title == "From the shell"


def test_createapp_that_fails_keeps_nothing(alice, tmp_path):
    (tmp_path / "broken.parquet").write_bytes(BROKEN)
    with pytest.raises(CommandError, match=r"broken\.parquet"):
        call_command("createapp", str(tmp_path / "broken.parquet"), owner=alice.email, name="Broken")
    assert_nothing_but_files_is_left(0)


def assert_nothing_but_files_is_left(files: int) -> None:
    assert StoredObject.objects.count() == files
    assert not DraftTable.objects.exists()
    assert not App.objects.exists()


def database_bytes() -> bytes:
    """Every value of every table, one after the other."""
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                found += [value if isinstance(value, bytes) else str(value).encode() for value in row]
    return b"\n".join(found)
