"""Whoever comes first at a process finds it as ready as everybody after him."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FIRST_PERSON = """
import asyncio, sys
from config.asgi import application

async def starts():
    said, asked = asyncio.Queue(), asyncio.Queue()
    for message in ("startup", "shutdown"):
        asked.put_nowait({"type": "lifespan." + message})
    await application({"type": "lifespan"}, asked.get, said.put)
    return said.get_nowait()["type"]

assert asyncio.run(starts()) == "lifespan.startup.complete"
before = set(sys.modules)

import pyarrow as pa
from engine import Document, Rights, Session, build_model
from tests.engine.document.stores import MemoryStore

kept = MemoryStore()
visits = pa.table({"flower": ["clover", "linden", "clover"], "bees": [3, 5, 7]})
document = Document.load(Document.new("Visits", build_model([("visits", visits)])).save(kept), kept)
session = Session(document, Rights("viewer"), user="bob", document_id="visits")
doc = session.call(-1, "GetActiveDoc")["qReturn"]["qHandle"]
assert session.call(doc, "Evaluate", "Sum({<flower={clover}>} bees)")["qReturn"] == "10"
field = session.call(doc, "GetField", "flower")["qReturn"]["qHandle"]
assert session.call(field, "Select", "clover", False, 0)["qReturn"]
session.close()
new = {name for name in sys.modules if name not in before and not name.startswith("tests")}
assert not new, new
"""


def test_a_process_that_is_ready_has_imported_what_a_person_needs(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", FIRST_PERSON],
        cwd=ROOT,
        env={**os.environ, "HONEYGUIDE_VAR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
