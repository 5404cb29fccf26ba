"""The reading process: what goes in and comes out, and that its death is an ordinary answer."""

import io
import os
import signal
import subprocess
from pathlib import Path

import pytest

from engine.data.build import build_model
from engine.errors import UnreadableFile
from engine.script import Limits, ReaderFailed, launch, read_tables
from tests.engine.script.reading import columns
from tests.engine.script.test_csv import flights_file

CSV = b"name,n\nAnn,1\nBob,2\n"


def test_tables_come_out_as_the_engine_takes_them():
    found = read_tables("people.csv", io.BytesIO(CSV))
    model = build_model(found.tables)
    assert list(model.tables) == ["people"]
    assert list(model.fields) == ["name", "n"]


def test_a_file_is_read_from_where_it_stands():
    file = io.BytesIO(b"skipped" + CSV)
    file.seek(7)
    assert columns(read_tables("a.csv", file).tables[0].data) == {"name": ["Ann", "Bob"], "n": [1, 2]}


def test_notes_come_along():
    found = read_tables("a.csv", io.BytesIO(b"n,d\n1,03/04/2025\n"))
    assert "d can be read in two ways" in found.notes[0]


def test_progress_is_told_from_nothing_to_all():
    shares = []
    read_tables("flights.csv", io.BytesIO(flights_file("flights")), progress=shares.append)
    assert len(shares) > 2
    assert shares == sorted(shares)
    assert 0 < shares[0] <= shares[-1] <= 1


def test_nothing_is_written_to_any_disk(tmp_path, monkeypatch):
    """The file and the tables are in memory without a name; the reader cannot open a file to write."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    read_tables("a.csv", io.BytesIO(CSV))
    assert list(tmp_path.iterdir()) == []


def test_the_name_of_a_file_is_shown_to_nobody_on_the_machine(monkeypatch):
    """The arguments of a process can be read by everyone."""
    popen, seen = subprocess.Popen, []

    def watching(arguments, **options):
        seen.extend(arguments)
        return popen(arguments, **options)

    monkeypatch.setattr(launch.subprocess, "Popen", watching)
    read_tables("takeover plans.csv", io.BytesIO(CSV))
    assert not any("takeover" in argument for argument in seen)


def test_no_descriptor_is_left_open():
    read_tables("a.csv", io.BytesIO(CSV))
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        read_tables("a.csv", io.BytesIO(CSV))
        with pytest.raises(UnreadableFile):
            read_tables("a.csv", io.BytesIO(b""))
    assert len(os.listdir("/proc/self/fd")) <= before


@pytest.mark.parametrize(
    ("number", "cause"),
    [
        (signal.SIGKILL, "too long or too much memory"),
        (signal.SIGABRT, "more memory than there is"),
        (signal.SIGSEGV, "makes the reader break"),
        (signal.SIGXCPU, "took too long"),
    ],
)
def test_the_death_of_a_reader_is_an_unreadable_file(number, cause, monkeypatch):
    end_as(monkeypatch, f"import os; os.kill(os.getpid(), {int(number)})")
    with pytest.raises(UnreadableFile) as refused:
        read_tables("sales.xlsx", io.BytesIO(b"x"))
    assert refused.value.message.startswith("sales.xlsx: ")
    assert cause in refused.value.message


def test_a_reader_that_ends_without_a_word_is_an_unreadable_file(monkeypatch):
    end_as(monkeypatch, "raise SystemExit(1)")
    with pytest.raises(UnreadableFile, match="damaged"):
        read_tables("sales.xlsx", io.BytesIO(b"x"))


def test_a_reader_that_never_ends_is_ended(monkeypatch):
    end_as(monkeypatch, "import signal; signal.pause()")
    with pytest.raises(UnreadableFile, match="took too long"):
        read_tables("sales.xlsx", io.BytesIO(b"x"), Limits(seconds=1))


def test_a_system_that_cannot_confine_reads_nothing(monkeypatch):
    end_as(
        monkeypatch,
        'import os, json, sys; os.write(json.load(sys.stdin)["report"], b\'{"failure": "no walls"}\\n\')',
    )
    with pytest.raises(ReaderFailed, match="no walls"):
        read_tables("sales.csv", io.BytesIO(CSV))


def test_tables_that_are_not_what_was_said_are_refused(monkeypatch):
    """A reader that was taken over may write what it likes into the tables."""
    code = (
        "import os, json, sys; told = json.load(sys.stdin); os.write(told['tables'], b'\\xff' * 1000);"
        "report = {'tables': [{'name': 'a', 'start': 0, 'end': 1000}], 'notes': []};"
        "os.write(told['report'], json.dumps(report).encode() + b'\\n')"
    )
    end_as(monkeypatch, code)
    with pytest.raises(UnreadableFile, match=r"sales\.csv: "):
        read_tables("sales.csv", io.BytesIO(CSV))


def end_as(monkeypatch, code):
    """Start this program in place of the reader."""
    popen = subprocess.Popen

    def other(arguments, **options):
        return popen([arguments[0], "-c", code], **options)

    monkeypatch.setattr(launch.subprocess, "Popen", other)


def test_the_reading_process_starts_without_the_web_and_the_rest_of_the_engine():
    code = (
        "import sys, engine.script.readers.child, engine.script.readers.csv;"
        "sys.exit(sum(name.partition('.')[0] in ('django', 'numba', 'scipy') for name in sys.modules))"
    )
    root = Path(launch.__file__).parents[2]
    assert subprocess.run([launch.sys.executable, "-c", code], cwd=root).returncode == 0
