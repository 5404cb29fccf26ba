"""Apps with a chart to publish."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pyarrow as pa

from accounts.models import User
from engine import Document, Rights, Session, build_model
from storage import library
from storage.documents import open_document, release_document, save_document
from storage.models import App

Table = dict[str, list[Any]]
Result = TypeVar("Result")


def make_app(owner: User, tables: dict[str, Table], title: str = "Made") -> App:
    """An app of tables given as columns."""
    app = library.create_app(owner, title)
    save_document(app, Document.new(title, build_model([(name, pa.table(table)) for name, table in tables.items()])))
    app.refresh_from_db()
    return app


def reload_data(app: App, tables: dict[str, Table]) -> None:
    """Other data for the same app; its charts stay."""
    document = open_document(app)
    try:
        document.model = build_model([(name, pa.table(table)) for name, table in tables.items()])
        save_document(app, document)
    finally:
        release_document(app)
    app.refresh_from_db()


def chart_properties(kind: str, dimensions: list[str], measures: list[str], **more: Any) -> dict[str, Any]:
    """Properties as the workspace page writes them, with a sorting by the columns in order."""
    cube = {
        "qDimensions": [{"qDef": {"qFieldDefs": [name]}, "qNullSuppression": True} for name in dimensions],
        "qMeasures": [{"qDef": {"qDef": text, "qLabel": ""}} for text in measures],
        "qInterColumnSortOrder": list(range(len(dimensions) + len(measures))),
        "qInitialDataFetch": [],
    }
    inside: dict[str, Any] = {"qHyperCubeDef": cube}
    if kind == "boxplot":
        inside = {"boxplotDef": inside}
    if kind == "histogram":
        inside = {"qUndoExclude": {"box": inside}}
    if kind == "bulletchart" and len(measures) > 1:
        cube["qMeasures"] = [{**cube["qMeasures"][0], "qAttributeExpressions": [target_of(measures[1])]}]
    return {"qInfo": {"qType": kind}, "visualization": kind, "title": "A chart of the app", **inside, **more}


def target_of(expression: str) -> dict[str, str]:
    """The attribute of a bullet's measure that is its target."""
    return {"qExpression": expression, "id": "bullet-target"}


def add_chart(app: App, properties: dict[str, Any]) -> str:
    """Put a chart into the app and save it; its id."""
    return change_app(app, lambda session, doc: str(session.call(doc, "CreateObject", properties)["qInfo"]["qId"]))


def change_app(app: App, change: Callable[[Session, int], Result]) -> Result:
    document = open_document(app)
    try:
        session = Session(document, Rights("owner"), user=str(app.owner_id), document_id=str(app.pk))
        done = change(session, session.call(-1, "OpenDoc", str(app.pk))["qReturn"]["qHandle"])
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
