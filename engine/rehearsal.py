"""The rehearsal of a process that serves sessions: what its first person would wait for, done before anybody comes.

Reading an app file imports libraries, and the first run of a compiled kernel loads it: four seconds together, of which
none is left when a tiny app has been opened, selected in and looked ahead in once.
"""

from __future__ import annotations

import pyarrow as pa

from engine.data.build import build_model
from engine.document.document import Document
from engine.machine.warm import warm
from engine.qix.rights import Rights
from engine.qix.session import Session

_CUBE = {
    "qInfo": {"qType": "rehearsal"},
    "qHyperCubeDef": {
        "qDimensions": [{"qDef": {"qFieldDefs": ["place"]}}],
        "qMeasures": [{"qDef": {"qDef": "Sum(amount)"}}],
        "qInitialDataFetch": [{"qHeight": 10, "qWidth": 2}],
    },
}


class _Memory(dict[str, bytes]):
    """Chunks of an app that is never kept."""

    def put(self, name: str, data: bytes) -> None:
        self[name] = data

    def get(self, name: str) -> bytes:  # type: ignore[override]
        return self[name]

    def has(self, name: str) -> bool:
        return name in self


def rehearse() -> None:
    """Run every kernel once; then save, open, select, draw a chart, and look ahead."""
    warm()
    chunks = _Memory()
    sales = pa.table({"place": ["Aalst", "Bergen"], "amount": [1, 2]})
    towns = pa.table({"place": ["Aalst", "Bergen"], "country": ["Belgium", "Norway"]})
    model = build_model([("sales", sales), ("towns", towns)])
    document = Document.load(Document.new("Rehearsal", model).save(chunks), chunks)
    session = Session(document, Rights("owner"), user="", document_id="rehearsal")
    doc = session.call(-1, "GetActiveDoc")["qReturn"]["qHandle"]
    chart = session.call(doc, "CreateSessionObject", _CUBE)["qReturn"]["qHandle"]
    session.call(chart, "GetLayout")
    field = session.call(doc, "GetField", "country")["qReturn"]["qHandle"]
    session.call(field, "Select", "Norway", False, 0)
    session.call(chart, "GetLayout")
    ahead = session.foresight()
    if ahead is not None:
        ahead.work(lambda: False)
    session.close()
