"""Apps with a chart to publish, made as the pages make them."""

from __future__ import annotations

import csv
import io
from typing import Any

from accounts.models import User
from engine import Rights, Session
from hub import drafts
from storage import library
from storage.documents import open_document, release_document, save_document
from storage.models import App

Table = dict[str, list[Any]]


def make_app(owner: User, tables: dict[str, Table], title: str = "Made") -> App:
    """An app of tables given as columns."""
    files = [library.add_file(owner, f"{name}.csv", [_csv(table)]) for name, table in tables.items()]
    draft = drafts.start_draft(owner, [file.pk for file in files], title)
    drafts.read_draft(draft)
    drafts.begin_creating(draft, title)
    app = drafts.create_from_draft(draft)
    assert app is not None, draft.content["problem"]
    return app


def _csv(table: Table) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(table)
    writer.writerows(zip(*table.values(), strict=True))
    return out.getvalue().encode()


def chart_properties(kind: str, dimensions: list[str], measures: list[str], **more: Any) -> dict[str, Any]:
    return {
        "qInfo": {"qType": kind},
        "visualization": kind,
        "title": "A chart of the app",
        "qHyperCubeDef": {
            "qDimensions": [{"qDef": {"qFieldDefs": [name]}, "qNullSuppression": True} for name in dimensions],
            "qMeasures": [{"qDef": {"qDef": text, "qLabel": ""}} for text in measures],
            "qInterColumnSortOrder": list(range(len(dimensions) + len(measures))),
            "qInitialDataFetch": [],
        },
        **more,
    }


def add_chart(app: App, properties: dict[str, Any]) -> str:
    """Put a chart into the app and save it; its id."""
    return change_app(app, lambda session, doc: session.call(doc, "CreateObject", properties)["qInfo"]["qId"])


def change_app(app: App, change: Any) -> Any:
    document = open_document(app)
    try:
        session = Session(document, Rights("owner"), user=str(app.owner_id), document_id=str(app.pk))
        doc = session.call(-1, "OpenDoc", str(app.pk))["qReturn"]["qHandle"]
        done = change(session, doc)
        session.close()
        save_document(app, document)
    finally:
        release_document(app)
    app.refresh_from_db()
    return done


def plan(levels: list[list[str]], measures: list[str], **more: Any) -> dict[str, Any]:
    """A plan in its JSON form."""
    return {
        "levels": [{"label": "", "dimensions": dimensions} for dimensions in levels],
        "measures": measures,
        "title": "What the public reads",
        **more,
    }
