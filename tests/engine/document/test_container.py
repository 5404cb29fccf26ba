"""The app file: what was saved is what is opened; damage is named; a crash leaves the old version."""

from __future__ import annotations

import datetime
import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.compute.aggregate import aggregate
from engine.compute.binding import bind_dimension
from engine.compute.context import Context
from engine.data.build import build_model
from engine.data.model import Model
from engine.document.container import open_manifest
from engine.document.document import Document
from engine.document.objects import OBJECT
from engine.errors import DamagedApp
from tests.engine.document.stores import MemoryStore


def flights() -> Model:
    flights = pa.table(
        {
            "carrier": ["UA", "AA", None, "UA"],
            "delay": [1.5, None, -3.0, 2.0],
            "day": [datetime.date(2013, 1, 1), datetime.date(2013, 1, 2), None, datetime.date(2013, 1, 1)],
        }
    )
    airlines = pa.table({"carrier": ["UA", "AA", "DL"], "name": ["United", "American", "Delta"]})
    return build_model([("flights", flights), ("airlines", airlines)])


def saved_flights() -> tuple[Document, MemoryStore, bytes]:
    document = Document.new("Flights", flights(), script="LOAD * FROM flights;")
    document.objects.add(OBJECT, {"qInfo": {"qId": "s1", "qType": "sheet"}, "rank": 1})
    document.objects.add(OBJECT, {"qInfo": {"qId": "c1", "qType": "barchart"}, "title": "Délais"}, "s1")
    store = MemoryStore()
    return document, store, document.save(store)


def values(model: Model, table: str, field: str) -> list[str]:
    return model.symbols(field).texts(model.codes(table, field)).tolist()


def test_what_was_saved_is_what_is_opened() -> None:
    document, store, manifest = saved_flights()
    opened = Document.load(manifest, store)
    for name, table in document.model.tables.items():
        assert opened.model.tables[name].rows == table.rows
        for field in table.columns:
            assert values(opened.model, name, field) == values(document.model, name, field)
    for name, field in document.model.fields.items():
        again = opened.model.fields[name]
        assert (again.kind, again.tags, again.tables) == (field.kind, field.tags, field.tables)
        np.testing.assert_array_equal(again.symbols.numbers, field.symbols.numbers)
    assert opened.model.links == document.model.links
    assert list(opened.objects) == list(document.objects)
    assert (opened.title, opened.script, opened.locale) == (document.title, document.script, document.locale)
    assert opened.properties == document.properties


def test_synthetic_keys_and_loose_tables_come_back() -> None:
    a = pa.table({"x": [1, 2], "y": ["p", "q"], "u": [1, 1]})
    b = pa.table({"x": [1, 2, 3], "y": ["p", "q", None], "v": [1, 2, 2]})
    document = Document.new("Linked", build_model([("a", a), ("b", b)]))
    store = MemoryStore()
    opened = Document.load(document.save(store), store)
    assert [t.name for t in opened.model.tables.values() if t.is_synthetic] == ["$Syn 1 Table"]
    assert opened.model.notes == document.model.notes
    assert opened.model.fields["$Syn 1"].is_synthetic


def test_columns_are_read_when_they_are_first_touched() -> None:
    _, store, manifest = saved_flights()
    opened = Document.load(manifest, store)
    column = opened.model.tables["flights"].columns["delay"]
    assert not column.is_loaded
    assert values(opened.model, "flights", "delay") == ["1.5", "-", "-3", "2"]
    assert column.is_loaded


def test_a_chart_reads_the_columns_that_are_in_it_alone() -> None:
    _, store, manifest = saved_flights()
    opened = Document.load(manifest, store)
    context = Context(opened.model)
    groups = aggregate(context, [bind_dimension(context, "day")], ["Count(carrier)"])
    assert groups.measures[0].numbers.tolist() == [2, 1, 0]
    columns = opened.model.tables["flights"].columns
    assert [name for name, column in columns.items() if column.is_loaded] == ["carrier", "day"]


