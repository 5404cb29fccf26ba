"""The host: one loading for many openers, unused documents go when memory is needed, what does not fit is refused."""

from __future__ import annotations

import threading

import pyarrow as pa
import pytest

from engine.data.build import build_model
from engine.document.document import Document
from engine.host import DoesNotFit, Host


def document(rows: int = 1000) -> Document:
    return Document.new("App", build_model([("t", pa.table({"n": list(range(rows))}))]))


SIZE = document().memory_bytes


def test_everybody_gets_the_same_document() -> None:
    host = Host()
    first = host.open("a", document)
    assert host.open("a", document) is first
    assert host.open("b", document) is not first


def test_a_released_document_is_still_there_for_the_next() -> None:
    host = Host()
    first = host.open("a", document)
    host.release("a")
    assert host.open("a", document) is first


def test_the_longest_unused_goes_first() -> None:
    host = Host(budget=2 * SIZE)
    first, second = host.open("a", document), host.open("b", document)
    host.release("b")
    host.release("a")
    host.open("c", document)
    assert host.open("b", document) is second
    assert host.used == 2 * SIZE
    host.release("c")
    assert host.open("a", document) is not first


def test_what_is_used_is_never_dropped_and_what_does_not_fit_is_refused() -> None:
    host = Host(budget=2 * SIZE)
    first = host.open("a", document)
    host.open("b", document)
    with pytest.raises(DoesNotFit, match="needs 1 MB"):
        host.open("c", document)
    assert host.open("a", document) is first
    assert host.used == 2 * SIZE


def test_a_refused_document_does_not_drop_unused_ones() -> None:
    host = Host(budget=3 * SIZE)
    host.open("a", document)
    kept = host.open("b", document)
    host.release("b")
    with pytest.raises(DoesNotFit):
        host.open("big", lambda: document(4000))
    assert host.open("b", document) is kept


def test_a_loader_that_fails_leaves_nothing_behind() -> None:
    def fails() -> Document:
        raise OSError("not there")

    host = Host()
    with pytest.raises(OSError, match="not there"):
        host.open("a", fails)
    assert host.open("a", document).title == "App"


def test_a_dropped_document_is_loaded_anew() -> None:
    host = Host()
    first = host.open("a", document)
    host.drop("a")
    second = host.open("a", document)
    assert second is not first
    host.release("a")  # by the one who has the first
    assert host.open("a", document) is second


def test_many_at_once_wait_for_one_loading() -> None:
    host = Host()
    started, go = threading.Event(), threading.Event()
    loads: list[int] = []

    def slow() -> Document:
        loads.append(1)
        started.set()
        go.wait(10)
        return document()

    found: list[Document] = []
    threads = [threading.Thread(target=lambda: found.append(host.open("a", slow))) for _ in range(5)]
    for thread in threads:
        thread.start()
    started.wait(10)
    go.set()
    for thread in threads:
        thread.join(10)
    assert len(loads) == 1
    assert len({id(one) for one in found}) == 1
