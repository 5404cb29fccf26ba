"""Read a data file in a process of its own that may die: the door of this room for files.

The file goes in, and its tables come out, through memory that has no name on any disk. The reading
process gets no environment, no network and limits of memory and time; whatever becomes of it, the
caller gets tables or an UnreadableFile that names the file, the cause and the way out.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import selectors
import signal
import subprocess  # nosec
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

import orjson
import pyarrow as pa
import pyarrow.types as pt

from engine.errors import EngineError, UnreadableFile
from engine.script.tables import Limits, NamedTable, ReadFile

CHUNK = 1 << 20
LONGEST_REPORT = 1 << 22
"""Bytes of a line that the reading process may say."""

_ROOT = Path(__file__).parents[2]
_SEALS = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE

_DEATHS = {
    signal.SIGXCPU: "reading it took too long",
    signal.SIGKILL: "reading it took too long or too much memory",
    signal.SIGABRT: "reading it needs more memory than there is, or its content is damaged",
    signal.SIGXFSZ: "its tables are too large",
    signal.SIGSYS: "it tried what no data file does",
}


class ReaderFailed(EngineError):
    """A reading process could not be started or confined: the fault of this system, not of the file."""


def read_tables(
    name: str,
    source: BinaryIO,
    limits: Limits | None = None,
    progress: Callable[[float], None] = lambda share: None,
) -> ReadFile:
    """Read all tables of the file that `source` gives from where it stands; `name` tells its format.

    `progress` is called with the share that is done, from 0 to 1. Raises UnreadableFile.
    """
    limits = limits or Limits()
    file, tables = os.memfd_create("file", os.MFD_CLOEXEC), os.memfd_create("tables", os.MFD_ALLOW_SEALING)
    try:
        _copy_in(name, source, file, limits)
        last = _run(name, file, tables, limits, progress)
        if "failure" in last:
            raise ReaderFailed(last["failure"], name)
        if "error" in last:
            raise UnreadableFile(str(last["error"]), name)
        fcntl.fcntl(tables, fcntl.F_ADD_SEALS, _SEALS)
        return ReadFile(_take_out(name, tables, last["tables"]), tuple(last["notes"]))
    finally:
        os.close(file)
        os.close(tables)


def _copy_in(name: str, source: BinaryIO, file: int, limits: Limits) -> None:
    size = 0
    while chunk := source.read(CHUNK):
        size += len(chunk)
        if size > limits.file_bytes:
            raise UnreadableFile(
                f"{name}: The file is larger than {limits.file_bytes // 2**20:,} MB. "
                "Load a part of it, or save it as Parquet, which is smaller.",
                name,
            )
        view = memoryview(chunk)
        while view:
            view = view[os.write(file, view) :]
    os.lseek(file, 0, os.SEEK_SET)


def _run(name: str, file: int, tables: int, limits: Limits, progress: Callable[[float], None]) -> dict[str, Any]:
    """Start the reading process, hear its reports out; the last one."""
    hear, say = os.pipe()
    told = {"name": name, "file": file, "tables": tables, "report": say, "limits": asdict(limits)}
    process, last = None, None
    task = os.fdopen(os.memfd_create("task", os.MFD_CLOEXEC), "w+b")  # arguments would show to everyone on the machine
    try:
        task.write(orjson.dumps(told))
        task.seek(0)
        process = subprocess.Popen(  # nosec
            [sys.executable, "-s", "-m", "engine.script.readers.child"],
            pass_fds=(file, tables, say),
            env={"MALLOC_ARENA_MAX": "2", "ARROW_DEFAULT_MEMORY_POOL": "system", "LC_ALL": "C.UTF-8"},
            cwd=_ROOT,
            stdin=task,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(say)
        say = -1
        last = _hear(name, hear, time.monotonic() + 2 * limits.seconds, progress)
    finally:
        task.close()
        os.close(hear)
        if say >= 0:
            os.close(say)
        code = 0 if process is None else _end(process, wait=last is None)
    return last or {"error": _death(name, code)}


def _end(process: subprocess.Popen[bytes], wait: bool) -> int:
    """Make sure that the process is gone; how it ended. `wait`: it has closed its pipe and is about to end."""
    try:
        process.wait(5.0 if wait else 0.0)
    except subprocess.TimeoutExpired:
        process.kill()
    return process.wait()


def _hear(name: str, hear: int, deadline: float, progress: Callable[[float], None]) -> dict[str, Any] | None:
    """Pass on progress; give the report that is no progress, or None if the process ended without one."""
    waiting = b""
    with selectors.DefaultSelector() as selector:
        selector.register(hear, selectors.EVENT_READ)
        while True:
            if not selector.select(max(0.0, deadline - time.monotonic())):
                return {"error": _explain(name, "reading it took too long")}
            chunk = os.read(hear, CHUNK)
            if not chunk:
                return None
            *lines, waiting = (waiting + chunk).split(b"\n")
            if len(waiting) > LONGEST_REPORT:
                return {"error": _explain(name, "its description is too long")}
            for line in lines:
                report: dict[str, Any] = orjson.loads(line)
                if "progress" not in report:
                    return report
                progress(float(report["progress"]))


def _take_out(name: str, descriptor: int, told: list[dict[str, Any]]) -> list[NamedTable]:
    """The tables, mapped and not copied. Their bytes come from a process that a file may have taken over: check all."""
    try:
        whole = pa.py_buffer(mmap.mmap(descriptor, os.fstat(descriptor).st_size, prot=mmap.PROT_READ))
        return [NamedTable(str(entry["name"]), _checked(whole, entry["start"], entry["end"])) for entry in told]
    except (pa.ArrowException, OSError, LookupError, ValueError, TypeError) as error:
        raise UnreadableFile(_explain(name, f"its tables are damaged ({error})"), name) from error


def _checked(whole: pa.Buffer, start: int, end: int) -> pa.Table:
    """The table in this part of the buffer. Raises pa.ArrowInvalid unless it is all that it should be."""
    stream = pa.ipc.open_stream(pa.BufferReader(whole.slice(start, end - start)))
    for field in stream.schema:
        if not _is_plain(field.type):
            raise pa.ArrowInvalid(f"column {field.name} holds {field.type}")
    table = stream.read_all()
    table.validate(full=True)
    return table


def _is_plain(kind: pa.DataType) -> bool:
    """Whether a type holds single values that the engine takes; never an extension type."""
    if pt.is_struct(kind):
        return [(f.name, f.type) for f in kind] == [("number", pa.float64()), ("text", pa.string())]
    checks = (pt.is_integer, pt.is_floating, pt.is_boolean, pt.is_decimal, pt.is_string, pt.is_large_string)
    temporal = (pt.is_date, pt.is_timestamp, pt.is_time, pt.is_null)
    return not isinstance(kind, pa.BaseExtensionType) and any(check(kind) for check in (*checks, *temporal))


def _death(name: str, code: int) -> str:
    """What to say of a process that ended without a report."""
    cause = _DEATHS.get(signal.Signals(-code), "it makes the reader break") if code < 0 else "its content is damaged"
    return _explain(name, cause)


def _explain(name: str, cause: str) -> str:
    return (
        f"{name}: The file could not be read: {cause}. "
        "Load a part of it, or save it again, as CSV or Parquet, from the program it comes from."
    )
