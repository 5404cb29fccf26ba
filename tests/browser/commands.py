"""Django's commands and the tests' own modules, run on an installation's data without starting Python for each.

A process with the installation's environment loads everything once, which takes seconds, and forks for each command:
what a command finds is as new as in a process of its own. As a module: python -m tests.browser.commands SOCKET
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import runpy
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping
from pathlib import Path
from socketserver import ForkingMixIn, StreamRequestHandler, UnixStreamServer

ROOT = Path(__file__).resolve().parents[2]
LOADED = (
    "config.celery",
    "pandas",
    "charts.preparing",
    "charts.publishing",
    "hub.drafts",
    "tests.charts.apps",
    "tests.sharing.conftest",
)
"""What takes long to import, and most commands need."""


class Commands:
    """The process of one installation, which the first command starts."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)
        self._folder = tempfile.TemporaryDirectory(prefix="commands")
        self._address = str(Path(self._folder.name) / "socket")
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def run(self, *arguments: str, stdin: str = "") -> str:
        """What `python <arguments>` says; AssertionError with its errors if it fails."""
        self._start()
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(self._address)
            connection.sendall(json.dumps([arguments, stdin]).encode() + b"\n")
            with connection.makefile("rb") as answer:
                code, output, errors = json.loads(answer.read() or '[1, "", "the command has died"]')
        assert code == 0, errors
        return str(output)

    def _start(self) -> None:
        with self._lock:
            if self._process is None:
                command = [sys.executable, "-m", __name__, self._address]
                self._process = subprocess.Popen(command, cwd=ROOT, env=self._environment, stdout=subprocess.PIPE)
                assert self._process.stdout is not None
                assert self._process.stdout.readline() == b"ready\n", "the process for commands did not start"

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.communicate()
            self._process = None
            Path(self._address).unlink(missing_ok=True)


class Command(StreamRequestHandler):
    """One command, in the process that was forked for it."""

    def handle(self) -> None:
        arguments, stdin = json.loads(self.rfile.readline())
        output, errors, code = io.StringIO(), io.StringIO(), 0
        sys.stdin = io.StringIO(stdin)
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
            try:
                run(arguments)
            except SystemExit as ended:
                code = int(bool(ended.code))
                if isinstance(ended.code, str):
                    print(ended.code, file=sys.stderr)
            except BaseException:
                code = 1
                traceback.print_exc()
        self.wfile.write(json.dumps([code, output.getvalue(), errors.getvalue()]).encode())


def run(arguments: list[str]) -> None:
    """As `python <arguments>` does: a file, or -m and a module."""
    if arguments[0] == "-m":
        sys.argv = arguments[1:]
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments
        runpy.run_path(arguments[0], run_name="__main__")


class Forking(ForkingMixIn, UnixStreamServer):
    block_on_close = False
    parent = os.getppid()

    def service_actions(self) -> None:
        super().service_actions()
        if os.getppid() != self.parent:
            raise SystemExit("Whoever asks is gone.")


def main(address: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    from engine.machine.warm import warm

    django.setup()
    for name in LOADED:
        importlib.import_module(name)
    warm()
    with Forking(address, Command) as server:
        print("ready", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])
