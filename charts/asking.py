"""A session of the engine about one app, for publishing: select, and read a hypercube whole."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from charts.plan import BadPlan, Selection, TooMuch
from engine import Rights, Session
from storage.documents import open_document, release_document

if TYPE_CHECKING:
    from storage.models import App

CELLS_A_PAGE = 10_000
MAX_GROUPS = 50_000
"""Groups of one view, or of the finest partition that the audit looks at."""

Cells = list[dict[str, Any]]


@dataclass
class Asker:
    """A session of the engine about one app."""

    session: Session
    document: int
    fields: dict[str, int] = field(default_factory=dict)
    tables: dict[str, set[str]] | None = None

    def doc(self, method: str, *parameters: Any) -> dict[str, Any]:
        return self.session.call(self.document, method, *parameters)

    def properties(self, object_id: str) -> dict[str, Any]:
        """The chart's own properties. BadPlan if the app has no such chart."""
        found = self.doc("GetObject", object_id)["qReturn"]
        if found["qHandle"] is None:
            raise BadPlan("The chart does not exist any more.")
        return dict(self.session.call(found["qHandle"], "GetProperties")["qProp"])

    def select(self, selections: list[Selection]) -> None:
        """Select exactly this. BadPlan if a field or none of its values is there."""
        self.doc("ClearAll", True)
        for one in selections:
            if one.field not in self.fields:
                handle = self.doc("GetField", one.field)["qReturn"]["qHandle"]
                if handle is None:
                    raise BadPlan(f"There is no field {one.field} in this app any more.")
                self.fields[one.field] = handle
            values = [{"qText": text, "qIsNumeric": False, "qNumber": 0} for text in one.values]
            done = self.session.call(self.fields[one.field], "SelectValues", values, False, False)
            if not done["qReturn"]:
                raise BadPlan(f"None of the chosen values of {one.field} is in the data.")

    def tables_of(self, names: Iterable[str]) -> set[str]:
        """The tables in which fields stand; of a name that is none, nothing."""
        if self.tables is None:
            made = self.doc("CreateSessionObject", {"qInfo": {"qType": "fields"}, "qFieldListDef": {}})
            layout = self.session.call(made["qReturn"]["qHandle"], "GetLayout")["qLayout"]
            self.tables = {one["qName"]: set(one["qSrcTables"]) for one in layout["qFieldList"]["qItems"]}
        return {table for name in names for table in self.tables.get(name, ())}

    def table(self, cube: dict[str, Any], most: int = MAX_GROUPS) -> tuple[dict[str, Any], list[Cells]]:
        """Layout and rows of a hypercube under the present selections."""
        made = self.doc("CreateSessionObject", {"qInfo": {"qType": "published"}, "qHyperCubeDef": cube})
        handle, name = made["qReturn"]["qHandle"], made["qInfo"]["qId"]
        try:
            layout = self.session.call(handle, "GetLayout")["qLayout"]["qHyperCube"]
            _raise_problems(layout)
            size = layout["qSize"]
            if size["qcy"] > most:
                raise TooMuch(
                    f"There are {size['qcy']:,} groups; at most {most:,} can be looked at. Choose coarser levels."
                )
            height = max(1, CELLS_A_PAGE // max(1, size["qcx"]))
            rows: list[Cells] = []
            for top in range(0, size["qcy"], height):
                page = {"qLeft": 0, "qTop": top, "qWidth": size["qcx"], "qHeight": min(height, size["qcy"] - top)}
                rows += self.session.call(handle, "GetHyperCubeData", "/qHyperCubeDef", [page])["qDataPages"][0][
                    "qMatrix"
                ]
            return layout, rows
        finally:
            self.doc("DestroySessionObject", name)


@contextlib.contextmanager
def asking(app: App) -> Iterator[Asker]:
    """An engine session on the app's saved state, closed afterwards."""
    document = open_document(app)
    try:
        session = Session(document, Rights("owner"), user=str(app.owner_id), document_id=str(app.pk))
        try:
            yield Asker(session, session.call(-1, "OpenDoc", str(app.pk))["qReturn"]["qHandle"])
        finally:
            session.close()
    finally:
        release_document(app)


def _raise_problems(layout: dict[str, Any]) -> None:
    for info in [layout, *layout["qDimensionInfo"], *layout["qMeasureInfo"]]:
        problem = info.get("qError")
        if problem and problem.get("qErrorCode"):
            raise BadPlan(f"The chart cannot be calculated: {problem.get('qExtendedMessage') or problem['qErrorCode']}")