def test_saving_a_changed_sheet_writes_no_data_chunk() -> None:
    _, store, manifest = saved_flights()
    opened = Document.load(manifest, store)
    opened.objects.set_properties("s1", {"qInfo": {"qId": "s1", "qType": "sheet"}, "rank": 2})
    store.written.clear()
    changed = opened.save(store)
    assert len(store.written) == 1
    assert not opened.model.tables["flights"].columns["delay"].is_loaded
    assert Document.load(changed, store).objects.get("s1").properties["rank"] == 2


def test_saving_the_same_twice_writes_nothing_the_second_time() -> None:
    document, store, manifest = saved_flights()
    store.written.clear()
    assert document.save(store) == manifest
    assert store.written == []


def test_an_app_is_whole_in_another_store_too() -> None:
    _, store, manifest = saved_flights()
    elsewhere = MemoryStore()
    copied = Document.load(manifest, store).save(elsewhere)
    opened = Document.load(copied, elsewhere)
    assert values(opened.model, "flights", "carrier") == ["UA", "AA", "-", "UA"]


def test_a_crash_before_the_manifest_leaves_the_old_version() -> None:
    document, store, manifest = saved_flights()
    before = dict(store.chunks)
    document.objects.set_properties("c1", {"qInfo": {"qId": "c1", "qType": "barchart"}, "title": "New"})
    store.fails_after = len(store.written)
    with pytest.raises(OSError, match="full"):
        document.save(store)
    assert store.chunks == before
    assert Document.load(manifest, store).objects.get("c1").properties["title"] == "Délais"


def touch_everything(manifest: bytes, store: MemoryStore) -> None:
    model = Document.load(manifest, store).model
    for table in model.tables.values():
        for column in table.columns.values():
            assert len(column.codes) == table.rows


def test_damage_of_each_chunk_is_named() -> None:
    _, store, manifest = saved_flights()
    names = Document.chunk_names(manifest)
    assert sorted(names) == sorted(store.chunks)
    for name in names:
        broken = MemoryStore()
        broken.chunks = dict(store.chunks)
        data = bytearray(broken.chunks[name])
        data[len(data) // 2] ^= 1
        broken.chunks[name] = bytes(data)
        with pytest.raises(DamagedApp, match=name) as damage:
            touch_everything(manifest, broken)
        assert re.search("held the (values of field|column|sheets)", damage.value.message)


def test_a_missing_chunk_is_named() -> None:
    _, store, manifest = saved_flights()
    for name in Document.chunk_names(manifest):
        broken = MemoryStore()
        broken.chunks = {other: data for other, data in store.chunks.items() if other != name}
        with pytest.raises(DamagedApp, match=f"{name} is missing"):
            touch_everything(manifest, broken)


def test_every_changed_byte_of_the_manifest_is_found() -> None:
    _, _, manifest = saved_flights()
    for position in range(0, len(manifest), 7):
        broken = bytearray(manifest)
        broken[position] ^= 1
        with pytest.raises(DamagedApp):
            open_manifest(bytes(broken))
    with pytest.raises(DamagedApp):
        open_manifest(manifest[:-1])


def test_a_code_out_of_range_never_reaches_a_kernel() -> None:
    document, store, _ = saved_flights()
    model = document.model
    column = model.tables["airlines"].columns["name"]
    column._codes = np.array([0, 1, 200], dtype=np.uint8)
    document._chunks = {}
    bad = Document.load(document.save(store), store)
    with pytest.raises(DamagedApp, match="out of range"):
        _ = bad.model.tables["airlines"].columns["name"].codes


cells = st.one_of(st.none(), st.integers(-5, 5), st.sampled_from(["a", "b", "ä", ""]))


@given(st.lists(cells, max_size=12))
def test_any_column_comes_back(column: list[int | str | None]) -> None:
    texts = [None if cell is None else str(cell) for cell in column]
    numbers = [float(cell) if isinstance(cell, int) else None for cell in column]
    kind = pa.struct([("number", pa.float64()), ("text", pa.string())])
    duals = [None if t is None else {"number": n, "text": t} for n, t in zip(numbers, texts, strict=True)]
    model = build_model([("t", pa.table({"f": pa.array(duals, type=kind)}))])
    store = MemoryStore()
    document = Document.new("Any", model)
    opened = Document.load(document.save(store), store)
    assert values(opened.model, "t", "f") == values(model, "t", "f")
