"""The way from files to an app: start a draft, read its files, look, change the plan, create.

Reading and creating are long and run in a worker; each can run twice without harm. Whatever fails
leaves the draft with a message and nothing else.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from django.conf import settings
from django.db import transaction

from engine import (
    Document,
    EngineError,
    Limits,
    NamedTable,
    apply_plan,
    build_model,
    plan_of,
    profile,
    read_tables,
)
from hub.models import Draft, DraftTable
from storage import library, objects
from storage.documents import save_document
from storage.models import App, DataFile
from storage.quotas import QuotaExceeded

if TYPE_CHECKING:
    from accounts.models import User

PIECE_BYTES = 1024 * 1024
TABLE_NAME = b"name"


def start_draft(owner: User, file_ids: list[uuid.UUID], title: str = "") -> Draft:
    """A draft of these files; the caller sends the task that reads them."""
    files = list(library.files_of(owner).filter(pk__in=file_ids))
    draft = Draft(
        tenant_id=owner.tenant_id, owner=owner, files=[str(i) for i in file_ids if i in {f.pk for f in files}]
    )
    first = min(files, key=lambda file: file_ids.index(file.pk), default=None)
    draft.set_content(title=title or (_title_of(first.name) if first else ""))
    draft.save(force_insert=True)
    return draft


def drafts_of(owner: User) -> Any:
    return Draft.objects.filter(tenant_id=owner.tenant_id, owner=owner)


def read_draft(draft: Draft) -> None:
    """Read the draft's files into tables and describe them; READY or FAILED afterwards."""
    if draft.state != Draft.State.READING:
        return
    try:
        tables, notes = _read_files(draft)
        _keep_tables(draft, tables)
        draft.set_content(profile=profile(tables), plan={}, notes=notes, step="")
        draft.state, draft.progress = Draft.State.READY, 1.0
    except EngineError as error:
        _fail(draft, error.message)
        return
    draft.save()


def change_plan(draft: Draft, plan: dict[str, Any]) -> dict[str, Any]:
    """Take up another plan and answer the profile that it leads to. EngineError if it names what is not there."""
    described = profile(apply_plan(_tables(draft), plan))
    draft.set_content(plan=plan, profile=described)
    draft.save()
    return described


def recommended_plan(draft: Draft) -> dict[str, Any]:
    """The plan that resolves every warning of the draft's profile."""
    return plan_of(draft.content["profile"]["recommended"])


def begin_creating(draft: Draft, title: str) -> None:
    """Mark a READY draft as being created; the caller sends the task."""
    draft.set_content(title=library.clean_name(title), step="Building the data model")
    draft.state, draft.progress = Draft.State.CREATING, 0.1
    draft.save()


def create_from_draft(draft: Draft) -> App | None:
    """Make the app. It shows up in the Hub only once its first version is whole."""
    if draft.state != Draft.State.CREATING:
        return draft.app
    content = draft.content
    try:
        model = build_model(apply_plan(_tables(draft), content["plan"]))
        _step(draft, "Encrypting and saving", 0.6)
        app = library.create_app(draft.owner, content["title"])
        save_document(app, Document.new(content["title"], model))
        app.refresh_from_db()
    except EngineError as error:
        _fail(draft, error.message)
        return None
    except QuotaExceeded as error:
        _fail(draft, str(error))
        return None
    draft.app, draft.state, draft.progress = app, Draft.State.DONE, 1.0
    draft.save()
    forget_tables(draft)
    return app


def fail_unexpectedly(draft: Draft) -> None:
    """What the person is told when something broke that should not; the log has the rest."""
    _fail(
        draft,
        "Something went wrong on our side. Your files are kept; try again, or leave out one file to find the cause.",
    )


def forget_draft(draft: Draft) -> None:
    """Drop a draft and what was read for it; its files stay."""
    forget_tables(draft)
    draft.delete()


def forget_tables(draft: Draft) -> None:
    for table in draft.tables.select_related("object"):
        stored = table.object
        table.delete()
        objects.delete(stored)


def _read_files(draft: Draft) -> tuple[list[NamedTable], list[str]]:
    tables: list[NamedTable] = []
    notes: list[str] = []
    files = {str(f.pk): f for f in DataFile.objects.filter(pk__in=draft.files, tenant_id=draft.tenant_id)}
    if not files:
        raise EngineError("There is no file to read. Choose at least one.")
    for number, file_id in enumerate(draft.files):
        file = files[file_id]
        _step(draft, f"Reading {file.name}", number / len(files))
        with library.open_file(file) as source:
            read = read_tables(file.name, source, Limits(**settings.READER_LIMITS))
        for table in read.tables:
            name = _free_name(table.name, {t.name for t in tables})
            tables.append(NamedTable(name, table.data))
        notes += read.notes
    return tables, notes


def _keep_tables(draft: Draft, tables: list[NamedTable]) -> None:
    forget_tables(draft)
    for position, table in enumerate(tables):
        stored = objects.put(draft.tenant_id, _as_pieces(table), "draft table")
        DraftTable.objects.create(draft=draft, position=position, object=stored)


def _as_pieces(table: NamedTable) -> Iterator[bytes]:
    data = table.data.replace_schema_metadata({**(table.data.schema.metadata or {}), TABLE_NAME: table.name.encode()})
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(sink, data.schema, options=options) as writer:
        writer.write_table(data)
    view = memoryview(sink.getvalue())
    for start in range(0, len(view), PIECE_BYTES):
        yield bytes(view[start : start + PIECE_BYTES])


def _tables(draft: Draft) -> list[NamedTable]:
    tables = []
    for kept in draft.tables.select_related("object"):
        with objects.open_object(kept.object) as file, pa.ipc.open_stream(file) as reader:
            data = reader.read_all()
        metadata = data.schema.metadata or {}
        tables.append(NamedTable(metadata[TABLE_NAME].decode(), data))
    return tables


def _step(draft: Draft, step: str, progress: float) -> None:
    draft.set_content(step=step)
    draft.progress = progress
    draft.save(update_fields=["sealed", "progress"])


def _fail(draft: Draft, message: str) -> None:
    with transaction.atomic():
        draft.set_content(problem=message, step="")
        draft.state = Draft.State.FAILED
        draft.save()
    forget_tables(draft)


def _title_of(file_name: str) -> str:
    return PurePath(file_name).stem.replace("_", " ").strip().capitalize() or "New app"


def _free_name(name: str, taken: set[str]) -> str:
    """`name`, or with a number behind it when another file's table has it already."""
    number, free = 2, name
    while free in taken:
        free, number = f"{name} {number}", number + 1
    return free
