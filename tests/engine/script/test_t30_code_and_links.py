"""T30: formats that could carry code, or make a reader fetch something: never evaluated, never fetched."""

import io
import os
import pickle
import socket
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from engine.errors import UnreadableFile
from engine.script import read_tables
from tests.engine.script import reading
from tests.engine.script.qvd_files import qvd_file
from tests.engine.script.reading import SMALL, columns
from tests.engine.script.workbooks import MAIN, ods, raw_workbook, sheet_of

ROOT = Path(__file__).parents[3]
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def read(name, content):
    return read_tables(name, io.BytesIO(content), SMALL)


def read_one(name, content):
    [table] = read(name, content).tables
    return table.data


@pytest.fixture
def canary():
    """A server that nobody may call."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def url_of(server):
    return f"http://127.0.0.1:{server.getsockname()[1]}/canary"


def was_called(server):
    try:
        server.accept()
    except BlockingIOError:
        return False
    return True


def files_that_name(url):
    row = '<row r="1"><c r="A1"><v>1</v></c></row>'
    text = '<row r="1"><c r="A1" t="inlineStr"><is><t>&a;</t></is></c></row>'
    formula = f'<row r="1"><c r="A1"><f>WEBSERVICE("{url}")</f><v>1</v></c></row>'
    external = f'<!DOCTYPE a [<!ENTITY a SYSTEM "{url}">]>'
    local = '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    link = (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        f'Type="{OFFICE}/externalLinkPath" Target="{url}" TargetMode="External"/></Relationships>'
    )
    cell = '<table:table table:name="S"><table:table-row><table:table-cell><text:p>&a;</text:p></table:table-cell>'
    return {
        "entity.xlsx": raw_workbook(external + sheet_of(text)),
        "local.xlsx": raw_workbook(local + sheet_of(text)),
        "strings.xlsx": raw_workbook(
            sheet_of('<row r="1"><c r="A1" t="s"><v>0</v></c></row>'),
            xl__sharedStrings_xml=f"{external}<sst {MAIN}><si><t>&a;</t></si></sst>",
        ),
        "formula.xlsx": raw_workbook(sheet_of(formula)),
        "link.xlsx": raw_workbook(
            sheet_of(row),
            xl__externalLinks__externalLink1_xml=f"<externalLink {MAIN}/>",
            xl__externalLinks___rels__externalLink1_xml_rels=link,
            xl__worksheets___rels__sheet1_xml_rels=link,
        ),
        "macro.xlsm": raw_workbook(sheet_of(row), xl__vbaProject_bin=b"Attribute VB_Name" + url.encode()),
        "entity.ods": ods(f"{cell}</table:table-row></table:table>").replace(b"<office:doc", external.encode()),
        "entity.qvd": qvd_file("&a;", {"n": [1]}).replace(b"<QvdTable", external.encode() + b"<QvdTable", 1),
        "link.csv": f'a,b\n"=WEBSERVICE(""{url}"")",1\n{url},2\n'.encode(),
        "link.json": f'[{{"$ref": "{url}"}}]'.encode(),
    }


@pytest.mark.parametrize("name", files_that_name("http://127.0.0.1:1/"))
def test_t30_xxe_and_links_make_no_request(name, canary):
    outcome = read_or_message(name, files_that_name(url_of(canary))[name])
    assert outcome
    assert "root:" not in outcome
    assert not was_called(canary)


def read_or_message(name, content):
    """All values as one text, or what the refusal says: either will do here."""
    try:
        return str([columns(table.data) for table in read(name, content).tables])
    except UnreadableFile as refused:
        return refused.message


def test_formulas_give_the_values_saved_with_them_and_texts_stay_texts():
    sheet = sheet_of('<row r="1"><c r="A1"><f>1+1</f><v>7</v></c></row>')
    assert columns(read_one("f.xlsx", raw_workbook(sheet))) == {"S.1": [7]}
    assert columns(read_one("f.csv", b"a,b\n=1+1,@SUM(1)\n"))["a"] == ["=1+1"]


class Trap:
    """Unpickling this would leave a trace."""

    trace = ""

    def __reduce__(self):
        return os.mkdir, (self.trace,)


@pytest.mark.parametrize("name", ["x.csv", "x.parquet", "x.json", "x.arrow", "x.feather", "x.ipc", "x.pkl", "x.pickle"])
def test_t30_no_arrow_streams_feather_or_pickles(name, tmp_path):
    Trap.trace = str(tmp_path / "trace")
    table = pa.table({"a": [1]})
    stream, file, old = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with pa.ipc.new_stream(stream, table.schema) as writer:
        writer.write_table(table)
    with pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)
    feather.write_feather(table, old)
    for content in (stream, file, old):
        with pytest.raises(UnreadableFile):
            reading.read(name, content.getvalue())
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(UnreadableFile):
            reading.read(name.replace("csv", "xlsx"), pickle.dumps(Trap(), protocol))
    assert not (tmp_path / "trace").exists()


def test_t30_a_pickled_extension_type_in_parquet_is_not_loaded(tmp_path):
    Trap.trace = str(tmp_path / "trace")
    metadata = {
        b"ARROW:extension:name": b"arrow.py_extension_type",
        b"ARROW:extension:metadata": pickle.dumps(Trap()),
    }
    table = pa.table([pa.array([1, 2])], schema=pa.schema([pa.field("a", pa.int64(), metadata=metadata)]))
    out = io.BytesIO()
    pq.write_table(table, out)
    found = read_one("x.parquet", out.getvalue())
    assert columns(found) == {"a": [1, 2]}
    assert not (found.schema.field("a").metadata or {}).keys() & metadata.keys()
    assert not (tmp_path / "trace").exists()


ATTEMPTS = {
    "a socket": "import socket; socket.socket()",
    "a pair of sockets": "import socket; socket.socketpair()",
    "another process": "os.fork()",
    "another program": "os.execv('/bin/true', ['true'])",
    "a spawned program": "import subprocess; subprocess.run(['/bin/true'])",
    "a new file": "open('{path}/new', 'w')",
    "an existing file": "open('{path}/file', 'r+')",
    "deleting": "os.unlink('{path}/file')",
    "renaming": "os.rename('{path}/file', '{path}/other')",
    "a signal": "os.kill(os.getppid(), 0)",
    "another file mode": "os.chmod('{path}/file', 0o777)",
}


def run_confined(code, **limits):
    """Run code in a confined process; (return code, what it wrote to standard error)."""
    script = (
        "import os, sys; from engine.script.readers.confine import confine; from engine.script.tables import Limits\n"
        f"confine(Limits(**{limits}))\n{code}"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stderr


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_t30_a_reader_that_was_taken_over_can_do_nothing(attempt, tmp_path):
    (tmp_path / "file").write_text("content")
    code, said = run_confined(ATTEMPTS[attempt].format(path=tmp_path))
    assert code == 1
    assert "PermissionError" in said
    assert os.listdir(tmp_path) == ["file"]


def test_a_reader_may_use_threads_and_read():
    assert (
        run_confined("import threading; t = threading.Thread(target=print); t.start(); t.join(); open('/dev/null')")[0]
        == 0
    )


def test_a_reader_has_no_more_memory_than_its_limit():
    code, said = run_confined("bytearray(1 << 30)", memory=512 << 20)
    assert code == 1
    assert "MemoryError" in said


def test_a_reader_has_no_more_time_than_its_limit():
    code, _ = run_confined("while True: pass", seconds=1)
    assert code < 0


def test_a_reader_knows_nothing_of_the_environment(monkeypatch):
    """The keys of a service are in its environment."""
    monkeypatch.setenv("HONEYGUIDE_SECRET", "canary")
    seen = []
    popen = subprocess.Popen

    def watching(*arguments, **options):
        seen.append(options["env"])
        return popen(*arguments, **options)

    monkeypatch.setattr(subprocess, "Popen", watching)
    read("a.csv", b"a\n1\n")
    [environment] = seen
    assert "HONEYGUIDE_SECRET" not in environment
